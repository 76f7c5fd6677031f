//! Another room for a shard, at run time.

use super::{Kept, Map};
use crate::{Timestamp, quota::Quota};

impl Kept {
    /// Gives it another room. Throws nothing out: see [`Kept::trim`].
    pub(in crate::local) fn resize(&mut self, quota: &Quota) {
        self.slack_bytes = quota.slack_bytes;
        self.policy.set_capacity(quota.room);
        self.insight.resize(quota.shard_past as usize); // at most 1,024
    }

    /// Throws out at most [`BATCH`](crate::policy::BATCH) entries of what is above the room; says how many.
    pub(in crate::local) fn trim(&mut self, map: &Map, now: Timestamp) -> usize {
        self.policy.trim(&mut self.victims);
        let gone = self.victims.len();
        if gone == 0 {
            return 0;
        }
        let before = self.counts.evictions;
        self.evict(map, now);
        self.counts.reclaims += self.counts.evictions - before;
        self.counts.evictions = before;
        self.settle(map);
        gone
    }
}
