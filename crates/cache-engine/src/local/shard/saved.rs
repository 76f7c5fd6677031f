//! What a snapshot needs of a shard.

use super::{Probe, Shard};
use crate::Entry;

impl Shard {
    /// Puts an entry back, unless a later one is there.
    pub(in crate::local) fn restore(&self, probe: Probe<'_>, entry: Entry) {
        let mut kept = self.kept.lock();
        let now = self.clock.now();
        let current = kept.current(&self.map, probe, now);
        if current.as_ref().is_none_or(|there| there.version() < entry.version()) {
            kept.put(&self.map, probe, current, entry, now);
        }
    }
}
