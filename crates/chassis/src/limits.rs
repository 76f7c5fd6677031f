//! The limits of a process as a table, for a service's own listing.
//!
//! Promise: every row is a setting that exists and has the reason of its breach. Cost: one table a call of GetLimits.

use std::time::Duration;

use crate::config::Limits;

/// One limit in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitRow {
    /// Its path in the settings.
    pub name: &'static str,
    /// The value in force.
    pub value: u64,
    /// Unit of the value.
    pub unit: &'static str,
    /// Reason of the error that a breach gives.
    pub reason: &'static str,
    /// What it limits.
    pub description: &'static str,
}

impl LimitRow {
    /// A row of a table.
    pub fn new(
        name: &'static str,
        value: u64,
        unit: &'static str,
        reason: &'static str,
        description: &'static str,
    ) -> Self {
        Self { name, value, unit, reason, description }
    }
}

/// Whole milliseconds, for a row.
pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Limits {
    /// The limits that a caller can meet, with their reasons.
    #[rustfmt::skip] // A table is read by its columns.
    pub fn rows(&self) -> Vec<LimitRow> {
        vec![
            LimitRow::new("server.limits.default_deadline", millis(self.default_deadline), "milliseconds", "DEADLINE", "time of a call whose caller names none"),
            LimitRow::new("server.limits.max_deadline", millis(self.max_deadline), "milliseconds", "DEADLINE", "time of any call"),
            LimitRow::new("server.limits.max_header_bytes", self.max_header_bytes.into(), "bytes", "HEADER_BYTES_LIMIT", "headers of a call"),
            LimitRow::new("server.limits.max_in_flight", self.max_in_flight as u64, "calls", "OVERLOADED", "calls at work at the same time"),
            LimitRow::new("server.limits.max_in_flight_bytes", self.max_in_flight_bytes as u64, "bytes", "OVERLOADED", "messages of all calls at the same time, but of streams"),
            LimitRow::new("server.limits.max_peer_in_flight_bytes", self.max_peer_in_flight_bytes as u64, "bytes", "OVERLOADED", "messages of all calls of the peer at the same time"),
            LimitRow::new("server.limits.max_peer_in_flight", self.max_peer_in_flight as u64, "calls", "OVERLOADED", "calls of the peer at work at the same time"),
            LimitRow::new("server.limits.max_request_bytes", self.max_request_bytes as u64, "bytes", "INPUT_BYTES_LIMIT", "length of a document or value"),
            LimitRow::new("server.limits.max_response_bytes", self.max_response_bytes as u64, "bytes", "OUTPUT_TOO_LARGE", "length of an answer"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn every_row_names_a_setting_that_exists() {
        let server = serde_json::json!({ "server": Config::on_ports(0, 0) });
        let rows = Limits::default().rows();
        assert!(!rows.is_empty());
        for row in rows {
            let pointer = format!("/{}", row.name.replace('.', "/"));
            assert!(server.pointer(&pointer).is_some(), "{} is not a setting", row.name);
        }
    }
}
