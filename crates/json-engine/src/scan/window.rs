//! The machine on a part of a text: it stops between two tokens where the part ends, and goes on there when there is more.
//!
//! A token is read only where [`AHEAD`] bytes follow its beginning or the text ends, so that the cold side, which looks ahead,
//! finds what it would find in the whole text; a longer one only where all of it is there. Promise: verdict, first error, its
//! fix and warnings are those of the whole text, as far as they can be told from `AHEAD` bytes behind a fault. Cost: that of the
//! machine and one comparison a token.

use super::carried::{Carried, Next};
use super::fault::{Halt, Step, breach, line_or_quote, stop, trailing_comma};
use super::part::{Follows, Outcome, Part};
use super::repeated::Repeated;
use super::sink::Parted;
use super::{Container, Content, Findings, Frame, Kind, Notes, Scalar, Scanner, Sink, Spelling, plain_end};
use crate::error::LimitKind;
use crate::{DuplicateKeys, Error, Profile, Severity};

/// Bytes that follow the beginning of each token, but at the end of the text.
pub(crate) const AHEAD: usize = 4 << 10;

/// Goes on with `part`, telling `sink`; gives the sink back, where the machine stopped, and why.
pub(crate) fn advance<S: Sink>(carried: &mut Carried, part: &Part<'_>, sink: S) -> (S, usize, Outcome) {
    let scanner = Scanner {
        text: part.text,
        is_cut: part.follows == Follows::Garbage,
        at: part.at,
        options: carried.options,
        sink: Parted(sink),
        stack: std::mem::take(&mut carried.stack),
        keys: std::mem::take(&mut carried.keys),
        in_key: false,
        notes: Notes::default(),
        stats: carried.report.stats,
        findings: Findings::new(carried.options.limits.max_diagnostics),
    };
    let is_last = part.follows != Follows::More;
    let horizon = if is_last { usize::MAX } else { part.text.len().saturating_sub(AHEAD) };
    let mut window = Window {
        scanner,
        next: carried.next,
        comma: carried.comma,
        repeated: &mut carried.repeated,
        max_token: carried.max_token,
        horizon,
        is_last,
        is_over: false,
    };
    let step = window.steps();
    let Window { mut scanner, next, comma, is_over, .. } = window;
    (carried.next, carried.comma) = (next, comma);
    let outcome = match step {
        Ok(()) if is_over => scanner.with_cut(Ok(())).map(|()| Outcome::Complete),
        Ok(()) if scanner.sink.is_full() => Ok(Outcome::Full),
        Ok(()) => Ok(Outcome::Starved),
        Err(halt) => scanner.with_cut(Err(halt)).map(|()| Outcome::Complete),
    };
    let outcome = outcome.unwrap_or_else(|halt| halted(&mut scanner, part, *halt));
    carried.report.stats = scanner.stats;
    let (total, text) = (scanner.findings.total(), &part.all[part.origin..]);
    if total > 0 {
        carried.add(scanner.findings.diagnostics(text, part.origin, part.cursor.clone()), total);
    }
    (carried.stack, carried.keys) = (scanner.stack, scanner.keys);
    (scanner.sink.0, scanner.at, outcome)
}

fn halted<S: Sink>(scanner: &mut Scanner<'_, S>, part: &Part<'_>, halt: Halt) -> Outcome {
    match halt {
        Halt::Invalid(stop) => {
            let fix = scanner.fix_in(part, &stop);
            scanner.find(&stop, fix);
            Outcome::Invalid
        }
        Halt::Told => Outcome::Invalid,
        Halt::Limit { limit, allowed, actual, at } => {
            let mut cursor = part.cursor.clone();
            cursor.advance(&part.all[part.origin..], at - part.origin);
            let position = Some(cursor.position(scanner.pointer()));
            Outcome::Breach(Error::Limit { limit, allowed, actual, position })
        }
    }
}

struct Window<'c, 't, S> {
    scanner: Scanner<'t, Parted<S>>,
    next: Next,
    comma: usize,
    repeated: &'c mut Repeated,
    max_token: usize,
    /// No token that begins here or behind is read.
    horizon: usize,
    is_last: bool,
    /// The text is complete.
    is_over: bool,
}

impl<S: Sink> Window<'_, '_, S> {
    /// Reads token after token, up to the end of the part or of the text.
    fn steps(&mut self) -> Step {
        if self.next == Next::Root && self.horizon > 0 && self.scanner.text.starts_with(b"\xef\xbb\xbf") {
            return stop(Kind::ByteOrderMark, 0, 3);
        }
        loop {
            self.scanner.space();
            if self.scanner.at >= self.horizon || self.scanner.sink.is_full() {
                return Ok(());
            }
            match self.step()? {
                Some(next) => self.next = next,
                None => return Ok(()),
            }
        }
    }

    /// Reads a token; without an answer it is not all there, or the text is over.
    #[inline(always)]
    fn step(&mut self) -> Step<Option<Next>> {
        let byte = self.scanner.text.get(self.scanner.at).copied();
        let next = match (self.next, byte) {
            (Next::Separator, _) => self.separator(byte)?,
            (Next::AfterComma, _) => self.after_comma(byte)?,
            (Next::FirstKey, Some(b'}')) => self.close(Container::Object, Content::None),
            (Next::FirstElement, Some(b']')) => self.close(Container::Array, Content::None),
            (Next::FirstKey | Next::Key, _) => return self.key(),
            (Next::Colon, Some(b':')) => {
                self.scanner.at += 1;
                Next::Value
            }
            (Next::Colon, _) => return self.scanner.no_colon(),
            (Next::Root, None) => return stop(Kind::EmptyInput, self.scanner.at, self.scanner.at),
            (Next::End, None) => {
                self.is_over = true;
                return Ok(None);
            }
            (Next::End, Some(_)) => return self.scanner.trailing().map(|()| None),
            (Next::Value | Next::FirstElement, None) => {
                return stop(Kind::UnexpectedEnd, self.scanner.at, self.scanner.at);
            }
            (Next::Root | Next::Value | Next::FirstElement, Some(byte)) => return self.value(byte),
        };
        Ok(Some(next))
    }

    #[inline(always)]
    fn value(&mut self, byte: u8) -> Step<Option<Next>> {
        let start = self.scanner.at;
        self.scanner.count_node(start)?;
        match byte {
            b'"' => match self.string()? {
                Some(spelling) => self.end_string(start, spelling),
                None => return Ok(self.unread(start)),
            },
            b'-' | b'0'..=b'9' => {
                if !self.number(start)? {
                    return Ok(self.unread(start));
                }
            }
            b'{' => {
                self.scanner.stats.objects += 1;
                self.scanner.open(Container::Object, Frame::Object(self.scanner.keys.len()))?;
                return Ok(Some(Next::FirstKey));
            }
            b'[' => {
                self.scanner.stats.arrays += 1;
                self.scanner.open(Container::Array, Frame::Array(0))?;
                return Ok(Some(Next::FirstElement));
            }
            b't' => self.scanner.literal(b"true", Scalar::True)?,
            b'f' => self.scanner.literal(b"false", Scalar::False)?,
            b'n' => self.scanner.literal(b"null", Scalar::Null)?,
            _ => return self.scanner.no_value(byte),
        }
        Ok(Some(self.behind_value()))
    }

    /// The scalar that begins at `start` is not all there.
    #[cold]
    fn unread(&mut self, start: usize) -> Option<Next> {
        self.scanner.at = start;
        self.scanner.stats.nodes -= 1;
        None
    }

    #[inline(always)]
    fn behind_value(&self) -> Next {
        if self.scanner.stack.is_empty() { Next::End } else { Next::Separator }
    }

    /// Reads the string at the present place, if all of it is there.
    #[inline(always)]
    fn string(&mut self) -> Step<Option<Spelling>> {
        let (text, start) = (self.scanner.text, self.scanner.at);
        let end = plain_end(text, start + 1);
        let spelling = if text.get(end) == Some(&b'"') {
            self.scanner.at = end + 1;
            Spelling::Plain
        } else if self.is_last || is_string_there(text, end) {
            self.scanner.rest_of_string(end)?
        } else {
            return Ok(None);
        };
        let length = self.scanner.at - start;
        if length > self.max_token {
            return breach(LimitKind::Token, self.max_token as u64, length as u64, start);
        }
        Ok(Some(spelling))
    }

    #[inline(always)]
    fn end_string(&mut self, start: usize, spelling: Spelling) {
        let end = self.scanner.at;
        if S::PROFILE == Profile::IJson {
            self.scanner.check_text(start, end);
        }
        self.scanner.stats.strings += 1;
        self.scanner.sink.scalar(Scalar::String(spelling), start, end);
    }

    /// Reads the number at `start`, if all of it is there.
    #[inline(always)]
    fn number(&mut self, start: usize) -> Step<bool> {
        let read = self.scanner.number();
        let text = self.scanner.text;
        if !self.is_last && (read.is_err() || self.scanner.at == text.len()) && is_number_to_end(text, start)
        {
            return Ok(false);
        }
        let notation = read?;
        if S::PROFILE == Profile::IJson {
            self.scanner.check_number(start);
        }
        self.scanner.stats.numbers += 1;
        self.scanner.sink.scalar(Scalar::Number(notation), start, self.scanner.at);
        Ok(true)
    }

    /// A key; one that stands in its object already is reported.
    #[inline(always)]
    fn key(&mut self) -> Step<Option<Next>> {
        let start = self.scanner.at;
        self.scanner.in_key = true;
        if self.scanner.text.get(start) != Some(&b'"') {
            return self.scanner.no_key(start);
        }
        let Some(spelling) = self.string()? else {
            return Ok(None);
        };
        self.scanner.end_key(start, spelling);
        if let Some(&Frame::Object(first)) = self.scanner.stack.last()
            && self.repeated.has_last(&self.scanner.keys, self.scanner.text, first)
        {
            self.report_repeated(start);
        }
        Ok(Some(Next::Colon))
    }

    #[cold]
    fn report_repeated(&mut self, start: usize) {
        let (severity, kind) = match self.scanner.options.duplicate_keys {
            DuplicateKeys::Report => (Severity::Warning, Kind::DuplicateKey),
            DuplicateKeys::Reject => (Severity::Error, Kind::DuplicateKey),
            DuplicateKeys::First | DuplicateKeys::Last => (Severity::Warning, Kind::DuplicateDropped),
        };
        let end = self.scanner.at;
        self.scanner.report(severity, kind, start, end);
    }

    #[inline(always)]
    fn separator(&mut self, byte: Option<u8>) -> Step<Next> {
        match (byte, self.scanner.stack.last()) {
            (Some(b','), _) => {
                self.comma = self.scanner.at;
                self.scanner.sink.comma();
                self.scanner.at += 1;
                Ok(Next::AfterComma)
            }
            (Some(b']'), Some(Frame::Array(_))) => Ok(self.close(Container::Array, Content::Some)),
            (Some(b'}'), Some(&Frame::Object(first))) => {
                self.repeated.leave(first);
                self.scanner.keys.truncate(first);
                Ok(self.close(Container::Object, Content::Some))
            }
            (other, _) => self.scanner.no_separator(other),
        }
    }

    #[inline(always)]
    fn after_comma(&mut self, byte: Option<u8>) -> Step<Next> {
        match (self.scanner.stack.last_mut(), byte) {
            (Some(Frame::Array(_)), Some(b']')) | (Some(Frame::Object(_)), Some(b'}')) => {
                trailing_comma(self.comma)
            }
            (Some(Frame::Array(index)), _) => {
                *index += 1;
                Ok(Next::Value)
            }
            (Some(Frame::Object(_)) | None, _) => Ok(Next::Key),
        }
    }

    #[inline(always)]
    fn close(&mut self, kind: Container, content: Content) -> Next {
        self.scanner.stack.pop();
        self.scanner.sink.close(kind, self.scanner.at, content);
        self.scanner.at += 1;
        self.behind_value()
    }
}

/// Whether the string that is plain up to `at` ends in `text`, be it by the end of its line.
fn is_string_there(text: &[u8], at: usize) -> bool {
    line_or_quote(text, at, b'"').map_or_else(|end| end < text.len(), |_| true)
}

/// Whether what may be a number from `start` on goes on to the end of `text`.
fn is_number_to_end(text: &[u8], start: usize) -> bool {
    text[start..].iter().all(
        |byte| matches!(byte, b'+' | b'-' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$'),
    )
}
