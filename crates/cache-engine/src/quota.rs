//! What an entry is charged, and how the bytes of a namespace are dealt out to shards.

use crate::{
    Error, Key, MAX_CONTENT_TYPE_BYTES, MAX_KEY_BYTES, MapKind, NamespaceConfig, Value,
    insight::{BUCKET_BYTES, MOST_BUCKETS, WAYS},
    policy::{PolicyKind, Size},
    ttl,
};

/// Most bytes that `max_value_bytes` may say; with it every charge fits 32 bits.
const LARGEST_MAX_VALUE_BYTES: u64 = 1 << 30;

const MAX_SHARDS: u64 = 16;

/// A shard has room for so many of the largest entries, so that a hash that deals unevenly does not throw much out
/// while other shards are empty.
const LARGEST_ENTRIES_A_SHARD: u64 = 8;

/// And for so many entries, where their number is limited.
const LEAST_ENTRIES_A_SHARD: u64 = 64;

/// One part in so many of a shard is kept free for writes and removals that the map has not settled yet.
const SLACK_PARTS: u64 = 64;

/// One part in so many of the capacity is kept for the receipts of writes that have an id.
const RECEIPTS_PARTS: u64 = 64;

/// Bytes of memory that a receipt takes at most: the id once, a place in a table and one in a queue.
pub(crate) const RECEIPT_BYTES: u64 = 256;

/// One part in so many of the capacity is kept for the ends of entries that are not there any more.
const PAST_PARTS: u64 = 128;

/// A namespace remembers the end of a key for every so many bytes of its capacity, up to 65,536 of them.
pub const BYTES_AN_END: u64 = PAST_PARTS * BUCKET_BYTES / WAYS as u64;

/// A namespace remembers a request id for every so many bytes of its capacity, and at least one in each of its shards.
pub const BYTES_A_REQUEST_ID: u64 = RECEIPTS_PARTS * RECEIPT_BYTES;

/// The bytes of a namespace, dealt out.
///
/// First what receipts and ends may take, then `shards` equal parts; the entries of a shard may have `room.bytes`, and what the map has not let
/// go of `slack_bytes`, so that all together stay inside the capacity. One entry may be charged `room.bytes`; with more than one shard that is
/// at least seven of the largest allowed, so that dealing never refuses a value that its namespace takes.
#[derive(Debug, Clone)]
pub(crate) struct Quota {
    map: MapKind,
    max_value_bytes: u64,
    pub(crate) shards: usize,
    pub(crate) policy: PolicyKind,
    /// What the entries of a shard may be.
    pub(crate) room: Size,
    pub(crate) slack_bytes: u64,
    /// Receipts that are kept for each shard, at least one. They go by the capacity, whatever is borrowed or lent.
    pub(crate) shard_receipts: u64,
    /// Buckets for ends in each shard; zero: one, which is charged to nobody. They go by the capacity, too.
    pub(crate) shard_past: u64,
}

impl Quota {
    /// Deals out the bytes of a namespace that is kept in such maps.
    ///
    /// # Errors
    /// [`Error::ConfigInvalid`].
    pub(crate) fn of(config: &NamespaceConfig, map: MapKind) -> Result<Self, Error> {
        check(config)?;
        Ok(Self::deal(config, map, shards(config, map)))
    }

    /// Deals out other bytes to the shards that there are.
    ///
    /// # Errors
    /// [`Error::ConfigInvalid`], also if a shard would have no room for the largest value.
    pub(crate) fn anew(&self, config: &NamespaceConfig) -> Result<Self, Error> {
        check(config)?;
        let quota = Self::deal(config, self.map, self.shards as u64);
        let shards = self.shards as u64;
        let invalid = |problem| Error::ConfigInvalid { name: config.name.clone(), problem };
        let largest = largest_charge(config.max_value_bytes, self.map);
        if shards > 1 && quota.room.bytes < largest {
            let least = capacity_for(shards, largest);
            return Err(invalid(format!(
                "capacity_bytes is at least {least} in {shards} shards for values of max_value_bytes, not {}; \
                 a namespace that is made anew may be smaller",
                config.capacity_bytes
            )));
        }
        if quota.room.entries == 0 {
            return Err(invalid(format!("max_entries is at least {shards}, one for each shard")));
        }
        Ok(quota)
    }

    fn deal(config: &NamespaceConfig, map: MapKind, shards: u64) -> Self {
        let quota = Self {
            map,
            max_value_bytes: config.max_value_bytes,
            shards: usize::try_from(shards).expect("at most 16"),
            policy: config.policy,
            room: Size { bytes: 0, entries: config.max_entries.map_or(u64::MAX, |entries| entries / shards) },
            slack_bytes: 0,
            shard_receipts: (config.capacity_bytes / BYTES_A_REQUEST_ID / shards).max(1),
            shard_past: (config.capacity_bytes / PAST_PARTS / shards / BUCKET_BYTES).min(MOST_BUCKETS),
        };
        quota.with_bytes(config.capacity_bytes)
    }

    /// What all receipts together may take.
    #[cfg(test)]
    pub(crate) fn receipts_bytes(&self) -> u64 {
        self.shard_receipts * self.shards as u64 * RECEIPT_BYTES
    }

    /// What receipts and ends together may take.
    pub(crate) fn memory_bytes(&self) -> u64 {
        (self.shard_receipts * RECEIPT_BYTES + self.shard_past * BUCKET_BYTES) * self.shards as u64
    }

    /// The same with other bytes in all, because some are lent.
    pub(crate) fn with_bytes(&self, bytes: u64) -> Self {
        let shard_bytes = bytes.saturating_sub(self.memory_bytes()) / self.shards as u64;
        let slack_bytes = shard_bytes / SLACK_PARTS;
        let room = Size { bytes: shard_bytes - slack_bytes, entries: self.room.entries };
        Self { room, slack_bytes, ..self.clone() }
    }

    /// Bytes in all with which each shard has room for the largest entry, if there are so many.
    pub(crate) fn least_bytes(&self) -> u64 {
        let largest = largest_charge(self.max_value_bytes, self.map).min(self.room.bytes);
        self.bytes_for(largest)
    }

    /// Bytes in all with which a shard has room for so many.
    pub(crate) fn bytes_for(&self, shard_bytes: u64) -> u64 {
        with_slack(shard_bytes) * self.shards as u64 + self.memory_bytes()
    }

    /// What an entry of this key and value is charged, with `extra` bytes for what only some entries have.
    ///
    /// # Errors
    /// [`Error::ValueTooLarge`], [`Error::Capacity`].
    pub(crate) fn charge(&self, key: &Key, value: &Value, extra: u64) -> Result<u32, Error> {
        let body = value.body().len() as u64;
        if body > self.max_value_bytes {
            return Err(Error::ValueTooLarge { allowed: self.max_value_bytes, actual: body });
        }
        let text = (key.as_str().len() + value.content_type().len()) as u64;
        let charge = body + text + extra + self.map.entry_overhead_bytes();
        if charge > self.room.bytes {
            return Err(Error::Capacity { allowed: self.room.bytes, actual: charge });
        }
        Ok(u32::try_from(charge).expect("a body is at most 1 GiB, the rest some KiB"))
    }
}

/// Whether every setting is in its range.
fn check(config: &NamespaceConfig) -> Result<(), Error> {
    let invalid = |problem| Error::ConfigInvalid { name: config.name.clone(), problem };
    if !(1..=LARGEST_MAX_VALUE_BYTES).contains(&config.max_value_bytes) {
        let actual = config.max_value_bytes;
        return Err(invalid(format!("max_value_bytes is 1 to {LARGEST_MAX_VALUE_BYTES}, not {actual}")));
    }
    if config.capacity_bytes == 0 {
        return Err(invalid("capacity_bytes is above zero".to_owned()));
    }
    if config.max_bytes.is_some_and(|most| most < config.capacity_bytes) {
        return Err(invalid("max_bytes is at least capacity_bytes".to_owned()));
    }
    if config.max_entries == Some(0) {
        return Err(invalid("max_entries is above zero".to_owned()));
    }
    if let Some(duration) = config.default_ttl {
        ttl::check(duration).map_err(|error| invalid(format!("default_ttl: {error}")))?;
    }
    Ok(())
}

/// A part of a namespace in which entries have so many bytes.
fn with_slack(shard_bytes: u64) -> u64 {
    (shard_bytes + 1) * SLACK_PARTS / (SLACK_PARTS - 1)
}

/// The capacity with which the entries of each of these shards have so many bytes.
fn capacity_for(shards: u64, shard_bytes: u64) -> u64 {
    let shared = with_slack(shard_bytes) * shards;
    let with_past = |bytes: u64| bytes * PAST_PARTS / (PAST_PARTS - 1);
    let one_receipt_each = with_past(shared + shards * RECEIPT_BYTES) + shards;
    let past_of_receipts = PAST_PARTS / RECEIPTS_PARTS;
    let receipts_by_capacity = shared * PAST_PARTS / (PAST_PARTS - past_of_receipts - 1) + 2 * shards;
    one_receipt_each.max(receipts_by_capacity)
}

/// What the largest value is charged under the longest key.
fn largest_charge(max_value_bytes: u64, map: MapKind) -> u64 {
    max_value_bytes + (MAX_KEY_BYTES + MAX_CONTENT_TYPE_BYTES) as u64 + map.entry_overhead_bytes()
}

/// How many shards a new namespace gets.
fn shards(config: &NamespaceConfig, map: MapKind) -> u64 {
    let mut shards = MAX_SHARDS;
    let too_small = |shards| {
        config.capacity_bytes / shards < LARGEST_ENTRIES_A_SHARD * largest_charge(config.max_value_bytes, map)
            || config.max_entries.is_some_and(|entries| entries / shards < LEAST_ENTRIES_A_SHARD)
    };
    while shards > 1 && too_small(shards) {
        shards /= 2;
    }
    shards
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Body, MAX_TTL};

    fn config(capacity_bytes: u64, max_value_bytes: u64) -> NamespaceConfig {
        NamespaceConfig { capacity_bytes, max_value_bytes, ..NamespaceConfig::default() }
    }

    fn check_shards(capacity_bytes: u64, max_value_bytes: u64, expected: usize) {
        let quota = Quota::of(&config(capacity_bytes, max_value_bytes), MapKind::Moka).unwrap();
        assert_eq!(quota.shards, expected);
        let parts = (quota.room.bytes + quota.slack_bytes) * expected as u64;
        let all = parts + quota.memory_bytes();
        assert!(all <= capacity_bytes && capacity_bytes - all < expected as u64);
    }

    #[test]
    fn a_namespace_has_as_many_shards_as_leave_room_for_large_values() {
        check_shards(1 << 30, 4 << 20, 16);
        check_shards(256 << 20, 4 << 20, 4);
        check_shards(1 << 30, 1 << 30, 1);
        check_shards(64 << 20, 64 << 10, 16);
        check_shards(257, 1, 1);
    }

    #[test]
    fn receipts_take_a_64th_of_the_capacity_and_one_receipt_a_shard_at_least() {
        let check = |capacity_bytes, expected| {
            assert_eq!(
                Quota::of(&config(capacity_bytes, 1_000), MapKind::Moka).unwrap().receipts_bytes(),
                expected
            );
        };
        check(64 << 20, 1 << 20);
        check(16 << 10, 256);
        check(1_000, 256);
    }

    #[test]
    fn a_namespace_that_is_too_small_is_told_the_least_that_is_enough() {
        for capacity_bytes in [1 << 20, 64 << 20] {
            let max_value_bytes = capacity_bytes / 16 / 10;
            let quota = Quota::of(&config(capacity_bytes, max_value_bytes), MapKind::Moka).unwrap();
            let least = capacity_for(quota.shards as u64, largest_charge(max_value_bytes, MapKind::Moka));
            assert!(quota.anew(&config(least, max_value_bytes)).is_ok());
            assert!(quota.anew(&config(least * 99 / 100, max_value_bytes)).is_err());
        }
    }

    #[test]
    fn an_entry_is_charged_all_its_bytes_and_the_overhead_of_its_map() {
        let check = |map, overhead: u32| {
            let quota = Quota::of(&config(1 << 20, 1_000), map).unwrap();
            let value = Value::new(Body::text("12345"), "a/b").unwrap();
            assert_eq!(quota.charge(&Key::new("ab").unwrap(), &value, 0), Ok(5 + 3 + 2 + overhead));
        };
        check(MapKind::Moka, 464);
        check(MapKind::Compact, 264);
    }

    #[test]
    fn the_value_limit_comes_before_the_capacity() {
        let key = Key::new("k").unwrap();
        let body = |bytes| Value::new(Body::data(vec![0; bytes]), "").unwrap();
        let check = |config, bytes, expected| {
            assert_eq!(Quota::of(&config, MapKind::Moka).unwrap().charge(&key, &body(bytes), 0), expected);
        };
        check(config(1 << 20, 100), 100, Ok(565));
        check(config(1 << 20, 100), 101, Err(Error::ValueTooLarge { allowed: 100, actual: 101 }));
        check(config(6_656, 6_400), 5_835, Ok(6_300));
        check(config(6_656, 6_400), 5_836, Err(Error::Capacity { allowed: 6_300, actual: 6_301 }));
    }

    #[test]
    fn a_configuration_that_contradicts_itself_says_what_is_allowed() {
        let check = |config: NamespaceConfig, expected: &str| {
            assert_eq!(Quota::of(&config, MapKind::Moka).unwrap_err().to_string(), expected);
        };
        check(config(0, 1), "namespace \"default\": capacity_bytes is above zero");
        check(
            NamespaceConfig { max_entries: Some(0), ..NamespaceConfig::default() },
            "namespace \"default\": max_entries is above zero",
        );
        check(config(1, 0), "namespace \"default\": max_value_bytes is 1 to 1073741824, not 0");
        let default_ttl = Some(MAX_TTL + Duration::from_secs(1));
        check(
            NamespaceConfig { default_ttl, ..NamespaceConfig::default() },
            "namespace \"default\": default_ttl: a time to live is above zero and at most 3650d, which \
             is 10 years; this one is 315360001s",
        );
    }
}
