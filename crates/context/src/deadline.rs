//! A deadline and the two ways in which it travels: `grpc-timeout` and `x-request-timeout`.

use std::time::{Duration, Instant};

use http::HeaderValue;

use crate::{HeaderError, duration, excerpt};

/// A point in time on this process's monotonic clock. Copy; no cost until asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

/// A deadline further away than this is as good as none; keeps `Instant` arithmetic far from overflow.
const FARTHEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

impl Deadline {
    /// `timeout` from now, ten years at the most.
    pub fn after(timeout: Duration) -> Self {
        Self(Instant::now() + timeout.min(FARTHEST))
    }

    /// At this instant.
    pub fn at(instant: Instant) -> Self {
        Self(instant)
    }

    /// The instant itself, to hand to a timer.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// Time left; zero once expired.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// As much before.
    #[must_use]
    pub fn earlier(self, by: Duration) -> Self {
        Self(self.0.checked_sub(by).unwrap_or(self.0))
    }

    /// Nothing remains.
    pub fn expired(self) -> bool {
        self.remaining().is_zero()
    }
}

/// gRPC over HTTP/2, `Timeout → TimeoutValue TimeoutUnit`; zero is accepted and has expired on arrival.
pub(crate) fn parse_grpc(value: &HeaderValue) -> Result<Duration, HeaderError> {
    grpc(value.as_bytes()).ok_or_else(|| HeaderError {
        header: "grpc-timeout",
        message: format!("`{}` is not a timeout", excerpt(value)),
        allowed: "1 to 8 digits and one unit of H, M, S, m, u, n",
    })
}

fn grpc(bytes: &[u8]) -> Option<Duration> {
    let (unit, digits) = bytes.split_last()?;
    if !(1..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    match unit {
        b'H' => Some(Duration::from_secs(number * 3600)),
        b'M' => Some(Duration::from_secs(number * 60)),
        b'S' => Some(Duration::from_secs(number)),
        b'm' => Some(Duration::from_millis(number)),
        b'u' => Some(Duration::from_micros(number)),
        b'n' => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

pub(crate) fn parse_rest(value: &HeaderValue) -> Result<Duration, HeaderError> {
    value.to_str().ok().and_then(duration::parse).ok_or_else(|| HeaderError {
        header: "x-request-timeout",
        message: format!("`{}` is not a timeout", excerpt(value)),
        allowed: duration::ALLOWED,
    })
}

/// The finest unit in which the value has at most 8 digits, rounded down: the callee never believes that it has
/// more time than the caller.
pub(crate) fn format_grpc(remaining: Duration) -> HeaderValue {
    const MOST: u128 = 99_999_999;
    let nanos = remaining.as_nanos().max(1);
    let units = [(1, 'n'), (1_000, 'u'), (1_000_000, 'm'), (1_000_000_000, 'S'), (60_000_000_000, 'M')];
    let text = units
        .into_iter()
        .find(|(size, _)| nanos / size <= MOST)
        .map(|(size, unit)| format!("{}{unit}", nanos / size))
        .unwrap_or_else(|| format!("{}H", (nanos / 3_600_000_000_000).min(MOST)));
    HeaderValue::try_from(text).expect("digits and one ASCII letter")
}

/// Whole microseconds, rounded down; zero is written as one, since something is asked for.
pub(crate) fn format_rest(remaining: Duration) -> HeaderValue {
    let text = duration::format(remaining.max(Duration::from_micros(1)));
    HeaderValue::try_from(text).expect("digits and letters of ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_grpc(input: &str, expected: Option<Duration>) {
        assert_eq!(parse_grpc(&HeaderValue::from_str(input).unwrap()).ok(), expected, "{input:?}");
    }

    #[test]
    fn grpc_timeouts() {
        check_grpc("1H", Some(Duration::from_secs(3600)));
        check_grpc("2M", Some(Duration::from_secs(120)));
        check_grpc("3S", Some(Duration::from_secs(3)));
        check_grpc("4m", Some(Duration::from_millis(4)));
        check_grpc("5u", Some(Duration::from_micros(5)));
        check_grpc("6n", Some(Duration::from_nanos(6)));
        check_grpc("0S", Some(Duration::ZERO));
        check_grpc("99999999H", Some(Duration::from_secs(99_999_999 * 3600)));
        for bad in ["", "S", "1", "1s", "1 S", "+1S", "-1S", "1.5S", "100000000S", "1SS", "１S"] {
            if let Ok(value) = HeaderValue::from_bytes(bad.as_bytes()) {
                assert!(parse_grpc(&value).is_err(), "{bad:?}");
            }
        }
    }

    fn check_format(input: Duration, expected: &str) {
        assert_eq!(format_grpc(input), expected, "{input:?}");
    }

    #[test]
    fn written_with_the_finest_unit_that_fits() {
        check_format(Duration::ZERO, "1n");
        check_format(Duration::from_nanos(99_999_999), "99999999n");
        check_format(Duration::from_nanos(100_000_999), "100000u");
        check_format(Duration::from_secs(100), "100000m");
        check_format(Duration::from_secs(100_000), "100000S");
        check_format(Duration::from_secs(100_000_000), "1666666M");
        check_format(Duration::MAX, "99999999H");
    }

    #[test]
    fn the_farthest_timeout_does_not_overflow() {
        assert!(!Deadline::after(Duration::MAX).expired());
        assert!(Deadline::after(Duration::ZERO).expired());
    }
}
