//! The last events, bounded in number and bytes.

use std::collections::VecDeque;

use super::{Event, EventLimits};

/// The last events, numbered without a gap.
pub(super) struct Ring {
    limits: EventLimits,
    events: VecDeque<Event>,
    /// Sequence of the first event that is held, or of the next one if none is.
    first: u64,
    bytes: usize,
}

impl Ring {
    /// Empty; the first event gets the sequence `first`.
    pub(super) fn new(limits: EventLimits, first: u64) -> Self {
        Self { limits, events: VecDeque::new(), first, bytes: 0 }
    }

    /// Most bytes that it may take.
    pub(super) fn most_bytes(&self) -> u64 {
        self.limits.bytes as u64
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// Sequence that the next event gets.
    pub(super) fn next(&self) -> u64 {
        self.first + self.events.len() as u64
    }

    /// Adds an event, whose sequence must be [`Ring::next`]; the oldest ones go to make room.
    pub(super) fn push(&mut self, event: Event) {
        debug_assert_eq!(event.sequence, self.next());
        self.bytes += event.charge();
        self.events.push_back(event);
        while self.events.len() > self.limits.events || self.bytes > self.limits.bytes {
            let Some(oldest) = self.events.pop_front() else { return };
            self.bytes -= oldest.charge();
            self.first += 1;
        }
    }

    /// Forgets all, and leaves out a number, so that nobody can go on as if nothing had happened in between.
    pub(super) fn clear(&mut self) {
        self.leave_out(self.next());
    }

    /// The same, and leaves out all numbers up to this one.
    pub(super) fn leave_out(&mut self, last: u64) {
        self.first = self.next().max(last) + 1;
        self.events = VecDeque::new();
        self.bytes = 0;
    }

    /// Whether all events from this sequence on are held; true of the next one.
    pub(super) fn reaches(&self, sequence: u64) -> bool {
        (self.first..=self.next()).contains(&sequence)
    }

    /// The events from this sequence on, which must be [reached](Self::reaches).
    pub(super) fn from(&self, sequence: u64) -> impl Iterator<Item = &Event> {
        let skipped = usize::try_from(sequence - self.first).unwrap_or(usize::MAX);
        self.events.range(skipped.min(self.events.len())..)
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        (self.events.len(), self.bytes)
    }
}
