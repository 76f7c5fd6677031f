//! Computing a missing entry: fastjson-api runs the recipe, the answer is stored here.
//!
//! The source document goes into the call, since a request crosses the border once. The computation is shared by all
//! who wait for the key; it runs as a task of its own, so a caller that leaves takes nothing from the others.
//!
//! Promise: what is computed from another entry is stored only if that one has not changed, and goes when it does. What somebody wrote
//! under the key meanwhile is not written over, and is the answer. What failed is not tried again at once.

mod failures;
mod source;

use std::time::Duration;

use cache_engine::{Body, Derived, Draft, Entry, Key, Life, NamespaceName, Store as _, Tags, Value};
use chassis::Failure;
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1 as json;

pub(crate) use self::failures::standing;
use self::source::Tie;
use crate::{App, documents, wire};

/// How often a computation is done anew because its source or its place changed meanwhile; after that it is answered and not stored.
const ATTEMPTS: u32 = 3;

/// What a computation is shared by.
pub(crate) type Flight = (NamespaceName, Key);

/// What came of a computation by a caller; `None`: there is nothing.
pub(crate) type Computed = Result<Option<Entry>, Failure>;

/// What came of a computation by recipe.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// It is stored.
    Stored(Entry),
    /// It is not, and is good for those who wait alone.
    Unstored(Value),
}

/// Why there is a computation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The entry is missing.
    Miss,
    /// It is stale.
    Stale,
}

/// One computation.
pub(crate) struct Job {
    pub(crate) namespace: NamespaceName,
    pub(crate) key: Key,
    pub(crate) recipe: Option<json::Recipe>,
    pub(crate) input: Option<json::Input>,
    pub(crate) life: Life,
    pub(crate) tags: Tags,
    /// For how long it is remembered that the source is not there; zero: not at all.
    pub(crate) missing_for: std::time::Duration,
}

impl Job {
    pub(crate) fn flight(&self) -> Flight {
        (self.namespace.clone(), self.key.clone())
    }
}

/// Computes and stores. Looks again first when the entry was missing: it may have been stored since the caller missed it.
pub(crate) async fn load(app: App, context: Context, job: Job, why: Why) -> Result<Outcome, Failure> {
    if why == Why::Miss
        && let Some(entry) = app.store.get(&job.namespace, &job.key).await.map_err(wire::engine_failure)?
    {
        return Ok(Outcome::Stored(entry));
    }
    metrics::counter!("computations_total").increment(1);
    let outcome = compute_and_store(&app, &context, &job).await;
    match &outcome {
        Ok(Outcome::Stored(_)) => app.setbacks.clear(&job.flight()),
        Ok(Outcome::Unstored(_)) => metrics::counter!("computations_unstored_total").increment(1),
        Err(_) => metrics::counter!("computations_failed_total").increment(1),
    }
    outcome
}

async fn compute_and_store(app: &App, context: &Context, job: &Job) -> Result<Outcome, Failure> {
    documents::unchecked(app, &job.namespace)?;
    let mut attempt = 1;
    loop {
        let source = source::read(app, job).await?;
        let version = source.version;
        let began = app.clock.now();
        let value = match run(app, context, job, source.input).await {
            Ok(value) => value,
            Err(failure) => {
                failures::note(app, job, version, &failure);
                return Err(failure);
            }
        };
        let cost = app.clock.now().since(began);
        match store(app, job, (value.clone(), cost), source.tie).await? {
            Some(outcome) => return Ok(outcome),
            None if attempt == ATTEMPTS => return Ok(Outcome::Unstored(value)),
            None => attempt += 1,
        }
        metrics::counter!("computations_overtaken_total").increment(1);
        if let Some(entry) = written_meanwhile(app, job).await? {
            return Ok(Outcome::Stored(entry));
        }
    }
}

/// Has fastjson-api run the recipe.
async fn run(app: &App, context: &Context, job: &Job, input: json::Input) -> Result<Value, Failure> {
    let mut peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    peer.deadline = Some(Deadline::after(app.config.compute.deadline));
    let request = json::RunRequest { input: Some(input), recipe: job.recipe.clone(), ..Default::default() };
    let response = app.json.run(&peer, request).await.map_err(|error| wire::JSON.failure(error))?;
    let output = response.output.unwrap_or_default();
    let media_type = client::media_type(output.format());
    let body = match output.result {
        Some(json::output::Result::Text(text)) => Body::text(text),
        Some(json::output::Result::Data(bytes)) => Body::data(&bytes),
        Some(json::output::Result::Ref(_)) | None => return Err(garbage()),
    };
    Value::new(body, media_type).map_err(wire::engine_failure)
}

/// Stores what was computed; `None`: its source has changed meanwhile, or somebody wrote the entry.
async fn store(
    app: &App,
    job: &Job,
    (value, cost): (Value, Duration),
    tie: Tie,
) -> Result<Option<Outcome>, Failure> {
    let draft = Draft { value: value.clone(), life: job.life, tags: job.tags.clone(), cost: Some(cost) };
    match tie {
        Tie::None(guard) => overtaken_or(app.store.set_guarded(&job.namespace, &job.key, draft, &guard)),
        Tie::To { derivation, ends } => overtaken_or(app.store.set_derived(&derivation, draft, ends)),
        Tie::NoRoom => Ok(Some(Outcome::Unstored(value))),
    }
}

fn overtaken_or(stored: Result<Derived, cache_engine::Error>) -> Result<Option<Outcome>, Failure> {
    match stored.map_err(wire::engine_failure)? {
        Derived::Stored(entry) => Ok(Some(Outcome::Stored(entry))),
        Derived::Overtaken => Ok(None),
    }
}

/// What somebody wrote under the key while it was computed.
async fn written_meanwhile(app: &App, job: &Job) -> Result<Option<Entry>, Failure> {
    let entry = app.store.get(&job.namespace, &job.key).await.map_err(wire::engine_failure)?;
    let now = app.clock.now();
    Ok(entry.filter(|entry| !entry.is_stale(now)))
}

fn garbage() -> Failure {
    wire::no_answer("the JSON service gave an answer without a document")
}
