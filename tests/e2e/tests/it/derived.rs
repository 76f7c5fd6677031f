//! Entries that are computed from others, through the client: they go with their sources, are refreshed by the server, and what
//! fails is not tried again at once.

use std::collections::BTreeSet;
use std::time::Duration;

use client::{CacheClient, Error, Rejection};
use context::Context;
use fastjson_api::config::{Registry, RegistryStore};
use fastjson_proto::rustcache::v1 as cache;
use serde_json::json;
use testkit::{Pair, PairConfig};
use tokio::sync::watch;

use crate::schemas::put as put_schema;

/// Computes `key` from the entry `from` by a query in jq.
fn view(key: &str, from: &str, query: &str) -> cache::GetOrComputeRequest {
    let (namespace, from) = from.split_once('/').unwrap_or(("", from));
    let steps = json!([{"query": {"language": "QUERY_LANGUAGE_JQ", "query": query}}]);
    let request = json!({
        "key": key,
        "recipe": {"steps": steps},
        "input": {"ref": {"namespace": namespace, "key": from}},
    });
    client::json_mapping::decode("rustcache.v1.GetOrComputeRequest", request.to_string().as_bytes()).unwrap()
}

async fn ask(
    cache: &CacheClient,
    request: &cache::GetOrComputeRequest,
) -> Result<cache::GetOrComputeResponse, Error> {
    cache.get_or_compute(&Context::background(), request.clone()).await
}

/// What an answer holds, and whether it was there.
async fn told(cache: &CacheClient, request: &cache::GetOrComputeRequest) -> (String, bool) {
    let answer = ask(cache, request).await.unwrap();
    let from_cache = answer.source() == cache::ComputeSource::Cache;
    (text_of(answer.entry.unwrap()), from_cache)
}

async fn refused(cache: &CacheClient, request: &cache::GetOrComputeRequest) -> Rejection {
    ask(cache, request).await.unwrap_err().rejection().unwrap()
}

fn text_of(entry: cache::Entry) -> String {
    match entry.value.unwrap().body.unwrap() {
        cache::value::Body::Text(text) => text,
        cache::value::Body::Data(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

fn set_request(key: &str, text: &str) -> cache::SetRequest {
    let (namespace, key) = key.split_once('/').unwrap_or(("", key));
    let body = Some(cache::value::Body::Text(text.to_owned()));
    let value = Some(cache::Value { body, content_type: "application/json".to_owned() });
    cache::SetRequest { namespace: namespace.to_owned(), key: key.to_owned(), value, ..Default::default() }
}

async fn set(cache: &CacheClient, key: &str, text: &str) {
    cache.set(&Context::background(), set_request(key, text)).await.unwrap();
}

async fn is_there(cache: &CacheClient, key: &str) -> bool {
    let request = cache::GetRequest { namespace: String::new(), key: key.to_owned() };
    let outcome = cache.get(&Context::background(), request).await.unwrap().outcome;
    matches!(outcome, Some(cache::get_response::Outcome::Found(_)))
}

#[tokio::test]
async fn a_view_goes_with_its_source_over_steps_and_namespaces_however_that_is_written() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let background = Context::background();
    let namespace = cache::Namespace { name: "shop".to_owned(), ..Default::default() };
    let make = cache::CreateNamespaceRequest { namespace: Some(namespace) };
    cache.create_namespace(&background, make).await.unwrap();
    let (sum, double) = (view("sum", "shop/prices", "add"), view("double", "sum", ".[0] * 2"));
    set(&cache, "shop/prices", "[1,2]").await;
    let check = async |expected: (&str, &str)| {
        assert_eq!((is_there(&cache, "sum").await, is_there(&cache, "double").await), (false, false));
        assert_eq!(told(&cache, &sum).await, (expected.0.to_owned(), false));
        assert_eq!(told(&cache, &double).await, (expected.1.to_owned(), false));
        assert!(told(&cache, &double).await.1, "it is kept");
    };
    check(("[3]", "[6]")).await;
    set(&cache, "shop/prices", "[1,3]").await;
    check(("[4]", "[8]")).await;
    let many = cache::SetManyRequest { items: vec![set_request("shop/prices", "[1,4]")] };
    cache.set_many(&background, many).await.unwrap();
    check(("[5]", "[10]")).await;
    let operation = cache::operation::Operation::Set(set_request("shop/prices", "[1,5]"));
    let (frames, mut answers) = cache.session(&background).await.unwrap();
    frames.send(vec![cache::Operation { operation: Some(operation) }]).await.unwrap();
    answers.next().await.unwrap().unwrap();
    check(("[6]", "[12]")).await;
    let delete =
        cache::DeleteRequest { namespace: "shop".to_owned(), key: "prices".to_owned(), ..Default::default() };
    cache.delete(&background, delete).await.unwrap();
    assert!(!is_there(&cache, "double").await);
    assert_eq!(refused(&cache, &sum).await.reason, "REF_NOT_FOUND");
    pair.stop().await;
}

#[tokio::test]
async fn a_cycle_is_refused() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    set(&cache, "a", "[1]").await;
    told(&cache, &view("b", "a", ".[0]")).await;
    told(&cache, &view("c", "b", ".[0]")).await;
    let cycle = |rejection: Rejection| (rejection.code, rejection.reason);
    let expected = (tonic::Code::InvalidArgument, "DEPENDENCY_CYCLE".to_owned());
    assert_eq!(cycle(refused(&cache, &view("d", "d", ".")).await), expected);
    let delete = cache::DeleteRequest { key: "a".to_owned(), ..Default::default() };
    cache.delete(&Context::background(), delete).await.unwrap();
    set(&cache, "c", "[2]").await;
    assert_eq!(told(&cache, &view("a", "c", ".[0]")).await.0, "[2]", "what went left nothing behind");
    assert_eq!(told(&cache, &view("b", "a", ".[0]")).await.0, "[2]");
    pair.stop().await;
}

#[tokio::test]
async fn a_thousand_callers_on_a_cold_key_compute_once() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    set(&cache, "numbers", "[1,2,3]").await;
    let request = view("sum", "numbers", "add");
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..1_000 {
        let (cache, request) = (cache.clone(), request.clone());
        calls.spawn(async move { ask(&cache, &request).await.unwrap() });
    }
    let answers = calls.join_all().await;
    let versions: BTreeSet<u64> =
        answers.iter().map(|answer| answer.entry.as_ref().unwrap().version).collect();
    assert_eq!((answers.len(), versions.len()), (1_000, 1), "each computation would have given a version");
    pair.stop().await;
}

#[tokio::test]
async fn a_stale_view_is_answered_and_refreshed_by_the_server() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    set(&cache, "source", "[1]").await;
    let fresh_for = prost_types::Duration::try_from(Duration::from_millis(1)).ok();
    let request = cache::GetOrComputeRequest { fresh_for, ..view("view", "source", ".[0]") };
    let first = ask(&cache, &request).await.unwrap().entry.unwrap();
    loop {
        let answer = ask(&cache, &request).await.unwrap();
        assert_eq!(answer.source(), cache::ComputeSource::Cache, "nobody waits");
        let entry = answer.entry.unwrap();
        assert!(!entry.refresh, "no caller is told to refresh it");
        if entry.version > first.version {
            break;
        }
        tokio::task::yield_now().await;
    }
    set(&cache, "source", "[2]").await;
    assert_eq!(told(&cache, &request).await, ("[2]".to_owned(), false), "a refreshed view goes, too");
    pair.stop().await;
}

#[tokio::test]
async fn what_failed_is_not_computed_again_at_once() {
    let mut config = PairConfig::default();
    config.cache.compute.first_backoff = Duration::from_secs(3_600);
    config.cache.compute.max_backoff = Duration::from_secs(3_600);
    let pair = Pair::start_with(config).await;
    let cache = pair.cache_client();
    set(&cache, "source", "[1]").await;
    let failing = view("view", "source", ".a");
    let first = refused(&cache, &failing).await;
    assert_eq!((first.reason.is_empty(), first.retry_after), (false, None), "the error itself");
    let second = refused(&cache, &failing).await;
    assert_eq!((&second.reason, second.code), (&first.reason, first.code));
    assert!(second.retry_after.is_some_and(|after| after > Duration::from_secs(1_800)), "{second:?}");
    assert_eq!(told(&cache, &view("view", "source", ".[0]")).await.0, "[1]", "another recipe is tried");
    let delete = cache::DeleteRequest { key: "view".to_owned(), ..Default::default() };
    cache.delete(&Context::background(), delete).await.unwrap();
    refused(&cache, &failing).await;
    set(&cache, "source", r#"{"a":7}"#).await;
    assert_eq!(told(&cache, &failing).await.0, "[7]", "so is another document");
    pair.stop().await;
}

#[tokio::test]
async fn a_source_that_is_not_there_is_remembered_where_that_is_asked_for() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let request = view("view", "source", ".[0]");
    for _ in 0..2 {
        let rejection = refused(&cache, &request).await;
        assert_eq!((rejection.reason.as_str(), rejection.retry_after), ("REF_NOT_FOUND", None));
    }
    let missing_for = prost_types::Duration::try_from(Duration::from_secs(3_600)).ok();
    let asked = cache::GetOrComputeRequest { missing_for, ..request.clone() };
    refused(&cache, &asked).await;
    let rejection = refused(&cache, &request).await;
    assert!(rejection.reason == "REF_NOT_FOUND" && rejection.retry_after.is_some(), "{rejection:?}");
    set(&cache, "source", "[1]").await;
    assert_eq!(told(&cache, &request).await.0, "[1]", "until it is there");
    pair.stop().await;
}

#[tokio::test]
async fn a_view_more_than_may_depend_is_answered_and_not_stored() {
    let mut config = PairConfig::default();
    config.cache.compute.max_dependencies = 1;
    let pair = Pair::start_with(config).await;
    let cache = pair.cache_client();
    set(&cache, "source", "[1]").await;
    told(&cache, &view("first", "source", ".[0]")).await;
    let second = ask(&cache, &view("second", "source", ".[0]")).await.unwrap();
    let entry = second.entry.unwrap();
    assert_eq!((second.not_stored, entry.version, text_of(entry)), (true, 0, "[1]".to_owned()));
    assert!(!is_there(&cache, "second").await);
    pair.stop().await;
}

#[tokio::test]
async fn a_recipe_over_its_budget_fails_with_that() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    set(&cache, "source", "[1]").await;
    let rejection = refused(&cache, &view("view", "source", "[range(1e9)] | length")).await;
    assert!(rejection.reason.starts_with("BUDGET_"), "{rejection:?}");
    assert_eq!(rejection.code, tonic::Code::ResourceExhausted);
    pair.stop().await;
}

/// A product is checked against its schema and shown in a list that is computed, and whoever watches the list knows when to read
/// it again.
#[tokio::test]
async fn a_shop_keeps_its_catalogue() {
    let mut config = PairConfig::default();
    config.json.registry = Registry { store: RegistryStore::Cache, ..Registry::default() };
    let pair = Pair::start_with(config).await;
    let cache = pair.cache_client();
    let product =
        r#"{"type":"array","items":{"required":["name","price"],"properties":{"price":{"minimum":0}}}}"#;
    put_schema(&pair.schema_client(), "shop/products", product).await;
    let request = json!({
        "key": "cheapest",
        "recipe": {"steps": [
            {"checkSchema": {"schemaName": "shop/products"}},
            {"query": {"language": "QUERY_LANGUAGE_JQ", "query": "min_by(.price).name"}},
        ]},
        "input": {"ref": {"key": "products"}},
    });
    let cheapest: cache::GetOrComputeRequest =
        client::json_mapping::decode("rustcache.v1.GetOrComputeRequest", request.to_string().as_bytes())
            .unwrap();
    set(&cache, "products", r#"[{"name":"tea","price":4},{"name":"mug","price":9}]"#).await;
    assert_eq!(told(&cache, &cheapest).await.0, r#"["tea"]"#);

    let watch = cache::WatchRequest {
        filter: Some(cache::watch_request::Filter::Keys(cache::WatchKeys {
            keys: vec!["cheapest".to_owned()],
        })),
        ..Default::default()
    };
    let mut events = cache.watch(&Context::background(), watch).await.unwrap();
    events.next().await.unwrap().unwrap();
    set(&cache, "products", r#"[{"name":"mug","price":3},{"name":"tea","price":4}]"#).await;
    let event = events.next().await.unwrap().unwrap().events.remove(0);
    assert_eq!((event.kind(), event.key.as_str()), (cache::EventKind::Invalidated, "cheapest"));
    assert_eq!(told(&cache, &cheapest).await, (r#"["mug"]"#.to_owned(), false));

    set(&cache, "products", r#"[{"name":"mug","price":-3}]"#).await;
    assert_eq!(refused(&cache, &cheapest).await.reason, "DOCUMENT_INVALID");
    assert!(!is_there(&cache, "cheapest").await, "nothing is shown of what is wrong");
    pair.stop().await;
}

/// Stands before the JSON service: takes connections and what is sent, says so, and passes it on when it is opened.
struct Gate {
    address: std::net::SocketAddr,
    is_sent: watch::Receiver<bool>,
    open: watch::Sender<bool>,
}

impl Gate {
    #[allow(clippy::disallowed_methods, reason = "it ends with the test")]
    fn before(json: std::net::SocketAddr) -> Self {
        let listener = testkit::bind();
        let address = listener.local_addr().unwrap();
        let (sent, is_sent) = watch::channel(false);
        let (open, is_open) = watch::channel(false);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(pass(stream, json, sent.clone(), is_open.clone()));
            }
        });
        Self { address, is_sent, open }
    }
}

async fn pass(
    mut stream: tokio::net::TcpStream,
    json: std::net::SocketAddr,
    sent: watch::Sender<bool>,
    mut is_open: watch::Receiver<bool>,
) {
    stream.readable().await.unwrap();
    sent.send_replace(true);
    if is_open.wait_for(|is_open| *is_open).await.is_ok() {
        let mut peer = tokio::net::TcpStream::connect(json).await.unwrap();
        let _either_ended = tokio::io::copy_bidirectional(&mut stream, &mut peer).await;
    }
}

#[tokio::test]
async fn a_source_that_changes_while_the_recipe_runs_is_not_shown_as_it_was() {
    let json = testkit::start_json(fastjson_api::Config::default(), testkit::bind());
    let mut gate = Gate::before(json.address);
    let mut config = rust_cache_server::Config::default();
    config.json.address = format!("http://{}", gate.address);
    let running = testkit::start_cache(config, testkit::bind());
    let cache = CacheClient::new(client::Config::at(format!("http://{}", running.address))).unwrap();
    set(&cache, "source", "[1]").await;
    let request = view("view", "source", ".[0]");
    let change = async {
        gate.is_sent.wait_for(|is_sent| *is_sent).await.unwrap();
        set(&cache, "source", "[2]").await;
        gate.open.send_replace(true);
    };
    let (answer, ()) = tokio::join!(ask(&cache, &request), change);
    let answer = answer.unwrap();
    assert!(!answer.not_stored, "it is computed anew");
    assert_eq!(text_of(answer.entry.unwrap()), "[2]");
    assert_eq!(told(&cache, &request).await, ("[2]".to_owned(), true));
    running.stop().await;
    json.stop().await;
}
