//! When a watch has something to say though nothing has happened: its heartbeat, and the drain.
//!
//! The idea: a timer and a future that waits lie in memory of their own. Whoever tells ten thousand watchers finds none of that in a
//! cache, so that a look at them costs more than the message. They are polled for a new waker and when it is time; else the clock and
//! a flag that all share say that it is not.
//!
//! Promise: the waker of the last poll is woken when it is time. Cost: a reading of the clock a poll; a timer and some 300 bytes a watch.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chassis::Tasks;
use tokio::time::{Instant, Sleep, sleep_until};

/// Rings every so often, and at the drain.
pub(super) struct Alarm {
    every: Duration,
    next: Instant,
    /// The one that both timers wake.
    waker: Option<Waker>,
    tasks: Tasks,
    heartbeat: Pin<Box<Sleep>>,
    draining: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Alarm {
    /// Rings `every` so often from now on, and at the drain of `tasks`.
    pub(super) fn new(every: Duration, tasks: &Tasks) -> Self {
        let next = Instant::now() + every;
        let (heartbeat, draining) = (Box::pin(sleep_until(next)), Box::pin(tasks.draining()));
        Self { every, next, waker: None, tasks: tasks.clone(), heartbeat, draining }
    }

    /// Whether the drain has begun. Wakes nobody.
    pub(super) fn is_draining(&self) -> bool {
        self.tasks.is_draining()
    }

    /// Ready at the next heartbeat. Whoever is told that it is not is woken by then, or at the drain.
    pub(super) fn poll_heartbeat(&mut self, task: &mut Context<'_>) -> Poll<()> {
        let wakes_it = self.waker.as_ref().is_some_and(|waker| waker.will_wake(task.waker()));
        if wakes_it && Instant::now() < self.next {
            return Poll::Pending;
        }
        if self.heartbeat.as_mut().poll(task).is_ready() {
            self.next = Instant::now() + self.every;
            self.heartbeat.as_mut().reset(self.next);
            // It wakes nobody until it is polled again.
            self.waker = None;
            return Poll::Ready(());
        }
        if !wakes_it {
            // Ready only if the drain has begun since it was looked for: then it has this poll repeated.
            if self.draining.as_mut().poll(task).is_ready() {
                task.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.waker = Some(task.waker().clone());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const EVERY: Duration = Duration::from_millis(5);
    /// Longer than any machine stands still.
    const FOR_EVER: Duration = Duration::from_secs(60);

    async fn ring(alarm: &mut Alarm) {
        let rings = tokio::time::timeout(FOR_EVER, poll_fn(|task| alarm.poll_heartbeat(task)));
        rings.await.expect("nobody was woken");
    }

    #[tokio::test]
    async fn it_rings_every_so_often_and_not_before() {
        let begun = Instant::now();
        let mut alarm = Alarm::new(EVERY, &Tasks::new());
        for number in 1..=3 {
            ring(&mut alarm).await;
            assert!(begun.elapsed() >= EVERY * number);
        }
    }

    #[tokio::test]
    async fn whoever_polled_last_is_woken() {
        let mut alarm = Alarm::new(EVERY, &Tasks::new());
        let mut idle = Context::from_waker(Waker::noop());
        assert!(alarm.poll_heartbeat(&mut idle).is_pending());
        ring(&mut alarm).await;
    }
}
