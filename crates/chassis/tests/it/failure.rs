//! What a failure looks like on either wire.

use std::time::Duration;

use axum::response::IntoResponse;
use chassis::Failure;
use chassis::config::Limits;
use chassis::failure::MAX_DETAIL_BYTES;
use http::StatusCode;
use prost_types::Any;
use tonic::{Code, Status};

use crate::server::{Server, http, problem, status_of};

fn detail(bytes: usize) -> Any {
    Any { type_url: "type.googleapis.com/test.Detail".to_owned(), value: vec![7; bytes] }
}

#[test]
fn a_failure_survives_the_way_to_a_peer_and_back() {
    let failure = Failure::unavailable("PEER_DOWN", "rust-cache-server does not answer")
        .with("peer", "rust-cache-server")
        .with("attempts", 3)
        .retry_after(Duration::from_millis(1500))
        .detail(detail(10))
        .detail(detail(20));
    let back = Failure::from_status(&Status::from(failure));
    assert_eq!((back.code, back.reason.as_ref()), (Code::Unavailable, "PEER_DOWN"));
    assert_eq!(
        (back.message.as_str(), back.domain.as_ref()),
        ("rust-cache-server does not answer", "fastjson")
    );
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(back.metadata, [pair("attempts", "3"), pair("peer", "rust-cache-server")]);
    assert_eq!(back.retry_after, Some(Duration::from_millis(1500)));
    assert_eq!(back.details, [detail(10), detail(20)]);
}

/// Sizes of the details given and of those that arrive.
fn check_fit(failure: Failure, given: &[usize], expected: &[usize]) {
    let failure = given.iter().fold(failure, |failure, bytes| failure.detail(detail(*bytes)));
    let reason = failure.reason.clone();
    let status = Status::from(failure);
    assert!(status.details().len() <= MAX_DETAIL_BYTES, "{}", status.details().len());
    let back = Failure::from_status(&status);
    assert_eq!(back.reason, reason);
    assert_eq!(back.details.iter().map(|any| any.value.len()).collect::<Vec<_>>(), expected);
}

#[test]
fn details_that_do_not_fit_are_left_out_from_the_end() {
    let small = || Failure::invalid("JSON_INVALID", "line 1, column 8: a comma before the end");
    check_fit(small(), &[100, 200, 300], &[100, 200, 300]);
    check_fit(small(), &[1000, 1000, 1000, 1000, 10], &[1000, 1000, 1000]);
    check_fit(small(), &[5000], &[]);
    let wordy = Failure::invalid("JSON_INVALID", "ü".repeat(5000));
    check_fit(wordy, &[2000, 2000], &[2000]);
    let many = (0..500).fold(small(), |failure, i| failure.with(format!("key{i}"), "v".repeat(60)));
    check_fit(many, &[300], &[]);
    let endless = small().with("all", "v".repeat(100_000));
    check_fit(endless, &[10], &[10]);
}

#[test]
fn a_status_without_details_keeps_its_code_as_reason() {
    let failure = Failure::from_status(&Status::unavailable("connection refused"));
    assert_eq!((failure.code, failure.reason.as_ref()), (Code::Unavailable, "UNAVAILABLE"));
    let own = Failure::from_status(&Status::out_of_range("index 7 of 5"));
    assert_eq!((own.code, own.reason.as_ref()), (Code::OutOfRange, "OUT_OF_RANGE"));
}

fn check_http(failure: Failure, expected: u16) {
    let named = failure.to_string();
    assert_eq!(failure.into_response().status(), expected, "{named}");
}

#[test]
fn http_statuses_follow_from_code_and_reason() {
    check_http(Failure::invalid("KEY_EMPTY", ""), 400);
    check_http(Failure::invalid("DEPTH_LIMIT", ""), 413);
    check_http(Failure::outside("TAG_BYTES_LIMIT", "", (128, 129)), 413);
    check_http(Failure::outside("TAG_BYTES_LIMIT", "", (128, 0)), 400);
    check_http(Failure::invalid("JSON_INVALID", "").http(StatusCode::UNPROCESSABLE_ENTITY), 422);
    check_http(Failure::not_found("KEY_MISSING", ""), 404);
    check_http(Failure::failed_precondition("HOP_LIMIT", ""), 409);
    check_http(Failure::aborted("VERSION_CONFLICT", ""), 409);
    check_http(Failure::exhausted("OVERLOADED", ""), 429);
    check_http(Failure::exhausted("BUDGET_TIME", ""), 422);
    check_http(Failure::exhausted("OUTPUT_TOO_LARGE", ""), 422);
    check_http(Failure::unavailable("PEER_DOWN", ""), 503);
    check_http(Failure::deadline(""), 504);
    check_http(Failure::unimplemented("RPC_UNKNOWN", ""), 501);
    check_http(Failure::internal("PANIC", ""), 500);
}

#[test]
fn a_problem_is_these_bytes() {
    let failure = Failure::invalid("JSON_INVALID", "line 1, column 8: \"}\" after a comma")
        .with("step", 2)
        .with("status", "a standard member is not overwritten")
        .extension("diagnostics", serde_json::json!([{"line": 1}]));
    let bytes = serde_json::to_string(&failure.to_problem()).unwrap();
    assert_eq!(
        bytes,
        r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"line 1, column 8: \"}\" after a comma","reason":"JSON_INVALID","step":"2","diagnostics":[{"line":1}]}"#
    );
}

#[tokio::test]
async fn a_handlers_failure_arrives_as_a_problem() {
    let server = Server::start(Limits::default());
    let answer = http(server.addr, "GET", "/fail", "", b"").await;
    assert_eq!((status_of(&answer.0), &problem(&answer)["reason"]), (422, &"BUDGET_TIME".into()));
    assert!(!answer.0.contains("retry-after"), "{}", answer.0);
}
