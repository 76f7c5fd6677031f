//! Decimal fractions and bigfloats, RFC 8949 section 3.4.4, between their two integers and decimal literals.

use super::bignum::Big;
use crate::budget::Meter;
use crate::convert::binary::Step;

/// An integer of any size.
pub(super) struct Integer {
    pub(super) is_negative: bool,
    pub(super) size: Big,
}

/// The exact literal of `mantissa x 10^exponent`; `None` if it would have more than `most` digits.
pub(super) fn decimal(
    exponent: i128,
    mantissa: &Integer,
    most: u64,
    meter: &Meter<'_>,
) -> Step<Option<String>> {
    if mantissa.size.least_digits() > most {
        return Ok(None);
    }
    let digits = mantissa.size.to_digits(meter)?;
    let literal = literal(&digits, mantissa.is_negative, exponent);
    let count = literal.bytes().filter(u8::is_ascii_digit).count() as u64;
    Ok((count <= most).then_some(literal))
}

/// The exact literal of `mantissa x 2^exponent`; `None` if it would have more than `most` digits.
pub(super) fn binary(
    exponent: i128,
    mut mantissa: Integer,
    most: u64,
    meter: &Meter<'_>,
) -> Step<Option<String>> {
    let (is_big, power) = (exponent >= 0, u64::try_from(exponent.unsigned_abs()).unwrap_or(u64::MAX));
    let zeros = if is_big { 0 } else { mantissa.size.shift_down(power) };
    let power = if mantissa.size.bits() == 0 { 0 } else { power - zeros };
    // Two to the power of `power`, or five, has more than three tenths of it in digits.
    if mantissa.size.least_digits() > most || power / 10 * 3 > most {
        return Ok(None);
    }
    match is_big {
        true => mantissa.size.shift_up(power),
        false => mantissa.size.times_five(power, meter)?,
    }
    // m x 2^-k is m x 5^k x 10^-k.
    let tens = if is_big { 0 } else { -i128::from(power) };
    decimal(tens, &mantissa, most, meter)
}

/// `digits x 10^exponent` as people write it: with a point where that is no longer, else with an exponent.
fn literal(digits: &str, is_negative: bool, exponent: i128) -> String {
    let sign = if is_negative { "-" } else { "" };
    let places = usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX);
    if exponent == 0 {
        return format!("{sign}{digits}");
    }
    if exponent > 0 || places > digits.len() + 6 {
        return format!("{sign}{digits}e{exponent}");
    }
    if places >= digits.len() {
        return format!("{sign}0.{digits:0>places$}");
    }
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{sign}{whole}.{fraction}")
}

/// The two integers of a literal with a point or an exponent, which is a number by RFC 8259: its digits and the exponent
/// of ten. `None` if the exponent is beyond the integers of CBOR.
pub(super) fn parts(literal: &str) -> Option<(String, i128)> {
    let unsigned = literal.strip_prefix('-').unwrap_or(literal);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    // Fractions are far shorter than 2^63.
    let exponent = exponent.parse::<i128>().ok()?.checked_sub(fraction.len() as i128)?;
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let digits = if significant.is_empty() { "0" } else { significant };
    (-(1_i128 << 64)..1 << 64).contains(&exponent).then(|| (digits.to_owned(), exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(digits: &str, exponent: i128, expected: &str) {
        assert_eq!(literal(digits, false, exponent), expected);
        if exponent != 0 {
            let (back, power) = parts(expected).unwrap();
            assert_eq!((back.as_str(), power), (digits, exponent), "{expected}");
        }
    }

    #[test]
    fn literals() {
        check("27315", -2, "273.15");
        check("5", 2, "5e2");
        check("5", -1, "0.5");
        check("5", -3, "0.005");
        check("5", -40, "5e-40");
        check("12", -2, "0.12");
        check("12", 0, "12");
        check("0", -2, "0.00");
        assert_eq!(parts("1e99999999999999999999999"), None);
        assert_eq!(parts("1e18446744073709551616"), None);
        assert_eq!(parts("-10.50E+1"), Some(("1050".to_owned(), -1)));
    }
}
