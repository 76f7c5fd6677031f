//! W3C Trace Context, level 1: the `traceparent` header (<https://www.w3.org/TR/trace-context/>).

use std::fmt;

use http::{HeaderMap, HeaderValue};

use crate::TRACEPARENT;

/// Which trace a call belongs to and which span it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// Never zero.
    pub trace_id: u128,
    /// Never zero.
    pub span_id: u64,
    /// Bit 0: sampled.
    pub flags: u8,
}

impl TraceContext {
    /// A new trace with random identifiers, not sampled. The generator is fast and not cryptographic: identifiers
    /// tell traces apart and guard nothing.
    pub fn root() -> Self {
        Self { trace_id: fastrand::u128(1..), span_id: fastrand::u64(1..), flags: 0 }
    }

    /// A span below this one.
    pub fn child(&self) -> Self {
        Self { span_id: fastrand::u64(1..), ..*self }
    }

    /// The caller's trace; a new one when the header is absent, given twice or invalid (section 4.3 of the
    /// specification: restart the trace rather than fail the call).
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(TRACEPARENT).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Self::parse(value.as_bytes()).unwrap_or_else(Self::root),
            _ => Self::root(),
        }
    }

    /// Strict: lower-case hex, no zero identifiers, version `ff` refused, later versions read by the rules of `00`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(55)?;
        if [head[2], head[35], head[52]] != *b"---" {
            return None;
        }
        let version = u8::try_from(hex(&head[..2])?).ok()?;
        let ends_well = rest.is_empty() || (version > 0 && rest[0] == b'-');
        if version == 0xff || !ends_well {
            return None;
        }
        let trace_id = hex(&head[3..35])?;
        let span_id = u64::try_from(hex(&head[36..52])?).ok()?;
        let flags = u8::try_from(hex(&head[53..55])?).ok()?;
        (trace_id != 0 && span_id != 0).then_some(Self { trace_id, span_id, flags })
    }

    pub(crate) fn to_header(self) -> HeaderValue {
        HeaderValue::try_from(self.to_string()).expect("hex digits and dashes")
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

/// At most 32 lower-case hex digits.
fn hex(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0, |sum, digit| match digit {
        b'0'..=b'9' => Some(sum << 4 | u128::from(digit - b'0')),
        b'a'..=b'f' => Some(sum << 4 | u128::from(digit - b'a' + 10)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Option<(u128, u64, u8)>) {
        let parsed = TraceContext::parse(input.as_bytes());
        assert_eq!(parsed.map(|t| (t.trace_id, t.span_id, t.flags)), expected, "{input:?}");
    }

    const TRACE: u128 = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;
    const SPAN: u64 = 0x00f0_67aa_0ba9_02b7;

    #[test]
    fn traceparents() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        check(good, Some((TRACE, SPAN, 1)));
        assert_eq!(TraceContext::parse(good.as_bytes()).unwrap().to_string(), good);
        check("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later", Some((TRACE, SPAN, 1)));
        check("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.later", None);
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later", None);
        check("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", None);
        check("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", None);
        check("00-00000000000000000000000000000000-00f067aa0ba902b7-01", None);
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", None);
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", None);
        check("00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", None);
        check("", None);
    }

    #[test]
    fn two_headers_start_a_new_trace() {
        let value = HeaderValue::from_static("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        let mut headers = HeaderMap::new();
        headers.append(TRACEPARENT, value.clone());
        assert_eq!(TraceContext::from_headers(&headers).trace_id, TRACE);
        headers.append(TRACEPARENT, value);
        assert_ne!(TraceContext::from_headers(&headers).trace_id, TRACE);
    }
}
