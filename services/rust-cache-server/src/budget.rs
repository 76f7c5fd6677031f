//! One budget of memory: what namespaces may be promised beside all else that the settings allow.
//!
//! Promise: where `store.memory_limit_bytes` is set, all that namespaces are guaranteed fits in it together with the most that
//! everything else may take, at the start and whenever a namespace is made or grows. What grows as it is used (logs of watches, frames
//! of sessions) has a limit of its own, whose whole is taken off, and is refused past that. Where it is not set nothing is taken
//! off. Cost: a sum at the start.

use crate::{Config, Error};

/// Bytes that an idle HTTP/2 connection takes, with its share of the runtime: 16 KiB to write, 8 KiB to read and 4 KiB of
/// headers are the largest of them. Measured as resident memory.
pub const CONNECTION_BYTES: u64 = 37 << 10;

/// A watch, besides its connection and its filter.
const WATCHER_BYTES: u64 = 400;
/// What tells hot keys and ages: 4 KiB for each of 16 shards.
const INSIGHT_BYTES: u64 = 64 << 10;
/// A key that has tokens out.
const LIMIT_KEY_BYTES: u64 = 57;
/// A lease, with a name of 64 bytes.
const LEASE_BYTES: u64 = 314;
/// What is known to be missing, with a key of 64 bytes.
const ABSENCE_BYTES: u64 = 164;
/// A failure that is remembered, at most.
const FAILURE_BYTES: u64 = 5 << 10;
/// A slow call that is kept.
const SLOW_BYTES: u64 = 200;

/// What a setting allows.
struct Charge {
    setting: &'static str,
    count: u64,
    /// Of each.
    bytes: u64,
}

impl Charge {
    fn new(setting: &'static str, count: usize, bytes: u64) -> Self {
        Self { setting, count: count as u64, bytes }
    }

    fn sum(&self) -> u64 {
        self.count.saturating_mul(self.bytes)
    }
}

/// All that is taken off.
fn charges(config: &Config) -> [Charge; 14] {
    let (load, compute, watch) = (&config.load, &config.compute, &config.watch);
    let server = &config.server.limits;
    [
        Charge::new("server.limits.max_connections", server.max_connections, CONNECTION_BYTES),
        Charge::new("server.limits.max_in_flight_bytes", server.max_in_flight_bytes, 1),
        Charge::new("server.limits.max_peer_in_flight_bytes", server.max_peer_in_flight_bytes, 1),
        Charge { setting: "documents.max_parsed_bytes", count: config.documents.max_parsed_bytes, bytes: 1 },
        Charge { setting: "session.max_bytes", count: config.session.max_bytes, bytes: 1 },
        Charge { setting: "watch.max_log_bytes", count: watch.max_log_bytes, bytes: 1 },
        Charge::new("watch.max_filter_bytes", watch.max_filter_bytes, 1),
        Charge::new("watch.max_watchers", watch.max_watchers, WATCHER_BYTES),
        Charge::new("store.max_namespaces", config.store.max_namespaces, INSIGHT_BYTES),
        Charge::new("load.max_limit_keys", load.max_limit_keys, LIMIT_KEY_BYTES),
        Charge::new("load.max_leases", load.max_leases, LEASE_BYTES),
        Charge::new("compute.max_absences", compute.max_absences, ABSENCE_BYTES),
        Charge::new("compute.max_failures", compute.max_failures, FAILURE_BYTES),
        Charge::new("slow.max_records", config.slow.max_records, SLOW_BYTES),
    ]
}

/// Bytes that `store.memory_limit_bytes` has to hold besides the capacities of namespaces.
#[must_use]
pub fn beside_namespaces(config: &Config) -> u64 {
    charges(config).iter().map(Charge::sum).fold(0, u64::saturating_add)
}

/// Bytes that namespaces may be promised; `None`: the store decides.
///
/// # Errors
/// [`Error::Config`]: the limit does not hold what the other settings promise.
pub(crate) fn of_namespaces(config: &Config) -> Result<Option<u64>, Error> {
    let Some(limit) = config.store.memory_limit_bytes else { return Ok(None) };
    let beside = beside_namespaces(config);
    let least = guaranteed_bytes(config).saturating_add(beside);
    if limit < least {
        return Err(too_little(config, limit, least));
    }
    Ok(Some(limit - beside))
}

/// Says what takes how much, so that one sees what to make smaller.
fn too_little(config: &Config, limit: u64, least: u64) -> Error {
    let guaranteed = guaranteed_bytes(config);
    let mut message = format!(
        "store.memory_limit_bytes is at least {least}, not {limit}: {guaranteed} for store.capacity_bytes and \
         namespaces.*.capacity_bytes"
    );
    for charge in charges(config).iter().filter(|charge| charge.sum() > 0) {
        let Charge { setting, count, bytes } = charge;
        let of_each = if *bytes == 1 { String::new() } else { format!(" ({count} of {bytes} bytes)") };
        message += &format!(", {} for {setting}{of_each}", charge.sum());
    }
    Error::Config(message)
}

fn guaranteed_bytes(config: &Config) -> u64 {
    let others = config.namespaces.values().map(|namespace| namespace.capacity_bytes);
    others.fold(config.store.capacity_bytes, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Namespace;

    /// Nothing but connections, two namespaces and the room for logs.
    fn config(memory_limit_bytes: Option<u64>) -> Config {
        let mut config = Config::default();
        config.server.limits.max_connections = 1_000;
        (config.server.limits.max_in_flight_bytes, config.server.limits.max_peer_in_flight_bytes) = (0, 0);
        config.store.capacity_bytes = 1 << 20;
        config.store.max_namespaces = 0;
        config.documents.max_parsed_bytes = 0;
        config.session.max_bytes = 0;
        (config.watch.max_watchers, config.watch.max_filter_bytes) = (0, 0);
        config.watch.max_log_bytes = 1_000;
        (config.load.max_limit_keys, config.load.max_leases) = (0, 0);
        (config.compute.max_absences, config.compute.max_failures) = (0, 0);
        config.slow.max_records = 0;
        config.store.memory_limit_bytes = memory_limit_bytes;
        let team = serde_json::from_str::<Namespace>(r#"{"capacity_bytes":2097152}"#).unwrap();
        config.namespaces.insert("team".to_owned(), team);
        config
    }

    fn check(memory_limit_bytes: Option<u64>, expected: Result<Option<u64>, &str>) {
        let found = of_namespaces(&config(memory_limit_bytes)).map_err(|error| error.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    #[test]
    fn namespaces_and_all_else_fit_the_limit_together() {
        check(None, Ok(None));
        check(Some(41_034_728), Ok(Some(3 << 20)));
        check(Some(41_034_729), Ok(Some((3 << 20) + 1)));
        check(
            Some(41_034_727),
            Err("settings: store.memory_limit_bytes is at least 41034728, not 41034727: 3145728 for \
                 store.capacity_bytes and namespaces.*.capacity_bytes, 37888000 for \
                 server.limits.max_connections (1000 of 37888 bytes), 1000 for watch.max_log_bytes"),
        );
    }

    #[test]
    fn every_setting_that_takes_memory_is_taken_off() {
        let least = beside_namespaces(&config(None));
        let check = |change: fn(&mut Config), bytes: u64| {
            let mut changed = config(None);
            change(&mut changed);
            assert_eq!(beside_namespaces(&changed), least + bytes);
        };
        check(|config| config.documents.max_parsed_bytes = 7, 7);
        check(|config| config.session.max_bytes = 7, 7);
        check(|config| config.server.limits.max_in_flight_bytes = 7, 7);
        check(|config| config.server.limits.max_peer_in_flight_bytes = 7, 7);
        check(|config| config.watch.max_filter_bytes = 7, 7);
        check(|config| config.watch.max_watchers = 7, 7 * 400);
        check(|config| config.store.max_namespaces = 7, 7 << 16);
        check(|config| config.load.max_limit_keys = 7, 7 * 57);
        check(|config| config.load.max_leases = 7, 7 * 314);
        check(|config| config.compute.max_absences = 7, 7 * 164);
        check(|config| config.compute.max_failures = 7, 7 * 5_120);
        check(|config| config.slow.max_records = 7, 7 * 200);
    }
}
