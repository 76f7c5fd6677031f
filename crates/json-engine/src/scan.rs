//! The scanner: one iterative pass that alone gives the verdict on a text.
//!
//! A state machine over bytes with an explicit stack. What it reads it tells a [`Sink`], whose calls are inlined away
//! where a sink does not care, so that validating costs nothing for what formatting needs. UTF-8 is checked by one fast
//! pass of its own; the first violation wins over any finding behind it.
//!
//! Grammar: RFC 8259, strictly. Promise: no recursion, no work beyond the text's length but for duplicate keys, which
//! cost O(1) a key. Cost: memory by depth and by the keys of the open objects only.

mod fault;
mod finding;
mod ijson;
mod keys;
mod kind;
mod mend;
mod number;
mod recover;
mod sink;
mod string;
mod verdict;

use crate::error::{Error, LimitKind};
use crate::{Profile, Report, ScanOptions, Severity, Stats};

use fault::{Step, breach, stop, trailing_comma};
use finding::Findings;
pub(crate) use finding::{Cursor, MAX_POINTER, cut as cut_pointer, diagnostic_at, position, snippet};
use keys::Keys;
pub(crate) use keys::{Spelling, print};
use kind::Kind;
pub(crate) use kind::excerpt;
use sink::Mending;
pub(crate) use sink::{Container, Content, Nobody, Remark, Restricted, Scalar, Sink};
pub(crate) use string::plain_end;

/// One open container.
#[derive(Clone, Copy)]
enum Frame {
    /// An array, at the element of this index.
    Array(u64),
    /// An object whose keys begin here in [`Keys`].
    Object(usize),
}

/// What the cold side remembers.
#[derive(Default)]
struct Notes {
    /// Where the last string that is not plain begins.
    string_start: usize,
    /// Up to here strings are known to end on their line.
    closed_until: usize,
    /// Where the last comment ends.
    comment_end: usize,
}

pub(crate) struct Scanner<'t, S> {
    text: &'t [u8],
    /// Whether the text goes on behind what is read, with bytes that are not UTF-8.
    is_cut: bool,
    at: usize,
    options: ScanOptions,
    sink: S,
    stack: Vec<Frame>,
    keys: Keys,
    /// Where a key is read: the place belongs to the object, not to a member.
    in_key: bool,
    notes: Notes,
    stats: Stats,
    findings: Findings,
}

/// A text within its limit, and how far it is UTF-8.
pub(crate) struct Checked<'t> {
    text: &'t [u8],
    valid: &'t str,
}

impl<'t> Checked<'t> {
    /// Checks the length and the encoding of `text`.
    pub(crate) fn new(text: &'t [u8], options: &ScanOptions) -> Result<Checked<'t>, Error> {
        let actual = text.len() as u64;
        let allowed = options.limits.max_bytes.min(u64::from(u32::MAX));
        if actual > allowed {
            return Err(Error::Limit { limit: LimitKind::Bytes, allowed, actual, position: None });
        }
        Ok(Checked { text, valid: valid_utf8(text) })
    }

    /// The text up to the first bytes that are not UTF-8.
    pub(crate) fn valid(&self) -> &'t str {
        self.valid
    }
}

/// Scans `text` up to the first error, telling `sink`; gives the sink back with the verdict. `Err` is a breach of a limit.
pub(crate) fn scan<S: Sink>(text: &[u8], options: &ScanOptions, sink: S) -> Result<(S, Report), Error> {
    scan_checked(&Checked::new(text, options)?, options, sink)
}

/// As [`scan`], for a sink that wants the text as `str`.
pub(crate) fn scan_checked<S: Sink>(
    checked: &Checked<'_>,
    options: &ScanOptions,
    sink: S,
) -> Result<(S, Report), Error> {
    let (scanner, outcome) = run(checked, options, sink);
    scanner.finish(checked.text, outcome)
}

/// Scans `text` to its end, or to the first error behind which what is meant is not clear. Costs the same as [`scan`]
/// where there is no error.
pub(crate) fn judge<S: Sink>(text: &[u8], options: &ScanOptions, sink: S) -> Result<Report, Error> {
    let checked = Checked::new(text, options)?;
    let (scanner, outcome) = run(&checked, options, sink);
    match outcome {
        Ok(()) => scanner.finish(text, outcome).map(|(_, report)| report),
        Err(first) => scanner.mending().judge(text, first),
    }
}

/// The one caller of the machine for each kind of sink, so that all of it is inlined here.
fn run<'t, S: Sink>(checked: &Checked<'t>, options: &ScanOptions, sink: S) -> (Scanner<'t, S>, Step) {
    let mut scanner = Scanner::new(checked, options, sink);
    let outcome = scanner.document();
    (scanner, outcome)
}

impl<'t, S: Sink> Scanner<'t, S> {
    fn new(checked: &Checked<'t>, options: &ScanOptions, sink: S) -> Self {
        let max_depth = options.limits.max_depth.min(crate::MAX_DEPTH);
        let limits = crate::Limits { max_depth, ..options.limits };
        Scanner {
            // What lies behind the first bytes that are not UTF-8 is not read: they are the finding, unless one comes before.
            text: checked.valid.as_bytes(),
            is_cut: checked.valid.len() < checked.text.len(),
            at: 0,
            options: ScanOptions { limits, ..*options },
            sink,
            stack: Vec::with_capacity(16),
            keys: Keys::default(),
            in_key: false,
            notes: Notes::default(),
            stats: Stats { bytes: checked.text.len() as u64, ..Stats::default() },
            findings: Findings::new(options.limits.max_diagnostics),
        }
    }

    fn document(&mut self) -> Step {
        if self.text.starts_with(b"\xef\xbb\xbf") {
            return stop(Kind::ByteOrderMark, 0, 3);
        }
        self.root()
    }

    /// The value of the whole text, and nothing else.
    fn root(&mut self) -> Step {
        self.space();
        if self.at == self.text.len() {
            return stop(Kind::EmptyInput, self.at, self.at);
        }
        self.values()?;
        self.end()
    }

    fn end(&mut self) -> Step {
        self.space();
        if self.at < self.text.len() {
            return self.trailing();
        }
        Ok(())
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
            return stop(Kind::UnexpectedEnd, start, start);
        };
        self.count_node(start)?;
        match byte {
            b'"' => {
                let spelling = self.string()?;
                if S::PROFILE == Profile::IJson {
                    self.check_text(start, self.at);
                }
                self.stats.strings += 1;
                self.sink.scalar(Scalar::String(spelling), start, self.at);
            }
            b'-' | b'0'..=b'9' => {
                self.number()?;
                if S::PROFILE == Profile::IJson {
                    self.check_number(start);
                }
                self.stats.numbers += 1;
                self.sink.scalar(Scalar::Number, start, self.at);
                match self.sink.remark() {
                    None => {}
                    Some(Remark::Rounded) => self.warn(Kind::NumberRounded, start, self.at),
                    Some(Remark::Overflow) => {
                        self.report(Severity::Error, Kind::NumberOverflow, start, self.at);
                    }
                }
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
        self.end_key(start, spelling);
        self.colon()
    }

    /// The key that began at `start` is read.
    #[inline(always)]
    fn end_key(&mut self, start: usize, spelling: Spelling) {
        if S::PROFILE == Profile::IJson {
            self.check_text(start, self.at);
        }
        self.in_key = false;
        self.stats.members += 1;
        self.sink.key(spelling, start, self.at);
        self.keys.push(self.text, start + 1, self.at - 1, spelling);
    }

    #[inline(always)]
    fn colon(&mut self) -> Step {
        self.space();
        if self.text.get(self.at) != Some(&b':') {
            return self.no_colon();
        }
        self.at += 1;
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
            return trailing_comma(comma);
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

fn valid_utf8(text: &[u8]) -> &str {
    if let Ok(valid) = simdutf8::basic::from_utf8(text) {
        return valid;
    }
    let end = std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
    std::str::from_utf8(&text[..end]).unwrap_or_default()
}
