//! A key with its hash, which is taken once a call: shard, map and policy all go by it.

use std::hash::{BuildHasher, Hash, Hasher};

use moka::Equivalent;

use crate::Key;

/// Hashes keys. Keyed at random for each namespace, so that nobody can choose keys that collide. AHash holds against those
/// who see no hash, and none of ours is seen from outside; SipHash took three times as long for a key of 20 bytes.
pub(super) type KeyHasher = ahash::RandomState;

/// A key that a caller gave.
#[derive(Clone, Copy)]
pub(super) struct Probe<'a> {
    pub(super) hash: u64,
    pub(super) key: &'a Key,
}

impl<'a> Probe<'a> {
    pub(super) fn new(key: &'a Key, hasher: &KeyHasher) -> Self {
        Self { hash: hasher.hash_one(key), key }
    }

    /// A key that the policy gave back.
    pub(super) fn of(hash: u64, key: &'a Key) -> Self {
        Self { hash, key }
    }

    /// The key to keep.
    pub(super) fn to_hashed(self) -> Hashed {
        Hashed { hash: self.hash, key: self.key.clone() }
    }
}

impl Probe<'_> {
    pub(super) fn is(&self, kept: &Hashed) -> bool {
        self.hash == kept.hash && self.key == &kept.key
    }
}

impl Hash for Probe<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Equivalent<Hashed> for Probe<'_> {
    fn equivalent(&self, kept: &Hashed) -> bool {
        self.is(kept)
    }
}

/// A key that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hashed {
    hash: u64,
    key: Key,
}

impl Hashed {
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }
}

impl Hash for Hashed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Gives a hash back as it is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AsItIs(u64);

impl BuildHasher for AsItIs {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl Hasher for AsItIs {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// Only for completeness: keys are written as their hash.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
