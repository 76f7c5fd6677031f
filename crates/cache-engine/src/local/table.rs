//! A compact map: small hash tables, each under a lock of its own.
//!
//! Promise: a read waits for no more than one change of its table, one of 64 in a shard: some 100 ns, and when the table
//! grows or shrinks, 10 ns for each of its entries; never for the policy, the sweep or an allocation that is freed. What was
//! taken out is free as soon as no reader has it, and an emptied table gives its memory back. Cost: 24 bytes an
//! entry, at 44 to 88 % full; a read takes and leaves a lock that only readers of the same table share.

use hashbrown::{HashTable, hash_table};
use parking_lot::RwLock;

use super::hashed::{Hashed, Probe};
use crate::Entry;

/// Tables of a shard.
const TABLES: usize = 64;

/// A table of fewer places is left as it is.
const LEAST_PLACES: usize = 64;

/// A table that has more places an entry is made smaller.
const MOST_PLACES_AN_ENTRY: usize = 4;

/// Entries by key.
pub(super) struct Table(Box<[Part]>);

/// Aligned, so that two locks share no cache line.
#[repr(align(64))]
#[derive(Default)]
struct Part(RwLock<HashTable<Row>>);

struct Row {
    key: Hashed,
    entry: Entry,
}

impl Table {
    pub(super) fn new() -> Self {
        Self((0..TABLES).map(|_| Part::default()).collect())
    }

    pub(super) fn get(&self, probe: Probe<'_>) -> Option<Entry> {
        let rows = self.part(probe).0.read();
        rows.find(probe.hash, |row| probe.is(&row.key)).map(|row| row.entry.clone())
    }

    /// Gives back what was there, so that it is freed without the lock.
    pub(super) fn insert(&self, probe: Probe<'_>, entry: Entry) -> Option<Entry> {
        let mut rows = self.part(probe).0.write();
        match rows.entry(probe.hash, |row| probe.is(&row.key), Row::hash) {
            hash_table::Entry::Occupied(mut there) => {
                Some(std::mem::replace(&mut there.get_mut().entry, entry))
            }
            hash_table::Entry::Vacant(place) => {
                place.insert(Row { key: probe.to_hashed(), entry });
                None
            }
        }
    }

    pub(super) fn remove(&self, probe: Probe<'_>) -> Option<Entry> {
        let mut rows = self.part(probe).0.write();
        let (row, _) = rows.find_entry(probe.hash, |row| probe.is(&row.key)).ok()?.remove();
        if rows.capacity() > LEAST_PLACES.max(MOST_PLACES_AN_ENTRY * rows.len()) {
            let places = 2 * rows.len();
            rows.shrink_to(places, Row::hash);
        }
        drop(rows); // before the key is freed
        Some(row.entry)
    }

    #[cfg(test)]
    pub(super) fn entries(&self) -> Vec<Entry> {
        let all = |part: &Part| part.0.read().iter().map(|row| row.entry.clone()).collect::<Vec<_>>();
        self.0.iter().flat_map(all).collect()
    }

    /// By bits that neither the shard nor the place in a table goes by.
    fn part(&self, probe: Probe<'_>) -> &Part {
        &self.0[(probe.hash >> 40) as usize % TABLES]
    }
}

impl Row {
    fn hash(&self) -> u64 {
        self.key.hash()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::{Body, Key, Life, Value, Version, life::Dice, local::hashed::KeyHasher};

    fn entry() -> Entry {
        let span = Life::default().begin(Default::default(), None, &Dice::seeded(SystemTime::UNIX_EPOCH));
        let value = Value::new(Body::text("v"), "").unwrap();
        Entry::new(value, Version::new(1).unwrap(), span, Box::default(), 1)
    }

    #[test]
    fn an_emptied_table_gives_its_memory_back() {
        let (table, hasher) = (Table::new(), KeyHasher::new());
        let places = || table.0.iter().map(|part| part.0.read().capacity()).sum::<usize>();
        let each = |act: &dyn Fn(Probe<'_>)| {
            for number in 0..100_000 {
                act(Probe::new(&Key::new(number.to_string()).unwrap(), &hasher));
            }
        };
        each(&|probe| assert!(table.insert(probe, entry()).is_none()));
        assert!(places() >= 100_000);
        each(&|probe| assert!(table.get(probe).is_some()));
        each(&|probe| assert!(table.remove(probe).is_some()));
        each(&|probe| assert!(table.get(probe).is_none()));
        assert!(places() <= 64 * 2 * LEAST_PLACES, "{}", places());
        assert_eq!(table.entries(), []);
    }
}
