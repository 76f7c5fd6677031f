//! Select: a query on a document that is in memory already.
//!
//! Promise: the values are those of [`Query::run`]. Cost: the query alone; what it finds is borrowed or shared, never copied.
//! For jq the document is written too, since its limits are those of a text.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Program, Query, jq::Jq};
use crate::answer::written;
use crate::budget::{Budget, Meter};
use crate::document::Document;
use crate::error::Error;
use crate::input::{Input, Values, Wanted};
use crate::{Limits, ScanOptions};

/// What a query selected.
#[derive(Debug, Clone)]
pub enum Selected<'d> {
    /// The value of a pointer or of JMESPath.
    One(Cow<'d, Document>),
    /// The values that JSONPath selected, in order.
    Nodes(Vec<&'d Document>),
    /// The values that jq made, in order.
    Values(Vec<Document>),
}

impl Selected<'_> {
    /// As one document: several values are an array. Costs a reference count a value.
    pub fn into_document(self) -> Document {
        match self {
            Selected::One(value) => value.into_owned(),
            Selected::Nodes(nodes) => Document::Arr(Arc::new(nodes.into_iter().cloned().collect())),
            Selected::Values(values) => Document::Arr(Arc::new(values)),
        }
    }
}

impl Query {
    /// Runs it on `document`. Fails over the budget and on the limits of the program, for pointer when nothing is there,
    /// and for JMESPath on a value of a type that a function does not take.
    pub fn select<'d>(
        &self,
        document: &'d Document,
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Selected<'d>, Error> {
        let meter = Meter::open(budget)?;
        match &self.0 {
            Program::Pointer(pointer) => pointer.get(document).map(Cow::Borrowed).map(Selected::One),
            Program::JsonPath(path) => path.select(document, &meter).map(Selected::Nodes),
            Program::JmesPath(program) => {
                program.evaluate(document, limits, &meter).map(Cow::Owned).map(Selected::One)
            }
            Program::Jq(program) => select_by_text(program, document, limits, budget),
        }
    }
}

fn select_by_text<'d>(
    program: &Jq,
    document: &Document,
    limits: &Limits,
    budget: &Budget,
) -> Result<Selected<'d>, Error> {
    let meter = Meter::open(budget)?;
    let options = ScanOptions { limits: *limits, ..ScanOptions::default() };
    let text = written(document, limits.max_bytes, &meter)?;
    let mut input = Input::with(&text, Values::of(Some(document.clone())));
    let (answer, values) = program.run(&mut input, Wanted::Values, &options, budget)?;
    let (results, _) = Input::with(&answer.text, Values::of(values)).take(&options)?;
    match results {
        Document::Arr(values) => Ok(Selected::Values(Arc::unwrap_or_clone(values))),
        other => Ok(Selected::One(Cow::Owned(other))),
    }
}
