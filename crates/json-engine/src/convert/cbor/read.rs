//! Bytes to document.

use std::borrow::Cow;
use std::ops::Range;

use super::bignum::Big;
use super::fraction::{self, Integer};
use super::{
    ARRAY, BIGFLOAT, BIGNUM, BREAK, BYTES, DATE, DATETIME, DECIMAL, MAP, NEGATIVE, NEGATIVE_BIGNUM,
    SELF_DESCRIBED, TAG, TEXT, UNSIGNED, half,
};
use crate::Code;
use crate::convert::binary::read::Items;
use crate::convert::binary::tree::Hint;
use crate::convert::binary::{self, Step};
use crate::convert::datetime;
use crate::convert::foreign::Tag;
use crate::convert::{Read, Reading};
use crate::document::{Document, Number};
use crate::error::Error;

/// Reads one data item, and nothing behind it.
pub(in crate::convert) fn read(source: &[u8], reading: &Reading<'_>) -> Result<Read, Error> {
    binary::read::read::<Cbor>(source, reading)
}

/// The format.
enum Cbor {}

type Reader<'s> = binary::read::Reader<'s, Cbor>;

impl Items for Cbor {
    const MALFORMED: Code = Code::CborMalformed;

    #[inline]
    fn item(reader: &mut Reader<'_>) -> Step {
        reader.item()
    }
}

impl<'s> Reader<'s> {
    /// One item, or the head of one that holds others.
    fn item(&mut self) -> Step {
        let start = self.source.at();
        let initial = self.source.byte()?;
        let (major, info) = (initial >> 5, initial & 0x1f);
        match major {
            UNSIGNED => {
                let value = self.definite(start, info)?;
                self.integer(i128::from(value), start)
            }
            NEGATIVE => {
                let value = self.definite(start, info)?;
                self.integer(-1 - i128::from(value), start)
            }
            BYTES => {
                let bytes = self.string(start, initial)?;
                self.tree.bytes(&bytes, start..self.source.at())
            }
            TEXT => self.text(start, initial),
            ARRAY => {
                let count = self.argument(start, info)?;
                self.source.announce(start, count.unwrap_or(0), 1)?;
                self.tree.open_array(start, self.source.at(), count)
            }
            MAP => {
                let count = self.argument(start, info)?;
                self.source.announce(start, count.unwrap_or(0), 2)?;
                self.tree.open_map(start, self.source.at(), count)
            }
            TAG => {
                let tag = self.definite(start, info)?;
                self.tag(tag, start)
            }
            _ => self.simple(start, info),
        }
    }

    /// The argument of a head; `None` if the length is indefinite.
    #[inline]
    fn argument(&mut self, start: usize, info: u8) -> Step<Option<u64>> {
        Ok(Some(match info {
            0..24 => u64::from(info),
            24 => u64::from(self.source.byte()?),
            25 => u64::from(u16::from_be_bytes(self.source.array()?)),
            26 => u64::from(u32::from_be_bytes(self.source.array()?)),
            27 => u64::from_be_bytes(self.source.array()?),
            31 => return Ok(None),
            _ => return Err(self.reserved(start, info)),
        }))
    }

    /// The argument of a head that must have one.
    #[inline]
    fn definite(&mut self, start: usize, info: u8) -> Step<u64> {
        match self.argument(start, info)? {
            Some(argument) => Ok(argument),
            None => Err(self.reserved(start, info)),
        }
    }

    #[cold]
    fn reserved(&self, start: usize, info: u8) -> Box<Error> {
        let message = format!("the additional information {info} means nothing in this initial byte");
        self.source.error(start..start + 1, message)
    }

    #[inline]
    fn integer(&mut self, value: i128, start: usize) -> Step {
        let place = start..self.source.at();
        match i64::try_from(value) {
            Ok(small) if self.tree.allowance.max_digits() >= 20 => {
                self.tree.scalar(Document::Number(Number::I64(small)), place)
            }
            Ok(_) | Err(_) => self.tree.number(itoa::Buffer::new().format(value), place),
        }
    }

    #[inline]
    fn text(&mut self, start: usize, initial: u8) -> Step {
        match self.argument(start, initial & 0x1f)? {
            Some(length) => {
                let text = self.source.text(length)?;
                self.tree.text(text, start..self.source.at())
            }
            None => {
                let text = self.joined_text()?;
                self.tree.text(&text, start..self.source.at())
            }
        }
    }

    /// The text of a text string whose head was not read yet.
    fn next_text(&mut self) -> Step<Cow<'s, str>> {
        let start = self.source.at();
        let initial = self.source.byte()?;
        match self.argument(start, initial & 0x1f)? {
            Some(length) => Ok(Cow::Borrowed(self.source.text(length)?)),
            None => Ok(Cow::Owned(self.joined_text()?)),
        }
    }

    /// The bytes of a byte string.
    fn string(&mut self, start: usize, initial: u8) -> Step<Cow<'s, [u8]>> {
        if let Some(length) = self.argument(start, initial & 0x1f)? {
            return Ok(Cow::Borrowed(self.source.take(length)?));
        }
        let mut joined = Vec::new();
        while let Some(length) = self.chunk(BYTES)? {
            joined.extend_from_slice(self.source.take(length)?);
        }
        Ok(Cow::Owned(joined))
    }

    /// The chunks of a text string of indefinite length; each is a text by itself.
    fn joined_text(&mut self) -> Step<String> {
        let mut joined = String::new();
        while let Some(length) = self.chunk(TEXT)? {
            joined.push_str(self.source.text(length)?);
        }
        Ok(joined)
    }

    /// Length of the next chunk of a string of indefinite length, `None` at its break.
    fn chunk(&mut self, major: u8) -> Step<Option<u64>> {
        self.tree.meter.charge(1)?;
        let start = self.source.at();
        let initial = self.source.byte()?;
        if initial == BREAK {
            return Ok(None);
        }
        if initial >> 5 != major || initial & 0x1f == 31 {
            let message =
                "a string of indefinite length holds only definite strings of its own kind".to_owned();
            return Err(self.source.error(start..start + 1, message));
        }
        self.definite(start, initial & 0x1f).map(Some)
    }

    fn simple(&mut self, start: usize, info: u8) -> Step {
        let double = match info {
            20 => return self.tree.scalar(Document::Bool(false), start..self.source.at()),
            21 => return self.tree.scalar(Document::Bool(true), start..self.source.at()),
            22 => return self.tree.scalar(Document::Null, start..self.source.at()),
            23 => return self.tree.simple(None, start..self.source.at()),
            25 => half::to_double(u16::from_be_bytes(self.source.array()?)),
            26 => f64::from(f32::from_be_bytes(self.source.array()?)),
            27 => f64::from_be_bytes(self.source.array()?),
            31 => return self.end_of_container(start),
            24 => return self.two_byte_simple(start),
            0..20 => return self.tree.simple(Some(info), start..self.source.at()),
            _ => return Err(self.reserved(start, info)),
        };
        self.tree.double(double, start..self.source.at())
    }

    fn two_byte_simple(&mut self, start: usize) -> Step {
        let simple = self.source.byte()?;
        let place = start..self.source.at();
        if simple < 32 {
            let message = format!("the simple value {simple} has no form of two bytes; allowed: 32 to 255");
            return Err(self.source.error(place, message));
        }
        self.tree.simple(Some(simple), place)
    }

    fn end_of_container(&mut self, start: usize) -> Step {
        if self.tree.can_break() {
            return self.tree.break_at(self.source.at());
        }
        let message = "a break stands where nothing of indefinite length can end".to_owned();
        Err(self.source.error(start..start + 1, message))
    }

    /// What stands behind the head of a tag.
    fn tag(&mut self, tag: u64, start: usize) -> Step {
        let head = start..self.source.at();
        self.skip_self_described()?;
        let next = self.source.peek().map(|initial| initial >> 5);
        let done = match (tag, next) {
            (SELF_DESCRIBED, _) => return self.tree.meter.charge(1).map_err(Box::new),
            (BIGNUM | NEGATIVE_BIGNUM, Some(BYTES)) => {
                self.source.back_to(start);
                let bignum = self.next_integer()?;
                return self.bignum(&bignum, start..self.source.at());
            }
            (DATETIME | DATE, Some(TEXT)) => return self.datetime(tag, head),
            (DECIMAL | BIGFLOAT, Some(ARRAY)) => self.fraction(tag, start)?,
            _ => false,
        };
        if done {
            return Ok(());
        }
        self.source.back_to(head.end);
        let hint = match tag {
            21 => Some(Hint::Base64Url),
            22 => Some(Hint::Base64),
            23 => Some(Hint::Base16),
            _ => None,
        };
        self.tree.open_tag(head, Tag::Number(tag), hint)
    }

    /// Goes behind tags 55799, which say nothing about what is in them.
    fn skip_self_described(&mut self) -> Step {
        while self.source.peek().is_some_and(|initial| initial >> 5 == TAG) {
            let start = self.source.at();
            let initial = self.source.byte()?;
            if self.definite(start, initial & 0x1f)? != SELF_DESCRIBED {
                self.source.back_to(start);
                break;
            }
            self.tree.meter.charge(1).map_err(Box::new)?;
        }
        Ok(())
    }

    fn datetime(&mut self, tag: u64, head: Range<usize>) -> Step {
        let start = self.source.at();
        let text = self.next_text()?;
        let is_one = match tag {
            DATE => datetime::is_date(&text),
            _ => datetime::instant(&text).is_some(),
        };
        if is_one {
            return self.tree.datetime(&text, head.start..self.source.at());
        }
        self.tree.open_tag(head, Tag::Number(tag), None)?;
        self.tree.text(&text, start..self.source.at())
    }

    /// A bignum as a number. Its digits are estimated before they are made.
    fn bignum(&mut self, bignum: &Integer, place: Range<usize>) -> Step {
        self.tree.allowance.digits(bignum.size.least_digits(), place.start)?;
        let digits = bignum.size.to_digits(&self.tree.meter)?;
        let sign = if bignum.is_negative { "-" } else { "" };
        self.tree.number(&format!("{sign}{digits}"), place)
    }

    /// A decimal fraction or bigfloat whose head was read; says whether it is one, and a literal that is allowed.
    fn fraction(&mut self, tag: u64, start: usize) -> Step<bool> {
        let most = self.tree.allowance.max_digits();
        let Some((exponent, mantissa)) = self.two_integers() else {
            return Ok(false);
        };
        let meter = &self.tree.meter;
        let literal = match tag {
            DECIMAL => fraction::decimal(exponent, &mantissa, most, meter)?,
            _ => fraction::binary(exponent, mantissa, most, meter)?,
        };
        let Some(literal) = literal else {
            return Ok(false);
        };
        self.tree.number(&literal, start..self.source.at())?;
        Ok(true)
    }

    /// An array of an exponent and a mantissa. Whatever else it is, well-formed or not, is left to the usual way.
    fn two_integers(&mut self) -> Option<(i128, Integer)> {
        let is_indefinite = match self.source.byte().ok()? {
            0x82 => false,
            0x9f => true,
            _ => return None,
        };
        self.skip_self_described().ok()?;
        let exponent = self.plain_integer().ok()??;
        let mantissa = self.next_integer().ok()?;
        if is_indefinite && self.source.byte().ok()? != BREAK {
            return None;
        }
        Some((exponent, mantissa))
    }

    /// An integer of 64 bits, `None` if the next item is none.
    fn plain_integer(&mut self) -> Step<Option<i128>> {
        let start = self.source.at();
        let initial = self.source.byte()?;
        let argument = |reader: &mut Self| reader.definite(start, initial & 0x1f).map(i128::from);
        match initial >> 5 {
            UNSIGNED => argument(self).map(Some),
            NEGATIVE => argument(self).map(|value| Some(-1 - value)),
            _ => Ok(None),
        }
    }

    /// An integer of 64 bits or a bignum.
    fn next_integer(&mut self) -> Step<Integer> {
        self.skip_self_described()?;
        let start = self.source.at();
        if let Some(integer) = self.plain_integer()? {
            let size = Big::from_bytes(&integer.unsigned_abs().to_be_bytes());
            return Ok(Integer { is_negative: integer < 0, size });
        }
        self.source.back_to(start);
        let initial = self.source.byte()?;
        let tag = if initial >> 5 == TAG { self.definite(start, initial & 0x1f)? } else { u64::MAX };
        self.skip_self_described()?;
        let at = self.source.at();
        let initial = self.source.byte()?;
        if !matches!(tag, BIGNUM | NEGATIVE_BIGNUM) || initial >> 5 != BYTES {
            return Err(self.source.error(start..at, "an integer must stand here".to_owned()));
        }
        let mut size = Big::from_bytes(&self.string(at, initial)?);
        if tag == NEGATIVE_BIGNUM {
            size.add_one();
        }
        Ok(Integer { is_negative: tag == NEGATIVE_BIGNUM, size })
    }
}
