//! Namespaces and their settings.

use std::sync::Arc;
use std::time::Duration;

use cache_engine::{NamespaceChange, NamespaceConfig, NamespaceName, PolicyKind};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use crate::Config;

/// Bytes of a new namespace where nothing is said.
const DEFAULT_CAPACITY_BYTES: u64 = 64 << 20;

/// Settings that can change.
const CHANGEABLE: &str = "capacity_bytes, max_bytes, max_entries, default_ttl, max_value_bytes, schema";

/// The settings of a new namespace; what is absent gets its default.
pub(crate) fn namespace_config(given: pb::Namespace, config: &Config) -> Result<NamespaceConfig, Failure> {
    if given.name.is_empty() {
        return Err(invalid("the namespace has no name; allowed: 1 to 64 bytes of A-Z a-z 0-9 . _ -"));
    }
    Ok(NamespaceConfig {
        name: super::namespace(&given.name)?,
        capacity_bytes: given.capacity_bytes.unwrap_or(DEFAULT_CAPACITY_BYTES),
        max_bytes: given.max_bytes,
        max_entries: given.max_entries,
        policy: policy(given.policy)?.unwrap_or_default(),
        default_ttl: duration(given.default_ttl)?,
        max_value_bytes: given.max_value_bytes.unwrap_or(config.store.max_value_bytes),
        events: (&config.watch).into(),
        schema: schema(&given.schema),
    })
}

/// What is to change of which namespace: the settings that `mask` names, or without it those that are set.
pub(crate) fn namespace_change(
    given: pb::Namespace,
    mask: &[String],
) -> Result<(NamespaceName, NamespaceChange), Failure> {
    let name = super::namespace(&given.name)?;
    let default_ttl = duration(given.default_ttl)?;
    let mut change = NamespaceChange::default();
    if mask.is_empty() {
        if policy(given.policy)?.is_some() {
            return Err(fixed("policy"));
        }
        change.capacity_bytes = given.capacity_bytes;
        change.max_bytes = given.max_bytes.map(Some);
        change.max_entries = given.max_entries.map(Some);
        change.default_ttl = default_ttl.map(Some);
        change.max_value_bytes = given.max_value_bytes;
        change.schema = schema(&given.schema).map(Some);
    }
    for path in mask {
        match path.as_str() {
            "capacity_bytes" => change.capacity_bytes = Some(required(path, given.capacity_bytes)?),
            "max_value_bytes" => change.max_value_bytes = Some(required(path, given.max_value_bytes)?),
            "max_bytes" => change.max_bytes = Some(given.max_bytes),
            "max_entries" => change.max_entries = Some(given.max_entries),
            "schema" => change.schema = Some(schema(&given.schema)),
            "default_ttl" => change.default_ttl = Some(default_ttl),
            "policy" | "name" => return Err(fixed(path)),
            _ => return Err(invalid(format!("the mask names no setting; allowed: {CHANGEABLE}"))),
        }
    }
    Ok((name, change))
}

/// A namespace with all its settings.
pub(crate) fn namespace_message(config: NamespaceConfig) -> pb::Namespace {
    let policy = match config.policy {
        PolicyKind::Adaptive => pb::EvictionPolicy::Adaptive,
        PolicyKind::Lru => pb::EvictionPolicy::Lru,
        PolicyKind::Refuse => pb::EvictionPolicy::None,
    };
    pb::Namespace {
        name: config.name.to_string(),
        capacity_bytes: Some(config.capacity_bytes),
        max_bytes: config.max_bytes,
        max_entries: config.max_entries,
        default_ttl: config.default_ttl.and_then(|ttl| prost_types::Duration::try_from(ttl).ok()),
        policy: policy.into(),
        max_value_bytes: Some(config.max_value_bytes),
        schema: config.schema.map(|name| name.to_string()).unwrap_or_default(),
    }
}

/// Empty: none.
fn schema(name: &str) -> Option<Arc<str>> {
    (!name.is_empty()).then(|| name.into())
}

fn policy(number: i32) -> Result<Option<PolicyKind>, Failure> {
    Ok(match wording::known("policy", number, pb::EvictionPolicy::as_str_name)? {
        pb::EvictionPolicy::Unspecified => None,
        pb::EvictionPolicy::Adaptive => Some(PolicyKind::Adaptive),
        pb::EvictionPolicy::Lru => Some(PolicyKind::Lru),
        pb::EvictionPolicy::None => Some(PolicyKind::Refuse),
    })
}

fn duration(given: Option<prost_types::Duration>) -> Result<Option<Duration>, Failure> {
    let Some(given) = given else { return Ok(None) };
    let duration = Duration::try_from(given);
    duration.map(Some).map_err(|_| invalid("default_ttl is above zero and at most 10 years"))
}

fn required(path: &str, given: Option<u64>) -> Result<u64, Failure> {
    given.ok_or_else(|| invalid(format!("the mask names {path}, which is absent and always has a value")))
}

fn fixed(path: &str) -> Failure {
    invalid(format!("the {path} is chosen when a namespace is made; what can change: {CHANGEABLE}"))
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::invalid("NAMESPACE_INVALID", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: pb::Namespace, mask: &[&str], expected: Result<NamespaceChange, &str>) {
        let mask: Vec<String> = mask.iter().map(|&path| path.to_owned()).collect();
        let change = namespace_change(given, &mask).map(|(_, change)| change);
        match (change, expected) {
            (Ok(change), Ok(expected)) => assert_eq!(change, expected),
            (Err(failure), Err(part)) => assert!(failure.message.contains(part), "{failure}"),
            (change, expected) => panic!("{change:?}, not {expected:?}"),
        }
    }

    #[test]
    fn what_is_set_changes_or_what_the_mask_names() {
        let entries = pb::Namespace { max_entries: Some(5), ..Default::default() };
        let both = pb::Namespace { capacity_bytes: Some(7), ..entries.clone() };
        let none = NamespaceChange::default();
        let max_entries = Some(Some(5));
        check(entries.clone(), &[], Ok(NamespaceChange { max_entries, ..none.clone() }));
        check(both, &["capacity_bytes"], Ok(NamespaceChange { capacity_bytes: Some(7), ..none.clone() }));
        let shop = pb::Namespace { schema: "shop".to_owned(), ..Default::default() };
        let demands = NamespaceChange { schema: Some(Some("shop".into())), ..none.clone() };
        check(shop.clone(), &[], Ok(demands.clone()));
        check(shop, &["schema"], Ok(demands));
        let demands_none = NamespaceChange { schema: Some(None), ..none.clone() };
        check(pb::Namespace::default(), &["schema"], Ok(demands_none));
        let reset = NamespaceChange { max_entries: Some(None), default_ttl: Some(None), ..none.clone() };
        check(pb::Namespace::default(), &[], Ok(none));
        check(pb::Namespace::default(), &["max_entries", "default_ttl"], Ok(reset));
        check(entries.clone(), &["capacity_bytes"], Err("the mask names capacity_bytes, which is absent"));
        check(entries.clone(), &["entries"], Err("the mask names no setting"));
        check(entries.clone(), &["policy"], Err("the policy is chosen when a namespace is made"));
        check(pb::Namespace { policy: 2, ..entries.clone() }, &[], Err("the policy is chosen"));
        check(
            pb::Namespace { policy: 4, ..entries },
            &[],
            Err("policy is 4; allowed: EVICTION_POLICY_ADAPTIVE, "),
        );
    }
}
