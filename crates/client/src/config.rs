//! How to reach a server and how long to wait for it.
//!
//! Promise: an address that is none is found when a client is made, not at its first call. Cost: connections are opened by the
//! first call.

use std::num::NonZeroU8;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tonic::transport::{Channel, Endpoint};

use crate::{BreakerConfig, Error};

/// Bytes that the server may send ahead on one call; a document of 4 MiB then needs few round trips.
const STREAM_WINDOW: u32 = 1 << 20;
/// Bytes that the server may send ahead on one connection.
const CONNECTION_WINDOW: u32 = 4 << 20;
/// Longest frame of an answer, in bytes; the usual 16 KiB make four times as many writes of a large one.
const MAX_FRAME_BYTES: u32 = 64 << 10;
/// Silence on a connection with calls under way after which it is probed.
const PROBE_AFTER: Duration = Duration::from_secs(10);
/// An answer to a probe takes no longer, or the connection is given up.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// Fields around a value or document of exactly the limit.
const MESSAGE_SLACK: usize = 64 << 10;

/// Settings of a client. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens: `http://host:port`. Default: `http://127.0.0.1:50051`, the JSON service.
    pub address: String,
    /// Connections to it, 1 to 255; calls go over them in turn, since all calls of one share a lock. Default: 4.
    pub channels: NonZeroU8,
    /// How long opening a connection may take. Default: `1s`.
    #[serde(with = "context::duration")]
    pub connect_timeout: Duration,
    /// How long a call may take, repetitions included, when its context names no deadline. Default: `5s`.
    #[serde(with = "context::duration")]
    pub deadline: Duration,
    /// Largest document or value in an answer, in bytes; larger answers fail with OUT_OF_RANGE. Default: 4 MiB.
    pub max_message_bytes: usize,
    /// How often a call that found the server unavailable is repeated, where that is safe. Default: 2.
    pub retries: u8,
    /// When to leave a server alone that does not answer. Default: never; a service has one for its peer.
    pub breaker: Option<BreakerConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: "http://127.0.0.1:50051".to_owned(),
            channels: NonZeroU8::MIN.saturating_add(3),
            connect_timeout: Duration::from_secs(1),
            deadline: Duration::from_secs(5),
            max_message_bytes: 4 << 20,
            retries: 2,
            breaker: None,
        }
    }
}

impl Config {
    /// The defaults for the server at `address`.
    pub fn at(address: impl Into<String>) -> Self {
        Self { address: address.into(), ..Self::default() }
    }

    /// The defaults of a service for its peer at `address`: with a breaker.
    pub fn of_peer(address: impl Into<String>) -> Self {
        Self { breaker: Some(BreakerConfig::default()), ..Self::at(address) }
    }

    /// What to give to a generated client's `max_decoding_message_size`.
    pub(crate) fn decoding_bytes(&self) -> usize {
        self.max_message_bytes.saturating_add(MESSAGE_SLACK)
    }

    /// Connections that are opened by the first call that needs them.
    pub(crate) fn channels(&self) -> Result<Vec<Channel>, Error> {
        let endpoint = self.endpoint()?;
        Ok((0..self.channels.get()).map(|_| endpoint.connect_lazy()).collect())
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let invalid = || Error::Address { address: self.address.clone() };
        let uri: http::Uri = self.address.parse().map_err(|_| invalid())?;
        let plain =
            uri.scheme_str() == Some("http") && matches!(uri.path(), "" | "/") && uri.query().is_none();
        let port = uri.port_u16().filter(|port| *port != 0);
        if !plain || port.is_none() || uri.host().is_none_or(str::is_empty) {
            return Err(invalid());
        }
        Ok(Endpoint::from(uri)
            .connect_timeout(self.connect_timeout)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(MAX_FRAME_BYTES)
            .http2_keep_alive_interval(PROBE_AFTER)
            .keep_alive_timeout(PROBE_TIMEOUT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_address(address: &str, expected: Result<(), &str>) {
        let outcome = Config::at(address).endpoint().map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(outcome, expected.map_err(str::to_owned), "{address}");
    }

    #[test]
    fn addresses() {
        check_address("http://127.0.0.1:50051", Ok(()));
        check_address("http://rust-cache-server:50052/", Ok(()));
        check_address("http://[::1]:1", Ok(()));
        check_address("", Err("`` is not an address; allowed: http://host:port"));
        for bad in [
            "localhost:50051",
            "https://a:1",
            "http://a",
            "http://a:0",
            "http://a:1/b",
            "http://a:1?b",
            "a b",
        ] {
            check_address(bad, Err(&format!("`{bad}` is not an address; allowed: http://host:port")));
        }
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let error = serde_json::from_str::<Config>(r#"{"adress":"http://a:1"}"#).unwrap_err();
        assert!(
            error.to_string().starts_with("unknown field `adress`, expected one of `address`"),
            "{error}"
        );
    }

    #[test]
    fn durations_have_a_unit_and_zero_channels_are_refused() {
        let config: Config = serde_json::from_str(r#"{"deadline":"250ms"}"#).unwrap();
        assert_eq!(config.deadline, Duration::from_millis(250));
        assert_eq!(serde_json::from_str::<Config>(&serde_json::to_string(&config).unwrap()).unwrap(), config);
        assert!(serde_json::from_str::<Config>(r#"{"deadline":"250"}"#).is_err());
        assert!(serde_json::from_str::<Config>(r#"{"channels":0}"#).is_err());
    }
}
