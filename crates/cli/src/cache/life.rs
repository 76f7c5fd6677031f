//! How long an entry is to live, as flags.

use std::time::Duration;

use fastjson_proto::rustcache::v1 as pb;

#[derive(Debug, clap::Args)]
pub(crate) struct Life {
    /// Time to live, such as 60s.
    #[arg(long, value_parser = crate::duration)]
    ttl: Option<Duration>,
    /// Ends this long after the last read or write.
    #[arg(long, value_parser = crate::duration)]
    sliding: Option<Duration>,
    /// Takes up to so much off its time to live, at random.
    #[arg(long, value_parser = crate::duration)]
    jitter: Option<Duration>,
    /// Stale after so long, at most `--ttl`: still served, and one reader is told to refresh it.
    #[arg(long, value_parser = crate::duration)]
    fresh_for: Option<Duration>,
}

impl From<Life> for pb::Expiry {
    fn from(life: Life) -> Self {
        Self {
            ttl: wire(life.ttl),
            expires_at: None,
            sliding: wire(life.sliding),
            jitter: wire(life.jitter),
            fresh_for: wire(life.fresh_for),
        }
    }
}

/// A duration that is too long for the wire is too long for the server; it says so of the longest.
pub(crate) fn wire(duration: Option<Duration>) -> Option<prost_types::Duration> {
    let longest = prost_types::Duration { seconds: i64::MAX, nanos: 0 };
    duration.map(|duration| prost_types::Duration::try_from(duration).unwrap_or(longest))
}
