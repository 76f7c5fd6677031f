//! Those who wait for the next event.
//!
//! Promise: whoever waits is woken once for all that has come, those of a group next to each other, the groups by their number. Cost: some 60
//! bytes a watcher; a round with n of them is ordered once, in n log n.

use std::{collections::VecDeque, task::Waker};

/// A place for each watcher, and the order in which they began to wait.
#[derive(Default)]
pub(super) struct Seats {
    seats: Vec<Seat>,
    free: Vec<usize>,
    /// Who waits, and for which event; the longest first. A seat stands here or among the due once at most.
    queue: VecDeque<(u64, usize)>,
    /// Those whose event is there, the last one to be woken first: as they waited, but each group together.
    due: Vec<usize>,
}

#[derive(Default)]
struct Seat {
    waker: Option<Waker>,
    /// Those of the same number are woken together.
    group: u64,
    /// Whether it stands in the queue or among the due; it still does after its watcher has left.
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
        self.seats[seat].group = 0;
        self.free.push(seat);
    }

    /// Whoever has this seat belongs to this group from now on; to group 0 until then.
    pub(super) fn join(&mut self, seat: usize, group: u64) {
        self.seats[seat].group = group;
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
        self.queue.len() + self.due.len()
    }

    /// The wakers of those who wait for an event before `next`, at most `limit`; they wait no longer.
    pub(super) fn rouse(&mut self, limit: usize, next: u64) -> Vec<Waker> {
        let mut roused = Vec::with_capacity(limit.min(self.waiting()));
        while roused.len() < limit
            && let Some(seat) = self.next_due(next)
        {
            self.seats[seat].queued = false;
            roused.extend(self.seats[seat].waker.take());
        }
        roused
    }

    fn next_due(&mut self, next: u64) -> Option<usize> {
        if self.due.is_empty() {
            self.find_due(next);
        }
        self.due.pop()
    }

    /// Once a round, so that it is ordered once however small the batches are.
    fn find_due(&mut self, next: u64) {
        while let Some((_, seat)) = self.queue.pop_front_if(|(awaited, _)| *awaited < next) {
            self.due.push(seat);
        }
        self.due.reverse();
        self.due.sort_by_key(|seat| self.seats[*seat].group);
    }
}
