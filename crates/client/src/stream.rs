//! The answers of a stream, one after the other.
//!
//! Promise: ends after its first failure. Cost: none beside the stream.

use context::Deadline;
use tonic::Streaming;

use crate::Error;
use crate::call::Waiting;
use crate::failure::Failure;

/// Answers as they come. Dropping it ends the call at the server.
#[derive(Debug)]
pub struct Answers<T> {
    answers: Streaming<T>,
    deadline: Option<Deadline>,
    waiting: Waiting,
}

impl<T> Answers<T> {
    pub(crate) fn new(answers: Streaming<T>, deadline: Option<Deadline>, waiting: Waiting) -> Self {
        Self { answers, deadline, waiting }
    }

    /// The next answer; `None` at the end. While it is not asked for, the server is held up.
    ///
    /// # Errors
    /// As of every call: see [`Error`]. Nothing follows an error.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        let next = self.answers.message();
        let next = match self.deadline {
            Some(deadline) => match tokio::time::timeout_at(deadline.instant().into(), next).await {
                Ok(next) => next,
                Err(_elapsed) => return Some(Err(self.waiting.error(Failure::Deadline))),
            },
            None => next.await,
        };
        next.map_err(|status| self.waiting.error(Failure::of(status))).transpose()
    }
}
