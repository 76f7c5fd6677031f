//! Convert: one document, another serialisation.
//!
//! A reader a format makes a [`Document`], a writer a format writes it. What the target cannot hold is not dropped in
//! silence: each loss is listed with its place in the source, and strict fidelity refuses to lose anything.
//!
//! Promise: numbers and strings stay exact where the target can hold them; no reader recurses by the depth of its input,
//! and each stops at the limits of the text and of the budget. JSON to JSON stays text and keeps every byte but white
//! space. Cost: a parse and a write; where the writer lost something, the source is read once more for its places (JSON is
//! only scanned).

mod allowance;
mod binary;
pub(crate) mod build;
mod cbor;
mod csv;
mod datetime;
mod foreign;
mod json;
mod json5;
mod literal;
mod losses;
mod msgpack;
mod ndjson;
mod options;
mod report;
mod serialization;
mod sniff;
mod table;
mod toml;
mod yaml;

use std::sync::Arc;

use crate::answer::check_output;
use crate::budget::Meter;
use crate::document::Document;
use crate::input::Input;
use crate::spans::Spans;
use crate::{Budget, DuplicateKeys, Error, Limits, Report, ScanOptions, Stats};

pub use allowance::MAX_KEY_TEXT;
pub use csv::{Cells, CsvOptions, Header, Paths};
pub use foreign::Foreign;
pub use options::{ConvertOptions, Documents, Fidelity, Layout, Source};
pub use serialization::Format;

use allowance::check_length;
use build::Keep;
use losses::Losses;
use report::{Origin, Pointers};

/// What a reader is given besides the bytes.
pub(crate) struct Reading<'o> {
    pub(crate) limits: &'o Limits,
    pub(crate) duplicate_keys: DuplicateKeys,
    pub(crate) foreign: Foreign,
    pub(crate) keep: Keep,
    pub(crate) budget: &'o Budget,
}

/// What a writer is given besides the document.
pub(crate) struct Writing<'o> {
    pub(crate) foreign: Foreign,
    /// Longest answer, in bytes; more is `Error::Limit` with `LimitKind::Output`.
    pub(crate) max_output_bytes: u64,
    pub(crate) budget: &'o Budget,
}

impl Writing<'_> {
    /// Stops at the limit of the answer, of which `written` bytes are there.
    fn check_length(&self, written: usize) -> Result<(), Error> {
        check_output(written as u64, self.max_output_bytes)
    }
}

/// What a reader gives.
pub(crate) struct Read {
    pub(crate) content: Content,
    /// What JSON cannot hold, and warnings such as lone surrogates.
    pub(crate) losses: Losses,
    /// What the documents hold, if the reader counted it.
    pub(crate) stats: Option<Stats>,
}

/// A document, or a stream of them; with their spans if they were to be kept.
pub(crate) enum Content {
    One(Document, Option<Spans>),
    Many(Vec<(Document, Option<Spans>)>),
}

/// A document in its new serialisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The document.
    pub bytes: Vec<u8>,
    /// What the source was read as.
    pub from: Format,
    /// Losses and warnings, all of severity warning, with their places in the source: line and column in text, the byte
    /// offset alone (line 0) in CBOR and MessagePack. `stats` count what was read.
    pub report: Report,
}

/// Converts `source`. Fails with [`Error::Invalid`] on a source that its format forbids, with [`Error::Fidelity`] on a loss
/// under [`Fidelity::Strict`], with [`Error::Option`] where a choice does not fit the documents, and on limits and budget.
pub fn convert(
    source: &[u8],
    how: &ConvertOptions,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Converted, Error> {
    convert_input(&mut Input::of(source), how, options, budget)
}

/// As [`convert`].
pub(crate) fn convert_input(
    input: &mut Input<'_>,
    how: &ConvertOptions,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Converted, Error> {
    let conversion = Conversion::open(input.text(), how, options, budget)?;
    let origin = conversion.origin();
    conversion.run(input, origin).map_err(|error| origin.complete(error))
}

/// Reads JSON for an operation that looks at its values; says too what they are. Charges what [`read`] does.
pub(crate) fn look<'i>(
    input: &'i mut Input<'_>,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<(&'i Document, Stats), Error> {
    check_length(input.text(), &options.limits)?;
    json::look(input, options, budget)
}

/// Reads `source` for an operation on its documents; says what it is written in.
pub(crate) fn read(
    source: &[u8],
    from: Source,
    keep: Keep,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<(Format, Content), Error> {
    let how = ConvertOptions { from, ..ConvertOptions::to(Format::Json) };
    let conversion = Conversion::open(source, &how, options, budget)?;
    let read =
        conversion.read(&mut Input::of(source), keep).map_err(|error| conversion.origin().complete(error))?;
    Ok((conversion.from, read.content))
}

/// What the documents hold.
pub(crate) fn stats(content: &Content, bytes: usize) -> Stats {
    report::stats(content, bytes)
}

/// Judges `source` by the rules of its format. A source that is not valid is an answer; what JSON could not hold is no
/// matter here. Fails on limits and budget. Costs a reading; nothing is written.
pub fn validate(
    source: &[u8],
    from: Source,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Report, Error> {
    let how = ConvertOptions { from, foreign: Foreign::Tagged, ..ConvertOptions::to(Format::Ndjson) };
    let judged = Conversion::open(source, &how, options, budget)
        .and_then(|conversion| conversion.judge().map_err(|error| conversion.origin().complete(error)));
    match judged {
        Err(Error::Invalid(report)) => Ok(*report),
        other => other,
    }
}

struct Conversion<'c> {
    source: &'c [u8],
    from: Format,
    how: &'c ConvertOptions,
    options: &'c ScanOptions,
    budget: &'c Budget,
}

impl<'c> Conversion<'c> {
    fn open(
        source: &'c [u8],
        how: &'c ConvertOptions,
        options: &'c ScanOptions,
        budget: &'c Budget,
    ) -> Result<Conversion<'c>, Error> {
        check_length(source, &options.limits)?;
        let from = match how.from {
            Source::Is(format) => format,
            Source::Auto => sniff::sniff(source, how, options, budget)?,
        };
        Ok(Conversion { source, from, how, options, budget })
    }

    fn origin(&self) -> Origin<'c> {
        Origin { source: self.source, is_text: self.from.is_text() }
    }

    fn run(&self, input: &mut Input<'_>, origin: Origin<'_>) -> Result<Converted, Error> {
        let meter = Meter::open(self.budget)?;
        if (self.from, self.how.to) == (Format::Json, Format::Json) {
            let formatted = json::lay_out(self.source, self.how.layout, self.options)?;
            meter.check()?;
            return Ok(Converted { bytes: formatted.text, from: self.from, report: formatted.report });
        }
        let read = self.read(input, Keep::Nothing)?;
        let stats = read.stats.unwrap_or_else(|| report::stats(&read.content, self.source.len()));
        let mut written = Losses::new(self.options.limits.max_diagnostics);
        let (bytes, pointers) = self.write(&read.content, &mut written)?;
        let lost = read.losses.lost() + written.lost();
        let content = self.content_with_places(read.content, &read.losses, &mut written)?;
        let losses = (&read.losses, (&written, pointers));
        let report = report::report(origin, &content, losses, (stats, &self.options.limits));
        match self.how.fidelity {
            Fidelity::Strict if lost > 0 => Err(Error::Fidelity(Box::new(report))),
            Fidelity::Strict | Fidelity::Report => Ok(Converted { bytes, from: self.from, report }),
        }
    }

    fn judge(&self) -> Result<Report, Error> {
        if self.from == Format::Json {
            return crate::validate(self.source, self.options);
        }
        let read = self.read(&mut Input::of(self.source), Keep::Nothing)?;
        let stats = read.stats.unwrap_or_else(|| report::stats(&read.content, self.source.len()));
        let mut written = Losses::new(0);
        let content = self.content_with_places(read.content, &read.losses, &mut written)?;
        let losses = (&read.losses, (&written, Pointers::Root));
        Ok(report::report(self.origin(), &content, losses, (stats, &self.options.limits)))
    }

    /// Between two formats that are not JSON nothing needs a plain form on its way.
    fn foreign(&self) -> Foreign {
        if self.from.is_json() || self.how.to.is_json() { self.how.foreign } else { Foreign::Tagged }
    }

    fn reading(&self, keep: Keep) -> Reading<'c> {
        Reading {
            limits: &self.options.limits,
            duplicate_keys: self.options.duplicate_keys,
            foreign: self.foreign(),
            keep,
            budget: self.budget,
        }
    }

    fn read(&self, input: &mut Input<'_>, keep: Keep) -> Result<Read, Error> {
        table::read(self.from, input, &self.reading(keep), &self.how.csv)
    }

    /// Reads once more for the places of values, only where a finding needs them: the common way pays nothing.
    fn content_with_places(
        &self,
        content: Content,
        read: &Losses,
        written: &mut Losses,
    ) -> Result<Content, Error> {
        if self.from == Format::Json && !written.kept().is_empty() {
            let pointers = written.kept().iter().map(|loss| loss.pointer.as_str());
            let places = crate::parse::places(self.source, pointers, self.options)?;
            written.set_places(places);
            return Ok(content);
        }
        // What a reader found in a stream has its bytes, and the documents tell in which of them it is.
        let wants_record = matches!(content, Content::Many(_)) && !read.kept().is_empty();
        if written.kept().is_empty() && !wants_record {
            return Ok(content);
        }
        self.read(&mut Input::of(self.source), Keep::Spans).map(|again| again.content)
    }

    fn write(&self, content: &Content, losses: &mut Losses) -> Result<(Vec<u8>, Pointers), Error> {
        let writing = Writing {
            foreign: self.foreign(),
            max_output_bytes: self.options.limits.max_output_bytes,
            budget: self.budget,
        };
        let documents: Vec<Document> = match content {
            Content::One(document, _) => {
                return Ok((table::write(document, self.how, &writing, losses)?, Pointers::Root));
            }
            Content::Many(documents) => documents.iter().map(|(document, _)| document.clone()).collect(),
        };
        if let Some(write_stream) = table::stream_writer(self.how.to) {
            return Ok((write_stream(&documents, &writing, losses)?, Pointers::Index));
        }
        match (self.how.documents, &documents[..]) {
            (Documents::Refuse, [only]) => {
                Ok((table::write(only, self.how, &writing, losses)?, Pointers::Root))
            }
            (Documents::Refuse, several) => Err(refused(several.len(), self.how.to)),
            (Documents::Array, _) => {
                let array = Document::Arr(Arc::new(documents));
                Ok((table::write(&array, self.how, &writing, losses)?, Pointers::Index))
            }
        }
    }
}

fn refused(count: usize, to: Format) -> Error {
    Error::Option {
        name: "documents",
        message: format!("the source is a stream of {count} documents, {} holds one", to.name()),
        allowed: "an array of them, or a target that is a stream: ndjson, yaml",
    }
}
