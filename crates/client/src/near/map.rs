//! The shards of a near cache, and what is on its way to them.
//!
//! Promise: what was told to be gone is not put back by an answer that was on its way. Cost: one short lock of a shard.

use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use fastjson_proto::rustcache::v1 as pb;
use foldhash::fast::RandomState;
use parking_lot::{Mutex, MutexGuard};

use super::NearStats;
use super::shard::Shard;
use super::told::Told;

/// Locks, so that threads that read rarely meet.
const SHARDS: usize = 16;

/// All entries that are held.
pub(super) struct Map {
    hasher: RandomState,
    shards: Box<[Mutex<Shard>]>,
    generations: AtomicU64,
    emptied: AtomicU64,
}

/// A read that is on its way. What it brings is kept if nothing happened meanwhile.
pub(super) struct Flight<'a> {
    map: &'a Map,
    key: &'a str,
    generation: u64,
}

impl Map {
    /// Holds nothing until [`Map::start`].
    pub(super) fn new(max_bytes: usize) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard::new(max_bytes / SHARDS))).collect();
        let (generations, emptied) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { hasher: RandomState::default(), shards, generations, emptied }
    }

    pub(super) fn get(&self, key: &str, now: Instant) -> Option<Arc<pb::Entry>> {
        self.shard(key).get(key, now)
    }

    /// A read goes to the server; `None` if what it brings cannot be kept.
    pub(super) fn depart<'a>(&'a self, key: &'a str) -> Option<Flight<'a>> {
        let generation = self.shard(key).depart(key)?;
        Some(Flight { map: self, key, generation })
    }

    /// From now on what is read can be kept; what was read before is gone.
    pub(super) fn start(&self) {
        let generation = 1 + self.generations.fetch_add(1, Ordering::Relaxed);
        self.empty(Some(generation));
    }

    /// Nothing is kept until [`Map::start`].
    pub(super) fn stop(&self) {
        self.empty(None);
    }

    fn empty(&self, generation: Option<u64>) {
        self.shards.iter().for_each(|shard| shard.lock().empty(generation));
        self.emptied.fetch_add(1, Ordering::Relaxed);
    }

    /// An event.
    pub(super) fn tell(&self, event: &pb::Event) {
        match Told::of(event) {
            Told::Key { key, below } => self.bound(key, below),
            Told::Tags { tags, below } => {
                self.shards.iter().for_each(|shard| shard.lock().bound_tags(tags, below));
            }
            Told::All { below } => self.shards.iter().for_each(|shard| shard.lock().bound_all(below)),
        }
    }

    /// What the key has in a lower version is gone.
    pub(super) fn bound(&self, key: &str, below: u64) {
        self.shard(key).bound(key, below);
    }

    pub(super) fn stats(&self) -> NearStats {
        let empty = NearStats { emptied: self.emptied.load(Ordering::Relaxed), ..NearStats::default() };
        self.shards.iter().fold(empty, |sum, shard| shard.lock().add_to(sum))
    }

    fn shard(&self, key: &str) -> MutexGuard<'_, Shard> {
        // The high bits; the maps of the shards go by others, and hash with another seed.
        let place = (self.hasher.hash_one(key) >> 32) as usize % self.shards.len();
        self.shards[place].lock()
    }
}

impl Flight<'_> {
    /// Keeps the entry until `ends`, unless it was overtaken.
    pub(super) fn land(self, entry: &Arc<pb::Entry>, ends: Instant) {
        self.map.shard(self.key).land(self.key, self.generation, entry, ends);
    }
}

/// It has landed, or never will.
impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.map.shard(self.key).arrive(self.key);
    }
}

#[cfg(test)]
mod tests;
