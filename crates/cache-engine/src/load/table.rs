//! One part of the arrival times, under one lock.
//!
//! A key that is at rest says nothing and is dropped when its place is needed; one that limits is never dropped.
//!
//! Promise: bounded; a new key is refused when all limit. Cost of a take: two look-ups; of one that finds the table
//! full, a look through all of it, once in a millisecond at most.

use std::collections::HashMap;

/// A key, as two hashes of which nobody outside knows the secrets: 16 bytes whatever its length. That two keys have the
/// same is less likely than one in 10^20 for ten thousand million of them.
pub(super) type Id = (u64, u64);

/// How often at most a full table is looked through for places, in nanoseconds: it is the one step whose time
/// depends on the number of keys (some 25 us for 16,000).
const LOOK_EVERY: u64 = 1_000_000;

/// Arrival times by key, each in nanoseconds.
#[derive(Debug, Default)]
pub(super) struct Table {
    arrivals: HashMap<Id, u64>,
    latest: u64,
    look_from: u64,
}

impl Table {
    /// The moment of this call: a clock that goes back stands still here.
    pub(super) fn moment(&mut self, now: u64) -> u64 {
        self.latest = self.latest.max(now);
        self.latest
    }

    /// When the next token of a key is due; zero for one that is not there.
    pub(super) fn arrival(&self, id: Id) -> u64 {
        self.arrivals.get(&id).copied().unwrap_or_default()
    }

    /// Puts a time, unless it needs a place and there is none among `most`.
    pub(super) fn put(&mut self, id: Id, arrival: u64, most: usize) -> Result<(), Full> {
        if let Some(known) = self.arrivals.get_mut(&id) {
            *known = arrival;
            return Ok(());
        }
        if arrival <= self.latest {
            return Ok(());
        }
        if self.arrivals.len() >= most {
            self.drop_resting();
        }
        if self.arrivals.len() >= most {
            return Err(Full);
        }
        self.arrivals.insert(id, arrival);
        Ok(())
    }

    /// Drops keys that are at rest, unless that was tried a moment ago.
    fn drop_resting(&mut self) {
        if self.latest < self.look_from {
            return;
        }
        let now = self.latest;
        self.look_from = now.saturating_add(LOOK_EVERY);
        self.arrivals.retain(|_, arrival| *arrival > now);
    }

    pub(super) fn len(&self) -> usize {
        self.arrivals.len()
    }
}

/// Every place is taken by a key that limits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_drops_only_keys_at_rest() {
        let mut table = Table::default();
        table.put((0, 1), 5, 2).unwrap();
        table.put((0, 2), 2_000_000, 2).unwrap();
        assert_eq!(table.put((0, 3), 9, 2), Err(Full));
        table.moment(5);
        assert_eq!(table.put((0, 3), 9, 2), Err(Full), "it was looked through a moment ago");
        table.moment(LOOK_EVERY);
        table.put((0, 3), 3_000_000, 2).unwrap();
        assert_eq!((table.arrival((0, 1)), table.arrival((0, 2)), table.len()), (0, 2_000_000, 2));
        table.put((0, 4), 1, 2).unwrap();
        assert_eq!(table.len(), 2, "a time that is past needs no place");
    }

    #[test]
    fn time_does_not_go_back() {
        let mut table = Table::default();
        assert_eq!([table.moment(7), table.moment(3), table.moment(8)], [7, 7, 8]);
    }
}
