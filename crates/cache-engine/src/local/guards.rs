//! Guards: whoever computes an entry learns whether somebody wrote it meanwhile.
//!
//! The idea: a guard stands in the shard of its key until that key is written or removed, whether it was there or not. What is
//! computed has the version of the moment when its guard was put up, so that an invalidation since then voids it as it voids what
//! was written before.
//!
//! Promise: what was computed under a guard is stored only if its key was not written, removed or invalidated since, and
//! never over something newer. An eviction, an end of life and another life are no change. Cost: of a write, a look at whether
//! there is any guard in its shard, and a hash if there is, and the wakes of those who wait for one to fall; some 200 bytes a guard
//! and its key, until it is dropped.

use std::{
    collections::HashMap,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::Notify;

use crate::{Key, Version};

/// No fewer guards are looked through for those that were dropped.
const LEAST: usize = 16;

/// The right to store what is computed under a key, for as long as nobody writes it. Clones are the same guard.
#[derive(Debug, Clone)]
pub struct Guard {
    pub(super) since: Version,
    stands: Arc<Standing>,
}

#[derive(Debug, Default)]
struct Standing {
    fallen: AtomicBool,
    fell: Notify,
}

impl Guard {
    /// Whether its key was written or removed. What else keeps a result from being stored, an invalidation of many or the
    /// end of the namespace, is not seen here.
    #[must_use]
    pub fn has_fallen(&self) -> bool {
        self.stands.fallen.load(Ordering::Acquire)
    }

    /// Resolves when its key is written or removed, maybe before readers can see it: whoever puts up a guard anew and then
    /// reads misses nothing. May be dropped at any time.
    pub async fn fallen(&self) {
        // Made before the look, so that it hears of what comes after that.
        let fell = self.stands.fell.notified();
        if !self.has_fallen() {
            fell.await;
        }
    }
}

/// The guards of a shard; only for the holder of its lock.
#[derive(Default)]
pub(super) struct Guards {
    standing: HashMap<Key, Vec<Weak<Standing>>>,
    clean_up_at: usize,
}

impl Guards {
    /// Puts one up. `since` is above all versions that the key had.
    pub(super) fn put_up(&mut self, key: &Key, since: Version) -> Guard {
        if self.standing.len() >= self.clean_up_at.max(LEAST) {
            self.clean_up();
        }
        let stands = Arc::<Standing>::default();
        let of_key = self.standing.entry(key.clone()).or_default();
        of_key.retain(|guard| guard.strong_count() > 0);
        of_key.push(Arc::downgrade(&stands));
        Guard { since, stands }
    }

    /// Takes down those of a key, which is written or removed.
    pub(super) fn revoke(&mut self, key: &Key) {
        if self.standing.is_empty() {
            return;
        }
        for guard in self.standing.remove(key).into_iter().flatten().filter_map(|guard| guard.upgrade()) {
            guard.fallen.store(true, Ordering::Release);
            guard.fell.notify_waiters();
        }
    }

    /// Whether it stands. One of a namespace that was deleted since does not.
    pub(super) fn stands(&self, key: &Key, guard: &Guard) -> bool {
        let of_key = self.standing.get(key);
        of_key.is_some_and(|all| all.iter().any(|other| other.as_ptr() == Arc::as_ptr(&guard.stands)))
    }

    fn clean_up(&mut self) {
        for of_key in self.standing.values_mut() {
            of_key.retain(|guard| guard.strong_count() > 0);
        }
        self.standing.retain(|_, of_key| !of_key.is_empty());
        self.clean_up_at = 2 * self.standing.len();
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    fn key(number: u64) -> Key {
        Key::new(number.to_string()).unwrap()
    }

    fn version(number: u64) -> Version {
        Version::new(number).unwrap()
    }

    #[test]
    fn a_guard_stands_until_its_key_is_written() {
        let mut guards = Guards::default();
        let (first, second) = (guards.put_up(&key(1), version(1)), guards.put_up(&key(1), version(2)));
        guards.revoke(&key(2));
        assert!(guards.stands(&key(1), &first) && guards.stands(&key(1), &second.clone()));
        guards.revoke(&key(1));
        assert!(!guards.stands(&key(1), &first) && !guards.stands(&key(1), &second));
        assert!(first.has_fallen() && second.has_fallen());
        assert!(!Guards::default().stands(&key(1), &first));
    }

    #[test]
    fn whoever_waits_for_a_guard_to_fall_is_told() {
        let mut guards = Guards::default();
        let guard = guards.put_up(&key(1), version(1));
        let mut task = Context::from_waker(Waker::noop());
        let (mut early, mut gone) = (Box::pin(guard.fallen()), Box::pin(guard.fallen()));
        assert!(early.as_mut().poll(&mut task).is_pending() && gone.as_mut().poll(&mut task).is_pending());
        drop(gone);
        guards.revoke(&key(2));
        assert!(early.as_mut().poll(&mut task).is_pending());
        guards.revoke(&key(1));
        assert!(early.as_mut().poll(&mut task).is_ready());
        assert!(Box::pin(guard.fallen()).as_mut().poll(&mut task).is_ready(), "also who comes later");
    }

    #[test]
    fn guards_that_were_dropped_take_no_memory_for_long() {
        let mut guards = Guards::default();
        let held: Vec<Guard> = (1..=10).map(|number| guards.put_up(&key(number), version(number))).collect();
        for number in 1..10_000 {
            drop(guards.put_up(&key(number % 100), version(number)));
            drop(guards.put_up(&key(0), version(number)));
        }
        assert!(guards.standing.len() <= 2 * LEAST + held.len(), "{}", guards.standing.len());
        assert!(guards.standing.values().all(|of_key| of_key.len() <= 2));
        assert!(held.iter().zip(1..).all(|(guard, number)| guards.stands(&key(number), guard)));
    }
}
