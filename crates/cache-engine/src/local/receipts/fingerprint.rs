//! Fingerprints: by which a write that is sent again is known, in this process and in the next.
//!
//! The idea: a keyed hash (BLAKE3) of all that a write says. The key is drawn at random and goes with the snapshots of the store.
//!
//! Promise: nobody who does not know the key can find another write of the same fingerprint. What a write says may be hashed
//! otherwise by another release, or on another machine; then [`Fingerprints::check`] is another, too. Cost: some 200 ns, and a ns
//! a byte of the value.

use std::{
    hash::{BuildHasher, Hash, Hasher, RandomState},
    sync::Arc,
    time::Duration,
};

use crate::{Body, Condition, Draft, Edit, Increment, Key, Life, Tags, Value, Version, Write};

/// Bytes of a key.
pub(in crate::local) const KEY_BYTES: usize = 32;

/// Makes fingerprints.
pub(super) struct Fingerprints([u8; KEY_BYTES]);

impl Fingerprints {
    /// With a key that nobody knows.
    pub(super) fn random() -> Self {
        let mut key = [0; KEY_BYTES];
        for bytes in key.chunks_exact_mut(8) {
            // A state of its own each; the standard library seeds them by the system.
            bytes.copy_from_slice(&RandomState::new().hash_one(()).to_le_bytes());
        }
        Self(blake3::derive_key("rust-cache-server receipts", &key))
    }

    /// With the key of another process.
    pub(super) fn of_key(key: [u8; KEY_BYTES]) -> Self {
        Self(key)
    }

    pub(super) fn key(&self) -> [u8; KEY_BYTES] {
        self.0
    }

    /// The fingerprint of a write.
    pub(super) fn of(&self, write: &Write) -> u64 {
        let mut hasher = Keyed(blake3::Hasher::new_keyed(&self.0));
        write.hash(&mut hasher);
        hasher.finish()
    }

    /// The same for all who have this key and make the same fingerprints.
    pub(super) fn check(&self) -> u64 {
        samples().iter().fold(0, |all, write| all.rotate_left(16) ^ self.of(write))
    }
}

struct Keyed(blake3::Hasher);

impl Hasher for Keyed {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let mut first = [0; 8];
        self.0.finalize_xof().fill(&mut first);
        u64::from_le_bytes(first)
    }
}

/// A write of each kind, which says all that it can.
fn samples() -> [Write; 4] {
    let key = Key::new("sample").expect("it is short");
    let value = Value::new(Body::text("text"), "text/plain").expect("its media type is short");
    let tags = Tags::new(&["tag"]).expect("it is one, and short");
    let life = Life::default().sliding(Duration::from_secs(1)).expect("a second is a life");
    let version = Version::new(7).expect("it is within the range");
    let draft = Draft { value: value.clone(), life, tags, cost: Some(Duration::from_millis(2)) };
    let edit = Edit { asked: Arc::from(&b"asked"[..]), basis: version, value };
    [
        Write::Set { key: key.clone(), draft, condition: Condition::IfVersion(version) },
        Write::Remove { key: key.clone(), condition: Condition::IfPresent },
        Write::Increment { key: key.clone(), increment: Increment::by(3) },
        Write::Edit { key, edit },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_have_the_same_fingerprint_under_the_same_key_alone() {
        let one = Fingerprints::random();
        let same = Fingerprints::of_key(one.key());
        let other = Fingerprints::random();
        let all = samples();
        for (place, write) in all.iter().enumerate() {
            assert_eq!(one.of(write), same.of(write));
            assert_ne!(one.of(write), other.of(write));
            assert!(all[..place].iter().all(|before| one.of(before) != one.of(write)));
        }
        assert_eq!(one.check(), same.check());
        assert_ne!(one.check(), other.check());
    }
}
