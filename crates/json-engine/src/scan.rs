//! The scanner: one iterative pass that alone gives the verdict on a text.
//!
//! A state machine over bytes with an explicit stack. What it reads it tells a [`Sink`], whose calls are inlined away
//! where a sink does not care, so that validating costs nothing for what formatting needs. UTF-8 is checked by one fast
//! pass of its own; the first violation wins over any finding behind it.
//!
//! Grammar: RFC 8259, strictly. Promise: no recursion, no work beyond the text's length but for duplicate keys, which
//! cost O(1) a key. Cost: memory by depth and by the keys of the open objects only.

mod carried;
mod fault;
mod finding;
mod held;
mod ijson;
mod keys;
mod kind;
mod machine;
mod mend;
mod number;
mod part;
mod recover;
mod repeated;
mod sink;
mod string;
mod verdict;
mod window;

use crate::error::{Error, LimitKind};
use crate::{Report, ScanOptions, Stats};

pub(crate) use carried::Carried;
use fault::{Step, stop};
use finding::Findings;
pub(crate) use finding::{Cursor, diagnostic_at, invalid_at, position, snippet};
pub(crate) use held::Held;
use keys::Keys;
pub(crate) use keys::{Spelling, print};
use kind::Kind;
pub(crate) use kind::excerpt;
pub(crate) use part::{Outcome, Part};
use sink::Mending;
pub(crate) use sink::{Container, Content, Nobody, Notation, Remark, Restricted, Scalar, Sink};
pub(crate) use string::plain_end;
pub(crate) use window::{AHEAD, advance};

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

/// Scans `text`, telling `sink` what stands before the first error; gives the sink back with the verdict, which is that of
/// [`judge`]. `Err` is a breach of a limit.
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
    match outcome {
        Ok(()) => scanner.finish(checked.text, outcome),
        Err(first) => {
            let (scanner, sink) = scanner.mending(Nobody);
            scanner.judge(checked.text, first).map(|report| (sink, report))
        }
    }
}

/// Scans `text` to its end, or to the first error behind which what is meant is not clear.
pub(crate) fn judge<S: Sink + Copy>(text: &[u8], options: &ScanOptions, sink: S) -> Result<Report, Error> {
    let checked = Checked::new(text, options)?;
    let (scanner, outcome) = run(&checked, options, sink);
    match outcome {
        Ok(()) => scanner.finish(text, outcome).map(|(_, report)| report),
        Err(first) => scanner.mending(sink).0.judge(text, first),
    }
}

/// Scans `text` up to the first error, for who asks no more of it. `Err` is a breach of a limit.
pub(crate) fn first_error(text: &[u8], options: &ScanOptions) -> Result<Report, Error> {
    let checked = Checked::new(text, options)?;
    let (scanner, outcome) = run(&checked, options, Nobody);
    scanner.finish(text, outcome).map(|(Nobody, report)| report)
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
}

fn valid_utf8(text: &[u8]) -> &str {
    if let Ok(valid) = simdutf8::basic::from_utf8(text) {
        return valid;
    }
    let end = std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
    std::str::from_utf8(&text[..end]).unwrap_or_default()
}
