//! What is computed from other entries.

use super::{
    super::dependencies::{LINK_BYTES, Link},
    Namespace, Probe,
};
use crate::{Draft, Entry, Error, Guard, Key, Timestamp, Version, life::Span, local::Derived, policy::Cost};

impl Namespace {
    /// Writes what was computed, to end when its source ends, unless that or the entry itself has changed.
    pub(in crate::local) fn set_derived(
        &self,
        draft: Draft,
        link: &Link,
        guard: &Guard,
        source_ends: Option<Timestamp>,
    ) -> Result<Derived, Error> {
        let key = &link.target.1;
        let link_bytes = LINK_BYTES + link.source.1.as_str().len() as u64;
        let charge = self.charge(key, &draft.value, draft.extra_bytes() + link_bytes)?;
        let cost = draft.cost.map_or(Cost::UNKNOWN, Cost::of);
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).set_guarded(probe, guard, cost, |now| {
            let span = until(self.begin(&draft.life, now), source_ends);
            let marks = self.epochs.marks(&draft.tags);
            let entry = Entry::derived(draft.value, guard.since, span, marks, charge);
            let is_good = !self.epochs.is_void(&entry) && link.arm(entry.version(), source_ends);
            is_good.then_some(entry)
        })
    }

    /// Takes out what was computed, if it still has this version.
    pub(in crate::local) fn take_derived(&self, key: &Key, version: Version) {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).take_derived(probe, version);
    }

    /// Whether there is an entry. No use of it.
    pub(in crate::local) fn has(&self, key: &Key) -> bool {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).has(probe)
    }

    /// Whether the entry has this version. No use of it.
    pub(in crate::local) fn has_version(&self, key: &Key, version: Version) -> bool {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).has_version(probe, version)
    }
}

fn until(span: Span, source_ends: Option<Timestamp>) -> Span {
    let ends = match (span.ends, source_ends) {
        (Some(own), Some(source)) => Some(own.min(source)),
        (own, source) => own.or(source),
    };
    Span { ends, ..span }
}
