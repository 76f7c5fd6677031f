//! Half precision floats, IEEE 754 binary16.

/// The double of the same value; a NaN stays one.
pub(super) fn to_double(half: u16) -> f64 {
    let (exponent, mantissa) = (i32::from(half >> 10 & 0x1f), f64::from(half & 0x3ff));
    let size = match exponent {
        0 => mantissa * 2_f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + mantissa) * 2_f64.powi(exponent - 25),
    };
    if half & 0x8000 == 0 { size } else { -size }
}

/// The half of the same value, if there is one; every NaN is 7e00.
pub(super) fn of_single(single: f32) -> Option<u16> {
    if single.is_nan() {
        return Some(0x7e00);
    }
    let bits = single.to_bits();
    // The sign is the highest bit in both, the mantissa has 13 bits less.
    let sign = (bits >> 16) as u16 & 0x8000;
    if single.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let subnormal = single.abs() * 2_f32.powi(24);
    if subnormal < 1024.0 {
        return (subnormal.fract() == 0.0).then_some(sign | subnormal as u16);
    }
    let exponent = (bits >> 23 & 0xff) as i32 - 127;
    if exponent > 15 || bits & 0x1fff != 0 {
        return None;
    }
    let mantissa = (bits >> 13) as u16 & 0x3ff;
    Some(sign | ((exponent + 15) as u16) << 10 | mantissa)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_comes_back() {
        for half in 0..=u16::MAX {
            let double = to_double(half);
            let expected = if double.is_nan() { 0x7e00 } else { half };
            assert_eq!(of_single(double as f32), Some(expected), "{half:04x}");
        }
    }

    #[test]
    fn what_no_half_holds() {
        for single in [65505.0, 65536.0, 1.1, 1e-8, f32::MAX, f32::MIN_POSITIVE, 2_f32.powi(-25)] {
            assert_eq!(of_single(single), None, "{single}");
        }
    }
}
