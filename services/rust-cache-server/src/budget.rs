//! One budget of memory: what namespaces may be promised beside the connections.
//!
//! Promise: where `store.memory_limit_bytes` is set, connections as many as may be open, parsed documents and all that namespaces are
//! guaranteed fit in it together, at the start and whenever a namespace is made or grows. Where it is not set nothing is
//! taken off. Cost: a sum at the start. What calls in flight hold is not in it; see docs/namespaces.md.

use crate::{Config, Error};

/// Bytes that an idle HTTP/2 connection takes, with its share of the runtime: 16 KiB to write, 8 KiB to read and 4 KiB of
/// headers are the largest of them. Measured as resident memory.
pub const CONNECTION_BYTES: u64 = 37 << 10;

/// Bytes that namespaces may be promised; `None`: the store decides.
///
/// # Errors
/// [`Error::Config`]: the limit does not hold what the other settings promise.
pub(crate) fn of_namespaces(config: &Config) -> Result<Option<u64>, Error> {
    let Some(limit) = config.store.memory_limit_bytes else { return Ok(None) };
    let connections = connections_bytes(config);
    let guaranteed = guaranteed_bytes(config);
    let parsed = config.documents.max_parsed_bytes;
    let least = guaranteed.saturating_add(connections).saturating_add(parsed);
    if limit < least {
        return Err(Error::Config(format!(
            "store.memory_limit_bytes is at least {least}, not {limit}: {guaranteed} for store.capacity_bytes and \
             namespaces.*.capacity_bytes, {connections} for server.limits.max_connections ({} of {CONNECTION_BYTES} \
             bytes), {parsed} for documents.max_parsed_bytes",
            config.server.limits.max_connections
        )));
    }
    Ok(Some(limit - connections - parsed))
}

fn connections_bytes(config: &Config) -> u64 {
    (config.server.limits.max_connections as u64).saturating_mul(CONNECTION_BYTES)
}

fn guaranteed_bytes(config: &Config) -> u64 {
    let others = config.namespaces.values().map(|namespace| namespace.capacity_bytes);
    others.fold(config.store.capacity_bytes, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Namespace;

    fn config(memory_limit_bytes: Option<u64>) -> Config {
        let mut config = Config::default();
        config.server.limits.max_connections = 1_000;
        config.store.capacity_bytes = 1 << 20;
        config.documents.max_parsed_bytes = 0;
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
    fn namespaces_and_connections_fit_the_limit_together() {
        check(None, Ok(None));
        check(Some(41_033_728), Ok(Some(3 << 20)));
        check(Some(41_033_729), Ok(Some((3 << 20) + 1)));
        check(
            Some(41_033_727),
            Err("settings: store.memory_limit_bytes is at least 41033728, not 41033727: 3145728 for \
                 store.capacity_bytes and namespaces.*.capacity_bytes, 37888000 for \
                 server.limits.max_connections (1000 of 37888 bytes), 0 for documents.max_parsed_bytes"),
        );
    }
}
