//! Exponents of any size, exactly: small ones as integers, larger ones as decimal digits.

use std::cmp::Ordering;

/// From here on an exponent is kept as digits; every integer below fits `i128` with room for a shift.
const FAR: i128 = 10_i128.pow(37);
/// Digits of an exponent that `i128` surely holds.
const NEAR_DIGITS: usize = 37;
/// The low digits that a shift changes; above them it can only carry one.
const LOW: usize = 18;

/// An integer; the variant is decided by its value alone, so equal exponents have equal forms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Exponent {
    /// Below [`FAR`] in size.
    Near(i128),
    /// At least [`FAR`] in size: sign and digits.
    Far(Sign, Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Sign {
    Negative,
    Positive,
}

impl Exponent {
    /// The exponent that `text` writes (digits, perhaps a sign before them) plus `shift`, which is a length.
    pub(super) fn parse(text: &str, shift: i64) -> Exponent {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (Sign::Negative, digits),
            None => (Sign::Positive, text.strip_prefix('+').unwrap_or(text)),
        };
        let digits = digits.trim_start_matches('0').as_bytes();
        if digits.len() > NEAR_DIGITS {
            return far(sign, digits, shift);
        }
        let size = digits.iter().fold(0_i128, |size, digit| size * 10 + i128::from(digit - b'0'));
        let signed = if sign == Sign::Negative { -size } else { size };
        Exponent::of(signed + i128::from(shift))
    }

    /// Its value, if it is small enough for a machine integer.
    pub(super) fn near(&self) -> Option<i128> {
        match self {
            Exponent::Near(value) => Some(*value),
            Exponent::Far(..) => None,
        }
    }

    fn of(value: i128) -> Exponent {
        if value.abs() < FAR {
            return Exponent::Near(value);
        }
        let sign = if value < 0 { Sign::Negative } else { Sign::Positive };
        Exponent::Far(sign, value.unsigned_abs().to_string().into_bytes())
    }
}

/// Adds `shift` to an exponent of more than [`NEAR_DIGITS`] digits, without leading zeros.
fn far(sign: Sign, digits: &[u8], shift: i64) -> Exponent {
    let shift = i128::from(if sign == Sign::Negative { -shift } else { shift });
    let (high, low) = digits.split_at(digits.len() - LOW);
    let base = 10_i128.pow(LOW as u32);
    let low = low.iter().fold(0_i128, |low, digit| low * 10 + i128::from(digit - b'0')) + shift;
    let mut digits = high.to_vec();
    carry(&mut digits, low.div_euclid(base));
    digits.extend_from_slice(format!("{:018}", low.rem_euclid(base)).as_bytes());
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.drain(..zeros);
    if digits.len() > NEAR_DIGITS {
        return Exponent::Far(sign, digits);
    }
    let size = digits.iter().fold(0_i128, |size, digit| size * 10 + i128::from(digit - b'0'));
    Exponent::of(if sign == Sign::Negative { -size } else { size })
}

/// Adds 1, 0 or -1 to digits that are not all zero.
fn carry(digits: &mut Vec<u8>, by: i128) {
    let (full, next) = match by {
        0 => return,
        1.. => (b'9', b'0'),
        _ => (b'0', b'9'),
    };
    for digit in digits.iter_mut().rev() {
        if *digit != full {
            *digit = if by > 0 { *digit + 1 } else { *digit - 1 };
            return;
        }
        *digit = next;
    }
    digits.insert(0, b'1');
}

impl Ord for Exponent {
    fn cmp(&self, other: &Self) -> Ordering {
        use Exponent::{Far, Near};
        let size =
            |left: &Vec<u8>, right: &Vec<u8>| left.len().cmp(&right.len()).then_with(|| left.cmp(right));
        match (self, other) {
            (Near(left), Near(right)) => left.cmp(right),
            (Far(Sign::Positive, left), Far(Sign::Positive, right)) => size(left, right),
            (Far(Sign::Negative, left), Far(Sign::Negative, right)) => size(right, left),
            (Far(Sign::Negative, _), _) | (_, Far(Sign::Positive, _)) => Ordering::Less,
            (Far(Sign::Positive, _), _) | (_, Far(Sign::Negative, _)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Exponent {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
