//! GetDocument: a document, whole or by several paths at once.

use cache_engine::{Entry, Store as _};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::document_path::Kind;
use json_engine::Error;
use json_engine::query::{Found, Language, Query};

use super::document::target;
use crate::documents::{self, Held, MAX_PATHS, Target};
use crate::{App, wire};

/// `rustcache.v1.DocumentService/GetDocument`.
pub(crate) async fn call(
    app: &App,
    request: pb::GetDocumentRequest,
) -> Result<pb::GetDocumentResponse, Failure> {
    let target = target(&request.namespace, &request.key)?;
    let queries = queries(request.paths)?;
    let found = app.store.get(&target.namespace, &target.key).await.map_err(wire::engine_failure)?;
    let outcome = match found {
        Some(entry) => {
            wire::check_version(request.version, &entry)?;
            pb::get_document_response::Outcome::Found(document(app, &target, &entry, queries).await?)
        }
        None => pb::get_document_response::Outcome::Missing(pb::Missing {}),
    };
    Ok(pb::GetDocumentResponse { outcome: Some(outcome) })
}

fn queries(paths: Vec<pb::DocumentPath>) -> Result<Vec<Query>, Failure> {
    if paths.len() > MAX_PATHS {
        let message = format!("the call has {} paths; allowed: {MAX_PATHS}", paths.len());
        return Err(Failure::invalid("DOCUMENT_PATHS_LIMIT", message)
            .with("allowed", MAX_PATHS)
            .with("actual", paths.len()));
    }
    paths.into_iter().enumerate().map(|(index, path)| query(index, path)).collect()
}

fn query(index: usize, path: pb::DocumentPath) -> Result<Query, Failure> {
    let compiled = match path.kind {
        Some(Kind::Pointer(pointer)) => Query::compile(Language::Pointer, &pointer),
        Some(Kind::Jsonpath(program)) => Query::compile(Language::JsonPath, &program),
        None => {
            let message = format!("path {index} is empty; allowed: pointer or jsonpath");
            return Err(Failure::invalid("DOCUMENT_PATH_MISSING", message).with("path", index));
        }
    };
    compiled.map_err(|error| wire::document_failure(error).with("path", index))
}

async fn document(
    app: &App,
    target: &Target,
    entry: &Entry,
    queries: Vec<Query>,
) -> Result<pb::Document, Failure> {
    let held = documents::of_entry(app, &target.namespace, &target.key, entry).await?;
    let (version, ttl) = (entry.version().get(), wire::left(entry, app.clock.now()));
    let answered = pb::Document { version, ttl, ..pb::Document::default() };
    if queries.is_empty() {
        check_bytes(app, entry.value().body().len())?;
        return Ok(pb::Document { value: wire::entry(entry, &*app.clock).value, ..answered });
    }
    Ok(pb::Document { answers: answers(app, held, queries).await?, ..answered })
}

fn check_bytes(app: &App, actual: usize) -> Result<(), Failure> {
    let allowed = app.config.server.limits.max_response_bytes;
    if actual <= allowed {
        return Ok(());
    }
    let message = format!("the document has {actual} bytes; allowed: {allowed}; ask for parts of it");
    Err(Failure::exhausted("OUTPUT_TOO_LARGE", message)
        .with("limit", "server.limits.max_response_bytes")
        .with("allowed", allowed)
        .with("actual", actual))
}

/// Pointers cost no more than their answers and are followed here; a JSONPath may cost anything.
async fn answers(app: &App, held: Held, queries: Vec<Query>) -> Result<Vec<pb::PathAnswer>, Failure> {
    let allowance = app.documents.allowance();
    let max_bytes = app.config.server.limits.max_response_bytes as u64;
    let is_program = queries.iter().any(|query| query.language() != Language::Pointer);
    let work = move || {
        let budget = allowance.budget();
        let mut left = max_bytes;
        let mut all = Vec::with_capacity(queries.len());
        for (index, query) in queries.iter().enumerate() {
            let found = match query.find(&held.document, left, &budget) {
                Ok(found) => found,
                Err(Error::PointerNotFound { .. }) => Vec::new(),
                Err(error) => return Err(wire::document_failure(error).with("path", index)),
            };
            left = left.saturating_sub(found.iter().map(|found| found.text.len() as u64).sum());
            all.push(answer(found)?);
        }
        Ok(all)
    };
    if is_program { documents::run_program(app, work).await? } else { work() }
}

fn answer(found: Vec<Found>) -> Result<pb::PathAnswer, Failure> {
    let outcome = if found.is_empty() {
        pb::path_answer::Outcome::Missing(pb::Missing {})
    } else {
        let values = found.into_iter().map(value).collect::<Result<_, Failure>>()?;
        pb::path_answer::Outcome::Found(pb::FoundValues { values })
    };
    Ok(pb::PathAnswer { outcome: Some(outcome) })
}

fn value(found: Found) -> Result<pb::FoundValue, Failure> {
    let text = String::from_utf8(found.text).map_err(|_| {
        Failure::internal("ANSWER_NOT_UTF8", "the answer is not UTF-8 by a fault of the server")
    })?;
    Ok(pb::FoundValue { path: found.path, pointer: found.pointer, text })
}
