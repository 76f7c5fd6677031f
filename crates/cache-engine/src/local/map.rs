//! The map of a shard: which entry a key has.
//!
//! One of two: moka, in which a read takes no lock, or a compact one with half the memory an entry, in which it takes
//! one that only a change of the same 64th of the shard holds. Neither has a capacity or a policy of its own.

use moka::sync::Cache;

use super::{
    hashed::{AsItIs, Hashed, Probe},
    table::Table,
};
use crate::Entry;

/// What a store keeps its entries in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapKind {
    /// The map of moka. A read waits for nobody, but does some of the housekeeping.
    #[default]
    Moka,
    /// Small hash tables: half the memory an entry, and no housekeeping.
    Compact,
}

impl MapKind {
    /// Bytes that an entry is charged on top of its key, body and media type, for map, list nodes, counts and index.
    ///
    /// Measured by `examples/memory.rs` as resident memory of a million entries: on moka 402 bytes without an end of
    /// life and 446 with one, in compact maps 222 and 260.
    ///
    /// The charge is the larger and a margin: 18 bytes on moka, since a whole service took 10 to 18 an entry more than the
    /// example, 4 in compact maps. Too much leaves room unused; too little lets a service outgrow its limit.
    #[must_use]
    pub const fn entry_overhead_bytes(self) -> u64 {
        match self {
            Self::Moka => 464,
            Self::Compact => 264,
        }
    }
}

/// Entries by key. Whoever changes it holds the lock of its shard.
pub(super) enum Map {
    Moka(Cache<Hashed, Entry, AsItIs>),
    Compact(Table),
}

impl Map {
    pub(super) fn new(kind: MapKind) -> Self {
        match kind {
            MapKind::Moka => Self::Moka(Cache::builder().build_with_hasher(AsItIs::default())),
            MapKind::Compact => Self::Compact(Table::new()),
        }
    }

    pub(super) fn get(&self, probe: Probe<'_>) -> Option<Entry> {
        match self {
            Self::Moka(cache) => cache.get(&probe),
            Self::Compact(table) => table.get(probe),
        }
    }

    /// Puts an entry there, also in the place of another one.
    pub(super) fn insert(&self, probe: Probe<'_>, entry: Entry) {
        match self {
            Self::Moka(cache) => cache.insert(probe.to_hashed(), entry),
            Self::Compact(table) => drop(table.insert(probe, entry)),
        }
    }

    pub(super) fn remove(&self, probe: Probe<'_>) -> Option<Entry> {
        match self {
            Self::Moka(cache) => cache.remove(&probe),
            Self::Compact(table) => table.remove(probe),
        }
    }

    /// Works off the backlog: moka notes what was written and removed, and lets go of it only afterwards, in this call or
    /// in one of the next reads, which then takes as long as the backlog is long.
    pub(super) fn settle(&self) {
        match self {
            Self::Moka(cache) => cache.run_pending_tasks(),
            Self::Compact(_) => {}
        }
    }

    #[cfg(test)]
    pub(super) fn entries(&self) -> Vec<Entry> {
        match self {
            Self::Moka(cache) => cache.iter().map(|(_, entry)| entry).collect(),
            Self::Compact(table) => table.entries(),
        }
    }
}
