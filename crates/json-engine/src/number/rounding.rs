//! The double nearest to a decimal of a word, and the shortest decimal that names it, in integers.
//!
//! Everything is counted in units of `2^-bits x 10^-places`, in which the decimal, the double and half of its distance to
//! the next are integers. Decimal and double have up to 128 bits, yet their difference has less than 56, so that the lower
//! 64 of both give it. (That a double is named by the shortest decimal within half of the way to its neighbours, and of
//! these by the nearest, is the rule of Steele and White, "How to print floating-point numbers accurately", 1990.)
//!
//! Promise: exact, ties to even. Cost: one division of doubles and some operations on words, no table of powers.

use std::hint::select_unpredictable;

use super::digits::POWERS;

/// Ten to these powers are doubles, and five to these powers are words.
const PLACES: usize = 23;
/// The first bit of a mantissa.
const FIRST: u64 = 1 << 52;

/// Ten to the power of each place.
pub(super) const TENS: [f64; PLACES] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

const FIVES: [u64; PLACES] = {
    let (mut fives, mut at) = ([1; PLACES], 1);
    while at < PLACES {
        fives[at] = fives[at - 1] * 5;
        at += 1;
    }
    fives
};

/// Bits from which on [`Near::cut`] gives up, so that hundreds of its units are no overflow.
const MOST_BITS: u32 = 50;

/// How a decimal becomes a shorter one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// How many of its last places go, up to two; zeros at the end of what is left go too.
    pub(super) fewer: usize,
    /// Whether the place before them is one more.
    pub(super) up: bool,
    /// Whether both have one value.
    pub(super) is_exact: bool,
}

/// A double near a decimal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    digits: u64,
    mantissa: u64,
    /// As in the bits of the double.
    field: u64,
    /// Half of the way from the double to each neighbour; less than 2^52.
    half: i64,
    /// How far the decimal lies behind the double.
    beyond: i64,
    bits: u32,
}

impl Near {
    /// The double nearest to `digits x 10^-places`, digits from 1 to less than 10^19. `None` where there are over 22
    /// places, where the double is a power of two, which lies nearer to one neighbour, or where the two lie at different
    /// sides of one.
    #[inline]
    pub(super) fn to(digits: u64, places: u64) -> Option<Near> {
        let places = usize::try_from(places).ok().filter(|places| *places < PLACES)?;
        // At most two doubles away.
        let guess = (digits as f64 / TENS[places]).to_bits();
        let (field, mantissa) = (guess >> 52, guess & (FIRST - 1) | FIRST);
        // Bits behind the point; negative, they are missing before it. The field is that of a double from 1e-22 to 1e19.
        let bits = 1_076 - field as i64 - places as i64;
        let (bits, missing) = (bits.max(0) as u32, (-bits).max(0) as u32);
        let half = FIVES[places] << missing;
        let target = digits.checked_shl(bits).unwrap_or(0);
        let beyond = target.wrapping_sub((2 * mantissa).wrapping_mul(half)) as i64;
        let near = Near { digits, mantissa, field, half: half as i64, beyond, bits }.stepped();
        (FIRST < near.mantissa && near.mantissa < 2 * FIRST).then_some(near)
    }

    /// The neighbour that is nearest to the decimal.
    #[inline]
    fn stepped(self) -> Near {
        let mut near = self;
        while near.beyond > near.margin() {
            (near.mantissa, near.beyond) = (near.mantissa + 1, near.beyond - 2 * near.half);
        }
        while -near.beyond > near.margin() {
            (near.mantissa, near.beyond) = (near.mantissa - 1, near.beyond + 2 * near.half);
        }
        near
    }

    /// How far away a decimal may lie that names the double: halfway to a neighbour belongs to the even one of both.
    #[inline]
    fn margin(self) -> i64 {
        self.half - (self.mantissa & 1) as i64
    }

    #[inline]
    pub(super) fn double(self) -> f64 {
        f64::from_bits(self.field << 52 | self.mantissa & (FIRST - 1))
    }

    /// How the decimal becomes the shortest that names the double, where it is the nearest of its length to the double, as
    /// those printed with 17 digits are; `None` says nothing. Costs comparisons alone, and no jump depends on the digits.
    #[inline]
    pub(super) fn cut(self) -> Option<Cut> {
        let (unit, margin) = (1 << self.bits.min(MOST_BITS), self.margin());
        // With one place less there are two that may name the double, those beside the decimal, with two less only one does.
        if self.bits >= MOST_BITS || 2 * self.beyond.abs() >= unit || margin >= 9 * unit {
            return None;
        }
        let (ten, hundred) = ((self.digits % 10) as i64, (self.digits % 100) as i64);
        let [below_ten, below_hundred] = [ten, hundred].map(|left| left * unit - self.beyond);
        let (above_ten, above_hundred) = (10 * unit - below_ten, 100 * unit - below_hundred);
        let is_ten = below_ten.min(above_ten) <= margin;
        let is_hundred = below_hundred.min(above_hundred) <= margin;
        if below_ten == above_ten {
            return None;
        }
        let without_two = Cut { fewer: 2, up: above_hundred < below_hundred, is_exact: hundred == 0 };
        let without_one = Cut { fewer: 1, up: above_ten < below_ten, is_exact: ten == 0 };
        let whole = Cut { fewer: 0, up: false, is_exact: true };
        Some(select_unpredictable(is_hundred, without_two, select_unpredictable(is_ten, without_one, whole)))
    }

    /// The shortest decimal that names the double: digits that end in no zero, and how many places of the decimal they
    /// do without.
    #[inline]
    pub(super) fn shortest(self) -> (u64, usize) {
        // From 53 bits on nothing but the decimal itself lies within the margin.
        let bits = self.bits.min(63);
        let mut low = self.digits - ((self.margin() + self.beyond) as u64 >> bits);
        let mut high = self.digits + ((self.margin() - self.beyond) as u64 >> bits);
        let mut fewer = 0;
        // What was a short decimal before it became a double, and then one of 17 digits, loses most of them.
        if low.div_ceil(POWERS[8]) <= high / POWERS[8] {
            (low, high, fewer) = (low.div_ceil(POWERS[8]), high / POWERS[8], 8);
        }
        while low.div_ceil(10) <= high / 10 {
            (low, high, fewer) = (low.div_ceil(10), high / 10, fewer + 1);
        }
        if low == high { (low, fewer) } else { (self.rounded(fewer).clamp(low, high), fewer) }
    }

    /// The double in units of `10^fewer` places, of which at least one lies within the margin: rounded to nearest, ties to
    /// even.
    #[inline]
    fn rounded(self, fewer: usize) -> u64 {
        let back = -self.beyond;
        let whole = self.digits.wrapping_add_signed(back >> self.bits);
        let rest = back as u64 & ((1 << self.bits) - 1);
        let (below, left) = (whole / POWERS[fewer], whole % POWERS[fewer]);
        // A unit is no longer than twice the margin.
        let (twice, unit) = (2 * ((left << self.bits) + rest), POWERS[fewer] << self.bits);
        below + u64::from(twice > unit || (twice == unit && below & 1 == 1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::number::Significand;

    /// Against the standard library and `zmij`, which have other algorithms.
    fn check(digits: u64, places: u64) {
        let Some(near) = Near::to(digits, places) else {
            return;
        };
        let double: f64 = format!("{digits}e-{places}").parse().unwrap();
        assert_eq!(near.double(), double, "{digits}e-{places}");
        let mut buffer = zmij::Buffer::new();
        let expected = Significand::of(buffer.format_finite(double).as_bytes()).unwrap();
        let (shortest, fewer) = near.shortest();
        assert_eq!(
            (shortest, fewer as i64 - places as i64),
            (expected.digits, expected.exponent),
            "{double:?}"
        );
        if let Some(cut) = near.cut() {
            let mut left = digits / POWERS[cut.fewer] + u64::from(cut.up);
            let is_exact = left * POWERS[cut.fewer] == digits;
            while left.is_multiple_of(10) {
                left /= 10;
            }
            let has_more = cut.fewer == 2 && fewer > 2;
            assert_eq!((left, is_exact), (shortest, cut.is_exact), "{digits}e-{places} {cut:?}");
            assert!(cut.fewer == fewer || has_more, "{digits}e-{places} {cut:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn is_nearest_and_shortest(digits in 1_000_000_000_000_000_u64..10_000_000_000_000_000_000, cut in 0_u32..4, places in 0_u64..24) {
            check(digits / 10_u64.pow(cut), places);
        }

        /// What is printed with all digits that name every double.
        #[test]
        fn printed_with_seventeen_digits(value in 1e-5_f64..1e17, few in 0.0_f64..1e3) {
            // Of six places, as measured values have.
            let few = (few * 1e6).round() / 1e6;
            for text in [format!("{value:.16e}"), format!("{:.16e}", few.max(1e-6)), format!("{few:.15e}")] {
                let (digits, exponent) = text.split_once('e').unwrap();
                let places = 16.min(digits.len() as i64 - 2) - exponent.parse::<i64>().unwrap();
                let digits = digits.replace('.', "").parse::<u64>().unwrap();
                if digits > 0 && places >= 0 {
                    check(digits, places as u64);
                }
            }
        }

        /// Decimals at and beside halfway, and texts of all lengths of one double.
        #[test]
        fn near_every_double(value in 1e-6_f64..1e19, digits in 14_usize..19) {
            let text = format!("{value:.digits$e}");
            let read = Significand::of(text.as_bytes()).unwrap();
            for digits in [read.digits, read.digits.saturating_sub(1).max(1), read.digits + 1] {
                check(digits, read.exponent.min(0).unsigned_abs());
            }
        }

        #[test]
        fn ties(mantissa in FIRST..2 * FIRST, shift in 0_u32..9) {
            check((2 * mantissa + 1) << shift, 0);
            check(2 * mantissa + 1, 0);
            check((2 * mantissa + 1) * 5, 1);
        }
    }

    #[test]
    fn of_two_as_near_the_even_one() {
        let near = Near::to(180_722_545_888_608_125, 3).unwrap();
        assert_eq!(near.shortest(), (18_072_254_588_860_812, 1));
    }
}
