//! The store of one process, on moka or on compact maps.
//!
//! The idea: a namespace is up to 16 shards, each a moka map without a capacity, and beside it what it keeps in order:
//! our policy, an expiry index and the counts, under one lock for writers. moka is the map that readers use without a
//! lock; time, versions, conditions, counts and the choice of victims are ours.
//!
//! Promise:
//! - A read never waits for the sweep or the policy, on moka not for a writer either (in compact maps for one change of its
//!   table), and never serves an entry that has expired or was invalidated.
//! - Writes of one shard are in one order, so that conditions are exact.
//! - `live_bytes` counts the entries in the maps exactly and is never above the capacity. moka works off its backlog
//!   whenever the bytes that it has not settled reach 1/64 of the shard; replaced and removed bodies live on in that
//!   backlog, so that memory is above `live_bytes` by at most that much and what readers still hold.
//! - An entry that was just written is there to be read, in a full namespace too; expired entries go before others.
//!
//! Cost: see `examples/throughput.rs`.

mod balance;
mod dependencies;
mod expiry;
mod guards;
mod hashed;
mod insight;
mod kept;
mod map;
mod namespace;
mod reads;
#[cfg(test)]
mod reads_tests;
mod receipts;
mod rooms;
mod shard;
mod snapshot;
mod table;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

pub use self::dependencies::{Derivation, MAX_DEPENDENCY_STEPS, Place};
pub use self::guards::Guard;
pub use self::map::MapKind;
use self::{namespace::Namespace, rooms::Rooms, shard::Shard};
use crate::{
    Clock, Condition, Counted, Draft, Edit, Entry, Error, EventFilter, FencingTokens, Increment, Key, Life,
    NamespaceChange, NamespaceConfig, NamespaceName, NamespaceStats, Page, Receipt, RemoveOutcome, RequestId,
    Scan, Scope, SetOutcome, Store, Subscription, Timestamp, TouchOutcome, Write,
    events::{LogRoom, Pump},
};

/// Entries of one shard that a sweep takes before it goes to the next one.
const SWEEP_BATCH: usize = 64;

/// The store of one process.
pub struct LocalStore {
    rooms: Rooms,
    /// The shard at which the next sweep starts, so that a small budget comes around to all.
    next_sweep: AtomicUsize,
    pump: Arc<Pump>,
    fencing: FencingTokens,
}

/// What all namespaces of a store may be together, and in what they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreLimits {
    /// Bytes that they may be promised, the sum of their capacities; `None`: as many as those that the store is made with,
    /// and at least 1 GiB. Default `None`.
    pub memory_limit_bytes: Option<u64>,
    /// How many there may be, those counted that were deleted and are not freed yet. Default 256.
    pub max_namespaces: usize,
    /// Default [`MapKind::Moka`].
    pub map: MapKind,
    /// How many entries may depend on others, some 300 bytes each and their keys. Default 16,384.
    pub max_dependencies: usize,
    /// Bytes of the logs of all namespaces that are watched, each of [`EventLimits`](crate::EventLimits). Default: no limit but theirs.
    pub max_watch_log_bytes: u64,
}

/// What came of storing what was computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derived {
    /// It is stored.
    Stored(Entry),
    /// It is not: what it was computed from has changed, or somebody wrote, removed or invalidated the entry itself.
    Overtaken,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            memory_limit_bytes: None,
            max_namespaces: 256,
            map: MapKind::default(),
            max_dependencies: 16_384,
            max_watch_log_bytes: u64::MAX,
        }
    }
}

impl LocalStore {
    /// Makes a store of these namespaces, with default limits; `default` is added if it is not among them.
    ///
    /// # Errors
    /// [`Error::ConfigInvalid`]: a limit is out of range, or a name is there twice.
    pub fn new(configs: Vec<NamespaceConfig>, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        Self::with_limits(configs, StoreLimits::default(), clock)
    }

    /// The same with other limits.
    ///
    /// # Errors
    /// As of [`LocalStore::new`]; [`Error::MemoryLimit`], [`Error::NamespacesLimit`].
    pub fn with_limits(
        configs: Vec<NamespaceConfig>,
        limits: StoreLimits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let pump = Arc::new(Pump::new(LogRoom::new(limits.max_watch_log_bytes)));
        let fencing = FencingTokens::seeded(&*clock);
        let rooms = Rooms::new(configs, limits, clock, Arc::clone(&pump))?;
        Ok(Self { rooms, next_sweep: AtomicUsize::new(0), pump, fencing })
    }

    /// Begins to compute the entry `target` from the entry `source`, which is to be read after this. Dropped without
    /// [`LocalStore::set_derived`], it is as if it had not been.
    ///
    /// # Errors
    /// [`Error::DependencyCycle`], [`Error::DependencySteps`], [`Error::DependenciesLimit`].
    pub fn derive(&self, source: Place, target: Place) -> Result<Derivation, Error> {
        let guard = self.guard(&target.0, &target.1);
        Ok(self.rooms.derive(source, target)?.guarded(guard))
    }

    /// Puts up a guard before `key` is computed, from whatever there is.
    ///
    /// # Errors
    /// [`Error::NamespaceNotFound`].
    pub fn guard(&self, namespace: &NamespaceName, key: &Key) -> Result<Guard, Error> {
        self.with(namespace, |namespace| namespace.guard(key))
    }

    /// Whether nobody has written or removed the key since its guard was put up.
    ///
    /// # Errors
    /// [`Error::NamespaceNotFound`].
    pub fn stands(&self, namespace: &NamespaceName, key: &Key, guard: &Guard) -> Result<bool, Error> {
        self.with(namespace, |namespace| namespace.stands(key, guard))
    }

    /// Writes what was computed under a guard, unless the key was written, removed or invalidated since it was put up.
    /// The entry has the version of that moment.
    ///
    /// # Errors
    /// As of [`Store::set`].
    pub fn set_guarded(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        draft: Draft,
        guard: &Guard,
    ) -> Result<Derived, Error> {
        self.with(namespace, |namespace| namespace.set_guarded(key, draft, guard))?
    }

    /// Writes what was computed, unless its source or the entry itself has changed since [`LocalStore::derive`]. From then on it goes
    /// when its source is written, removed, invalidated or given another life, before that returns, and with what was computed
    /// from it in turn; and when its source ends, at `source_ends`. It is in no snapshot.
    ///
    /// # Errors
    /// As of [`Store::set`].
    pub fn set_derived(
        &self,
        derivation: &Derivation,
        draft: Draft,
        source_ends: Option<Timestamp>,
    ) -> Result<Derived, Error> {
        let link = derivation.link();
        let Some(guard) = derivation.guard() else {
            return Err(Error::NamespaceNotFound { name: link.target.0.clone() });
        };
        self.with(&link.target.0, |namespace| namespace.set_derived(draft, link, guard, source_ends))?
    }

    /// Entries that depend on others.
    #[must_use]
    pub fn dependencies(&self) -> usize {
        self.rooms.dependencies()
    }

    /// The schema that a namespace names; `None` also where there is no such namespace.
    #[must_use]
    pub fn schema_of(&self, namespace: &NamespaceName) -> Option<Arc<str>> {
        self.rooms.table().get(namespace)?.schema()
    }

    /// Fencing tokens that go with its snapshots, for [`Leases`](crate::Leases) and [`Claims`](crate::Claims).
    #[must_use]
    pub fn fencing_tokens(&self) -> &FencingTokens {
        &self.fencing
    }

    /// Bytes that all namespaces may be promised.
    #[must_use]
    pub fn memory_limit_bytes(&self) -> u64 {
        self.rooms.memory_limit_bytes()
    }

    /// Throws out what is above the quota of a namespace since that was made smaller: `budget` entries and the rest of a
    /// batch; says how many. Zero: there is no more. The sweep does it, too; this is for who cannot wait. Costs as the sweep.
    ///
    /// # Errors
    /// [`Error::NamespaceNotFound`].
    pub fn trim(&self, namespace: &NamespaceName, budget: usize) -> Result<usize, Error> {
        self.with(namespace, |namespace| namespace.trim(budget))
    }

    /// Takes out entries that have expired or were invalidated, and says at how many it looked, at most `budget`; fewer
    /// than that means that no more are due. After an invalidation it looks at every entry of the namespace once.
    ///
    /// Reads do not wait for it and do not need it: it only frees memory. It costs about 2 us an entry and runs on
    /// the caller's thread: from a task, call it with a budget of 256 and yield between calls.
    pub fn sweep(&self, budget: usize) -> usize {
        let taken = self.sweep_shards(budget);
        if taken < budget {
            self.rooms.bury();
        }
        taken
    }

    /// Shares the memory out anew: namespaces that may borrow get what others do not use, and give back what those need again.
    /// Throws out at most `budget` entries and the rest of a batch; says how many. To be called some ten times a second
    /// where namespaces may borrow; without them it costs next to nothing.
    pub fn balance(&self, budget: usize) -> usize {
        self.rooms.balance(budget)
    }

    fn sweep_shards(&self, budget: usize) -> usize {
        let namespaces = self.rooms.to_sweep();
        let shards: Vec<&Shard> = namespaces.iter().flat_map(|namespace| namespace.shards()).collect();
        let mut taken = 0;
        let mut idle = 0;
        while taken < budget && idle < shards.len() {
            let turn = self.next_sweep.fetch_add(1, Ordering::Relaxed);
            let shard = shards[turn % shards.len()];
            let limit = SWEEP_BATCH.min(budget - taken);
            let trimmed = shard.trim(limit).min(limit);
            let batch = trimmed + shard.sweep(limit - trimmed);
            idle = if batch == 0 { idle + 1 } else { 0 };
            taken += batch;
        }
        taken
    }

    /// Resolves when there are watchers for [`Self::wake_watchers`]. Whoever calls it once has to go on with it: from then on
    /// a write that finds more than 8 watchers waiting wakes none, and relies on the caller. Without a caller it wakes
    /// them all, which costs some 0.1 us each under the lock of its shard.
    pub async fn watchers_due(&self) {
        self.pump.due().await;
    }

    /// Wakes watchers, at most `budget`, and says how many; none is left when it says zero. Let other tasks run between
    /// two calls, or the watchers stand in their way.
    pub fn wake_watchers(&self, budget: usize) -> usize {
        let namespaces = self.rooms.table();
        namespaces.values().fold(0, |woken, namespace| woken + namespace.wake_watchers(budget - woken))
    }

    /// Works in a namespace, as it is now. Waits for nobody who makes, changes or deletes one.
    fn with<T>(&self, name: &NamespaceName, work: impl FnOnce(&Namespace) -> T) -> Result<T, Error> {
        let table = self.rooms.table();
        let namespace = table.get(name).ok_or_else(|| Error::NamespaceNotFound { name: name.clone() })?;
        Ok(work(namespace))
    }
}

impl Store for LocalStore {
    async fn get(&self, namespace: &NamespaceName, key: &Key) -> Result<Option<Entry>, Error> {
        self.with(namespace, |namespace| namespace.get(key))
    }

    async fn get_many(&self, namespace: &NamespaceName, keys: &[Key]) -> Result<Vec<Option<Entry>>, Error> {
        self.with(namespace, |namespace| keys.iter().map(|key| namespace.get(key)).collect())
    }

    async fn set(
        &self,
        namespace: &NamespaceName,
        key: Key,
        draft: Draft,
        condition: Condition,
    ) -> Result<SetOutcome, Error> {
        self.with(namespace, |namespace| namespace.set(&key, draft, condition))?
    }

    async fn remove(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        condition: Condition,
    ) -> Result<RemoveOutcome, Error> {
        self.with(namespace, |namespace| namespace.remove(key, condition))
    }

    async fn touch(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        life: Life,
        condition: Condition,
    ) -> Result<TouchOutcome, Error> {
        self.with(namespace, |namespace| namespace.touch(key, life, condition))?
    }

    async fn increment(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        increment: Increment,
    ) -> Result<Counted, Error> {
        self.with(namespace, |namespace| namespace.increment(key, increment))?
    }

    async fn edit(&self, namespace: &NamespaceName, key: &Key, edit: Edit) -> Result<SetOutcome, Error> {
        self.with(namespace, |namespace| namespace.edit(key, edit))?
    }

    async fn receipt(
        &self,
        namespace: &NamespaceName,
        id: &RequestId,
        write: &Write,
    ) -> Result<Option<Receipt>, Error> {
        self.with(namespace, |namespace| namespace.receipt(id, write))?
    }

    async fn once(&self, namespace: &NamespaceName, id: &RequestId, write: Write) -> Result<Receipt, Error> {
        self.with(namespace, |namespace| namespace.once(id, write))?
    }

    async fn invalidate(&self, namespace: &NamespaceName, scope: Scope) -> Result<(), Error> {
        self.with(namespace, |namespace| namespace.invalidate(&scope))
    }

    async fn scan(&self, namespace: &NamespaceName, scan: &Scan) -> Result<Page, Error> {
        self.with(namespace, |namespace| namespace.scan(scan))?
    }

    async fn create_namespace(&self, config: NamespaceConfig) -> Result<NamespaceConfig, Error> {
        self.rooms.create(config)
    }

    async fn update_namespace(
        &self,
        name: &NamespaceName,
        change: NamespaceChange,
    ) -> Result<NamespaceConfig, Error> {
        self.rooms.update(name, change)
    }

    async fn delete_namespace(&self, name: &NamespaceName) -> Result<(), Error> {
        self.rooms.delete(name)
    }

    async fn namespaces(&self) -> Result<Vec<NamespaceConfig>, Error> {
        Ok(self.rooms.table().values().map(|namespace| namespace.config()).collect())
    }

    async fn subscribe(
        &self,
        namespace: &NamespaceName,
        filter: EventFilter,
        resume: Option<u64>,
    ) -> Result<Subscription, Error> {
        let watched = |filter| self.with(namespace, |namespace| namespace.subscribe(filter, resume))?;
        match watched(filter.clone()) {
            Err(Error::WatchLogsLimit { .. }) => {}
            other => return other,
        }
        self.rooms.table().values().for_each(|namespace| namespace.forget_left_watchers());
        watched(filter)
    }

    async fn stats(&self, namespace: Option<&NamespaceName>) -> Result<Vec<NamespaceStats>, Error> {
        match namespace {
            Some(name) => self.with(name, |namespace| vec![namespace.stats()]),
            None => Ok(self.rooms.table().values().map(|namespace| namespace.stats()).collect()),
        }
    }
}
