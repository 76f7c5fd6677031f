//! The namespaces of a local store, which come and go while others read.
//!
//! The idea: readers see a table that never changes; whoever changes something makes another table. A namespace that was
//! deleted is out of the table at once; what it holds is void, and the sweep takes it out bit by bit until nobody works
//! in it any more and nothing is left.
//!
//! Promise: a look-up waits for nobody. A version is not used again when a namespace is made anew: as long as the earlier
//! one is not at rest, both take theirs from one source, and afterwards sources begin where the highest of those that are
//! at rest ended. Cost: a look-up some 10 ns; a change copies the table, O(namespaces).

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::{ArcSwap, Guard};
use parking_lot::Mutex;

use super::{
    balance,
    dependencies::{Dependencies, Derivation, Place},
    map::MapKind,
    namespace::Namespace,
};
use crate::{
    Clock, Error, NamespaceChange, NamespaceConfig, NamespaceName, Scope, StoreLimits, events::Pump,
    version::VersionSource,
};

pub(super) type Table = BTreeMap<NamespaceName, Arc<Namespace>>;

/// The namespaces.
pub(super) struct Rooms {
    table: Arc<ArcSwap<Table>>,
    dependencies: Arc<Dependencies>,
    clock: Arc<dyn Clock>,
    pump: Arc<Pump>,
    map: MapKind,
    max_namespaces: usize,
    memory_limit_bytes: u64,
    /// Held by whoever changes the table.
    past: Mutex<Past>,
}

/// What remains of namespaces that were deleted.
#[derive(Default)]
struct Past {
    /// Those that still hold something, or in which somebody may still work.
    leaving: Vec<Arc<Namespace>>,
    /// Above all versions and sequences of those that have left.
    numbers_end: u64,
}

impl Rooms {
    /// Makes these namespaces, and `default` if it is not among them.
    ///
    /// # Errors
    /// [`Error::ConfigInvalid`], [`Error::MemoryLimit`], [`Error::NamespacesLimit`].
    pub(super) fn new(
        configs: Vec<NamespaceConfig>,
        limits: StoreLimits,
        clock: Arc<dyn Clock>,
        pump: Arc<Pump>,
    ) -> Result<Self, Error> {
        let default = NamespaceConfig::default();
        let has_default = configs.iter().any(|config| config.name == default.name);
        let configs: Vec<_> = configs.into_iter().chain((!has_default).then_some(default)).collect();
        let promised = configs.iter().map(|config| config.capacity_bytes).fold(0, u64::saturating_add);
        let table = Arc::new(ArcSwap::default());
        let dependencies = Arc::new(Dependencies::new(limits.max_dependencies));
        dependencies.reach(&table);
        let rooms = Self {
            table,
            dependencies,
            clock,
            pump,
            map: limits.map,
            max_namespaces: limits.max_namespaces,
            memory_limit_bytes: limits.memory_limit_bytes.unwrap_or(promised.max(LEAST_MEMORY_LIMIT_BYTES)),
            past: Mutex::new(Past::default()),
        };
        for config in configs {
            rooms.create(config).map_err(|error| match error {
                Error::NamespaceExists { name } => {
                    Error::ConfigInvalid { name, problem: "it is there twice".to_owned() }
                }
                other => other,
            })?;
        }
        Ok(rooms)
    }

    /// All of them, as they are now.
    pub(super) fn table(&self) -> Guard<Arc<Table>> {
        self.table.load()
    }

    /// Begins to compute an entry from another one; both need not be there.
    ///
    /// # Errors
    /// As of [`Dependencies::derive`].
    pub(super) fn derive(&self, source: Place, target: Place) -> Result<Derivation, Error> {
        self.dependencies.derive(source, target)
    }

    /// Entries that depend on others.
    pub(super) fn dependencies(&self) -> usize {
        self.dependencies.links()
    }

    /// What time it is for all of them.
    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Bytes that all may be promised.
    pub(super) fn memory_limit_bytes(&self) -> u64 {
        self.memory_limit_bytes
    }

    /// # Errors
    /// As [`Rooms::new`], and [`Error::NamespaceExists`].
    pub(super) fn create(&self, config: NamespaceConfig) -> Result<NamespaceConfig, Error> {
        let past = self.past.lock();
        let table = self.table.load();
        if table.contains_key(&config.name) {
            return Err(Error::NamespaceExists { name: config.name });
        }
        if table.len() + past.leaving.len() >= self.max_namespaces {
            return Err(Error::NamespacesLimit { allowed: self.max_namespaces });
        }
        let versions = past.versions(&config.name, &*self.clock);
        let clock = Arc::clone(&self.clock);
        let namespace =
            Namespace::new(config.clone(), self.map, versions, clock, &self.pump, &self.dependencies)?;
        self.check_memory(&table, &config)?;
        let room_bytes = self.free_bytes(&table, &config).min(config.capacity_bytes);
        if room_bytes < config.capacity_bytes {
            namespace.give_room(room_bytes);
        }
        let mut changed = Table::clone(&table);
        changed.insert(config.name.clone(), Arc::new(namespace));
        self.table.store(Arc::new(changed));
        Ok(config)
    }

    /// Changes the settings. What is above a smaller quota goes by [`Namespace::trim`].
    ///
    /// # Errors
    /// [`Error::NamespaceNotFound`], [`Error::ConfigInvalid`], [`Error::MemoryLimit`]; then nothing is changed.
    pub(super) fn update(
        &self,
        name: &NamespaceName,
        change: NamespaceChange,
    ) -> Result<NamespaceConfig, Error> {
        let _one_change_at_a_time = self.past.lock();
        let table = self.table.load();
        let namespace = table.get(name).ok_or_else(|| Error::NamespaceNotFound { name: name.clone() })?;
        let config = change.of(&namespace.config());
        self.check_memory(&table, &config)?;
        let room_bytes = self.free_bytes(&table, &config).min(config.capacity_bytes);
        namespace.reconfigure(config.clone(), room_bytes)?;
        Ok(config)
    }

    /// # Errors
    /// [`Error::NamespaceNotFound`], [`Error::NamespaceProtected`].
    pub(super) fn delete(&self, name: &NamespaceName) -> Result<(), Error> {
        if name.as_str() == NamespaceName::DEFAULT {
            return Err(Error::NamespaceProtected { name: name.clone() });
        }
        let mut past = self.past.lock();
        let mut changed = Table::clone(&self.table.load());
        let gone = changed.remove(name).ok_or_else(|| Error::NamespaceNotFound { name: name.clone() })?;
        self.table.store(Arc::new(changed));
        gone.invalidate(&Scope::All);
        gone.end_watches();
        past.leaving.push(gone);
        Ok(())
    }

    /// All, and those that were deleted and are not at rest, for the sweep.
    pub(super) fn to_sweep(&self) -> Vec<Arc<Namespace>> {
        let past = self.past.lock();
        self.table.load().values().chain(&past.leaving).cloned().collect()
    }

    /// Lets go of deleted namespaces that are empty and in which nobody works. What somebody wrote in one who had looked
    /// it up before it was deleted is made void now.
    pub(super) fn bury(&self) {
        let mut past = self.past.lock();
        let Past { leaving, numbers_end } = &mut *past;
        leaving.retain(|namespace| {
            if Arc::strong_count(namespace) > 1 {
                return true;
            }
            let is_empty = namespace.stats().entries == 0;
            if is_empty {
                *numbers_end = namespace.numbers_end().max(*numbers_end);
            } else {
                namespace.invalidate(&Scope::All);
            }
            !is_empty
        });
    }

    /// Shares the memory out anew. Who has too much gives back, at most `budget` entries in all; what is free then goes to
    /// who has too little. So all together never hold more than there is. Says how many entries went.
    pub(super) fn balance(&self, budget: usize) -> usize {
        let _one_change_at_a_time = self.past.lock();
        let table = self.table.load();
        let is_settled =
            |config: NamespaceConfig, room| config.max_bytes.is_none() && config.capacity_bytes == room;
        if table.values().all(|namespace| is_settled(namespace.config(), namespace.room_bytes())) {
            return 0;
        }
        let claims: Vec<balance::Claim> = table.values().map(|namespace| namespace.claim()).collect();
        let shares = balance::shares(&claims, self.memory_limit_bytes);
        let mut gone = 0;
        for (namespace, &share) in table.values().zip(&shares) {
            if share < namespace.room_bytes() {
                namespace.give_room(share);
            }
            gone += namespace.trim(budget.saturating_sub(gone));
        }
        let mut free = self.memory_limit_bytes.saturating_sub(taken_bytes(table.values()));
        for (namespace, &share) in table.values().zip(&shares) {
            let more = share.saturating_sub(namespace.room_bytes()).min(free);
            if more > 0 {
                namespace.give_room(namespace.room_bytes() + more);
                free -= more;
            }
        }
        gone
    }

    /// Bytes that the others neither hold nor may hold at present.
    fn free_bytes(&self, table: &Table, config: &NamespaceConfig) -> u64 {
        let others = table.iter().filter(|(name, _)| **name != config.name).map(|(_, namespace)| namespace);
        self.memory_limit_bytes.saturating_sub(taken_bytes(others))
    }

    fn check_memory(&self, table: &Table, config: &NamespaceConfig) -> Result<(), Error> {
        let others = table.values().map(|namespace| namespace.config());
        let promised = others.filter(|other| other.name != config.name).map(|other| other.capacity_bytes);
        let actual = promised.fold(config.capacity_bytes, u64::saturating_add);
        if actual > self.memory_limit_bytes {
            return Err(Error::MemoryLimit { allowed: self.memory_limit_bytes, actual });
        }
        Ok(())
    }
}

/// Bytes that namespaces may hold, or hold still.
fn taken_bytes<'a>(namespaces: impl Iterator<Item = &'a Arc<Namespace>>) -> u64 {
    namespaces.map(|namespace| namespace.room_bytes().max(namespace.stats().live_bytes)).sum()
}

/// Bytes that all namespaces may be promised where nothing is said: as many as those which the store is made with, and at
/// least so many.
const LEAST_MEMORY_LIMIT_BYTES: u64 = 1 << 30;

impl Past {
    /// Where the versions of a new namespace come from.
    fn versions(&self, name: &NamespaceName, clock: &dyn Clock) -> Arc<VersionSource> {
        let earlier = self.leaving.iter().rev().find(|namespace| namespace.config().name == *name);
        match earlier {
            Some(namespace) => namespace.versions(),
            None => Arc::new(VersionSource::seeded_above(clock.wall(), self.numbers_end)),
        }
    }
}
