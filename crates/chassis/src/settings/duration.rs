//! `#[serde(with = "chassis::settings::duration")]`: durations as `250ms`, `30s`, `5m`, `1h`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de};

/// Writes the shortest form.
pub fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&context::duration::format(*value))
}

/// Reads it; a bare number is refused, since its unit would be a guess.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    context::duration::parse(&text)
        .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str(&text), &context::duration::ALLOWED))
}
