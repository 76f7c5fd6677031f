//! Token buckets: whether a key may act now.
//!
//! The idea: a call names a rate with each key, and the table keeps one arrival time a key ([GCRA](super::gcra)). A call
//! locks the parts of all its keys, in one order, so that it sees and changes them at one moment.
//!
//! Promise: at most burst + rate x time tokens of a key are given in any span, however many ask; a call that fails took
//! nothing; a full table refuses new keys ([`LoadError::LimitKeys`]) and forgets none that limits. Cost: one lock and two
//! hashes a key, one reading of the clock a call, at most 57 bytes a key.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use parking_lot::{Mutex, MutexGuard};

use super::{
    Decision, LoadError, Take, gcra,
    table::{Full, Id, Table},
};
use crate::{Clock, Error, Key};

/// Most parts of the table, each with a lock.
const MAX_PARTS: usize = 64;
/// Keys of a part below which more parts are of no use.
const KEYS_OF_A_PART: usize = 1_024;

/// Whether the takes of a call depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeMode {
    /// Each is for itself.
    Each,
    /// All are taken, or none.
    All,
}

/// Rate limits by key.
pub struct Tokens {
    parts: Box<[Mutex<Table>]>,
    keys_of_a_part: usize,
    hashers: (RandomState, RandomState),
    clock: Arc<dyn Clock>,
}

impl Tokens {
    /// At most `max_keys` keys that have tokens out at the same time, spread over the parts.
    #[must_use]
    pub fn new(max_keys: usize, clock: Arc<dyn Clock>) -> Self {
        let parts = (max_keys / KEYS_OF_A_PART).clamp(1, MAX_PARTS);
        Self {
            parts: (0..parts).map(|_| Mutex::default()).collect(),
            keys_of_a_part: max_keys.div_ceil(parts),
            hashers: (RandomState::new(), RandomState::new()),
            clock,
        }
    }

    /// Decides on all takes at one moment, in their order; a key may be there more than once. Under [`TakeMode::All`], if one
    /// is refused nothing is taken, and `allowed` says of each whether its tokens were there.
    ///
    /// # Errors
    /// [`LoadError::LimitKeys`]; then nothing is taken.
    pub fn take(&self, takes: &[Take], mode: TakeMode) -> Result<Vec<Decision>, Error> {
        let ids: Vec<Id> = takes.iter().map(|take| self.id(&take.key)).collect();
        let mut open = self.open(&ids);
        let mut decisions = Vec::with_capacity(takes.len());
        for (take, id) in takes.iter().zip(&ids) {
            decisions.push(open.take(take, *id).map_err(|Full| {
                open.undo();
                LoadError::LimitKeys { allowed: self.keys_of_a_part * self.parts.len() }
            })?);
        }
        if mode == TakeMode::All && decisions.iter().any(|decision| !decision.allowed) {
            open.undo();
            for ((take, id), decision) in takes.iter().zip(&ids).zip(&mut decisions) {
                open.look(take, *id, decision);
            }
        }
        Ok(decisions)
    }

    /// Keys that are kept, those at rest that were not dropped yet among them. Takes the lock of each part.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.parts.iter().map(|part| part.lock().len()).sum()
    }

    fn id(&self, key: &Key) -> Id {
        (self.hashers.0.hash_one(key), self.hashers.1.hash_one(key))
    }

    fn part(&self, id: Id) -> usize {
        // The table below goes by a hash of its own, so that these bits are free.
        id.0 as usize % self.parts.len()
    }

    /// Locks the parts of these keys, in their order, so that no two calls wait for each other.
    fn open(&self, ids: &[Id]) -> Open<'_> {
        let mut numbers: Vec<usize> = ids.iter().map(|id| self.part(*id)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut parts: Vec<_> =
            numbers.into_iter().map(|number| (number, self.parts[number].lock())).collect();
        let clock = self.clock.now().as_nanos();
        let now = parts.iter_mut().map(|(_, part)| part.moment(clock)).max().unwrap_or(clock);
        for (_, part) in &mut parts {
            part.moment(now);
        }
        Open { tokens: self, parts, now, before: Vec::with_capacity(ids.len()) }
    }
}

/// The parts that a call needs, locked, and what it has changed.
struct Open<'a> {
    tokens: &'a Tokens,
    parts: Vec<(usize, MutexGuard<'a, Table>)>,
    now: u64,
    before: Vec<(Id, u64)>,
}

impl Open<'_> {
    fn take(&mut self, take: &Take, id: Id) -> Result<Decision, Full> {
        let (now, most) = (self.now, self.tokens.keys_of_a_part);
        let table = self.table(id);
        let before = table.arrival(id);
        let (decision, arrival) = gcra::decide(take.rate, take.cost, before, now);
        if arrival > before && decision.allowed && take.cost > 0 {
            table.put(id, arrival, most)?;
            self.before.push((id, before));
        }
        Ok(decision)
    }

    /// Gives a decision the numbers of a key of which nothing was taken.
    fn look(&mut self, take: &Take, id: Id, decision: &mut Decision) {
        let now = self.now;
        let (seen, _) = gcra::decide(take.rate, 0, self.table(id).arrival(id), now);
        decision.remaining = seen.remaining;
        decision.reset_after = seen.reset_after;
    }

    /// Takes back all that was taken, the last first.
    fn undo(&mut self) {
        let most = self.tokens.keys_of_a_part;
        while let Some((id, before)) = self.before.pop() {
            self.table(id).put(id, before, most).expect("the key has its place already");
        }
    }

    fn table(&mut self, id: Id) -> &mut Table {
        let number = self.tokens.part(id);
        let place = self.parts.binary_search_by_key(&number, |(number, _)| *number);
        &mut self.parts[place.expect("the parts of all keys of the call are open")].1
    }
}
