//! Rows and cells: each fault of RFC 4180 section 2 is told, and only one that leaves no doubt is forgiven.

use std::borrow::Cow;
use std::ops::Range;

use super::BYTE_ORDER_MARK;

/// Whether a cell stood in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    Bare,
    Quoted,
}

/// One cell.
pub(super) struct Cell<'s> {
    pub(super) text: Cow<'s, str>,
    /// Its bytes in the source, quotes included.
    pub(super) place: Range<usize>,
    pub(super) quotes: Quotes,
}

/// What is wrong, and where.
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) place: Range<usize>,
}

/// The rows of a text. Lines without any byte are no rows.
pub(super) struct Rows<'s> {
    text: &'s str,
    at: usize,
    delimiter: u8,
    /// Number of the row that was read last, from 1 on.
    pub(super) record: u64,
    /// The first quote of that row that stands inside a cell without quotes. RFC 4180 section 2 has none, yet what
    /// `5" disk` means is plain.
    pub(super) stray_quote: Option<usize>,
}

impl<'s> Rows<'s> {
    /// The rows of `text`, which may begin with a byte order mark.
    pub(super) fn new(text: &'s str, delimiter: u8) -> Rows<'s> {
        let at = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Rows { text, at, delimiter, record: 0, stray_quote: None }
    }

    /// Reads the next row into `cells`, at most one cell more than `most`; without any at the end of the text.
    pub(super) fn next(&mut self, cells: &mut Vec<Cell<'s>>, most: u64) -> Result<(), Fault> {
        cells.clear();
        self.stray_quote = None;
        while let Some(b'\r' | b'\n') = self.byte() {
            self.at += 1;
        }
        if self.byte().is_none() {
            return Ok(());
        }
        self.record += 1;
        loop {
            let cell = if self.byte() == Some(b'"') { self.quoted()? } else { self.bare() };
            cells.push(cell);
            if self.byte() != Some(self.delimiter) || cells.len() as u64 > most {
                return Ok(());
            }
            self.at += 1;
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn is_end(&self, byte: u8) -> bool {
        byte == self.delimiter || byte == b'\r' || byte == b'\n'
    }

    fn bare(&mut self) -> Cell<'s> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let stop = rest.iter().position(|byte| self.is_end(*byte));
        self.at = start + stop.unwrap_or(rest.len());
        let text = &self.text[start..self.at];
        if self.stray_quote.is_none() {
            self.stray_quote = memchr::memchr(b'"', text.as_bytes()).map(|at| start + at);
        }
        Cell { text: Cow::Borrowed(text), place: start..self.at, quotes: Quotes::Bare }
    }

    fn quoted(&mut self) -> Result<Cell<'s>, Fault> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut text = Cow::Borrowed("");
        let mut from = start + 1;
        loop {
            let Some(length) = memchr::memchr(b'"', &bytes[from..]) else {
                let message = "the quotes of this cell are never closed; allowed: `\"` at its end".to_owned();
                return Err(Fault { message, place: start..start + 1 });
            };
            let quote = from + length;
            text += &self.text[from..quote];
            if bytes.get(quote + 1) != Some(&b'"') {
                self.at = quote + 1;
                break;
            }
            text += "\"";
            from = quote + 2;
        }
        if let Some(byte) = self.byte().filter(|byte| !self.is_end(*byte)) {
            let after = if byte.is_ascii() {
                1
            } else {
                self.text[self.at..].chars().next().map_or(1, char::len_utf8)
            };
            let message =
                "something behind the closing quote of a cell; allowed: the delimiter or a line end";
            return Err(Fault { message: message.to_owned(), place: self.at..self.at + after });
        }
        Ok(Cell { text, place: start..self.at, quotes: Quotes::Quoted })
    }
}
