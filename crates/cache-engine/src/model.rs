//! The model: a store as plain as can be, to say what a store must answer.

mod room;

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::Mutex;

use self::room::Room;
use crate::{
    Clock, Condition, Counted, Current, Draft, Edit, Entry, Error, EventFilter, Increment, Key, Life,
    NamespaceChange, NamespaceConfig, NamespaceName, NamespaceStats, Page, Receipt, RemoveOutcome, RequestId,
    Scan, Scope, SetOutcome, Store, Subscription, Timestamp, TouchOutcome, Write,
};

/// A map under one lock. It drops what has expired before each operation and never evicts, so it is no cache; give
/// it room, and every other store must answer as it does. It charges as a store on moka.
pub struct ModelStore {
    clock: Arc<dyn Clock>,
    rooms: Mutex<BTreeMap<NamespaceName, Room>>,
    /// Above all versions and sequences of rooms that were deleted.
    numbers_end: Mutex<u64>,
}

impl ModelStore {
    /// Makes a store of these namespaces; `default` is added if it is not among them.
    ///
    /// # Errors
    /// [`Error::ConfigInvalid`].
    pub fn new(configs: Vec<NamespaceConfig>, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let mut rooms = BTreeMap::new();
        for config in configs.into_iter().chain([NamespaceConfig::default()]) {
            let room = Room::new(config, &*clock, 0)?;
            rooms.entry(room.config.name.clone()).or_insert(room);
        }
        Ok(Self { clock, rooms: Mutex::new(rooms), numbers_end: Mutex::new(0) })
    }

    fn with<T>(&self, name: &NamespaceName, act: impl FnOnce(&mut Room, Timestamp) -> T) -> Result<T, Error> {
        let mut rooms = self.rooms.lock();
        let now = self.clock.now();
        let room = rooms.get_mut(name).ok_or_else(|| Error::NamespaceNotFound { name: name.clone() })?;
        room.drop_expired(now);
        Ok(act(room, now))
    }
}

impl Store for ModelStore {
    async fn get(&self, namespace: &NamespaceName, key: &Key) -> Result<Option<Entry>, Error> {
        self.with(namespace, |room, now| room.get(key, now))
    }

    async fn get_many(&self, namespace: &NamespaceName, keys: &[Key]) -> Result<Vec<Option<Entry>>, Error> {
        self.with(namespace, |room, now| keys.iter().map(|key| room.get(key, now)).collect())
    }

    async fn set(
        &self,
        namespace: &NamespaceName,
        key: Key,
        draft: Draft,
        condition: Condition,
    ) -> Result<SetOutcome, Error> {
        self.with(namespace, |room, now| room.set_if(key, draft, condition, now))?
    }

    async fn remove(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        condition: Condition,
    ) -> Result<RemoveOutcome, Error> {
        self.with(namespace, |room, _| room.remove(key, condition))
    }

    async fn touch(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        life: Life,
        condition: Condition,
    ) -> Result<TouchOutcome, Error> {
        self.with(namespace, |room, now| match room.current(key) {
            current @ Current::Version(_) if !condition.holds(current) => {
                room.stats.conflicts += 1;
                Ok(TouchOutcome::Conflict(current))
            }
            Current::Version(_) | Current::Missing => room.touch(key, life, now),
        })?
    }

    async fn increment(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        increment: Increment,
    ) -> Result<Counted, Error> {
        self.with(namespace, |room, now| room.increment(key, increment, now))?
    }

    async fn edit(&self, namespace: &NamespaceName, key: &Key, edit: Edit) -> Result<SetOutcome, Error> {
        self.with(namespace, |room, now| room.edit(key, edit, now))?
    }

    async fn receipt(
        &self,
        namespace: &NamespaceName,
        id: &RequestId,
        write: &Write,
    ) -> Result<Option<Receipt>, Error> {
        self.with(namespace, |room, now| room.receipt(id, write, now))?
    }

    async fn once(&self, namespace: &NamespaceName, id: &RequestId, write: Write) -> Result<Receipt, Error> {
        self.with(namespace, |room, now| room.once(id, write, now))?
    }

    async fn invalidate(&self, namespace: &NamespaceName, scope: Scope) -> Result<(), Error> {
        self.with(namespace, |room, _| room.invalidate(&scope))
    }

    async fn scan(&self, namespace: &NamespaceName, scan: &Scan) -> Result<Page, Error> {
        self.with(namespace, |room, now| room.scan(scan, now))?
    }

    async fn create_namespace(&self, config: NamespaceConfig) -> Result<NamespaceConfig, Error> {
        let mut rooms = self.rooms.lock();
        if rooms.contains_key(&config.name) {
            return Err(Error::NamespaceExists { name: config.name });
        }
        let room = Room::new(config.clone(), &*self.clock, *self.numbers_end.lock())?;
        rooms.insert(config.name.clone(), room);
        Ok(config)
    }

    async fn update_namespace(
        &self,
        name: &NamespaceName,
        change: NamespaceChange,
    ) -> Result<NamespaceConfig, Error> {
        self.with(name, |room, _| room.update(change))?
    }

    async fn delete_namespace(&self, name: &NamespaceName) -> Result<(), Error> {
        if name.as_str() == NamespaceName::DEFAULT {
            return Err(Error::NamespaceProtected { name: name.clone() });
        }
        let gone = self.rooms.lock().remove(name);
        let gone = gone.ok_or_else(|| Error::NamespaceNotFound { name: name.clone() })?;
        let mut end = self.numbers_end.lock();
        *end = gone.versions.end().max(gone.events.log().end()).max(*end);
        Ok(())
    }

    async fn namespaces(&self) -> Result<Vec<NamespaceConfig>, Error> {
        Ok(self.rooms.lock().values().map(|room| room.config.clone()).collect())
    }

    async fn subscribe(
        &self,
        namespace: &NamespaceName,
        filter: EventFilter,
        resume: Option<u64>,
    ) -> Result<Subscription, Error> {
        // Every write holds the lock that this holds.
        self.with(namespace, |room, _| room.events.log().subscribe(filter, resume, || {}))?
    }

    async fn stats(&self, namespace: Option<&NamespaceName>) -> Result<Vec<NamespaceStats>, Error> {
        let names = match namespace {
            Some(name) => vec![name.clone()],
            None => self.rooms.lock().keys().cloned().collect(),
        };
        names.iter().map(|name| self.with(name, |room, _| room.stats())).collect()
    }
}
