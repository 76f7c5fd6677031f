//! Bytes to document.

use super::extension::{self, TIMESTAMP};
use crate::Code;
use crate::convert::binary::read::Items;
use crate::convert::binary::{self, Step};
use crate::convert::{Read, Reading};
use crate::document::{Document, Number};
use crate::error::Error;

/// Reads one object, and nothing behind it.
pub(in crate::convert) fn read(source: &[u8], reading: &Reading<'_>) -> Result<Read, Error> {
    binary::read::read::<Msgpack>(source, reading)
}

/// The format.
enum Msgpack {}

type Reader<'s> = binary::read::Reader<'s, Msgpack>;

impl Items for Msgpack {
    const MALFORMED: Code = Code::MsgpackMalformed;

    #[inline]
    fn item(reader: &mut Reader<'_>) -> Step {
        reader.object()
    }
}

/// Bytes of a length or a number that follow an initial byte.
#[derive(Clone, Copy)]
enum Width {
    One,
    Two,
    Four,
    Eight,
}

impl Reader<'_> {
    /// One object, or the head of one that holds others.
    fn object(&mut self) -> Step {
        use Width::{Eight, Four, One, Two};
        let start = self.source.at();
        let initial = self.source.byte()?;
        match initial {
            0x00..=0x7f => self.integer(i64::from(initial), start),
            0x80..=0x8f => self.map(start, u64::from(initial & 0x0f)),
            0x90..=0x9f => self.array(start, u64::from(initial & 0x0f)),
            0xa0..=0xbf => self.text(start, u64::from(initial & 0x1f)),
            0xc0 => self.tree.scalar(Document::Null, start..start + 1),
            0xc1 => Err(self.never_used(start)),
            0xc2 | 0xc3 => self.tree.scalar(Document::Bool(initial == 0xc3), start..start + 1),
            0xc4 => self.bytes(start, One),
            0xc5 => self.bytes(start, Two),
            0xc6 => self.bytes(start, Four),
            0xc7 => self.long_extension(start, One),
            0xc8 => self.long_extension(start, Two),
            0xc9 => self.long_extension(start, Four),
            0xca => {
                let single = f32::from_be_bytes(self.source.array()?);
                self.tree.double(f64::from(single), start..self.source.at())
            }
            0xcb => {
                let double = f64::from_be_bytes(self.source.array()?);
                self.tree.double(double, start..self.source.at())
            }
            0xcc => self.unsigned(start, One),
            0xcd => self.unsigned(start, Two),
            0xce => self.unsigned(start, Four),
            0xcf => self.unsigned(start, Eight),
            0xd0 => self.signed(start, One),
            0xd1 => self.signed(start, Two),
            0xd2 => self.signed(start, Four),
            0xd3 => self.signed(start, Eight),
            0xd4..=0xd8 => self.extension(start, 1 << (initial - 0xd4)),
            0xd9 => self.long_text(start, One),
            0xda => self.long_text(start, Two),
            0xdb => self.long_text(start, Four),
            0xdc => self.long_array(start, Two),
            0xdd => self.long_array(start, Four),
            0xde => self.long_map(start, Two),
            0xdf => self.long_map(start, Four),
            0xe0..=0xff => self.integer(i64::from(initial as i8), start),
        }
    }

    #[cold]
    fn never_used(&self, start: usize) -> Box<Error> {
        self.source.error(start..start + 1, "the byte c1 begins no object".to_owned())
    }

    #[inline]
    fn argument(&mut self, width: Width) -> Step<u64> {
        Ok(match width {
            Width::One => u64::from(self.source.byte()?),
            Width::Two => u64::from(u16::from_be_bytes(self.source.array()?)),
            Width::Four => u64::from(u32::from_be_bytes(self.source.array()?)),
            Width::Eight => u64::from_be_bytes(self.source.array()?),
        })
    }

    #[inline]
    fn unsigned(&mut self, start: usize, width: Width) -> Step {
        let value = self.argument(width)?;
        match i64::try_from(value) {
            Ok(small) => self.integer(small, start),
            Err(_) => self.tree.number(itoa::Buffer::new().format(value), start..self.source.at()),
        }
    }

    #[inline]
    fn signed(&mut self, start: usize, width: Width) -> Step {
        // The casts keep the bits and give them their sign.
        let value = match width {
            Width::One => i64::from(self.source.byte()? as i8),
            Width::Two => i64::from(i16::from_be_bytes(self.source.array()?)),
            Width::Four => i64::from(i32::from_be_bytes(self.source.array()?)),
            Width::Eight => i64::from_be_bytes(self.source.array()?),
        };
        self.integer(value, start)
    }

    #[inline]
    fn integer(&mut self, value: i64, start: usize) -> Step {
        let place = start..self.source.at();
        if self.tree.allowance.max_digits() >= 20 {
            return self.tree.scalar(Document::Number(Number::I64(value)), place);
        }
        self.tree.number(itoa::Buffer::new().format(value), place)
    }

    #[inline]
    fn text(&mut self, start: usize, length: u64) -> Step {
        let text = self.source.text(length)?;
        self.tree.text(text, start..self.source.at())
    }

    fn long_text(&mut self, start: usize, width: Width) -> Step {
        let length = self.argument(width)?;
        self.text(start, length)
    }

    fn bytes(&mut self, start: usize, width: Width) -> Step {
        let length = self.argument(width)?;
        let bytes = self.source.take(length)?;
        self.tree.bytes(bytes, start..self.source.at())
    }

    #[inline]
    fn array(&mut self, start: usize, count: u64) -> Step {
        self.source.announce(start, count, 1)?;
        self.tree.open_array(start, self.source.at(), Some(count))
    }

    fn long_array(&mut self, start: usize, width: Width) -> Step {
        let count = self.argument(width)?;
        self.array(start, count)
    }

    #[inline]
    fn map(&mut self, start: usize, count: u64) -> Step {
        self.source.announce(start, count, 2)?;
        self.tree.open_map(start, self.source.at(), Some(count))
    }

    fn long_map(&mut self, start: usize, width: Width) -> Step {
        let count = self.argument(width)?;
        self.map(start, count)
    }

    fn long_extension(&mut self, start: usize, width: Width) -> Step {
        let length = self.argument(width)?;
        self.extension(start, length)
    }

    /// An extension whose type comes next.
    fn extension(&mut self, start: usize, length: u64) -> Step {
        // The cast keeps the bits and gives them their sign.
        let kind = self.source.byte()? as i8;
        let from = self.source.at();
        let bytes = self.source.take(length)?;
        let place = start..self.source.at();
        let timestamp = if kind == TIMESTAMP { extension::timestamp(bytes) } else { None };
        match timestamp {
            Some(text) => self.tree.datetime(&text, place),
            None => {
                self.tree.open_tag(start..from, extension::tag(kind), None)?;
                self.tree.bytes(bytes, from..place.end)
            }
        }
    }
}
