//! Reads a failed attempt: did the server refuse, or was it not there, and did it see the request at all?
//!
//! Promise: what may have had its effect is never said to have had none. Cost: a walk over the causes of an error.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use tonic::{Code, Status};

use crate::Rejection;

/// What came of an attempt that gave no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server cannot have acted on the request: there was no connection, or it turned the request away unread.
    NeverArrived(String),
    /// As [`Failure::NeverArrived`], after waiting for a connection as long as is allowed; waiting again is in vain.
    NoConnectionInTime(String),
    /// The connection was lost, or the server is shutting down: the request may have had its effect.
    Lost(String),
    /// The breaker is open; nothing was sent.
    Open { retry_after: Duration },
    /// What came back is not HTTP/2: something else listens there.
    Garbage(String),
    /// The deadline passed, and the server had not said a word.
    Silence,
    /// The server said that the deadline passed.
    Deadline,
    /// The server answered.
    Refused(Box<Status>),
}

/// The server itself is well, one that it needs is not; repeating here would multiply with its own repetitions.
const PEER_UNAVAILABLE: &str = "PEER_UNAVAILABLE";
const REGISTRY_UNAVAILABLE: &str = "REGISTRY_UNAVAILABLE";

impl Failure {
    pub(crate) fn of(status: Status) -> Self {
        match status.source() {
            Some(source) => Self::of_transport(source, &status),
            None => Self::of_answer(status),
        }
    }

    fn of_answer(status: Status) -> Self {
        match status.code() {
            Code::DeadlineExceeded => Self::Deadline,
            Code::Unavailable if !is_of_another(&Rejection::of(&status).reason) => {
                Self::Lost(status.message().to_owned())
            }
            _ => Self::Refused(Box::new(status)),
        }
    }

    fn of_transport(source: &(dyn StdError + 'static), status: &Status) -> Self {
        let message = root_cause(source);
        if any(source, |error| error.is::<tonic::TimeoutExpired>()) {
            Self::Silence
        } else if any(source, connection_timed_out) {
            Self::NoConnectionInTime(message)
        } else if any(source, garbage) {
            Self::Garbage(message)
        } else if any(source, never_arrived) {
            Self::NeverArrived(message)
        } else if status.code() == Code::ResourceExhausted {
            Self::Refused(Box::new(Status::new(status.code(), status.message())))
        } else {
            Self::Lost(message)
        }
    }
}

fn is_of_another(reason: &str) -> bool {
    matches!(reason, PEER_UNAVAILABLE | REGISTRY_UNAVAILABLE)
}

fn connection_timed_out(error: &(dyn StdError + 'static)) -> bool {
    error.downcast_ref::<tonic::ConnectError>().is_some_and(|connect| {
        any(&*connect.0, |cause| {
            cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::TimedOut)
        })
    })
}

fn never_arrived(error: &(dyn StdError + 'static)) -> bool {
    error.is::<tonic::ConnectError>()
        || error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled)
        || error
            .downcast_ref::<h2::Error>()
            .is_some_and(|reset| reset.is_remote() && reset.reason() == Some(h2::Reason::REFUSED_STREAM))
}

/// Found by this side: bytes that are no frames of HTTP/2, or none that may stand there.
fn garbage(error: &(dyn StdError + 'static)) -> bool {
    error.downcast_ref::<h2::Error>().is_some_and(|found| {
        !found.is_remote()
            && matches!(
                found.reason(),
                Some(
                    h2::Reason::PROTOCOL_ERROR
                        | h2::Reason::FRAME_SIZE_ERROR
                        | h2::Reason::COMPRESSION_ERROR
                        | h2::Reason::FLOW_CONTROL_ERROR
                )
            )
    })
}

fn any(error: &(dyn StdError + 'static), is_it: impl Fn(&(dyn StdError + 'static)) -> bool) -> bool {
    chain(error).any(is_it)
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

/// The transport's own messages say «transport error»; what a person needs stands at the end of the chain.
fn root_cause(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map_or_else(String::new, ToString::to_string)
}
