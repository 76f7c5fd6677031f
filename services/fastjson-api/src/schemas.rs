//! The schema that a call means, with all that its `$ref`s reach, compiled.
//!
//! A `$ref` reaches what the call brings along and what is registered: by the `$id` of a registered schema, or by its name
//! relative to the schema that refers; the newest version counts. Promise: what is compiled saw one text for each URI; no
//! network, no files. Cost: what was compiled before costs a hash of its text.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::schema::{self, Draft, Formats, References, Registered, Schema, SchemaOptions};
use json_engine::{DuplicateKeys, Error};

use crate::compiled::{Key, KeyBuilder, What};
use crate::compute::{self, Weight};
use crate::memo::{Hash, Known, Operation};
use crate::registry::{self, Kind, Name, Version};
use crate::{App, wire};

/// Most schemas that one schema may reach, with those that the call brings along.
pub(crate) const MAX_REGISTERED: usize = 100;

/// A schema as a call names it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) text: Bytes,
    /// The name or URI by which it was reached; empty where it came with the call.
    pub(crate) known_as: String,
    /// What the call brings along: schemas by URI or name.
    pub(crate) brought: Vec<(String, Bytes)>,
}

/// How it is compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    pub(crate) draft: Draft,
    pub(crate) formats: Formats,
}

/// A schema and all that it reaches.
#[derive(Clone, Debug)]
pub(crate) struct Closure {
    pub(crate) text: Bytes,
    known_as: String,
    reached: Vec<(String, Bytes)>,
    uses_registry: bool,
}

/// The registered schema of this name, at `version` or the newest. Fails with `NAME_INVALID` and `SCHEMA_NOT_FOUND`.
pub(crate) async fn named(app: &App, name: &str, version: Option<u64>) -> Result<Version, Failure> {
    let name = Name::parse(name)?;
    let found =
        app.schemas.get(&name, version).await.map_err(|error| registry::failure(Kind::Schema, error))?;
    found.ok_or_else(|| registry::not_found(Kind::Schema, &name, version))
}

impl Source {
    /// A registered version.
    pub(crate) fn registered(version: &Version) -> Self {
        let entry = &version.entry;
        Self { text: entry.text.clone(), known_as: entry.name.as_str().to_owned(), brought: Vec::new() }
    }

    fn key(&self, how: How) -> Key {
        let options = [how.draft as u8, how.formats as u8];
        let key =
            KeyBuilder::new(What::Schema).part(&options).part(self.known_as.as_bytes()).part(&self.text);
        let add = |key: KeyBuilder, (uri, text): &(String, Bytes)| key.part(uri.as_bytes()).part(text);
        self.brought.iter().fold(key, add).build()
    }
}

/// A schema, ready to check, with what is known of it.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) schema: Arc<Schema>,
    /// Of all texts that it was compiled from.
    pub(crate) hash: Hash,
    /// What CheckSchema by it costs, and by what its answers are kept.
    pub(crate) known: Known,
}

/// The schema, ready to check. Fails as [`Schema::compile`] does.
pub(crate) async fn prepare(
    app: &App,
    context: &Context,
    source: Source,
    how: How,
) -> Result<Arc<Ready>, Failure> {
    let (key, generation) = (source.key(how), app.schemas.generation());
    if let Some(ready) = app.compiled.get(&key, generation) {
        return Ok(ready);
    }
    let closure = close(app, source).await?;
    let (bytes, uses_registry, hash) = (closure.bytes(), closure.uses_registry, closure.hash());
    let options = app.scan_options(DuplicateKeys::Report);
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let work = move || {
        let registered = closure.registered(&options)?;
        let how = SchemaOptions { default_draft: how.draft, formats: how.formats, registered: &registered };
        Schema::compile(&closure.text, &how, &options, &allowance.budget())
    };
    let schema = Arc::new(app.compute.run(Weight::Program, work).await?.map_err(wire::engine_failure)?);
    let ready = Arc::new(Ready { schema, hash, known: Known::operation(operation(how, hash)) });
    app.compiled.put(key, &ready, bytes, uses_registry.then_some(generation));
    Ok(ready)
}

/// CheckSchema by a schema of this hash.
fn operation(how: How, hash: Hash) -> Operation {
    let choices = [how.draft as u8, how.formats as u8];
    let hash = *blake3::Hasher::new().update(&choices).update(&hash).finalize().as_bytes();
    let step = pb::step::Step::CheckSchema(pb::CheckSchemaStep::default());
    Operation { name: "check_schema", step, schema: Some(hash) }
}

/// Fetches all that `source` reaches of the registry. What is not registered is left to the compiler, which names it.
pub(crate) async fn close(app: &App, source: Source) -> Result<Closure, Failure> {
    let mut reached = BTreeMap::new();
    let mut open = vec![(source.known_as.clone(), source.text.clone())];
    for (uri, text) in source.brought {
        let uri = schema::uri_of(&uri).map_err(wire::engine_failure)?;
        reached.insert(uri.clone(), text.clone());
        open.push((uri, text));
    }
    let mut uses_registry = false;
    while let Some((known_as, text)) = open.pop() {
        for uri in references(app, text, known_as).await?.uris {
            if reached.contains_key(&uri) {
                continue;
            }
            uses_registry = true;
            let Some(version) = at(app, &uri).await? else { continue };
            reached.insert(uri.clone(), version.entry.text.clone());
            open.push((uri, version.entry.text.clone()));
            check_count(reached.len())?;
        }
    }
    let known_as = schema::uri_of(&source.known_as).map_err(wire::engine_failure)?;
    Ok(Closure { text: source.text, known_as, reached: reached.into_iter().collect(), uses_registry })
}

/// Refuses more schemas than a call may reach.
pub(crate) fn check_count(actual: usize) -> Result<(), Failure> {
    if actual <= MAX_REGISTERED {
        return Ok(());
    }
    let message =
        format!("{actual} schemas are reached by $ref or come with the call; allowed: {MAX_REGISTERED}");
    Err(Failure::invalid("REGISTERED_SCHEMAS_LIMIT", message)
        .with("limit", "registered_schemas")
        .with("allowed", MAX_REGISTERED)
        .with("actual", actual))
}

async fn references(app: &App, text: Bytes, known_as: String) -> Result<References, Failure> {
    let options = app.scan_options(DuplicateKeys::Report);
    let weight = Weight::Bytes(text.len());
    let work = move || schema::references(&text, &known_as, &options);
    app.compute.run(weight, work).await?.map_err(wire::engine_failure)
}

/// The registered schema at this URI, if there is one.
async fn at(app: &App, uri: &str) -> Result<Option<Version>, Failure> {
    let found = match schema::name_of(uri).and_then(Name::of) {
        Some(name) => app.schemas.get(&name, None).await,
        None => app.schemas.with_id(uri).await,
    };
    found.map_err(|error| registry::failure(Kind::Schema, error))
}

impl Closure {
    /// How many bytes of schemas it has.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + self.reached.iter().map(|(_, text)| text.len()).sum::<usize>()
    }

    /// BLAKE3 of all its texts and their names.
    pub(crate) fn hash(&self) -> Hash {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &[u8]| {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        };
        add(self.known_as.as_bytes());
        add(&self.text);
        for (uri, text) in &self.reached {
            add(uri.as_bytes());
            add(text);
        }
        *hasher.finalize().as_bytes()
    }

    /// What the compiler of the engine needs.
    pub(crate) fn registered(&self, options: &json_engine::ScanOptions) -> Result<Registered, Error> {
        let mut registered = Registered::default().with_base(&self.known_as);
        for (uri, text) in &self.reached {
            registered.add(uri, text, options)?;
        }
        Ok(registered)
    }

    /// The same, with what `other` reaches.
    pub(crate) fn registered_with(
        &self,
        other: &Closure,
        options: &json_engine::ScanOptions,
    ) -> Result<Registered, Error> {
        let mut registered = self.registered(options)?;
        for (uri, text) in &other.reached {
            registered.add(uri, text, options)?;
        }
        Ok(registered)
    }
}
