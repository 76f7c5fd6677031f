//! Stands before every attempt: asks the breaker, tells it what came of it, and counts.
//!
//! Promise: every attempt that began is settled, also one whose caller went away. Metrics:
//! `peer_calls_total{peer,rpc,code}`, `peer_call_duration_seconds{peer,rpc}` (repetitions included),
//! `peer_breaker{peer}` (0 closed, 1 probing, 2 open), `peer_breaker_opened_total{peer}`. Cost: one short lock before and one
//! after an attempt, where there is a breaker; a look-up of two handles a call.

use std::sync::Arc;
use std::time::{Duration, Instant};

use context::code_name;
use metrics::{SharedString, counter, gauge, histogram};
use parking_lot::Mutex;
use tonic::Code;

use crate::Config;
use crate::breaker::{Breaker, Pass, Position, Refusal, Verdict};
use crate::failure::Failure;

/// Who waited for less than this and heard nothing has learnt nothing about the server: callers in a hurry shut out nobody.
const SHORTEST_SILENCE: Duration = Duration::from_millis(100);

/// The breaker of one server, if it has one, and its name in metrics.
#[derive(Debug)]
pub(crate) struct Guard {
    breaker: Option<Mutex<Breaker>>,
    peer: Arc<str>,
}

/// An attempt under way. Dropped without an end, its caller went away.
#[derive(Debug)]
pub(crate) struct Entered<'a> {
    guard: &'a Guard,
    pass: Option<Pass>,
    since: Instant,
}

impl Guard {
    pub(crate) fn new(config: &Config) -> Self {
        let breaker = config.breaker.clone().map(|breaker| Mutex::new(Breaker::new(breaker)));
        Self { breaker, peer: config.address.as_str().into() }
    }

    /// Lets an attempt begin, or fails with [`Failure::Open`].
    pub(crate) fn enter(&self) -> Result<Entered<'_>, Failure> {
        let since = Instant::now();
        let Some(breaker) = &self.breaker else {
            return Ok(Entered { guard: self, pass: None, since });
        };
        let mut breaker = breaker.lock();
        let refused = |refusal: Refusal| Failure::Open { retry_after: refusal.retry_after };
        let pass = breaker.admit(since).map_err(refused)?;
        if pass.probe {
            self.tell(breaker.position());
        }
        Ok(Entered { guard: self, pass: Some(pass), since })
    }

    fn settle(&self, pass: Pass, verdict: Verdict) {
        let Some(breaker) = &self.breaker else { return };
        let mut breaker = breaker.lock();
        let before = breaker.position();
        breaker.settle(pass, verdict, Instant::now());
        if breaker.position() != before {
            self.tell(breaker.position());
        }
    }

    /// Under the lock, so that the last word is about the last state.
    fn tell(&self, position: Position) {
        let value = match position {
            Position::Closed => 0.0,
            Position::Probing => 1.0,
            Position::Open => 2.0,
        };
        gauge!("peer_breaker", "peer" => self.label()).set(value);
        if position == Position::Open {
            counter!("peer_breaker_opened_total", "peer" => self.label()).increment(1);
        }
    }

    /// Counts a call that took `took`, and failed with `failure`.
    pub(crate) fn count(&self, rpc: &'static str, failure: Option<&Failure>, took: Duration) {
        let code = code_name(failure.map_or(Code::Ok, code_of) as i32);
        counter!("peer_calls_total", "peer" => self.label(), "rpc" => rpc, "code" => code).increment(1);
        histogram!("peer_call_duration_seconds", "peer" => self.label(), "rpc" => rpc)
            .record(took.as_secs_f64());
    }

    fn label(&self) -> SharedString {
        SharedString::from_shared(Arc::clone(&self.peer))
    }
}

impl Entered<'_> {
    pub(crate) fn is_probe(&self) -> bool {
        self.pass.is_some_and(|pass| pass.probe)
    }

    /// The attempt failed with `failure`, or was answered.
    pub(crate) fn end(mut self, failure: Option<&Failure>) {
        let verdict = failure.map_or(Verdict::Answered, |failure| self.verdict(failure));
        self.settle(verdict);
    }

    fn verdict(&self, failure: &Failure) -> Verdict {
        match failure {
            Failure::NeverArrived(_)
            | Failure::NoConnectionInTime(_)
            | Failure::Lost(_)
            | Failure::Garbage(_) => Verdict::Failed,
            Failure::Silence if self.since.elapsed() >= SHORTEST_SILENCE => Verdict::Failed,
            Failure::Silence | Failure::Open { .. } => Verdict::Unknown,
            Failure::Deadline | Failure::Refused(_) => Verdict::Answered,
        }
    }

    fn settle(&mut self, verdict: Verdict) {
        if let Some(pass) = self.pass.take() {
            self.guard.settle(pass, verdict);
        }
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.settle(Verdict::Unknown);
    }
}

/// The name of an rpc by its message, which the contract names `<Rpc>Request` and `<Rpc>Response`.
pub(crate) fn rpc_of<M>() -> &'static str {
    let path = std::any::type_name::<M>();
    let name = path.rsplit("::").next().unwrap_or(path);
    name.strip_suffix("Request").or_else(|| name.strip_suffix("Response")).unwrap_or(name)
}

fn code_of(failure: &Failure) -> Code {
    match failure {
        Failure::NeverArrived(_)
        | Failure::NoConnectionInTime(_)
        | Failure::Lost(_)
        | Failure::Open { .. } => Code::Unavailable,
        Failure::Garbage(_) => Code::Internal,
        Failure::Silence | Failure::Deadline => Code::DeadlineExceeded,
        Failure::Refused(status) => status.code(),
    }
}

#[cfg(test)]
mod tests {
    use fastjson_proto::fastjson::v1 as json;
    use fastjson_proto::rustcache::v1 as cache;

    use super::*;

    #[test]
    fn an_rpc_is_named_by_its_messages() {
        assert_eq!(rpc_of::<json::ValidateRequest>(), "Validate");
        assert_eq!(rpc_of::<cache::GetOrComputeRequest>(), "GetOrCompute");
        assert_eq!(rpc_of::<cache::WatchResponse>(), "Watch");
    }
}
