//! Merge: changes taken into a document, from a merge patch or from another version of it.
//!
//! Promise: an entry of the cache service that is merged into itself does not travel; in a three-way merge nothing that one side
//! alone changed is lost, and what both changed is listed. Cost: that of reading the documents, on a worker.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;
use json_engine::patch::{Conflict, ConflictKind, Merged, ThreeWayOptions};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::rest::{body_input, document_answer, envelope, member};
use crate::compute::{self, Weight};
use crate::documents::travel::How;
use crate::documents::{Arm, Document, Fetched, travel};
use crate::wire::choice;
use crate::{App, documents, wire};

/// `fastjson.v1.JsonService/Merge`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    mut request: pb::MergeRequest,
) -> Result<pb::MergeResponse, Failure> {
    match request.how.take() {
        Some(pb::merge_request::How::MergePatch(patch)) => merge_patch(app, context, request, patch).await,
        Some(pb::merge_request::How::ThreeWay(other)) => three_way(app, context, request, other).await,
        None => {
            let message = "there is nothing to merge; allowed: merge_patch or three_way";
            Err(Failure::invalid("INPUT_MISSING", message))
        }
    }
}

/// Merges a patch into the document, where it lies if that is possible.
async fn merge_patch(
    app: &App,
    context: &Context,
    request: pb::MergeRequest,
    patch: pb::Input,
) -> Result<pb::MergeResponse, Failure> {
    let mut fetched = Fetched::new(app, context);
    let patch = fetched.fetch_json(Some(patch)).await.map_err(documents::of_part("patch"))?;
    if let Some(entry) = travel::in_place(request.input.as_ref(), request.store_as.as_ref())
        && let Some(output) = travel::change(app, context, &entry, How::Merge, &patch).await?
    {
        return Ok(pb::MergeResponse { output: Some(output), ..Default::default() });
    }
    let options = travel::options(app, DuplicateKeys::Report, request.store_as.as_ref());
    let document = fetched.fetch_json(request.input).await?;
    let arm = document.arm;
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let work =
        move || json_engine::patch::merge(&document.bytes, &patch.bytes, &options, &allowance.budget());
    let merged = app.compute.run(Weight::Program, work).await?.map_err(wire::engine_failure)?;
    let merged = Merged { text: merged.text, conflicts: Vec::new(), conflicts_total: 0 };
    give(app, context, request.store_as, merged, arm).await
}

async fn three_way(
    app: &App,
    context: &Context,
    request: pb::MergeRequest,
    other: pb::ThreeWay,
) -> Result<pb::MergeResponse, Failure> {
    let mut fetched = Fetched::new(app, context);
    let ours = fetched.fetch_json(request.input).await?;
    let how = ThreeWayOptions { arrays: choice::arrays(other.arrays, other.array_keys)? };
    let base = fetched.fetch_json(other.base).await.map_err(documents::of_part("base"))?;
    let theirs = fetched.fetch_json(other.theirs).await.map_err(documents::of_part("theirs"))?;
    let options = travel::options(app, DuplicateKeys::Report, request.store_as.as_ref());
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let arm = ours.arm;
    let work = move || {
        let (base, ours, theirs) = (&base.bytes, &ours.bytes, &theirs.bytes);
        json_engine::patch::three_way(base, ours, theirs, &how, &options, &allowance.budget())
    };
    let merged = app.compute.run(Weight::Program, work).await?.map_err(wire::engine_failure)?;
    give(app, context, request.store_as, merged, arm).await
}

async fn give(
    app: &App,
    context: &Context,
    store_as: Option<pb::StoreAs>,
    merged: Merged,
    arm: Arm,
) -> Result<pb::MergeResponse, Failure> {
    let answer = Document { bytes: merged.text.into(), arm, format: pb::Format::Json };
    Ok(pb::MergeResponse {
        output: Some(documents::give(&app.cache, context, store_as, answer).await?),
        conflicts: merged.conflicts.into_iter().map(conflict).collect(),
        conflicts_total: merged.conflicts_total,
    })
}

fn conflict(conflict: Conflict) -> pb::Conflict {
    use pb::conflict::Kind;
    let kind = match conflict.kind {
        ConflictKind::BothChanged => Kind::BothChanged,
        ConflictKind::BothAdded => Kind::BothAdded,
        ConflictKind::WeRemoved => Kind::OursRemoved,
        ConflictKind::TheyRemoved => Kind::TheirsRemoved,
        ConflictKind::BothReordered => Kind::BothReordered,
    };
    pb::Conflict {
        json_pointer: conflict.pointer,
        base: conflict.base,
        ours: conflict.ours,
        theirs: conflict.theirs,
        kind: kind.into(),
    }
}

/// The body of `POST /v1/merge`: with `patch` a merge patch, with `base` and `theirs` a three-way merge.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'b> {
    #[serde(borrow)]
    document: &'b RawValue,
    #[serde(borrow)]
    patch: Option<&'b RawValue>,
    #[serde(borrow)]
    base: Option<&'b RawValue>,
    #[serde(borrow)]
    theirs: Option<&'b RawValue>,
    key: Option<String>,
}

/// `POST /v1/merge`: the body is `{"document": …, "patch": …}` or `{"document": …, "base": …, "theirs": …}`. Changes that
/// contradict each other are 409 `MERGE_CONFLICT` with all of them; gRPC gives the merged document as well.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Payload(bytes): Payload,
) -> Answer {
    let body: Body<'_> = envelope(&app, &bytes)?;
    let input = |value: &RawValue| body_input(member(&bytes, value));
    let request =
        pb::MergeRequest { input: Some(input(body.document)), how: Some(how(&body, input)?), store_as: None };
    let answer = call(&app, &context, request).await?;
    if answer.conflicts_total > 0 {
        return Err(conflicting(&answer));
    }
    document_answer(answer.output)
}

fn how(body: &Body<'_>, input: impl Fn(&RawValue) -> pb::Input) -> Result<pb::merge_request::How, Failure> {
    match (body.patch, body.base, body.theirs) {
        (Some(patch), None, None) => Ok(pb::merge_request::How::MergePatch(input(patch))),
        (None, Some(base), Some(theirs)) => {
            let (arrays, array_keys) = super::rest::arrays(None, body.key.as_deref())?;
            let (base, theirs) = (Some(input(base)), Some(input(theirs)));
            Ok(pb::merge_request::How::ThreeWay(pb::ThreeWay { base, theirs, arrays, array_keys }))
        }
        _ => {
            let allowed = "\"patch\" alone, or \"base\" and \"theirs\"";
            Err(Failure::invalid("BODY_INVALID", format!("the body says no merge; allowed: {allowed}")))
        }
    }
}

fn conflicting(answer: &pb::MergeResponse) -> Failure {
    let row = |conflict: &pb::Conflict| {
        let text = client::json_mapping::encode("fastjson.v1.Conflict", conflict).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or(serde_json::Value::Null)
    };
    let rows: Vec<serde_json::Value> = answer.conflicts.iter().map(row).collect();
    let message = format!("{} changes contradict each other", answer.conflicts_total);
    Failure::aborted("MERGE_CONFLICT", message)
        .extension("conflicts", rows)
        .extension("conflictsTotal", answer.conflicts_total)
}
