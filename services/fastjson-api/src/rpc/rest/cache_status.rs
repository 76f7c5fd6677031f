//! `Cache-Status` (RFC 9211): whether an answer was kept, or why it was not asked for.

use axum::response::Response;
use fastjson_proto::fastjson::v1 as pb;
use http::{HeaderName, HeaderValue};

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// The answer of an operation of one step, with the header.
pub(crate) fn of_one_step(response: Response, report: Option<&pb::MemoReport>) -> Response {
    with_cache_status(response, report, (0, 1))
}

/// The answer with the header: `from_cache` of so many steps were kept.
pub(crate) fn with_cache_status(
    mut response: Response,
    report: Option<&pb::MemoReport>,
    (from_cache, steps): (u32, usize),
) -> Response {
    let status = report.and_then(|report| header(&report.outcome, (from_cache, steps)));
    response.headers_mut().extend(status.map(|status| (CACHE_STATUS, status)));
    response
}

fn header(outcome: &str, (from_cache, steps): (u32, usize)) -> Option<HeaderValue> {
    let status = match outcome {
        "hit" | "shared" => format!("fastjson-memo; hit; detail={outcome}"),
        "prefix" => format!("fastjson-memo; fwd=partial; detail=\"{from_cache} of {steps} steps\""),
        "miss" => "fastjson-memo; fwd=miss".to_owned(),
        other => format!("fastjson-memo; fwd=bypass; detail={other}"),
    };
    HeaderValue::from_str(&status).ok()
}
