//! Failures: what a check found, before its places are known.
//!
//! Cost: at most as many are kept as are shown; all are counted.

use std::ops::Range;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;

use super::{Output, message};
use crate::Spans;
use crate::document::Document;
use crate::pointer::{Pointer, escape};

/// One failure.
pub(super) struct Failure {
    pub(super) pointer: String,
    pub(super) place: Range<usize>,
    pub(super) record: u64,
    pub(super) schema_pointer: String,
    pub(super) keyword: String,
    pub(super) message: String,
    /// Why it is one, under [`Output::Detailed`].
    pub(super) causes: Vec<Failure>,
}

/// The failures of the documents of a source.
pub(super) struct Failures<'d> {
    output: Output,
    /// How many more may be kept, causes included.
    room: usize,
    pub(super) kept: Vec<Failure>,
    pub(super) total: u64,
    present: Option<(&'d Document, Option<&'d Spans>)>,
    record: u64,
}

impl<'d> Failures<'d> {
    pub(super) fn new(output: Output, most: u32) -> Failures<'d> {
        let (kept, room) = (Vec::new(), most.max(1) as usize);
        Failures { output, room, kept, total: 0, present: None, record: 0 }
    }

    /// What follows is about `document`.
    pub(super) fn enter(&mut self, document: &'d Document, spans: Option<&'d Spans>, record: u64) {
        (self.present, self.record) = (Some((document, spans)), record);
    }

    /// Adds a failure, and under [`Output::Detailed`] within it those that led to it.
    pub(super) fn add(&mut self, error: &ValidationError<'_>) {
        self.total += 1;
        let failure = self.kept_failure(error);
        self.kept.extend(failure);
    }

    /// The failure with its causes, as far as there is room. Recurses by the depth of the failure, which the run bounds.
    fn kept_failure(&mut self, error: &ValidationError<'_>) -> Option<Failure> {
        self.room = self.room.checked_sub(1)?;
        let mut failure = self.failure(error);
        if self.output != Output::Detailed {
            return Some(failure);
        }
        if let ValidationErrorKind::AnyOf { context }
        | ValidationErrorKind::OneOfNotValid { context }
        | ValidationErrorKind::OneOfMultipleValid { context } = error.kind()
        {
            let causes = context.iter().flatten().map_while(|inner| self.kept_failure(inner));
            failure.causes = causes.collect();
        }
        Some(failure)
    }

    /// Adds a failure that the library does not know.
    pub(super) fn add_own(&mut self, failure: Failure) {
        self.total += 1;
        self.kept.push(failure);
    }

    /// A failure of the value at `pointer` that says nothing yet.
    pub(super) fn at(&self, pointer: String) -> Failure {
        let place = self.place(&pointer, None);
        let (schema_pointer, keyword, message, causes) = Default::default();
        Failure { pointer, place, record: self.record, schema_pointer, keyword, message, causes }
    }

    fn failure(&self, error: &ValidationError<'_>) -> Failure {
        let pointer = error.instance_path().as_str().to_owned();
        let unexpected = self.unexpected(error);
        let place = self.place(&pointer, unexpected.first());
        let message = if unexpected.is_empty() {
            message::message(error.kind())
        } else {
            message::members(&unexpected)
        };
        Failure {
            pointer,
            place,
            record: self.record,
            schema_pointer: error.schema_path().as_str().to_owned(),
            keyword: message::keyword(error),
            message,
            causes: Vec::new(),
        }
    }

    /// The members that must not be there.
    fn unexpected(&self, error: &ValidationError<'_>) -> Vec<String> {
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected.clone(),
            // Where no member is allowed, the library names none.
            ValidationErrorKind::FalseSchema
                if error.schema_path().as_str().ends_with("/additionalProperties") =>
            {
                self.members(error.instance_path().as_str())
            }
            _ => Vec::new(),
        }
    }

    fn members(&self, pointer: &str) -> Vec<String> {
        let value = self.present.and_then(|(document, _)| Pointer::parse(pointer).ok()?.get(document).ok());
        match value {
            Some(Document::Obj(members)) => members.keys().map(|key| key.literal().to_owned()).collect(),
            _ => Vec::new(),
        }
    }

    /// A member that must not be there is shown by its key, everything else by the value.
    fn place(&self, pointer: &str, unexpected: Option<&String>) -> Range<usize> {
        let Some((document, Some(spans))) = self.present else {
            return 0..0;
        };
        let key =
            unexpected.map(|name| spans.nearest(document, &format!("{pointer}/{}", escape(name))).key());
        match key {
            Some(key) if !key.is_empty() => key,
            Some(_) | None => spans.nearest(document, pointer).value(),
        }
    }
}
