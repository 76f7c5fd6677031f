//! `POST` on an entry or a namespace: the verb stands behind the last colon of the path.

use axum::extract::{FromRequestParts, Path, State};
use axum::response::{IntoResponse as _, Response};
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use http::StatusCode;
use http::header::ALLOW;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::rest::EntryPath;
use super::{explain_key, increment, invalidate_tags, touch};
use crate::{App, wire};

/// What a key takes without a verb (RFC 9110 section 15.5.6 wants it told).
const ENTRY_METHODS: &str = "GET,HEAD,PUT,PATCH,DELETE";
/// What a namespace takes without a verb.
const NAMESPACE_METHODS: &str = "GET,HEAD,PUT,PATCH,DELETE";

/// `POST /v1/namespaces/{namespace}/keys/{key}:{verb}`.
pub(crate) async fn entry(
    State(app): State<App>,
    path: EntryPath,
    mut parts: Parts,
    Payload(body): Payload,
) -> Answer {
    no_body(&body)?;
    let (key, verb) = split(&path.key);
    let path = EntryPath { key: key.to_owned(), namespace: path.namespace };
    match verb {
        "touch" => {
            let options = params(&mut parts, &app).await?;
            touch::rest(&app, &path, &parts.headers, options).await
        }
        "increment" => {
            let options = params(&mut parts, &app).await?;
            increment::rest(&app, path, &parts.headers, options).await
        }
        "explain" => explain_key::rest(&app, path),
        _ => Ok(unknown("POST on a key takes a verb: :touch, :increment or :explain", ENTRY_METHODS)),
    }
}

/// `POST /v1/namespaces/{namespace}:{verb}`.
pub(crate) async fn namespace(
    State(app): State<App>,
    Path(namespace): Path<String>,
    mut parts: Parts,
    Payload(body): Payload,
) -> Answer {
    no_body(&body)?;
    match split(&namespace) {
        (name, "invalidate") => invalidate_tags::rest(&app, name, params(&mut parts, &app).await?).await,
        (_, _) => Ok(unknown("POST on a namespace takes a verb: :invalidate", NAMESPACE_METHODS)),
    }
}

/// A time to live, for a message.
pub(crate) fn duration(text: Option<&str>) -> Result<Option<prost_types::Duration>, Failure> {
    Ok(wire::rest_duration("ttl", text)?.and_then(|duration| prost_types::Duration::try_from(duration).ok()))
}

async fn params<T: DeserializeOwned>(parts: &mut Parts, app: &App) -> Result<Params<T>, Failure> {
    Params::<T>::from_request_parts(parts, app).await
}

/// What stands before the last colon, and the verb behind it; an empty verb if there is no colon.
fn split(segment: &str) -> (&str, &str) {
    segment.rsplit_once(':').unwrap_or((segment, ""))
}

/// Options in a body would be passed over: an increment by one where ten were meant.
fn no_body(body: &[u8]) -> Result<(), Failure> {
    if body.is_empty() {
        return Ok(());
    }
    let message = format!(
        "a verb takes no body, and this one has {} bytes; allowed: parameters in the query string",
        body.len()
    );
    Err(Failure::invalid("BODY_INVALID", message))
}

fn unknown(message: &str, methods: &'static str) -> Response {
    let failure = Failure::invalid("METHOD_NOT_ALLOWED", message).http(StatusCode::METHOD_NOT_ALLOWED);
    ([(ALLOW, methods)], failure).into_response()
}
