//! Integers of any size between bytes and decimal digits.
//!
//! Promise: a number that has more digits than allowed is known before any work on it. Cost: quadratic in the digits
//! that are allowed, charged to the budget as it goes.

use crate::budget::Meter;
use crate::convert::binary::Step;

/// The digits that a limb is worth when numbers are turned to decimal.
const DIGITS: usize = 9;
const BILLION: u32 = 1_000_000_000;
/// The highest power of five in a limb.
const FIVES: u32 = 13;

/// An integer from 0 on, lowest limb first, without zeros at its high end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Big(Vec<u32>);

impl Big {
    /// Reads bytes, highest first.
    pub(super) fn from_bytes(bytes: &[u8]) -> Big {
        let limb = |chunk: &[u8]| chunk.iter().fold(0, |limb, byte| limb << 8 | u32::from(*byte));
        Big(bytes.rchunks(4).map(limb).collect()).trimmed()
    }

    /// Reads decimal digits.
    pub(super) fn from_digits(digits: &str, meter: &Meter<'_>) -> Step<Big> {
        let mut big = Big(Vec::with_capacity(digits.len() / DIGITS + 1));
        let (first, rest) = digits.as_bytes().split_at(digits.len() % DIGITS);
        for chunk in std::iter::once(first).chain(rest.chunks(DIGITS)) {
            let value = chunk.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
            big.multiply_add(10_u32.pow(chunk.len() as u32), value, meter)?;
        }
        Ok(big)
    }

    /// Its bytes, highest first, without zeros before them.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let bytes: Vec<u8> = self.0.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes[zeros..].to_vec()
    }

    /// Its decimal digits; `0` is one.
    pub(super) fn to_digits(&self, meter: &Meter<'_>) -> Step<String> {
        let (mut rest, mut chunks) = (self.clone(), Vec::new());
        while !rest.0.is_empty() {
            chunks.push(rest.divide(meter)?);
        }
        let mut digits = chunks.pop().unwrap_or(0).to_string();
        for chunk in chunks.iter().rev() {
            digits.push_str(&format!("{chunk:0DIGITS$}"));
        }
        Ok(digits)
    }

    /// Digits that it has at least.
    pub(super) fn least_digits(&self) -> u64 {
        // One less than the bits, times the logarithm of two, rounded down.
        self.bits().saturating_sub(1).saturating_mul(30_102) / 100_000 + 1
    }

    /// Length in bits.
    pub(super) fn bits(&self) -> u64 {
        let Some(high) = self.0.last() else {
            return 0;
        };
        self.0.len() as u64 * 32 - u64::from(high.leading_zeros())
    }

    pub(super) fn add_one(&mut self) {
        for limb in &mut self.0 {
            let (sum, carries) = limb.overflowing_add(1);
            *limb = sum;
            if !carries {
                return;
            }
        }
        self.0.push(1);
    }

    /// Takes one away; it must not be 0.
    pub(super) fn subtract_one(&mut self) {
        for limb in &mut self.0 {
            let (difference, borrows) = limb.overflowing_sub(1);
            *limb = difference;
            if !borrows {
                break;
            }
        }
        self.trim();
    }

    /// Multiplies by `2^power`.
    pub(super) fn shift_up(&mut self, power: u64) {
        let (limbs, bits) = (power / 32, power % 32);
        let mut carry = 0;
        for limb in &mut self.0 {
            let wide = u64::from(*limb) << bits | carry;
            *limb = wide as u32;
            carry = wide >> 32;
        }
        self.0.push(carry as u32);
        self.0.splice(0..0, (0..limbs).map(|_| 0));
        self.trim();
    }

    /// Divides by the highest power of two, at most `2^most`, that leaves no rest; gives the power.
    pub(super) fn shift_down(&mut self, most: u64) -> u64 {
        let zeros = self.0.iter().take_while(|limb| **limb == 0).count();
        let low = self.0.get(zeros).map_or(0, |limb| limb.trailing_zeros());
        let power = (zeros as u64 * 32 + u64::from(low)).min(most);
        let (limbs, bits) = ((power / 32) as usize, power % 32);
        self.0.drain(..limbs);
        let mut carry = 0;
        for limb in self.0.iter_mut().rev() {
            let wide = (u64::from(*limb) << 32) >> bits;
            *limb = (wide >> 32) as u32 | carry;
            carry = wide as u32;
        }
        self.trim();
        power
    }

    /// Multiplies by `5^power`.
    pub(super) fn times_five(&mut self, mut power: u64, meter: &Meter<'_>) -> Step {
        while power > 0 {
            let step = power.min(u64::from(FIVES));
            self.multiply_add(5_u32.pow(step as u32), 0, meter)?;
            power -= step;
        }
        Ok(())
    }

    fn multiply_add(&mut self, factor: u32, sum: u32, meter: &Meter<'_>) -> Step {
        meter.charge(self.0.len() as u64 / 16 + 1)?;
        let mut carry = sum;
        for limb in &mut self.0 {
            let wide = u64::from(*limb) * u64::from(factor) + u64::from(carry);
            *limb = wide as u32;
            carry = (wide >> 32) as u32;
        }
        if carry > 0 {
            self.0.push(carry);
        }
        Ok(())
    }

    /// Divides by a billion and gives the rest.
    fn divide(&mut self, meter: &Meter<'_>) -> Step<u32> {
        meter.charge(self.0.len() as u64 / 16 + 1)?;
        let mut rest = 0;
        for limb in self.0.iter_mut().rev() {
            let wide = u64::from(rest) << 32 | u64::from(*limb);
            *limb = (wide / u64::from(BILLION)) as u32;
            rest = (wide % u64::from(BILLION)) as u32;
        }
        self.trim();
        Ok(rest)
    }

    fn trimmed(mut self) -> Big {
        self.trim();
        self
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Budget;
    use std::sync::Arc;
    use std::time::Duration;

    fn check(digits: &str, bytes: &[u8]) {
        let budget = Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), 0);
        let meter = Meter::open(&budget).unwrap();
        let big = Big::from_digits(digits, &meter).unwrap();
        assert_eq!(big.to_bytes(), bytes, "{digits}");
        assert_eq!(big, Big::from_bytes(bytes), "{digits}");
        assert_eq!(big.to_digits(&meter).unwrap(), digits);
        assert!(big.least_digits() <= digits.len() as u64 && big.least_digits() + 1 >= digits.len() as u64);
    }

    #[test]
    fn digits_and_bytes() {
        check("0", &[]);
        check("255", &[255]);
        check("18446744073709551616", &[1, 0, 0, 0, 0, 0, 0, 0, 0]);
        check("1000000000", &[0x3b, 0x9a, 0xca, 0]);
        check("1208925819614629174706176", &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        check("340282366920938463463374607431768211455", &[255; 16]);
    }

    #[test]
    fn shifts_and_steps() {
        let mut big = Big::from_bytes(&[3]);
        big.shift_up(77);
        assert_eq!(big.bits(), 79);
        assert_eq!(big.clone().shift_down(32), 32);
        assert_eq!(big.shift_down(u64::MAX), 77);
        assert_eq!(big.to_bytes(), [3]);
        let mut big = Big::from_bytes(&[255; 8]);
        big.add_one();
        assert_eq!(big.to_bytes(), [1, 0, 0, 0, 0, 0, 0, 0, 0]);
        big.subtract_one();
        assert_eq!(big.to_bytes(), [255; 8]);
    }
}
