//! Each fault on each hop: what needs the peer fails typed and in time, what does not goes on, and the peer is found again.

use std::time::{Duration, Instant};

use client::{Error, Rejection, pb};
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1 as json;
use testkit::{Fault, Pair, PairConfig, Plugged, StandIn, bind, start_cache, start_json};
use tonic::Code;

use crate::docs::failure_mode;
use crate::http1::send;

/// Longer than any call here waits.
const LONG: Duration = Duration::from_secs(60);

pub(crate) fn within(millis: u64) -> Context {
    Context { deadline: Some(Deadline::after(Duration::from_millis(millis))), ..Context::background() }
}

pub(crate) fn text(text: &str) -> Option<json::Input> {
    Some(json::Input { source: Some(json::input::Source::Text(text.to_owned())), format: 0 })
}

pub(crate) fn by_ref(key: &str) -> Option<json::Input> {
    let reference = json::CacheRef { key: key.to_owned(), ..Default::default() };
    Some(json::Input { source: Some(json::input::Source::Ref(reference)), format: 0 })
}

/// The JSON service asks the cache.
pub(crate) async fn validate_by_ref(pair: &Pair, context: &Context) -> Result<(), Error> {
    let request = json::ValidateRequest { input: by_ref("document"), ..Default::default() };
    let answer = pair.json_client().validate(context, request).await?;
    assert!(answer.valid, "a right answer");
    Ok(())
}

/// The cache asks the JSON service.
pub(crate) async fn compute(pair: &Pair, context: &Context, key: &str) -> Result<(), Error> {
    let minify = json::FormatStep { style: json::FormatStyle::Minify.into(), ..Default::default() };
    let step = json::Step { step: Some(json::step::Step::Format(minify)) };
    let request = pb::GetOrComputeRequest {
        key: key.to_owned(),
        recipe: Some(json::Recipe { steps: vec![step] }),
        input: text("[ 1 ]"),
        ..Default::default()
    };
    let answer = pair.cache_client().get_or_compute(context, request).await?;
    let body = answer.entry.and_then(|entry| entry.value).and_then(|value| value.body);
    assert_eq!(body, Some(pb::value::Body::Text("[1]".to_owned())), "a right answer");
    Ok(())
}

pub(crate) async fn store(pair: &Pair) {
    let value = pb::Value { body: Some(pb::value::Body::Text("{\"a\":1}".to_owned())), ..Default::default() };
    let request = pb::SetRequest { key: "document".to_owned(), value: Some(value), ..Default::default() };
    pair.cache_client().set(&within(10_000), request).await.unwrap();
}

fn told(error: &Error) -> (String, String) {
    match error {
        Error::Status(status) => (spelled(status.code()), Rejection::of(status).reason),
        // Said by the service or found out here, whoever was first.
        Error::Deadline { .. } => (spelled(Code::DeadlineExceeded), "DEADLINE".to_owned()),
        other => panic!("{other:?}"),
    }
}

/// As the gRPC specification spells it; of those that occur here.
fn spelled(code: Code) -> String {
    match code {
        Code::Unavailable => "UNAVAILABLE",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::Internal => "INTERNAL",
        Code::Unimplemented => "UNIMPLEMENTED",
        _ => "another",
    }
    .to_owned()
}

#[derive(Debug, Clone, Copy)]
enum Hop {
    ToCache,
    ToJson,
}

async fn call(hop: Hop, pair: &Pair, context: &Context, key: &str) -> Result<(), Error> {
    match hop {
        Hop::ToCache => validate_by_ref(pair, context).await,
        Hop::ToJson => compute(pair, context, key).await,
    }
}

/// What needs no peer, and readiness.
async fn check_goes_on(pair: &Pair) {
    let request = json::ValidateRequest { input: text("[]"), ..Default::default() };
    assert!(pair.json_client().validate(&within(10_000), request).await.unwrap().valid);
    let request = pb::GetRequest { key: "document".to_owned(), ..Default::default() };
    let found = pair.cache_client().get(&within(10_000), request).await.unwrap().outcome;
    assert!(matches!(found, Some(pb::get_response::Outcome::Found(_))), "{found:?}");
    for admin in [pair.json.admin, pair.cache.admin] {
        assert_eq!(send(admin, "GET", "/readyz", &[], b"").await.status, 200);
    }
}

/// Asks until there is an answer: what comes before it is «left alone, come back in a moment».
async fn check_recovers(hop: Hop, pair: &Pair) {
    let begun = Instant::now();
    let mut attempt = 0;
    // Another key each time: a computation that failed is left alone for a while of its own.
    while let Err(error) = call(hop, pair, &within(10_000), &format!("recovered{attempt}")).await {
        attempt += 1;
        let refused = error.rejection().unwrap();
        assert_eq!((spelled(refused.code), refused.reason.clone()), failure_mode("is left alone"));
        let wait = refused.retry_after.expect("it says when to come back");
        assert!(wait <= Duration::from_millis(500), "{wait:?}");
    }
    // Within the back-off of 500 ms, on a machine that does much else.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// The peer is, in the words of docs/failure-modes.md, as `mode` says.
async fn check(hop: Hop, fault: Fault, mode: &str) {
    let Plugged { pair, to_json, to_cache } = Pair::with_plugs(PairConfig::default()).await;
    store(&pair).await;
    call(hop, &pair, &within(10_000), "before").await.unwrap();
    let plug = match hop {
        Hop::ToCache => &to_cache,
        Hop::ToJson => &to_json,
    };
    plug.set(fault);
    let error = call(hop, &pair, &within(300), "during").await.unwrap_err();
    assert_eq!(told(&error), failure_mode(mode), "{hop:?} {fault:?}: {error:?}");
    check_goes_on(&pair).await;
    // Enough of them to open the breaker.
    for number in 0..6 {
        call(hop, &pair, &within(150), &format!("during{number}")).await.unwrap_err();
    }
    check_goes_on(&pair).await;
    plug.set(Fault::Pass);
    check_recovers(hop, &pair).await;
    pair.stop().await;
}

#[tokio::test]
async fn the_cache_is_cut_off() {
    check(Hop::ToCache, Fault::Cut, "cuts connections").await;
}

#[tokio::test]
async fn the_cache_is_down() {
    check(Hop::ToCache, Fault::Refuse, "is down").await;
}

#[tokio::test]
async fn the_cache_is_slow() {
    check(Hop::ToCache, Fault::Delay(LONG), "is too slow").await;
}

#[tokio::test]
async fn the_cache_never_answers() {
    check(Hop::ToCache, Fault::Drop, "never answers").await;
}

#[tokio::test]
async fn something_else_listens_where_the_cache_should() {
    check(Hop::ToCache, Fault::Noise, "is something else").await;
}

#[tokio::test]
async fn json_is_cut_off() {
    check(Hop::ToJson, Fault::Cut, "cuts connections").await;
}

#[tokio::test]
async fn json_is_down() {
    check(Hop::ToJson, Fault::Refuse, "is down").await;
}

#[tokio::test]
async fn json_is_slow() {
    check(Hop::ToJson, Fault::Delay(LONG), "is too slow").await;
}

#[tokio::test]
async fn json_never_answers() {
    check(Hop::ToJson, Fault::Drop, "never answers").await;
}

#[tokio::test]
async fn something_else_listens_where_json_should() {
    check(Hop::ToJson, Fault::Noise, "is something else").await;
}

#[tokio::test]
async fn the_cache_answers_what_cannot_be_read() {
    check(Hop::ToCache, Fault::WrongMessage, "answers what cannot be read").await;
}

#[tokio::test]
async fn json_answers_what_cannot_be_read() {
    check(Hop::ToJson, Fault::WrongMessage, "answers what cannot be read").await;
}

/// Both services, each with a peer that refuses with `code`.
async fn check_refused(code: u16, mode: &str) {
    let stand_in = StandIn::refusing(code);
    let mut config = PairConfig::default();
    config.json.cache.address = stand_in.url();
    config.cache.json.address = stand_in.url();
    let pair = Pair { json: start_json(config.json, bind()), cache: start_cache(config.cache, bind()) };
    for hop in [Hop::ToCache, Hop::ToJson] {
        let error = call(hop, &pair, &within(10_000), "k").await.unwrap_err();
        assert_eq!(told(&error), failure_mode(mode), "{hop:?} {error:?}");
    }
    pair.stop().await;
}

#[tokio::test]
async fn a_peer_that_does_not_let_the_service_in_is_not_the_callers_fault() {
    check_refused(16, "does not let the service in").await;
    check_refused(7, "does not let the service in").await;
}

#[tokio::test]
async fn a_peer_of_an_older_version_is_named_as_that() {
    check_refused(12, "is of an older version").await;
}

#[tokio::test]
async fn the_peer_gets_the_rest_of_the_time_less_a_margin_and_the_name_of_the_caller() {
    let stand_in = StandIn::refusing(12);
    let mut config = fastjson_api::Config::default();
    config.cache.address = stand_in.url();
    let running = start_json(config, bind());
    let client = client::JsonClient::new(client::Config::at(format!("http://{}", running.address))).unwrap();
    let caller = {
        let mut wire = http::HeaderMap::new();
        wire.insert("x-fastjson-caller", http::HeaderValue::from_static("shop/web-1"));
        Context::from_headers(&wire).unwrap().caller
    };
    let context = Context { caller, ..within(10_000) };
    let request = json::ValidateRequest { input: by_ref("k"), ..Default::default() };
    client.validate(&context, request).await.unwrap_err();
    let heard = stand_in.heard().remove(0);
    assert_eq!(heard["x-fastjson-hop"], "fastjson-api");
    assert_eq!(heard["x-fastjson-caller"], "shop/web-1");
    let there = Context::from_headers(&heard).unwrap().deadline.unwrap().remaining();
    assert!(there <= Duration::from_millis(9_900), "two margins of 50 ms: {there:?}");
    assert!(there > Duration::from_secs(5), "{there:?}");
    running.stop().await;
}
