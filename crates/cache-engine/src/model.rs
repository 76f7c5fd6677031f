//! The model: a store as plain as can be, to say what a store must answer.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::Mutex;

use crate::{
    Clock, Condition, Current, Entry, Error, Key, NamespaceConfig, NamespaceName, NamespaceStats,
    RemoveOutcome, SetOutcome, Store, Timestamp, Ttl, Value, quota::Quota, version::VersionSource,
};

/// A map under one lock. It drops what has expired before each operation and never evicts, so it is no cache; give
/// it room, and every other store must answer as it does.
pub struct ModelStore {
    clock: Arc<dyn Clock>,
    rooms: Mutex<BTreeMap<NamespaceName, Room>>,
}

struct Room {
    config: NamespaceConfig,
    quota: Quota,
    versions: VersionSource,
    entries: BTreeMap<Key, Entry>,
    stats: NamespaceStats,
}

impl ModelStore {
    /// Makes a store of these namespaces; `default` is added if it is not among them.
    ///
    /// # Errors
    /// [`Error::ConfigInvalid`].
    pub fn new(configs: Vec<NamespaceConfig>, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let mut rooms = BTreeMap::new();
        for config in configs.into_iter().chain([NamespaceConfig::default()]) {
            let room = Room::new(config, &*clock)?;
            rooms.entry(room.config.name.clone()).or_insert(room);
        }
        Ok(Self { clock, rooms: Mutex::new(rooms) })
    }

    fn with<T>(&self, name: &NamespaceName, act: impl FnOnce(&mut Room, Timestamp) -> T) -> Result<T, Error> {
        let mut rooms = self.rooms.lock();
        let now = self.clock.now();
        let room = rooms.get_mut(name).ok_or_else(|| Error::NamespaceNotFound { name: name.clone() })?;
        room.drop_expired(now);
        Ok(act(room, now))
    }
}

impl Room {
    fn new(config: NamespaceConfig, clock: &dyn Clock) -> Result<Self, Error> {
        let quota = Quota::of(&config)?;
        let versions = VersionSource::seeded(clock.wall());
        let stats = NamespaceStats::empty(&config);
        Ok(Self { config, quota, versions, entries: BTreeMap::new(), stats })
    }

    fn drop_expired(&mut self, now: Timestamp) {
        let before = self.entries.len();
        self.entries.retain(|_, entry| !entry.is_expired(now));
        self.stats.expirations += (before - self.entries.len()) as u64;
    }

    fn current(&self, key: &Key) -> Current {
        self.entries.get(key).map_or(Current::Missing, |entry| Current::Version(entry.version()))
    }

    fn get(&mut self, key: &Key) -> Option<Entry> {
        let found = self.entries.get(key).cloned();
        let count = if found.is_some() { &mut self.stats.hits } else { &mut self.stats.misses };
        *count += 1;
        found
    }

    fn remove(&mut self, key: &Key, condition: Condition) -> RemoveOutcome {
        match self.current(key) {
            Current::Missing => RemoveOutcome::Missing,
            current if !condition.holds(current) => {
                self.stats.conflicts += 1;
                RemoveOutcome::Conflict(current)
            }
            Current::Version(version) => {
                self.stats.deletes += 1;
                self.entries.remove(key);
                RemoveOutcome::Removed(version)
            }
        }
    }

    fn stats(&self) -> NamespaceStats {
        NamespaceStats {
            entries: self.entries.len() as u64,
            live_bytes: self.entries.values().map(|entry| u64::from(entry.charge())).sum(),
            ..self.stats.clone()
        }
    }
}

impl Store for ModelStore {
    async fn get(&self, namespace: &NamespaceName, key: &Key) -> Result<Option<Entry>, Error> {
        self.with(namespace, |room, _| room.get(key))
    }

    async fn get_many(&self, namespace: &NamespaceName, keys: &[Key]) -> Result<Vec<Option<Entry>>, Error> {
        self.with(namespace, |room, _| keys.iter().map(|key| room.get(key)).collect())
    }

    async fn set(
        &self,
        namespace: &NamespaceName,
        key: Key,
        value: Value,
        ttl: Ttl,
        condition: Condition,
    ) -> Result<SetOutcome, Error> {
        self.with(namespace, |room, now| {
            let charge = room.quota.charge(&key, &value)?;
            let current = room.current(&key);
            if !condition.holds(current) {
                room.stats.conflicts += 1;
                return Ok(SetOutcome::Conflict(current));
            }
            let expires_at = ttl.expires_at(now, room.config.default_ttl);
            let entry = Entry::new(value, room.versions.next(), expires_at, charge);
            room.stats.sets += 1;
            room.entries.insert(key, entry.clone());
            Ok(SetOutcome::Stored(entry))
        })?
    }

    async fn remove(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        condition: Condition,
    ) -> Result<RemoveOutcome, Error> {
        self.with(namespace, |room, _| room.remove(key, condition))
    }

    async fn stats(&self, namespace: Option<&NamespaceName>) -> Result<Vec<NamespaceStats>, Error> {
        let names = match namespace {
            Some(name) => vec![name.clone()],
            None => self.rooms.lock().keys().cloned().collect(),
        };
        names.iter().map(|name| self.with(name, |room, _| room.stats())).collect()
    }
}
