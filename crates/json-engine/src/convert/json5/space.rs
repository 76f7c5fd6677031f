//! White space and comments. JSON5 section 7 and 8.

use super::Reader;
use crate::convert::losses::Loss;
use crate::{Code, Error};

impl Reader<'_> {
    /// Goes on to the next byte that means something. Each comment is a loss.
    pub(super) fn space(&mut self) -> Result<(), Error> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) => self.at += 1,
                Some(b'/') => self.comment()?,
                Some(0x80..) => match self.peek_char().filter(|c| is_space(*c)) {
                    Some(space) => self.at += space.len_utf8(),
                    None => return Ok(()),
                },
                Some(_) | None => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), Error> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let length = match rest.get(1) {
            Some(b'/') => line_end(&self.text[start..]),
            Some(b'*') => match memchr::memmem::find(&rest[2..], b"*/") {
                Some(inside) => inside + 4,
                None => {
                    let message = "the text ends before the comment is closed by */";
                    return Err(self.fail(Code::UnexpectedEnd, message, start..self.text.len()));
                }
            },
            Some(_) | None => return Err(self.unexpected(self.here())),
        };
        self.meter.charge(1 + length as u64 / 64)?;
        self.losses.warn(|| Loss {
            code: Code::CommentDropped,
            message: "the comment was left out".to_owned(),
            pointer: self.builder.pointer(),
            place: Some(start..start + length),
        });
        self.at = start + length;
        Ok(())
    }
}

/// The end of the line: at LF, CR, U+2028, U+2029 or the end of the text.
fn line_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_end = |at: &usize| bytes[*at] != 0xe2 || matches!(&bytes[*at..], [0xe2, 0x80, 0xa8 | 0xa9, ..]);
    memchr::memchr3_iter(b'\n', b'\r', 0xe2, bytes).find(is_end).unwrap_or(bytes.len())
}

/// White space beyond ASCII: U+FEFF, the line terminators of ECMAScript, and category Zs.
fn is_space(character: char) -> bool {
    matches!(
        character,
        '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}
