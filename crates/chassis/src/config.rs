//! What an operator can set about a process: addresses, limits, logs. Unknown keys are errors.
//!
//! Durations are written `250ms`, `30s`, `5m`, `1h`; sizes are whole bytes. There is no value that means unlimited.
//!
//! Promise: every setting has a unit and a default, and one that does not exist is an error. Cost: none for a call.

mod cors;

pub use cors::{Cors, Origins};

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use context::duration;

/// The part of a service's configuration that the chassis reads; by convention the field `server` of the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where gRPC and REST listen. Default: 127.0.0.1 and the service's port; a container wants `0.0.0.0`.
    pub listen: SocketAddr,
    /// Where `/metrics`, `/healthz` and `/readyz` listen. Default: 127.0.0.1 and the service's admin port.
    pub admin: Option<SocketAddr>,
    /// What one process takes on.
    pub limits: Limits,
    /// What it writes to stderr.
    pub log: Log,
    /// Which web pages may call from a browser.
    pub cors: Cors,
}

/// What one process takes on. Every limit has a stable reason or a metric that tells when it was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Open connections; one more is closed at once (`connections_refused_total`). Default 16,384.
    #[serde(deserialize_with = "positive")]
    pub max_connections: usize,
    /// Calls at the same time on one HTTP/2 connection; the client queues beyond it. Default 256.
    #[serde(deserialize_with = "positive")]
    pub max_concurrent_streams: u32,
    /// Handlers at work at the same time in the process; one more is answered `OVERLOADED`, 429. An open stream
    /// counts until its handler answered the headers. Default 8,192.
    #[serde(deserialize_with = "positive")]
    pub max_in_flight: usize,
    /// The same for calls of the peer, which have places of their own: both services can be full of calls that wait for
    /// each other, and still answer each other. Default 2,048.
    #[serde(deserialize_with = "positive")]
    pub max_peer_in_flight: usize,
    /// Bytes of request messages, as they arrive and while they are handled, and of long answers until they are taken, of all
    /// calls together but streams; one more is answered `OVERLOADED`, 429. Default 256 MiB.
    #[serde(deserialize_with = "positive")]
    pub max_in_flight_bytes: usize,
    /// The same for calls of the peer. Default 256 MiB.
    #[serde(deserialize_with = "positive")]
    pub max_peer_in_flight_bytes: usize,
    /// Bytes of one request message or REST body; more is `INPUT_BYTES_LIMIT`, 413. Default 4 MiB (4,194,304).
    #[serde(deserialize_with = "positive")]
    pub max_request_bytes: usize,
    /// Bytes of one response message or REST body; more is `OUTPUT_TOO_LARGE`. The service enforces it (tonic's
    /// `max_encoding_message_size`, its REST answers). Default 4 MiB.
    #[serde(deserialize_with = "positive")]
    pub max_response_bytes: usize,
    /// Bytes of a request's headers, counted as HPACK does (name + value + 32 each); more is
    /// `HEADER_BYTES_LIMIT`, 431. Default 16 KiB.
    #[serde(deserialize_with = "positive")]
    pub max_header_bytes: u32,
    /// How long a client may take to send its first bytes, and with HTTP/1.1 the head of each request. Default 10s.
    #[serde(deserialize_with = "duration::positive", serialize_with = "duration::serialize")]
    pub header_read_timeout: Duration,
    /// After this much silence on an HTTP/2 connection a PING is sent; without an answer the connection is closed
    /// after as long again. Default 60s.
    #[serde(deserialize_with = "duration::positive", serialize_with = "duration::serialize")]
    pub idle_timeout: Duration,
    /// The deadline of a call whose caller named none. Default 10s.
    #[serde(deserialize_with = "duration::positive", serialize_with = "duration::serialize")]
    pub default_deadline: Duration,
    /// No handler has longer than this, whatever its caller asks. A response stream may outlive it up to the
    /// caller's own deadline. Default 60s.
    #[serde(deserialize_with = "duration::positive", serialize_with = "duration::serialize")]
    pub max_deadline: Duration,
    /// How long a drain waits for calls in flight and for tasks before it cuts them off. Default 20s.
    #[serde(with = "duration")]
    pub drain_timeout: Duration,
}

/// Log lines on stderr.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `text` for people, `json` for collectors. Default `text`.
    pub format: LogFormat,
    /// Directives of `tracing_subscriber::EnvFilter`, such as `info,chassis=debug`. Default `info`.
    pub filter: String,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// All defaults, on these two ports of the loopback address.
    pub fn on_ports(port: u16, admin_port: u16) -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, port).into(),
            admin: Some((Ipv4Addr::LOCALHOST, admin_port).into()),
            limits: Limits::default(),
            log: Log::default(),
            cors: Cors::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 16_384,
            max_concurrent_streams: 256,
            max_in_flight: 8_192,
            max_peer_in_flight: 2_048,
            max_in_flight_bytes: 256 << 20,
            max_peer_in_flight_bytes: 256 << 20,
            max_request_bytes: 4 << 20,
            max_response_bytes: 4 << 20,
            max_header_bytes: 16 << 10,
            header_read_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            default_deadline: Duration::from_secs(10),
            max_deadline: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(20),
        }
    }
}

/// Reads a limit that may not be zero, for a field of settings: with zero everything would be refused.
///
/// # Errors
/// Those of the number; for zero.
pub fn positive<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default + PartialEq>(
    deserializer: D,
) -> Result<T, D::Error> {
    let number = T::deserialize(deserializer)?;
    if number == T::default() {
        return Err(D::Error::invalid_value(Unexpected::Unsigned(0), &"a whole number above zero"));
    }
    Ok(number)
}

/// Bytes of a message beside the document it carries.
pub(crate) const MESSAGE_SLACK: usize = 64 << 10;

impl Limits {
    /// What to give to a tonic server's `max_decoding_message_size`: the request limit and 64 KiB for the fields
    /// around the document, so that a document of exactly `max_request_bytes` passes. The service checks the document
    /// itself; what tonic refuses is mapped to `INPUT_BYTES_LIMIT` by [`crate::run`].
    pub fn decoding_bytes(&self) -> usize {
        self.max_request_bytes.saturating_add(MESSAGE_SLACK)
    }

    /// What to give to a tonic server's `max_encoding_message_size`, with the same slack.
    pub fn encoding_bytes(&self) -> usize {
        self.max_response_bytes.saturating_add(MESSAGE_SLACK)
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}
