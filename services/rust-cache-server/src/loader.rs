//! Computing a missing entry: fastjson-api runs the recipe, the answer is stored here.
//!
//! The source document goes into the call, since a request crosses the border once. The computation is shared by all
//! who wait for the key; it runs as a task of its own, so a caller that leaves takes nothing from the others.

use cache_engine::{Body, Condition, Draft, Entry, Key, NamespaceName, SetOutcome, Store as _, Ttl, Value};
use chassis::Failure;
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1 as json;

use crate::{App, wire};

/// What a computation is shared by.
pub(crate) type Flight = (NamespaceName, Key);

/// What came of a computation by a caller; `None`: there is nothing.
pub(crate) type Computed = Result<Option<Entry>, Failure>;

/// One computation.
pub(crate) struct Job {
    pub(crate) namespace: NamespaceName,
    pub(crate) key: Key,
    pub(crate) recipe: Option<json::Recipe>,
    pub(crate) input: Option<json::Input>,
    pub(crate) ttl: Ttl,
}

/// Computes and stores. Looks again first: an entry may have been stored since the caller missed it.
pub(crate) async fn load(app: App, context: Context, job: Job) -> Result<Entry, Failure> {
    if let Some(entry) = app.store.get(&job.namespace, &job.key).await.map_err(wire::engine_failure)? {
        return Ok(entry);
    }
    metrics::counter!("computations_total").increment(1);
    let outcome = compute_and_store(&app, &context, job).await;
    if outcome.is_err() {
        metrics::counter!("computations_failed_total").increment(1);
    }
    outcome
}

async fn compute_and_store(app: &App, context: &Context, job: Job) -> Result<Entry, Failure> {
    let input = inline(app, job.input).await?;
    let mut peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    peer.deadline = Some(Deadline::after(app.config.compute.deadline));
    let request = json::RunRequest { input: Some(input), recipe: job.recipe, ..Default::default() };
    let response = app.json.run(&peer, request).await.map_err(wire::peer_failure)?;
    let output = response.output.unwrap_or_default();
    let media_type = client::media_type(output.format());
    let body = match output.result {
        Some(json::output::Result::Text(text)) => Body::text(text),
        Some(json::output::Result::Data(bytes)) => Body::data(&bytes),
        Some(json::output::Result::Ref(_)) | None => return Err(garbage()),
    };
    let value = Value::new(body, media_type).map_err(wire::engine_failure)?;
    let stored = app.store.set(&job.namespace, job.key, Draft::new(value, job.ttl), Condition::Always).await;
    match stored.map_err(wire::engine_failure)? {
        SetOutcome::Stored(entry) => Ok(entry),
        SetOutcome::Conflict(_) => Err(garbage()),
    }
}

fn garbage() -> Failure {
    Failure::internal("PEER_ANSWER", "the JSON service gave an answer without a document")
}

/// The source document itself, read from this store when the caller named it by reference.
async fn inline(app: &App, input: Option<json::Input>) -> Result<json::Input, Failure> {
    let Some(input) = input else {
        return Err(Failure::invalid(
            "INPUT_MISSING",
            "the input has no document; allowed: text, data or ref",
        ));
    };
    let Some(json::input::Source::Ref(reference)) = input.source else {
        return Ok(input);
    };
    let namespace = wire::namespace(&reference.namespace)?;
    let key = wire::key(&reference.key)?;
    let found = app.store.get(&namespace, &key).await.map_err(wire::engine_failure)?;
    let entry = found.ok_or_else(|| {
        Failure::not_found("REF_NOT_FOUND", "the reference names an entry that the cache does not hold")
    })?;
    check_version(reference.version, &entry)?;
    let source = match entry.value().body() {
        Body::Text(_) => json::input::Source::Text(wire::text(entry.value().body())),
        body @ Body::Data(_) => json::input::Source::Data(body.to_bytes()),
    };
    Ok(json::Input { source: Some(source), format: input.format })
}

fn check_version(wanted: Option<u64>, entry: &Entry) -> Result<(), Failure> {
    let present = entry.version().get();
    match wanted {
        Some(wanted) if wanted != present => Err(Failure::not_found(
            "VERSION_GONE",
            format!("the entry has version {present}, version {wanted} was asked for"),
        )
        .with("version", present)),
        Some(_) | None => Ok(()),
    }
}
