//! How many sessions there are, and how much they hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chassis::Failure;
use metrics::{Gauge, gauge};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config;

/// When to come back: sessions last.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The places for sessions; clones share them.
#[derive(Clone)]
pub(crate) struct Sessions {
    places: Arc<Semaphore>,
    most: usize,
    bytes: Arc<AtomicU64>,
    most_bytes: u64,
    open: Gauge,
}

/// One of them; given back on drop, with what it holds.
pub(super) struct Place {
    sessions: Sessions,
    /// Of the frame that is worked on, or the answer that is not taken yet.
    held: u64,
    _permit: OwnedSemaphorePermit,
}

impl Sessions {
    /// As many as the settings say.
    pub(crate) fn of(settings: &config::Session) -> Self {
        Self {
            places: Arc::new(Semaphore::new(settings.max_sessions.min(Semaphore::MAX_PERMITS))),
            most: settings.max_sessions,
            bytes: Arc::default(),
            most_bytes: settings.max_bytes,
            open: gauge!("sessions"),
        }
    }

    /// A place, or `SESSIONS_LIMIT`.
    pub(super) fn take(&self) -> Result<Place, Failure> {
        let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() else { return Err(self.none_left()) };
        self.open.increment(1.0);
        Ok(Place { sessions: self.clone(), held: 0, _permit: permit })
    }

    fn none_left(&self) -> Failure {
        let most = self.most;
        let message = format!("{most} sessions are open, which are all that may be; try again later");
        Failure::exhausted("SESSIONS_LIMIT", message)
            .with("limit", "session.max_sessions")
            .with("allowed", most)
            .retry_after(RETRY_AFTER)
    }

    fn too_much(&self, actual: u64) -> Failure {
        let most = self.most_bytes;
        let message = format!(
            "the frames and answers of all sessions may have {most} bytes together, with this frame they would have {actual}; \
             try again later"
        );
        Failure::exhausted("SESSION_BYTES_LIMIT", message)
            .with("limit", "session.max_bytes")
            .with("allowed", most)
            .with("actual", actual)
            .with("unit", "bytes")
            .retry_after(RETRY_AFTER)
    }
}

impl Place {
    /// Holds a frame, and no longer the answer before it.
    ///
    /// # Errors
    /// `SESSION_BYTES_LIMIT`.
    pub(super) fn hold_frame(&mut self, bytes: usize) -> Result<(), Failure> {
        let sum = self.hold(bytes as u64);
        if sum > self.sessions.most_bytes {
            self.hold(0);
            return Err(self.sessions.too_much(sum));
        }
        Ok(())
    }

    /// Holds an answer, and no longer its frame. What is over the limit then keeps further frames out.
    pub(super) fn hold_answer(&mut self, bytes: usize) {
        self.hold(bytes as u64);
    }

    /// Holds so many bytes in the place of those before; gives the sum of all sessions.
    fn hold(&mut self, bytes: u64) -> u64 {
        let before = std::mem::replace(&mut self.held, bytes);
        // Less may be added than taken off, which wraps round to the right sum.
        let change = bytes.wrapping_sub(before);
        self.sessions.bytes.fetch_add(change, Ordering::Relaxed).wrapping_add(change)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.hold(0);
        self.sessions.open.decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_too_many_is_refused_and_what_was_held_is_given_back() {
        let sessions = Sessions::of(&config::Session { max_bytes: 100, ..config::Session::default() });
        let (mut one, mut other) = (sessions.take().unwrap(), sessions.take().unwrap());
        one.hold_frame(60).unwrap();
        assert_eq!(other.hold_frame(41).unwrap_err().reason, "SESSION_BYTES_LIMIT");
        other.hold_frame(40).unwrap();
        one.hold_answer(500);
        assert_eq!(other.hold_frame(1).unwrap_err().reason, "SESSION_BYTES_LIMIT");
        one.hold_frame(100).unwrap();
        drop(one);
        other.hold_frame(100).unwrap();
        drop(other);
        assert_eq!(sessions.bytes.load(Ordering::Relaxed), 0);
    }
}
