//! A watch as server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>): `id` is the sequence, so
//! that a browser that comes back goes on where it was.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use bytes::Bytes;
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::rustcache::v1 as pb;
use futures_util::StreamExt as _;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};
use pb::watch_request::Filter;
use wording::json_text;

use crate::App;

/// What a client that comes back says it has seen.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// `GET /v1/namespaces/{namespace}/watch`: `prefix`, or `key` or `tag`, which may stand several times; `resume_from`.
pub(crate) async fn rest(
    State(app): State<App>,
    Path(namespace): Path<String>,
    headers: HeaderMap,
    Params(options): Params<Vec<(String, String)>>,
) -> Answer {
    let mut request = request(namespace, options)?;
    if let Some(id) = headers.get(&LAST_EVENT_ID) {
        request.resume_from = Some(sequence("Last-Event-ID", id.to_str().unwrap_or_default())?);
    }
    let watching = super::call(&app, request, None).await?;
    let text = watching.map(|response| match response {
        Ok(response) => written(&response),
        Err(failure) => Ok(ended(&failure)),
    });
    let kind = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((kind, Body::from_stream(text)).into_response())
}

fn request(namespace: String, options: Vec<(String, String)>) -> Result<pb::WatchRequest, Failure> {
    let mut request = pb::WatchRequest { namespace, ..Default::default() };
    for (name, value) in options {
        match (name.as_str(), &mut request.filter) {
            ("resume_from", _) => request.resume_from = Some(sequence("resume_from", &value)?),
            ("prefix", filter @ None) => *filter = Some(Filter::Prefix(value)),
            ("key", filter @ None) => *filter = Some(Filter::Keys(pb::WatchKeys { keys: vec![value] })),
            ("key", Some(Filter::Keys(list))) => list.keys.push(value),
            ("tag", filter @ None) => *filter = Some(Filter::Tags(pb::WatchTags { names: vec![value] })),
            ("tag", Some(Filter::Tags(list))) => list.names.push(value),
            _ => return Err(refused()),
        }
    }
    Ok(request)
}

fn refused() -> Failure {
    let message =
        "the parameters cannot be used; allowed: resume_from, and one prefix, or some key, or some tag";
    Failure::invalid("QUERY_INVALID", message)
}

fn sequence(part: &'static str, text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| {
        let message = format!("{part} is not a sequence; allowed: the id of an earlier event");
        Failure::invalid("SEQUENCE_INVALID", message)
    })
}

/// An event each, or nothing but the id: it is remembered, and nobody is told.
fn written(response: &pb::WatchResponse) -> Result<Bytes, Failure> {
    let mut text = String::new();
    if let Some(lost) = &response.discontinuity {
        let sequence = response.sequence;
        let data = json_text("rustcache.v1.Discontinuity", lost)?;
        text += &format!("id: {sequence}\nevent: discontinuity\ndata: {data}\n\n");
    }
    for event in &response.events {
        let kind = event.kind().as_str_name().trim_start_matches("EVENT_KIND_").to_ascii_lowercase();
        let data = json_text("rustcache.v1.Event", event)?;
        text += &format!("id: {}\nevent: {kind}\ndata: {data}\n\n", event.sequence);
    }
    if text.is_empty() {
        text = format!("id: {}\n\n", response.sequence);
    }
    Ok(text.into())
}

fn ended(failure: &Failure) -> Bytes {
    let data = serde_json::json!({ "reason": failure.reason, "message": failure.message });
    format!("event: error\ndata: {data}\n\n").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &[(&str, &str)], expected: Result<Option<Filter>, &str>) {
        let options = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let read = request(String::new(), options.collect());
        let read = read.map(|request| request.filter).map_err(|failure| failure.reason.to_string());
        assert_eq!(read, expected.map_err(str::to_owned), "{query:?}");
    }

    #[test]
    fn parameters_name_one_kind_of_filter() {
        let keys = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        check(&[], Ok(None));
        check(&[("resume_from", "7")], Ok(None));
        check(&[("prefix", "a")], Ok(Some(Filter::Prefix("a".to_owned()))));
        let both = Filter::Keys(pb::WatchKeys { keys: keys(&["a", "b"]) });
        check(&[("key", "a"), ("key", "b")], Ok(Some(both)));
        let both = Filter::Tags(pb::WatchTags { names: keys(&["a", "b"]) });
        check(&[("tag", "a"), ("resume_from", "7"), ("tag", "b")], Ok(Some(both)));
        check(&[("prefix", "a"), ("prefix", "b")], Err("QUERY_INVALID"));
        check(&[("key", "a"), ("tag", "b")], Err("QUERY_INVALID"));
        check(&[("color", "a")], Err("QUERY_INVALID"));
        check(&[("resume_from", "now")], Err("SEQUENCE_INVALID"));
    }
}
