//! Copy: the registry of the cache service in memory.
//!
//! Promise: of two states of a name the later one stays, whichever is taken in first. Cost: a lock that is held for no longer than
//! a look-up or an insertion.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;
use tokio::sync::watch;

use super::super::Name;
use super::super::shelf::{Limits, Series, Shelf};

/// What is known of the cache service.
#[derive(Debug)]
pub(super) struct Copy {
    held: RwLock<Held>,
    generation: AtomicU64,
    /// Whether all was read once.
    is_whole: watch::Sender<bool>,
}

#[derive(Debug)]
struct Held {
    shelf: Shelf,
    /// The version in the cache service of each name.
    versions: HashMap<Name, u64>,
}

impl Copy {
    pub(super) fn new(limits: Limits) -> Self {
        let held = Held { shelf: Shelf::new(limits), versions: HashMap::new() };
        Self { held: RwLock::new(held), generation: AtomicU64::new(0), is_whole: watch::Sender::new(false) }
    }

    /// What there is, for as long as it is held.
    pub(super) fn read(&self) -> impl Deref<Target = Shelf> {
        parking_lot::RwLockReadGuard::map(self.held.read(), |held| &held.shelf)
    }

    /// A name and all its versions.
    pub(super) fn series(&self, name: &Name) -> Option<Series> {
        self.held.read().shelf.series(name).cloned()
    }

    /// The number of its newest version; 0 where there is none.
    pub(super) fn newest(&self, name: &Name) -> u64 {
        self.read().get(name, None).map_or(0, |version| version.entry.version)
    }

    /// The version in the cache service that is held; 0 where there is none.
    pub(super) fn held(&self, name: &Name) -> u64 {
        self.held.read().versions.get(name).copied().unwrap_or(0)
    }

    /// All names that are held, those that were deleted, too.
    pub(super) fn names(&self) -> Vec<Name> {
        self.held.read().versions.keys().cloned().collect()
    }

    /// Whether the copy has given numbers that `series` does not know of.
    pub(super) fn is_ahead_of(&self, name: &Name, series: &Series) -> bool {
        self.held.read().shelf.series(name).is_some_and(|held| held.last > series.last)
    }

    /// Takes in what the cache service has as `version`, unless a later one is held.
    pub(super) fn take(&self, name: &Name, series: Series, version: u64) {
        let mut held = self.held.write();
        if held.versions.get(name).is_some_and(|held| *held >= version) {
            return;
        }
        held.versions.insert(name.clone(), version);
        held.shelf.replace(name.clone(), series);
        drop(held);
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// All was read.
    pub(super) fn is_read(&self) {
        self.is_whole.send_replace(true);
    }

    /// Resolves when all was read once.
    pub(super) async fn whole(&self) {
        let mut is_whole = self.is_whole.subscribe();
        // The sender lives as long as this does.
        let _known = is_whole.wait_for(|is_whole| *is_whole).await;
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}
