//! An answer on its way out.
//!
//! hyper takes a frame whole, however little of it its caller has room for, and buffers the rest. So a long answer leaves in
//! slices, of which the next is asked for when there is room again.
//!
//! Promise: what is not asked for is counted, and can be given up. Cost: of a short answer nothing; of a long one a lock a slice.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::Held;
use crate::failure::Failure;

/// Length of a slice: what a caller that does not read leaves uncounted.
pub(super) const SLICE_BYTES: usize = 256 << 10;

/// Whether an answer of so many bytes is not counted.
pub(crate) fn is_short(bytes: u64) -> bool {
    bytes <= SLICE_BYTES as u64
}

/// What leaves of one call.
pub(crate) struct Outgoing {
    held: Held,
    /// The rest of a long answer.
    answer: Option<Arc<Answer>>,
}

/// What has not been asked for of a long answer.
pub(super) struct Answer {
    /// Absent once it was given up.
    rest: Mutex<Option<Bytes>>,
    held: Held,
}

impl Outgoing {
    /// Of a call that has `held` its request until now.
    pub(crate) fn new(held: Held) -> Self {
        held.clear();
        Self { held, answer: None }
    }

    /// The first slice of `data`; the others come by [`Outgoing::next`]. Fails with `OVERLOADED`.
    pub(crate) fn push(&mut self, mut data: Bytes) -> Result<Bytes, Failure> {
        if data.len() <= SLICE_BYTES {
            return Ok(data);
        }
        self.held.add(data.len())?;
        let first = data.split_to(SLICE_BYTES);
        let answer = Arc::new(Answer { rest: Mutex::new(Some(data)), held: self.held.clone() });
        self.held.0.ledger.list(&answer);
        self.answer = Some(answer);
        Ok(first)
    }

    /// Whether slices are left.
    pub(crate) fn has_more(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.has_more())
    }

    /// The next slice, if there is one. Fails where the rest was given up.
    pub(crate) fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        let next = self.answer.as_ref()?.next();
        if !matches!(next, Some(Ok(_))) {
            self.answer = None;
        }
        next
    }
}

impl Answer {
    /// Whether [`Answer::next`] has anything to say.
    fn has_more(&self) -> bool {
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.as_ref().is_none_or(|rest| !rest.is_empty())
    }

    fn next(&self) -> Option<Result<Bytes, Failure>> {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bytes) = rest.as_mut() else { return Some(Err(not_taken())) };
        if bytes.is_empty() {
            return None;
        }
        let slice = bytes.split_to(bytes.len().min(SLICE_BYTES));
        // The slice before this one has left. The last is not counted: it leaves next, or is as a short answer.
        self.held.give_back(if bytes.is_empty() { SLICE_BYTES + slice.len() } else { SLICE_BYTES });
        Some(Ok(slice))
    }

    /// Its room is needed.
    pub(super) fn give_up(&self) {
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            self.held.give_back(SLICE_BYTES + rest.len());
        }
    }
}

fn not_taken() -> Failure {
    let message = "the answer was not read for longer than a call may take, and its room was needed";
    Failure::exhausted("ANSWER_NOT_TAKEN", message)
}
