//! What calls hold of messages: the request as it arrives, the answer until it is taken.
//!
//! Promise: messages of all calls that are one message each way, and bodies of REST that are read whole, are within
//! `max_in_flight_bytes` together; one byte more is refused. Streams have limits of their own in their services. An answer leaves in
//! slices, so that what its caller does not take stays counted instead of lying in the buffers of HTTP/2; one that was not taken
//! for `max_deadline` is given up when its room is needed.
//! Cost: two allocations a call and four atomic additions; a lock a slice of a long answer.

mod answer;
mod received;

pub(crate) use self::answer::{Outgoing, is_short};
pub(crate) use self::received::Received;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use metrics::{Counter, Gauge};

use self::answer::Answer;

use super::admit::RETRY_AFTER;
use crate::failure::Failure;

/// What all calls hold together; clones share it.
#[derive(Clone)]
pub(crate) struct Ledger(Arc<Shared>);

struct Shared {
    limit: usize,
    /// Its name in the settings.
    setting: &'static str,
    /// How long an answer may lie.
    patience: Duration,
    held: AtomicUsize,
    /// Long answers, the oldest first.
    answers: Mutex<VecDeque<(Instant, Weak<Answer>)>>,
    gauge: Gauge,
    overloaded: Counter,
}

impl Ledger {
    /// `limit` bytes, which `setting` sets.
    pub(crate) fn new(
        (setting, limit): (&'static str, usize),
        patience: Duration,
        (gauge, overloaded): (Gauge, Counter),
    ) -> Self {
        let (held, answers) = (AtomicUsize::new(0), Mutex::default());
        Self(Arc::new(Shared { limit, setting, patience, held, answers, gauge, overloaded }))
    }

    /// Nothing yet, for one call.
    pub(crate) fn hold(&self) -> Held {
        let (ledger, bytes, is_refused) = (self.clone(), AtomicUsize::new(0), AtomicBool::new(false));
        Held(Arc::new(OfCall { ledger, bytes, is_refused }))
    }

    /// Whether there is room for `bytes` more, perhaps after answers that lie too long have made way.
    fn take(&self, bytes: usize) -> bool {
        self.try_to_take(bytes) || (self.give_up_answers() && self.try_to_take(bytes))
    }

    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn try_to_take(&self, bytes: usize) -> bool {
        let shared = &*self.0;
        if shared.held.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > shared.limit {
            shared.held.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        shared.gauge.increment(bytes as f64);
        true
    }

    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn give_back(&self, bytes: usize) {
        self.0.held.fetch_sub(bytes, Ordering::Relaxed);
        self.0.gauge.decrement(bytes as f64);
    }

    /// Remembers an answer that may have to make way; forgets those before it that are gone.
    fn list(&self, answer: &Arc<Answer>) {
        let mut answers = self.0.answers.lock().unwrap_or_else(PoisonError::into_inner);
        while answers.front().is_some_and(|(_, answer)| answer.strong_count() == 0) {
            answers.pop_front();
        }
        answers.push_back((Instant::now(), Arc::downgrade(answer)));
    }

    /// Gives up all answers that lie too long; says whether there were any.
    fn give_up_answers(&self) -> bool {
        let mut answers = self.0.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let overdue = answers.iter().take_while(|(since, _)| since.elapsed() >= self.0.patience).count();
        let overdue: Vec<_> = answers.drain(..overdue).filter_map(|(_, answer)| answer.upgrade()).collect();
        drop(answers);
        overdue.iter().for_each(|answer| answer.give_up());
        !overdue.is_empty()
    }
}

/// What one call holds; given back when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Held(Arc<OfCall>);

struct OfCall {
    ledger: Ledger,
    bytes: AtomicUsize,
    is_refused: AtomicBool,
}

impl Held {
    /// Holds `bytes` more. Fails with `OVERLOADED`, 429, and holds no more then.
    pub(crate) fn add(&self, bytes: usize) -> Result<(), Failure> {
        if self.0.ledger.take(bytes) {
            self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
            return Ok(());
        }
        self.0.is_refused.store(true, Ordering::Relaxed);
        self.0.ledger.0.overloaded.increment(1);
        Err(self.refusal())
    }

    /// Holds nothing any more: the handler is done with what came.
    pub(crate) fn clear(&self) {
        self.0.ledger.give_back(self.0.bytes.swap(0, Ordering::Relaxed));
    }

    fn give_back(&self, bytes: usize) {
        self.0.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.0.ledger.give_back(bytes);
    }

    /// Why it was refused, if it was: for readers of a body that hide its error.
    pub(crate) fn refused(&self) -> Option<Failure> {
        self.0.is_refused.load(Ordering::Relaxed).then(|| self.refusal())
    }

    fn refusal(&self) -> Failure {
        let Shared { limit, setting, .. } = &*self.0.ledger.0;
        let message = format!(
            "the messages in flight have {limit} bytes, as many as the server takes on; try again later"
        );
        let failure = Failure::exhausted("OVERLOADED", message).with("limit", setting).with("allowed", limit);
        failure.retry_after(RETRY_AFTER)
    }
}

impl Drop for OfCall {
    fn drop(&mut self) {
        self.ledger.give_back(*self.bytes.get_mut());
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use metrics::{Counter, Gauge};

    use super::answer::SLICE_BYTES;
    use super::*;

    const LIMIT: usize = 4 * SLICE_BYTES;

    fn ledger(patience: Duration) -> Ledger {
        Ledger::new(("a.setting", LIMIT), patience, (Gauge::noop(), Counter::noop()))
    }

    fn held(ledger: &Ledger) -> usize {
        ledger.0.held.load(Ordering::Relaxed)
    }

    #[test]
    fn one_byte_past_the_limit_is_refused_and_what_is_dropped_makes_room() {
        let ledger = ledger(Duration::MAX);
        let (one, other) = (ledger.hold(), ledger.hold());
        one.add(LIMIT - 1).unwrap();
        other.add(1).unwrap();
        let failure = other.add(1).unwrap_err();
        assert_eq!((&*failure.reason, failure.retry_after), ("OVERLOADED", Some(RETRY_AFTER)));
        assert!(failure.metadata.contains(&("limit".to_owned(), "a.setting".to_owned())), "{failure:?}");
        assert!(other.refused().is_some() && one.refused().is_none());
        drop(one);
        other.add(LIMIT - 1).unwrap();
        other.clear();
        assert_eq!(held(&ledger), 0);
    }

    #[test]
    fn a_long_answer_is_held_until_its_slices_are_taken() {
        let ledger = ledger(Duration::MAX);
        let text = Bytes::from(vec![b'x'; 2 * SLICE_BYTES + 1]);
        let (mut outgoing, mut taken) = (Outgoing::new(ledger.hold()), Vec::new());
        taken.extend_from_slice(&outgoing.push(text.clone()).unwrap());
        assert_eq!((taken.len(), held(&ledger)), (SLICE_BYTES, text.len()));
        taken.extend_from_slice(&outgoing.next().unwrap().unwrap());
        assert_eq!((taken.len(), held(&ledger)), (2 * SLICE_BYTES, SLICE_BYTES + 1));
        taken.extend_from_slice(&outgoing.next().unwrap().unwrap());
        assert!(outgoing.next().is_none() && taken == text);
        assert_eq!(held(&ledger), 0);
        assert!(outgoing.push(Bytes::from_static(b"short")).is_ok());
        assert_eq!(held(&ledger), 0, "a short answer is taken at once");
        let other = ledger.hold();
        other.add(LIMIT - text.len() + 1).unwrap();
        assert_eq!(&*outgoing.push(text).unwrap_err().reason, "OVERLOADED");
        assert!(outgoing.next().is_none());
    }

    #[test]
    fn an_answer_that_nobody_takes_makes_way_when_its_room_is_needed() {
        let give = |ledger: &Ledger| {
            let mut outgoing = Outgoing::new(ledger.hold());
            outgoing.push(Bytes::from(vec![0; 3 * SLICE_BYTES])).unwrap();
            outgoing
        };
        let patient = ledger(Duration::MAX);
        let mut outgoing = give(&patient);
        patient.hold().add(LIMIT).unwrap_err();
        assert!(outgoing.next().unwrap().is_ok());

        let impatient = ledger(Duration::ZERO);
        let mut outgoing = give(&impatient);
        let other = impatient.hold();
        other.add(LIMIT - 3 * SLICE_BYTES).unwrap();
        assert_eq!(held(&impatient), LIMIT, "there was room");
        other.add(2 * SLICE_BYTES).unwrap();
        let failure = outgoing.next().unwrap().unwrap_err();
        assert_eq!(&*failure.reason, "ANSWER_NOT_TAKEN");
        drop((outgoing, other));
        assert_eq!(held(&impatient), 0);
    }
}
