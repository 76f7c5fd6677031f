//! What operators ask of a shard.

use super::{Probe, Shard};
use crate::{Explanation, HotKey};

impl Shard {
    /// Why a key is there, or why not.
    pub(in crate::local) fn explain(&self, probe: Probe<'_>) -> Explanation {
        self.lock().explain(&self.map, probe, self.clock.now())
    }

    /// Adds the keys that are used most, in no order.
    pub(in crate::local) fn hot(&self, found: &mut Vec<HotKey>) {
        self.lock().hot(&self.map, self.clock.now(), found);
    }
}
