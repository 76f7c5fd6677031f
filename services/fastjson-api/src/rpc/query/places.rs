//! Hits with their places: where each value that a pointer or a JSONPath selects stands in the source.

use std::sync::Arc;

use axum::response::IntoResponse as _;
use chassis::Failure;
use chassis::rest::Answer;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use http::header::CONTENT_TYPE;
use json_engine::DuplicateKeys;
use json_engine::query::{Hit, Language, Query};
use wording::json_text;

use crate::compute::{self, Weight};
use crate::documents::{Arm, Document};
use crate::wire::choice;
use crate::{App, documents, wire};

/// Most places of an answer; all hits are counted.
pub(crate) const MAX_PLACES: usize = 10_000;

/// Query with `HIT_PLACES_WITH`.
pub(super) async fn call(
    app: &App,
    context: &Context,
    request: pb::QueryRequest,
) -> Result<pb::QueryResponse, Failure> {
    let query = Arc::clone(&super::prepare(app, &request).await?.query);
    let language = query.language();
    let (hits, arm) = find(app, context, query, request.input).await?;
    let output = Document { bytes: values(language, &hits).into(), arm, format: pb::Format::Json };
    Ok(pb::QueryResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, output).await?),
        hits: hits.len() as u64,
        places: hits.iter().take(MAX_PLACES).map(place).collect(),
        ..Default::default()
    })
}

/// The source is JSON as the caller has it: places in what was converted would be of no use.
async fn find(
    app: &App,
    context: &Context,
    query: Arc<Query>,
    input: Option<pb::Input>,
) -> Result<(Vec<Hit>, Arm), Failure> {
    let format = input.as_ref().map_or(0, |input| input.format);
    let format = choice::known("format", format, pb::Format::as_str_name)?;
    if !matches!(format, pb::Format::Unspecified | pb::Format::Json) {
        let message = "places are those of a JSON document; allowed: FORMAT_JSON";
        return Err(Failure::invalid("OPTION_INVALID", message).with("option", "places"));
    }
    let options = app.scan_options(DuplicateKeys::Report);
    let document = documents::fetch(app, context, input).await?;
    let arm = document.arm;
    let (allowance, _guard) = compute::program_budget(&app.config.limits, context);
    let work = move || query.run_located(&document.bytes, &options, &allowance.budget());
    let located = app.compute.run(Weight::Program, work).await?.map_err(wire::engine_failure)?;
    Ok((located.hits, arm))
}

/// The answer as it is without places.
fn values(language: Language, hits: &[Hit]) -> Vec<u8> {
    match (language, hits) {
        (Language::Pointer, [hit]) => hit.text.clone(),
        _ => {
            let texts: Vec<&[u8]> = hits.iter().map(|hit| hit.text.as_slice()).collect();
            [b"[", texts.join(&b',').as_slice(), b"]"].concat()
        }
    }
}

fn place(hit: &Hit) -> pb::Hit {
    pb::Hit {
        path: hit.path.clone(),
        start: Some(wire::position(&hit.start)),
        end: Some(wire::position(&hit.end)),
    }
}

/// The answer of REST: each place with its value.
pub(super) async fn rest(app: &App, context: &Context, request: pb::QueryRequest) -> Answer {
    let query = Arc::clone(&super::prepare(app, &request).await?.query);
    let (hits, _) = find(app, context, query, request.input).await?;
    let mut body = br#"{"hits":["#.to_vec();
    for (index, hit) in hits.iter().take(MAX_PLACES).enumerate() {
        let place = json_text("fastjson.v1.Hit", &place(hit))?;
        let open = place.strip_suffix('}').unwrap_or(&place);
        let comma = if index > 0 { "," } else { "" };
        body.extend_from_slice(format!("{comma}{open},\"value\":").as_bytes());
        body.extend_from_slice(&hit.text);
        body.push(b'}');
    }
    body.extend_from_slice(format!(r#"],"hitsTotal":{}}}"#, hits.len()).as_bytes());
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
