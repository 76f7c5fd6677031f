//! Claims: of many callers who miss the same key, one is told to compute it, and its result is given to all.
//!
//! The idea: as [single flight](crate::SingleFlight), but the one who computes is a caller, somewhere else, who may die. So
//! its claim ends by itself; then whoever waited longest has it, under a larger token, and a result under the older
//! token is refused.
//!
//! Promise: never two claims of one key at the same time; a claim that is over completes nothing; everybody who waits gets a
//! result, or the claim, or goes away and leaves no trace; tokens only grow, over a restart, too. Cost: one short lock for
//! all keys, taken by those who miss only; O(log n) in those who wait. How many wait is not limited here: each is a
//! call, and calls are limited where they come in.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    hash::Hash,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::sync::oneshot;

use crate::{
    Clock, Error, FencingTokens, Guard, LoadError, Timestamp,
    sync::{Mutex, MutexGuard},
    version::VersionSource,
};

/// The right to compute a key, and the duty to say what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// By what it is completed.
    pub token: u64,
    /// After what time it is another's.
    pub ttl: Duration,
}

/// What somebody who waited gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival<T> {
    /// The result.
    Result(T),
    /// The one who was to compute it did not; now it is this caller.
    Claimed(Claim),
}

/// What somebody who misses a key gets.
#[derive(Debug)]
pub enum Turn<K: Hash + Eq + Clone, T: Clone> {
    /// It is the one to compute.
    Claimed(Claim),
    /// Another one computes.
    Waits(Arriving<K, T>),
}

/// Claims by key. `T` is what all who wait get a clone of.
pub struct Claims<K, T> {
    table: Mutex<Table<K, T>>,
    tokens: Arc<VersionSource>,
    max_claims: usize,
    max_ttl: Duration,
    clock: Arc<dyn Clock>,
}

struct Table<K, T> {
    now: Timestamp,
    held: HashMap<K, Held<T>>,
    due: BTreeMap<(Timestamp, u64), K>,
}

struct Held<T> {
    token: u64,
    began: Timestamp,
    /// `None` while its result is being stored: then it does not end by itself.
    ends: Option<Timestamp>,
    /// Of the entry that is computed.
    guard: Option<Guard>,
    /// By which those who wait learn that another one wrote the key.
    news: Option<Guard>,
    waiters: BTreeMap<u64, Waiter<T>>,
}

struct Waiter<T> {
    ttl: Duration,
    arrival: oneshot::Sender<Arrival<T>>,
}

impl<K: Hash + Eq + Clone, T: Clone> Claims<K, T> {
    /// At most `max_claims` at the same time, each for at most `max_ttl`.
    #[must_use]
    pub fn new(max_claims: usize, max_ttl: Duration, clock: Arc<dyn Clock>) -> Self {
        let table = Table { now: clock.now(), held: HashMap::new(), due: BTreeMap::new() };
        let tokens = Arc::new(VersionSource::seeded(clock.wall()));
        Self { table: Mutex::new(table), tokens, max_claims, max_ttl, clock }
    }

    /// Takes its tokens from there, and not from a source of its own.
    #[must_use]
    pub fn fenced_by(self, tokens: &FencingTokens) -> Self {
        Self { tokens: Arc::clone(&tokens.0), ..self }
    }

    /// Claims `key` for `ttl`, or waits for the one who has. Whoever gets the claim should look once more for a result
    /// that came before it.
    ///
    /// # Errors
    /// [`LoadError::LeaseTtlInvalid`]; [`Error::FlightsLimit`] if as many keys are claimed as may be.
    pub fn claim(self: &Arc<Self>, key: &K, ttl: Duration) -> Result<Turn<K, T>, Error> {
        if ttl.is_zero() || ttl > self.max_ttl {
            return Err(LoadError::LeaseTtlInvalid { allowed: self.max_ttl, actual: ttl }.into());
        }
        let mut table = self.table();
        let token = self.tokens.next().get();
        if let Some(held) = table.held.get_mut(key) {
            let (arrival, arriving) = oneshot::channel();
            held.waiters.insert(token, Waiter { ttl, arrival });
            drop(table);
            let claims = Arc::clone(self);
            return Ok(Turn::Waits(Arriving { claims, key: key.clone(), ticket: token, arriving }));
        }
        if table.held.len() >= self.max_claims {
            return Err(Error::FlightsLimit { allowed: self.max_claims });
        }
        table.hold(key, token, ttl, BTreeMap::new());
        Ok(Turn::Claimed(Claim { token, ttl }))
    }

    /// Keeps a guard with a claim, for [`Landing::guard`]; it goes when the claim is over.
    pub fn keep_guard(&self, key: &K, token: u64, guard: Guard) {
        if let Some(held) = self.table().held.get_mut(key).filter(|held| held.token == token) {
            held.guard = Some(guard);
        }
    }

    /// The guard by which all who wait for `key` learn that somebody else wrote it: the one that they have, or, if there is
    /// none or it has fallen, the one that `put_up` gives; `None` if nobody computes the key. Look for an entry once more when you have it.
    ///
    /// # Errors
    /// Those of `put_up`.
    pub fn news(
        &self,
        key: &K,
        put_up: impl FnOnce() -> Result<Guard, Error>,
    ) -> Result<Option<Guard>, Error> {
        let mut table = self.table();
        let Some(held) = table.held.get_mut(key) else { return Ok(None) };
        if held.news.as_ref().is_none_or(Guard::has_fallen) {
            held.news = Some(put_up()?);
        }
        Ok(held.news.clone())
    }

    /// Takes a result that is about to be stored. Until [`Landing::finish`] the key stays claimed.
    ///
    /// # Errors
    /// [`LoadError::ClaimLost`].
    pub fn land(self: &Arc<Self>, key: &K, token: u64) -> Result<Landing<K, T>, Error> {
        let mut table = self.table();
        let now = table.now;
        let held = table.held.get_mut(key).filter(|held| held.token == token).ok_or(LoadError::ClaimLost)?;
        let ends = held.ends.take().ok_or(LoadError::ClaimLost)?;
        let (took, guard) = (now.since(held.began), held.guard.take());
        table.due.remove(&(ends, token));
        drop(table);
        Ok(Landing { claims: Arc::clone(self), key: Some(key.clone()), token, took, guard })
    }

    /// Hands over claims whose time is over. Run it every few milliseconds.
    pub fn sweep(&self) {
        drop(self.table());
    }

    /// Keys that are claimed.
    #[must_use]
    pub fn claimed(&self) -> usize {
        self.table().held.len()
    }

    /// The table as it is now.
    fn table(&self) -> MutexGuard<'_, Table<K, T>> {
        let mut table = self.table.lock();
        table.now = table.now.max(self.clock.now());
        while let Some((&(ends, token), _)) = table.due.first_key_value()
            && ends <= table.now
        {
            if let Some(key) = table.due.remove(&(ends, token)) {
                table.pass_on(&key, &self.tokens);
            }
        }
        table
    }

    /// Somebody stops waiting; a claim that came meanwhile goes to the next one.
    fn leave(&self, key: &K, ticket: u64, arriving: &mut oneshot::Receiver<Arrival<T>>) {
        let mut table = self.table();
        let waited = table.held.get_mut(key).and_then(|held| held.waiters.remove(&ticket));
        if waited.is_none()
            && let Ok(Arrival::Claimed(claim)) = arriving.try_recv()
        {
            table.give_up(key, claim.token, &self.tokens);
        }
    }
}

impl<K: Hash + Eq + Clone, T> Table<K, T> {
    fn hold(&mut self, key: &K, token: u64, ttl: Duration, waiters: BTreeMap<u64, Waiter<T>>) {
        let ends = self.now.after(ttl);
        self.due.insert((ends, token), key.clone());
        let held = Held { token, began: self.now, ends: Some(ends), guard: None, news: None, waiters };
        self.held.insert(key.clone(), held);
    }

    /// Whoever has this claim does not want it.
    fn give_up(&mut self, key: &K, token: u64, tokens: &VersionSource) {
        let Some(held) = self.held.get(key).filter(|held| held.token == token) else { return };
        if let Some(ends) = held.ends {
            self.due.remove(&(ends, token));
        }
        self.pass_on(key, tokens);
    }

    /// Gives the claim of a key whose holder is gone to whoever waited longest.
    fn pass_on(&mut self, key: &K, tokens: &VersionSource) {
        let Some(mut held) = self.held.remove(key) else { return };
        let Some((_, waiter)) = held.waiters.pop_first() else { return };
        let claim = Claim { token: tokens.next().get(), ttl: waiter.ttl };
        self.hold(key, claim.token, claim.ttl, held.waiters);
        // Whoever goes away takes himself out, so that nobody here is deaf; if he were, the claim ends by itself.
        let _heard = waiter.arrival.send(Arrival::Claimed(claim));
    }
}

/// Somebody who waits. Dropped before it gave what came, it leaves no trace.
#[must_use = "whoever does not wait goes away"]
pub struct Arriving<K: Hash + Eq + Clone, T: Clone> {
    claims: Arc<Claims<K, T>>,
    key: K,
    ticket: u64,
    arriving: oneshot::Receiver<Arrival<T>>,
}

impl<K: Hash + Eq + Clone + Unpin, T: Clone> Future for Arriving<K, T> {
    type Output = Arrival<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Arrival<T>> {
        Pin::new(&mut self.arriving)
            .poll(context)
            .map(|arrival| arrival.expect("only what arrives, or the one who waits, takes it out"))
    }
}

impl<K: Hash + Eq + Clone, T: Clone> Drop for Arriving<K, T> {
    fn drop(&mut self) {
        if !self.arriving.is_terminated() {
            self.claims.leave(&self.key, self.ticket, &mut self.arriving);
        }
    }
}

impl<K: Hash + Eq + Clone, T: Clone> fmt::Debug for Arriving<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arriving").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

/// A claim whose result is being stored. Dropped before the end, it goes to whoever waits.
#[must_use = "who waits gets the result from finish"]
pub struct Landing<K: Hash + Eq + Clone, T: Clone> {
    claims: Arc<Claims<K, T>>,
    key: Option<K>,
    token: u64,
    took: Duration,
    guard: Option<Guard>,
}

impl<K: Hash + Eq + Clone, T: Clone> Landing<K, T> {
    /// The guard that was kept with the claim.
    #[must_use]
    pub fn guard(&self) -> Option<&Guard> {
        self.guard.as_ref()
    }

    /// How long the one who computed it had the claim.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Frees the key and gives the result to all who wait. Store it first.
    pub fn finish(mut self, result: &T) {
        let held = self.key.take().and_then(|key| self.claims.table().held.remove(&key));
        for waiter in held.into_iter().flat_map(|held| held.waiters.into_values()) {
            // Whoever went away just now needs no result.
            let _heard = waiter.arrival.send(Arrival::Result(result.clone()));
        }
    }
}

impl<K: Hash + Eq + Clone, T: Clone> Drop for Landing<K, T> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.claims.table().give_up(&key, self.token, &self.claims.tokens);
        }
    }
}
