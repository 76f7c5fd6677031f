//! Pages of other origins, as a browser asks for them.

use chassis::config::{Config, Cors, Limits, Origins};

use crate::server::{Server, http, status_of};

const PAGE: &str = "https://app.example";

fn allowing(origins: Origins) -> Server {
    let cors = Cors { allowed_origins: origins, ..Cors::default() };
    Server::start_as(Config { cors, ..Config::on_ports(0, 0) })
}

fn listed() -> Server {
    allowing(Origins::Listed(vec![PAGE.parse().unwrap(), "http://localhost:3000".parse().unwrap()]))
}

/// The head of the answer to the question that a browser asks first.
async fn preflight(server: &Server, path: &str, origin: &str) -> String {
    let asked = "access-control-request-method: POST\r\n\
                 access-control-request-headers: content-type,x-grpc-web,grpc-timeout,traceparent,if-match,authorization\r\n";
    http(server.addr, "OPTIONS", path, &format!("origin: {origin}\r\n{asked}"), b"").await.0
}

fn has(head: &str, name: &str, value: &str) -> bool {
    head.lines().any(|line| line == format!("{name}: {value}"))
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin";

#[tokio::test]
async fn a_page_that_is_allowed_may_ask_call_and_read() {
    let server = listed();
    for path in ["/echo", "/test.Echo/Echo"] {
        let head = preflight(&server, path, PAGE).await;
        assert_eq!(status_of(&head), 200, "{head}");
        assert!(has(&head, ALLOW_ORIGIN, PAGE), "{head}");
        assert!(has(&head, "access-control-allow-methods", "get,head,post,put,patch,delete"), "{head}");
        assert!(has(&head, "access-control-max-age", "600"), "{head}");
        let headers = "content-type,x-grpc-web,grpc-timeout,traceparent,if-match,authorization";
        assert!(has(&head, "access-control-allow-headers", headers), "{head}");
        assert!(!head.contains("access-control-allow-credentials"), "{head}");
    }
    let (head, body) = http(server.addr, "POST", "/echo", &format!("origin: {PAGE}\r\n"), b"hi").await;
    assert_eq!((status_of(&head), body.as_slice()), (200, b"hi".as_slice()));
    assert!(has(&head, ALLOW_ORIGIN, PAGE), "{head}");
    for exposed in
        ["grpc-status", "grpc-message", "grpc-status-details-bin", "etag", "location", "retry-after"]
    {
        let line = head.lines().find(|line| line.starts_with("access-control-expose-headers: ")).unwrap();
        assert!(line.contains(exposed), "{exposed} is not in {line}");
    }
}

#[tokio::test]
async fn grpc_web_of_a_page_is_answered_with_its_origin() {
    let server = listed();
    let headers = format!("origin: {PAGE}\r\nx-grpc-web: 1\r\ncontent-type: application/grpc-web+proto\r\n");
    let (head, answer) =
        http(server.addr, "POST", "/test.Echo/Echo", &headers, b"\0\0\0\0\x04\x0a\x02hi").await;
    assert!(status_of(&head) == 200 && has(&head, ALLOW_ORIGIN, PAGE), "{head}");
    assert!(String::from_utf8_lossy(&answer).contains("grpc-status:0"), "{answer:?}");
}

/// What is refused before its handler was unreadable for a page: browsers call that a network error.
#[tokio::test]
async fn a_page_can_read_why_it_was_refused() {
    let server = listed();
    for (path, status) in [("/nothing", 404), ("/fail", 422), ("/panic", 500)] {
        let (head, _) = http(server.addr, "GET", path, &format!("origin: {PAGE}\r\n"), b"").await;
        assert!(status_of(&head) == status && has(&head, ALLOW_ORIGIN, PAGE), "{head}");
    }
    let headers = format!("origin: {PAGE}\r\nx-big: {}\r\n", "a".repeat(20_000));
    let (head, _) = http(server.addr, "GET", "/params?indent=2", &headers, b"").await;
    assert!(status_of(&head) == 431 && has(&head, ALLOW_ORIGIN, PAGE), "{head}");
}

#[tokio::test]
async fn a_page_of_another_origin_is_allowed_nothing() {
    let server = listed();
    for origin in [
        "https://evil.example",
        "http://app.example",
        "https://app.example.evil",
        "https://app.example:8443",
        "null",
    ] {
        let asked = preflight(&server, "/echo", origin).await;
        let (called, _) = http(server.addr, "POST", "/echo", &format!("origin: {origin}\r\n"), b"hi").await;
        assert_eq!(status_of(&asked), 403, "{asked}");
        for head in [asked, called] {
            assert!(!head.contains(ALLOW_ORIGIN), "{origin}: {head}");
            assert!(head.contains("\nvary: origin"), "{origin}: {head}");
        }
    }
}

#[tokio::test]
async fn all_pages_are_allowed_by_an_asterisk() {
    let server = allowing(Origins::Any);
    let asked = preflight(&server, "/echo", "https://anyone.example").await;
    let (called, _) = http(server.addr, "POST", "/echo", "origin: https://anyone.example\r\n", b"hi").await;
    for head in [asked, called] {
        assert!(status_of(&head) == 200 && has(&head, ALLOW_ORIGIN, "*"), "{head}");
    }
}

#[tokio::test]
async fn by_default_no_page_is_allowed_and_no_answer_changes() {
    let server = Server::start(Limits::default());
    let asked = "access-control-request-method: POST\r\n";
    for path in ["/echo", "/test.Echo/Echo"] {
        let answer = http(server.addr, "OPTIONS", path, &format!("origin: {PAGE}\r\n{asked}"), b"").await;
        let problem = crate::server::problem(&answer);
        assert_eq!((status_of(&answer.0), &problem["reason"]), (403, &"ORIGIN_NOT_ALLOWED".into()));
        assert!(problem["detail"].as_str().unwrap().contains("server.cors.allowed_origins"), "{problem}");
    }
    let (head, _) = http(server.addr, "POST", "/echo", &format!("origin: {PAGE}\r\n"), b"hi").await;
    assert!(status_of(&head) == 200 && !head.contains("access-control") && !head.contains("vary"), "{head}");
}

/// An OPTIONS that is no question of a browser was answered as if it were one.
#[tokio::test]
async fn an_options_of_its_own_is_told_the_methods_of_the_path() {
    let server = listed();
    let (head, _) = http(server.addr, "OPTIONS", "/echo", &format!("origin: {PAGE}\r\n"), b"").await;
    assert!(status_of(&head) == 204 && has(&head, "allow", "post"), "{head}");
}

#[tokio::test]
async fn questions_of_browsers_are_counted() {
    let server = listed();
    preflight(&server, "/echo", PAGE).await;
    let (_, metrics) = crate::server::get_text(server.admin, "/metrics").await;
    let expected = r#"rpc_requests_total{service="echo",method="OPTIONS preflight",code="200"} "#;
    assert!(metrics.contains(expected), "{metrics}");
}
