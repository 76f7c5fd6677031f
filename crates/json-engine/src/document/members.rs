//! Members: the members of an object, in order, found by their key.
//!
//! One list; beyond a few members the first look-up builds a table of places beside it, so that a document which is only
//! read and written never hashes a key. The seed is random: nobody can choose keys that collide.
//!
//! Promise: the order is that of the first insertion; a key stands there once. Cost: a look-up is O(1), removing shifts
//! what follows; 48 bytes a member, and from the first look-up in a large object on 8 to 16 more.

use std::hash::BuildHasher as _;
use std::sync::OnceLock;

use super::{Document, Key};

/// Objects up to this many members are searched one by one.
const FEW: usize = 16;

/// The members of an object.
#[derive(Clone, Default)]
pub struct Members {
    entries: Vec<(Key, Document)>,
    index: OnceLock<Box<Index>>,
}

/// What names a member: its text, or a key.
pub trait Name {
    /// The text, or the escaped literal of a key that is no text.
    fn literal(&self) -> &str;
    /// Whether it names the member of this key.
    fn names(&self, key: &Key) -> bool;
}

impl Name for str {
    fn literal(&self) -> &str {
        self
    }

    fn names(&self, key: &Key) -> bool {
        key.as_text() == Some(self)
    }
}

impl Name for Key {
    fn literal(&self) -> &str {
        Key::literal(self)
    }

    fn names(&self, key: &Key) -> bool {
        self == key
    }
}

impl Members {
    /// No members, and room for `count`.
    pub fn with_capacity(count: usize) -> Members {
        Members { entries: Vec::with_capacity(count), index: OnceLock::new() }
    }

    /// Members whose keys are known to differ; costs nothing.
    pub(crate) fn of_distinct(entries: Vec<(Key, Document)>) -> Members {
        Members { entries, index: OnceLock::new() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Where the member `name` stands.
    pub fn get_index_of<N: Name + ?Sized>(&self, name: &N) -> Option<usize> {
        if self.entries.len() <= FEW {
            return self.entries.iter().position(|(key, _)| name.names(key));
        }
        self.index.get_or_init(|| Box::new(Index::of(&self.entries))).find(&self.entries, name)
    }

    /// The value of the member `name`.
    pub fn get<N: Name + ?Sized>(&self, name: &N) -> Option<&Document> {
        self.get_index_of(name).map(|at| &self.entries[at].1)
    }

    /// The value of the member `name`, to be changed.
    pub fn get_mut<N: Name + ?Sized>(&mut self, name: &N) -> Option<&mut Document> {
        self.get_index_of(name).map(|at| &mut self.entries[at].1)
    }

    /// Whether there is a member `name`.
    pub fn contains_key<N: Name + ?Sized>(&self, name: &N) -> bool {
        self.get_index_of(name).is_some()
    }

    /// The member at a place.
    pub fn get_index(&self, at: usize) -> Option<(&Key, &Document)> {
        self.entries.get(at).map(|(key, value)| (key, value))
    }

    /// The value at a place, to be changed.
    pub(crate) fn value_mut(&mut self, at: usize) -> Option<&mut Document> {
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// The first member.
    pub fn first(&self) -> Option<(&Key, &Document)> {
        self.get_index(0)
    }

    /// The last member.
    pub fn last(&self) -> Option<(&Key, &Document)> {
        self.entries.last().map(|(key, value)| (key, value))
    }

    /// Sets a member; gives the value that it replaces, in whose place the new one stands.
    pub fn insert(&mut self, key: Key, value: Document) -> Option<Document> {
        self.insert_full(key, value).1
    }

    /// As [`Members::insert`]; says the place too.
    pub fn insert_full(&mut self, key: Key, value: Document) -> (usize, Option<Document>) {
        if let Some(at) = self.get_index_of(&key) {
            return (at, Some(std::mem::replace(&mut self.entries[at].1, value)));
        }
        self.entries.push((key, value));
        if let Some(index) = self.index.get_mut() {
            index.add_last(&self.entries);
        }
        (self.entries.len() - 1, None)
    }

    /// Takes the member `name` out; those behind it move up. Costs their number.
    pub fn shift_remove<N: Name + ?Sized>(&mut self, name: &N) -> Option<Document> {
        let at = self.get_index_of(name)?;
        if let Some(index) = self.index.get_mut() {
            index.remove(at);
        }
        Some(self.entries.remove(at).1)
    }

    /// As [`Members::shift_remove`], by the place.
    pub fn shift_remove_index(&mut self, at: usize) -> Option<(Key, Document)> {
        if at >= self.entries.len() {
            return None;
        }
        if let Some(index) = self.index.get_mut() {
            index.remove(at);
        }
        Some(self.entries.remove(at))
    }

    /// Keeps the members that `keeps` says so of. Costs their number.
    pub fn retain(&mut self, mut keeps: impl FnMut(&Key, &Document) -> bool) {
        self.entries.retain(|(key, value)| keeps(key, value));
        self.index = OnceLock::new();
    }

    /// The members in order.
    pub fn iter(&self) -> Iter<'_> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// The members in order, their values to be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&Key, &mut Document)> + ExactSizeIterator {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Key> + ExactSizeIterator {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The values in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Document> + ExactSizeIterator {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values in order, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Document> + ExactSizeIterator {
        self.entries.iter_mut().map(|(_, value)| value)
    }
}

/// The members in order.
pub type Iter<'m> =
    std::iter::Map<std::slice::Iter<'m, (Key, Document)>, fn(&'m (Key, Document)) -> (&'m Key, &'m Document)>;

impl<'m> IntoIterator for &'m Members {
    type Item = (&'m Key, &'m Document);
    type IntoIter = Iter<'m>;

    fn into_iter(self) -> Iter<'m> {
        self.iter()
    }
}

impl IntoIterator for Members {
    type Item = (Key, Document);
    type IntoIter = std::vec::IntoIter<(Key, Document)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl Extend<(Key, Document)> for Members {
    fn extend<I: IntoIterator<Item = (Key, Document)>>(&mut self, members: I) {
        for (key, value) in members {
            self.insert(key, value);
        }
    }
}

impl FromIterator<(Key, Document)> for Members {
    /// The last of members with one key counts, in the place of the first.
    fn from_iter<I: IntoIterator<Item = (Key, Document)>>(members: I) -> Members {
        let members = members.into_iter();
        let mut collected = Members::with_capacity(members.size_hint().0);
        collected.extend(members);
        collected
    }
}

impl std::fmt::Debug for Members {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

const FREE: u32 = 0;
const REMOVED: u32 = u32::MAX;

/// Places by key: open addressing over place + 1.
#[derive(Clone, Default)]
struct Index {
    slots: Vec<u32>,
    /// Slots that are not free.
    used: usize,
    seed: foldhash::fast::RandomState,
}

impl Index {
    fn of(entries: &[(Key, Document)]) -> Index {
        let slots = vec![FREE; (entries.len() * 2).next_power_of_two()];
        let mut index = Index { slots, ..Index::default() };
        for (at, (key, _)) in entries.iter().enumerate() {
            index.put(at, key);
        }
        index
    }

    fn find<N: Name + ?Sized>(&self, entries: &[(Key, Document)], name: &N) -> Option<usize> {
        let mut slot = self.home(name.literal());
        loop {
            match self.slots[slot] {
                FREE => return None,
                REMOVED => {}
                place if name.names(&entries[place as usize - 1].0) => return Some(place as usize - 1),
                _ => {}
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// Adds the last of the entries; a table that is three quarters full is built again.
    fn add_last(&mut self, entries: &[(Key, Document)]) {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            *self = Index::of(entries);
        } else if let Some((key, _)) = entries.last() {
            self.put(entries.len() - 1, key);
        }
    }

    fn put(&mut self, at: usize, key: &Key) {
        let mut slot = self.home(key.literal());
        while self.slots[slot] != FREE {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        // Documents hold fewer than 2^32 - 2 values.
        self.slots[slot] = at as u32 + 1;
        self.used += 1;
    }

    /// Forgets a place; those behind it move up.
    fn remove(&mut self, at: usize) {
        let gone = at as u32 + 1;
        for place in &mut self.slots {
            match *place {
                REMOVED => {}
                present if present == gone => *place = REMOVED,
                present if present > gone => *place = present - 1,
                _ => {}
            }
        }
    }

    fn home(&self, literal: &str) -> usize {
        self.seed.hash_one(literal) as usize & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Number;

    fn key(name: usize) -> Key {
        Key::Text(format!("k{name}").into())
    }

    fn value(number: usize) -> Document {
        Document::Number(Number::I64(number as i64))
    }

    fn number(value: Option<&Document>) -> Option<i64> {
        match value {
            Some(Document::Number(Number::I64(number))) => Some(*number),
            _ => None,
        }
    }

    /// Small and large, against the plain meaning: a list that is searched.
    #[test]
    fn members_are_an_ordered_map() {
        for size in [0, 1, 15, 16, 17, 18, 40, 1_000] {
            let mut members = Members::default();
            for name in 0..size {
                assert_eq!(members.insert_full(key(name), value(name)).0, name);
            }
            for name in (0..size).step_by(3) {
                assert_eq!(number(members.insert(key(name), value(name + 7)).as_ref()), Some(name as i64));
            }
            for name in (0..size).step_by(2) {
                assert!(members.shift_remove(&key(name)).is_some(), "{size} {name}");
                assert!(members.shift_remove(&key(name)).is_none(), "{size} {name}");
            }
            members.insert(key(size), value(size));
            let expected: Vec<usize> = (0..size).filter(|name| name % 2 == 1).chain([size]).collect();
            assert_eq!(members.len(), expected.len());
            for (at, name) in expected.into_iter().enumerate() {
                let wanted = if name < size && name % 3 == 0 { name + 7 } else { name };
                assert_eq!(members.get_index_of(format!("k{name}").as_str()), Some(at), "{size} {name}");
                assert_eq!(number(members.get(&key(name))), Some(wanted as i64), "{size} {name}");
            }
            assert!(!members.contains_key("k"));
        }
    }

    #[test]
    fn a_text_does_not_name_a_key_that_is_no_text() {
        let literal = r"\ud800";
        let members = Members::from_iter([(Key::Surrogates(literal.into()), Document::Null)]);
        assert!(members.get(literal).is_none());
        assert!(members.get(&Key::Surrogates(literal.into())).is_some());
    }
}
