//! The log of a namespace: who writes into it, and when.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use parking_lot::Mutex;

use super::{
    Event, EventFilter, EventKind, EventLimits, EventTags, Pump, Subject, Subscription, ring::Ring,
    seats::Seats,
};
use crate::{Entry, Error, Key, Scope, Tag, Version, epochs::Epochs};

/// The log of a namespace. Locks: that of a shard may be held when this one is taken, never the reverse.
pub(crate) struct EventLog {
    /// Whether changes are logged; for writers, who look at it under the lock of their shard.
    recording: AtomicBool,
    epochs: Arc<Epochs>,
    pump: Arc<Pump>,
    /// Held from the beginning of recording until every writer knows of it.
    beginning: Mutex<()>,
    pub(super) state: Mutex<State>,
}

pub(super) struct State {
    pub(super) ring: Ring,
    pub(super) seats: Seats,
    recording: bool,
    watchers: usize,
    /// The next sequence when the last watcher went.
    left_at: u64,
    pub(super) closed: bool,
}

/// A namespace's hold on its log; when it goes, so do the watchers.
pub(crate) struct Publisher(Arc<EventLog>);

impl Publisher {
    /// An empty log, whose sequences begin above `end`: nobody who comes with one up to that can go on here.
    pub(crate) fn new(limits: EventLimits, epochs: Arc<Epochs>, pump: Arc<Pump>, end: u64) -> Self {
        let first = end + 1;
        let state = State {
            ring: Ring::new(limits, first),
            seats: Seats::default(),
            recording: false,
            watchers: 0,
            left_at: first,
            closed: false,
        };
        let recording = AtomicBool::new(false);
        Self(Arc::new(EventLog {
            recording,
            epochs,
            pump,
            beginning: Mutex::new(()),
            state: Mutex::new(state),
        }))
    }

    pub(crate) fn log(&self) -> &Arc<EventLog> {
        &self.0
    }
}

impl Publisher {
    /// Ends all watches.
    pub(crate) fn close(&self) {
        let all = {
            let mut state = self.0.state.lock();
            state.closed = true;
            state.seats.rouse(usize::MAX, u64::MAX)
        };
        all.into_iter().for_each(Waker::wake);
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.close();
    }
}

impl EventLog {
    /// A watcher from now on, or from behind the event `resume`. `pass_writers` returns when every write that had begun
    /// before it was called has ended.
    ///
    /// # Errors
    /// [`Error::WatchLogsLimit`].
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        filter: EventFilter,
        resume: Option<u64>,
        pass_writers: impl FnOnce(),
    ) -> Result<Subscription, Error> {
        let _beginning = self.beginning.lock();
        let was_recording = {
            let mut state = self.state.lock();
            if !state.recording && !self.pump.room.take(state.ring.most_bytes()) {
                return Err(Error::WatchLogsLimit { allowed: self.pump.room.most() });
            }
            state.watchers += 1;
            std::mem::replace(&mut state.recording, true)
        };
        if !was_recording {
            self.recording.store(true, Ordering::Relaxed);
            pass_writers();
        }
        let mut state = self.state.lock();
        let next = state.ring.next();
        let cursor = resume.map_or(next, |last| last.saturating_add(1));
        let seat = state.seats.take();
        Ok(Subscription::new(Arc::clone(self), filter, seat, cursor))
    }

    /// Above all sequences that it gave.
    pub(crate) fn end(&self) -> u64 {
        self.state.lock().ring.next()
    }

    /// Goes on above `end`, for a log that nobody has watched yet.
    pub(crate) fn resume(&self, end: u64) {
        self.state.lock().ring.leave_out(end);
    }

    /// Gives up what is kept for watchers who have gone, if all have; a watcher that comes back is told a discontinuity.
    pub(crate) fn forget_if_left(&self) {
        let mut state = self.state.lock();
        if state.recording && state.watchers == 0 {
            self.stop_recording(&mut state);
        }
    }

    fn stop_recording(&self, state: &mut State) {
        state.recording = false;
        self.recording.store(false, Ordering::Relaxed);
        state.ring.clear();
        self.pump.room.give_back(state.ring.most_bytes());
    }

    pub(super) fn leave(&self, seat: usize) {
        let mut state = self.state.lock();
        state.seats.give_back(seat);
        state.watchers -= 1;
        if state.watchers == 0 {
            state.left_at = state.ring.next();
        }
    }

    /// Whether changes are told. Does not change while the lock of a shard is held from false to true.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        self.recording.load(Ordering::Relaxed)
    }

    /// An entry was written in the place of `replaced`. Call it when readers can see it, under the lock of its shard.
    pub(crate) fn put(&self, key: &Key, entry: &Entry, replaced: Option<&Entry>) {
        let kind = match replaced {
            Some(old) if old.version() == entry.version() => EventKind::Touched,
            Some(_) | None => EventKind::Set,
        };
        let tags = tags(entry, replaced);
        let (subject, version) = (Subject::Entry { key: key.clone(), tags }, entry.version());
        self.append(|| {
            // Invalidated after its version was drawn; that event stands before this one already.
            let kind = if self.epochs.is_void(entry) { EventKind::Invalidated } else { kind };
            (kind, subject, version)
        });
    }

    /// An entry went. Call it when readers no longer see it, under the lock of its shard.
    #[inline]
    pub(crate) fn gone(&self, key: &Key, entry: &Entry, kind: EventKind) {
        if self.is_recording() {
            let subject = Subject::Entry { key: key.clone(), tags: tags(entry, None) };
            self.append(|| (kind, subject, entry.version()));
        }
    }

    /// What has a version below `version` in `scope` is absent. Call it when that is so. Looks under the lock whether
    /// it is to be told, since it comes from outside of the shards.
    pub(crate) fn invalidated(&self, scope: &Scope, version: Version) {
        self.append(|| (EventKind::Invalidated, Subject::Scope(scope.clone()), version));
    }

    fn append(&self, make: impl FnOnce() -> (EventKind, Subject, Version)) {
        let roused = {
            let mut state = self.state.lock();
            if !state.recording {
                return;
            }
            let (kind, subject, version) = make();
            let sequence = state.ring.next();
            state.ring.push(Event { sequence, kind, subject, version });
            if state.watchers == 0 && state.ring.first() > state.left_at {
                self.stop_recording(&mut state);
            }
            let share = self.pump.share(state.seats.waiting());
            let next = state.ring.next();
            state.seats.rouse(share, next)
        };
        roused.into_iter().for_each(Waker::wake);
    }

    /// Wakes at most `limit` of those who wait although there are events, and says how many.
    pub(crate) fn wake(&self, limit: usize) -> usize {
        if !self.is_recording() {
            return 0;
        }
        let roused = {
            let mut state = self.state.lock();
            let next = state.ring.next();
            state.seats.rouse(limit, next)
        };
        let count = roused.len();
        roused.into_iter().for_each(Waker::wake);
        count
    }
}

impl Drop for EventLog {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        if state.recording {
            self.pump.room.give_back(state.ring.most_bytes());
        }
    }
}

fn tags(entry: &Entry, replaced: Option<&Entry>) -> Option<Arc<EventTags>> {
    let of = |entry: &Entry| entry.tags().cloned().collect::<Box<[Tag]>>();
    let (now, before) = (of(entry), replaced.map(of).unwrap_or_default());
    let before = if before == now { Box::default() } else { before };
    (!now.is_empty() || !before.is_empty()).then(|| Arc::new(EventTags { now, before }))
}
