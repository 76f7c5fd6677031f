//! JSON: read by the scanner that judges every text, written with the fewest escapes.
//!
//! Promise: JSON to JSON never comes here; it is formatted as text. Numbers keep their literals. Cost: a parse; with spans
//! about twice that.

use std::sync::Arc;

use super::build::Keep;
use super::losses::{Loss, Losses};
use super::report::stats_of;
use super::{Content, Layout, Read, Reading, Writing};
use crate::answer::written;
use crate::budget::Meter;
use crate::document::{Document, Key};
use crate::error::Error;
use crate::input::Input;
use crate::spans::Spans;
use crate::write::surrogate_literal;
use crate::{Budget, Code, DuplicateKeys, Formatted, Limits, Report, ScanOptions, Stats, Style, parse};

pub(super) fn read(input: &mut Input<'_>, reading: &Reading<'_>) -> Result<Read, Error> {
    let meter = Meter::open(reading.budget)?;
    let options = scanning(reading.limits, reading.duplicate_keys);
    let (document, spans, report) = match reading.keep {
        Keep::Nothing => input.take(&options).map(|(document, report)| (document, None, report))?,
        Keep::Spans => with_spans(input.text(), 0, &options)?,
    };
    meter.hold_values(&report.stats)?;
    meter.check()?;
    let mut losses = Losses::new(reading.limits.max_diagnostics);
    note(&report, 0, &mut losses);
    let stats = counted(&report.stats, &losses);
    Ok(Read { content: Content::One(document, spans), losses, stats })
}

/// As [`read`], but the values stay; says what they are.
pub(super) fn look<'i>(
    input: &'i mut Input<'_>,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<(&'i Document, Stats), Error> {
    let meter = Meter::open(budget)?;
    let (document, report) = input.look(&scanning(&options.limits, options.duplicate_keys), &meter)?;
    let is_counted = report.diagnostics_total == 0;
    let stats = if is_counted { report.stats } else { stats_of(document, report.stats.bytes) };
    Ok((document, stats))
}

fn scanning(limits: &Limits, duplicate_keys: DuplicateKeys) -> ScanOptions {
    ScanOptions { limits: *limits, duplicate_keys, ..ScanOptions::default() }
}

/// What the documents hold, if the scanner counted it: a key that stands twice is counted twice.
fn counted(stats: &Stats, losses: &Losses) -> Option<Stats> {
    (losses.lost() == 0).then_some(*stats)
}

/// One text of a stream.
pub(super) struct Text {
    pub(super) document: Document,
    pub(super) spans: Option<Spans>,
    pub(super) stats: Stats,
}

/// Reads the text that begins `base` bytes into the source; its spans and its losses are places of the source.
pub(super) fn read_text(
    text: &[u8],
    base: usize,
    reading: &Reading<'_>,
    losses: &mut Losses,
) -> Result<Text, Error> {
    let options = scanning(reading.limits, reading.duplicate_keys);
    let (document, spans, report) = match reading.keep {
        Keep::Nothing => parse::parse(text, &options).map(|(document, report)| (document, None, report))?,
        Keep::Spans => with_spans(text, base, &options)?,
    };
    note(&report, base, losses);
    Ok(Text { document, spans, stats: report.stats })
}

fn with_spans(
    text: &[u8],
    base: usize,
    options: &ScanOptions,
) -> Result<(Document, Option<Spans>, Report), Error> {
    let (document, spans, report) = parse::parse_with_spans(text, base, options)?;
    Ok((document, Some(spans), report))
}

/// What the scanner warned of. A document keeps one of two members, so a duplicate key is a loss.
fn note(report: &Report, base: usize, losses: &mut Losses) {
    for found in &report.diagnostics {
        let is_twice = matches!(found.code, Code::DuplicateKey | Code::DuplicateDropped);
        let place = base + found.start.byte_offset as usize..base + found.end.byte_offset as usize;
        let loss = || Loss {
            code: if is_twice { Code::DuplicateDropped } else { found.code },
            message: found.message.clone(),
            pointer: found.start.json_pointer.clone(),
            place: Some(place),
        };
        if is_twice { losses.add(loss) } else { losses.warn(loss) }
    }
    // What was not kept may be a duplicate: strict fidelity must not let it pass.
    losses.count(report.diagnostics_total - report.diagnostics.len() as u64);
}

/// A string from its bytes, which are WTF-8: text, or the literal of one with a lone surrogate.
pub(super) fn key(wtf8: Vec<u8>) -> Key {
    match String::from_utf8(wtf8) {
        Ok(text) => Key::Text(text.into()),
        Err(bytes) => Key::Surrogates(Arc::from(surrogate_literal(bytes.as_bytes()))),
    }
}

/// Writes `document` in `layout`.
pub(super) fn write(document: &Document, layout: Layout, writing: &Writing<'_>) -> Result<Vec<u8>, Error> {
    let meter = Meter::open(writing.budget)?;
    let plain = written(document, writing.max_output_bytes, &meter)?;
    meter.check()?;
    if layout == Layout::Minify {
        return Ok(plain);
    }
    let limits = Limits {
        max_bytes: u64::MAX,
        max_depth: crate::MAX_DEPTH,
        max_nodes: u64::MAX,
        max_number_digits: u32::MAX,
        max_diagnostics: 0,
        max_output_bytes: writing.max_output_bytes,
    };
    lay_out(&plain, layout, &ScanOptions { limits, ..ScanOptions::default() }).map(|laid_out| laid_out.text)
}

/// Text to text. The operation that people call for it does it, so that both look the same.
pub(super) fn lay_out(text: &[u8], layout: Layout, options: &ScanOptions) -> Result<Formatted, Error> {
    let style = match layout {
        Layout::Minify => Style::Minify,
        Layout::Pretty(indent) => Style::Pretty(indent),
    };
    crate::format(text, &style.into(), options)
}
