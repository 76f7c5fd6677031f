//! A call has until its deadline and not longer, on both protocols.

use std::time::Duration;

use chassis::config::Limits;
use tonic::Code;

use crate::server::{Server, call_patiently, http, problem, reason, status_of, text, with};

async fn check_grpc(server: &Server, path: &'static str, timeout: &str, code: Code, expected: &str) {
    let request = with(text("x"), "grpc-timeout", timeout);
    let status = call_patiently(server.addr, path, request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (code, expected), "{path} {timeout} {status:?}");
}

async fn check_rest(server: &Server, path: &str, headers: &str, code: u16, expected: &str) {
    let answer = http(server.addr, "GET", path, headers, b"").await;
    assert_eq!(status_of(&answer.0), code, "{path} {headers} {}", answer.0);
    assert_eq!(problem(&answer)["reason"], expected);
}

#[tokio::test]
async fn an_expired_deadline_does_not_reach_the_handler() {
    let server = Server::start(Limits::default());
    check_grpc(&server, "/test.Echo/Panic", "0n", Code::DeadlineExceeded, "DEADLINE").await;
    check_rest(&server, "/panic", "x-request-timeout: 0ms\r\n", 504, "DEADLINE").await;
}

#[tokio::test]
async fn a_handler_past_its_deadline_is_dropped() {
    let server = Server::start(Limits::default());
    check_grpc(&server, "/test.Echo/Never", "30m", Code::DeadlineExceeded, "DEADLINE").await;
    check_rest(&server, "/never", "x-request-timeout: 30ms\r\n", 504, "DEADLINE").await;
}

#[tokio::test]
async fn a_caller_without_a_deadline_gets_the_default_and_nobody_more_than_the_maximum() {
    let short = Duration::from_millis(30);
    let server = Server::start(Limits { default_deadline: short, ..Limits::default() });
    check_rest(&server, "/never", "", 504, "DEADLINE").await;
    let server = Server::start(Limits { max_deadline: short, ..Limits::default() });
    check_grpc(&server, "/test.Echo/Never", "1H", Code::DeadlineExceeded, "DEADLINE").await;
}

#[tokio::test]
async fn a_response_stream_ends_at_the_callers_deadline() {
    let server = Server::start(Limits::default());
    let channel = server.channel().await;
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static("/test.Echo/Stream");
    let codec = tonic_prost::ProstCodec::<_, tonic_health::pb::HealthCheckRequest>::default();
    let request = with(text("first"), "grpc-timeout", "60m");
    let mut stream = grpc.server_streaming(request, path, codec).await.unwrap().into_inner();
    assert_eq!(stream.message().await.unwrap().unwrap().service, "first");
    let status = stream.message().await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::DeadlineExceeded, "DEADLINE"), "{status:?}");
}

#[tokio::test]
async fn a_timeout_that_is_none_is_refused_and_named() {
    let server = Server::start(Limits::default());
    check_grpc(&server, "/test.Echo/Panic", "soon", Code::InvalidArgument, "HEADER_INVALID").await;
    check_rest(&server, "/panic", "x-request-timeout: 5\r\n", 400, "HEADER_INVALID").await;
}
