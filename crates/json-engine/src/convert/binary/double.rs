//! Doubles and decimal literals: which literal a double is, and which double a literal is.
//!
//! A double is known in JSON by the shortest literal that reads back as it, with a `.0` where it would look like an
//! integer, so that it stays a float when written again.
//!
//! Promise: a literal counts as held only if that shortest literal has its exact value. Cost: linear in the literal.

/// What a double makes of a literal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Held {
    /// The shortest literal of this double has the same value.
    Exactly(f64),
    /// The nearest double; an infinity where the literal is beyond the doubles.
    Rounded(f64),
}

/// The shortest literal of a finite double, by the exact algorithm of `zmij`.
#[inline]
pub(crate) fn literal(double: f64, buffer: &mut zmij::Buffer) -> &str {
    buffer.format_finite(double)
}

/// Digits that any double keeps.
const SAFE_DIGITS: u32 = 15;
/// Powers of ten that are doubles.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// From this length on a literal has more digits than any double keeps.
const LONG: usize = 18;

/// The double of a literal that is a number by RFC 8259.
#[inline]
pub(crate) fn nearest(literal: &str) -> Held {
    if literal.len() < LONG
        && let Some(decimal) = Short::parse(literal)
        && decimal.is_safe()
    {
        return Held::Exactly(decimal.exact().unwrap_or_else(|| parse(literal)));
    }
    let double = parse(literal);
    if double.is_finite() && is_shortest(literal, double) {
        return Held::Exactly(double);
    }
    Held::Rounded(double)
}

/// Whether the shortest literal of `double` has the value of `literal`.
fn is_shortest(literal: &str, double: f64) -> bool {
    let mut buffer = zmij::Buffer::new();
    let shortest = self::literal(double, &mut buffer);
    if shortest == literal {
        return true;
    }
    // Of two fractions in digits alone that end in no zero, one value has one text.
    if is_bare_fraction(literal) && !has_exponent(shortest) {
        return false;
    }
    // More digits than `Short` takes are more than the shortest literal of any double has.
    Short::parse(literal).is_some_and(|decimal| Some(decimal) == Short::parse(shortest))
}

/// Whether a literal is digits, a point, and digits of which the last is not 0.
fn is_bare_fraction(literal: &str) -> bool {
    let bytes = literal.as_bytes();
    bytes.last() != Some(&b'0') && bytes.contains(&b'.') && !has_exponent(literal)
}

/// Letters have this bit, digits, signs and the point do not.
fn has_exponent(literal: &str) -> bool {
    literal.bytes().fold(0, |bits, byte| bits | byte) & 0x40 != 0
}

fn parse(literal: &str) -> f64 {
    literal.parse().expect("RFC 8259 numbers are a part of what `f64` reads")
}

/// A decimal of at most 19 digits, neither with zeros at its end nor more than one form: `digits x 10^exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    negative: bool,
    digits: u64,
    count: u32,
    exponent: i64,
}

impl Short {
    fn parse(literal: &str) -> Option<Short> {
        let (negative, unsigned) = match literal.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, literal),
        };
        let mut short = Short { negative, digits: 0, count: 0, exponent: 0 };
        // Zeros that count only if another digit follows.
        let (mut zeros, mut in_fraction) = (0_u32, false);
        let mut exponent = 0;
        for (at, byte) in unsigned.bytes().enumerate() {
            match byte {
                b'.' => in_fraction = true,
                b'e' | b'E' => {
                    exponent = power(&unsigned[at + 1..]);
                    break;
                }
                digit => {
                    short.exponent -= i64::from(in_fraction);
                    if digit == b'0' {
                        zeros += u32::from(short.digits > 0);
                        continue;
                    }
                    short.push(if short.digits == 0 { 0 } else { zeros }, digit - b'0')?;
                    zeros = 0;
                }
            }
        }
        if short.digits == 0 {
            return Some(Short { exponent: 0, ..short });
        }
        short.exponent = short.exponent.saturating_add(i64::from(zeros)).saturating_add(exponent);
        Some(short)
    }

    #[inline]
    fn push(&mut self, zeros: u32, digit: u8) -> Option<()> {
        self.count += zeros + 1;
        if self.count > 19 {
            return None;
        }
        // Most digits follow a digit, and a power by a loop is slow.
        let shift = if zeros == 0 { 10 } else { 10_u64.pow(zeros + 1) };
        self.digits = self.digits * shift + u64::from(digit);
        Some(())
    }

    /// The double, where one operation on two exact doubles gives it.
    fn exact(self) -> Option<f64> {
        let power = POWERS.get(usize::try_from(self.exponent.unsigned_abs()).ok()?)?;
        if self.digits > 1 << 53 {
            return None;
        }
        let digits = self.digits as f64;
        let double = if self.exponent < 0 { digits / power } else { digits * power };
        Some(if self.negative { -double } else { double })
    }

    /// Whether it is known without a look that the shortest literal has this value.
    fn is_safe(self) -> bool {
        self.digits == 0 || (self.count <= SAFE_DIGITS && (-280..280).contains(&self.exponent))
    }
}

/// The number behind `e`; beyond any double it is as good as endless.
fn power(text: &str) -> i64 {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.trim_start_matches('+')),
    };
    let endless = i64::MAX / 4;
    let power = digits
        .bytes()
        .try_fold(0_i64, |power, digit| Some(power.checked_mul(10)? + i64::from(digit - b'0')))
        .map_or(endless, |power| power.min(endless));
    if negative { -power } else { power }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::Number;

    proptest! {
        /// By the exact values of both texts, which is another way.
        #[test]
        fn held_is_what_the_shortest_literal_has_the_value_of(
            double in any::<f64>().prop_filter("finite", |double| double.is_finite()),
            near in -1e9_f64..1e9,
            literal in "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,22}",
        ) {
            for literal in [
                literal,
                format!("{near:?}0"),
                format!("{near:.13}"),
                format!("{near:.1}000000000000000"),
                format!("{double:.17e}"),
                format!("{double:e}"),
            ] {
                let mut buffer = zmij::Buffer::new();
                let shortest = super::literal(parse(&literal), &mut buffer);
                let is_held = Number::from_literal(&literal) == Number::from_literal(shortest);
                prop_assert_eq!(matches!(nearest(&literal), Held::Exactly(_)), is_held, "{}", literal);
            }
        }
    }

    fn check(literal: &str, expected: Held) {
        assert_eq!(nearest(literal), expected, "{literal}");
    }

    #[test]
    fn doubles_of_literals() {
        for (text, double) in [
            ("0.1", 0.1),
            ("1E2", 100.0),
            ("1.50", 1.5),
            ("-0.0", 0.0),
            ("0e999999999999999999999999", 0.0),
            ("1e23", 1e23),
            ("100000000000000000000000.0", 1e23),
            ("5e-324", 5e-324),
            ("1.7976931348623157e308", f64::MAX),
            ("0.00012300", 0.000123),
            ("9007199254740993e0", 9007199254740992.0),
        ] {
            let expected = match text {
                "9007199254740993e0" => Held::Rounded(double),
                _ => Held::Exactly(double),
            };
            check(text, expected);
        }
        // Seventeen digits, where sixteen name the double.
        check("-65.613616999999977", Held::Rounded(-65.61361699999998));
        check("0.1000000000000000055", Held::Rounded(0.1));
        check("1e400", Held::Rounded(f64::INFINITY));
        check("-1e999999999999999999999", Held::Rounded(f64::NEG_INFINITY));
        check("1e-999999999999999999999", Held::Rounded(0.0));
        check("12345678901234567890123.5", Held::Rounded(12345678901234567890123.5));
        check(&format!("0.{}1", "0".repeat(1_000_000)), Held::Rounded(0.0));
        check(&"7".repeat(1_000_000), Held::Rounded(f64::INFINITY));
    }
}
