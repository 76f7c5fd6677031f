//! Infer: a schema that all samples satisfy, as narrow as the samples suggest.
//!
//! Promise: every sample is what the schema asks for; what was learned of two sets of samples merges to what one learns of
//! both. Cost: a pass over each sample; memory by the different shapes, under the budget.

mod formats;
mod objects;
mod shape;

use super::run::Run;
use crate::budget::Meter;
use crate::convert::build::Keep;
use crate::convert::{self, Source};
use crate::document::{Document, Key, Members};
use crate::input::Input;
use crate::{Budget, Error, ScanOptions};
use shape::Shape;

/// What was learned of samples.
#[derive(Debug, Clone, Default)]
pub struct Inference {
    shape: Shape,
}

impl Inference {
    /// Learns from `sample`, written in `from`; of a stream from each document. Fails where it cannot be read, and on
    /// limits and budget; then nothing of the document that was stopped at is certain, so begin anew.
    pub fn add(
        &mut self,
        sample: &[u8],
        from: Source,
        scan: &ScanOptions,
        budget: &Budget,
    ) -> Result<(), Error> {
        let (_, content) = convert::read(sample, from, Keep::Nothing, scan, budget)?;
        for (document, _) in super::documents(&content) {
            self.learn(document, budget)?;
        }
        Ok(())
    }

    /// As [`Inference::add`], from a sample in JSON.
    pub(crate) fn add_input(
        &mut self,
        sample: &mut Input<'_>,
        scan: &ScanOptions,
        budget: &Budget,
    ) -> Result<(), Error> {
        let (document, _) = convert::look(sample, scan, budget)?;
        self.learn(document, budget)
    }

    fn learn(&mut self, document: &Document, budget: &Budget) -> Result<(), Error> {
        Run::of(Meter::open(budget)?, 0, |run| self.shape.add(document, run))
    }

    /// Learns what `other` learned.
    pub fn merge(&mut self, other: Inference) {
        self.shape.merge(other.shape);
    }

    /// How many samples there were.
    pub fn samples(&self) -> u64 {
        self.shape.count
    }

    /// The schema, of draft 2020-12, as JSON without white space. Without samples it allows everything.
    pub fn schema(&self) -> Vec<u8> {
        let mut members = Members::default();
        let uri = "https://json-schema.org/draft/2020-12/schema";
        members.insert(Key::Text("$schema".into()), Document::Str(uri.into()));
        self.shape.describe(&mut members);
        let mut out = Vec::new();
        crate::write::document(&Document::Obj(members.into()), &mut out);
        out
    }
}
