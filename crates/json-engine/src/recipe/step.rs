//! The steps of a recipe: each takes a text and gives one.
//!
//! Promise: a step gives a whole text or an error. Cost: that of the operation.

use std::sync::Arc;

use super::conflict;
use crate::budget::{Budget, Meter};
use crate::convert::{ConvertOptions, Format, Source, convert_input};
use crate::document::Document;
use crate::input::{Input, Values, Wanted};
use crate::patch::{DiffOptions, DiffOutput, Patch, ThreeWayOptions};
use crate::patch::{diff_input, merge_input, three_way_input};
use crate::query::Query;
use crate::schema::{Inference, Schema};
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

    /// Whether it takes the values of its document, if they are at hand: what it works on, where that is read as JSON.
    pub(super) fn takes_values(&self) -> bool {
        match self {
            Step::Convert(how) => how.from == Source::Is(Format::Json) && self.works_on_values(),
            Step::Query(_)
            | Step::Patch(_)
            | Step::Merge(_)
            | Step::ThreeWay { .. }
            | Step::Diff { .. }
            | Step::CheckSchema(_)
            | Step::InferSchema
            | Step::Validate { .. }
            | Step::Format { .. } => self.works_on_values(),
        }
    }

    /// Whether it works on the values of its document; else on its text.
    pub(super) fn works_on_values(&self) -> bool {
        match self {
            Step::Query(query) => query.works_on_values(),
            Step::Convert(how) => how.from != Source::Is(Format::Json) || how.to != Format::Json,
            Step::Patch(_)
            | Step::Merge(_)
            | Step::ThreeWay { .. }
            | Step::Diff { .. }
            | Step::CheckSchema(_)
            | Step::InferSchema => true,
            Step::Validate { .. } | Step::Format { .. } => false,
        }
    }

    /// Whether the values of its answer are at hand when it is done.
    pub(super) fn gives_values(&self) -> bool {
        match self {
            Step::Query(query) => query.works_on_values(),
            Step::Patch(_) | Step::Merge(_) | Step::ThreeWay { .. } | Step::CheckSchema(_) => true,
            Step::Validate { .. }
            | Step::Format { .. }
            | Step::Convert(_)
            | Step::Diff { .. }
            | Step::InferSchema => false,
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
    /// The new text and what is at hand of its values, or `None` where both stay.
    pub(super) changed: Option<(Vec<u8>, Values)>,
    pub(super) report: Report,
    /// Warnings of the report about numbers that the step changed.
    pub(super) rounded: u64,
}

impl Outcome {
    fn same(report: Report) -> Outcome {
        Outcome { changed: None, report, rounded: 0 }
    }

    fn written(text: Vec<u8>, report: Report) -> Outcome {
        Outcome::made(text, None, report)
    }

    /// A text that was written from `document`.
    fn made(text: Vec<u8>, document: Option<Document>, report: Report) -> Outcome {
        Outcome { changed: Some((text, Values::of(document))), report, rounded: 0 }
    }
}

/// Runs `step` on `input`. The values of the answer are given where they are wanted.
pub(super) fn run(
    step: &Step,
    input: &mut Input<'_>,
    wanted: Wanted,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Outcome, Error> {
    let text = input.text();
    match step {
        Step::Validate { duplicate_keys, profile } => {
            let options = ScanOptions { duplicate_keys: *duplicate_keys, profile: *profile, ..*options };
            let report = validate(text, &options)?;
            if !report.is_valid() {
                return Err(Error::Invalid(Box::new(report)));
            }
            Ok(Outcome::same(report))
        }
        Step::Format { how, duplicate_keys } => {
            let formatted = format(text, how, &ScanOptions { duplicate_keys: *duplicate_keys, ..*options })?;
            let rounded = formatted.rounded;
            Ok(Outcome { rounded, ..Outcome::written(formatted.text, formatted.report) })
        }
        Step::CheckSchema(schema) => check_schema(schema, input, options, budget),
        Step::Query(query) => {
            let (answer, values) = query.run_input(input, wanted, options, budget)?;
            Ok(Outcome::made(answer.text, values, answer.report))
        }
        Step::Convert(how) => {
            let converted = convert_input(input, how, options, budget)?;
            Ok(Outcome::written(converted.bytes, converted.report))
        }
        Step::Patch(patch) => {
            let (patched, values) = patch.apply_input(input, options, &Meter::open(budget)?)?;
            Ok(Outcome::made(patched.text, Some(values), patched.report))
        }
        Step::Merge(patch) => {
            let (merged, values) = merge_input(input, patch, options, budget)?;
            Ok(Outcome::made(merged.text, Some(values), merged.report))
        }
        Step::Diff { to, how } => {
            let diffed = diff_input(input, to, how, options, budget)?;
            Ok(Outcome::written(diffed.text, diffed.from))
        }
        Step::ThreeWay { base, theirs, how } => {
            let (merged, values) = three_way_input(base, input, theirs, how, options, budget)?;
            let report = conflict::report(text, &merged, options);
            Ok(Outcome::made(merged.text, Some(values), report))
        }
        Step::InferSchema => {
            let mut inference = Inference::default();
            inference.add_input(input, options, budget)?;
            Ok(Outcome::written(inference.schema(), Report::default()))
        }
    }
}

fn check_schema(
    schema: &Schema,
    input: &mut Input<'_>,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Outcome, Error> {
    let verdict = schema.check_input(input, options, budget)?;
    if !verdict.valid {
        return Err(Error::Invalid(Box::new(verdict.report)));
    }
    Ok(Outcome::same(verdict.report))
}
