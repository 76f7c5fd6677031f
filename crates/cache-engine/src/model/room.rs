//! A namespace of the model, behind the lock of the store.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    ops::Bound,
    sync::Arc,
};

use crate::{
    Clock, Condition, Counted, Current, Cursor, Draft, Edit, Entry, Error, EventKind, Found, Increment, Key,
    Life, MapKind, NamespaceChange, NamespaceConfig, NamespaceStats, Page, REQUEST_ID_WINDOW, Receipt,
    RemoveOutcome, RequestId, Scan, Scope, SetOutcome, Tags, Timestamp, TouchOutcome, Write, epochs::Epochs,
    events::Publisher, increment, life::Dice, quota::Quota, scan::Filter, version::VersionSource,
};

/// One namespace of the model.
pub(super) struct Room {
    pub(super) config: NamespaceConfig,
    quota: Quota,
    pub(super) versions: VersionSource,
    dice: Dice,
    /// Only makes the tags of an entry; what is invalidated is removed at once.
    epochs: Arc<Epochs>,
    pub(super) events: Publisher,
    entries: BTreeMap<Key, Entry>,
    /// Keys the check of a cursor.
    hasher: RandomState,
    receipts: BTreeMap<RequestId, (Write, Receipt, Timestamp)>,
    pub(super) stats: NamespaceStats,
}

impl Room {
    pub(super) fn new(config: NamespaceConfig, clock: &dyn Clock, numbers_from: u64) -> Result<Self, Error> {
        let quota = Quota::of(&config, MapKind::default())?;
        let versions = VersionSource::seeded_above(clock.wall(), numbers_from);
        let stats = NamespaceStats::empty(&config);
        let (dice, epochs) = (Dice::seeded(clock.wall()), Arc::new(Epochs::new()));
        let events = Publisher::new(config.events, Arc::clone(&epochs), Arc::default(), versions.end());
        Ok(Self {
            config,
            quota,
            versions,
            dice,
            epochs,
            events,
            entries: BTreeMap::new(),
            hasher: RandomState::new(),
            receipts: BTreeMap::new(),
            stats,
        })
    }

    pub(super) fn drop_expired(&mut self, now: Timestamp) {
        let before = self.entries.len();
        let events = self.events.log();
        self.entries.retain(|key, entry| {
            let expired = entry.is_expired(now);
            if expired {
                events.gone(key, entry, EventKind::Expired);
            }
            !expired
        });
        self.stats.expirations += (before - self.entries.len()) as u64;
    }

    pub(super) fn current(&self, key: &Key) -> Current {
        self.entries.get(key).map_or(Current::Missing, |entry| Current::Version(entry.version()))
    }

    pub(super) fn get(&mut self, key: &Key, now: Timestamp) -> Option<Entry> {
        let found = self.entries.get(key).cloned();
        found.iter().for_each(|entry| entry.touch(now));
        let count = if found.is_some() { &mut self.stats.hits } else { &mut self.stats.misses };
        *count += 1;
        found
    }

    pub(super) fn remove(&mut self, key: &Key, condition: Condition) -> RemoveOutcome {
        match self.current(key) {
            Current::Missing => RemoveOutcome::Missing,
            current if !condition.holds(current) => {
                self.stats.conflicts += 1;
                RemoveOutcome::Conflict(current)
            }
            Current::Version(version) => {
                self.stats.deletes += 1;
                let removed = self.entries.remove(key);
                removed.iter().for_each(|entry| self.events.log().gone(key, entry, EventKind::Deleted));
                RemoveOutcome::Removed(version)
            }
        }
    }

    pub(super) fn set_if(
        &mut self,
        key: Key,
        draft: Draft,
        condition: Condition,
        now: Timestamp,
    ) -> Result<SetOutcome, Error> {
        self.quota.charge(&key, &draft.value, draft.extra_bytes())?;
        let current = self.current(&key);
        if !condition.holds(current) {
            self.stats.conflicts += 1;
            return Ok(SetOutcome::Conflict(current));
        }
        self.set(key, draft, now).map(SetOutcome::Stored)
    }

    pub(super) fn once(&mut self, id: &RequestId, write: Write, now: Timestamp) -> Result<Receipt, Error> {
        if let Some(receipt) = self.receipt(id, &write, now)? {
            return Ok(receipt);
        }
        let receipt = match write.clone() {
            Write::Set { key, draft, condition } => self.set_if(key, draft, condition, now)?.into(),
            Write::Remove { key, condition } => self.remove(&key, condition).into(),
            Write::Increment { key, increment } => self.increment(&key, increment, now)?.into(),
            Write::Edit { key, edit } => match self.edit(&key, edit, now)?.into() {
                lost @ Receipt::Conflict(_) => return Ok(lost),
                stored => stored,
            },
        };
        self.receipts.insert(id.clone(), (write, receipt, now));
        Ok(receipt)
    }

    pub(super) fn receipt(
        &mut self,
        id: &RequestId,
        write: &Write,
        now: Timestamp,
    ) -> Result<Option<Receipt>, Error> {
        self.receipts.retain(|_, (_, _, at)| now.since(*at) < REQUEST_ID_WINDOW);
        match self.receipts.get(id) {
            Some((first, receipt, _)) if first == write => Ok(Some(*receipt)),
            Some(_) => Err(Error::RequestIdReused),
            None => Ok(None),
        }
    }

    pub(super) fn edit(&mut self, key: &Key, edit: Edit, now: Timestamp) -> Result<SetOutcome, Error> {
        let current = self.current(key);
        let Some(entry) = self.entries.get_mut(key).filter(|entry| entry.version() == edit.basis) else {
            return Ok(SetOutcome::Conflict(current));
        };
        let charge = self.quota.charge(key, &edit.value, entry.extra_bytes())?;
        let edited = entry.with_value(edit.value, self.versions.next(), now, charge);
        self.events.log().put(key, &edited, Some(entry));
        *entry = edited.clone();
        self.stats.sets += 1;
        Ok(SetOutcome::Stored(edited))
    }

    fn set(&mut self, key: Key, draft: Draft, now: Timestamp) -> Result<Entry, Error> {
        let charge = self.quota.charge(&key, &draft.value, draft.extra_bytes())?;
        let span = draft.life.begin(now, self.config.default_ttl, &self.dice);
        let marks = self.epochs.marks(&draft.tags);
        let entry = Entry::new(draft.value, self.versions.next(), span, marks, charge);
        self.stats.sets += 1;
        self.events.log().put(&key, &entry, self.entries.get(&key));
        self.entries.insert(key, entry.clone());
        Ok(entry)
    }

    pub(super) fn touch(&mut self, key: &Key, life: Life, now: Timestamp) -> Result<TouchOutcome, Error> {
        let Some(entry) = self.entries.get_mut(key) else { return Ok(TouchOutcome::Missing) };
        let charge = self.quota.charge(key, entry.value(), entry.extra_bytes_with(&life))?;
        let touched = entry.with_life(life.begin(now, self.config.default_ttl, &self.dice), charge);
        self.events.log().put(key, &touched, Some(entry));
        *entry = touched;
        self.stats.touches += 1;
        Ok(TouchOutcome::Touched(entry.clone()))
    }

    pub(super) fn increment(
        &mut self,
        key: &Key,
        increment: Increment,
        now: Timestamp,
    ) -> Result<Counted, Error> {
        let Some(entry) = self.entries.get_mut(key) else {
            let number = increment.apply(None)?;
            let value = increment::write(number, None);
            let draft = Draft { value, life: increment.life, tags: Tags::default(), cost: None };
            return Ok(Counted { number, entry: self.set(key.clone(), draft, now)? });
        };
        let number = increment.apply(Some(entry.value()))?;
        let value = increment::write(number, Some(entry.value()));
        let charge = self.quota.charge(key, &value, entry.extra_bytes())?;
        let counted = entry.with_value(value, self.versions.next(), now, charge);
        self.events.log().put(key, &counted, Some(entry));
        *entry = counted;
        self.stats.sets += 1;
        Ok(Counted { number, entry: entry.clone() })
    }

    pub(super) fn invalidate(&mut self, scope: &Scope) {
        let before = self.entries.len();
        match scope {
            Scope::All => self.entries.clear(),
            Scope::Tags(tags) => {
                self.entries
                    .retain(|_, entry| !entry.tags().any(|tag| tags.iter().any(|given| given == tag)));
            }
        }
        self.stats.invalidations += (before - self.entries.len()) as u64;
        // The local store spends one, too; here no entry needs it.
        self.events.log().invalidated(scope, self.versions.next());
    }

    /// In the order of keys; the cursor is the last key with its check.
    pub(super) fn scan(&self, scan: &Scan, now: Timestamp) -> Result<Page, Error> {
        let check = |key: &str| self.hasher.hash_one((key, &scan.prefix, &scan.tag));
        let mut after = Bound::Unbounded;
        if let Some(cursor) = &scan.cursor {
            let (number, key) = cursor.as_str().split_once('.').ok_or(Error::CursorInvalid)?;
            if number != check(key).to_string() {
                return Err(Error::CursorInvalid);
            }
            after = Bound::Excluded(Key::new(key)?);
        }
        let filter = Filter::new(scan, now);
        let mut wanted = self
            .entries
            .range((after, Bound::Unbounded))
            .filter(|(key, entry)| filter.wants_key(key) && filter.wants(entry))
            .map(|(key, entry)| Found { key: key.clone(), entry: entry.clone() });
        let found: Vec<Found> = wanted.by_ref().take(scan.page_size).collect();
        let last = found.last().filter(|_| wanted.next().is_some()).map(|found| found.key.as_str());
        let next = last.map(|key| Cursor::new(&format!("{}.{key}", check(key)))).transpose()?;
        Ok(Page { found, next })
    }

    pub(super) fn update(&mut self, change: NamespaceChange) -> Result<NamespaceConfig, Error> {
        let config = change.of(&self.config);
        self.quota = self.quota.anew(&config)?;
        self.stats.capacity_bytes = config.capacity_bytes;
        self.stats.room_bytes = config.capacity_bytes;
        self.config = config.clone();
        Ok(config)
    }

    pub(super) fn stats(&self) -> NamespaceStats {
        NamespaceStats {
            entries: self.entries.len() as u64,
            live_bytes: self.entries.values().map(|entry| u64::from(entry.charge())).sum(),
            ..self.stats.clone()
        }
    }
}
