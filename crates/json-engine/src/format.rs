//! Format: minify and pretty, numbers and strings byte-exact.
//!
//! A sink of the scanner: it copies runs of bytes and writes white space of its own. Cost: one pass and the answer.

use crate::duplicates::without_duplicates;
use crate::error::{Error, LimitKind};
use crate::scan::{Container, Content, Scalar, Sink, scan};
use crate::{DuplicateKeys, Report, ScanOptions};

/// Spaces a level, 0 to 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indent(u8);

impl Indent {
    /// Checks a number of spaces.
    pub fn new(spaces: u32) -> Result<Indent, Error> {
        match u8::try_from(spaces) {
            Ok(spaces @ 0..=16) => Ok(Indent(spaces)),
            _ => Err(Error::Option {
                name: "indent",
                message: format!("{spaces} spaces a level"),
                allowed: "0 to 16",
            }),
        }
    }
}

impl Default for Indent {
    fn default() -> Self {
        Indent(2)
    }
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No white space outside strings.
    Minify,
    /// A member or element a line.
    Pretty(Indent),
}

/// A text in its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The text.
    pub text: Vec<u8>,
    /// Warnings about the source.
    pub report: Report,
}

/// Writes `text` in `style`; duplicate members stay, but under [`DuplicateKeys::First`] and [`DuplicateKeys::Last`]. Fails on an invalid text, on a limit of the text and when the
/// answer is longer than `max_output_bytes`.
pub fn format(text: &[u8], style: Style, options: &ScanOptions) -> Result<Formatted, Error> {
    match options.duplicate_keys {
        DuplicateKeys::Report | DuplicateKeys::Reject => write(text, style, options),
        DuplicateKeys::First | DuplicateKeys::Last => {
            let (kept, report) = without_duplicates(text, options)?;
            write(&kept, style, options).map(|formatted| Formatted { report, ..formatted })
        }
    }
}

fn write(text: &[u8], style: Style, options: &ScanOptions) -> Result<Formatted, Error> {
    let most = usize::try_from(options.limits.max_output_bytes).unwrap_or(usize::MAX);
    let (out, report) = match style {
        Style::Minify => {
            let sink = Minify { text, out: Vec::with_capacity(text.len().min(most)), from: 0 };
            let (sink, report) = scan(text, options, sink)?;
            (sink.finish(), report)
        }
        Style::Pretty(indent) => {
            let out = Vec::with_capacity(text.len().saturating_mul(2).min(most));
            let sink = Pretty { text, out, indent: usize::from(indent.0), depth: 0, most, after_key: false };
            let (sink, report) = scan(text, options, sink)?;
            (sink.out, report)
        }
    };
    if !report.is_valid() {
        return Err(Error::Invalid(Box::new(report)));
    }
    if out.len() > most {
        let (allowed, actual) = (most as u64, out.len() as u64);
        return Err(Error::Limit { limit: LimitKind::Output, allowed, actual, position: None });
    }
    Ok(Formatted { text: out, report })
}

/// Copies what lies between white space.
struct Minify<'t> {
    text: &'t [u8],
    out: Vec<u8>,
    /// What is not copied yet begins here.
    from: usize,
}

impl Minify<'_> {
    fn finish(mut self) -> Vec<u8> {
        self.out.extend_from_slice(&self.text[self.from..]);
        self.out
    }
}

impl Sink for Minify<'_> {
    #[inline(always)]
    fn space(&mut self, start: usize, end: usize) {
        self.out.extend_from_slice(&self.text[self.from..start]);
        self.from = end;
    }
}

struct Pretty<'t> {
    text: &'t [u8],
    out: Vec<u8>,
    indent: usize,
    depth: usize,
    most: usize,
    after_key: bool,
}

impl Pretty<'_> {
    /// A value after its key stands on the key's line; any other begins one.
    #[inline]
    fn begin(&mut self) {
        if !std::mem::take(&mut self.after_key) && self.depth > 0 {
            self.line();
        }
    }

    /// A new line, as long as the answer may still be given: a few bytes of `[` can ask for megabytes of spaces.
    #[inline]
    fn line(&mut self) {
        if self.out.len() <= self.most {
            self.out.push(b'\n');
            self.out.resize(self.out.len() + self.depth * self.indent, b' ');
        }
    }
}

impl Sink for Pretty<'_> {
    #[inline(always)]
    fn scalar(&mut self, _kind: Scalar, start: usize, end: usize) {
        self.begin();
        self.out.extend_from_slice(&self.text[start..end]);
    }
    #[inline(always)]
    fn key(&mut self, start: usize, end: usize) {
        self.line();
        self.out.extend_from_slice(&self.text[start..end]);
        self.out.extend_from_slice(b": ");
        self.after_key = true;
    }
    #[inline(always)]
    fn open(&mut self, _kind: Container, at: usize) {
        self.begin();
        self.out.push(self.text[at]);
        self.depth += 1;
    }
    #[inline(always)]
    fn close(&mut self, _kind: Container, at: usize, content: Content) {
        self.depth -= 1;
        if content == Content::Some {
            self.line();
        }
        self.out.push(self.text[at]);
    }
    #[inline(always)]
    fn comma(&mut self) {
        self.out.push(b',');
    }
}
