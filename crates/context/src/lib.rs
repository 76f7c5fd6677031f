//! What travels with a call: how long it may take, whether it already crossed the border, which trace it belongs to, for
//! whom it is made.
//!
//! A server parses a [`Context`] once from the request's headers; a client derives the peer's with
//! [`Context::for_peer`] and writes it with [`Context::write`]. The deadline that travels is always the time that
//! *remains*, so clocks need not agree.
//!
//! Promise: a malformed deadline, hop mark or caller is an error that names the header and what is allowed, never a silent
//! default; a malformed `traceparent` starts a new trace, as W3C Trace Context asks.
//! Cost: no allocation unless a hop mark or a caller arrives; five header look-ups a call.

mod caller;
mod code;
mod deadline;
pub mod duration;
mod hop;
mod trace;

pub use caller::Caller;
pub use code::code_name;
pub use deadline::Deadline;
pub use hop::{Hop, HopLimit};
pub use trace::TraceContext;

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

/// Time that remains, as gRPC writes it: up to 8 digits and one of `H M S m u n`.
pub const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
/// Time that remains, as REST callers write it: `250ms`, `2s`.
pub const REQUEST_TIMEOUT: HeaderName = HeaderName::from_static("x-request-timeout");
/// W3C Trace Context.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Name of the service that made this call; present only on calls between the pair.
pub const HOP: HeaderName = HeaderName::from_static("x-fastjson-hop");
/// For whom the call is made, as the caller says; passed on over the border.
pub const CALLER: HeaderName = HeaderName::from_static("x-fastjson-caller");

/// Everything that a call carries besides its payload.
#[derive(Debug, Clone)]
pub struct Context {
    /// When the caller stops waiting; `None`: the caller did not say.
    pub deadline: Option<Deadline>,
    /// Set when a service of the pair made this call; such a call may not cross the border again.
    pub hop: Option<Hop>,
    /// The span of this call.
    pub trace: TraceContext,
    /// For whom the call is made; `None`: nobody said. A claim, not a proof.
    pub caller: Option<Caller>,
}

/// A header of the call that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("header {header}: {message}; allowed: {allowed}")]
pub struct HeaderError {
    /// Which header.
    pub header: &'static str,
    /// What is wrong with it; echoes at most 64 bytes of it.
    pub message: String,
    /// What would have been fine.
    pub allowed: &'static str,
}

impl Context {
    /// A call of our own: no deadline, no hop mark, a new trace.
    pub fn background() -> Self {
        Self { deadline: None, hop: None, trace: TraceContext::root(), caller: None }
    }

    /// Reads deadline, hop mark, trace and caller. Given both timeouts, the shorter holds.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, HeaderError> {
        let timeout = match (headers.get(GRPC_TIMEOUT), headers.get(REQUEST_TIMEOUT)) {
            (None, None) => None,
            (Some(grpc), None) => Some(deadline::parse_grpc(grpc)?),
            (None, Some(rest)) => Some(deadline::parse_rest(rest)?),
            (Some(grpc), Some(rest)) => Some(deadline::parse_grpc(grpc)?.min(deadline::parse_rest(rest)?)),
        };
        Ok(Self {
            deadline: timeout.map(Deadline::after),
            hop: headers.get(HOP).map(Hop::parse).transpose()?,
            trace: TraceContext::from_headers(headers),
            caller: headers.get(CALLER).map(Caller::parse).transpose()?,
        })
    }

    /// The context of a call that `from` makes to its peer because of this one: its span is the parent of the peer's, the
    /// caller stays who it was, the hop mark is set, and the deadline is earlier by a [`margin`], in which to answer. Refused
    /// when this call itself crossed the border already.
    pub fn for_peer(&self, from: &'static str) -> Result<Self, HopLimit> {
        if let Some(hop) = &self.hop {
            return Err(HopLimit { from: hop.from.clone() });
        }
        let earlier = |deadline: Deadline| deadline.earlier(margin(deadline.remaining()));
        Ok(Self {
            deadline: self.deadline.map(earlier),
            hop: Some(Hop { from: from.to_owned() }),
            trace: self.trace,
            caller: self.caller.clone(),
        })
    }

    /// Writes hop mark, `traceparent`, caller and the remaining time as `grpc-timeout`; an expired deadline is written as
    /// one nanosecond, since gRPC knows no zero. With a hop mark `x-request-timeout` asks for an answer a [`margin`] before
    /// that, so that a peer that is late says so while it is still heard.
    pub fn write(&self, headers: &mut HeaderMap) {
        if let Some(deadline) = self.deadline {
            let remaining = deadline.remaining();
            headers.insert(GRPC_TIMEOUT, deadline::format_grpc(remaining));
            if self.hop.is_some() {
                headers.insert(REQUEST_TIMEOUT, deadline::format_rest(remaining - margin(remaining)));
            }
        }
        if let Some(hop) = &self.hop
            && let Ok(value) = HeaderValue::from_str(&hop.from)
        {
            headers.insert(HOP, value);
        }
        if let Some(caller) = &self.caller {
            headers.insert(CALLER, caller.to_header());
        }
        headers.insert(TRACEPARENT, self.trace.to_header());
    }
}

/// What a service keeps of the time that remains when it asks its peer: a twentieth, at most 50 ms.
pub fn margin(remaining: Duration) -> Duration {
    const MOST: Duration = Duration::from_millis(50);
    (remaining / 20).min(MOST)
}

/// The first 64 bytes of a header for a message, with everything outside ASCII text replaced.
fn excerpt(value: &HeaderValue) -> String {
    value
        .as_bytes()
        .iter()
        .take(64)
        .map(|&b| if (b' '..=b'~').contains(&b) { char::from(b) } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_str(v).unwrap())).collect()
    }

    #[test]
    fn the_shorter_of_two_timeouts_holds() {
        let context =
            Context::from_headers(&headers(&[("grpc-timeout", "5S"), ("x-request-timeout", "1h")])).unwrap();
        let remaining = context.deadline.unwrap().remaining();
        assert!(remaining <= Duration::from_secs(5) && remaining > Duration::from_secs(4), "{remaining:?}");
    }

    #[test]
    fn a_call_crosses_the_border_once() {
        let first = Context::background();
        let second = first.for_peer("fastjson-api").unwrap();
        assert_eq!(second.trace.trace_id, first.trace.trace_id);
        assert_eq!(second.trace, first.trace, "our span is the parent of the peer's");
        let mut wire = HeaderMap::new();
        second.write(&mut wire);
        let arrived = Context::from_headers(&wire).unwrap();
        assert_eq!(arrived.trace, second.trace);
        assert_eq!(
            arrived.for_peer("rust-cache-server").unwrap_err(),
            HopLimit { from: "fastjson-api".to_owned() }
        );
    }

    #[test]
    fn what_is_written_is_the_time_that_remains() {
        let mut context = Context::background();
        context.deadline = Some(Deadline::after(Duration::from_secs(2)));
        let mut wire = HeaderMap::new();
        context.write(&mut wire);
        let arrived = Context::from_headers(&wire).unwrap().deadline.unwrap().remaining();
        assert!(arrived <= Duration::from_secs(2) && arrived > Duration::from_secs(1), "{arrived:?}");
    }

    #[test]
    fn the_peer_has_less_time_so_that_its_answer_comes_in_time() {
        let mut context = Context::background();
        context.deadline = Some(Deadline::after(Duration::from_secs(2)));
        let peer = context.for_peer("fastjson-api").unwrap();
        assert!(peer.deadline.unwrap().remaining() <= Duration::from_millis(1_950));
        let mut wire = HeaderMap::new();
        peer.write(&mut wire);
        let arrived = Context::from_headers(&wire).unwrap().deadline.unwrap().remaining();
        assert!(arrived <= Duration::from_millis(1_900), "{arrived:?}");
        assert_eq!(margin(Duration::from_millis(100)), Duration::from_millis(5));
        assert_eq!(margin(Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn the_end_caller_is_passed_on() {
        let arrived = Context::from_headers(&headers(&[("x-fastjson-caller", "shop/web-1")])).unwrap();
        let mut wire = HeaderMap::new();
        arrived.for_peer("fastjson-api").unwrap().write(&mut wire);
        let there = Context::from_headers(&wire).unwrap().caller.unwrap();
        assert_eq!(there.name(), "shop/web-1");
    }

    #[test]
    fn errors_name_header_value_and_allowed() {
        let error = Context::from_headers(&headers(&[("grpc-timeout", "soon")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "header grpc-timeout: `soon` is not a timeout; allowed: 1 to 8 digits and one unit of H, M, S, m, u, n"
        );
        assert_eq!(
            Context::from_headers(&headers(&[("x-fastjson-hop", "")])).unwrap_err().header,
            "x-fastjson-hop"
        );
    }
}
