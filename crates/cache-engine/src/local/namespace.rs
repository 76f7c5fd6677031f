//! A namespace of the local store: limits, versions and shards.

mod derived;
mod guarded;
mod insight;
mod saved;
mod scan;

use std::{
    hash::RandomState,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use arc_swap::ArcSwap;

use super::{
    balance::Claim,
    dependencies::{Dependencies, Teller},
    hashed::{KeyHasher, Probe},
    map::MapKind,
    receipts::Receipts,
    shard::{Change, Shard, state},
};
use crate::{
    Clock, Condition, Counted, Draft, Edit, Entry, Error, EventFilter, Increment, Key, Life, NamespaceConfig,
    NamespaceStats, Receipt, RemoveOutcome, RequestId, Scope, SetOutcome, Subscription, Timestamp,
    TouchOutcome, Value, Write,
    epochs::Epochs,
    events::{Publisher, Pump},
    increment,
    life::{Dice, Span},
    policy::Cost,
    quota::Quota,
    version::VersionSource,
};

pub(super) use self::saved::Outcome;

/// A namespace. It has maps of its own, so that a full one throws out nothing but its own entries.
pub(super) struct Namespace {
    settings: ArcSwap<Settings>,
    versions: Arc<VersionSource>,
    dice: Dice,
    epochs: Arc<Epochs>,
    hasher: KeyHasher,
    /// Of cursors, which callers see.
    seal: RandomState,
    clock: Arc<dyn Clock>,
    receipts: Receipts,
    /// Bytes that it may hold at present.
    room_bytes: AtomicU64,
    events: Publisher,
    teller: Arc<Teller>,
    shards: Box<[Shard]>,
}

/// What can be changed while others read and write.
struct Settings {
    config: NamespaceConfig,
    quota: Quota,
}

impl Namespace {
    pub(super) fn new(
        config: NamespaceConfig,
        map: MapKind,
        versions: Arc<VersionSource>,
        clock: Arc<dyn Clock>,
        pump: &Arc<Pump>,
        dependencies: &Arc<Dependencies>,
    ) -> Result<Self, Error> {
        let quota = Quota::of(&config, map)?;
        let dice = Dice::seeded(clock.wall());
        let epochs = Arc::new(Epochs::new());
        let receipts = Receipts::new(&quota);
        let events = Publisher::new(config.events, Arc::clone(&epochs), Arc::clone(pump), versions.end());
        let teller =
            Arc::new(Teller { namespace: config.name.clone(), dependencies: Arc::clone(dependencies) });
        let shard = |_| {
            let (epochs, log, clock) = (Arc::clone(&epochs), Arc::clone(events.log()), Arc::clone(&clock));
            Shard::new(&quota, map, epochs, log, clock, Arc::clone(&teller))
        };
        let shards = (0..quota.shards).map(shard).collect();
        let capacity_bytes = config.capacity_bytes;
        let settings = ArcSwap::from_pointee(Settings { config, quota });
        let room_bytes = AtomicU64::new(capacity_bytes);
        Ok(Self {
            settings,
            versions,
            dice,
            epochs,
            hasher: KeyHasher::new(),
            seal: RandomState::new(),
            clock,
            receipts,
            room_bytes,
            events,
            teller,
            shards,
        })
    }

    pub(super) fn config(&self) -> NamespaceConfig {
        self.settings.load().config.clone()
    }

    pub(super) fn schema(&self) -> Option<Arc<str>> {
        self.settings.load().config.schema.clone()
    }

    /// Gives it other settings, and room for so many bytes. Only one caller at a time may.
    ///
    /// # Errors
    /// [`Error::ConfigInvalid`]; then nothing is changed.
    pub(super) fn reconfigure(&self, config: NamespaceConfig, room_bytes: u64) -> Result<(), Error> {
        let quota = self.settings.load().quota.anew(&config)?;
        self.receipts.resize(&quota);
        self.settings.store(Arc::new(Settings { config, quota }));
        self.give_room(room_bytes);
        Ok(())
    }

    /// Gives it room for so many bytes. Only one caller at a time may. What is above goes by [`Namespace::trim`].
    pub(super) fn give_room(&self, bytes: u64) {
        let quota = self.settings.load().quota.with_bytes(bytes);
        self.shards.iter().for_each(|shard| shard.resize(&quota));
        self.room_bytes.store(bytes, Relaxed);
    }

    pub(super) fn room_bytes(&self) -> u64 {
        self.room_bytes.load(Relaxed)
    }

    /// What it holds and may hold, to share the memory of the store out.
    pub(super) fn claim(&self) -> Claim {
        let settings = self.settings.load();
        let largest = self.shards.iter().map(|shard| shard.stats().held.bytes).max().unwrap_or_default();
        let guaranteed = settings.config.capacity_bytes;
        Claim {
            used: settings.quota.bytes_for(largest),
            room: self.room_bytes(),
            guaranteed,
            most: settings.config.max_bytes.unwrap_or(guaranteed),
            least: settings.quota.least_bytes().min(guaranteed),
        }
    }

    /// Throws out what is above its quota since that was made smaller: `limit` entries and the rest of a batch, and says how
    /// many.
    pub(super) fn trim(&self, limit: usize) -> usize {
        self.shards.iter().fold(0, |gone, shard| gone + shard.trim(limit.saturating_sub(gone)))
    }

    /// Where the versions of the next namespace of its name come from; above all that it gave.
    pub(super) fn versions(&self) -> Arc<VersionSource> {
        self.versions.raise(self.numbers_end());
        Arc::clone(&self.versions)
    }

    /// Above all versions and all sequences of events that it gave.
    pub(super) fn numbers_end(&self) -> u64 {
        self.versions.end().max(self.events.log().end())
    }

    pub(super) fn shards(&self) -> &[Shard] {
        &self.shards
    }

    pub(super) fn get(&self, key: &Key) -> Option<Entry> {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).get(probe)
    }

    pub(super) fn set(&self, key: &Key, draft: Draft, condition: Condition) -> Result<SetOutcome, Error> {
        let charge = self.charge(key, &draft.value, draft.extra_bytes())?;
        let cost = draft.cost.map_or(Cost::UNKNOWN, Cost::of);
        let make = |now| self.entry(draft, now, charge);
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).set(probe, condition, cost, make)
    }

    pub(super) fn remove(&self, key: &Key, condition: Condition) -> RemoveOutcome {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).remove(probe, condition)
    }

    pub(super) fn touch(&self, key: &Key, life: Life, condition: Condition) -> Result<TouchOutcome, Error> {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).touch(probe, condition, |entry, now| {
            let charge = self.charge(key, entry.value(), entry.extra_bytes_with(&life))?;
            Ok(entry.with_life(self.begin(&life, now), charge))
        })
    }

    pub(super) fn increment(&self, key: &Key, increment: Increment) -> Result<Counted, Error> {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).update(probe, |current, now| match self.counted(key, increment, current, now) {
            Ok(counted) => (Change::Put(counted.entry.clone(), Cost::UNKNOWN), Ok(counted)),
            Err(error) => (Change::Keep, Err(error)),
        })?
    }

    fn counted(
        &self,
        key: &Key,
        increment: Increment,
        current: Option<&Entry>,
        now: Timestamp,
    ) -> Result<Counted, Error> {
        let number = increment.apply(current.map(Entry::value))?;
        let value = increment::write(number, current.map(Entry::value));
        let Some(entry) = current else {
            let draft = Draft { value, life: increment.life, tags: crate::Tags::default(), cost: None };
            let charge = self.charge(key, &draft.value, draft.extra_bytes())?;
            return Ok(Counted { number, entry: self.entry(draft, now, charge) });
        };
        let charge = self.charge(key, &value, entry.extra_bytes())?;
        Ok(Counted { number, entry: entry.with_value(value, self.versions.next(), now, charge) })
    }

    pub(super) fn edit(&self, key: &Key, edit: Edit) -> Result<SetOutcome, Error> {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).update(probe, |current, now| {
            let Some(entry) = current.filter(|entry| entry.version() == edit.basis) else {
                return (Change::Keep, Ok(SetOutcome::Conflict(state(current))));
            };
            match self.charge(key, &edit.value, entry.extra_bytes()) {
                Ok(charge) => {
                    let edited = entry.with_value(edit.value, self.versions.next(), now, charge);
                    (Change::Put(edited.clone(), Cost::UNKNOWN), Ok(SetOutcome::Stored(edited)))
                }
                Err(error) => (Change::Keep, Err(error)),
            }
        })?
    }

    pub(super) fn receipt(&self, id: &RequestId, write: &Write) -> Result<Option<Receipt>, Error> {
        self.receipts.find(id, write, self.clock.now())
    }

    pub(super) fn once(&self, id: &RequestId, write: Write) -> Result<Receipt, Error> {
        self.receipts.once(id, write, self.clock.now(), |write| match write {
            Write::Set { key, draft, condition } => self.set(&key, draft, condition).map(Receipt::from),
            Write::Remove { key, condition } => Ok(self.remove(&key, condition).into()),
            Write::Increment { key, increment } => self.increment(&key, increment).map(Receipt::from),
            Write::Edit { key, edit } => self.edit(&key, edit).map(Receipt::from),
        })
    }

    pub(super) fn invalidate(&self, scope: &Scope) {
        let version = self.versions.next();
        self.epochs.invalidate(scope, version);
        self.events.log().invalidated(scope, version);
        self.teller.tell_scope(self, scope);
    }

    pub(super) fn subscribe(&self, filter: EventFilter, resume: Option<u64>) -> Result<Subscription, Error> {
        self.events.log().subscribe(filter, resume, || self.shards.iter().for_each(Shard::pass_writers))
    }

    /// Gives up what is kept for watchers who have gone.
    pub(super) fn forget_left_watchers(&self) {
        self.events.log().forget_if_left();
    }

    pub(super) fn wake_watchers(&self, budget: usize) -> usize {
        self.events.log().wake(budget)
    }

    /// Ends its watches: it was deleted.
    pub(super) fn end_watches(&self) {
        self.events.close();
    }

    /// What is to be written, with a version; to be called under the lock of its shard, so that versions of a key grow.
    fn entry(&self, draft: Draft, now: Timestamp, charge: u32) -> Entry {
        let span = self.begin(&draft.life, now);
        Entry::new(draft.value, self.versions.next(), span, self.epochs.marks(&draft.tags), charge)
    }

    fn charge(&self, key: &Key, value: &Value, extra: u64) -> Result<u32, Error> {
        self.settings.load().quota.charge(key, value, extra)
    }

    fn begin(&self, life: &Life, now: Timestamp) -> Span {
        life.begin(now, self.settings.load().config.default_ttl, &self.dice)
    }

    pub(super) fn stats(&self) -> NamespaceStats {
        let empty = NamespaceStats::empty(&self.settings.load().config);
        let empty = NamespaceStats { room_bytes: self.room_bytes(), ..empty };
        self.shards.iter().map(Shard::stats).fold(empty, |sum, shard| NamespaceStats {
            entries: sum.entries + shard.held.entries,
            live_bytes: sum.live_bytes + shard.held.bytes,
            hits: sum.hits + shard.hits,
            misses: sum.misses + shard.misses,
            sets: sum.sets + shard.counts.sets,
            conflicts: sum.conflicts + shard.counts.conflicts,
            deletes: sum.deletes + shard.counts.deletes,
            expirations: sum.expirations + shard.counts.expirations,
            evictions: sum.evictions + shard.counts.evictions,
            touches: sum.touches + shard.counts.touches,
            invalidations: sum.invalidations + shard.counts.invalidations,
            reclaims: sum.reclaims + shard.counts.reclaims,
            expirations_for_room: sum.expirations_for_room + shard.counts.expirations_for_room,
            ..sum
        })
    }

    /// The map picks its place by the high and the low bits of the same hash; a shard is picked by bits between.
    fn shard(&self, probe: Probe<'_>) -> &Shard {
        let middle = (probe.hash >> 32) as usize;
        &self.shards[middle % self.shards.len()]
    }
}
