//! How often a key was used lately, roughly: a count-min sketch of 4-bit counters that age.
//!
//! The idea: four counters a key, all in one cache line, of which the smallest counts and only the smallest grow.
//! After ten uses an entry all counters are halved, so that what was popular once does not stay for ever. There is
//! no doorkeeper: docs/adr/0003-eviction-policy.md.
//!
//! Promise: an estimate is 0 to 15 and, until the next halving, never too low. Cost: 8 to 16 bytes an entry; a count
//! or an estimate touches one cache line. Growth copies the table, 8 MB for a million entries.

/// Words of 16 counters in a block; the four counters of a key are in one.
const BLOCK_WORDS: usize = 8;
/// Uses an entry between two halvings.
const SAMPLE: u64 = 10;
const LEAST_WORDS: usize = 64;

#[derive(Debug)]
pub(super) struct Sketch {
    words: Vec<u64>,
    uses: u64,
}

impl Sketch {
    pub(super) fn new() -> Self {
        Self { words: vec![0; LEAST_WORDS], uses: 0 }
    }

    /// Makes the table large enough for so many entries. A key keeps its counts: a block is doubled as it is.
    pub(super) fn fit(&mut self, entries: u64) {
        if entries > self.words.len() as u64 {
            self.words.extend_from_within(..);
        }
    }

    pub(super) fn estimate(&self, hash: u64) -> u32 {
        let places = self.places(hash);
        places.into_iter().map(|place| self.counter(place)).min().unwrap_or_default()
    }

    pub(super) fn count(&mut self, hash: u64) {
        let places = self.places(hash);
        let smallest = self.estimate(hash);
        if smallest == 15 {
            return;
        }
        for (word, shift) in places {
            if self.counter((word, shift)) == smallest {
                self.words[word] += 1 << shift;
            }
        }
        self.uses += 1;
        if self.uses >= SAMPLE * self.words.len() as u64 {
            self.age();
        }
    }

    fn age(&mut self) {
        self.uses /= 2;
        for word in &mut self.words {
            *word = (*word >> 1) & 0x7777_7777_7777_7777;
        }
    }

    /// Word and bit of the four counters of a key.
    fn places(&self, hash: u64) -> [(usize, u32); 4] {
        let spread = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let spread = spread ^ (spread >> 32);
        let block = spread as usize & (self.words.len() - 1) & !(BLOCK_WORDS - 1);
        std::array::from_fn(|row| {
            let bits = (spread >> (32 + row * 8)) as usize;
            (block + row * 2 + (bits & 1), (bits >> 1 & 15) as u32 * 4)
        })
    }

    fn counter(&self, (word, shift): (usize, u32)) -> u32 {
        (self.words[word] >> shift) as u32 & 15
    }
}
