//! The ring of reads, the epochs, the leases, the claims and the flights under many orders in which threads may run.
//!
//! Their files are compiled here once more, with atomics and a lock that let shuttle choose who runs next. moka and its
//! threads are not part of it.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod claim;
mod epoch;
mod lease;
#[allow(dead_code, unreachable_pub, reason = "the store uses more of it")]
mod load;
mod ring;
mod single_flight;

#[path = "../../src/claims.rs"]
#[allow(dead_code, unreachable_pub, reason = "the store uses more of it")]
mod claims;
#[path = "../../src/epochs.rs"]
#[allow(dead_code, unreachable_pub, reason = "the store uses more of it")]
mod epochs;
#[path = "../../src/flight.rs"]
#[allow(dead_code, unreachable_pub, reason = "the store uses more of it")]
mod flight;
#[path = "../../src/local/reads.rs"]
#[allow(dead_code, reason = "the store uses more of it")]
mod reads;

use std::sync::Arc;

use cache_engine::{Clock, Guard, Key, ManualClock, Tag, Tags, Timestamp, Version, policy};

use self::load::LoadError;

/// What crate::sync is in the engine.
mod sync {
    pub(crate) use shuttle::sync::{
        MutexGuard,
        atomic::{AtomicU64, Ordering},
    };

    #[derive(Default)]
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

/// What leases, claims and flights can fail with.
#[derive(Debug, PartialEq, Eq)]
#[allow(dead_code, unreachable_pub, reason = "a failure is shown")]
pub enum Error {
    /// With tokens or a lease.
    Load(LoadError),
    /// Too many compute.
    FlightsLimit {
        /// As many as may.
        allowed: usize,
    },
    /// It ended without a result.
    ComputationFailed,
}

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

/// Where leases can have their tokens from.
pub(crate) struct FencingTokens(Arc<version::VersionSource>);

/// As much of a source of versions as leases use.
mod version {
    use std::time::SystemTime;

    use shuttle::sync::atomic::{AtomicU64, Ordering::Relaxed};

    pub(crate) struct VersionSource(AtomicU64);

    impl VersionSource {
        pub(crate) fn seeded(_wall: SystemTime) -> Self {
            Self(AtomicU64::new(1))
        }

        pub(crate) fn next(&self) -> super::Version {
            super::Version::new(self.0.fetch_add(1, Relaxed)).unwrap()
        }
    }
}
