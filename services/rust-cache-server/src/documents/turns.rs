//! Turns: changes of one document come one after the other, in the order in which they came.
//!
//! Promise: of two changes of one document, only one is being made. Documents share turns by the hash of their key, so one may
//! wait for another's change. Whoever is gone gives up its turn. Cost: an async lock.

use std::hash::{BuildHasher as _, RandomState};

use tokio::sync::{Mutex, MutexGuard};

use super::Target;

/// How many changes of different documents can be made at once, at most.
const TURNS: usize = 256;

pub(super) struct Turns {
    hasher: RandomState,
    turns: Box<[Mutex<()>]>,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { hasher: RandomState::new(), turns: (0..TURNS).map(|_| Mutex::new(())).collect() }
    }

    /// Waits for the turn to change `target`.
    pub(super) async fn wait(&self, target: &Target) -> MutexGuard<'_, ()> {
        let hash = self.hasher.hash_one((target.namespace.as_str(), target.key.as_str()));
        self.turns[hash as usize % TURNS].lock().await
    }
}
