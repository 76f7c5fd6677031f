//! moka with a capacity of its own, as most of its users have it.

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::Simulated;

/// Reads after which it may work off what it has noted.
const READS: usize = 64;

pub(crate) struct Moka {
    cache: Cache<u32, ()>,
    reads: usize,
}

impl Moka {
    pub(crate) fn lru(entries: usize) -> Self {
        Self::with(EvictionPolicy::lru(), entries)
    }

    pub(crate) fn tiny_lfu(entries: usize) -> Self {
        Self::with(EvictionPolicy::tiny_lfu(), entries)
    }

    fn with(policy: EvictionPolicy, entries: usize) -> Self {
        let cache = Cache::builder().max_capacity(entries as u64).eviction_policy(policy).build();
        Self { cache, reads: 0 }
    }
}

impl Simulated for Moka {
    fn access(&mut self, key: u32) -> bool {
        let hit = self.cache.get(&key).is_some();
        self.reads += 1;
        if !hit {
            self.cache.insert(key, ());
        }
        if !hit || self.reads.is_multiple_of(READS) {
            self.cache.run_pending_tasks();
        }
        hit
    }
}
