//! A turn for whatever else is ready, however many tasks that are.
//!
//! The idea: a task that wakes itself while it runs stands behind all that its worker has ready. `tokio::task::yield_now` does not
//! do: what it puts off is run when sockets were looked at, which is after 61 tasks, and then before those that are
//! ready. Whoever wakes many and goes on like that has the queue grow until calls of others, which are read into the same queue, wait
//! for all of it: 20 ms, when 10,000 watchers were told.
//!
//! Promise: nothing but the order of tasks depends on it. Cost: one turn of a task, some 0.1 us.

use std::future::{Future, poll_fn};
use std::task::Poll;

/// Ready when what its worker had ready at the first poll has run.
pub(crate) fn behind_what_is_ready() -> impl Future<Output = ()> + Send {
    let mut stood_back = false;
    poll_fn(move |task| {
        if std::mem::replace(&mut stood_back, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tasks of a test, which it waits for")]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// More than a worker runs before it looks at its sockets, and as many as its own queue takes.
    const READY: usize = 200;

    #[test]
    fn whoever_wakes_many_goes_on_when_all_of_them_have_had_their_turn() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let ran = Arc::new(AtomicUsize::new(0));
        let waking = async move {
            for round in 1..=10 {
                for _ in 0..READY {
                    let ran = Arc::clone(&ran);
                    tokio::spawn(async move { ran.fetch_add(1, Ordering::Relaxed) });
                }
                behind_what_is_ready().await;
                assert_eq!(ran.load(Ordering::Relaxed), round * READY);
            }
        };
        runtime.block_on(async { tokio::spawn(waking).await }).unwrap();
    }
}
