//! Lets a connection wait with its write until all of its watches have spoken.
//!
//! The idea: a watch that speaks wakes the task of its connection, and a worker of tokio runs what was woken last before all that is
//! ready, so that each message would be a write of its own. A task that is woken after the connection sends it behind
//! those that are ready, which are the other watches of that connection.
//!
//! Promise: nothing but the order of tasks depends on it. Cost: a turn of a task that does nothing for each message that a
//! watcher is told, some 0.1 us; a write of the socket that is saved is 6 us.

use std::future::{Future, poll_fn};
use std::sync::{Arc, OnceLock};
use std::task::{Poll, Waker};

/// The task that is woken after a connection; clones are of the same.
#[derive(Clone, Default)]
pub(super) struct Aside(Arc<OnceLock<Waker>>);

impl Aside {
    /// To be polled by a task of its own; never ready.
    pub(super) fn run(&self) -> impl Future<Output = ()> + Send + 'static {
        let Self(waker) = self.clone();
        poll_fn(move |task| {
            waker.get_or_init(|| task.waker().clone());
            Poll::Pending
        })
    }

    /// Sends whatever this task woke last behind what is ready.
    pub(super) fn step(&self) {
        self.0.get().into_iter().for_each(Waker::wake_by_ref);
    }
}
