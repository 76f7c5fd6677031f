//! What is computed, stored only while nobody wrote its key.

use super::{Change, Shard, policy::Cost};
use crate::{
    Derived, Entry, Error, Guard, Timestamp, Version,
    local::{dependencies::Told, hashed::Probe},
};

impl Shard {
    /// Puts up a guard; `next` gives its version, under the lock, so that it is above all that the key had.
    pub(in crate::local) fn guard(&self, probe: Probe<'_>, next: impl FnOnce() -> Version) -> Guard {
        let mut kept = self.kept.lock();
        kept.guards.put_up(probe.key, next())
    }

    /// Whether nobody has written or removed the key since.
    pub(in crate::local) fn stands(&self, probe: Probe<'_>, guard: &Guard) -> bool {
        self.kept.lock().guards.stands(probe.key, guard)
    }

    /// Writes the entry that `make` gives for this moment, if the guard stands; `None` of `make` is as if it did not.
    pub(in crate::local) fn set_guarded(
        &self,
        probe: Probe<'_>,
        guard: &Guard,
        cost: Cost,
        make: impl FnOnce(Timestamp) -> Option<Entry>,
    ) -> Result<Derived, Error> {
        let (answer, told) = self.change_guarded(probe, guard, cost, make)?;
        self.teller.tell(probe.key, told);
        Ok(answer)
    }

    fn change_guarded(
        &self,
        probe: Probe<'_>,
        guard: &Guard,
        cost: Cost,
        make: impl FnOnce(Timestamp) -> Option<Entry>,
    ) -> Result<(Derived, Told), Error> {
        let mut kept = self.lock();
        if !kept.guards.stands(probe.key, guard) {
            return Ok((Derived::Overtaken, Told::Nothing));
        }
        self.change_under(&mut kept, probe, |_, now| match make(now) {
            Some(entry) => (Change::Put(entry.clone(), cost), Derived::Stored(entry)),
            None => (Change::Keep, Derived::Overtaken),
        })
    }
}
