//! Find: what a pointer or a JSONPath selects from a document that is in memory already.
//!
//! Promise: the values of [`Query::run`] without white space, in its order, each with its normalized path and its pointer.
//! Cost: no parse; the pointer or the program, and writing what was found.

use super::located::Size;
use super::{Program, Query};
use crate::answer::written;
use crate::budget::{Budget, Meter};
use crate::document::Document;
use crate::error::Error;

/// What a value that was found counts of the answer besides its texts.
const FOUND_BYTES: u64 = 32;

/// A value that was selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Normalized path, RFC 9535 section 2.7.
    pub path: String,
    /// JSON Pointer.
    pub pointer: String,
    /// The value, without white space.
    pub text: Vec<u8>,
}

impl Query {
    /// Runs a pointer or a JSONPath on `document`; texts, paths and pointers together have at most `max_output_bytes`. Fails
    /// with [`Error::PointerNotFound`], over the limit and the budget, and with [`Error::Option`] for the languages that
    /// make values of their own.
    pub fn find(
        &self,
        document: &Document,
        max_output_bytes: u64,
        budget: &Budget,
    ) -> Result<Vec<Found>, Error> {
        if matches!(self.0, Program::JmesPath(_) | Program::Jq(_)) {
            let message = "its values stand nowhere in the document".to_owned();
            return Err(Error::Option { name: "lang", message, allowed: "pointer, jsonpath" });
        }
        let meter = Meter::open(budget)?;
        let mut size = Size::new(max_output_bytes, &meter);
        let mut all = Vec::new();
        for (value, link) in self.locate(document, &meter)? {
            let (path, pointer) = (link.normalized(), link.pointer());
            let text = written(value, max_output_bytes, &meter)?;
            size.add(FOUND_BYTES + (path.len() + pointer.len() + text.len()) as u64)?;
            all.push(Found { path, pointer, text });
        }
        Ok(all)
    }
}
