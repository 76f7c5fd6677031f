//! Leases: how many may act at the same time.
//!
//! The idea: a name is a semaphore whose places end by themselves, so that a holder that died keeps nobody out for
//! longer than its time. Each lease has a fencing token, by which what it guards can refuse a holder whose time was over
//! without its noticing. How many may hold a name is what the newest call says: more lets those who wait in at once,
//! fewer takes nothing from those who hold.
//!
//! Promise: never more holders than the limit; those who wait are served in the order in which they came, before anybody
//! who comes later; whoever stops waiting leaves no trace; tokens only grow, over a restart, too (as
//! [versions](crate::Version) do). Leases themselves do not outlive the process: after a restart two may believe that they
//! hold the same place until the older lease ends, and the tokens tell them apart.
//! Cost: one lock and one hash; O(log n) in the leases of a part, O(n) in the queue of a name for whoever leaves it. Some
//! 250 bytes a lease, besides its name.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    Ask, Lease, LeaseId, LoadError, Waiting,
    semaphores::{Place, Semaphores, Standing, Waiter},
};
use crate::{
    Clock, Error, FencingTokens, Key,
    sync::{Mutex, MutexGuard},
    version::VersionSource,
};

/// Parts of the names, each with a lock.
const PARTS: usize = 64;

/// What leases may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseConfig {
    /// Most leases that are held and waited for in all. Default 100,000.
    pub max_leases: usize,
    /// Most callers who wait for one name. Default 1,000.
    pub max_waiters: usize,
    /// The longest time of a lease. Default 1 h.
    pub max_ttl: Duration,
}

impl Default for LeaseConfig {
    fn default() -> Self {
        Self { max_leases: 100_000, max_waiters: 1_000, max_ttl: Duration::from_secs(3_600) }
    }
}

/// What came of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acquired {
    /// It was granted.
    Granted(Lease),
    /// It was not: as many hold the name as may, or others wait for it.
    Denied(Denied),
}

/// Why a lease was denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied {
    /// Leases of the name that are held.
    pub held: usize,
    /// Callers who wait for one.
    pub waiting: usize,
    /// In what time the first of the leases ends by itself.
    pub retry_after: Duration,
}

impl From<Standing> for Denied {
    fn from(standing: Standing) -> Self {
        Self { held: standing.held, waiting: standing.waiting, retry_after: standing.first_end }
    }
}

/// Semaphores by name.
pub struct Leases {
    parts: Box<[Mutex<Semaphores>]>,
    hasher: RandomState,
    tokens: Arc<VersionSource>,
    tickets: VersionSource,
    places: Arc<AtomicUsize>,
    config: LeaseConfig,
    clock: Arc<dyn Clock>,
}

impl Leases {
    /// No leases yet.
    #[must_use]
    pub fn new(config: LeaseConfig, clock: Arc<dyn Clock>) -> Self {
        let source = || VersionSource::seeded(clock.wall());
        Self {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            tokens: Arc::new(source()),
            tickets: source(),
            places: Arc::default(),
            config,
            clock,
        }
    }

    /// Takes its fencing tokens from there, and not from a source of its own.
    #[must_use]
    pub fn fenced_by(self, tokens: &FencingTokens) -> Self {
        Self { tokens: Arc::clone(&tokens.0), ..self }
    }

    /// Grants a lease now, or denies it.
    ///
    /// # Errors
    /// [`LoadError::LeaseTtlInvalid`]; [`LoadError::Leases`].
    pub fn try_acquire(&self, ask: &Ask) -> Result<Acquired, Error> {
        let (seal, place) = self.admit(ask)?;
        let mut part = self.part(seal);
        part.resize(&ask.name, seal, ask.limit, &self.tokens);
        let standing = part.standing(&ask.name);
        if standing.is_free {
            return Ok(Acquired::Granted(part.grant(&ask.name, ask.ttl, place, &self.tokens)));
        }
        Ok(Acquired::Denied(standing.into()))
    }

    /// How it stands with the name, for somebody who stopped waiting.
    #[must_use]
    pub fn standing(&self, ask: &Ask) -> Denied {
        self.part(self.hasher.hash_one(&ask.name)).standing(&ask.name).into()
    }

    /// Waits for a lease in the queue of its name, as long as the future that this gives is kept. It is in the queue
    /// when this returns, before it is first polled.
    ///
    /// # Errors
    /// [`LoadError::LeaseTtlInvalid`]; [`LoadError::Leases`]; [`LoadError::LeaseWaiters`].
    pub fn acquire(self: &Arc<Self>, ask: Ask) -> Result<Waiting, Error> {
        let (seal, place) = self.admit(&ask)?;
        let (grant, granted) = oneshot::channel();
        let ticket = self.tickets.next().get();
        let mut part = self.part(seal);
        part.resize(&ask.name, seal, ask.limit, &self.tokens);
        let standing = part.standing(&ask.name);
        if standing.is_free {
            let lease = part.grant(&ask.name, ask.ttl, place, &self.tokens);
            // The receiver is in this function.
            let _heard = grant.send(lease);
        } else if standing.waiting >= self.config.max_waiters {
            return Err(LoadError::LeaseWaiters { allowed: self.config.max_waiters }.into());
        } else {
            part.enqueue(&ask.name, Waiter { ticket, ttl: ask.ttl, place, grant });
        }
        drop(part);
        Ok(Waiting::new(Arc::clone(self), ask.name, ticket, granted))
    }

    /// Makes a lease last `ttl` from now; `None` if it was released, or its time is over, or it never was.
    ///
    /// # Errors
    /// [`LoadError::LeaseTtlInvalid`].
    pub fn renew(&self, id: LeaseId, ttl: Duration) -> Result<Option<Lease>, Error> {
        self.check_ttl(ttl)?;
        Ok(self.part(id.seal).renew(id, ttl))
    }

    /// Ends a lease; `false` if there is none of this id, which a second release finds.
    pub fn release(&self, id: LeaseId) -> bool {
        self.part(id.seal).release(id, &self.tokens)
    }

    /// Ends the leases whose time is over, and serves those who wait for them. Every call for a name does so for itself;
    /// this is for those who wait while nobody calls. Run it every few milliseconds; with nothing due it takes about 2 us.
    pub fn sweep(&self) {
        for part in &self.parts {
            part.lock().settle(self.clock.now(), &self.tokens);
        }
    }

    /// Leases that are held and waited for, those that are over but not swept among them.
    #[must_use]
    pub fn places(&self) -> usize {
        self.places.load(Ordering::Relaxed)
    }

    /// Leaves the queue of `name`; a lease that was granted meanwhile goes to the next one.
    pub(super) fn leave(&self, name: &Key, ticket: u64, granted: &mut oneshot::Receiver<Lease>) {
        let mut part = self.part(self.hasher.hash_one(name));
        if part.leave(name, ticket) {
            return;
        }
        if let Ok(lease) = granted.try_recv() {
            part.release(lease.id, &self.tokens);
        }
    }

    fn admit(&self, ask: &Ask) -> Result<(u64, Place), Error> {
        self.check_ttl(ask.ttl)?;
        let most = self.config.max_leases;
        let place = Place::take(&self.places, most).ok_or(LoadError::Leases { allowed: most })?;
        Ok((self.hasher.hash_one(&ask.name), place))
    }

    fn check_ttl(&self, ttl: Duration) -> Result<(), Error> {
        let allowed = self.config.max_ttl;
        if ttl.is_zero() || ttl > allowed {
            return Err(LoadError::LeaseTtlInvalid { allowed, actual: ttl }.into());
        }
        Ok(())
    }

    /// The part of the name of this seal, as it is now.
    fn part(&self, seal: u64) -> MutexGuard<'_, Semaphores> {
        let mut part = self.parts[seal as usize % self.parts.len()].lock();
        part.settle(self.clock.now(), &self.tokens);
        part
    }
}
