//! The tables of docs/recipes.md, docs/registry.md, docs/cache.md, docs/namespaces.md, docs/documents.md,
//! docs/watch.md, docs/load.md, docs/compute.md, docs/memo.md and docs/failure-modes.md, run row by row.

use std::net::SocketAddr;

use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use testkit::Pair;

use crate::http1::send;

const RECIPES: &str = include_str!("../../../../docs/recipes.md");
const REGISTRY: &str = include_str!("../../../../docs/registry.md");
const CACHE: &str = include_str!("../../../../docs/cache.md");
const NAMESPACES: &str = include_str!("../../../../docs/namespaces.md");
const DOCUMENTS: &str = include_str!("../../../../docs/documents.md");
const WATCH: &str = include_str!("../../../../docs/watch.md");
const LOAD: &str = include_str!("../../../../docs/load.md");
const COMPUTE: &str = include_str!("../../../../docs/compute.md");
const MEMO: &str = include_str!("../../../../docs/memo.md");
const INSIGHT: &str = include_str!("../../../../docs/insight.md");
const FAILURE_MODES: &str = include_str!("../../../../docs/failure-modes.md");
const SNAPSHOT: &str = include_str!("../../../../docs/snapshot.md");

/// Below this the pages about entries leave out where they are.
const DEFAULT: &str = "/v1/namespaces/default";

/// The operations of the page about the cache, and what their results hold.
pub(crate) fn session_rows() -> Vec<Vec<String>> {
    rows(CACHE, "Sessions")
}

/// The frames that the page gives to grpcurl.
pub(crate) fn session_frames() -> &'static str {
    let (_, behind) = CACHE.split_once("CacheService/Session <<'EOF'\n").unwrap();
    behind.split_once("EOF").unwrap().0
}

/// The outcomes of the memo, and the header of each.
pub(crate) fn memo_outcomes() -> Vec<(String, String)> {
    rows(MEMO, "What came of it").into_iter().map(|row| (row[0].clone(), row[2].clone())).collect()
}

/// Code and reason that a caller is told when the peer is as `peer` says.
pub(crate) fn failure_mode(peer: &str) -> (String, String) {
    let rows = rows(FAILURE_MODES, "Answers");
    let row = rows.iter().find(|row| row[0] == peer).unwrap_or_else(|| panic!("{peer}"));
    (row[1].clone(), row[2].clone())
}

/// The cells of the rows below the heading `heading`, without their back ticks.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |line: &str| -> Vec<String> {
        let inside = line.trim_start_matches('|').trim_end_matches('|');
        inside.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    let found: Vec<Vec<String>> = rows.map(cells).collect();
    assert!(found.len() > 1, "{heading}");
    found
}

async fn run(pair: &Pair, steps: &str, document: &str) -> Result<String, String> {
    let recipe = format!(r#"{{"steps":[{steps}]}}"#);
    let recipe = client::json_mapping::decode("fastjson.v1.Recipe", recipe.as_bytes()).unwrap();
    let source = pb::input::Source::Text(document.replace("\\n", "\n"));
    let input = Some(pb::Input { source: Some(source), format: 0 });
    let request = pb::RunRequest { input, recipe: Some(recipe), ..Default::default() };
    match pair.json_client().run(&Context::background(), request).await {
        Ok(answer) => match answer.output.unwrap().result.unwrap() {
            pb::output::Result::Text(text) => Ok(text),
            other => panic!("{other:?}"),
        },
        Err(error) => Err(error.rejection().unwrap().reason),
    }
}

/// Sends a row `method path | body | status | part of the answer` of a page, in which paths stand below `base`.
async fn check(address: SocketAddr, base: &str, headers: &[(&str, &str)], row: &[String]) {
    let [request, body, status, answer] = row else { panic!("{row:?}") };
    let (method, path) = request.split_once(' ').unwrap();
    let reply = send(address, method, &format!("{base}{path}"), headers, body.as_bytes()).await;
    assert_eq!(reply.status.to_string(), *status, "{request} {body}: {}", reply.text());
    assert!(reply.text().contains(answer), "{request} {body}: {answer} in {}", reply.text());
    let says_nothing = answer.is_empty() && status.starts_with('2');
    assert!(!says_nothing || reply.text().is_empty(), "{request} {body}: {}", reply.text());
}

/// Sends the rows below these headings that begin with a request; others of the page say something else.
async fn check_all(address: SocketAddr, base: &str, page: &str, headings: &[&str]) {
    let methods = ["DELETE ", "GET ", "PATCH ", "POST ", "PUT "];
    let is_request = |row: &Vec<String>| methods.iter().any(|method| row[0].starts_with(method));
    for heading in headings {
        let requests: Vec<_> = rows(page, heading).into_iter().filter(is_request).collect();
        assert!(!requests.is_empty(), "{heading} has no request");
        for row in requests {
            check(address, base, &[], &row).await;
        }
    }
}

#[tokio::test]
async fn every_step_of_the_docs_does_what_they_say() {
    let pair = Pair::start().await;
    for row in rows(RECIPES, "Steps") {
        let [_, steps, document, answer] = &row[..] else { panic!("{row:?}") };
        let expected = Ok(answer.replace("\\n", "\n"));
        assert_eq!(run(&pair, steps, document).await, expected, "{steps} {document}");
    }
    for row in rows(RECIPES, "Several steps") {
        let [steps, document, answer] = &row[..] else { panic!("{row:?}") };
        let expected = Ok(answer.replace("\\n", "\n"));
        assert_eq!(run(&pair, steps, document).await, expected, "{steps} {document}");
    }
    for row in rows(RECIPES, "When it fails") {
        let [steps, document, reason] = &row[..] else { panic!("{row:?}") };
        assert_eq!(run(&pair, steps, document).await, Err(reason.clone()), "{steps} {document}");
    }
    pair.stop().await;
}

#[tokio::test]
async fn every_request_of_the_docs_is_answered_as_they_say() {
    let pair = Pair::start().await;
    check_all(pair.json.address, "", REGISTRY, &["Names and versions", "References"]).await;
    pair.stop().await;
}

#[tokio::test]
async fn every_request_to_the_cache_is_answered_as_the_docs_say() {
    let pair = Pair::start().await;
    let headings = ["Entries", "Touch", "Counters", "Tags", "Scan", "When it fails"];
    check_all(pair.cache.address, DEFAULT, CACHE, &headings).await;
    pair.stop().await;
}

#[tokio::test]
async fn every_request_about_namespaces_is_answered_as_the_docs_say() {
    let pair = Pair::start().await;
    let headings = ["Make, change, delete", "Counts", "When it fails"];
    check_all(pair.cache.address, "", NAMESPACES, &headings).await;
    pair.stop().await;
}

#[tokio::test]
async fn tokens_and_leases_are_answered_as_the_docs_say() {
    let pair = Pair::start().await;
    check_all(pair.cache.address, "", LOAD, &["Tokens", "Leases", "When it fails"]).await;
    pair.stop().await;
}

#[tokio::test]
async fn every_watch_of_the_docs_begins_as_they_say() {
    let pair = Pair::start().await;
    for row in rows(WATCH, "By REST") {
        let [request, status, answer] = &row[..] else { panic!("{row:?}") };
        let (head, begins) = crate::watch::beginning(&pair, request, answer).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {head}");
        assert!(begins.contains(answer), "{request}: {answer} in {begins}");
    }
    pair.stop().await;
}

#[tokio::test]
async fn a_snapshot_is_taken_as_the_docs_say() {
    let path = std::env::temp_dir().join(format!("fastjson-e2e-snapshot-{}", std::process::id()));
    let mut config = testkit::PairConfig::default();
    config.cache.snapshot.path = Some(path.join("snapshot"));
    let pair = Pair::start_with(config).await;
    check_all(pair.cache.address, "", SNAPSHOT, &["Now"]).await;
    pair.stop().await;
    std::fs::remove_dir_all(path).unwrap();
}

/// A call of the cache service in the protobuf JSON mapping: its answer, or its reason.
async fn call(cache: &client::CacheClient, rpc: &str, request: &str) -> String {
    use client::json_mapping::{decode, encode};
    let (name, bytes) = (format!("rustcache.v1.{rpc}Request"), request.as_bytes());
    let (answer, background) = (format!("rustcache.v1.{rpc}Response"), Context::background());
    let outcome = match rpc {
        "Get" => {
            let sent = cache.get(&background, decode(&name, bytes).unwrap()).await;
            sent.map(|response| encode(&answer, &response))
        }
        "Set" => {
            let sent = cache.set(&background, decode(&name, bytes).unwrap()).await;
            sent.map(|response| encode(&answer, &response))
        }
        "GetOrCompute" => {
            let sent = cache.get_or_compute(&background, decode(&name, bytes).unwrap()).await;
            sent.map(|response| encode(&answer, &response))
        }
        other => panic!("{other}"),
    };
    outcome.map_or_else(|error| error.rejection().unwrap().reason, Result::unwrap)
}

#[tokio::test]
async fn what_is_computed_by_recipe_is_answered_as_the_docs_say() {
    let pair = Pair::start().await;
    for row in rows(COMPUTE, "By recipe") {
        let [rpc, request, answer] = &row[..] else { panic!("{row:?}") };
        let told = call(&pair.cache_client(), rpc, request).await;
        assert!(told.contains(answer), "{rpc} {request}: {answer} in {told}");
    }
    pair.stop().await;
}

#[test]
fn settings_of_the_memo_have_the_defaults_of_the_docs() {
    let settings = serde_json::to_value(fastjson_api::Config::default()).unwrap();
    let rows = rows(MEMO, "Settings");
    for row in &rows {
        let setting = &settings["memo"][row[0].strip_prefix("memo.").unwrap()];
        let is_default = match row[1].as_str() {
            "empty" => *setting == "",
            mebibytes if mebibytes.ends_with(" MiB") => {
                let count: u64 = mebibytes.trim_end_matches(" MiB").parse().unwrap();
                setting.as_u64() == Some(count << 20)
            }
            text => {
                setting.as_str() == Some(text)
                    || serde_json::from_str(text).is_ok_and(|read: serde_json::Value| read == *setting)
            }
        };
        assert!(is_default, "{row:?} {setting}");
    }
    assert_eq!(rows.len(), settings["memo"].as_object().unwrap().len());
}

#[tokio::test]
async fn keys_and_slow_calls_are_explained_as_the_docs_say() {
    let mut config = testkit::PairConfig::default();
    config.cache.slow.threshold = std::time::Duration::ZERO;
    let pair = Pair::start_with(config).await;
    let headings = ["Why a key is there, or is not", "Hot keys", "Slow calls"];
    check_all(pair.cache.address, "", INSIGHT, &headings).await;
    pair.stop().await;
}

#[tokio::test]
async fn documents_are_read_and_changed_as_the_docs_say() {
    let pair = Pair::start().await;
    let address = pair.cache.address;
    for row in rows(DOCUMENTS, "Parts") {
        let headers: &[(&str, &str)] =
            if row[1].is_empty() { &[] } else { &[("content-type", "application/json")] };
        check(address, DEFAULT, headers, &row).await;
    }
    for mut row in rows(DOCUMENTS, "Changes") {
        let media_type = row.remove(1);
        let headers: &[(&str, &str)] = if row[1].is_empty() { &[] } else { &[("content-type", &media_type)] };
        check(address, DEFAULT, headers, &row).await;
    }
    pair.stop().await;
}

#[test]
fn settings_of_the_breaker_have_the_defaults_of_the_docs() {
    let settings = [
        serde_json::to_value(fastjson_api::Config::default()).unwrap()["cache"]["breaker"].clone(),
        serde_json::to_value(rust_cache_server::Config::default()).unwrap()["json"]["breaker"].clone(),
    ];
    let rows = rows(FAILURE_MODES, "The breaker");
    for settings in settings {
        for row in &rows {
            let setting = settings[&row[0]].to_string();
            assert_eq!(setting.trim_matches('"'), row[1], "{row:?}");
        }
        assert_eq!(rows.len(), settings.as_object().unwrap().len());
    }
}
