//! The steps of a recipe: each takes a text and gives one.
//!
//! Promise: a step gives a whole text or an error. Cost: that of the operation.

use std::sync::Arc;

use super::conflict;
use crate::budget::{Budget, Meter};
use crate::convert::{ConvertOptions, Format, Source, convert};
use crate::patch::{DiffOptions, DiffOutput, Patch, ThreeWayOptions, diff, merge, three_way};
use crate::query::Query;
use crate::schema::{Inference, Output, Schema};
use crate::{DuplicateKeys, Error, FeedStyle, FormatOptions, Profile, Report, ScanOptions, format, validate};

/// One step.
#[derive(Debug, Clone)]
pub enum Step {
    /// Checks the text and passes it on.
    Validate {
        /// What is done about duplicate keys.
        duplicate_keys: DuplicateKeys,
        /// What is reported beyond the grammar.
        profile: Profile,
    },
    /// Writes the text another way.
    Format {
        /// Which way.
        how: FormatOptions,
        /// What is done about duplicate keys.
        duplicate_keys: DuplicateKeys,
    },
    /// Replaces the text by the answer of a query.
    Query(Query),
    /// Writes the document in another format.
    Convert(ConvertOptions),
    /// Changes the document by a JSON Patch.
    Patch(Patch),
    /// Merges a merge patch, a JSON text, into the document.
    Merge(Vec<u8>),
    /// Replaces the document by what leads from it to another.
    Diff {
        /// The other document, a JSON text.
        to: Vec<u8>,
        /// How they are compared.
        how: DiffOptions,
    },
    /// Merges into the document what another version of it has changed; the document wins conflicts, each a warning.
    ThreeWay {
        /// The document that both come from, a JSON text.
        base: Vec<u8>,
        /// The other version, a JSON text.
        theirs: Vec<u8>,
        /// How they are compared.
        how: ThreeWayOptions,
    },
    /// Checks the document against a schema and passes it on; a document that fails it ends the recipe.
    CheckSchema(Arc<Schema>),
    /// Replaces the document by a schema that it satisfies.
    InferSchema,
}

impl Step {
    /// Its name: `validate`, `format`, `query`, `convert`, `patch`, `merge`, `diff`, `check_schema` or `infer_schema`.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Validate { .. } => "validate",
            Step::Format { .. } => "format",
            Step::Query(_) => "query",
            Step::Convert(_) => "convert",
            Step::Patch(_) => "patch",
            Step::Merge(_) | Step::ThreeWay { .. } => "merge",
            Step::Diff { .. } => "diff",
            Step::CheckSchema(_) => "check_schema",
            Step::InferSchema => "infer_schema",
        }
    }

    /// Whether the document stays what it is, so that what was said about it holds.
    pub(super) fn keeps_document(&self) -> bool {
        match self {
            Step::Validate { .. } | Step::Format { .. } | Step::CheckSchema(_) => true,
            Step::Query(_)
            | Step::Convert(_)
            | Step::Patch(_)
            | Step::Merge(_)
            | Step::ThreeWay { .. }
            | Step::Diff { .. }
            | Step::InferSchema => false,
        }
    }

    /// Whether it does more than check the grammar, style or query.
    pub(super) fn works_on_documents(&self) -> bool {
        match self {
            Step::Validate { .. } | Step::Format { .. } | Step::Query(_) => false,
            Step::Convert(_)
            | Step::Patch(_)
            | Step::Merge(_)
            | Step::ThreeWay { .. }
            | Step::Diff { .. }
            | Step::CheckSchema(_)
            | Step::InferSchema => true,
        }
    }

    /// Whether its answer depends on more than its document.
    pub(super) fn takes_more_than_its_document(&self) -> bool {
        match self {
            Step::Query(query) => query.takes_further_inputs(),
            Step::Validate { .. }
            | Step::Format { .. }
            | Step::Convert(_)
            | Step::Patch(_)
            | Step::Merge(_)
            | Step::ThreeWay { .. }
            | Step::Diff { .. }
            | Step::CheckSchema(_)
            | Step::InferSchema => false,
        }
    }

    /// How it is done while its document arrives, and what of it concerns the scanner; `None` where it needs the whole
    /// document.
    pub(super) fn feed(&self) -> Option<(FeedStyle, DuplicateKeys, Profile)> {
        match self {
            Step::Validate { duplicate_keys, profile } => Some((FeedStyle::Keep, *duplicate_keys, *profile)),
            Step::Format { how, duplicate_keys } => {
                let keeps_members = match duplicate_keys {
                    DuplicateKeys::Report | DuplicateKeys::Reject => true,
                    DuplicateKeys::First | DuplicateKeys::Last => false,
                };
                let style = how.while_it_arrives().filter(|_| keeps_members)?;
                Some((style, *duplicate_keys, Profile::Json))
            }
            Step::Query(_)
            | Step::Convert(_)
            | Step::Patch(_)
            | Step::Merge(_)
            | Step::ThreeWay { .. }
            | Step::Diff { .. }
            | Step::CheckSchema(_)
            | Step::InferSchema => None,
        }
    }

    /// How its answer is written, after an answer that is written as `before`.
    pub(super) fn written_as(&self, before: Option<Format>) -> Option<Format> {
        match self {
            Step::Validate { .. } | Step::CheckSchema(_) => before,
            Step::Convert(how) => Some(how.to),
            Step::Diff { how: DiffOptions { output: DiffOutput::Text, .. }, .. } => None,
            Step::Format { .. }
            | Step::Query(_)
            | Step::Patch(_)
            | Step::Merge(_)
            | Step::ThreeWay { .. }
            | Step::Diff { .. }
            | Step::InferSchema => Some(Format::Json),
        }
    }
}

/// What one step gave.
pub(super) struct Outcome {
    /// The new text, or `None` where it stays.
    pub(super) text: Option<Vec<u8>>,
    pub(super) report: Report,
    /// Warnings of the report about numbers that the step changed.
    pub(super) rounded: u64,
}

impl Outcome {
    fn changed(text: Vec<u8>, report: Report) -> Outcome {
        Outcome { text: Some(text), report, rounded: 0 }
    }
}

/// Runs `step` on `text`.
pub(super) fn run(
    step: &Step,
    text: &[u8],
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Outcome, Error> {
    match step {
        Step::Validate { duplicate_keys, profile } => {
            let options = ScanOptions { duplicate_keys: *duplicate_keys, profile: *profile, ..*options };
            let report = validate(text, &options)?;
            if !report.is_valid() {
                return Err(Error::Invalid(Box::new(report)));
            }
            Ok(Outcome { text: None, report, rounded: 0 })
        }
        Step::Format { how, duplicate_keys } => {
            let formatted = format(text, how, &ScanOptions { duplicate_keys: *duplicate_keys, ..*options })?;
            Ok(Outcome { text: Some(formatted.text), report: formatted.report, rounded: formatted.rounded })
        }
        Step::CheckSchema(schema) => check_schema(schema, text, options, budget),
        Step::Query(query) => {
            query.run(text, options, budget).map(|answer| Outcome::changed(answer.text, answer.report))
        }
        Step::Convert(how) => {
            convert(text, how, options, budget).map(|done| Outcome::changed(done.bytes, done.report))
        }
        Step::Patch(patch) => {
            let patched = patch.apply_text(text, options, &Meter::open(budget)?)?;
            Ok(Outcome::changed(patched.text, patched.report))
        }
        Step::Merge(patch) => {
            merge(text, patch, options, budget).map(|merged| Outcome::changed(merged.text, merged.report))
        }
        Step::Diff { to, how } => {
            diff(text, to, how, options, budget).map(|diffed| Outcome::changed(diffed.text, diffed.from))
        }
        Step::ThreeWay { base, theirs, how } => {
            let merged = three_way(base, text, theirs, how, options, budget)?;
            let report = conflict::report(text, &merged, options);
            Ok(Outcome::changed(merged.text, report))
        }
        Step::InferSchema => {
            let mut inference = Inference::default();
            inference.add(text, Source::Is(Format::Json), options, budget)?;
            Ok(Outcome::changed(inference.schema(), Report::default()))
        }
    }
}

fn check_schema(
    schema: &Schema,
    text: &[u8],
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Outcome, Error> {
    let verdict = schema.check(text, Source::Is(Format::Json), Output::Basic, options, budget)?;
    if !verdict.valid {
        return Err(Error::Invalid(Box::new(verdict.report)));
    }
    Ok(Outcome { text: None, report: verdict.report, rounded: 0 })
}
