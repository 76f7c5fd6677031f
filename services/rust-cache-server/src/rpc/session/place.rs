//! How many sessions there are.

use std::sync::Arc;
use std::time::Duration;

use chassis::Failure;
use metrics::{Gauge, gauge};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// When to come back: sessions last.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The places for sessions; clones share them.
#[derive(Clone)]
pub(crate) struct Sessions {
    places: Arc<Semaphore>,
    most: usize,
    open: Gauge,
}

/// One of them; given back on drop.
pub(super) struct Place {
    open: Gauge,
    _permit: OwnedSemaphorePermit,
}

impl Sessions {
    /// `most` places.
    pub(crate) fn at_most(most: usize) -> Self {
        let places = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Self { places, most, open: gauge!("sessions") }
    }

    /// A place, or `SESSIONS_LIMIT`.
    pub(super) fn take(&self) -> Result<Place, Failure> {
        let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() else { return Err(self.none_left()) };
        self.open.increment(1.0);
        Ok(Place { open: self.open.clone(), _permit: permit })
    }

    fn none_left(&self) -> Failure {
        let most = self.most;
        let message = format!("{most} sessions are open, which are all that may be; try again later");
        Failure::exhausted("SESSIONS_LIMIT", message)
            .with("limit", "session.max_sessions")
            .with("allowed", most)
            .retry_after(RETRY_AFTER)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.decrement(1.0);
    }
}
