//! Parsed forms of documents, kept beside their entries.
//!
//! The idea: not part of the entries, whose store knows no JSON, but a bounded table by key that holds the form of one version
//! each. Another version of the key is a miss, so nothing has to be told when entries change or go.
//!
//! Promise: the forms take at most `documents.max_parsed_bytes`, by their own count, exactly; the one that was used longest ago
//! goes first; a form is that of the version that was asked for. What an entry leaves behind that was deleted goes the same
//! way. Cost: a lock for a look into a hash table and a tree.

use std::collections::{BTreeMap, HashMap};

use cache_engine::{Key, NamespaceName};
use parking_lot::Mutex;

use super::Held;

/// Which entry.
pub(super) type Name = (NamespaceName, Key);

/// What a place in the table takes beside the form and the key.
const PLACE_BYTES: u64 = 256;

/// The table.
pub(super) struct Parsed {
    max_bytes: u64,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    places: HashMap<Name, Place>,
    /// By the number of their last use.
    uses: BTreeMap<u64, Name>,
    last_use: u64,
    bytes: u64,
}

struct Place {
    version: u64,
    held: Held,
    bytes: u64,
    used: u64,
}

impl Parsed {
    /// A table of at most so many bytes.
    pub(super) fn new(max_bytes: u64) -> Self {
        Self { max_bytes, table: Mutex::default() }
    }

    /// The form of this version; counts as its use.
    pub(super) fn get(&self, name: &Name, version: u64) -> Option<Held> {
        let found = self.table.lock().get(name, version);
        let outcome = if found.is_some() { "hit" } else { "miss" };
        metrics::counter!("documents_parsed_total", "outcome" => outcome).increment(1);
        found
    }

    /// Keeps the form of a version in place of an older one. One that would take all the room is not kept.
    pub(super) fn put(&self, name: Name, version: u64, held: Held) {
        let bytes = held.bytes.saturating_add(PLACE_BYTES + name.1.as_str().len() as u64);
        let mut table = self.table.lock();
        if table.places.get(&name).is_some_and(|place| place.version > version) {
            return;
        }
        table.remove(&name);
        if bytes <= self.max_bytes {
            table.insert(name, Place { version, held, bytes, used: 0 });
            while table.bytes > self.max_bytes && table.remove_oldest() {}
        }
        #[allow(clippy::cast_precision_loss, reason = "a gauge is a double")]
        metrics::gauge!("documents_parsed_bytes").set(table.bytes as f64);
    }
}

impl Table {
    fn get(&mut self, name: &Name, version: u64) -> Option<Held> {
        let place = self.places.get_mut(name).filter(|place| place.version == version)?;
        self.last_use += 1;
        if let Some(name) = self.uses.remove(&place.used) {
            self.uses.insert(self.last_use, name);
        }
        place.used = self.last_use;
        Some(place.held.clone())
    }

    fn insert(&mut self, name: Name, place: Place) {
        self.last_use += 1;
        self.bytes += place.bytes;
        self.uses.insert(self.last_use, name.clone());
        self.places.insert(name, Place { used: self.last_use, ..place });
    }

    fn remove(&mut self, name: &Name) {
        if let Some(place) = self.places.remove(name) {
            self.uses.remove(&place.used);
            self.bytes -= place.bytes;
        }
    }

    /// Says whether there was one.
    fn remove_oldest(&mut self) -> bool {
        let Some((_, name)) = self.uses.pop_first() else { return false };
        self.remove(&name);
        true
    }
}

#[cfg(test)]
mod tests {
    use json_engine::document::Document;

    use super::*;

    fn name(key: &str) -> Name {
        (NamespaceName::default(), Key::new(key).unwrap())
    }

    fn held(bytes: u64) -> Held {
        Held { document: Document::Null, nodes: 1, bytes }
    }

    /// Room for three of one byte each under keys of one byte.
    fn parsed() -> Parsed {
        Parsed::new(3 * (PLACE_BYTES + 2))
    }

    fn kept(parsed: &Parsed, names: [&str; 4]) -> [bool; 4] {
        names.map(|key| parsed.table.lock().places.contains_key(&name(key)))
    }

    #[test]
    fn the_one_that_was_used_longest_ago_goes_first() {
        let parsed = parsed();
        ["a", "b", "c"].into_iter().for_each(|key| parsed.put(name(key), 1, held(1)));
        assert!(parsed.get(&name("a"), 1).is_some());
        parsed.put(name("d"), 1, held(1));
        assert_eq!(kept(&parsed, ["a", "b", "c", "d"]), [true, false, true, true]);
        assert_eq!(parsed.table.lock().bytes, parsed.max_bytes);
    }

    #[test]
    fn a_form_is_that_of_the_version_asked_for() {
        let parsed = parsed();
        parsed.put(name("a"), 2, held(1));
        parsed.put(name("a"), 1, held(1));
        let found = [1, 2, 3].map(|version| parsed.get(&name("a"), version).is_some());
        assert_eq!(found, [false, true, false]);
    }

    #[test]
    fn one_that_would_take_all_the_room_is_not_kept() {
        let parsed = parsed();
        parsed.put(name("a"), 1, held(1));
        parsed.put(name("b"), 1, held(parsed.max_bytes));
        assert_eq!(kept(&parsed, ["a", "b", "c", "d"]), [true, false, false, false]);
        parsed.put(name("a"), 2, held(parsed.max_bytes));
        let table = parsed.table.lock();
        assert_eq!((table.bytes, table.places.len(), table.uses.len()), (0, 0, 0));
    }
}
