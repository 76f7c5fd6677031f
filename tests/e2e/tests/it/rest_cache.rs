//! REST of rust-cache-server: status, headers and body bytes of every route.

use testkit::Pair;

use crate::http1::{Reply, send};

async fn call(pair: &Pair, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    send(pair.cache.address, method, path, headers, body.as_bytes()).await
}

const KEY: &str = "/v1/namespaces/default/keys/user%2F1";

#[tokio::test]
async fn an_entry_is_put_read_changed_and_deleted() {
    let pair = Pair::start().await;
    let put = call(&pair, "PUT", KEY, &[("content-type", "application/json")], r#"{"n":1}"#).await;
    assert_eq!((put.status, put.text()), (204, ""));
    let first = put.header("etag").unwrap().to_owned();
    assert!(first.starts_with('"') && first.ends_with('"'), "{first}");

    let got = call(&pair, "GET", KEY, &[], "").await;
    assert_eq!((got.status, got.text()), (200, r#"{"n":1}"#));
    assert_eq!(got.header("content-type"), Some("application/json"));
    assert_eq!(got.header("etag"), Some(first.as_str()));
    let known = call(&pair, "GET", KEY, &[("if-none-match", &first)], "").await;
    assert_eq!((known.status, known.text(), known.header("etag")), (304, "", Some(first.as_str())));
    let weak = call(&pair, "GET", KEY, &[("if-none-match", &format!("\"1\", W/{first}"))], "").await;
    assert_eq!(weak.status, 304, "as a proxy that compresses makes it");
    let other = call(&pair, "GET", KEY, &[("if-none-match", "\"1\"")], "").await;
    assert_eq!((other.status, other.text()), (200, r#"{"n":1}"#));

    let absent = call(&pair, "PUT", KEY, &[("if-none-match", "*")], "x").await;
    assert_eq!((absent.status, absent.json()["reason"].as_str()), (412, Some("CONDITION_FAILED")));
    let changed = call(&pair, "PUT", KEY, &[("if-match", &first)], "second").await;
    assert_eq!(changed.status, 204);
    let second = changed.header("etag").unwrap().to_owned();
    assert_ne!(first, second);
    let lost = call(&pair, "PUT", KEY, &[("if-match", &first)], "third").await;
    assert_eq!(lost.status, 412, "a stale version does not write");
    let stale = call(&pair, "DELETE", KEY, &[("if-match", &first)], "").await;
    assert_eq!(stale.status, 412);
    let deleted = call(&pair, "DELETE", KEY, &[("if-match", &second)], "").await;
    assert_eq!((deleted.status, deleted.text()), (204, ""));
    let gone = call(&pair, "GET", KEY, &[], "").await;
    assert_eq!((gone.status, gone.json()["reason"].as_str()), (404, Some("KEY_NOT_FOUND")));
    let again = call(&pair, "DELETE", KEY, &[], "").await;
    assert_eq!(again.status, 404);
    pair.stop().await;
}

#[tokio::test]
async fn bytes_come_back_as_they_went_in() {
    let pair = Pair::start().await;
    let bytes: Vec<u8> = (0..=255).collect();
    let put = send(pair.cache.address, "PUT", KEY, &[("content-type", "image/png")], &bytes).await;
    assert_eq!(put.status, 204);
    let got = call(&pair, "GET", KEY, &[], "").await;
    assert_eq!((got.status, got.body.as_slice()), (200, bytes.as_slice()));
    assert_eq!(got.header("content-type"), Some("image/png"));
    pair.stop().await;
}

/// Sends bad input and compares status and reason of the problem.
async fn check_problem(
    pair: &Pair,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    expected: (u16, &str),
) {
    let reply = call(pair, method, path, headers, "v").await;
    assert_eq!(reply.status, expected.0, "{method} {path}: {}", String::from_utf8_lossy(&reply.body));
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{method} {path}");
    assert_eq!(reply.json()["reason"], expected.1, "{method} {path}");
}

#[tokio::test]
async fn every_failure_is_a_problem_with_its_reason() {
    let pair = Pair::start().await;
    check_problem(&pair, "PUT", "/v1/namespaces/default/keys/", &[], (400, "KEY_EMPTY")).await;
    let long = format!("/v1/namespaces/default/keys/{}", "k".repeat(1_025));
    check_problem(&pair, "PUT", &long, &[], (413, "KEY_BYTES_LIMIT")).await;
    check_problem(&pair, "GET", "/v1/namespaces/nowhere/keys/k", &[], (404, "NAMESPACE_NOT_FOUND")).await;
    check_problem(&pair, "GET", "/v1/namespaces/default/keys/%FF", &[], (400, "KEY_INVALID")).await;
    for ttl in ["0s", "-1s", "5", "99999999h"] {
        check_problem(&pair, "PUT", &format!("{KEY}?ttl={ttl}"), &[], (400, "TTL_INVALID")).await;
    }
    check_problem(&pair, "PUT", &format!("{KEY}?color=red"), &[], (400, "QUERY_INVALID")).await;
    check_problem(&pair, "PUT", KEY, &[("if-match", "17")], (400, "CONDITION_INVALID")).await;
    check_problem(&pair, "POST", &format!("{KEY}:increment"), &[], (400, "BODY_INVALID")).await;
    let reply = call(&pair, "POST", KEY, &[], "").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET,HEAD,PUT,PATCH,DELETE")));
    assert_eq!(reply.json()["reason"], "METHOD_NOT_ALLOWED");
    let large = vec![b'x'; 5 << 20];
    let reply = send(pair.cache.address, "PUT", KEY, &[], &large).await;
    assert_eq!((reply.status, reply.json()["reason"].as_str()), (413, Some("INPUT_BYTES_LIMIT")));
    pair.stop().await;
}

#[tokio::test]
async fn stats_count_what_was_done() {
    let pair = Pair::start().await;
    call(&pair, "PUT", KEY, &[], "value").await;
    call(&pair, "GET", KEY, &[], "").await;
    call(&pair, "GET", "/v1/namespaces/default/keys/other", &[], "").await;
    let stats = call(&pair, "GET", "/v1/stats", &[], "").await.json();
    let row = &stats["namespaces"][0];
    assert_eq!(
        (&row["namespace"], &row["entries"], &row["hits"], &row["misses"], &row["sets"]),
        (&"default".into(), &1.into(), &1.into(), &1.into(), &1.into())
    );
    let limits = call(&pair, "GET", "/v1/limits", &[], "").await.json();
    assert!(
        limits["limits"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["reason"] == "KEY_BYTES_LIMIT" && row["value"] == 1_024)
    );
    pair.stop().await;
}
