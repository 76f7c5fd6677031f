//! Reached: what the references of one schema lead to, as far as there is effort and time for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jsonschema::{Retrieve, Uri};
use serde_json::Value;

use super::{Registered, carry, effort};
use crate::budget::{Budget, Meter};
use crate::document::Document;
use crate::error::Error;

/// The registered schemas, and what has been reached of them.
#[derive(Debug)]
pub(super) struct Reached {
    registered: Registered,
    budget: Budget,
    so_far: Mutex<SoFar>,
}

#[derive(Debug)]
struct SoFar {
    effort: u64,
    /// States of the patterns for names.
    states: u64,
    /// Why no more is let through.
    stopped: Option<Error>,
}

impl Reached {
    /// Begins with the `effort` of the schema itself.
    pub(super) fn new(registered: Registered, effort: u64, budget: Budget) -> Reached {
        let so_far = Mutex::new(SoFar { effort, states: 0, stopped: None });
        Reached { registered, budget, so_far }
    }

    /// Why the schema could not be compiled, if it was for want of effort or time.
    pub(super) fn stopped(&self) -> Option<Error> {
        self.so_far().stopped.clone()
    }

    /// States of all patterns for names, those of `schema` itself included.
    pub(super) fn states(&self, schema: &Document) -> u64 {
        self.so_far().states.saturating_add(effort::states_of_names(schema))
    }

    fn so_far(&self) -> MutexGuard<'_, SoFar> {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, schema: &Document) -> Result<(), Error> {
        let meter = Meter::open(&self.budget)?;
        let more = effort::of(schema, &meter)?;
        let mut so_far = self.so_far();
        so_far.effort = so_far.effort.saturating_add(more);
        so_far.states = so_far.states.saturating_add(effort::states_of_names(schema));
        effort::within(so_far.effort)
    }
}

/// What the library asks.
pub(super) struct Through(pub(super) Arc<Reached>);

/// Why a reference leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("it is not registered")]
struct NotReached;

impl Retrieve for Through {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let schema = self.0.registered.find(uri.as_str()).ok_or(NotReached)?;
        if let Err(error) = self.0.add(schema) {
            self.0.so_far().stopped = Some(error);
            return Err(Box::new(NotReached));
        }
        Ok(carry::value(schema))
    }
}
