//! The store of one process, on moka.
//!
//! The idea: a namespace is up to 16 shards, each a moka map without a capacity, and beside it what it keeps in order:
//! our policy, an expiry index and the counts, under one lock for writers. moka is the map that readers use without a
//! lock; time, versions, conditions, counts and the choice of victims are ours.
//!
//! Promise:
//! - A read never waits for a writer or for the sweep, and never serves an entry that has expired or was invalidated.
//! - Writes of one shard are in one order, so that conditions are exact.
//! - `live_bytes` counts the entries in the maps exactly and is never above the capacity. moka works off its backlog
//!   whenever the bytes that it has not settled reach 1/64 of the shard; replaced and removed bodies live on in that
//!   backlog, so that memory is above `live_bytes` by at most that much and what readers still hold.
//! - An entry that was just written is there to be read, in a full namespace too; expired entries go before others.
//!
//! Cost: see `examples/throughput.rs`.

mod expiry;
mod hashed;
mod kept;
mod map;
mod namespace;
mod reads;
mod receipts;
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
    Clock, Condition, Counted, Draft, Entry, Error, Increment, Key, Life, NamespaceConfig, NamespaceName,
    NamespaceStats, Receipt, RemoveOutcome, RequestId, Scope, SetOutcome, Store, TouchOutcome, Write,
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

    /// Takes out entries that have expired or were invalidated, and says at how many it looked, at most `budget`; fewer
    /// than that means that no more are due. After an invalidation it looks at every entry of the namespace once.
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
        draft: Draft,
        condition: Condition,
    ) -> Result<SetOutcome, Error> {
        self.namespace(namespace)?.set(&key, draft, condition)
    }

    async fn remove(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        condition: Condition,
    ) -> Result<RemoveOutcome, Error> {
        Ok(self.namespace(namespace)?.remove(key, condition))
    }

    async fn touch(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        life: Life,
        condition: Condition,
    ) -> Result<TouchOutcome, Error> {
        self.namespace(namespace)?.touch(key, life, condition)
    }

    async fn increment(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        increment: Increment,
    ) -> Result<Counted, Error> {
        self.namespace(namespace)?.increment(key, increment)
    }

    async fn once(&self, namespace: &NamespaceName, id: &RequestId, write: Write) -> Result<Receipt, Error> {
        self.namespace(namespace)?.once(id, write)
    }

    async fn invalidate(&self, namespace: &NamespaceName, scope: Scope) -> Result<(), Error> {
        self.namespace(namespace)?.invalidate(&scope);
        Ok(())
    }

    async fn stats(&self, namespace: Option<&NamespaceName>) -> Result<Vec<NamespaceStats>, Error> {
        match namespace {
            Some(name) => Ok(vec![self.namespace(name)?.stats()]),
            None => Ok(self.namespaces.values().map(Namespace::stats).collect()),
        }
    }
}
