//! Reads by a key.

use super::Machine;
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
        let (to, from) = (self.stack.pop(), self.stack.pop());
        self.index(access::slice_key(&from, &to))
    }
}
