//! Duplicate keys: the keys of the open objects lie on one stack, and are compared when their object ends.
//!
//! A key is pushed with a 32-bit print of its ends. In a small object prints are compared each with each, in one of some
//! dozen keys by marks in a small map; a large one goes through a hash table with a random seed, so that nobody can choose
//! keys that collide. Cost: O(1) a key; one table, reused.

use std::borrow::Cow;
use std::hash::BuildHasher as _;
use std::ops::Range;

use crate::write::unescape;

/// Objects up to this many keys are compared each with each.
const FEW: usize = 6;
/// Objects up to this many keys go through a map of marks.
pub(super) const SOME: usize = 64;

/// Whether a string holds escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Plain,
    Escaped,
}

#[derive(Default)]
pub(super) struct Keys {
    prints: Vec<u32>,
    places: Vec<(u32, u32)>,
    /// Keys of the last object compared that it had already, in order.
    twice: Vec<usize>,
    /// Open addressing: index of a key plus one, or 0.
    slots: Vec<u32>,
    seed: foldhash::fast::RandomState,
}

impl Keys {
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    #[inline(always)]
    pub(super) fn truncate(&mut self, len: usize) {
        self.prints.truncate(len);
        self.places.truncate(len);
    }

    /// Pushes the key at `start..end`, without quotes.
    #[inline(always)]
    pub(super) fn push(&mut self, text: &[u8], start: usize, end: usize, spelling: Spelling) {
        self.prints.push(match spelling {
            Spelling::Plain => print(text, start, end),
            Spelling::Escaped => print_of(&unescape(&text[start..end])),
        });
        // Offsets fit: the text is shorter than 4 GiB.
        self.places.push((start as u32, end as u32));
    }

    pub(super) fn place(&self, index: usize) -> Range<usize> {
        let (start, end) = self.places[index];
        start as usize..end as usize
    }

    /// Whether a key from `first` on stands there twice; [`Keys::twice`] then tells which.
    #[inline(always)]
    pub(super) fn some_twice(&mut self, text: &[u8], first: usize) -> bool {
        match self.places.len() - first {
            0 | 1 => false,
            2..=FEW => self.compare_few(text, first),
            ..=SOME => self.compare_some(text, first),
            _ => self.compare_large(text, first),
        }
    }

    /// The places of the repeated keys, in order; the first of each is not among them.
    pub(super) fn twice(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.twice.iter().map(|&index| self.place(index)).map(|place| (place.start, place.end))
    }

    #[inline]
    fn compare_few(&mut self, text: &[u8], first: usize) -> bool {
        let prints = &self.prints[first..];
        let mut alike = false;
        for (index, print) in prints.iter().enumerate().skip(1) {
            alike |= prints[..index].iter().fold(false, |alike, other| alike | (other == print));
        }
        alike && self.compare_each(text, first)
    }

    /// A mark in a small map for each print; only where a mark stands already are keys compared.
    fn compare_some(&mut self, text: &[u8], first: usize) -> bool {
        let mut marks = [0_u64; 64];
        let mut alike = 0;
        for print in &self.prints[first..] {
            let (mark, word) = (1 << (print >> 26), &mut marks[(print & 63) as usize]);
            alike |= *word & mark;
            *word |= mark;
        }
        alike != 0 && self.compare_each(text, first)
    }

    #[cold]
    fn compare_each(&mut self, text: &[u8], first: usize) -> bool {
        self.twice.clear();
        for index in first + 1..self.places.len() {
            if (first..index).any(|other| self.same(text, other, index)) {
                self.twice.push(index);
            }
        }
        !self.twice.is_empty()
    }

    fn compare_large(&mut self, text: &[u8], first: usize) -> bool {
        self.twice.clear();
        let size = ((self.places.len() - first) * 2).next_power_of_two();
        self.slots.clear();
        self.slots.resize(size, 0);
        for index in first..self.places.len() {
            let mut slot = self.hash(text, index) as usize & (size - 1);
            loop {
                match self.slots[slot] {
                    0 => {
                        self.slots[slot] = index as u32 + 1;
                        break;
                    }
                    other if self.same(text, other as usize - 1, index) => {
                        self.twice.push(index);
                        break;
                    }
                    _ => slot = (slot + 1) & (size - 1),
                }
            }
        }
        !self.twice.is_empty()
    }

    #[inline]
    pub(super) fn hash(&self, text: &[u8], index: usize) -> u64 {
        self.seed.hash_one(&*decoded(&text[self.place(index)]))
    }

    /// Whether some key from `first` on has the print of the last.
    pub(super) fn alike(&self, first: usize) -> bool {
        self.prints[first..]
            .split_last()
            .is_some_and(|(last, others)| others.iter().fold(false, |alike, other| alike | (other == last)))
    }

    /// The last place up to `until` that lies in no key.
    pub(super) fn outside(&self, until: usize) -> usize {
        let across = self.places.partition_point(|(_, end)| (*end as usize) < until);
        self.places.get(across).map_or(until, |(start, _)| until.min(*start as usize - 1))
    }

    /// Moves the keys that lie before `until`, which is in none, behind those that were moved before, which end at `moved`;
    /// each takes its quotes along. Gives where they end now. The places of those that lie behind `until` follow the text
    /// there, which is to be moved to that end. Cost: the keys that are not moved yet.
    pub(super) fn gather(&mut self, bytes: &mut [u8], moved: usize, until: usize) -> usize {
        let first = self.places.partition_point(|(_, end)| (*end as usize) < moved);
        let mut to = first.checked_sub(1).map_or(0, |last| self.places[last].1 as usize + 1);
        let stay = self.places.partition_point(|(_, end)| (*end as usize) < until);
        for place in &mut self.places[first..stay] {
            let (from, length) = (place.0 as usize - 1, (place.1 - place.0) as usize + 2);
            bytes.copy_within(from..from + length, to);
            *place = (to as u32 + 1, (to + length) as u32 - 1);
            to += length;
        }
        let back = (until - to) as u32;
        for place in &mut self.places[stay..] {
            *place = (place.0 - back, place.1 - back);
        }
        to
    }

    /// Memory that is held beside the text, in bytes.
    pub(super) fn held_bytes(&self) -> usize {
        self.prints.capacity() * size_of::<u32>() + self.places.capacity() * size_of::<(u32, u32)>()
    }

    pub(super) fn same(&self, text: &[u8], left: usize, right: usize) -> bool {
        self.prints[left] == self.prints[right]
            && decoded(&text[self.place(left)]) == decoded(&text[self.place(right)])
    }
}

/// What the key stands for; escapes in keys are rare.
#[inline]
fn decoded(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', raw).is_some() { unescape(raw).into() } else { raw.into() }
}

/// A print of the first and last eight bytes of a key without escapes, and of its length.
#[inline(always)]
pub(crate) fn print(text: &[u8], start: usize, end: usize) -> u32 {
    let length = end - start;
    let Some(first) = word(text, start) else {
        return print_of(&text[start..end]);
    };
    if length < 8 {
        return mix(first & ((1 << (8 * length)) - 1), 0, length);
    }
    mix(first, word(text, end - 8).unwrap_or(0), length)
}

/// The same print of bytes that stand alone.
fn print_of(key: &[u8]) -> u32 {
    let mut padded = [0; 8];
    let length = key.len().min(8);
    padded[..length].copy_from_slice(&key[..length]);
    let last = if key.len() < 8 { 0 } else { word(key, key.len() - 8).unwrap_or(0) };
    mix(u64::from_le_bytes(padded), last, key.len())
}

#[inline(always)]
fn word(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..)?.first_chunk::<8>().map(|chunk| u64::from_le_bytes(*chunk))
}

#[inline(always)]
fn mix(first: u64, last: u64, length: usize) -> u32 {
    let word = first ^ last.rotate_left(29) ^ (length as u64).rotate_left(48);
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_print_however_it_is_written() {
        for key in ["", "a", "seven77", "eight888", "nine99999", "a key of more than sixteen bytes"] {
            let (long, escaped) = (format!("{key}\":0,\"more\":1"), format!("\\u{:04x}", 0x7a));
            assert_eq!(print(long.as_bytes(), 0, key.len()), print_of(key.as_bytes()), "{key}");
            let mut keys = Keys::default();
            let text = format!("{escaped}{key} z{key}");
            keys.push(text.as_bytes(), 0, 6 + key.len(), Spelling::Escaped);
            keys.push(text.as_bytes(), 7 + key.len(), 8 + 2 * key.len(), Spelling::Plain);
            assert!(keys.some_twice(text.as_bytes(), 0), "{key}");
        }
    }
}
