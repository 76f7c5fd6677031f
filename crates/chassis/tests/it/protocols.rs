//! One port: gRPC, grpc-web, REST, health, reflection; and what each says about what does not exist.

use chassis::config::Limits;
use chassis::health::{self, CheckError, Serving};
use std::time::Duration;
use tonic::Code;
use tonic_reflection::pb::{v1, v1alpha};

use crate::server::{Server, call, get_text, http, problem, reason, status_of, text, with};

#[tokio::test]
async fn both_protocols_share_a_port() {
    let server = Server::start(Limits::default());
    let answer = call(&server.channel().await, "/test.Echo/Echo", text("hello")).await.unwrap();
    assert_eq!(answer.into_inner().service, "hello");
    let (head, body) = http(server.addr, "POST", "/echo", "", b"hello").await;
    assert_eq!((status_of(&head), body.as_slice()), (200, b"hello".as_slice()));
}

#[tokio::test]
async fn grpc_web_is_answered_on_the_same_path() {
    let server = Server::start(Limits::default());
    let body = b"\0\0\0\0\x04\x0a\x02hi";
    let (head, answer) =
        http(server.addr, "POST", "/test.Echo/Echo", "content-type: application/grpc-web+proto\r\n", body)
            .await;
    assert_eq!(status_of(&head), 200, "{head}");
    assert!(head.contains("content-type: application/grpc-web"), "{head}");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.contains("\u{a}\u{2}hi") && answer.contains("grpc-status:0"), "{answer:?}");
}

#[tokio::test]
async fn what_does_not_exist_is_said_so() {
    let server = Server::start(Limits::default());
    let channel = server.channel().await;
    let status = call(&channel, "/nobody.Knows/This", text("x")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unimplemented, "RPC_UNKNOWN"));
    assert!(status.message().starts_with("there is no gRPC service `nobody.Knows` here; "), "{status}");
    let status = call(&channel, "/test.Echo/This", text("x")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unimplemented, "RPC_UNKNOWN"));
    let methods = "Echo, Never, Panic, Stream, Wait";
    let expected = format!("test.Echo has no method `This`; reflection lists those it has: {methods}");
    assert_eq!(status.message(), expected);

    let answer = http(server.addr, "GET", "/nothing", "", b"").await;
    assert_eq!((status_of(&answer.0), &problem(&answer)["reason"]), (404, &"PATH_UNKNOWN".into()));
    let answer = http(server.addr, "GET", "/echo", "", b"").await;
    assert_eq!((status_of(&answer.0), &problem(&answer)["reason"]), (405, &"METHOD_NOT_ALLOWED".into()));
    assert!(answer.0.contains("allow: post\r\n"), "{}", answer.0);
    let answer =
        http(server.addr, "POST", "/test.Echo/Echo", "content-type: application/json\r\n", b"{}").await;
    assert_eq!((status_of(&answer.0), &problem(&answer)["reason"]), (415, &"CONTENT_TYPE".into()));
}

#[tokio::test]
async fn a_query_string_that_does_not_fit_is_a_problem() {
    let server = Server::start(Limits::default());
    assert_eq!(get_text(server.addr, "/params?indent=2").await, (200, "2".to_owned()));
    for query in ["/params", "/params?indent=many", "/params?indent=2&tab=1"] {
        let answer = http(server.addr, "GET", query, "", b"").await;
        assert_eq!((status_of(&answer.0), &problem(&answer)["reason"]), (400, &"QUERY_INVALID".into()));
    }
    let answer = http(server.addr, "GET", "/params?indent=2&tab=1", "", b"").await;
    let detail = problem(&answer)["detail"].to_string();
    assert!(detail.contains("the query string cannot be used: ") && detail.contains("`tab`"), "{detail}");
}

#[tokio::test]
async fn a_compressed_body_is_not_taken_for_a_bad_document() {
    let server = Server::start(Limits::default());
    let answer = http(server.addr, "POST", "/echo", "content-encoding: gzip\r\n", b"\x1f\x8b").await;
    assert_eq!((status_of(&answer.0), &problem(&answer)["reason"]), (415, &"CONTENT_ENCODING".into()));
    let (head, body) = http(server.addr, "POST", "/echo", "content-encoding: identity\r\n", b"hi").await;
    assert_eq!((status_of(&head), body.as_slice()), (200, b"hi".as_slice()));
}

#[tokio::test]
async fn health_knows_the_whole_and_each_service() {
    let server = Server::start(Limits::default());
    let addr = server.addr.to_string();
    let patience = Duration::from_secs(10);
    for service in [None, Some("test.Echo")] {
        assert_eq!(health::check(&addr, service, patience).await.unwrap(), Serving::Serving);
    }
    let error = health::check(&addr, Some("nobody.Knows"), patience).await.unwrap_err();
    assert!(matches!(error, CheckError::UnknownService { .. }), "{error}");
    let error = health::check("nonsense", None, patience).await.unwrap_err();
    assert!(matches!(error, CheckError::Address { .. }), "{error}");
    let unused = chassis::listen("127.0.0.1:0".parse().unwrap()).unwrap().local_addr().unwrap();
    let error = health::check(&unused.to_string(), None, patience).await.unwrap_err();
    assert!(matches!(&error, CheckError::Unreachable { why, .. } if why.contains("refused")), "{error}");
}

#[tokio::test]
async fn reflection_answers_in_both_versions() {
    let server = Server::start(Limits::default());
    let expected = ["grpc.health.v1.Health", "test.Echo"];

    let mut client = v1::server_reflection_client::ServerReflectionClient::new(server.channel().await);
    let message_request = Some(v1::server_reflection_request::MessageRequest::ListServices(String::new()));
    let request = v1::ServerReflectionRequest { host: String::new(), message_request };
    let answers = client.server_reflection_info(tokio_stream::iter([request])).await.unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap().message_response.unwrap();
    let v1::server_reflection_response::MessageResponse::ListServicesResponse(list) = answer else {
        panic!("{answer:?}")
    };
    assert!(expected.iter().all(|name| list.service.iter().any(|s| s.name == *name)), "{list:?}");

    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(server.channel().await);
    let message_request = Some(v1alpha::server_reflection_request::MessageRequest::FileContainingSymbol(
        "google.rpc.ErrorInfo".to_owned(),
    ));
    let request = v1alpha::ServerReflectionRequest { host: String::new(), message_request };
    let answers = client.server_reflection_info(tokio_stream::iter([request])).await.unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap().message_response.unwrap();
    assert!(
        matches!(answer, v1alpha::server_reflection_response::MessageResponse::FileDescriptorResponse(_)),
        "{answer:?}"
    );
}

#[tokio::test]
async fn calls_are_counted_under_names_that_callers_cannot_make_up() {
    let server = Server::start(Limits::default());
    let channel = server.channel().await;
    call(&channel, "/test.Echo/Echo", text("x")).await.unwrap();
    call(&channel, "/made.Up/Name", text("x")).await.unwrap_err();
    http(server.addr, "POST", "/echo?made=up", "", b"x").await;
    get_text(server.addr, "/made/up").await;
    let (status, metrics) = get_text(server.admin, "/metrics").await;
    assert_eq!(status, 200);
    for expected in [
        r#"rpc_requests_total{service="test.Echo",method="Echo",code="OK"} "#,
        r#"rpc_requests_total{service="unknown",method="unknown",code="UNIMPLEMENTED"} "#,
        r#"rpc_requests_total{service="echo",method="POST /echo",code="200"} "#,
        r#"rpc_requests_total{service="echo",method="GET unknown",code="404"} "#,
        r#"rpc_duration_seconds_bucket{service="test.Echo",method="Echo",le="#,
        r#"connections{server="echo"} "#,
        r#"in_flight{server="echo"} "#,
    ] {
        assert!(metrics.contains(expected), "{expected} is not in\n{metrics}");
    }
    assert!(!metrics.contains("made"), "{metrics}");
}

/// It was refused without a reason.
#[tokio::test]
async fn a_compressed_message_is_refused_with_what_is_allowed() {
    let server = Server::start(Limits::default());
    let channel = server.channel().await;
    let compressed = with(text("x"), "grpc-encoding", "gzip");
    let status = call(&channel, "/test.Echo/Echo", compressed).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unimplemented, "COMPRESSION_UNSUPPORTED"));
    assert_eq!(status.message(), "the message is compressed with `gzip`; allowed: identity");
}
