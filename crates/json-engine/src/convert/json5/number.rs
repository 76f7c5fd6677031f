//! Numbers, JSON5 section 6: each becomes a JSON literal of exactly its value.
//!
//! Cost: its length; hexadecimal ones the square of it, which the limit on digits and the budget bound.

use super::{Next, Reader};
use crate::convert::foreign::{self, NonFinite};
use crate::convert::losses::Loss;
use crate::document::{Document, Number};
use crate::{Code, Error};

/// Hex digits that are taken at once: 60 bits.
const HEX_CHUNK: usize = 15;
/// A limb of a large number holds 18 decimal digits.
const LIMB: u128 = 1_000_000_000_000_000_000;

impl<'t> Reader<'t> {
    /// Reads the number at the present place.
    pub(super) fn number(&mut self) -> Result<Next, Error> {
        let start = self.at;
        let sign = match self.peek() {
            Some(b'-') => "-",
            _ => "",
        };
        if let Some(b'+' | b'-') = self.peek() {
            self.at += 1;
        }
        match (&self.text.as_bytes()[self.at..], sign) {
            ([b'I', ..], "-") => self.non_finite(start, NonFinite::NegativeInfinity),
            ([b'I', ..], _) => self.non_finite(start, NonFinite::Infinity),
            ([b'N', ..], _) => self.non_finite(start, NonFinite::Nan),
            ([b'0', b'x' | b'X', ..], sign) => self.hex(start, sign),
            ([b'0', b'b' | b'B' | b'o' | b'O', ..], _) => {
                let place = start..self.word_end(self.at);
                let found = self.shown(place.clone());
                let message = format!("{found} is neither decimal nor hexadecimal");
                Err(self.fail(Code::InvalidNumber, message, place))
            }
            (_, sign) => self.decimal(start, sign),
        }
    }

    fn non_finite(&mut self, start: usize, float: NonFinite) -> Result<Next, Error> {
        let word = self.at;
        self.at = self.word_end(word);
        let expected = if float == NonFinite::Nan { "NaN" } else { "Infinity" };
        if &self.text[word..self.at] != expected {
            return Err(self.no_word(word));
        }
        if self.is_tagged() {
            return self.add(foreign::float(float), start, 2);
        }
        self.losses.add(|| Loss {
            code: Code::NonFiniteAsNull,
            message: format!("{} became null; JSON has no such number", &self.text[start..self.at]),
            pointer: self.builder.pointer(),
            place: Some(start..self.at),
        });
        self.add(Document::Null, start, 1)
    }

    fn decimal(&mut self, start: usize, sign: &str) -> Result<Next, Error> {
        let whole = self.decimal_digits();
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(self.fail(Code::LeadingZero, "a number has no leading zero", start..self.at));
        }
        let has_point = self.peek() == Some(b'.');
        self.at += usize::from(has_point);
        let fraction = if has_point { self.decimal_digits() } else { "" };
        if whole.is_empty() && fraction.is_empty() {
            return Err(self.incomplete(start));
        }
        let exponent = self.exponent(start)?;
        self.builder.allowance.literal(&self.text[start..self.at], start)?;
        let written = &self.text[start..self.at];
        let is_json = !whole.is_empty() && has_point != fraction.is_empty() && !written.starts_with('+');
        let number = if is_json {
            Number::from_literal(written)
        } else {
            let whole = if whole.is_empty() { "0" } else { whole };
            let point = if fraction.is_empty() { "" } else { "." };
            Number::from_literal(&format!("{sign}{whole}{point}{fraction}{exponent}"))
        };
        self.add(Document::Number(number), start, 1)
    }

    /// The exponent with its letter and sign; empty where there is none.
    fn exponent(&mut self, start: usize) -> Result<&'t str, Error> {
        let from = self.at;
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if self.decimal_digits().is_empty() {
                return Err(self.incomplete(start));
            }
        }
        Ok(&self.text[from..self.at])
    }

    fn decimal_digits(&mut self) -> &'t str {
        let from = self.at;
        let rest = &self.text.as_bytes()[from..];
        self.at += rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        &self.text[from..self.at]
    }

    fn hex(&mut self, start: usize, sign: &str) -> Result<Next, Error> {
        let from = self.at + 2;
        let rest = &self.text.as_bytes()[from..];
        let length = rest.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(rest.len());
        self.at = from + length;
        if length == 0 {
            return Err(self.incomplete(start));
        }
        self.builder.allowance.digits(length as u64, start)?;
        let literal = format!("{sign}{}", self.hex_value(from, self.at)?);
        self.builder.allowance.literal(&literal, start)?;
        self.add(Document::Number(Number::from_literal(&literal)), start, 1)
    }

    /// The hex digits at `from..to` as decimal digits.
    fn hex_value(&self, from: usize, to: usize) -> Result<String, Error> {
        let digits = self.text[from..to].trim_start_matches('0').as_bytes();
        // Least limb first.
        let mut limbs: Vec<u64> = Vec::new();
        for chunk in digits.chunks(HEX_CHUNK) {
            self.meter.charge(1 + limbs.len() as u64 / 16)?;
            let value = |sum, digit: &u8| sum * 16 + u128::from(char::from(*digit).to_digit(16).unwrap_or(0));
            let mut carry = chunk.iter().fold(0, value);
            for limb in &mut limbs {
                let sum = (u128::from(*limb) << (4 * chunk.len())) + carry;
                (*limb, carry) = ((sum % LIMB) as u64, sum / LIMB);
            }
            // One limb more holds the carry: it is less than 2^60, and the first chunk too but for a rest.
            while carry > 0 {
                limbs.push((carry % LIMB) as u64);
                carry /= LIMB;
            }
        }
        let mut limbs = limbs.into_iter().rev();
        let first = limbs.next().unwrap_or(0).to_string();
        Ok(limbs.fold(first, |text, limb| text + &format!("{limb:018}")))
    }

    #[cold]
    fn incomplete(&self, start: usize) -> Error {
        let place = start..self.at.max(start + 1).min(self.text.len());
        let message = format!("the number {} is incomplete; a digit must follow", self.shown(place.clone()));
        self.fail(Code::NumberIncomplete, message, place)
    }
}
