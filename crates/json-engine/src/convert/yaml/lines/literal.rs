//! Texts behind `|` and `|-`.

use std::borrow::Cow;

use granit_parser::ScalarStyle;

use super::word::{Role, Word};
use super::{Lines, Next};

impl Lines<'_> {
    /// A text behind `|` or `|-`.
    pub(super) fn literal(&mut self) -> Option<Next> {
        let header = self.bytes.get(self.at + 1..)?;
        let (begin, keeps_break) = match header {
            [b'\n', ..] => (self.at + 2, true),
            [b'-', b'\n', ..] => (self.at + 3, false),
            _ => return None,
        };
        self.at = begin;
        let column = self.spaces();
        if column <= self.open.last()?.column {
            return None;
        }
        let start = self.at;
        let mut text = String::new();
        let mut end = self.literal_line(&mut text)?;
        // Breaks between lines of text belong to it, those behind the last do not.
        while let Some(breaks) = self.next_line_of(column) {
            text.extend(std::iter::repeat_n('\n', breaks));
            end = self.literal_line(&mut text)?;
        }
        if keeps_break {
            text.push('\n');
        }
        let place = start..start + self.text[start..end].trim_end().len();
        let word = Word { text: Cow::Owned(text), style: ScalarStyle::Literal, place, role: Role::Value };
        self.value(&word)
    }

    /// Appends the rest of the line, which is not empty, and gives its end.
    fn literal_line(&mut self, text: &mut String) -> Option<usize> {
        let start = self.at;
        self.at = self.line_end(start)?;
        text.push_str(&self.text[start..self.at]);
        (start < self.at).then_some(self.at)
    }

    /// Goes into the next line that is not empty, if it has `column` spaces; says how many breaks there were.
    fn next_line_of(&mut self, column: usize) -> Option<usize> {
        let breaks = self.bytes[self.at..].iter().take_while(|byte| **byte == b'\n').count();
        let line = self.bytes[self.at + breaks..].get(..column)?;
        if !line.iter().all(|byte| *byte == b' ') {
            return None;
        }
        self.at += breaks + column;
        Some(breaks)
    }
}
