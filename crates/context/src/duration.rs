//! Durations as people write them: a whole number and a unit, `250ms`, `30s`, `5m`, `1h`, `7d`.
//!
//! One spelling for headers, configuration and query parameters. There is no bare number, so a unit is never guessed.
//! A field of settings takes it by `#[serde(with = "context::duration")]`; one that may not be zero has
//! `deserialize_with = "context::duration::positive"` and `serialize_with = "context::duration::serialize"`.

use std::fmt;
use std::time::Duration;

use serde::{Deserializer, Serializer, de};

/// What [`parse`] takes, for error messages.
pub const ALLOWED: &str = "a whole number and a unit of us, ms, s, m, h, d, such as 250ms or 2s";

const UNITS: [(&str, u64); 6] = [
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("m", 60_000_000),
    ("h", 3_600_000_000),
    ("d", 86_400_000_000),
];

/// The duration that `text` names, or `None` when it is not of the form [`ALLOWED`] (or is over 584,000 years).
pub fn parse(text: &str) -> Option<Duration> {
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(split);
    let number: u64 = digits.parse().ok()?;
    let (_, micros) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(micros).map(Duration::from_micros)
}

/// The shortest text that [`parse`] reads back as the same duration, cut to whole microseconds.
pub fn format(duration: Duration) -> String {
    let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let (unit, size) = UNITS.into_iter().rev().find(|(_, size)| micros % size == 0).unwrap_or(UNITS[0]);
    if micros == 0 { "0s".to_owned() } else { format!("{}{unit}", micros / size) }
}

/// Writes [`format()`].
///
/// # Errors
/// The serializer's own.
pub fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(*value))
}

/// Reads [`parse`].
///
/// # Errors
/// For anything that is not a text of the form [`ALLOWED`]; a bare number is refused, since its unit would be a guess.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_str(Text)
}

/// Reads [`parse`], but for none: a limit of no time refuses everything.
///
/// # Errors
/// As [`deserialize`]; for a duration of zero.
pub fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let duration = deserialize(deserializer)?;
    if duration.is_zero() {
        let expected = format!("{ALLOWED}, above zero");
        return Err(de::Error::invalid_value(de::Unexpected::Other("no time"), &expected.as_str()));
    }
    Ok(duration)
}

struct Text;

impl de::Visitor<'_> for Text {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ALLOWED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Option<Duration>) {
        assert_eq!(parse(input), expected, "{input:?}");
        if let Some(duration) = expected {
            assert_eq!(parse(&format(duration)), expected, "{input:?} written again");
        }
    }

    #[test]
    fn durations() {
        check("250ms", Some(Duration::from_millis(250)));
        check("90us", Some(Duration::from_micros(90)));
        check("0s", Some(Duration::ZERO));
        check("90s", Some(Duration::from_secs(90)));
        check("5m", Some(Duration::from_secs(300)));
        check("1h", Some(Duration::from_secs(3600)));
        check("7d", Some(Duration::from_secs(7 * 86_400)));
        for bad in
            ["", "5", "s", "1.5s", "-1s", "1 s", "1S", "1w", "99999999999999999999s", "9999999999999999999h"]
        {
            check(bad, None);
        }
        assert_eq!(format(Duration::from_secs(90)), "90s");
        assert_eq!(format(Duration::from_secs(120)), "2m");
    }
}
