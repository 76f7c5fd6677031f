//! Documents over REST: parts by `GET … ?pointer=` or `?path=`, changes by `PATCH`.

use axum::extract::State;
use axum::response::IntoResponse as _;
use bytes::Bytes;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload, unchanged};
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::document_path::Kind;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::document;
use super::rest::{EntryPath, condition, etag, missing, precondition_failed};
use super::{get_document, once};
use crate::App;
use crate::documents::{self, Change, Demands, JSON, Named, Outcome, Wanted};

/// RFC 6902 section 6.
const JSON_PATCH: &str = "application/json-patch+json";
/// RFC 7396 section 4.
const MERGE_PATCH: &str = "application/merge-patch+json";

/// What part of a document a query string asks for; `None` where it asks for none.
pub(crate) fn wanted(parameters: Vec<(String, String)>) -> Result<Option<Kind>, Failure> {
    let mut kinds = parameters.into_iter().map(|(name, value)| match name.as_str() {
        "pointer" => Ok(Kind::Pointer(value)),
        "path" => Ok(Kind::Jsonpath(value)),
        _ => Err(Failure::invalid("QUERY_INVALID", "an unknown parameter; allowed: pointer or path")),
    });
    let first = kinds.next().transpose()?;
    match kinds.next() {
        Some(_) => Err(Failure::invalid("QUERY_INVALID", "two parameters; allowed: one pointer or one path")),
        None => Ok(first),
    }
}

/// The value that a pointer names, or the array of those that a JSONPath names; 304 when the caller has this version.
pub(crate) async fn get(app: &App, path: EntryPath, headers: &HeaderMap, kind: Kind) -> Answer {
    let request = pb::GetDocumentRequest {
        namespace: path.namespace,
        key: path.key,
        paths: vec![pb::DocumentPath { kind: Some(kind.clone()) }],
        version: None,
    };
    let Some(pb::get_document_response::Outcome::Found(found)) =
        get_document::call(app, request).await?.outcome
    else {
        return Err(missing());
    };
    if let Some(unchanged) = unchanged(headers, found.version)? {
        return Ok(unchanged);
    }
    let etag = (ETAG, etag(found.version));
    let (body, _) = wording::selection(&kind, found.answers.into_iter().next())?;
    Ok(([(CONTENT_TYPE, JSON.to_owned()), etag], body).into_response())
}

/// Query parameters of `PATCH`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    /// The registered schema that the document must satisfy afterwards.
    #[serde(default)]
    schema: String,
}

/// `PATCH /v1/namespaces/{namespace}/keys/{key}`: the body is a JSON Patch or a merge patch; 204 with the version as `ETag`.
pub(crate) async fn patch(
    State(app): State<App>,
    path: EntryPath,
    headers: HeaderMap,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let target = document::target(&path.namespace, &path.key)?;
    let condition = document::changing(condition(&headers)?)?;
    let media_type = essence(&headers);
    let words = pb::DocumentPatch { body: Some(pb::document_patch::Body::Data(body.clone())) };
    let once = document::once(
        once::id(&headers)?,
        &format!("{media_type} {condition:?} {}", options.schema),
        &words,
    )?;
    let demands = Demands::of(&app, &target.namespace, Named { name: options.schema, version: None }).await?;
    let change = Wanted { how: change(&app, media_type, body).await?, demands };
    match documents::change(&app, &target, condition, once.as_ref(), change).await? {
        Outcome::Changed(version, _) => {
            Ok((StatusCode::NO_CONTENT, [(ETAG, etag(version.get()))]).into_response())
        }
        Outcome::Conflict(current) => Err(precondition_failed(current)),
        Outcome::Missing => Err(missing()),
    }
}

async fn change(app: &App, media_type: &str, body: Bytes) -> Result<Change, Failure> {
    match media_type {
        JSON_PATCH => Change::patch(app, body).await,
        MERGE_PATCH => Change::merge(app, body).await,
        _ => {
            let message =
                format!("the body has no media type of a patch; allowed: {JSON_PATCH}, {MERGE_PATCH}");
            Err(Failure::invalid("MEDIA_TYPE_UNSUPPORTED", message).http(StatusCode::UNSUPPORTED_MEDIA_TYPE))
        }
    }
}

/// The media type without its parameters.
fn essence(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}
