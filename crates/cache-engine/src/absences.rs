//! Absences: keys of which it is known for a while that there is nothing.
//!
//! Promise: an absence is told until its time is over and never afterwards; at most so many are remembered, and a full table
//! remembers no more until some are over. Cost: one short lock; a full table is looked through at most once a
//! millisecond.

use std::{collections::HashMap, hash::Hash, sync::Arc, time::Duration};

use parking_lot::Mutex;

use crate::{Clock, Timestamp};

/// How often at most a full table is looked through.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// What is known to be missing.
pub struct Absences<K> {
    table: Mutex<Table<K>>,
    most: usize,
    clock: Arc<dyn Clock>,
}

struct Table<K> {
    until: HashMap<K, Timestamp>,
    look_from: Timestamp,
}

impl<K: Hash + Eq> Absences<K> {
    /// At most `most` of them.
    #[must_use]
    pub fn new(most: usize, clock: Arc<dyn Clock>) -> Self {
        let table = Table { until: HashMap::new(), look_from: Timestamp::default() };
        Self { table: Mutex::new(table), most, clock }
    }

    /// Remembers for so long that there is nothing under `key`; `false` if there is no room.
    pub fn remember(&self, key: K, missing_for: Duration) -> bool {
        let now = self.clock.now();
        let mut table = self.table.lock();
        if table.until.len() >= self.most && now >= table.look_from {
            table.look_from = now.after(LOOK_EVERY);
            table.until.retain(|_, until| *until > now);
        }
        let has_room = table.until.len() < self.most || table.until.contains_key(&key);
        if has_room {
            table.until.insert(key, now.after(missing_for));
        }
        has_room
    }

    /// Whether it is known that there is nothing under `key`.
    pub fn is_known(&self, key: &K) -> bool {
        let now = self.clock.now();
        let mut table = self.table.lock();
        match table.until.get(key) {
            Some(until) if *until > now => true,
            Some(_) => {
                table.until.remove(key);
                false
            }
            None => false,
        }
    }

    /// Forgets it: there is something now.
    pub fn forget(&self, key: &K) {
        self.table.lock().until.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ManualClock;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn an_absence_is_known_until_its_time_is_over() {
        let clock = Arc::new(ManualClock::default());
        let absences = Absences::new(9, clock.clone());
        assert!(!absences.is_known(&"a"));
        assert!(absences.remember("a", SECOND) && absences.remember("b", SECOND));
        absences.forget(&"b");
        assert_eq!([absences.is_known(&"a"), absences.is_known(&"b")], [true, false]);
        clock.advance(SECOND);
        assert!(!absences.is_known(&"a"));
    }

    #[test]
    fn a_full_table_remembers_no_more_until_some_are_over() {
        let clock = Arc::new(ManualClock::default());
        let absences = Absences::new(2, clock.clone());
        assert!(absences.remember(1, SECOND) && absences.remember(2, 9 * SECOND));
        assert!(!absences.remember(3, SECOND));
        assert!(absences.remember(2, 9 * SECOND), "what is known may be told again");
        clock.advance(SECOND);
        assert!(absences.remember(3, SECOND));
        assert_eq!([1, 2, 3].map(|key| absences.is_known(&key)), [false, true, true]);
    }
}
