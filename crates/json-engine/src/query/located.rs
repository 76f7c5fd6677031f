//! Located: what a pointer or a JSONPath selects, and where each value stands in the text.
//!
//! Promise: the values of [`Query::run`], in its order; each has its normalized path, its JSON Pointer and its place. Cost: a
//! parse that keeps places, twice the time of a plain one and 56 bytes a value more; one pass over the text for the lines.

use std::ops::Range;

use super::{Program, Query};
use crate::answer::check_output;
use crate::budget::{Budget, Meter};
use crate::document::Document;
use crate::error::Error;
use crate::parse::parse_with_spans;
use crate::pointer::cut_pointer;
use crate::position::Positions;
use crate::query::jsonpath::Link;
use crate::{Position, Report, ScanOptions, Spans, write};

/// What a place of a value costs in memory.
const SPANS_BYTES: u64 = 56;
/// What a hit counts of the answer besides its texts: two positions.
const HIT_BYTES: u64 = 64;

/// A value that was selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Normalized path, RFC 9535 section 2.7.
    pub path: String,
    /// JSON Pointer.
    pub pointer: String,
    /// Where the value begins in the text.
    pub start: Position,
    /// Where it ends: behind its last byte.
    pub end: Position,
    /// The value: for pointer as it stands in the text, for JSONPath without white space.
    pub text: Vec<u8>,
}

/// What a query selected, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The values, in the order of the language.
    pub hits: Vec<Hit>,
    /// Warnings about the document.
    pub report: Report,
}

impl Query {
    /// Runs a pointer or a JSONPath as [`Query::run`] does, and says where each value is; paths, pointers and values count
    /// as output. Fails with [`Error::Option`] for the languages that make values of their own.
    pub fn run_located(&self, text: &[u8], options: &ScanOptions, budget: &Budget) -> Result<Located, Error> {
        let meter = Meter::open(budget)?;
        if matches!(self.0, Program::JmesPath(_) | Program::Jq(_)) {
            let message = "its values stand nowhere in the document".to_owned();
            return Err(Error::Option { name: "lang", message, allowed: "pointer, jsonpath" });
        }
        let (document, spans, report) = parse_with_spans(text, 0, options)?;
        meter.hold_values(&report.stats)?;
        meter.hold(report.stats.nodes.saturating_mul(SPANS_BYTES))?;
        meter.check()?;
        let found = self.locate(&document, &meter)?;
        let mut size = Size::new(options.limits.max_output_bytes, &meter);
        let mut hits = Vec::new();
        for (value, link) in found {
            let range = link.spans(&spans).map(Spans::value).unwrap_or_default();
            let text = match self.0 {
                Program::Pointer(_) => text[range.clone()].to_vec(),
                Program::JsonPath(_) | Program::JmesPath(_) | Program::Jq(_) => written(value),
            };
            let (path, pointer) = (link.normalized(), link.pointer());
            // The pointer stands in both positions too.
            size.add(HIT_BYTES + (path.len() + 3 * pointer.len() + text.len()) as u64)?;
            hits.push((
                Hit { path, pointer, start: Position::default(), end: Position::default(), text },
                range,
            ));
        }
        Ok(Located { hits: placed(hits, text), report })
    }

    pub(super) fn locate<'d>(
        &self,
        document: &'d Document,
        meter: &Meter<'_>,
    ) -> Result<Vec<(&'d Document, Link<'d>)>, Error> {
        match &self.0 {
            Program::Pointer(pointer) => {
                let value = pointer.get(document)?;
                Ok(vec![(value, Link::along(pointer, document))])
            }
            Program::JsonPath(path) => path.locate(document, meter),
            Program::JmesPath(_) | Program::Jq(_) => Ok(Vec::new()),
        }
    }
}

/// The length of an answer that grows.
pub(super) struct Size<'m> {
    used: u64,
    allowed: u64,
    meter: &'m Meter<'m>,
}

impl<'m> Size<'m> {
    /// Nothing yet, of at most `allowed` bytes.
    pub(super) fn new(allowed: u64, meter: &'m Meter<'m>) -> Self {
        Self { used: 0, allowed, meter }
    }

    /// Adds so many bytes to it.
    pub(super) fn add(&mut self, bytes: u64) -> Result<(), Error> {
        self.meter.charge(1 + bytes / 64)?;
        self.meter.hold(bytes)?;
        self.used = self.used.saturating_add(bytes);
        check_output(self.used, self.allowed)
    }
}

fn written(value: &Document) -> Vec<u8> {
    let mut out = Vec::new();
    write::document(value, &mut out);
    out
}

/// Turns ranges into positions, all in one pass over the text.
fn placed(hits: Vec<(Hit, Range<usize>)>, text: &[u8]) -> Vec<Hit> {
    let ends = hits.iter().flat_map(|(_, range)| [range.start, range.end]);
    let positions = Positions::of(text, ends.collect());
    let placed = |(hit, range): (Hit, Range<usize>)| {
        let at = |offset| Position { json_pointer: cut_pointer(hit.pointer.clone()), ..positions.at(offset) };
        Hit { start: at(range.start), end: at(range.end), ..hit }
    };
    hits.into_iter().map(placed).collect()
}
