//! One way to fail: a code, a stable reason and a sentence, rendered as a gRPC status with `google.rpc` details or as
//! an RFC 9457 problem.
//!
//! Promise: gRPC details stay within [`MAX_DETAIL_BYTES`]; REST carries the same facts. Cost: one allocation.

mod problem;
mod status;

pub(crate) use status::from_tonic;

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use http::StatusCode;
use prost_types::Any;
use serde_json::{Map, Value};
use tonic::Code;

/// Bound on the encoded `google.rpc.Status` (`grpc-status-details-bin` before base64). Details that do not fit are
/// left out, the last first.
pub const MAX_DETAIL_BYTES: usize = 4096;

/// The `domain` of our own `ErrorInfo`s.
pub const DOMAIN: &str = "fastjson";

/// Why a call failed. Dereferences to its [`Parts`]; boxed, so that `Result<T, Failure>` stays small.
#[derive(Debug, Clone)]
pub struct Failure(Box<Parts>);

/// What a [`Failure`] says.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The gRPC code.
    pub code: Code,
    /// Stable, `UPPER_SNAKE`; what programs branch on.
    pub reason: Cow<'static, str>,
    /// A sentence that says what, where and what was allowed.
    pub message: String,
    /// Who coined the reason.
    pub domain: Cow<'static, str>,
    /// Facts for programs: `ErrorInfo.metadata`, members of the problem.
    pub metadata: Vec<(String, String)>,
    /// When trying again makes sense: `RetryInfo`, `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Further details for gRPC, most important first.
    pub details: Vec<Any>,
    /// Extension members of the problem, the REST form of `details`.
    pub problem: Map<String, Value>,
    /// The HTTP status, where the one that follows from code and reason is not it.
    pub http: Option<StatusCode>,
}

impl Deref for Failure {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.reason, self.message)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// Any code.
    pub fn new(code: Code, reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            reason: reason.into(),
            message: message.into(),
            domain: Cow::Borrowed(DOMAIN),
            metadata: Vec::new(),
            retry_after: None,
            details: Vec::new(),
            problem: Map::new(),
            http: None,
        }))
    }

    /// The request cannot be right: 400; a reason `*_LIMIT` (a limit of the input) 413.
    pub fn invalid(reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, reason, message)
    }

    /// The request holds `actual` of something of which there may be `allowed`: 413, or 400 where it holds nothing, since that is
    /// not too large. Both are facts for programs.
    pub fn outside(
        reason: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        (allowed, actual): (u64, u64),
    ) -> Self {
        let failure = Self::invalid(reason, message).with("allowed", allowed).with("actual", actual);
        if actual == 0 { failure.http(StatusCode::BAD_REQUEST) } else { failure }
    }

    /// The thing asked for does not exist: 404.
    pub fn not_found(reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, reason, message)
    }

    /// The state of the system refuses it: 409; a conditional header of REST wants `.http(412)`.
    pub fn failed_precondition(reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Code::FailedPrecondition, reason, message)
    }

    /// Lost against a concurrent change: 409.
    pub fn aborted(reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Code::Aborted, reason, message)
    }

    /// Quota or overload: 429; a reason `BUDGET_*` (the limit of a program) or `OUTPUT_TOO_LARGE` 422.
    pub fn exhausted(reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Code::ResourceExhausted, reason, message)
    }

    /// A peer is down or the process drains: 503.
    pub fn unavailable(reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, reason, message)
    }

    /// The caller's deadline passed: 504, reason `DEADLINE`.
    pub fn deadline(message: impl Into<String>) -> Self {
        Self::new(Code::DeadlineExceeded, "DEADLINE", message)
    }

    /// Not built: 501.
    pub fn unimplemented(reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Code::Unimplemented, reason, message)
    }

    /// Our own fault: 500.
    pub fn internal(reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Code::Internal, reason, message)
    }

    /// Adds a fact for programs.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.metadata.push((key.into(), value.to_string()));
        self
    }

    /// Names another HTTP status than the one that follows from code and reason.
    #[must_use]
    pub fn http(mut self, status: StatusCode) -> Self {
        self.http = Some(status);
        self
    }

    /// Adds a gRPC detail after those already there.
    #[must_use]
    pub fn detail(mut self, detail: Any) -> Self {
        self.details.push(detail);
        self
    }

    /// Adds a member to the REST problem.
    #[must_use]
    pub fn extension(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.problem.insert(name.into(), value.into());
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// Counts it as answered: `failures_total` by reason, so that each limit that is met shows. A reason that a peer
    /// coined counts as `PEER`, since there is no bound on those.
    pub(crate) fn count(&self) {
        let reason = match &self.reason {
            Cow::Borrowed(own) => own,
            Cow::Owned(_) => "PEER",
        };
        metrics::counter!("failures_total", "reason" => reason).increment(1);
    }

    /// Says that someone else coined the reason.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<Cow<'static, str>>) -> Self {
        self.domain = domain.into();
        self
    }
}
