//! Numbers that were read, as decNumber spells them (General Decimal Arithmetic, "to-scientific-string"): what `tostring`,
//! `tojson` and messages show. Outputs keep their text.
//!
//! Promise: the same value with the same digits. Cost: nothing for a number without exponent, else its length.

use std::borrow::Cow;

use super::text::literal_of;

/// Largest distance of the first digit behind the point that is written with zeros.
const PLAIN: i64 = -6;

/// The spelling of the text of a number.
pub(super) fn spelled(literal: &str) -> Cow<'_, str> {
    let (sign, unsigned) = literal.strip_prefix('-').map_or(("", literal), |rest| ("-", rest));
    let (mantissa, power) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, ""));
    let has_power = mantissa.len() < unsigned.len();
    if !has_power && !mantissa.starts_with("0.000000") || is_of_double(unsigned) {
        return Cow::Borrowed(literal);
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let power = if has_power { power.parse::<i64>().ok() } else { Some(0) };
    let Some(exponent) = power.and_then(|power| power.checked_sub(fraction.len() as i64)) else {
        return Cow::Borrowed(literal);
    };
    let digits = format!("{whole}{fraction}");
    let significant = match digits.trim_start_matches('0') {
        "" => "0",
        significant => significant,
    };
    Cow::Owned(format!("{sign}{}", laid_out(significant, exponent)))
}

/// Whether a computed double is spelled so: `1e-05`, `1.5e+300`.
fn is_of_double(unsigned: &str) -> bool {
    let power = unsigned.split_once('e').and_then(|(_, power)| power.strip_prefix(['+', '-']));
    let double = power.filter(|power| power.len() >= 2).and_then(|_| unsigned.parse::<f64>().ok());
    double.is_some_and(|double| double.is_finite() && literal_of(double).as_str() == unsigned)
}

fn laid_out(digits: &str, exponent: i64) -> String {
    let length = digits.len() as i64;
    let first = exponent.saturating_add(length - 1);
    if exponent > 0 || first < PLAIN {
        let point = if length > 1 { "." } else { "" };
        return format!("{}{point}{}E{first:+}", &digits[..1], &digits[1..]);
    }
    match usize::try_from(length + exponent) {
        Ok(whole) if whole == digits.len() => digits.to_owned(),
        Ok(whole) if whole > 0 => format!("{}.{}", &digits[..whole], &digits[whole..]),
        Ok(_) | Err(_) => format!("0.{}{digits}", "0".repeat((length + exponent).unsigned_abs() as usize)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of jq 1.8.2, save for those of doubles.
    #[test]
    fn spellings() {
        for (literal, expected) in [
            ("1E2", "1E+2"),
            ("1e-7", "1E-7"),
            ("0.0000001", "1E-7"),
            ("0.000001", "0.000001"),
            ("100e-2", "1.00"),
            ("1.000", "1.000"),
            ("-0", "-0"),
            ("0e5", "0E+5"),
            ("0.0e-7", "0E-8"),
            ("-0.0e3", "-0E+2"),
            ("-1.0e3", "-1.0E+3"),
            ("1e0", "1"),
            ("10e-1", "1.0"),
            ("12.5E-3", "0.0125"),
            ("123e4", "1.23E+6"),
            ("123e-9", "1.23E-7"),
            ("1234567890123456789012e-5", "12345678901234567.89012"),
            ("9999999999E999999990", "9.999999999E+999999999"),
            ("0.000000001E-999999990", "1E-999999999"),
            ("1e+17", "1e+17"),
            ("1.5e-05", "1.5e-05"),
            ("1.50e-05", "0.0000150"),
            ("1e-400", "1E-400"),
            ("-1e-1000", "-1E-1000"),
            ("1e+1000", "1E+1000"),
            ("1e99999999999999999999", "1e99999999999999999999"),
            ("1.5e-9223372036854775808", "1.5e-9223372036854775808"),
        ] {
            assert_eq!(spelled(literal), expected);
        }
    }
}
