//! Counts: whether there may be a link at a place, without a lock.
//!
//! Promise: a place that has a link is never missed, if the link was added before the change. Who adds a link fences and then
//! reads its source; who changes an entry makes that visible, fences and then looks here. So one of them sees the other.

use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU32, Ordering, fence},
};

use super::Link;
use crate::{Key, NamespaceName};

/// Counters, a power of two; places that share one are looked up in vain.
const COUNTERS: usize = 8_192;

/// A counting filter over the sources and targets of all links.
pub(super) struct Counts {
    hasher: RandomState,
    links: AtomicU32,
    counters: Box<[AtomicU32]>,
}

impl Counts {
    pub(super) fn new() -> Self {
        let counters = (0..COUNTERS).map(|_| AtomicU32::new(0)).collect();
        Self { hasher: RandomState::new(), links: AtomicU32::new(0), counters }
    }

    pub(super) fn add(&self, link: &Link) {
        self.links.fetch_add(1, Ordering::AcqRel);
        for (namespace, key) in [&link.source, &link.target] {
            self.counter(namespace, key).fetch_add(1, Ordering::AcqRel);
        }
    }

    pub(super) fn remove(&self, link: &Link) {
        self.links.fetch_sub(1, Ordering::AcqRel);
        for (namespace, key) in [&link.source, &link.target] {
            self.counter(namespace, key).fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// Stands between a link that was added and the reading of its source.
    pub(super) fn fence(&self) {
        fence(Ordering::SeqCst);
    }

    /// Whether there is no link at all. To be called after a change can be seen.
    pub(super) fn are_empty(&self) -> bool {
        fence(Ordering::SeqCst);
        self.links.load(Ordering::Acquire) == 0
    }

    /// Whether there may be a link from or to this place. To be called after its change can be seen.
    pub(super) fn may_have(&self, namespace: &NamespaceName, key: &Key) -> bool {
        !self.are_empty() && self.counter(namespace, key).load(Ordering::Acquire) > 0
    }

    fn counter(&self, namespace: &NamespaceName, key: &Key) -> &AtomicU32 {
        let hash = self.hasher.hash_one((namespace, key));
        &self.counters[usize::try_from(hash % COUNTERS as u64).expect("below the number of counters")]
    }
}
