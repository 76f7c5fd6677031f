//! Compiled: programs, schemas and recipes that were compiled before, by what they were compiled from.
//!
//! Promise: bounded by number and by estimated bytes, the least recently used go first; what was made of the registry is not
//! given out any more once the registry changed. Cost: a hit is a copy, a hash and a comparison of the source, under 5 us for
//! one of a few kilobytes.

use std::any::Any;
use std::sync::Arc;

use foldhash::fast::RandomState;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::config;

/// What is kept; the word stands in metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum What {
    Query,
    Schema,
    Recipe,
    /// A recipe as the contract has it, read from its text.
    Steps,
    /// What is known of an operation that needs no compiling.
    Operation,
    /// The text of a schema that lies in the cache service, at a version.
    Pinned,
}

impl What {
    fn word(self) -> &'static str {
        match self {
            What::Query => "query",
            What::Schema => "schema",
            What::Recipe => "recipe",
            What::Steps => "steps",
            What::Operation => "operation",
            What::Pinned => "pinned",
        }
    }
}

/// The source of something compiled, whole: no two sources have one key. The seed of its hash is random.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    what: What,
    source: Vec<u8>,
}

impl Key {
    /// Bytes of the source.
    pub(crate) fn len(&self) -> usize {
        self.source.len()
    }
}

/// A key in the making.
#[derive(Debug)]
pub(crate) struct KeyBuilder(Key);

impl KeyBuilder {
    pub(crate) fn new(what: What) -> Self {
        Self(Key { what, source: Vec::new() })
    }

    /// Adds a part. Its length stands before it, so that no two lists of parts are one.
    #[must_use]
    pub(crate) fn part(mut self, part: &[u8]) -> Self {
        let source = &mut self.0.source;
        source.reserve(part.len() + size_of::<u64>());
        source.extend_from_slice(&(part.len() as u64).to_le_bytes());
        source.extend_from_slice(part);
        self
    }

    pub(crate) fn build(self) -> Key {
        self.0
    }
}

#[derive(Clone)]
struct Slot {
    value: Arc<dyn Any + Send + Sync>,
    weight: u32,
    /// The state of the registry that it was made of; `None` where the registry has no part in it.
    generation: Option<u64>,
}

/// The cache; clones share it.
#[derive(Clone)]
pub(crate) struct Compiled(Cache<Key, Slot, RandomState>);

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").field("entries", &self.0.entry_count()).finish_non_exhaustive()
    }
}

impl Compiled {
    pub(crate) fn new(config: &config::Compiled) -> Self {
        // One weight holds both limits: nothing weighs less than its share of all places.
        let share = u32::try_from(config.max_bytes / config.max_entries.max(1)).unwrap_or(u32::MAX);
        let cache = Cache::builder()
            .max_capacity(config.max_bytes)
            .weigher(move |_, slot: &Slot| slot.weight.max(share))
            .eviction_policy(EvictionPolicy::lru())
            .build_with_hasher(RandomState::default());
        Self(cache)
    }

    /// What was compiled from this source while the registry was in the state `generation`.
    pub(crate) fn get<T: Send + Sync + 'static>(&self, key: &Key, generation: u64) -> Option<Arc<T>> {
        let slot = self.0.get(key).filter(|slot| slot.generation.is_none_or(|made| made == generation));
        let value = slot.and_then(|slot| slot.value.downcast::<T>().ok());
        let outcome = if value.is_some() { "hit" } else { "miss" };
        metrics::counter!("compiled_total", "what" => key.what.word(), "outcome" => outcome).increment(1);
        value
    }

    /// Keeps what was compiled of `source_bytes` bytes. `generation`: the state of the registry that has a part in it.
    pub(crate) fn put<T: Send + Sync + 'static>(
        &self,
        key: Key,
        value: &Arc<T>,
        source_bytes: usize,
        generation: Option<u64>,
    ) {
        self.put_with(key, value, (source_bytes, 0), generation);
    }

    /// As [`Compiled::put`], for what comes to hold `more_bytes` beside, as patterns do.
    pub(crate) fn put_with<T: Send + Sync + 'static>(
        &self,
        key: Key,
        value: &Arc<T>,
        (source_bytes, more_bytes): (usize, usize),
        generation: Option<u64>,
    ) {
        let estimate = BASE_BYTES + source_bytes * BYTES_A_BYTE + more_bytes + key.source.len();
        let weight = u32::try_from(estimate).unwrap_or(u32::MAX);
        let value = Arc::clone(value) as Arc<dyn Any + Send + Sync>;
        self.0.insert(key, Slot { value, weight, generation });
    }
}

/// What anything compiled takes, in bytes.
const BASE_BYTES: usize = 4 << 10;

/// Bytes that a byte of the source becomes: a value of a schema has some ten bytes there and takes a few hundred compiled.
const BYTES_A_BYTE: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(part: &str) -> Key {
        KeyBuilder::new(What::Query).part(part.as_bytes()).build()
    }

    fn get(compiled: &Compiled, part: &str, generation: u64) -> Option<u32> {
        compiled.get::<u32>(&key(part), generation).map(|value| *value)
    }

    #[test]
    fn what_was_put_is_found_until_the_registry_changes() {
        let compiled = Compiled::new(&config::Compiled::default());
        compiled.put(key("a"), &Arc::new(1_u32), 1, None);
        compiled.put(key("b"), &Arc::new(2_u32), 1, Some(7));
        assert_eq!((get(&compiled, "a", 8), get(&compiled, "b", 7)), (Some(1), Some(2)));
        assert_eq!((get(&compiled, "b", 8), get(&compiled, "c", 7)), (None, None));
    }

    #[test]
    fn neither_number_nor_bytes_grow_past_their_limits() {
        let fill = |config: &config::Compiled, source_bytes| {
            let compiled = Compiled::new(config);
            for index in 0..100_u32 {
                compiled.put(key(&index.to_string()), &Arc::new(index), source_bytes, None);
            }
            compiled.0.run_pending_tasks();
            compiled.0.entry_count()
        };
        let many_bytes = config::Compiled { max_entries: 10, max_bytes: 10 << 20 };
        assert_eq!(fill(&many_bytes, 1), 10);
        let few_bytes =
            config::Compiled { max_entries: 1_000, max_bytes: 5 * (BASE_BYTES + BYTES_A_BYTE + 10) as u64 };
        assert_eq!(fill(&few_bytes, 1), 5);
    }

    #[test]
    fn parts_do_not_run_together() {
        let pair = |one: &str, two: &str| {
            KeyBuilder::new(What::Query).part(one.as_bytes()).part(two.as_bytes()).build()
        };
        assert_ne!(pair("ab", "c"), pair("a", "bc"));
        assert_ne!(KeyBuilder::new(What::Schema).build(), KeyBuilder::new(What::Recipe).build());
    }
}
