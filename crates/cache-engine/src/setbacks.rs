//! Setbacks: what failed is not tried again at once.
//!
//! Promise: a failure stands for its time, which doubles from one to the next up to the longest, and never longer; it stands for
//! the attempt that failed alone, which is known by its fingerprint. At most so many are remembered; a full table remembers no
//! more until some are over. Cost: one short lock; a full table is looked through at most once a millisecond.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher as _},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;

use crate::{Clock, Timestamp};

/// How often at most a full table is looked through.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// For how long failures stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The first one.
    pub first: Duration,
    /// At most.
    pub longest: Duration,
}

/// Failures `E` by what failed.
pub struct Setbacks<K, E> {
    table: Mutex<Table<K, E>>,
    most: usize,
    clock: Arc<dyn Clock>,
}

struct Table<K, E> {
    known: HashMap<K, Setback<E>>,
    look_from: Timestamp,
}

struct Setback<E> {
    fingerprint: u64,
    failure: E,
    /// How many there were in a row.
    count: u32,
    until: Timestamp,
    /// When it is forgotten how many there were.
    forgotten: Timestamp,
}

impl<K: Hash + Eq, E: Clone> Setbacks<K, E> {
    /// At most `most` of them.
    #[must_use]
    pub fn new(most: usize, clock: Arc<dyn Clock>) -> Self {
        let table = Table { known: HashMap::new(), look_from: Timestamp::default() };
        Self { table: Mutex::new(table), most, clock }
    }

    /// Whether something is known of `key`, so that a fingerprint is worth its cost.
    pub fn is_known(&self, key: &K) -> bool {
        self.table.lock().known.contains_key(key)
    }

    /// The failure that stands, and for how long.
    pub fn standing(&self, key: &K, fingerprint: u64) -> Option<(E, Duration)> {
        let now = self.clock.now();
        let table = self.table.lock();
        let setback = table.known.get(key).filter(|setback| setback.fingerprint == fingerprint)?;
        let left = setback.until.since(now);
        (!left.is_zero()).then(|| (setback.failure.clone(), left))
    }

    /// Remembers a failure; says for how long it stands, `None` where there is no room. Up to a quarter is taken off, by the hash
    /// of the key, so that what failed together is not tried again together.
    pub fn note(&self, key: K, fingerprint: u64, failure: E, backoff: Backoff) -> Option<Duration> {
        let now = self.clock.now();
        let mut table = self.table.lock();
        if !table.has_room(&key, self.most, now) {
            return None;
        }
        let earlier =
            table.known.get(&key).filter(|one| one.fingerprint == fingerprint && one.forgotten > now);
        let count = earlier.map_or(0, |earlier| earlier.count).saturating_add(1);
        let delay = delay(&key, count, backoff);
        let until = now.after(delay);
        let setback = Setback { fingerprint, failure, count, until, forgotten: until.after(backoff.longest) };
        table.known.insert(key, setback);
        Some(delay)
    }

    /// Forgets it: the attempt did not fail.
    pub fn clear(&self, key: &K) {
        self.table.lock().known.remove(key);
    }
}

impl<K: Hash + Eq, E> Table<K, E> {
    fn has_room(&mut self, key: &K, most: usize, now: Timestamp) -> bool {
        if self.known.len() >= most && now >= self.look_from {
            self.look_from = now.after(LOOK_EVERY);
            self.known.retain(|_, setback| setback.until > now);
        }
        self.known.len() < most || self.known.contains_key(key)
    }
}

fn delay<K: Hash>(key: &K, count: u32, backoff: Backoff) -> Duration {
    let doubled = backoff.first.saturating_mul(1_u32.checked_shl(count - 1).unwrap_or(u32::MAX));
    let whole = doubled.min(backoff.longest);
    let mut hasher = DefaultHasher::new();
    (key, count).hash(&mut hasher);
    let thousandths = u32::try_from(hasher.finish() % 250).unwrap_or_default();
    whole - whole / 1_000 * thousandths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ManualClock;

    const BACKOFF: Backoff = Backoff { first: Duration::from_millis(200), longest: Duration::from_secs(1) };

    fn new(most: usize) -> (Arc<ManualClock>, Setbacks<&'static str, u8>) {
        let clock = Arc::new(ManualClock::default());
        (clock.clone(), Setbacks::new(most, clock))
    }

    /// From three quarters of `whole` on.
    #[track_caller]
    fn check(delay: Option<Duration>, whole: Duration) {
        let delay = delay.unwrap();
        assert!(delay <= whole && delay >= whole * 3 / 4, "{delay:?}, not {whole:?}");
    }

    #[test]
    fn a_failure_stands_for_twice_as_long_each_time_up_to_the_longest() {
        let (clock, setbacks) = new(9);
        assert!(!setbacks.is_known(&"a"));
        for millis in [200, 400, 800, 1_000, 1_000] {
            let delay = setbacks.note("a", 1, 7, BACKOFF);
            check(delay, Duration::from_millis(millis));
            assert_eq!(setbacks.standing(&"a", 1), Some((7, delay.unwrap())));
            clock.advance(delay.unwrap());
            assert_eq!(setbacks.standing(&"a", 1), None, "then it may be tried again");
        }
        clock.advance(BACKOFF.longest);
        check(setbacks.note("a", 1, 7, BACKOFF), BACKOFF.first);
        setbacks.clear(&"a");
        assert!(!setbacks.is_known(&"a"));
        check(setbacks.note("a", 1, 7, BACKOFF), BACKOFF.first);
    }

    #[test]
    fn another_attempt_has_not_failed() {
        let (_clock, setbacks) = new(9);
        setbacks.note("a", 1, 7, BACKOFF);
        setbacks.note("a", 1, 7, BACKOFF);
        assert_eq!((setbacks.standing(&"a", 2), setbacks.standing(&"b", 1)), (None, None));
        check(setbacks.note("a", 2, 8, BACKOFF), BACKOFF.first);
        assert_eq!(setbacks.standing(&"a", 1), None);
    }

    #[test]
    fn a_full_table_remembers_no_more_until_some_are_over() {
        let (clock, setbacks) = new(1);
        let delay = setbacks.note("a", 1, 7, BACKOFF).unwrap();
        assert_eq!(setbacks.note("b", 1, 7, BACKOFF), None);
        assert!(setbacks.note("a", 1, 7, BACKOFF).is_some_and(|next| next > delay));
        clock.advance(BACKOFF.longest);
        assert!(setbacks.note("b", 1, 7, BACKOFF).is_some());
        assert!(!setbacks.is_known(&"a"));
    }
}
