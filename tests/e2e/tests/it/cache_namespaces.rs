//! Namespaces over gRPC: made, changed, deleted, counted.

use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use testkit::{Pair, PairConfig};

use crate::http1::send;

fn namespace(name: &str, capacity_bytes: u64) -> pb::Namespace {
    pb::Namespace { name: name.to_owned(), capacity_bytes: Some(capacity_bytes), ..Default::default() }
}

async fn create(cache: &CacheClient, namespace: pb::Namespace) -> Result<pb::Namespace, String> {
    let request = pb::CreateNamespaceRequest { namespace: Some(namespace) };
    match cache.create_namespace(&Context::background(), request).await {
        Ok(response) => Ok(response.namespace.unwrap()),
        Err(error) => Err(error.rejection().unwrap().reason),
    }
}

async fn delete(cache: &CacheClient, name: &str) -> Result<(), String> {
    let request = pb::DeleteNamespaceRequest { name: name.to_owned() };
    let answer = cache.delete_namespace(&Context::background(), request).await;
    answer.map(|_| ()).map_err(|error| error.rejection().unwrap().reason)
}

async fn fill(cache: &CacheClient, name: &str, entries: usize) {
    for first in (0..entries).step_by(500) {
        let items = (first..(first + 500).min(entries)).map(|number| pb::SetRequest {
            namespace: name.to_owned(),
            key: number.to_string(),
            value: Some(pb::Value {
                body: Some(pb::value::Body::Data(vec![0; 2_000].into())),
                content_type: String::new(),
            }),
            ..Default::default()
        });
        let request = pb::SetManyRequest { items: items.collect() };
        cache.set_many(&Context::background(), request).await.unwrap();
    }
}

async fn stats(cache: &CacheClient, name: &str) -> pb::NamespaceStats {
    let request = pb::StatsRequest { namespace: name.to_owned() };
    cache.stats(&Context::background(), request).await.unwrap().namespaces.remove(0)
}

#[tokio::test]
async fn a_namespace_made_smaller_has_given_its_room_back_when_the_answer_comes() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let given = pb::Namespace { max_value_bytes: Some(4_000), ..namespace("team", 4 << 20) };
    let made = create(&cache, given.clone()).await.unwrap();
    assert_eq!((made.capacity_bytes, made.policy()), (Some(4 << 20), pb::EvictionPolicy::Adaptive));
    assert_eq!(create(&cache, given).await, Err("NAMESPACE_EXISTS".to_owned()));
    fill(&cache, "team", 3_000).await;
    let full = stats(&cache, "team").await;
    assert!(full.live_bytes > 3 << 20 && full.evictions > 0, "{full:?}");
    let request =
        pb::UpdateNamespaceRequest { namespace: Some(namespace("team", 1 << 20)), update_mask: None };
    cache.update_namespace(&Context::background(), request).await.unwrap();
    let smaller = stats(&cache, "team").await;
    assert!(smaller.live_bytes <= 1 << 20 && smaller.capacity_bytes == 1 << 20, "{smaller:?}");
    assert_eq!(smaller.reclaims, full.entries - smaller.entries);
    pair.stop().await;
}

#[tokio::test]
async fn there_are_no_more_namespaces_and_no_more_bytes_than_the_settings_say() {
    let mut config = PairConfig::default();
    config.cache.store.max_namespaces = 3;
    let beside = rust_cache_server::budget::beside_namespaces(&config.cache);
    config.cache.store.memory_limit_bytes = Some((300 << 20) + beside);
    let pair = Pair::start_with(config).await;
    let cache = pair.cache_client();
    assert_eq!(create(&cache, namespace("a", (44 << 20) + 1)).await, Err("MEMORY_LIMIT".to_owned()));
    create(&cache, namespace("a", 40 << 20)).await.unwrap();
    create(&cache, namespace("b", 4 << 20)).await.unwrap();
    assert_eq!(create(&cache, namespace("c", 1)).await, Err("NAMESPACES_LIMIT".to_owned()));
    assert_eq!(create(&cache, namespace("", 1)).await, Err("NAMESPACE_INVALID".to_owned()));
    assert_eq!(delete(&cache, "").await, Err("NAMESPACE_PROTECTED".to_owned()));
    delete(&cache, "a").await.unwrap();
    assert_eq!(delete(&cache, "a").await, Err("NAMESPACE_NOT_FOUND".to_owned()));
    let listed = cache.list_namespaces(&Context::background(), pb::ListNamespacesRequest {}).await.unwrap();
    let names: Vec<&str> = listed.namespaces.iter().map(|namespace| namespace.name.as_str()).collect();
    assert_eq!((names, listed.memory_limit_bytes), (vec!["b", "default"], 300 << 20));
    pair.stop().await;
}

#[tokio::test]
async fn what_happens_in_a_namespace_shows_in_stats_and_metrics() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    create(&cache, namespace("seen", 1 << 20)).await.unwrap();
    fill(&cache, "seen", 10).await;
    for key in ["1", "2", "none"] {
        let request = pb::GetRequest { namespace: "seen".to_owned(), key: key.to_owned() };
        cache.get(&Context::background(), request).await.unwrap();
    }
    send(pair.cache.address, "GET", "/v1/namespaces/seen/keys/3", &[], b"").await;
    let all = cache.stats(&Context::background(), pb::StatsRequest::default()).await.unwrap();
    let row = all.namespaces.iter().find(|row| row.namespace == "seen").unwrap();
    assert_eq!((row.hits, row.misses, row.hit_ratio), (3, 1, Some(0.75)));
    let get = all.operations.iter().find(|row| row.operation == "Get").unwrap();
    assert_eq!(get.calls, 4, "gRPC and REST");
    let nanos = |time: &Option<prost_types::Duration>| i64::from(time.unwrap().nanos) + time.unwrap().seconds;
    assert!(0 < nanos(&get.p50) && nanos(&get.p50) <= nanos(&get.p99) && nanos(&get.p99) <= nanos(&get.max));
    let metrics = send(pair.cache.admin, "GET", "/metrics", &[], b"").await;
    for line in [
        "namespace_entries{namespace=\"seen\"} 10",
        "namespace_reads_total{namespace=\"seen\",outcome=\"hit\"} 3",
        "namespace_removals_total{namespace=\"seen\",cause=\"room\"} 0",
    ] {
        assert!(metrics.text().contains(line), "{line} in\n{}", metrics.text());
    }
    pair.stop().await;
}
