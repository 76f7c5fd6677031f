//! The document that a recipe starts from, and what ties the answer to it.

use cache_engine::{Derivation, Error, Guard, Place, Store as _, Timestamp};
use chassis::Failure;
use fastjson_proto::fastjson::v1 as json;

use super::{Job, failures};
use crate::{App, wire};

/// What the answer depends on.
pub(super) enum Tie {
    /// Nothing else: the document came with the call.
    None(Guard),
    /// An entry, which ends then.
    To { derivation: Derivation, ends: Option<Timestamp> },
    /// An entry, but as many depend on others already as may; what is computed cannot be stored.
    NoRoom,
}

/// A document at hand.
pub(super) struct Source {
    pub(super) input: json::Input,
    pub(super) tie: Tie,
    /// The version of the entry; 0 where it is none.
    pub(super) version: u64,
}

/// The document itself, read from this store when the caller named it by reference.
pub(super) async fn read(app: &App, job: &Job) -> Result<Source, Failure> {
    let Some(input) = &job.input else {
        return Err(Failure::invalid(
            "INPUT_MISSING",
            "the input has no document; allowed: text, data or ref",
        ));
    };
    let Some(json::input::Source::Ref(reference)) = &input.source else {
        let guard = app.store.guard(&job.namespace, &job.key).map_err(wire::engine_failure)?;
        return Ok(Source { input: input.clone(), tie: Tie::None(guard), version: 0 });
    };
    let place = place(reference)?;
    // Before the entry is read, so that no change of it is missed.
    let derivation = match app.store.derive(place.clone(), job.flight()) {
        Ok(derivation) => Some(derivation),
        Err(Error::DependenciesLimit { .. }) => None,
        Err(error) => return Err(wire::engine_failure(error)),
    };
    let Some(entry) = app.store.get(&place.0, &place.1).await.map_err(wire::engine_failure)? else {
        let failure = not_found();
        failures::note_missing(app, job, &failure);
        return Err(failure);
    };
    wire::check_version(reference.version, &entry)?;
    let body = entry.value().body();
    let source = match body.as_text() {
        Some(text) => json::input::Source::Text(text.to_owned()),
        None => json::input::Source::Data(body.to_bytes()),
    };
    let tie = match derivation {
        Some(derivation) => Tie::To { derivation, ends: entry.expires_at() },
        None => Tie::NoRoom,
    };
    let input = json::Input { source: Some(source), format: input.format };
    Ok(Source { input, tie, version: entry.version().get() })
}

/// The version of the entry that a job starts from, as it is now; 0 where there is none.
pub(super) async fn version(app: &App, job: &Job) -> u64 {
    let Some(json::input::Source::Ref(reference)) =
        job.input.as_ref().and_then(|input| input.source.as_ref())
    else {
        return 0;
    };
    let Ok((namespace, key)) = place(reference) else { return 0 };
    let found = app.store.get(&namespace, &key).await.ok().flatten();
    found.map_or(0, |entry| entry.version().get())
}

fn place(reference: &json::CacheRef) -> Result<Place, Failure> {
    Ok((wire::namespace(&reference.namespace)?, wire::key(&reference.key)?))
}

fn not_found() -> Failure {
    Failure::not_found("REF_NOT_FOUND", "the reference names an entry that the cache does not hold")
}
