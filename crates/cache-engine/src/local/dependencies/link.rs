//! One link: which entry was computed from which.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Place, Told};
use crate::{Timestamp, Version};

/// Bytes that a link takes besides the keys of its source.
pub(in crate::local) const LINK_BYTES: u64 = 300;

/// What is computed is not stored yet.
const PENDING: u64 = 0;

/// Beside the version: the source has changed, or the entry is another one. For ever.
const CUT: u64 = 1 << 63;

/// From `source` to what is computed from it.
pub(in crate::local) struct Link {
    pub(in crate::local) source: Place,
    pub(in crate::local) target: Place,
    /// [`PENDING`] or the version that was stored; and [`CUT`].
    state: AtomicU64,
    /// When the source ends, as nanoseconds of a [`Timestamp`].
    ends: AtomicU64,
}

impl Link {
    pub(super) fn new(source: Place, target: Place) -> Self {
        let ends = AtomicU64::new(Timestamp::NEVER.as_nanos());
        Self { source, target, state: AtomicU64::new(PENDING), ends }
    }

    /// Takes note that `version` is about to be stored; to be called under the lock of its shard. `false`: the link is cut, and it
    /// must not be stored.
    pub(in crate::local) fn arm(&self, version: Version, ends: Option<Timestamp>) -> bool {
        self.ends.store(ends.unwrap_or(Timestamp::NEVER).as_nanos(), Ordering::Release);
        self.state.compare_exchange(PENDING, version.get(), Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Cuts it; gives the version that was stored, to everyone who does, since the first may not have taken it out yet.
    pub(super) fn cut(&self) -> Option<Version> {
        version(self.state.fetch_or(CUT, Ordering::AcqRel))
    }

    pub(super) fn is_cut(&self) -> bool {
        self.state.load(Ordering::Acquire) & CUT != 0
    }

    pub(super) fn is_pending(&self) -> bool {
        self.state.load(Ordering::Acquire) == PENDING
    }

    /// The version that was stored.
    pub(super) fn version(&self) -> Option<Version> {
        version(self.state.load(Ordering::Acquire))
    }

    /// Whether what was told of its target is not what was stored.
    pub(super) fn is_of_another(&self, told: Told) -> bool {
        let Some(stored) = self.version() else { return false };
        match told {
            Told::Nothing => false,
            Told::Removed(version) => version >= stored,
            Told::Written(version, _) => version > stored,
        }
    }

    /// Whether its target is to live longer than its source.
    pub(super) fn would_be_outlived(&self, told: Told) -> bool {
        let Told::Written(version, ends) = told else { return false };
        let source_ends = self.ends.load(Ordering::Acquire);
        self.version() == Some(version) && ends.unwrap_or(Timestamp::NEVER).as_nanos() > source_ends
    }
}

fn version(state: u64) -> Option<Version> {
    Version::new(state & !CUT).ok()
}
