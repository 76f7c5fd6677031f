//! Recovery: where what is meant is plain, the machine goes on behind a fault as if it had been mended.
//!
//! Every fault is found by the same machine as the first one, so validating and reading cannot disagree about that one.
//! Promise: no fault is reported that only the mending causes: where the text behind a fault does not bear out what is
//! taken to be meant, the pass ends. Limits hold; one that is breached behind an error ends the pass. Cost: linear; the
//! machine runs at full speed between faults, and a valid text does not come here.

use super::fault::{
    Expected, Halt, Step, Stop, blank_end, closing_quote, comment_end, gap_end, is_word, long_word_end,
};
use super::held::CONTEXT as BEHIND;
use super::part::{Follows, Part};
use super::string::plain_end;
use super::window::AHEAD;
use super::{Findings, Frame, Keys, Kind, Mending, Nobody, Notes, Scanner, Sink, Spelling, mend};
use crate::{Error, Fix, Report};

/// Faults that one pass goes on behind; a text with more is beyond mending, and each costs more than a valid value.
const MAX_MENDED: u32 = 10_000;

/// Where the machine goes on.
enum Next {
    /// At the value of the whole text.
    Root,
    /// At a value.
    Value,
    /// At a key.
    Key,
    /// Behind a key.
    Colon,
    /// Behind a value.
    Separator,
    /// At this place in the string that was being read.
    String(usize),
}

impl<'t, S: Sink> Scanner<'t, S> {
    /// The same scanner, to go on behind an error, and the sink that hears no more. One machine goes on for all sinks that
    /// report alike, so `reporting` says which.
    pub(super) fn mending<R: Sink>(self, reporting: R) -> (Scanner<'t, Mending<R>>, S) {
        let scanner = Scanner {
            text: self.text,
            is_cut: self.is_cut,
            at: self.at,
            options: self.options,
            sink: Mending(reporting),
            stack: self.stack,
            keys: self.keys,
            in_key: self.in_key,
            notes: self.notes,
            stats: self.stats,
            findings: self.findings,
        };
        (scanner, self.sink)
    }
}

impl<S: Sink> Scanner<'_, S> {
    /// What would mend the fault that stopped the machine in a part of a text; `None` where that is not clear from the
    /// [`AHEAD`] bytes that follow. The machine and its sink stay as they are.
    #[cold]
    pub(super) fn fix_in(&self, part: &Part<'_>, stop: &Stop) -> Option<Fix> {
        let end = part.text.len().min(stop.start + AHEAD);
        // A look at the innermost container is enough; its keys are not.
        let innermost = self.stack.last().map(|frame| match frame {
            Frame::Array(index) => Frame::Array(*index),
            Frame::Object(_) => Frame::Object(0),
        });
        let mut mender = Scanner {
            text: &part.text[..end],
            is_cut: self.is_cut,
            at: self.at,
            options: self.options,
            sink: Mending(Nobody),
            stack: innermost.into_iter().collect(),
            keys: Keys::default(),
            in_key: self.in_key,
            notes: Notes::default(),
            stats: self.stats,
            findings: Findings::new(0),
        };
        if stop.kind != Kind::Comment {
            return mender.meant(stop).and_then(|(fix, _)| fix);
        }
        // A comment that reaches the end may go on behind it, or have none.
        let ends = stop.end < end || (part.follows == Follows::Nothing && is_closed(part.text, stop.start));
        ends.then(|| mender.without_comment(stop.start, stop.end))?
    }
}

impl<S: Sink> Scanner<'_, Mending<S>> {
    /// Goes on behind the first fault, and each that follows, as often as that is sound. `text` is the whole.
    #[cold]
    pub(super) fn judge(mut self, text: &[u8], first: Box<Halt>) -> Result<Report, Error> {
        let outcome = match *first {
            Halt::Invalid(_) => self.recover(first),
            Halt::Limit { .. } | Halt::Told => Err(first),
        };
        self.finish(text, outcome).map(|(_, report)| report)
    }

    fn recover(&mut self, first: Box<Halt>) -> Step {
        let stats = self.stats;
        let outcome = self.go_on(first);
        self.stats = stats;
        match outcome {
            // There is a verdict already.
            Err(halt) if matches!(*halt, Halt::Limit { .. }) => Err(Box::new(Halt::Told)),
            other => other,
        }
    }

    fn go_on(&mut self, mut halt: Box<Halt>) -> Step {
        for _ in 0..MAX_MENDED {
            let Halt::Invalid(stop) = *halt else {
                return Err(halt);
            };
            if self.is_at_cut(&stop) {
                return Err(halt);
            }
            let Some(next) = self.mend(&stop) else {
                return Err(halt);
            };
            match self.resume(next) {
                Ok(()) => return Ok(()),
                Err(next) => halt = next,
            }
        }
        Err(halt)
    }

    fn resume(&mut self, next: Next) -> Step {
        let is_complete = match next {
            Next::Root => return self.root(),
            Next::Value => false,
            Next::Key => self.member().map(|()| false)?,
            Next::Colon => self.colon().map(|()| false)?,
            Next::Separator => self.after_value()?,
            Next::String(from) => self.resume_string(from)?,
        };
        if !is_complete {
            self.values()?;
        }
        self.end()
    }

    /// Reads the rest of a string and what follows; says whether the document is complete.
    fn resume_string(&mut self, from: usize) -> Step<bool> {
        let start = self.notes.string_start;
        self.at = start;
        let spelling = self.rest_of_string(plain_end(self.text, from))?;
        if self.in_key {
            self.end_key(start, spelling);
            return self.colon().map(|()| false);
        }
        self.after_value()
    }

    /// Reports a fault that can be mended, with its fix; goes behind it and says what follows. `None` ends the pass.
    fn mend(&mut self, stop: &Stop) -> Option<Next> {
        if stop.kind == Kind::Comment {
            return self.mend_comments(stop);
        }
        let (fix, next) = self.meant(stop)?;
        self.find(stop, fix);
        Some(next)
    }

    /// What would mend a fault that is no comment; goes behind it and says what follows.
    fn meant(&mut self, stop: &Stop) -> Option<(Option<Fix>, Next)> {
        Some(match stop.kind {
            Kind::ByteOrderMark => self.skip(stop, Next::Root),
            Kind::TrailingComma => {
                self.in_key = false;
                self.skip(stop, Next::Separator)
            }
            Kind::MissingComma => self.mend_comma()?,
            Kind::MissingColon if self.value_stands_at(self.at) => {
                (mend::insert(self.end_before(), ":"), Next::Value)
            }
            Kind::UnquotedKey => self.mend_key(stop.start)?,
            Kind::SingleQuoted => self.mend_quotes(stop)?,
            Kind::InvalidLiteral
            | Kind::LeadingZero
            | Kind::NanOrInfinity
            | Kind::NumberIncomplete
            | Kind::NumberPlusSign => self.mend_scalar(stop.start)?,
            Kind::ControlCharacter => (mend::control(self.text, stop.start), Next::String(stop.start + 1)),
            Kind::InvalidEscape => {
                let (fix, from) = mend::escape(self.text, stop.start);
                (fix, Next::String(from))
            }
            Kind::Comment
            | Kind::DuplicateDropped
            | Kind::DuplicateKey
            | Kind::EmptyInput
            | Kind::InvalidNumber
            | Kind::InvalidUtf8
            | Kind::LoneSurrogate
            | Kind::MismatchedBracket
            | Kind::MissingColon
            | Kind::MissingValue
            | Kind::NumberOverflow
            | Kind::NumberRounded
            | Kind::Noncharacter
            | Kind::NumberUnsafe
            | Kind::TrailingContent
            | Kind::UnexpectedCharacter
            | Kind::UnexpectedEnd
            | Kind::UnterminatedString => return None,
        })
    }

    fn skip(&mut self, stop: &Stop, next: Next) -> (Option<Fix>, Next) {
        self.at = stop.end;
        (mend::replace(stop.start..stop.end, String::new()), next)
    }

    /// Reports all comments up to the next thing that is none.
    fn mend_comments(&mut self, first: &Stop) -> Option<Next> {
        let before = self.text[..first.start].trim_ascii_end().last();
        let is_opened = matches!(before, Some(b'[' | b'{'));
        let mut start = first.start;
        let mut end = comment_end(self.text, start)??;
        loop {
            self.find(&Stop { start, end, ..*first }, self.without_comment(start, end));
            self.notes.comment_end = end;
            start = blank_end(self.text, end);
            match comment_end(self.text, start) {
                Some(Some(next)) => end = next,
                Some(None) | None => break,
            }
        }
        self.at = start;
        Some(match first.expected {
            Expected::Value | Expected::Key if is_opened && self.close_empty() => Next::Separator,
            Expected::Value if self.stack.is_empty() => Next::Root,
            Expected::Value => Next::Value,
            Expected::Key => Next::Key,
            Expected::Colon => Next::Colon,
            Expected::Separator => Next::Separator,
        })
    }

    /// A comment gives way to nothing, but between two words to a blank, so that they stay two. Where one ends that reaches
    /// bytes that are not UTF-8 is not known.
    fn without_comment(&self, start: usize, end: usize) -> Option<Fix> {
        if self.is_cut && end == self.text.len() {
            return None;
        }
        let follows = self.text.get(end).is_some_and(|byte| in_scalar(*byte) || matches!(byte, b'/' | b'#'));
        let is_between = start > 0 && in_scalar(self.text[start - 1]) && follows;
        mend::replace(start..end, if is_between { " " } else { "" }.to_owned())
    }

    /// Closes a container that holds nothing but comments.
    fn close_empty(&mut self) -> bool {
        let closes = match (self.stack.last(), self.text.get(self.at)) {
            (Some(Frame::Array(_)), Some(b']')) | (Some(Frame::Object(_)), Some(b'}')) => true,
            (Some(Frame::Array(_) | Frame::Object(_)) | None, _) => false,
        };
        if closes {
            self.stack.pop();
            self.in_key = false;
            self.at += 1;
        }
        closes
    }

    fn mend_comma(&mut self) -> Option<(Option<Fix>, Next)> {
        let (at, fix) = (self.at, mend::insert(self.end_before(), ","));
        match self.stack.last_mut()? {
            Frame::Array(index) => *index += 1,
            Frame::Object(_) => return self.member_follows(at).then_some((fix, Next::Key)),
        }
        let is_joined = in_scalar(self.text[at - 1]) && in_scalar(self.text[at]);
        (!is_joined && self.value_stands_at(at)).then_some((fix, Next::Value))
    }

    fn mend_key(&mut self, start: usize) -> Option<(Option<Fix>, Next)> {
        let end = long_word_end(self.text, start);
        let next = gap_end(self.text, end);
        let bears_out = self.text.get(next) == Some(&b':') || (next > end && self.value_stands_at(next));
        if !bears_out {
            return None;
        }
        self.at = end;
        self.in_key = false;
        self.keys.push(self.text, start, end, Spelling::Plain);
        let key = String::from_utf8_lossy(&self.text[start..end]);
        Some((mend::replace(start..end, format!("\"{key}\"")), Next::Colon))
    }

    fn mend_quotes(&mut self, stop: &Stop) -> Option<(Option<Fix>, Next)> {
        let start = stop.start;
        let end = closing_quote(self.text, start, b'\'')? + 1;
        // An apostrophe in the string, rather than its end.
        if self.text.get(end).is_some_and(|byte| is_word(*byte) || !byte.is_ascii()) {
            return None;
        }
        self.at = end;
        let fix = mend::replace(start..end, mend::requoted(&self.text[start + 1..end - 1]));
        if stop.expected == Expected::Key {
            self.end_key(start, Spelling::Escaped);
            return Some((fix, Next::Colon));
        }
        Some((fix, Next::Separator))
    }

    fn mend_scalar(&mut self, start: usize) -> Option<(Option<Fix>, Next)> {
        let length = self.text[start..].iter().take_while(|byte| in_scalar(**byte)).count();
        let end = start + length;
        let meant = mend::scalar(&String::from_utf8_lossy(&self.text[start..end]))?;
        self.at = end;
        self.check_length(start).ok()?;
        Some((mend::replace(start..end, meant), Next::Separator))
    }

    /// Where the last thing before the present place ends; that place itself, where it is a comment (which may end in blanks)
    /// or lies too far back to be held.
    fn end_before(&self) -> usize {
        let from = self.at.saturating_sub(BEHIND);
        let blanks =
            self.text[from..self.at].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
        let end = self.at - blanks;
        if end == from || end <= self.notes.comment_end { self.at } else { end }
    }

    /// Whether a value stands at `at`, as far as that can be told from its beginning, and not a key.
    fn value_stands_at(&self, at: usize) -> bool {
        let rest = &self.text[at..];
        match rest.first() {
            Some(b'"' | b'\'') => {
                let end = closing_quote(self.text, at, rest[0]);
                end.is_some_and(|end| self.text.get(gap_end(self.text, end + 1)) != Some(&b':'))
            }
            Some(b'{' | b'[' | b'0'..=b'9') => true,
            Some(b'-') => rest.get(1).is_some_and(u8::is_ascii_digit),
            Some(b't' | b'f' | b'n') => {
                let word = &self.text[at..long_word_end(self.text, at)];
                [&b"true"[..], b"false", b"null"].contains(&word)
            }
            Some(_) | None => false,
        }
    }
}

/// Whether the comment at `at` has an end.
fn is_closed(text: &[u8], at: usize) -> bool {
    matches!(comment_end(text, at), Some(Some(_)))
}

/// Whether a byte can be part of a number or word, well written or not.
fn in_scalar(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'+' | b'.')
}
