//! Each service without its peer, and a call that would cross the border twice.

use std::time::{Duration, Instant};

use client::{CacheClient, Error, JsonClient, Rejection};
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use testkit::{Pair, bind, start_cache, start_json};
use tonic::Code;

fn by_ref(key: &str) -> Option<json::Input> {
    let reference = json::CacheRef { key: key.to_owned(), ..Default::default() };
    Some(json::Input { source: Some(json::input::Source::Ref(reference)), format: 0 })
}

fn rejection(error: Error) -> Rejection {
    match error {
        Error::Status(status) => Rejection::of(&status),
        other => panic!("not a status: {other:?}"),
    }
}

fn within(seconds: u64) -> Context {
    Context { deadline: Some(Deadline::after(Duration::from_secs(seconds))), ..Context::background() }
}

/// An address on which nobody listens.
fn closed() -> String {
    format!("http://{}", bind().local_addr().unwrap())
}

#[tokio::test]
async fn json_without_its_peer() {
    let mut config = fastjson_api::Config::default();
    config.cache.address = closed();
    let peer = config.cache.address.clone();
    let running = start_json(config, bind());
    let client = JsonClient::new(client::Config::at(format!("http://{}", running.address))).unwrap();
    let begun = Instant::now();
    let request = json::ValidateRequest { input: by_ref("k"), ..Default::default() };
    let refused = rejection(client.validate(&within(5), request).await.unwrap_err());
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::Unavailable, "PEER_UNAVAILABLE"),
        "{refused:?}"
    );
    assert!(refused.message.contains(peer.trim_start_matches("http://")), "{}", refused.message);
    assert!(begun.elapsed() < Duration::from_secs(5), "within the deadline");
    let inline = json::Input { source: Some(json::input::Source::Text("[]".to_owned())), format: 0 };
    let request = json::ValidateRequest { input: Some(inline), ..Default::default() };
    assert!(client.validate(&within(5), request).await.unwrap().valid, "what needs no peer works");
    running.stop().await;
}

#[tokio::test]
async fn the_cache_without_its_peer() {
    let mut config = rust_cache_server::Config::default();
    config.json.address = closed();
    let running = start_cache(config, bind());
    let client = CacheClient::new(client::Config::at(format!("http://{}", running.address))).unwrap();
    let inline = json::Input { source: Some(json::input::Source::Text("[]".to_owned())), format: 0 };
    let validate = json::Step { step: Some(json::step::Step::Validate(json::ValidateStep::default())) };
    let request = cache::GetOrComputeRequest {
        key: "k".to_owned(),
        recipe: Some(json::Recipe { steps: vec![validate] }),
        input: Some(inline),
        ..Default::default()
    };
    let refused = rejection(client.get_or_compute(&within(5), request).await.unwrap_err());
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::Unavailable, "PEER_UNAVAILABLE"),
        "{refused:?}"
    );
    let get = cache::GetRequest { namespace: String::new(), key: "k".to_owned() };
    let got = client.get(&within(5), get).await.unwrap();
    assert!(matches!(got.outcome, Some(cache::get_response::Outcome::Missing(_))), "a failure is not stored");
    running.stop().await;
}

#[tokio::test]
async fn a_request_crosses_the_border_once() {
    let pair = Pair::start().await;
    let marked = within(5).for_peer("rust-cache-server").unwrap();
    let request = json::ValidateRequest { input: by_ref("k"), ..Default::default() };
    let refused = rejection(pair.json_client().validate(&marked, request).await.unwrap_err());
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::FailedPrecondition, "HOP_LIMIT"),
        "{refused:?}"
    );
    assert_eq!(refused.metadata["from"], "rust-cache-server");
    let request = cache::GetOrComputeRequest { key: "k".to_owned(), ..Default::default() };
    let refused = rejection(pair.cache_client().get_or_compute(&marked, request).await.unwrap_err());
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::FailedPrecondition, "HOP_LIMIT"),
        "{refused:?}"
    );
    pair.stop().await;
}
