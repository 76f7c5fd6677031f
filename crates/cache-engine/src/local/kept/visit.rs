//! A walk over what is kept, in the order of handles.
//!
//! An entry has one handle from the moment when it comes to the moment when it goes, however often it is written
//! meanwhile: a walk that is interrupted and goes on behind the last handle meets what stays exactly once.

use std::ops::Range;

use super::{Kept, Map, Probe};
use crate::{
    Found,
    policy::{Cost, Handle},
    scan::Filter,
};

impl Kept {
    /// Adds to `found` the entries of these handles that are there and wanted; says where to go on, `None` at the end.
    pub(in crate::local) fn visit(
        &self,
        map: &Map,
        handles: Range<u32>,
        filter: &Filter<'_>,
        found: &mut Vec<Found>,
    ) -> Option<u32> {
        let end = handles.end.min(self.policy.handles());
        for index in handles.start..end {
            let Some((hash, key)) = self.policy.owner(Handle::from_index(index)) else { continue };
            if !filter.wants_key(key) {
                continue;
            }
            let Some(entry) = map.get(Probe::of(hash, key)) else { continue };
            if !self.is_over(&entry, filter.now) && filter.wants(&entry) {
                found.push(Found { key: key.clone(), entry });
            }
        }
        (end < self.policy.handles()).then_some(end)
    }

    /// What an entry that was just visited took to make.
    pub(in crate::local) fn cost_of(&self, found: &Found) -> Cost {
        self.policy.cost(found.entry.handle())
    }
}
