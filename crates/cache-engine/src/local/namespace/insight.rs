//! What operators ask of a namespace.

use super::{Namespace, Probe};
use crate::{Explanation, HotKey, Key};

impl Namespace {
    /// Why a key is there, or why not.
    pub(in crate::local) fn explain(&self, key: &Key) -> Explanation {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).explain(probe)
    }

    /// The keys that are used most, at most `top` of them, the most used first.
    pub(in crate::local) fn hot_keys(&self, top: usize) -> Vec<HotKey> {
        let mut found = Vec::new();
        self.shards.iter().for_each(|shard| shard.hot(&mut found));
        found.sort_by(|one, other| other.uses.cmp(&one.uses).then_with(|| one.key.cmp(&other.key)));
        found.truncate(top);
        found
    }
}
