//! Schema: whether a document is what a JSON Schema asks for, and where it is not.
//!
//! Drafts 2020-12, 2019-09, 7, 6 and 4. The library `jsonschema` decides, on our documents as they are; what it would
//! round is decided here. A `$ref` reaches the schema itself, the meta-schemas and what the caller registered: no network
//! and no files.
//!
//! Promise: each failure names its place in the source text, JSON, YAML or any other format; numbers are compared exactly;
//! time, memory and stack are bounded. Cost: a parse and the check, and one more parse for the places if there are
//! failures.

mod accept;
mod carry;
mod compatible;
mod effort;
mod failure;
mod infer;
mod keywords;
mod loops;
mod matching;
mod message;
mod node;
mod options;
mod place;
mod range;
mod reached;
mod references;
mod run;
mod unique;

use std::sync::Arc;

use jsonschema::{PatternOptions, Retrieve, ValidationError, ValidationOptions, Validator};

pub use compatible::{Compared, Compatibility, Judgement, Reason, compatible};
pub use effort::MAX_EFFORT;
pub use infer::Inference;
pub use options::{Draft, Formats, Output, Registered, SchemaOptions};
pub use references::{References, name_of, references, uri_of};

use crate::budget::Meter;
use crate::convert::build::Keep;
use crate::convert::{self, Content, Format, Source};
use crate::document::Document;
use crate::input::Input;
use crate::parse::parse_with_spans;
use crate::{Budget, Code, Error, Report, ScanOptions, Spans, Stats};
use accept::Acceptor;
use failure::{Failure, Failures};
use matching::Patterns;
use node::{Own, Place};
use reached::{Reached, Through};
use run::Run;

/// Steps that a pattern with look-around or back-references may go back; others never go back.
const BACKTRACK_STEPS: usize = 100_000;
/// Largest program of a pattern, in bytes.
const PATTERN_BYTES: usize = 2 << 20;
/// Most failures that are looked at to find out which keywords an example breaks.
const FAILING: usize = 64;
/// Memory that a value of a schema is charged, in bytes.
const SCHEMA_VALUE_BYTES: u64 = 512;

type Options = ValidationOptions<'static, Arc<dyn Retrieve>, Own>;

/// A compiled schema.
#[derive(Debug)]
pub struct Schema {
    validator: Validator<Own>,
    /// Says of most valid documents that they are, if the schema is a plain one.
    acceptor: Option<Acceptor>,
    /// States of the patterns that are matched against the names of members.
    states: u64,
}

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the document is what the schema asks for; of a stream, whether each document is.
    pub valid: bool,
    /// The failures in the order of the source, at most `max_diagnostics`, all counted. None under [`Output::Flag`].
    pub report: Report,
}

impl Schema {
    /// Compiles the schema that `text`, which is JSON, holds. A `$schema` in it decides the draft. Fails with
    /// [`Error::Part`] `schema` around [`Error::Invalid`] where it is no JSON or no schema, or refers to what is not
    /// registered, and on limits and budget.
    pub fn compile(
        text: &[u8],
        options: &SchemaOptions<'_>,
        scan: &ScanOptions,
        budget: &Budget,
    ) -> Result<Schema, Error> {
        compile(text, options, scan, budget)
            .map_err(|error| Error::Part { part: "schema", error: Box::new(error) })
    }

    /// Checks `document`, written in `from`. A document that the schema does not allow is an answer. Fails where it cannot
    /// be read, and on limits and budget.
    pub fn check(
        &self,
        document: &[u8],
        from: Source,
        output: Output,
        scan: &ScanOptions,
        budget: &Budget,
    ) -> Result<Verdict, Error> {
        let (_, content) = convert::read(document, from, Keep::Nothing, scan, budget)?;
        let stats = convert::stats(&content, document.len());
        let valid = self.all_valid(&content, budget)?;
        if valid || output == Output::Flag {
            return Ok(Verdict { valid, report: Report { stats, ..Report::default() } });
        }
        self.failures((document, from), output, stats, scan, budget)
    }

    /// As [`Schema::check`] with [`Output::Basic`], of a document in JSON, whose values stay in `input`.
    pub(crate) fn check_input(
        &self,
        input: &mut Input<'_>,
        scan: &ScanOptions,
        budget: &Budget,
    ) -> Result<Verdict, Error> {
        let (document, stats) = convert::look(input, scan, budget)?;
        if self.allows(document, budget)? {
            return Ok(Verdict { valid: true, report: Report { stats, ..Report::default() } });
        }
        self.failures((input.text(), Source::Is(Format::Json)), Output::Basic, stats, scan, budget)
    }

    /// The failures of a source that is not valid.
    fn failures(
        &self,
        (document, from): (&[u8], Source),
        output: Output,
        stats: Stats,
        scan: &ScanOptions,
        budget: &Budget,
    ) -> Result<Verdict, Error> {
        let (format, content) = convert::read(document, from, Keep::Spans, scan, budget)?;
        let mut failures = Failures::new(output, scan.limits.max_diagnostics);
        for (index, (document, spans)) in documents(&content).into_iter().enumerate() {
            let record = if matches!(content, Content::Many(_)) { index as u64 + 1 } else { 0 };
            failures.enter(document, spans, record);
            self.collect(document, &mut failures, budget)?;
        }
        let report = place::report(document, format.is_text(), failures, stats);
        Ok(Verdict { valid: false, report })
    }

    /// Whether `document`, which is in memory already, is what the schema asks for. Fails on the budget.
    pub fn allows(&self, document: &Document, budget: &Budget) -> Result<bool, Error> {
        Run::of(Meter::open(budget)?, self.states, |run| {
            let is_accepted = self.acceptor.as_ref().is_some_and(|acceptor| acceptor.accepts(document, run));
            is_accepted || self.validator.is_valid(Place::root(document, run))
        })
    }

    /// Pointers of the keywords that `document` fails at, of the first [`FAILING`] failures. Fails on the budget.
    fn failing(&self, document: &Document, budget: &Budget) -> Result<Vec<String>, Error> {
        Run::of(Meter::open(budget)?, self.states, |run| {
            let errors = self.validator.iter_errors(Place::root(document, run)).take(FAILING);
            errors.map(|error| error.schema_path().as_str().to_owned()).collect()
        })
    }

    /// Whether it is of draft 4.
    fn is_draft4(&self) -> bool {
        self.validator.draft() == jsonschema::Draft::Draft4
    }

    fn all_valid(&self, content: &Content, budget: &Budget) -> Result<bool, Error> {
        for (document, _) in documents(content) {
            if !self.allows(document, budget)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn collect(
        &self,
        document: &Document,
        failures: &mut Failures<'_>,
        budget: &Budget,
    ) -> Result<(), Error> {
        Run::of(Meter::open(budget)?, self.states, |run| {
            let errors = self.validator.iter_errors(Place::root(document, run));
            errors.for_each(|error| failures.add(&error));
        })
    }
}

fn documents(content: &Content) -> Vec<(&Document, Option<&Spans>)> {
    match content {
        Content::One(document, spans) => vec![(document, spans.as_ref())],
        Content::Many(all) => all.iter().map(|(document, spans)| (document, spans.as_ref())).collect(),
    }
}

fn compile(
    text: &[u8],
    options: &SchemaOptions<'_>,
    scan: &ScanOptions,
    budget: &Budget,
) -> Result<Schema, Error> {
    let meter = Meter::open(budget)?;
    let (document, spans, report) = parse_with_spans(text, 0, scan)?;
    meter.hold(report.stats.nodes.saturating_mul(SCHEMA_VALUE_BYTES).saturating_add(report.stats.bytes))?;
    if options.default_draft == Draft::Draft4 && matches!(document, Document::Bool(_)) {
        let message = "a schema of draft 4 is an object";
        return Err(refused((text, &document, &spans), String::new(), "type", message));
    }
    let effort = effort::of(&document, &meter)?;
    let reached = Arc::new(Reached::new(options.registered.clone(), effort, budget.clone()));
    let carried = carry::value(&document);
    let patterns = Patterns::default();
    let built = library_options(&document, options, reached.clone(), patterns.clone()).build(&carried);
    meter.check()?;
    if let Some(stopped) = reached.stopped() {
        return Err(stopped);
    }
    let validator = built.map_err(|error| no_schema(text, &document, &spans, &error))?;
    match loops::find(&document, validator.draft(), options.registered, &meter)? {
        None => {
            let is_plain = named(&document).is_none_or(is_standard);
            let accept = || Acceptor::of(&carried, validator.draft(), options.formats, &patterns);
            let acceptor = is_plain.then(accept).flatten();
            Ok(Schema { validator, acceptor, states: reached.states(&document) })
        }
        Some(pointer) => {
            let message = "its references lead back to it without going down into the document";
            Err(refused((text, &document, &spans), pointer, "$ref", message))
        }
    }
}

/// The meta-schema that it names.
fn named(schema: &Document) -> Option<&str> {
    references::text_of(schema, "$schema")
}

/// Whether a meta-schema is that of a draft. One of the caller's own may leave keywords out, which ours would not know.
fn is_standard(uri: &str) -> bool {
    uri.contains("json-schema.org/draft")
}

fn library_options(
    schema: &Document,
    options: &SchemaOptions<'_>,
    reached: Arc<Reached>,
    patterns: Patterns,
) -> Options {
    let of_names = PatternOptions::fancy_regex()
        .backtrack_limit(BACKTRACK_STEPS)
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES);
    let library = Options::default()
        .with_retriever(Through(reached))
        .with_pattern_options(of_names)
        .should_validate_formats(options.formats == Formats::Assert);
    let library = match options.registered.base() {
        Some(base) => library.with_base_uri(base),
        None => library,
    };
    let Some(uri) = named(schema) else {
        let draft = options.default_draft;
        return matching::add(keywords::add(library.with_draft(draft.library()), draft), patterns);
    };
    if !is_standard(uri) {
        return library;
    }
    let is_draft4 = uri.contains("json-schema.org/draft-04/");
    matching::add(keywords::add(library, if is_draft4 { Draft::Draft4 } else { Draft::default() }), patterns)
}

/// The error of a schema that the library takes and we do not, for what stands at `pointer`.
fn refused(
    (text, document, spans): (&[u8], &Document, &Spans),
    pointer: String,
    keyword: &str,
    message: &str,
) -> Error {
    let mut failures = Failures::new(Output::Basic, 1);
    failures.enter(document, Some(spans), 0);
    let (keyword, message) = (keyword.to_owned(), message.to_owned());
    failures.add_own(Failure { keyword, message, ..failures.at(pointer) });
    as_no_schema(place::report(text, true, failures, crate::Stats::default()))
}

fn no_schema(text: &[u8], document: &Document, spans: &Spans, error: &ValidationError<'_>) -> Error {
    let mut failures = Failures::new(Output::Basic, 1);
    failures.enter(document, Some(spans), 0);
    failures.add(error);
    as_no_schema(place::report(text, true, failures, crate::Stats::default()))
}

fn as_no_schema(mut report: Report) -> Error {
    report.diagnostics.iter_mut().for_each(|found| found.code = Code::SchemaInvalid);
    Error::Invalid(Box::new(report))
}
