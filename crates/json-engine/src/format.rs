//! Format: the same document in another text.
//!
//! Minify and pretty write numbers and strings byte for byte as they stand, unless a caller wants sorted keys or doubles;
//! the canonical form of RFC 8785 has one text for all spellings of a document, and the content hash is the hash of that.
//! All of it is sinks of the scanner. Promise: a number whose value changes is never changed in silence. Cost: one pass
//! and the answer; with sorted keys one more pass where keys are out of order.

mod hash;
mod indent;
mod layout;
mod order;
mod rewrite;

use crate::answer::check_output;
use crate::duplicates::without_duplicates;
use crate::error::Error;
use crate::scan::scan;
use crate::{DuplicateKeys, FeedStyle, Report, ScanOptions};

pub use hash::content_hash;
pub use indent::Indent;

use layout::Pretty;
pub(crate) use layout::{Lines, Minify, PrettyPart};
use rewrite::{Rewrite, Strict};

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No white space outside strings.
    Minify,
    /// A member or element a line.
    Pretty(Indent),
    /// RFC 8785: no white space, keys sorted, numbers as doubles, strings with the fewest escapes. A text with a repeated
    /// key, half of a surrogate pair or a number beyond all doubles has no canonical form and is not valid here.
    Canonical,
    /// BLAKE3 of the canonical form, as a JSON string of 64 lower-case hex digits.
    Hash,
}

/// The order of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyOrder {
    /// As they stand.
    #[default]
    AsRead,
    /// By the UTF-16 code units of their keys (RFC 8785 section 3.2.3), in every object; equal keys keep their order.
    Sorted,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numbers {
    /// As they stand.
    #[default]
    Exact,
    /// As the shortest text of their IEEE 754 double, as ECMAScript writes it. One whose value changes by that is a warning
    /// `NUMBER_ROUNDED`; one that is beyond all doubles, such as `1e999`, is an error `NUMBER_UNSAFE`.
    Double,
    /// As they stand if a double has their value, else as a string of their literal.
    StringIfUnsafe,
}

/// How a text is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatOptions {
    /// The style.
    pub style: Style,
    /// The order of members; the canonical form and the hash sort whatever is asked here.
    pub key_order: KeyOrder,
    /// How numbers are written; the canonical form and the hash write doubles, and refuse `StringIfUnsafe`.
    pub numbers: Numbers,
}

impl FormatOptions {
    /// How a text is written so while it arrives; `None` where that needs all of it.
    pub(crate) fn while_it_arrives(&self) -> Option<FeedStyle> {
        if self.key_order != KeyOrder::AsRead || self.numbers != Numbers::Exact {
            return None;
        }
        match self.style {
            Style::Minify => Some(FeedStyle::Minify),
            Style::Pretty(indent) => Some(FeedStyle::Pretty(indent)),
            Style::Canonical | Style::Hash => None,
        }
    }
}

impl From<Style> for FormatOptions {
    /// The style alone: members as read, numbers exact.
    fn from(style: Style) -> FormatOptions {
        FormatOptions { style, key_order: KeyOrder::AsRead, numbers: Numbers::Exact }
    }
}

impl Default for FormatOptions {
    /// Pretty with two spaces a level.
    fn default() -> FormatOptions {
        Style::Pretty(Indent::default()).into()
    }
}

/// A text in its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The text.
    pub text: Vec<u8>,
    /// Warnings about the source, and about numbers that changed their value.
    pub report: Report,
    /// How many numbers changed their value; for each there is a warning `NUMBER_ROUNDED`.
    pub rounded: u64,
}

/// Writes `text` as `how` says; duplicate members stay, but under [`DuplicateKeys::First`] and [`DuplicateKeys::Last`], and
/// in the canonical form, which has none. Fails on an invalid text, on a limit of the text, when the answer is longer than
/// `max_output_bytes`, and on options that contradict each other.
pub fn format(text: &[u8], how: &FormatOptions, options: &ScanOptions) -> Result<Formatted, Error> {
    match options.duplicate_keys {
        DuplicateKeys::Report | DuplicateKeys::Reject => write(text, how, options),
        DuplicateKeys::First | DuplicateKeys::Last => {
            let (kept, report) = without_duplicates(text, options)?;
            write(&kept, how, options).map(|formatted| Formatted { report, ..formatted })
        }
    }
}

fn write(text: &[u8], how: &FormatOptions, options: &ScanOptions) -> Result<Formatted, Error> {
    let is_plain = how.key_order == KeyOrder::AsRead && how.numbers == Numbers::Exact;
    match how.style {
        Style::Minify if is_plain => minify(text, options),
        Style::Pretty(indent) if is_plain => pretty(text, indent, options),
        Style::Minify => rewrite(text, None, how, options),
        Style::Pretty(indent) => rewrite(text, Some(indent), how, options),
        Style::Canonical => {
            fits_canonical(how)?;
            canonical(text, options)
        }
        Style::Hash => {
            fits_canonical(how)?;
            hash::hash_text(text, options)
        }
    }
}

fn minify(text: &[u8], options: &ScanOptions) -> Result<Formatted, Error> {
    let (sink, report) = scan(text, options, Minify::new(text, most(options)))?;
    answer(sink.finish(), report, 0, options)
}

fn pretty(text: &[u8], indent: Indent, options: &ScanOptions) -> Result<Formatted, Error> {
    let (sink, report) = scan(text, options, Pretty::new(text, indent, most(options)))?;
    answer(sink.finish(), report, 0, options)
}

fn rewrite(
    text: &[u8],
    indent: Option<Indent>,
    how: &FormatOptions,
    options: &ScanOptions,
) -> Result<Formatted, Error> {
    let sink = Rewrite::new(text, indent, how, most(options));
    let (sink, report) = scan(text, options, sink)?;
    let rounded = sink.rounded();
    answer(sink.finish(), report, rounded, options)
}

/// The canonical form.
fn canonical(text: &[u8], options: &ScanOptions) -> Result<Formatted, Error> {
    let options = ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..*options };
    let (sink, report) = scan(text, &options, Strict::new(text, most(&options)))?;
    let rounded = sink.rounded();
    answer(sink.finish(), report, rounded, &options)
}

fn fits_canonical(how: &FormatOptions) -> Result<(), Error> {
    match how.numbers {
        Numbers::Exact | Numbers::Double => Ok(()),
        Numbers::StringIfUnsafe => Err(Error::Option {
            name: "numbers",
            message: "the canonical form and its hash write doubles".to_owned(),
            allowed: "exact or double with these styles",
        }),
    }
}

/// Longest answer.
fn most(options: &ScanOptions) -> usize {
    usize::try_from(options.limits.max_output_bytes).unwrap_or(usize::MAX)
}

fn answer(out: Vec<u8>, report: Report, rounded: u64, options: &ScanOptions) -> Result<Formatted, Error> {
    if !report.is_valid() {
        return Err(Error::Invalid(Box::new(report)));
    }
    check_output(out.len() as u64, options.limits.max_output_bytes)?;
    Ok(Formatted { text: out, report, rounded })
}
