//! A watcher: a cursor into the log.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use super::{Event, EventFilter, EventLog, log::State};

/// Most events of a batch.
const BATCH_EVENTS: usize = 256;

/// Events that are looked at under one lock.
const LOOKED_AT: usize = 512;

/// Events that a watcher was not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discontinuity {
    /// The first that it may have missed.
    pub from: u64,
    /// The first that it has not missed. May be below `from`: then that is of another process.
    pub to: u64,
}

/// What happened since the last batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Events were lost before those of this batch. Whoever holds entries reads them anew; what it then reads is not older
    /// than the events that follow, so that of each key the higher version counts.
    pub lost: Option<Discontinuity>,
    /// Events that pass the filter, in order, at most 256.
    pub events: Vec<Event>,
    /// Everything up to this sequence has been told; resume from here.
    pub sequence: u64,
}

/// A watcher. Its events come by [`Subscription::next`]; while nobody asks for them, they wait in the log, and
/// not longer than that holds them.
pub struct Subscription {
    log: Arc<EventLog>,
    filter: EventFilter,
    seat: usize,
    /// The next event to look at.
    cursor: u64,
}

impl Subscription {
    pub(super) fn new(log: Arc<EventLog>, filter: EventFilter, seat: usize, cursor: u64) -> Self {
        Self { log, filter, seat, cursor }
    }

    /// Wakes it together with the other watchers of the namespace that have the same number, such as those of one connection; those without
    /// one have 0.
    #[must_use]
    pub fn in_group(self, group: u64) -> Self {
        self.log.state.lock().seats.join(self.seat, group);
        self
    }

    /// Everything up to this sequence has been told, or is lost; resume from here.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.cursor.saturating_sub(1)
    }

    /// The next events, once there are some; `None` when the namespace is gone. May be dropped at any time, without
    /// loss.
    pub async fn next(&mut self) -> Option<Batch> {
        poll_fn(|task| self.poll_next(task)).await
    }

    /// As [`Subscription::next`], for a stream.
    pub fn poll_next(&mut self, task: &mut Context<'_>) -> Poll<Option<Batch>> {
        self.read(Some(task.waker())).map_or(Poll::Pending, Poll::Ready)
    }

    /// The next events if there are some now.
    pub fn try_next(&mut self) -> Option<Batch> {
        self.read(None).flatten()
    }

    /// `None`: there is nothing yet, and `waker` will be woken.
    fn read(&mut self, waker: Option<&Waker>) -> Option<Option<Batch>> {
        loop {
            let mut state = self.log.state.lock();
            if state.closed {
                return Some(None);
            }
            if let Some(batch) = advance(&state, &self.filter, &mut self.cursor) {
                return Some(Some(batch));
            }
            if self.cursor == state.ring.next() {
                waker.iter().for_each(|waker| state.seats.wait(self.seat, self.cursor, waker));
                return None;
            }
        }
    }
}

/// Looks at the next events; `None` if none of them is to be told.
fn advance(state: &State, filter: &EventFilter, cursor: &mut u64) -> Option<Batch> {
    let next = state.ring.next();
    if !state.ring.reaches(*cursor) {
        let lost = Some(Discontinuity { from: *cursor, to: next });
        *cursor = next;
        return Some(Batch { lost, events: Vec::new(), sequence: next - 1 });
    }
    let mut events = Vec::new();
    for event in state.ring.from(*cursor).take(LOOKED_AT) {
        *cursor = event.sequence + 1;
        if filter.passes(event) {
            events.push(event.clone());
        }
        if events.len() == BATCH_EVENTS {
            break;
        }
    }
    (!events.is_empty()).then(|| Batch { lost: None, events, sequence: *cursor - 1 })
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.log.leave(self.seat);
    }
}
