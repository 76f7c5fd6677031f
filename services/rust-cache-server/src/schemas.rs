//! Schemas by name, as fastjson-api keeps them in this very store, compiled.
//!
//! The idea: what was compiled remembers the versions of all entries that it was made of, and is used as long as the store still
//! has them. So there is nothing to be told, and nothing can be stale.
//!
//! Promise: a schema is the newest that was put, or the version that was asked for; a `$ref` reaches the newest of other names;
//! at most `schemas.max_compiled` are kept, the least recently used go. Cost: one look into the store for each entry that it is
//! made of, some 100 ns; compiling runs on a thread that may block, two at a time.

mod closure;
mod records;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use cache_engine::{Key, LocalStore, NamespaceName, Store as _, Version};
use chassis::Failure;
use json_engine::ScanOptions;
use json_engine::schema::{Schema, SchemaOptions};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use self::closure::Closure;
use self::records::Records;
use crate::documents::Allowance;
use crate::{config, wire};

/// How many are compiled at the same time.
const COMPILED_AT_ONCE: usize = 2;

/// What compiling one may use; what is registered was compiled once within such limits.
const COMPILING: Allowance = Allowance { time: Duration::from_secs(1), memory_bytes: 256 << 20 };

/// A registered schema, ready to check.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) schema: Schema,
    /// Its version in the registry.
    pub(crate) version: u64,
}

/// The compiled schemas.
pub(crate) struct Schemas {
    store: Arc<LocalStore>,
    namespace: NamespaceName,
    max_compiled: usize,
    kept: Mutex<Kept>,
    turns: Semaphore,
}

#[derive(Default)]
struct Kept {
    slots: HashMap<(String, Option<u64>), Slot>,
    /// Counts uses.
    now: u64,
}

struct Slot {
    compiled: Arc<Compiled>,
    made_of: Vec<(Key, Version)>,
    used: u64,
}

impl Schemas {
    /// Over the registry in this store. Fails on a namespace that has no name.
    pub(crate) fn new(store: Arc<LocalStore>, config: &config::Schemas) -> Result<Self, cache_engine::Error> {
        Ok(Self {
            store,
            namespace: NamespaceName::parse(&config.namespace)?,
            max_compiled: config.max_compiled.max(1),
            kept: Mutex::default(),
            turns: Semaphore::new(COMPILED_AT_ONCE),
        })
    }

    /// The schema `name` at `version`, or the newest. Fails with NOT_FOUND `SCHEMA_NOT_FOUND`; with FAILED_PRECONDITION
    /// `SCHEMA_UNUSABLE` where what is registered cannot be compiled, such as when something that it refers to was deleted.
    pub(crate) async fn compiled(&self, name: &str, version: Option<u64>) -> Result<Arc<Compiled>, Failure> {
        let asked = (name.to_owned(), version);
        if let Some(compiled) = self.kept(&asked).await {
            return Ok(compiled);
        }
        // Who waited finds what the one before compiled.
        let _turn = self.turns.acquire().await;
        if let Some(compiled) = self.kept(&asked).await {
            return Ok(compiled);
        }
        let records = Records::new(&self.store, &self.namespace);
        let closure = Closure::of(&records, name, version).await?;
        let (number, made_of) = (closure.version, records.looked_at());
        metrics::counter!("schemas_compiled_total").increment(1);
        let schema = tokio::task::spawn_blocking(move || compile(&closure))
            .await
            .map_err(|error| unusable(name, &error))?
            .map_err(|error| unusable(name, &error))?;
        let compiled = Arc::new(Compiled { schema, version: number });
        self.keep(asked, Arc::clone(&compiled), made_of);
        Ok(compiled)
    }

    /// What was compiled before, if all that it was made of is as it was.
    async fn kept(&self, asked: &(String, Option<u64>)) -> Option<Arc<Compiled>> {
        let (compiled, made_of) = {
            let mut kept = self.kept.lock();
            kept.now += 1;
            let now = kept.now;
            let slot = kept.slots.get_mut(asked)?;
            slot.used = now;
            (Arc::clone(&slot.compiled), slot.made_of.clone())
        };
        for (key, version) in &made_of {
            let found = self.store.get(&self.namespace, key).await.ok().flatten();
            if found.is_none_or(|entry| entry.version() != *version) {
                return None;
            }
        }
        Some(compiled)
    }

    fn keep(&self, asked: (String, Option<u64>), compiled: Arc<Compiled>, made_of: Vec<(Key, Version)>) {
        let mut kept = self.kept.lock();
        if kept.slots.len() >= self.max_compiled && !kept.slots.contains_key(&asked) {
            let oldest = kept.slots.iter().min_by_key(|(_, slot)| slot.used).map(|(asked, _)| asked.clone());
            oldest.iter().for_each(|oldest| drop(kept.slots.remove(oldest)));
        }
        let used = kept.now;
        kept.slots.insert(asked, Slot { compiled, made_of, used });
    }
}

fn compile(closure: &Closure) -> Result<Schema, json_engine::Error> {
    let scan = ScanOptions::default();
    let budget = COMPILING.budget();
    let registered = closure.registered(&scan)?;
    let options = SchemaOptions {
        default_draft: json_engine::schema::Draft::default(),
        formats: json_engine::schema::Formats::default(),
        registered: &registered,
    };
    Schema::compile(&closure.text, &options, &scan, &budget)
}

fn not_found(version: Option<u64>) -> Failure {
    let which = version.map_or_else(String::new, |version| format!("version {version} of "));
    Failure::not_found("SCHEMA_NOT_FOUND", format!("there is no {which}a schema of this name"))
}

fn unusable(name: &str, error: &dyn std::fmt::Display) -> Failure {
    let shown = &name[..name.floor_char_boundary(64)];
    let message = format!("the registered schema {shown:?} cannot be compiled: {error}");
    Failure::failed_precondition("SCHEMA_UNUSABLE", message)
}

fn failure(error: cache_engine::Error) -> Failure {
    match error {
        // Nobody has put anything yet.
        cache_engine::Error::NamespaceNotFound { .. } => not_found(None),
        other => wire::engine_failure(other),
    }
}

#[cfg(test)]
mod tests;
