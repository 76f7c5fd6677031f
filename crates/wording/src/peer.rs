//! What failed at the peer, as a service's caller is told of it: the fault is not the caller's.
//!
//! Promise: what the peer refused for its caller keeps its reason; what is between the two services is told as that. Cost: one
//! failure.

use chassis::Failure;
use client::Error;
use context::HopLimit;
use http::StatusCode;
use tonic::Code;

/// The service at the other end, by the name that callers know it by: `the cache service`.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub &'static str);

impl Peer {
    /// The peer did not do its part: what it said, or that it said nothing.
    pub fn failure(self, error: Error) -> Failure {
        let Self(name) = self;
        match error {
            Error::Unavailable { peer, message, retry_after } => {
                let text = format!("{name} at {peer} does not answer: {message}");
                let mut failure = Failure::unavailable("PEER_UNAVAILABLE", text).with("peer", peer);
                failure.retry_after = retry_after;
                failure
            }
            Error::Deadline { peer, .. } => {
                Failure::deadline(format!("{name} at {peer} did not answer before the deadline"))
                    .with("peer", peer)
            }
            Error::Garbage { peer, message } => {
                no_answer(&format!("{name} at {peer} gave an answer that is none: {message}"))
                    .with("peer", peer)
            }
            Error::Status(status) => self.said(&status),
            other @ Error::Address { .. } => Failure::internal("PEER_ADDRESS", other.to_string()),
        }
    }

    /// What the peer said is passed on, unless it is about this service and not about its caller.
    fn said(self, status: &tonic::Status) -> Failure {
        let Self(name) = self;
        let failure = Failure::from_status(status);
        let message = &failure.message;
        // Ours says for what reason it fails; another one's, and a message that cannot be read, has no details.
        let unexplained = status.details().is_empty();
        match failure.code {
            Code::Unauthenticated | Code::PermissionDenied => {
                let text = format!("{name} does not let this service in: {message}");
                Failure::internal("PEER_REFUSED", text).http(StatusCode::BAD_GATEWAY)
            }
            Code::Unimplemented if unexplained || failure.reason == "RPC_UNKNOWN" => Failure::unimplemented(
                "PEER_TOO_OLD",
                format!("{name} does not know this call; it is older than this service"),
            ),
            Code::Internal | Code::Unknown if unexplained => {
                no_answer(&format!("{name} gave an answer that is none: {message}"))
            }
            _ => failure,
        }
    }
}

/// An answer that this service cannot use: 502 `PEER_ANSWER`.
pub fn no_answer(message: &str) -> Failure {
    Failure::internal("PEER_ANSWER", message).http(StatusCode::BAD_GATEWAY)
}

/// A call that crossed the border already would have to cross it again: `HOP_LIMIT`, with what its caller can do instead.
pub fn hop_limit(error: HopLimit, instead: &str) -> Failure {
    Failure::failed_precondition("HOP_LIMIT", format!("{error}; {instead}")).with("from", error.from)
}

#[cfg(test)]
mod tests {
    use tonic::Status;

    use super::*;

    #[track_caller]
    fn check(error: Error, expected: (Code, &str)) {
        let failure = Peer("the other").failure(error);
        assert_eq!((failure.code, failure.reason.as_ref()), expected, "{failure}");
    }

    fn status(code: Code) -> Error {
        Error::Status(Box::new(Status::new(code, "no")))
    }

    fn explained(failure: Failure) -> Error {
        Error::Status(Box::new(failure.into()))
    }

    #[test]
    fn what_is_about_this_service_is_not_put_on_its_caller() {
        check(status(Code::Unauthenticated), (Code::Internal, "PEER_REFUSED"));
        check(
            explained(Failure::new(Code::PermissionDenied, "ROLE", "no")),
            (Code::Internal, "PEER_REFUSED"),
        );
        check(status(Code::Unimplemented), (Code::Unimplemented, "PEER_TOO_OLD"));
        check(explained(Failure::unimplemented("RPC_UNKNOWN", "no")), (Code::Unimplemented, "PEER_TOO_OLD"));
        check(status(Code::Internal), (Code::Internal, "PEER_ANSWER"));
        check(status(Code::Unknown), (Code::Internal, "PEER_ANSWER"));
        let (peer, message) = (String::new(), String::new());
        check(Error::Garbage { peer, message }, (Code::Internal, "PEER_ANSWER"));
    }

    #[test]
    fn what_is_about_the_call_is_passed_on() {
        check(explained(Failure::invalid("KEY_EMPTY", "no")), (Code::InvalidArgument, "KEY_EMPTY"));
        check(explained(Failure::internal("PANIC", "no")), (Code::Internal, "PANIC"));
        check(explained(Failure::unimplemented("STYLE", "no")), (Code::Unimplemented, "STYLE"));
        check(explained(Failure::exhausted("OVERLOADED", "no")), (Code::ResourceExhausted, "OVERLOADED"));
    }

    #[test]
    fn an_open_breaker_says_when_to_come_back() {
        let retry_after = Some(std::time::Duration::from_millis(70));
        let error = Error::Unavailable { peer: "p".to_owned(), message: String::new(), retry_after };
        let failure = Peer("the other").failure(error);
        assert_eq!((failure.reason.as_ref(), failure.retry_after), ("PEER_UNAVAILABLE", retry_after));
    }
}
