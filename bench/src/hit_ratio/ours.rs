//! The policy of the cache engine.

use std::hash::{BuildHasher as _, RandomState};

use cache_engine::policy::{Cost, Handle, Policy, PolicyKind, Size, tag};

use super::Simulated;

pub(crate) struct Ours {
    policy: Policy<u32>,
    /// By key.
    handles: Vec<Option<Handle>>,
    victims: Vec<(u64, u32)>,
    hasher: RandomState,
    cost: fn(u32) -> Cost,
}

impl Ours {
    pub(crate) fn adaptive(entries: usize, keys: usize) -> Self {
        Self::with(PolicyKind::Adaptive, entries, keys)
    }

    pub(crate) fn lru(entries: usize, keys: usize) -> Self {
        Self::with(PolicyKind::Lru, entries, keys)
    }

    /// The same, told what a key takes to make.
    pub(crate) fn told_costs(self, cost: fn(u32) -> Cost) -> Self {
        Self { cost, ..self }
    }

    fn with(kind: PolicyKind, entries: usize, keys: usize) -> Self {
        let policy = Policy::new(kind, Size::bytes(entries as u64));
        Self {
            policy,
            handles: vec![None; keys],
            victims: Vec::new(),
            hasher: RandomState::new(),
            cost: |_| Cost::UNKNOWN,
        }
    }
}

impl Simulated for Ours {
    fn access(&mut self, key: u32) -> bool {
        let hash = self.hasher.hash_one(key);
        if let Some(handle) = self.handles[key as usize] {
            self.policy.on_hit(handle, tag(hash));
            return true;
        }
        let handle = self.policy.on_insert(hash, 1, key, &mut self.victims);
        self.policy.set_cost(handle, (self.cost)(key));
        self.handles[key as usize] = Some(handle);
        for (_, victim) in self.victims.drain(..) {
            self.handles[victim as usize] = None;
        }
        false
    }
}
