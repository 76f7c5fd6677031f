//! The encodings of a YAML stream (YAML 1.2.2 section 5.2): UTF-8, UTF-16 and UTF-32, told apart by a byte order mark or
//! by where the zero bytes of the first character stand.
//!
//! Promise: no byte is replaced by a guess. Cost: UTF-8 is checked and borrowed, anything else is copied once.

use std::borrow::Cow;
use std::ops::Range;

/// Where the source is no text, in bytes of the source, and what it was read as.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotText {
    pub(super) place: Range<usize>,
    pub(super) encoding: &'static str,
}

#[derive(Clone, Copy)]
enum Endian {
    Big,
    Little,
}

/// The text of `source`. Places in it are those of its UTF-8 form; a byte order mark stays where it is.
pub(super) fn decode(source: &[u8]) -> Result<Cow<'_, str>, NotText> {
    match source {
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, _, ..] => utf32(source, Endian::Big).map(Cow::Owned),
        [0xff, 0xfe, 0, 0, ..] | [_, 0, 0, 0, ..] => utf32(source, Endian::Little).map(Cow::Owned),
        [0xfe, 0xff, ..] | [0, _, ..] => utf16(source, Endian::Big).map(Cow::Owned),
        [0xff, 0xfe, ..] | [_, 0, ..] => utf16(source, Endian::Little).map(Cow::Owned),
        _ => utf8(source).map(Cow::Borrowed),
    }
}

fn utf8(source: &[u8]) -> Result<&str, NotText> {
    if let Ok(text) = simdutf8::basic::from_utf8(source) {
        return Ok(text);
    }
    let at = std::str::from_utf8(source).map_or_else(|error| error.valid_up_to(), str::len);
    Err(NotText { place: at..at + 1, encoding: "UTF-8" })
}

fn utf16(source: &[u8], endian: Endian) -> Result<String, NotText> {
    let not_text = |at: usize| NotText { place: at..source.len().min(at + 2), encoding: "UTF-16" };
    let (pairs, rest) = source.as_chunks::<2>();
    let units = pairs.iter().map(|pair| match endian {
        Endian::Big => u16::from_be_bytes(*pair),
        Endian::Little => u16::from_le_bytes(*pair),
    });
    let mut text = String::with_capacity(source.len());
    let mut at = 0;
    for character in char::decode_utf16(units) {
        let character = character.map_err(|_| not_text(at))?;
        at += 2 * character.len_utf16();
        text.push(character);
    }
    if rest.is_empty() { Ok(text) } else { Err(not_text(at)) }
}

fn utf32(source: &[u8], endian: Endian) -> Result<String, NotText> {
    let not_text = |at: usize| NotText { place: at..source.len().min(at + 4), encoding: "UTF-32" };
    let (quads, rest) = source.as_chunks::<4>();
    let mut text = String::with_capacity(source.len() / 2);
    for (index, quad) in quads.iter().enumerate() {
        let scalar = match endian {
            Endian::Big => u32::from_be_bytes(*quad),
            Endian::Little => u32::from_le_bytes(*quad),
        };
        text.push(char::from_u32(scalar).ok_or_else(|| not_text(4 * index))?);
    }
    if rest.is_empty() { Ok(text) } else { Err(not_text(4 * quads.len())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &[u8], expected: Result<&str, Range<usize>>) {
        let decoded = decode(source);
        assert_eq!(decoded.as_deref().map_err(|not| not.place.clone()), expected, "{source:?}");
    }

    #[test]
    fn each_row_of_the_table() {
        check(b"", Ok(""));
        check(b"a", Ok("a"));
        check("\u{feff}é".as_bytes(), Ok("\u{feff}é"));
        check(b"\x00\x00\xfe\xff\x00\x01\xf6\x00", Ok("\u{feff}😀"));
        check(b"\x00\x00\x00a", Ok("a"));
        check(b"\xff\xfe\x00\x00a\x00\x00\x00", Ok("\u{feff}a"));
        check(b"a\x00\x00\x00", Ok("a"));
        check(b"\xfe\xff\xd8\x3d\xde\x00", Ok("\u{feff}😀"));
        check(b"\x00a\x00b", Ok("ab"));
        check(b"\xff\xfea\x00", Ok("\u{feff}a"));
        check(b"a\x00b\x00", Ok("ab"));
    }

    #[test]
    fn what_is_no_text_is_named_by_its_place() {
        check(b"ab\xff", Err(2..3));
        check(b"\xc0\xaf", Err(0..1));
        check(b"ab\xf0\x9f\x98", Err(2..3));
        check(b"\x00a\xd8\x00", Err(2..4));
        check(b"\x00a\xdc\x00\x00a", Err(2..4));
        check(b"\x00ab", Err(2..3));
        check(b"\x00\x00\x00a\x00\x11\x00\x00", Err(4..8));
        check(b"a\x00\x00\x00a", Err(4..5));
    }
}
