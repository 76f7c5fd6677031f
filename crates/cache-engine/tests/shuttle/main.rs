//! The ring of reads and the epochs under many orders in which threads may run.
//!
//! Their files are compiled here once more, with atomics and a lock that let shuttle choose who runs next. moka and its
//! threads are not part of it.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod epoch;
mod ring;

#[path = "../../src/epochs.rs"]
#[allow(dead_code, unreachable_pub, reason = "the store uses more of it")]
mod epochs;
#[path = "../../src/local/reads.rs"]
#[allow(dead_code, reason = "the store uses more of it")]
mod reads;

use std::sync::Arc;

use cache_engine::{Tag, Tags, Version, policy};

/// What crate::sync is in the engine.
mod sync {
    pub(crate) use shuttle::sync::{
        MutexGuard,
        atomic::{AtomicU64, Ordering},
    };

    pub(crate) struct Mutex<T>(shuttle::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(inner: T) -> Self {
            Self(shuttle::sync::Mutex::new(inner))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap()
        }
    }
}

/// As much of an entry as the epochs look at.
struct Entry {
    version: Version,
    marks: Box<[Arc<epochs::Mark>]>,
}

impl Entry {
    fn version(&self) -> Version {
        self.version
    }

    fn marks(&self) -> &[Arc<epochs::Mark>] {
        &self.marks
    }
}
