//! The semaphores of one part, under one lock: who holds a lease, until when, and who waits.
//!
//! The idea: every step first ends the leases whose time is over, and an end hands the place to whoever waited longest.
//! So a place is never free while somebody waits for it, and nobody who comes later is served before.
//!
//! Promise: at most as many hold a name as its newest call said, unless more did before; tokens grow from grant to grant. Cost of a
//! step: logarithmic in the leases of the part, and once more for each lease that it ends.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use super::LeaseId;
use crate::{Key, Timestamp, version::VersionSource};

/// A place among all that are held and waited for; free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<AtomicUsize>);

impl Place {
    /// `None` if `most` are taken.
    pub(super) fn take(taken: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let one_more = |taken| (taken < most).then_some(taken + 1);
        taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Self(Arc::clone(taken)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A lease that was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// What it is renewed and released by.
    pub id: LeaseId,
    /// Its fencing token: larger than that of every lease granted before, in earlier processes, too. What the lease
    /// guards refuses a token that is smaller than one it has seen.
    pub token: u64,
    /// How long it lasts, from the moment when it was granted.
    pub ttl: Duration,
}

/// Somebody who waits for a lease.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) ticket: u64,
    pub(super) ttl: Duration,
    pub(super) place: Place,
    pub(super) grant: oneshot::Sender<Lease>,
}

#[derive(Debug)]
struct Held {
    name: Key,
    seal: u64,
    ends: Timestamp,
    _place: Place,
}

#[derive(Debug, Default)]
struct Semaphore {
    seal: u64,
    limit: u32,
    ends: BTreeSet<(Timestamp, u64)>,
    queue: VecDeque<Waiter>,
}

impl Semaphore {
    fn has_room(&self) -> bool {
        self.ends.len() < self.limit as usize
    }
}

/// How it stands with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) is_free: bool,
    pub(super) held: usize,
    pub(super) waiting: usize,
    /// Until the first of the leases ends by itself.
    pub(super) first_end: Duration,
}

/// The semaphores of one part.
#[derive(Debug, Default)]
pub(super) struct Semaphores {
    now: Timestamp,
    by_name: HashMap<Key, Semaphore>,
    held: HashMap<u64, Held>,
    due: BTreeSet<(Timestamp, u64)>,
}

impl Semaphores {
    /// Ends what is over at `now`; a clock that goes back stands still here.
    pub(super) fn settle(&mut self, now: Timestamp, tokens: &VersionSource) {
        self.now = self.now.max(now);
        while let Some((ends, token)) = self.due.first().copied()
            && ends <= self.now
        {
            self.end(token, tokens);
        }
    }

    /// Sets how many may hold `name`; if they are more than before, those who wait come first.
    pub(super) fn resize(&mut self, name: &Key, seal: u64, limit: u32, tokens: &VersionSource) {
        let semaphore = self.by_name.entry(name.clone()).or_default();
        (semaphore.limit, semaphore.seal) = (limit, seal);
        self.hand_over(name, tokens);
    }

    pub(super) fn standing(&self, name: &Key) -> Standing {
        let Some(semaphore) = self.by_name.get(name) else {
            return Standing { is_free: true, held: 0, waiting: 0, first_end: Duration::ZERO };
        };
        Standing {
            is_free: semaphore.has_room() && semaphore.queue.is_empty(),
            held: semaphore.ends.len(),
            waiting: semaphore.queue.len(),
            first_end: semaphore.ends.first().map_or(Duration::ZERO, |(ends, _)| ends.since(self.now)),
        }
    }

    /// Grants a lease of a name that was sized and is free.
    pub(super) fn grant(&mut self, name: &Key, ttl: Duration, place: Place, tokens: &VersionSource) -> Lease {
        let token = tokens.next().get();
        let ends = self.now.after(ttl);
        let semaphore = self.by_name.entry(name.clone()).or_default();
        semaphore.ends.insert((ends, token));
        let seal = semaphore.seal;
        self.due.insert((ends, token));
        self.held.insert(token, Held { name: name.clone(), seal, ends, _place: place });
        Lease { id: LeaseId { token, seal }, token, ttl }
    }

    /// Puts somebody at the end of the queue of a name that was sized.
    pub(super) fn enqueue(&mut self, name: &Key, waiter: Waiter) {
        self.by_name.entry(name.clone()).or_default().queue.push_back(waiter);
    }

    /// Takes somebody out of the queue; `false` if he is not in it.
    pub(super) fn leave(&mut self, name: &Key, ticket: u64) -> bool {
        let Some(semaphore) = self.by_name.get_mut(name) else { return false };
        let place = semaphore.queue.iter().position(|waiter| waiter.ticket == ticket);
        place.and_then(|place| semaphore.queue.remove(place)).is_some()
    }

    /// Makes a lease last `ttl` from now; `None` if it is not held.
    pub(super) fn renew(&mut self, id: LeaseId, ttl: Duration) -> Option<Lease> {
        let held = self.held.get_mut(&id.token).filter(|held| held.seal == id.seal)?;
        let (before, ends) = (held.ends, self.now.after(ttl));
        held.ends = ends;
        for index in [
            &mut self.due,
            &mut self.by_name.get_mut(&held.name).expect("a name has a semaphore while it is held").ends,
        ] {
            index.remove(&(before, id.token));
            index.insert((ends, id.token));
        }
        Some(Lease { id, token: id.token, ttl })
    }

    /// Ends a lease; `false` if it is not held.
    pub(super) fn release(&mut self, id: LeaseId, tokens: &VersionSource) -> bool {
        let is_held = self.held.get(&id.token).is_some_and(|held| held.seal == id.seal);
        if is_held {
            self.end(id.token, tokens);
        }
        is_held
    }

    fn end(&mut self, token: u64, tokens: &VersionSource) {
        let Some(held) = self.held.remove(&token) else { return };
        self.due.remove(&(held.ends, token));
        if let Some(semaphore) = self.by_name.get_mut(&held.name) {
            semaphore.ends.remove(&(held.ends, token));
        }
        self.hand_over(&held.name, tokens);
        self.forget_idle(&held.name);
    }

    /// Gives free places to those who wait, the first first.
    fn hand_over(&mut self, name: &Key, tokens: &VersionSource) {
        while let Some(waiter) = self.next_waiter(name) {
            let lease = self.grant(name, waiter.ttl, waiter.place, tokens);
            // Whoever goes away takes himself out of the queue, so that nobody in it is deaf; if he were, the
            // lease ends by itself.
            let _heard = waiter.grant.send(lease);
        }
    }

    fn next_waiter(&mut self, name: &Key) -> Option<Waiter> {
        let semaphore = self.by_name.get_mut(name)?;
        if semaphore.has_room()
            && let Some(waiter) = semaphore.queue.pop_front()
        {
            return Some(waiter);
        }
        None
    }

    /// Forgets a name that nobody holds or waits for.
    fn forget_idle(&mut self, name: &Key) {
        let is_idle = |semaphore: &Semaphore| semaphore.ends.is_empty() && semaphore.queue.is_empty();
        if self.by_name.get(name).is_some_and(is_idle) {
            self.by_name.remove(name);
        }
    }
}
