//! Memory: what the process does not use any more goes back to the system, also while nothing happens.
//!
//! The allocator (mimalloc) keeps free pages for a second, in case they are wanted again, and gives them back when a thread
//! allocates much or ends. A process that rests after a great load would hold what that took until the next load.
//!
//! Promise: free pages are back within two seconds, however little happens; the threads that serve never wait for that. Cost: a
//! thread that wakes once a second and looks at a time, one a process, however many services it holds; a free page that is wanted
//! later is faulted in again, as it is anyway.

#![allow(unsafe_code, reason = "a function of the C library that the allocator is; no other code is here")]

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

// Its library has the function below. A process whose allocator is another has nothing there to give back.
use mimalloc as _;

/// As long as the allocator keeps free pages by default (its option `purge_delay`).
const PERIOD: Duration = Duration::from_secs(1);

/// Gives free pages back until the last one is dropped.
#[derive(Debug)]
pub(crate) struct Returning {
    _ends: Option<Sender<()>>,
}

/// The one of this process, while there is one.
static OF_THE_PROCESS: Mutex<Weak<Returning>> = Mutex::new(Weak::new());

impl Returning {
    /// The one that is at work already, or a new one.
    pub(crate) fn start() -> Arc<Self> {
        // Nothing that panics is done under the lock.
        let mut running = OF_THE_PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::spawn());
            *running = Arc::downgrade(&started);
            started
        })
    }

    fn spawn() -> Self {
        let (ends, ended) = mpsc::channel::<()>();
        let work = move || {
            while ended.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                mi_collect(false);
            }
        };
        match thread::Builder::new().name("memory".to_owned()).spawn(work) {
            Ok(_) => Self { _ends: Some(ends) },
            Err(error) => {
                tracing::warn!(%error, "free memory is given back under load only");
                Self { _ends: None }
            }
        }
    }
}

// SAFETY: as its header declares it; it may be called at any time from any thread.
unsafe extern "C" {
    /// Gives back the free pages of the process that were free for long enough, and those that this thread keeps.
    safe fn mi_collect(force: bool);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `fastjson up` had two of them.
    #[test]
    fn two_services_of_a_process_have_one_thread() {
        let (first, second) = (Returning::start(), Returning::start());
        assert!(Arc::ptr_eq(&first, &second));
        drop(first);
        assert!(Arc::ptr_eq(&second, &Returning::start()));
    }
}
