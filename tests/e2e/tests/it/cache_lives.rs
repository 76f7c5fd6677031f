//! Lives and tags over gRPC.

use std::time::{Duration, SystemTime};

use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use testkit::Pair;

fn seconds(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos: 0 })
}

fn write(key: &str) -> pb::SetRequest {
    let body = Some(pb::value::Body::Text("v".to_owned()));
    let value = Some(pb::Value { body, content_type: String::new() });
    pb::SetRequest { key: key.to_owned(), value, ..Default::default() }
}

async fn set(cache: &CacheClient, request: pb::SetRequest) -> Result<u64, String> {
    match cache.set(&Context::background(), request).await {
        Ok(response) => match response.outcome.unwrap() {
            pb::set_response::Outcome::Stored(stored) => Ok(stored.version),
            other @ pb::set_response::Outcome::Conflict(_) => panic!("{other:?}"),
        },
        Err(error) => Err(error.rejection().unwrap().reason),
    }
}

async fn get(cache: &CacheClient, key: &str) -> Option<pb::Entry> {
    let request = pb::GetRequest { namespace: String::new(), key: key.to_owned() };
    match cache.get(&Context::background(), request).await.unwrap().outcome.unwrap() {
        pb::get_response::Outcome::Found(entry) => Some(entry),
        pb::get_response::Outcome::Missing(_) => None,
    }
}

fn at(moment: SystemTime) -> Option<prost_types::Timestamp> {
    Some(moment.into())
}

#[tokio::test]
async fn an_entry_ends_at_a_date_or_after_a_time_but_not_both() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let hour = Duration::from_secs(3_600);
    let end = at(SystemTime::now() + hour);
    set(&cache, pb::SetRequest { expires_at: end, ..write("k") }).await.unwrap();
    let left = get(&cache, "k").await.unwrap().ttl.unwrap().seconds;
    assert!((3_500..=3_600).contains(&left), "{left}");
    for wrong in [
        pb::SetRequest { expires_at: end, ttl: seconds(1), ..write("k") },
        pb::SetRequest { expires_at: at(SystemTime::now() - hour), ..write("k") },
        pb::SetRequest { sliding: seconds(0), ..write("k") },
        pb::SetRequest { fresh_for: seconds(-1), ..write("k") },
        pb::SetRequest { fresh_for: seconds(2), ttl: seconds(1), ..write("k") },
        pb::SetRequest { jitter: seconds(315_360_001), ..write("k") },
    ] {
        assert_eq!(set(&cache, wrong.clone()).await, Err("TTL_INVALID".to_owned()), "{wrong:?}");
    }
    pair.stop().await;
}

#[tokio::test]
async fn a_touch_keeps_the_version_and_changes_the_end() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let version = set(&cache, write("k")).await.unwrap();
    assert_eq!(get(&cache, "k").await.unwrap().ttl, None);
    let touch = async |kind| {
        let expiry = Some(pb::Expiry { ttl: seconds(60), ..Default::default() });
        let condition = Some(pb::Condition { kind: Some(kind) });
        let request = pb::TouchRequest { namespace: String::new(), key: "k".to_owned(), expiry, condition };
        cache.touch(&Context::background(), request).await.map(|response| response.outcome.unwrap())
    };
    let conflict = touch(pb::condition::Kind::IfVersion(1)).await.unwrap();
    assert!(matches!(conflict, pb::touch_response::Outcome::Conflict(_)), "{conflict:?}");
    let touched = touch(pb::condition::Kind::IfVersion(version)).await.unwrap();
    let pb::touch_response::Outcome::Touched(touched) = touched else { panic!("{touched:?}") };
    assert_eq!(touched.version, version);
    let entry = get(&cache, "k").await.unwrap();
    assert!(entry.version == version && entry.ttl.unwrap().seconds >= 50);
    let refused = touch(pb::condition::Kind::IfAbsent(pb::IfAbsent {})).await.unwrap_err();
    assert_eq!(refused.rejection().unwrap().reason, "CONDITION_INVALID");
    pair.stop().await;
}

#[tokio::test]
async fn of_many_readers_of_a_stale_entry_one_is_told_to_refresh_it() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let nanosecond = Some(prost_types::Duration { seconds: 0, nanos: 1 });
    set(&cache, pb::SetRequest { fresh_for: nanosecond, ..write("k") }).await.unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let cache = cache.clone();
        calls.spawn(async move { get(&cache, "k").await.unwrap() });
    }
    let entries = calls.join_all().await;
    assert!(entries.iter().all(|entry| entry.stale));
    assert_eq!(entries.iter().filter(|entry| entry.refresh).count(), 1);
    pair.stop().await;
}

#[tokio::test]
async fn an_invalidation_says_what_of() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let tagged = |key: &str, tag: &str| pb::SetRequest { tags: vec![tag.to_owned()], ..write(key) };
    set(&cache, tagged("a", "red, green")).await.unwrap();
    set(&cache, tagged("b", "blue")).await.unwrap();
    let invalidate = async |scope| {
        let request = pb::InvalidateTagsRequest { namespace: String::new(), scope };
        let outcome = cache.invalidate_tags(&Context::background(), request).await;
        outcome.map(|_| ()).map_err(|error| error.rejection().unwrap().reason)
    };
    let tags = |names: &[&str]| {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Some(pb::invalidate_tags_request::Scope::Tags(pb::TagList { names }))
    };
    assert_eq!(invalidate(None).await, Err("SCOPE_MISSING".to_owned()));
    assert_eq!(invalidate(tags(&[])).await, Err("SCOPE_MISSING".to_owned()));
    assert_eq!(invalidate(tags(&["t"; 17])).await, Err("TAGS_LIMIT".to_owned()));
    invalidate(tags(&["red, green"])).await.unwrap();
    assert!(get(&cache, "a").await.is_none() && get(&cache, "b").await.is_some());
    invalidate(Some(pb::invalidate_tags_request::Scope::All(pb::All {}))).await.unwrap();
    assert!(get(&cache, "b").await.is_none());
    pair.stop().await;
}
