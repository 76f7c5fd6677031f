//! Room for logs: what the logs of all namespaces may take together.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are promised to logs; one a store.
#[derive(Debug)]
pub(crate) struct LogRoom {
    taken: AtomicU64,
    most: u64,
}

impl LogRoom {
    /// For at most so many bytes.
    pub(crate) fn new(most: u64) -> Self {
        Self { taken: AtomicU64::new(0), most }
    }

    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// Takes so many; `false` if there are not as many left.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let more = |taken: u64| taken.checked_add(bytes).filter(|sum| *sum <= self.most);
        self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Gives back what was taken.
    pub(super) fn give_back(&self, bytes: u64) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }
}
