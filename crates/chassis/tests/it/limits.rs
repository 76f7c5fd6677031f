//! Too much of anything costs one call, or one connection, and nothing else.

use std::time::Duration;

use chassis::Failure;
use chassis::config::Limits;
use chassis::health::{self, Serving};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest as Text;

use crate::server::{Server, call, get_text, http, problem, reason, status_of, text, with};

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn overload_is_refused_with_when_to_retry_and_health_still_answers() {
    let server = Server::start(Limits { max_in_flight: 1, ..Limits::default() });
    let channel = server.channel().await;
    let (first, ()) = tokio::join!(call(&channel, "/test.Echo/Wait", text("patient")), async {
        server.turnstile.entered.notified().await;
        let status = call(&channel, "/test.Echo/Echo", text("x")).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "OVERLOADED"));
        assert_eq!(Failure::from_status(&status).retry_after, Some(Duration::from_millis(200)));
        let answer = http(server.addr, "POST", "/echo", "", b"x").await;
        assert_eq!(status_of(&answer.0), 429);
        assert!(answer.0.contains("retry-after: 1\r\n"), "{}", answer.0);
        assert_eq!(problem(&answer)["reason"], "OVERLOADED");
        let serving = health::check(&server.addr.to_string(), None, PATIENCE).await.unwrap();
        assert_eq!(serving, Serving::Serving);
        server.turnstile.release.notify_one();
    });
    assert_eq!(first.unwrap().into_inner().service, "patient");
    call(&channel, "/test.Echo/Echo", text("there is room again")).await.unwrap();
}

fn of_the_peer() -> tonic::Request<Text> {
    with(text("x"), "x-fastjson-hop", "rust-cache-server")
}

#[tokio::test]
async fn the_peer_has_places_of_its_own() {
    let limits = Limits { max_in_flight: 1, max_peer_in_flight: 1, ..Limits::default() };
    let server = Server::start(limits);
    let channel = server.channel().await;
    let meanwhile = async {
        server.turnstile.entered.notified().await;
        call(&channel, "/test.Echo/Echo", of_the_peer()).await.unwrap();
        let meanwhile = async {
            server.turnstile.entered.notified().await;
            let status = call(&channel, "/test.Echo/Echo", of_the_peer()).await.unwrap_err();
            assert_eq!(reason(&status), "OVERLOADED");
            // Both that wait.
            server.turnstile.release.notify_one();
            server.turnstile.release.notify_one();
        };
        tokio::join!(call(&channel, "/test.Echo/Wait", of_the_peer()), meanwhile).0.unwrap();
    };
    let (first, ()) = tokio::join!(call(&channel, "/test.Echo/Wait", text("patient")), meanwhile);
    first.unwrap();
}

#[tokio::test]
async fn a_panic_costs_one_call() {
    let server = Server::start(Limits::default());
    let channel = server.channel().await;
    let status = call(&channel, "/test.Echo/Panic", text("x")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Internal, "PANIC"));
    let answer = http(server.addr, "GET", "/panic", "", b"").await;
    assert_eq!((status_of(&answer.0), &problem(&answer)["reason"]), (500, &"PANIC".into()));
    call(&channel, "/test.Echo/Echo", text("same connection")).await.unwrap();
    let (_, metrics) = get_text(server.admin, "/metrics").await;
    assert!(metrics.contains("\npanics_total "), "{metrics}");
}

#[tokio::test]
async fn headers_of_41_kb_fail_that_call_alone() {
    let server = Server::start(Limits::default());
    let channel = server.channel().await;
    let (first, ()) = tokio::join!(call(&channel, "/test.Echo/Wait", text("same connection")), async {
        server.turnstile.entered.notified().await;
        let big = with(text("x"), "x-big", &"a".repeat(41_000));
        let status = call(&channel, "/test.Echo/Echo", big).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::ResourceExhausted, "HEADER_BYTES_LIMIT")
        );
        server.turnstile.release.notify_one();
    });
    assert_eq!(first.unwrap().into_inner().service, "same connection");
    let answer =
        http(server.addr, "GET", "/params?indent=2", &format!("x-big: {}\r\n", "a".repeat(41_000)), b"")
            .await;
    assert_eq!((status_of(&answer.0), &problem(&answer)["limit"]), (431, &"16384".into()));
}

#[tokio::test]
async fn a_request_over_the_byte_limit_names_the_limit() {
    let server = Server::start(Limits { max_request_bytes: 1000, ..Limits::default() });
    let channel = server.channel().await;
    let status = call(&channel, "/test.Echo/Echo", text(&"a".repeat(100_000))).await.unwrap_err();
    let failure = Failure::from_status(&status);
    assert_eq!((failure.code, failure.reason.as_ref()), (Code::InvalidArgument, "INPUT_BYTES_LIMIT"));
    assert!(failure.metadata.contains(&("limit".to_owned(), "1000".to_owned())), "{failure:?}");

    let answer = http(server.addr, "POST", "/echo", "", &[b'a'; 1001]).await;
    let problem_of_ours = problem(&answer);
    assert_eq!((status_of(&answer.0), &problem_of_ours["reason"]), (413, &"INPUT_BYTES_LIMIT".into()));
    assert_eq!(problem_of_ours["limit"], "1000");
    let answer = http(server.addr, "POST", "/echo", "", &[b'a'; 1000]).await;
    assert_eq!((status_of(&answer.0), answer.1.len()), (200, 1000));
    let answer = http(server.addr, "POST", "/length", "", &[b'a'; 1001]).await;
    assert_eq!((status_of(&answer.0), &problem(&answer)["reason"]), (413, &"REQUEST_REFUSED".into()));
}

#[tokio::test]
async fn a_connection_too_many_is_closed_at_once() {
    let server = Server::start(Limits { max_connections: 1, ..Limits::default() });
    let _first = server.channel().await;
    let mut second = TcpStream::connect(server.addr).await.unwrap();
    assert_eq!(read_to_close(&mut second).await, b"");
    let (_, metrics) = get_text(server.admin, "/metrics").await;
    assert!(metrics.contains("connections_refused_total{server=\"echo\"}"), "{metrics}");
}

#[tokio::test]
async fn a_connection_that_does_not_say_what_it_is_is_closed() {
    let server =
        Server::start(Limits { header_read_timeout: Duration::from_millis(50), ..Limits::default() });
    for opening in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nhost"] {
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        stream.write_all(opening.as_bytes()).await.unwrap();
        let answer = tokio::time::timeout(PATIENCE, read_to_close(&mut stream)).await;
        assert!(answer.is_ok(), "{opening:?} is still open");
    }
    call(&server.channel().await, "/test.Echo/Echo", text("others are fine")).await.unwrap();
}

/// A reset is a way of closing too.
async fn read_to_close(stream: &mut TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    let _end_or_reset = stream.read_to_end(&mut read).await;
    read
}

/// A browser sends the whole body before it reads: it was told of a reset connection, not of the limit.
#[tokio::test]
async fn who_sends_all_before_reading_gets_the_answer_too() {
    let server = Server::start(Limits::default());
    let body = vec![b' '; 32 << 20];
    let mut length = ((body.len() - 5) as u32).to_be_bytes().to_vec();
    length.insert(0, 0);
    for (path, kind, begin, expected) in [
        ("/echo", "application/json", vec![b' '; 5], "413 payload too large"),
        ("/nothing", "application/json", vec![b' '; 5], "404 not found"),
        ("/test.Echo/Echo", "application/grpc-web+proto", length, "grpc-status: 3"),
    ] {
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        let bytes = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {bytes}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&begin).await.unwrap();
        stream.write_all(&body[begin.len()..]).await.unwrap();
        // The connection is as good as before.
        stream
            .write_all(b"GET /params?indent=2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).await.unwrap();
        let answers = answers.to_lowercase();
        assert!(answers.contains(expected) && answers.ends_with("\r\n\r\n2"), "{path}: {answers}");
    }
}
