//! Those who wait for the next event.

use std::{collections::VecDeque, task::Waker};

/// A place for each watcher, and the order in which they began to wait.
#[derive(Default)]
pub(super) struct Seats {
    seats: Vec<Seat>,
    free: Vec<usize>,
    /// Who waits, and for which event; the longest first. A seat stands here once at most.
    queue: VecDeque<(u64, usize)>,
}

#[derive(Default)]
struct Seat {
    waker: Option<Waker>,
    /// Whether it stands in the queue; it still does after its watcher has left.
    queued: bool,
}

impl Seats {
    pub(super) fn take(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.seats.push(Seat::default());
            self.seats.len() - 1
        })
    }

    pub(super) fn give_back(&mut self, seat: usize) {
        self.seats[seat].waker = None;
        self.free.push(seat);
    }

    /// Whoever has this seat waits for the event `awaited` from now on.
    pub(super) fn wait(&mut self, seat: usize, awaited: u64, waker: &Waker) {
        let place = &mut self.seats[seat];
        match &mut place.waker {
            Some(known) => known.clone_from(waker),
            empty => *empty = Some(waker.clone()),
        }
        if !std::mem::replace(&mut place.queued, true) {
            self.queue.push_back((awaited, seat));
        }
    }

    /// How many wait, at most.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// The wakers of those who wait for an event before `next`, at most `limit`; they wait no longer.
    pub(super) fn rouse(&mut self, limit: usize, next: u64) -> Vec<Waker> {
        let mut roused = Vec::with_capacity(limit.min(self.queue.len()));
        while roused.len() < limit
            && let Some((_, seat)) = self.queue.pop_front_if(|(awaited, _)| *awaited < next)
        {
            self.seats[seat].queued = false;
            roused.extend(self.seats[seat].waker.take());
        }
        roused
    }
}
