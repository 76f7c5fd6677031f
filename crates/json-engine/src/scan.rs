//! The scanner: one iterative pass that alone gives the verdict on a text.
//!
//! A state machine over bytes with an explicit stack. What it reads it tells a [`Sink`], whose calls are inlined away
//! where a sink does not care, so that validating costs nothing for what formatting needs. UTF-8 is checked by one fast
//! pass of its own; the first violation wins over any finding behind it.
//!
//! Grammar: RFC 8259, strictly. Promise: no recursion, no work beyond the text's length but for duplicate keys, which
//! cost O(1) a key. Cost: memory by depth and by the keys of the open objects only.

mod finding;
mod keys;
mod number;
mod string;

use crate::error::{Error, LimitKind};
use crate::{Code, DuplicateKeys, Report, ScanOptions, Severity, Stats};

use finding::{Finding, Findings};
pub(crate) use finding::{diagnostic_at, position};
use keys::Keys;
pub(crate) use keys::Spelling;

/// What a scanner tells. Offsets are bytes of the text; a range holds its quotes.
pub(crate) trait Sink {
    /// A scalar value at `start..end`.
    #[inline(always)]
    fn scalar(&mut self, _kind: Scalar, _start: usize, _end: usize) {}
    /// A key, with its quotes.
    #[inline(always)]
    fn key(&mut self, _start: usize, _end: usize) {}
    /// An opening bracket.
    #[inline(always)]
    fn open(&mut self, _kind: Container, _at: usize) {}
    /// A closing bracket; `empty` when nothing was between.
    #[inline(always)]
    fn close(&mut self, _kind: Container, _at: usize, _content: Content) {}
    /// A comma.
    #[inline(always)]
    fn comma(&mut self) {}
    /// White space at `start..end`, not empty.
    #[inline(always)]
    fn space(&mut self, _start: usize, _end: usize) {}
}

/// Kinds of scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    Null,
    True,
    False,
    Number,
    /// A string.
    String(Spelling),
}

/// Kinds of containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Object,
    Array,
}

/// Whether something was between two brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    None,
    Some,
}

/// Tells nobody.
pub(crate) struct Nobody;
impl Sink for Nobody {}

/// Where a failed scan stopped.
pub(crate) struct Stop {
    pub(crate) code: Code,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// One open container.
#[derive(Clone, Copy)]
enum Frame {
    /// An array, at the element of this index.
    Array(u64),
    /// An object whose keys begin here in [`Keys`].
    Object(usize),
}

pub(crate) struct Scanner<'t, S> {
    text: &'t [u8],
    at: usize,
    options: ScanOptions,
    sink: S,
    stack: Vec<Frame>,
    keys: Keys,
    /// Where a key is read: the place belongs to the object, not to a member.
    in_key: bool,
    stats: Stats,
    findings: Findings,
}

/// Scans `text`, telling `sink`; gives the sink back with the verdict. `Err` is a breach of a limit.
pub(crate) fn scan<S: Sink>(text: &[u8], options: &ScanOptions, sink: S) -> Result<(S, Report), Error> {
    let actual = text.len() as u64;
    let allowed = options.limits.max_bytes.min(u64::from(u32::MAX));
    if actual > allowed {
        return Err(Error::Limit { limit: LimitKind::Bytes, allowed, actual, position: None });
    }
    let bad = first_invalid_utf8(text);
    let mut scanner = Scanner {
        // What lies behind the first bytes that are not UTF-8 is not read: they are the finding, unless one comes before.
        text: &text[..bad.unwrap_or(text.len())],
        at: 0,
        options: ScanOptions {
            limits: crate::Limits {
                max_depth: options.limits.max_depth.min(crate::MAX_DEPTH),
                ..options.limits
            },
            ..*options
        },
        sink,
        stack: Vec::with_capacity(16),
        keys: Keys::default(),
        in_key: false,
        stats: Stats { bytes: actual, ..Stats::default() },
        findings: Findings::new(options.limits.max_diagnostics),
    };
    let mut outcome = scanner.document();
    if let Some(bad) = bad
        && ended_by(&outcome, bad)
    {
        outcome = stop(Code::InvalidUtf8, bad, bad + 1);
    }
    scanner.finish(text, outcome)
}

/// How the machine leaves early.
enum Halt {
    Invalid(Stop),
    Limit { limit: LimitKind, allowed: u64, actual: u64, at: usize },
}

/// Boxed, so that the way without a halt passes its results in registers.
type Step<T = ()> = Result<T, Box<Halt>>;

#[cold]
fn stop<T>(code: Code, start: usize, end: usize) -> Step<T> {
    Err(Box::new(Halt::Invalid(Stop { code, start, end })))
}

#[cold]
fn breach<T>(limit: LimitKind, allowed: u64, actual: u64, at: usize) -> Step<T> {
    Err(Box::new(Halt::Limit { limit, allowed, actual, at }))
}

impl<S: Sink> Scanner<'_, S> {
    fn document(&mut self) -> Step {
        if self.text.starts_with(b"\xef\xbb\xbf") {
            return stop(Code::ByteOrderMark, 0, 3);
        }
        self.space();
        if self.at == self.text.len() {
            return stop(Code::EmptyInput, self.at, self.at);
        }
        self.values()?;
        self.space();
        if self.at < self.text.len() {
            return stop(self.trailing(), self.at, self.at + 1);
        }
        Ok(())
    }

    fn trailing(&self) -> Code {
        match self.text[self.at] {
            b'/' | b'#' => Code::Comment,
            _ => Code::TrailingContent,
        }
    }

    /// The machine: a value, then whatever must follow it, until the stack is empty.
    fn values(&mut self) -> Step {
        loop {
            if self.value()? {
                continue;
            }
            if self.after_value()? {
                return Ok(());
            }
        }
    }

    /// Reads one value, or opens a container that has content; then says that a value follows.
    #[inline]
    fn value(&mut self) -> Step<bool> {
        let start = self.at;
        let Some(&byte) = self.text.get(start) else {
            return stop(Code::UnexpectedEnd, start, start);
        };
        self.count_node(start)?;
        match byte {
            b'"' => {
                let spelling = self.string()?;
                self.stats.strings += 1;
                self.sink.scalar(Scalar::String(spelling), start, self.at);
            }
            b'-' | b'0'..=b'9' => {
                self.number()?;
                self.stats.numbers += 1;
                self.sink.scalar(Scalar::Number, start, self.at);
            }
            b'{' => return self.open_object(),
            b'[' => return self.open_array(),
            b't' => self.literal(b"true", Scalar::True)?,
            b'f' => self.literal(b"false", Scalar::False)?,
            b'n' => self.literal(b"null", Scalar::Null)?,
            _ => return self.no_value(byte),
        }
        Ok(false)
    }

    #[inline]
    fn count_node(&mut self, at: usize) -> Step {
        self.stats.nodes += 1;
        let allowed = self.options.limits.max_nodes;
        if self.stats.nodes > allowed {
            return breach(LimitKind::Nodes, allowed, self.stats.nodes, at);
        }
        Ok(())
    }

    #[inline(always)]
    fn open(&mut self, kind: Container, frame: Frame) -> Step {
        let (at, depth) = (self.at, self.stack.len() as u64 + 1);
        let allowed = u64::from(self.options.limits.max_depth);
        if depth > allowed {
            return breach(LimitKind::Depth, allowed, depth, at);
        }
        self.stats.depth = self.stats.depth.max(u32::try_from(depth).unwrap_or(u32::MAX));
        self.sink.open(kind, at);
        self.stack.push(frame);
        self.at += 1;
        self.space();
        Ok(())
    }

    fn open_object(&mut self) -> Step<bool> {
        self.stats.objects += 1;
        self.open(Container::Object, Frame::Object(self.keys.len()))?;
        if self.text.get(self.at) == Some(&b'}') {
            self.stack.pop();
            self.sink.close(Container::Object, self.at, Content::None);
            self.at += 1;
            return Ok(false);
        }
        self.member()?;
        Ok(true)
    }

    fn open_array(&mut self) -> Step<bool> {
        self.stats.arrays += 1;
        self.open(Container::Array, Frame::Array(0))?;
        if self.text.get(self.at) == Some(&b']') {
            self.stack.pop();
            self.sink.close(Container::Array, self.at, Content::None);
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// A key and its colon; afterwards a value follows.
    #[inline]
    fn member(&mut self) -> Step {
        let start = self.at;
        self.in_key = true;
        if self.text.get(start) != Some(&b'"') {
            return self.no_key(start);
        }
        let spelling = self.string()?;
        self.in_key = false;
        self.stats.members += 1;
        self.sink.key(start, self.at);
        self.keys.push(self.text, start + 1, self.at - 1, spelling);
        self.space();
        match self.text.get(self.at) {
            Some(b':') => self.at += 1,
            None => return stop(Code::UnexpectedEnd, self.at, self.at),
            Some(_) => return stop(Code::MissingColon, self.at, self.char_end(self.at)),
        }
        self.space();
        Ok(())
    }

    /// The innermost object is complete: its keys are compared and forgotten.
    #[inline(always)]
    fn leave_object(&mut self, first: usize) {
        if self.keys.some_twice(self.text, first) {
            self.report_duplicates(first);
        }
        self.keys.truncate(first);
    }

    /// Reports what [`Keys::some_twice`] found in the innermost container.
    #[cold]
    fn report_duplicates(&mut self, first: usize) {
        let severity = match self.options.duplicate_keys {
            DuplicateKeys::Report => Severity::Warning,
            DuplicateKeys::Reject => Severity::Error,
        };
        let outer = self.stack.len() - 1;
        let mut parent = None;
        for (start, end) in self.keys.twice() {
            if !self.findings.count(severity, start) {
                continue;
            }
            let parent = parent
                .get_or_insert_with(|| finding::pointer(self.text, &self.stack[..outer], &self.keys, first));
            let pointer = finding::join(parent, &self.text[start..end]);
            let (code, start, end) = (Code::DuplicateKey, start - 1, end + 1);
            self.findings.keep(Finding { severity, code, start, end, pointer });
        }
    }

    /// After a value: a comma and the next, or closing brackets. Says whether the document is complete.
    #[inline]
    fn after_value(&mut self) -> Step<bool> {
        loop {
            let Some(&frame) = self.stack.last() else {
                return Ok(true);
            };
            self.space();
            let kind = match (self.text.get(self.at), frame) {
                (Some(b','), Frame::Array(_)) => {
                    self.comma(b']')?;
                    if let Some(Frame::Array(index)) = self.stack.last_mut() {
                        *index += 1;
                    }
                    return Ok(false);
                }
                (Some(b','), Frame::Object(_)) => {
                    self.comma(b'}')?;
                    self.member()?;
                    return Ok(false);
                }
                (Some(b']'), Frame::Array(_)) => Container::Array,
                (Some(b'}'), Frame::Object(first)) => {
                    self.leave_object(first);
                    Container::Object
                }
                (other, _) => return self.no_separator(other.copied()),
            };
            self.stack.pop();
            self.sink.close(kind, self.at, Content::Some);
            self.at += 1;
        }
    }

    #[inline(always)]
    fn comma(&mut self, close: u8) -> Step {
        let comma = self.at;
        self.sink.comma();
        self.at += 1;
        self.space();
        if self.text.get(self.at) == Some(&close) {
            return stop(Code::TrailingComma, comma, comma + 1);
        }
        Ok(())
    }

    fn literal(&mut self, word: &[u8], kind: Scalar) -> Step {
        let start = self.at;
        if !self.text[start..].starts_with(word) {
            return stop(self.bad_word(start), start, self.word_end(start));
        }
        self.at += word.len();
        match kind {
            Scalar::Null => self.stats.nulls += 1,
            _ => self.stats.booleans += 1,
        }
        self.sink.scalar(kind, start, self.at);
        Ok(())
    }

    /// White space; mostly there is none, else one, else a line end and its indentation.
    #[inline(always)]
    pub(crate) fn space(&mut self) {
        if let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
            let start = self.at;
            self.at += 1;
            if let Some(0..=b' ') = self.text.get(self.at) {
                self.at = space_end(self.text, self.at);
            }
            self.sink.space(start, self.at);
        }
    }

    #[cold]
    fn no_value<T>(&self, byte: u8) -> Step<T> {
        let start = self.at;
        let one = start + 1;
        match byte {
            b',' | b']' | b'}' | b':' => stop(Code::MissingValue, start, one),
            b'\'' => stop(Code::SingleQuoted, start, one),
            b'/' | b'#' => stop(Code::Comment, start, one),
            b'+' => stop(Code::NumberPlusSign, start, one),
            b'.' => stop(Code::NumberIncomplete, start, one),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => stop(self.bad_word(start), start, self.word_end(start)),
            _ => stop(Code::UnexpectedCharacter, start, self.char_end(start)),
        }
    }

    fn bad_word(&self, start: usize) -> Code {
        match &self.text[start..self.word_end(start)] {
            b"NaN" | b"nan" | b"Infinity" | b"inf" | b"Inf" => Code::NanOrInfinity,
            _ => Code::InvalidLiteral,
        }
    }

    #[cold]
    fn no_key<T>(&self, start: usize) -> Step<T> {
        match self.text.get(start) {
            None => stop(Code::UnexpectedEnd, start, start),
            Some(b'\'') => stop(Code::SingleQuoted, start, start + 1),
            Some(b'/' | b'#') => stop(Code::Comment, start, start + 1),
            Some(b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'$' | b'0'..=b'9' | b'-') => {
                stop(Code::UnquotedKey, start, self.word_end(start))
            }
            Some(_) => stop(Code::UnexpectedCharacter, start, self.char_end(start)),
        }
    }

    #[cold]
    fn no_separator<T>(&self, found: Option<u8>) -> Step<T> {
        let at = self.at;
        match found {
            None => stop(Code::UnexpectedEnd, at, at),
            Some(b']' | b'}') => stop(Code::MismatchedBracket, at, at + 1),
            Some(b'/' | b'#') => stop(Code::Comment, at, at + 1),
            Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                stop(Code::MissingComma, at, at + 1)
            }
            Some(_) => stop(Code::UnexpectedCharacter, at, self.char_end(at)),
        }
    }

    /// The end of the word at `start`; at least one byte on.
    fn word_end(&self, start: usize) -> usize {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-');
        let length = self.text[start..].iter().take(64).take_while(|byte| is_word(byte)).count();
        start + length.max(1)
    }

    /// The end of the character at `start`.
    fn char_end(&self, start: usize) -> usize {
        let continuation = |byte: &&u8| (**byte & 0xc0) == 0x80;
        start + 1 + self.text[start + 1..].iter().take(3).take_while(continuation).count()
    }

    fn report(&mut self, severity: Severity, code: Code, start: usize, end: usize) {
        if self.findings.count(severity, start) {
            let pointer = self.pointer();
            self.findings.keep(Finding { severity, code, start, end, pointer });
        }
    }

    /// Pointer of the present place.
    fn pointer(&self) -> String {
        let (outer, end) = match self.stack.split_last() {
            Some((Frame::Object(first), outer)) if self.in_key => (outer, *first),
            _ => (&*self.stack, self.keys.len()),
        };
        finding::pointer(self.text, outer, &self.keys, end)
    }

    /// `text` is the whole, also where only a part was read.
    fn finish(mut self, text: &[u8], outcome: Step) -> Result<(S, Report), Error> {
        if let Err(halt) = outcome {
            let pointer = self.pointer();
            match *halt {
                Halt::Invalid(Stop { code, start, end }) => {
                    let severity = Severity::Error;
                    self.findings.count(severity, start);
                    self.findings.keep(Finding { severity, code, start, end, pointer });
                    self.leave_all();
                }
                Halt::Limit { limit, allowed, actual, at } => {
                    let position = Some(finding::position(text, at, pointer));
                    return Err(Error::Limit { limit, allowed, actual, position });
                }
            }
        }
        let report = self.findings.into_report(text, self.stats);
        Ok((self.sink, report))
    }

    /// Compares the keys of the objects that an error left open.
    fn leave_all(&mut self) {
        while let Some(&frame) = self.stack.last() {
            if let Frame::Object(first) = frame {
                self.leave_object(first);
            }
            self.stack.pop();
        }
    }
}

/// Where the white space that goes on at `at` ends.
#[inline]
fn space_end(text: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = text[at..].first_chunk::<8>() {
        let blanks = u64::from_le_bytes(*chunk) ^ 0x2020_2020_2020_2020;
        if blanks == 0 {
            at += 8;
            continue;
        }
        at += blanks.trailing_zeros() as usize / 8;
        if !matches!(text[at], b'\n' | b'\r' | b'\t') {
            return at;
        }
        at += 1;
    }
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

/// Whether the scan found nothing but the end of what it was given, at `end`.
fn ended_by(outcome: &Step, end: usize) -> bool {
    match outcome {
        Ok(()) => true,
        Err(halt) => {
            let Halt::Invalid(stop) = &**halt else {
                return false;
            };
            use Code::{
                EmptyInput, InvalidLiteral, NanOrInfinity, NumberIncomplete, UnexpectedEnd,
                UnterminatedString,
            };
            let by_end = [
                EmptyInput,
                InvalidLiteral,
                NanOrInfinity,
                NumberIncomplete,
                UnexpectedEnd,
                UnterminatedString,
            ];
            stop.end == end && by_end.contains(&stop.code)
        }
    }
}

fn first_invalid_utf8(text: &[u8]) -> Option<usize> {
    if simdutf8::basic::from_utf8(text).is_ok() {
        return None;
    }
    std::str::from_utf8(text).err().map(|error| error.valid_up_to())
}
