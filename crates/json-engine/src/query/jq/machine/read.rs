//! Reads by a key.

use super::{Flow, Machine};
use crate::query::jq::access;
use crate::query::jq::fault::Fault;
use crate::query::jq::op::Index;
use crate::query::jq::val::Val;

impl Machine<'_> {
    #[inline]
    pub(super) fn field(&mut self, index: Index) -> Result<(), Fault> {
        let key = &self.program.consts[index as usize];
        if self.is_tracking() {
            return self.index(key.clone());
        }
        self.it = match key.as_text() {
            Some(name) => access::field(&self.it, name)?,
            None => access::index(&self.it, key)?,
        };
        Ok(())
    }

    /// `.[key]?`: what has no such key gives nothing. That `it` stands nowhere is an error all the same.
    pub(super) fn index_or_nothing(&mut self, key: Val) -> Result<Flow, Fault> {
        if self.is_tracking() {
            self.check_index(&key)?;
        }
        or_nothing(self.index(key))
    }

    /// `.name?`.
    pub(super) fn field_or_nothing(&mut self, index: Index) -> Result<Flow, Fault> {
        if self.is_tracking() {
            return self.index_or_nothing(self.program.consts[index as usize].clone());
        }
        or_nothing(self.field(index))
    }

    pub(super) fn index(&mut self, key: Val) -> Result<(), Fault> {
        if !self.is_tracking() {
            self.it = access::index(&self.it, &key)?;
            return Ok(());
        }
        self.check_index(&key)?;
        self.it = access::index(&self.it, &key)?;
        self.extend_track(key);
        Ok(())
    }

    pub(super) fn slice(&mut self) -> Result<(), Fault> {
        let key = self.slice_key();
        self.index(key)
    }

    pub(super) fn slice_key(&mut self) -> Val {
        let (to, from) = (self.stack.pop(), self.stack.pop());
        access::slice_key(&from, &to)
    }
}

fn or_nothing(outcome: Result<(), Fault>) -> Result<Flow, Fault> {
    match outcome {
        Ok(()) => Ok(Flow::Next),
        Err(Fault::Raise(_)) => Ok(Flow::Backtrack),
        Err(stop) => Err(stop),
    }
}
