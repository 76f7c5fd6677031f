//! What is computed while others may write the same key.

use super::{Namespace, Probe};
use crate::{Draft, Entry, Error, Guard, Key, local::Derived, policy::Cost};

impl Namespace {
    /// Puts up a guard.
    pub(in crate::local) fn guard(&self, key: &Key) -> Guard {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).guard(probe, || self.versions.next())
    }

    /// Whether nobody has written or removed the key since.
    pub(in crate::local) fn stands(&self, key: &Key, guard: &Guard) -> bool {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).stands(probe, guard)
    }

    /// Writes what was computed, unless the entry has changed since the guard was put up.
    pub(in crate::local) fn set_guarded(
        &self,
        key: &Key,
        draft: Draft,
        guard: &Guard,
    ) -> Result<Derived, Error> {
        let charge = self.charge(key, &draft.value, draft.extra_bytes())?;
        let cost = draft.cost.map_or(Cost::UNKNOWN, Cost::of);
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).set_guarded(probe, guard, cost, |now| {
            let span = self.begin(&draft.life, now);
            let marks = self.epochs.marks(&draft.tags);
            let entry = Entry::new(draft.value, guard.since, span, marks, charge);
            (!self.epochs.is_void(&entry)).then_some(entry)
        })
    }
}
