//! Documents that lie in the cache service: named in the place of a file, and written in the place of printing.

use std::path::Path;
use std::time::Duration;

use fastjson_proto::fastjson::v1 as pb;

use crate::error::Error;

/// What stands before the name of an entry where a file could stand.
const SCHEME: &str = "ref:";

/// Where an answer goes, as flags.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Store {
    /// Write the answer as this entry of the cache service, `NAMESPACE/KEY` or a key of the namespace `default`, and print
    /// the version that it got.
    #[arg(long, value_name = "ENTRY", value_parser = parse)]
    store_as: Option<pb::CacheRef>,
    /// Time to live of that entry, such as 60s; the default of the namespace if absent.
    #[arg(long, requires = "store_as", value_parser = crate::duration)]
    store_ttl: Option<Duration>,
}

impl Store {
    pub(crate) fn wire(self) -> Option<pb::StoreAs> {
        let ttl = crate::cache::wire_duration(self.store_ttl);
        self.store_as.map(|target| pb::StoreAs { target: Some(target), ttl })
    }
}

/// The entry that stands in the place of a file; `None` where it is a file.
pub(crate) fn in_place_of(file: &Path) -> Result<Option<pb::CacheRef>, Error> {
    let Some(name) = file.to_str().and_then(|name| name.strip_prefix(SCHEME)) else { return Ok(None) };
    parse(name).map(Some).map_err(|message| Error::Usage(format!("{SCHEME}{name}: {message}")))
}

/// A key of the namespace `default`, or a namespace, a slash and a key. A key that holds a slash has its namespace before it.
fn parse(name: &str) -> Result<pb::CacheRef, String> {
    let (namespace, key) = name.split_once('/').unwrap_or(("", name));
    if key.is_empty() {
        return Err("there is no key; allowed: KEY or NAMESPACE/KEY".to_owned());
    }
    Ok(pb::CacheRef { namespace: namespace.to_owned(), key: key.to_owned(), version: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_key_or_a_namespace_and_a_key() {
        let check = |file: &str, expected: Option<(&str, &str)>| {
            let found = in_place_of(Path::new(file)).unwrap();
            let found = found.as_ref().map(|entry| (entry.namespace.as_str(), entry.key.as_str()));
            assert_eq!(found, expected, "{file}");
        };
        check("a.json", None);
        check("ref:a", Some(("", "a")));
        check("ref:shop/a", Some(("shop", "a")));
        check("ref:/a/b", Some(("", "a/b")));
        check("ref:shop/a/b", Some(("shop", "a/b")));
        for refused in ["ref:", "ref:shop/"] {
            let error = in_place_of(Path::new(refused)).unwrap_err().to_string();
            assert!(error.contains("NAMESPACE/KEY"), "{error}");
        }
    }
}
