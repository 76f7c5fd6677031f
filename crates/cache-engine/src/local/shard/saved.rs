//! What a snapshot needs of a shard.

use super::{Probe, Shard};
use crate::{Entry, Found, policy::Cost, scan::Filter};

impl Shard {
    /// As [`Shard::visit`], with what each entry took to make.
    pub(in crate::local) fn visit_to_save(
        &self,
        from: u32,
        limit: u32,
        filter: &Filter<'_>,
        to: &mut Vec<(Found, Cost)>,
    ) -> Option<u32> {
        let mut found = Vec::with_capacity(limit as usize);
        let kept = self.kept.lock();
        let next = kept.visit(&self.map, from..from.saturating_add(limit), filter, &mut found);
        to.extend(found.into_iter().map(|found| {
            let cost = kept.cost_of(&found);
            (found, cost)
        }));
        next
    }

    /// Puts an entry back, unless a later one is there.
    pub(in crate::local) fn restore(&self, probe: Probe<'_>, entry: Entry, cost: Cost) {
        let mut kept = self.kept.lock();
        let now = self.clock.now();
        let current = kept.current(&self.map, probe, now);
        if current.as_ref().is_none_or(|there| there.version() < entry.version()) {
            let handle = kept.put(&self.map, probe, current, entry, now);
            kept.set_cost(handle, cost);
        }
    }
}
