//! `#[serde(with = "duration_text")]`: durations as people write them, `250ms`, `5s`; a bare number is refused.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de};

pub(crate) fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&context::duration::format(*value))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    context::duration::parse(&text)
        .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str(&text), &context::duration::ALLOWED))
}
