//! Prefix: the sign, the length before the point and the first seven bytes of a short literal, as an integer that orders
//! as the numbers do.
//!
//! Promise: of numbers whose prefixes differ, that with the smaller one is less. Cost: a few operations on words.

use super::digits::not_digits;
use super::literal::SHORT;
use super::{Literal, Number};

/// Bytes that are looked at.
const HEAD: usize = 8;
/// The length takes the place of the last of them.
const LENGTH_SHIFT: u32 = 56;
/// The prefix of `0.00000` without a sign; both zeros and what lies close to them have one prefix.
const ZERO: i64 = 1 << LENGTH_SHIFT | 0x0030_2e30_3030_3030;

/// The prefix; `None` for an integer, for a number with an exponent, for one of more than 22 bytes, and for seven digits and
/// more before the point.
#[inline]
pub(super) fn of(number: &Number) -> Option<i64> {
    match number {
        Number::I64(_) => None,
        Number::Literal(literal) => of_literal(literal),
    }
}

#[inline]
fn of_literal(literal: &Literal) -> Option<i64> {
    let (block, length) = literal.block()?;
    if has_letters(block, length) {
        return None;
    }
    let is_negative = block[0] == b'-';
    let from = usize::from(is_negative);
    let head = zeros_behind(u64::from_be_bytes(*block[from..].first_chunk::<HEAD>()?), length - from);
    // Where all are digits, there is no point so near.
    let point = not_digits(head).leading_zeros() / 8;
    if point as usize >= HEAD - 1 {
        return None;
    }
    let size = i64::from(point) << LENGTH_SHIFT | (head >> 8) as i64;
    let size = if size == ZERO { 0 } else { size };
    Some(if is_negative { -size } else { size })
}

/// The first bytes of a number, with digits 0 in place of those behind its end.
#[inline]
fn zeros_behind(head: u64, length: usize) -> u64 {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    if length >= HEAD {
        return head;
    }
    let kept = !(u64::MAX >> (8 * length as u32));
    head & kept | ZEROS & !kept
}

/// Whether an exponent stands in the first `length` bytes, or the name of what is no number.
#[inline]
fn has_letters(block: &[u8; SHORT], length: usize) -> bool {
    /// Of all that a number is made of only `e` and `E` have this bit, and letters of names.
    const LETTER: u8 = 0x40;
    // Without an early end, which would keep it from going over many bytes at once. Mostly there are none behind the end either.
    let is_any = block.iter().fold(0, |all, byte| all | byte) & LETTER != 0;
    is_any && block[..length].iter().any(|byte| byte & LETTER != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> Option<i64> {
        of(&Number::from_literal(text))
    }

    /// In the order of the numbers; those of one row have one prefix.
    #[test]
    fn prefixes_are_in_order() {
        let rows: [&[&str]; 12] = [
            &["-123456.5"],
            &["-99.25"],
            &["-99.0", "-99.00000"],
            &["-1.5", "-1.50"],
            &["-0.00001"],
            &["-0.0", "0.0", "0.000001", "-0.0000009"],
            &["0.00001", "0.000019"],
            &["0.1"],
            &["0.11", "0.110", "0.1100000000000000001"],
            &["9.99999", "9.999990001"],
            &["10.0"],
            &["654321.0"],
        ];
        let mut last = i64::MIN;
        for row in rows {
            let first = prefix(row[0]).unwrap();
            assert!(first > last, "{row:?}");
            assert!(row.iter().all(|text| prefix(text) == Some(first)), "{row:?}");
            last = first;
        }
    }

    #[test]
    fn what_has_none() {
        for text in ["1", "-0", "1.5e3", "1E2", "NaN", "-Infinity", "1234567.5", "0.123456789012345678901"] {
            assert_eq!(prefix(text), None, "{text}");
        }
        // What lies behind a short one in its text does not matter.
        let text = r#"[1.5,"e":9]}"#;
        assert_eq!(of(&Number::at(text, 1, 4)), prefix("1.5"));
    }
}
