//! Integers of any size and radix as decimal digits.

use std::borrow::Cow;
use std::ops::Range;

use toml_parser::decoder::IntegerRadix;

use crate::budget::Meter;
use crate::convert::allowance::Allowance;
use crate::convert::literal::is_number;

use super::fault::{Halt, syntax};

/// A limb holds this many decimal digits.
const LIMB_DIGITS: usize = 18;
const LIMB: u128 = 10_u128.pow(LIMB_DIGITS as u32);
/// Digits that are taken at once; in base 16 they have 60 bits.
const CHUNK: usize = 15;

/// The decimal digits of the integer `text`, which has neither prefix nor underscores. Costs the square of its length
/// for other bases than ten; that is charged.
pub(super) fn decimal<'t>(
    text: &'t str,
    radix: IntegerRadix,
    allowance: &Allowance,
    meter: &Meter<'_>,
    range: &Range<usize>,
) -> Result<Cow<'t, str>, Halt> {
    let digits = text.trim_start_matches(['+', '-']);
    let check = |digits: &str| allowance.digits(digits.len() as u64, range.start);
    let not_an_integer = || {
        syntax(
            "not an integer; allowed: such as `12`, `-1_000`, `0xff`, `0o17`, `0b101`".to_owned(),
            range.clone(),
        )
    };
    if radix == IntegerRadix::Dec {
        let literal = text.strip_prefix('+').unwrap_or(text);
        if !is_number(literal) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(not_an_integer());
        }
        check(digits)?;
        // TOML: "-0 and +0 are valid and identical to an unprefixed zero".
        return Ok(Cow::Borrowed(if digits == "0" { digits } else { literal }));
    }
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix.value())) {
        return Err(not_an_integer());
    }
    let digits = digits.trim_start_matches('0');
    check(digits)?;
    let decimal = to_decimal(digits, radix.value(), meter)?;
    check(&decimal)?;
    Ok(Cow::Owned(decimal))
}

fn to_decimal(digits: &str, radix: u32, meter: &Meter<'_>) -> Result<String, Halt> {
    let mut limbs: Vec<u64> = Vec::new();
    for chunk in digits.as_bytes().chunks(CHUNK) {
        meter.charge(1 + limbs.len() as u64 / 16)?;
        let value = chunk.iter().filter_map(|digit| char::from(*digit).to_digit(radix));
        let mut carry = value.fold(0_u128, |value, digit| value * u128::from(radix) + u128::from(digit));
        let factor = u128::from(radix).pow(chunk.len() as u32);
        for limb in &mut limbs {
            let product = u128::from(*limb) * factor + carry;
            *limb = (product % LIMB) as u64;
            carry = product / LIMB;
        }
        while carry > 0 {
            limbs.push((carry % LIMB) as u64);
            carry /= LIMB;
        }
    }
    let Some((first, rest)) = limbs.split_last() else {
        return Ok("0".to_owned());
    };
    let mut text = first.to_string();
    for limb in rest.iter().rev() {
        text.push_str(&format!("{limb:0LIMB_DIGITS$}"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    fn check(digits: &str, radix: u32, expected: &str) {
        let budget = crate::Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), 1 << 20);
        let meter = Meter::open(&budget).unwrap();
        assert_eq!(to_decimal(digits, radix, &meter).ok().as_deref(), Some(expected), "{digits}");
    }

    #[test]
    fn bases() {
        check("", 16, "0");
        check("DEADBEEF", 16, "3735928559");
        check("755", 8, "493");
        check("11010110", 2, "214");
        check("ffffffffffffffff", 16, "18446744073709551615");
        check(
            "10000000000000000000000000000000000000000",
            16,
            "1461501637330902918203684832716283019655932542976",
        );
        check("de0b6b3a7640000", 16, "1000000000000000000");
    }
}
