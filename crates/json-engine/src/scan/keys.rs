//! Duplicate keys, found while scanning.
//!
//! Keys of the open objects lie on one stack of 32-bit hashes. A small object is compared hash by hash, which compilers
//! turn into vector code; a large one gets a hash set with a random seed, so that nobody can choose keys that collide.

use std::collections::HashSet;
use std::hash::BuildHasher as _;

use crate::write::unescape;

/// Objects up to this many keys are compared one by one.
const SMALL: usize = 48;

#[derive(Default)]
pub(super) struct Keys {
    hashes: Vec<u32>,
    places: Vec<(u32, u32, bool)>,
    objects: Vec<Object>,
    seed: foldhash::fast::RandomState,
}

struct Object {
    first: usize,
    /// Decoded keys; made when the object outgrows `SMALL`.
    set: Option<HashSet<Box<[u8]>, foldhash::fast::RandomState>>,
}

impl Keys {
    /// An object begins.
    #[inline]
    pub(super) fn enter(&mut self) {
        self.objects.push(Object { first: self.hashes.len(), set: None });
    }

    /// The object ends.
    #[inline]
    pub(super) fn leave(&mut self) {
        if let Some(object) = self.objects.pop() {
            self.hashes.truncate(object.first);
            self.places.truncate(object.first);
        }
    }

    /// Notes the key at `start..end` (without quotes); false if the object has it already.
    #[inline]
    pub(super) fn is_new(&mut self, text: &[u8], start: usize, end: usize, escaped: bool) -> bool {
        let Some(object) = self.objects.last_mut() else {
            return true;
        };
        if let Some(set) = &mut object.set {
            return set.insert(decoded(text, start, end, escaped).into());
        }
        let first = object.first;
        let hash = if escaped {
            self.seed.hash_one(&*decoded(text, start, end, true)) as u32
        } else {
            self.seed.hash_one(&text[start..end]) as u32
        };
        if self.hashes[first..].contains(&hash) && self.holds(text, first, hash, (start, end, escaped)) {
            return false;
        }
        self.hashes.push(hash);
        self.places.push((start as u32, end as u32, escaped));
        if self.hashes.len() - first > SMALL {
            self.grow(text);
        }
        true
    }

    fn holds(&self, text: &[u8], first: usize, hash: u32, key: (usize, usize, bool)) -> bool {
        let key = decoded(text, key.0, key.1, key.2);
        self.hashes[first..].iter().zip(&self.places[first..]).any(|(&other, &(start, end, escaped))| {
            other == hash && *decoded(text, start as usize, end as usize, escaped) == *key
        })
    }

    fn grow(&mut self, text: &[u8]) {
        let Some(object) = self.objects.last_mut() else {
            return;
        };
        let mut set = HashSet::with_hasher(self.seed.clone());
        for &(start, end, escaped) in &self.places[object.first..] {
            set.insert(Box::from(&*decoded(text, start as usize, end as usize, escaped)));
        }
        object.set = Some(set);
    }
}

fn decoded(text: &[u8], start: usize, end: usize, escaped: bool) -> std::borrow::Cow<'_, [u8]> {
    let raw = &text[start..end];
    if escaped { unescape(raw).into() } else { raw.into() }
}
