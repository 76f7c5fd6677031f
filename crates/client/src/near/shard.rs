//! A part of a near cache: entries, and the keys that are being read.
//!
//! Victims are chosen by CLOCK (Corbató, "A Paging Experiment with the Multics System", 1969): the oldest goes, unless it was
//! used since it was last looked at.
//!
//! Promise: what an event concerned, and what a read that was under way meanwhile found, is not held; bytes stay within the share of
//! this part. Cost: a look-up; choosing a victim looks at each entry at most twice.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use fastjson_proto::rustcache::v1 as pb;
use foldhash::fast::RandomState;

use super::NearStats;

/// Bytes that an entry is charged besides its texts.
const ENTRY_BYTES: usize = 320;

/// Stale tickets that may stand in the queue beside those of entries.
const LEAST_TICKETS: usize = 64;

pub(super) struct Shard {
    /// Of the watch that vouches for what is held; `None`: there is none.
    generation: Option<u64>,
    max_bytes: usize,
    bytes: usize,
    held: HashMap<Arc<str>, Held, RandomState>,
    /// The order in which entries came, or were looked at.
    queue: VecDeque<(u64, Arc<str>)>,
    next_ticket: u64,
    flights: HashMap<Arc<str>, Flights, RandomState>,
    /// All of a lower version are gone.
    void_below: u64,
    stats: NearStats,
}

struct Held {
    entry: Arc<pb::Entry>,
    ends: Instant,
    bytes: usize,
    ticket: u64,
    used: bool,
}

/// The reads of one key that are on their way.
#[derive(Default)]
struct Flights {
    count: usize,
    /// What they bring in a lower version is gone already.
    below: u64,
}

impl Shard {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            generation: None,
            max_bytes,
            bytes: 0,
            held: HashMap::default(),
            queue: VecDeque::new(),
            next_ticket: 0,
            flights: HashMap::default(),
            void_below: 0,
            stats: NearStats::default(),
        }
    }

    pub(super) fn get(&mut self, key: &str, now: Instant) -> Option<Arc<pb::Entry>> {
        match self.held.get_mut(key) {
            Some(held) if held.ends > now => {
                held.used = true;
                self.stats.hits += 1;
                return Some(Arc::clone(&held.entry));
            }
            Some(_) => self.remove(key),
            None => {}
        }
        self.stats.misses += 1;
        None
    }

    /// A read of the key begins; gives the generation in which it does.
    pub(super) fn depart(&mut self, key: &str) -> Option<u64> {
        let generation = self.generation?;
        match self.flights.get_mut(key) {
            Some(flights) => flights.count += 1,
            None => drop(self.flights.insert(key.into(), Flights { count: 1, below: 0 })),
        }
        Some(generation)
    }

    /// A read of the key has ended.
    pub(super) fn arrive(&mut self, key: &str) {
        let Some(flights) = self.flights.get_mut(key) else { return };
        flights.count -= 1;
        if flights.count == 0 {
            self.flights.remove(key);
        }
    }

    /// Keeps what a read brought, unless an event has overtaken it.
    pub(super) fn land(&mut self, key: &str, generation: u64, entry: &Arc<pb::Entry>, ends: Instant) {
        let below = self.flights.get(key).map_or(u64::MAX, |flights| flights.below).max(self.void_below);
        if self.generation != Some(generation) || entry.version < below {
            self.stats.overtaken += 1;
            return;
        }
        if self.held.get(key).is_some_and(|held| held.entry.version > entry.version) {
            return;
        }
        self.remove(key);
        let key: Arc<str> = key.into();
        let (bytes, ticket) = (charge(&key, entry), self.ticket(&key));
        self.bytes += bytes;
        self.held.insert(key, Held { entry: Arc::clone(entry), ends, bytes, ticket, used: false });
        self.make_room();
    }

    /// What the key has in a lower version is gone, here and on its way.
    pub(super) fn bound(&mut self, key: &str, below: u64) {
        if let Some(flights) = self.flights.get_mut(key) {
            flights.below = flights.below.max(below);
        }
        if self.held.get(key).is_some_and(|held| held.entry.version < below) {
            self.remove(key);
            self.stats.told += 1;
        }
    }

    /// What has one of these tags in a lower version is gone; what is on its way may have it.
    pub(super) fn bound_tags(&mut self, tags: &[String], below: u64) {
        for flights in self.flights.values_mut() {
            flights.below = flights.below.max(below);
        }
        self.remove_if(|entry| entry.version < below && entry.tags.iter().any(|tag| tags.contains(tag)));
    }

    /// All of a lower version are gone.
    pub(super) fn bound_all(&mut self, below: u64) {
        self.void_below = self.void_below.max(below);
        self.remove_if(|entry| entry.version < below);
    }

    /// All are gone; what is read from now on belongs to `generation`.
    pub(super) fn empty(&mut self, generation: Option<u64>) {
        self.generation = generation;
        self.void_below = 0;
        self.held = HashMap::default();
        self.queue = VecDeque::new();
        self.bytes = 0;
    }

    pub(super) fn add_to(&self, sum: NearStats) -> NearStats {
        NearStats {
            hits: sum.hits + self.stats.hits,
            misses: sum.misses + self.stats.misses,
            entries: sum.entries + self.held.len(),
            bytes: sum.bytes + self.bytes,
            told: sum.told + self.stats.told,
            overtaken: sum.overtaken + self.stats.overtaken,
            emptied: sum.emptied,
        }
    }

    fn remove_if(&mut self, goes: impl Fn(&pb::Entry) -> bool) {
        let before = self.held.len();
        let bytes = &mut self.bytes;
        self.held.retain(|_, held| {
            let stays = !goes(&held.entry);
            *bytes -= if stays { 0 } else { held.bytes };
            stays
        });
        self.stats.told += (before - self.held.len()) as u64;
    }

    fn remove(&mut self, key: &str) {
        if let Some(held) = self.held.remove(key) {
            self.bytes -= held.bytes;
        }
    }

    fn make_room(&mut self) {
        while self.bytes > self.max_bytes {
            let Some((ticket, key)) = self.queue.pop_front() else { return };
            let Some(held) = self.held.get_mut(&key).filter(|held| held.ticket == ticket) else { continue };
            if std::mem::take(&mut held.used) {
                held.ticket = self.next_ticket;
                self.next_ticket += 1;
                self.queue.push_back((held.ticket, key));
            } else {
                self.remove(&key);
            }
        }
    }

    /// A place at the end of the queue. Entries that went otherwise have left theirs, which are cleared away now and then.
    fn ticket(&mut self, key: &Arc<str>) -> u64 {
        if self.queue.len() > LEAST_TICKETS + 2 * self.held.len() {
            let held = &self.held;
            self.queue.retain(|(ticket, key)| held.get(key).is_some_and(|held| held.ticket == *ticket));
        }
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.queue.push_back((ticket, Arc::clone(key)));
        ticket
    }

    #[cfg(test)]
    pub(super) fn left_behind(&self) -> (usize, usize) {
        (self.queue.len(), self.flights.len())
    }
}

fn charge(key: &str, entry: &pb::Entry) -> usize {
    let value = entry.value.as_ref().map_or(0, |value| {
        let body = match &value.body {
            Some(pb::value::Body::Text(text)) => text.len(),
            Some(pb::value::Body::Data(data)) => data.len(),
            None => 0,
        };
        body + value.content_type.len()
    });
    let tags: usize = entry.tags.iter().map(|tag| 24 + tag.len()).sum();
    ENTRY_BYTES + key.len() + value + tags
}
