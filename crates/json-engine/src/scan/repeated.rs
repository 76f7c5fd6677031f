//! Duplicate keys of a text that comes in pieces: a key is compared with those of its object as soon as it is read, since
//! what stands around it is gone when the object ends.
//!
//! Promise: that of [`keys`](super::keys): nobody can choose keys that collide. Cost: in an object of some dozen keys a look
//! at the prints of those before; in a larger one O(1) a key and a hash table for as long as it is open.

use super::keys::{Keys, SOME};

/// The tables of the large objects that are open, the innermost last.
#[derive(Default)]
pub(super) struct Repeated(Vec<Table>);

struct Table {
    /// The first key of its object.
    first: usize,
    /// Open addressing: index of a key plus one, or 0.
    slots: Vec<u32>,
}

impl Repeated {
    /// Whether the last key stands in its object already, whose keys begin at `first`.
    pub(super) fn has_last(&mut self, keys: &Keys, text: &[u8], first: usize) -> bool {
        let last = keys.len() - 1;
        if last - first < SOME {
            return keys.alike(first) && (first..last).any(|other| keys.same(text, other, last));
        }
        let count = last - first + 1;
        match self.0.last_mut() {
            Some(table) if table.first == first && 2 * count <= table.slots.len() => {
                !table.insert(keys, text, last)
            }
            _ => !self.grown(keys, text, first).insert(keys, text, last),
        }
    }

    /// The object whose keys begin at `first` is complete.
    pub(super) fn leave(&mut self, first: usize) {
        while self.0.last().is_some_and(|table| table.first >= first) {
            self.0.pop();
        }
    }

    /// Memory that is held, in bytes.
    pub(super) fn held_bytes(&self) -> usize {
        self.0.iter().map(|table| table.slots.capacity() * size_of::<u32>()).sum()
    }

    /// A table with room for as many keys again, that holds all but the last.
    fn grown(&mut self, keys: &Keys, text: &[u8], first: usize) -> &mut Table {
        self.leave(first);
        let size = ((keys.len() - first) * 4).next_power_of_two();
        let mut table = Table { first, slots: vec![0; size] };
        for index in first..keys.len() - 1 {
            table.insert(keys, text, index);
        }
        self.0.push(table);
        let newest = self.0.len() - 1;
        &mut self.0[newest]
    }
}

impl Table {
    /// Puts a key in, unless it stands there already.
    fn insert(&mut self, keys: &Keys, text: &[u8], index: usize) -> bool {
        let mask = self.slots.len() - 1;
        let mut slot = keys.hash(text, index) as usize & mask;
        loop {
            match self.slots[slot] {
                0 => {
                    // Indices fit: a part of a text is shorter than 4 GiB.
                    self.slots[slot] = index as u32 + 1;
                    return true;
                }
                other if keys.same(text, other as usize - 1, index) => return false,
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}
