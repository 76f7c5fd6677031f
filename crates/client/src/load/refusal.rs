//! The answer to a request that is over its limit: 429 with `Retry-After`, or RESOURCE_EXHAUSTED with `RetryInfo`.
//!
//! Promise: each caller is answered in its own protocol, with when to come back. Cost: one response, of refusals only.

use std::collections::HashMap;
use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use prost::Message as _;
use tonic::{Code, Status};
use tonic_types::pb::{ErrorInfo, RetryInfo, Status as RichStatus};

/// Why a request does not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: Code,
    status: StatusCode,
    reason: &'static str,
    message: &'static str,
    retry_after: Duration,
}

impl Refusal {
    /// Its key has no token.
    pub(super) fn rate(retry_after: Duration) -> Self {
        Self {
            code: Code::ResourceExhausted,
            status: StatusCode::TOO_MANY_REQUESTS,
            reason: "RATE_LIMITED",
            message: "there were more requests than the rate of this caller allows",
            retry_after,
        }
    }

    /// As many requests of its name are at work as may.
    pub(super) fn concurrency(retry_after: Duration) -> Self {
        Self {
            code: Code::ResourceExhausted,
            status: StatusCode::TOO_MANY_REQUESTS,
            reason: "CONCURRENCY_LIMITED",
            message: "as many requests are at work as may be at the same time",
            retry_after,
        }
    }

    /// Nobody could say.
    pub(super) fn unavailable() -> Self {
        Self {
            code: Code::Unavailable,
            status: StatusCode::SERVICE_UNAVAILABLE,
            reason: "LIMITER_UNAVAILABLE",
            message: "the server that counts requests gives no answer",
            retry_after: Duration::from_secs(1),
        }
    }

    /// The answer in the protocol of the request; its body is empty.
    pub(super) fn response<B: Default>(&self, request: &Protocol) -> Response<B> {
        match request {
            Protocol::Grpc => self.status().into_http(),
            Protocol::Http => {
                let mut response = Response::new(B::default());
                *response.status_mut() = self.status;
                let seconds = self.retry_after.as_secs_f64().ceil().max(1.0);
                response.headers_mut().insert(RETRY_AFTER, whole(seconds));
                response
            }
        }
    }

    fn status(&self) -> Status {
        let any = |name: &str, value: Vec<u8>| prost_types::Any {
            type_url: format!("type.googleapis.com/google.rpc.{name}"),
            value,
        };
        let info = ErrorInfo {
            reason: self.reason.to_owned(),
            domain: "fastjson".to_owned(),
            metadata: HashMap::new(),
        };
        let retry = RetryInfo { retry_delay: self.retry_after.try_into().ok() };
        let rich = RichStatus {
            code: self.code as i32,
            message: self.message.to_owned(),
            details: vec![any("ErrorInfo", info.encode_to_vec()), any("RetryInfo", retry.encode_to_vec())],
        };
        Status::with_details(self.code, self.message, rich.encode_to_vec().into())
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at least one, and cut at the largest"
)]
fn whole(seconds: f64) -> HeaderValue {
    HeaderValue::from(seconds as u64)
}

/// What the caller speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// gRPC: the status stands in trailers.
    Grpc,
    /// HTTP.
    Http,
}

impl Protocol {
    pub(super) fn of(request: &Parts) -> Self {
        let kind = request.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        if kind.is_some_and(|kind| kind.starts_with(b"application/grpc")) { Self::Grpc } else { Self::Http }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rejection;

    #[test]
    fn http_gets_whole_seconds_rounded_up() {
        for (millis, seconds) in [(0, "1"), (1, "1"), (1_000, "1"), (1_001, "2")] {
            let response: Response<String> =
                Refusal::rate(Duration::from_millis(millis)).response(&Protocol::Http);
            assert_eq!(
                (response.status().as_u16(), &response.headers()[RETRY_AFTER]),
                (429, &seconds.parse::<HeaderValue>().unwrap())
            );
        }
    }

    #[test]
    fn grpc_gets_reason_and_delay() {
        let rejection = Rejection::of(&Refusal::concurrency(Duration::from_millis(250)).status());
        assert_eq!(
            (rejection.code, rejection.reason.as_str()),
            (Code::ResourceExhausted, "CONCURRENCY_LIMITED")
        );
        assert_eq!(rejection.retry_after, Some(Duration::from_millis(250)));
        let response: Response<String> = Refusal::unavailable().response(&Protocol::Grpc);
        assert_eq!(response.headers()["grpc-status"], "14");
    }
}
