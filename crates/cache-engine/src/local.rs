//! The store of one process, on moka.
//!
//! The idea: a namespace is up to 16 shards, each a moka map with its own part of the bytes, an expiry index and one
//! lock for writers. moka keeps the map and the order of use; time, versions, conditions and counts are ours, because
//! moka has no clock that can be set and freezes for seconds when a million entries expire at once.
//!
//! Promise:
//! - A read never waits for a writer or for the sweep, and never serves an entry that has expired.
//! - Writes of one shard are in one order, so that conditions are exact.
//! - `live_bytes` counts the entries in the maps exactly. With no write under way it is at most the capacity; while
//!   writes run it is above it by at most the entry being written in each shard. The map works off its backlog
//!   whenever the bytes that it has not settled reach 1/64 of the shard; replaced and removed bodies live on in that
//!   backlog, so that memory is above `live_bytes` by at most that much and what readers still hold.
//! - Eviction is least recently used inside a shard. Measured: the default policy of moka (TinyLFU) throws out 4,997
//!   of 5,000 fresh inserts into a full cache, which no user of a cache expects.
//!
//! Cost: see `examples/throughput.rs`.

mod expiry;
mod ledger;
mod namespace;
mod shard;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use self::{namespace::Namespace, shard::Shard};
use crate::{
    Clock, Condition, Entry, Error, Key, NamespaceConfig, NamespaceName, NamespaceStats, RemoveOutcome,
    SetOutcome, Store, Ttl, Value,
};

/// Entries of one shard that a sweep takes before it goes to the next one.
const SWEEP_BATCH: usize = 64;

/// The store of one process.
pub struct LocalStore {
    namespaces: BTreeMap<NamespaceName, Namespace>,
    /// The shard at which the next sweep starts, so that a small budget comes around to all.
    next_sweep: AtomicUsize,
}

impl LocalStore {
    /// Makes a store of these namespaces; `default` is added with default limits if it is not among them.
    ///
    /// # Errors
    /// [`Error::ConfigInvalid`]: a limit is out of range, or a name is there twice.
    pub fn new(configs: Vec<NamespaceConfig>, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let mut namespaces = BTreeMap::new();
        for config in configs {
            let name = config.name.clone();
            let namespace = Namespace::new(config, Arc::clone(&clock))?;
            if namespaces.insert(name.clone(), namespace).is_some() {
                return Err(Error::ConfigInvalid { name, problem: "it is there twice".to_owned() });
            }
        }
        if !namespaces.contains_key(NamespaceName::DEFAULT) {
            let config = NamespaceConfig::default();
            namespaces.insert(config.name.clone(), Namespace::new(config, clock)?);
        }
        Ok(Self { namespaces, next_sweep: AtomicUsize::new(0) })
    }

    /// Takes out entries that have expired, at most `budget`, and says how many it took; fewer than `budget` means
    /// that no more are due.
    ///
    /// Reads do not wait for it and do not need it: it only frees memory. It costs about 2 us an entry and runs on
    /// the caller's thread: from a task, call it with a budget of 256 and yield between calls.
    pub fn sweep(&self, budget: usize) -> usize {
        let shards: Vec<&Shard> = self.namespaces.values().flat_map(Namespace::shards).collect();
        let mut taken = 0;
        let mut idle = 0;
        while taken < budget && idle < shards.len() {
            let turn = self.next_sweep.fetch_add(1, Ordering::Relaxed);
            let batch = shards[turn % shards.len()].sweep(SWEEP_BATCH.min(budget - taken));
            idle = if batch == 0 { idle + 1 } else { 0 };
            taken += batch;
        }
        taken
    }

    fn namespace(&self, name: &NamespaceName) -> Result<&Namespace, Error> {
        self.namespaces.get(name).ok_or_else(|| Error::NamespaceNotFound { name: name.clone() })
    }
}

impl Store for LocalStore {
    async fn get(&self, namespace: &NamespaceName, key: &Key) -> Result<Option<Entry>, Error> {
        Ok(self.namespace(namespace)?.get(key))
    }

    async fn get_many(&self, namespace: &NamespaceName, keys: &[Key]) -> Result<Vec<Option<Entry>>, Error> {
        let namespace = self.namespace(namespace)?;
        Ok(keys.iter().map(|key| namespace.get(key)).collect())
    }

    async fn set(
        &self,
        namespace: &NamespaceName,
        key: Key,
        value: Value,
        ttl: Ttl,
        condition: Condition,
    ) -> Result<SetOutcome, Error> {
        self.namespace(namespace)?.set(key, value, ttl, condition)
    }

    async fn remove(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        condition: Condition,
    ) -> Result<RemoveOutcome, Error> {
        Ok(self.namespace(namespace)?.remove(key, condition))
    }

    async fn stats(&self, namespace: Option<&NamespaceName>) -> Result<Vec<NamespaceStats>, Error> {
        match namespace {
            Some(name) => Ok(vec![self.namespace(name)?.stats()]),
            None => Ok(self.namespaces.values().map(Namespace::stats).collect()),
        }
    }
}
