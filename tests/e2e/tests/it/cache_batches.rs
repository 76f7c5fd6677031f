//! Batches of writes and removals, and counters under many callers, over gRPC.

use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use pb::delete_many_item::Outcome as Removal;
use pb::set_many_item::Outcome as Write;
use testkit::Pair;

fn write(key: &str) -> pb::SetRequest {
    let body = Some(pb::value::Body::Text("v".to_owned()));
    let value = Some(pb::Value { body, content_type: String::new() });
    pb::SetRequest { key: key.to_owned(), value, ..Default::default() }
}

fn condition(kind: pb::condition::Kind) -> Option<pb::Condition> {
    Some(pb::Condition { kind: Some(kind) })
}

#[tokio::test]
async fn each_item_of_a_batch_has_its_own_outcome_in_its_order() {
    let pair = Pair::start().await;
    let (cache, background) = (pair.cache_client(), Context::background());
    let absent = condition(pb::condition::Kind::IfAbsent(pb::IfAbsent {}));
    let items = vec![
        write("a"),
        pb::SetRequest { condition: absent, ..write("a") },
        write(""),
        pb::SetRequest { namespace: "nowhere".to_owned(), ..write("b") },
        pb::SetRequest { tags: vec!["t".repeat(129)], ..write("b") },
        write("c"),
    ];
    let answers = cache.set_many(&background, pb::SetManyRequest { items }).await.unwrap().items;
    let brief: Vec<&str> = answers
        .iter()
        .map(|item| match item.outcome.as_ref().unwrap() {
            Write::Stored(_) => "stored",
            Write::Conflict(_) => "conflict",
            Write::Failed(failed) => failed.reason.as_str(),
        })
        .collect();
    let expected = ["stored", "conflict", "KEY_EMPTY", "NAMESPACE_NOT_FOUND", "TAG_BYTES_LIMIT", "stored"];
    assert_eq!(brief, expected);

    let remove = |key: &str| pb::DeleteRequest { key: key.to_owned(), ..Default::default() };
    let old = condition(pb::condition::Kind::IfVersion(1));
    let items =
        vec![remove("a"), remove("b"), pb::DeleteRequest { condition: old, ..remove("c") }, remove("")];
    let answers = cache.delete_many(&background, pb::DeleteManyRequest { items }).await.unwrap().items;
    let brief: Vec<&str> = answers
        .iter()
        .map(|item| match item.outcome.as_ref().unwrap() {
            Removal::Deleted(_) => "deleted",
            Removal::Missing(_) => "missing",
            Removal::Conflict(_) => "conflict",
            Removal::Failed(failed) => failed.reason.as_str(),
        })
        .collect();
    assert_eq!(brief, ["deleted", "missing", "conflict", "KEY_EMPTY"]);
    pair.stop().await;
}

#[tokio::test]
async fn a_batch_one_past_its_limit_does_nothing() {
    let pair = Pair::start().await;
    let (cache, background) = (pair.cache_client(), Context::background());
    for items in [vec![], vec![write("k"); 1_001]] {
        let error = cache.set_many(&background, pb::SetManyRequest { items }).await.unwrap_err();
        assert_eq!(error.rejection().unwrap().reason, "BATCH_ITEMS_LIMIT");
    }
    let items = vec![pb::DeleteRequest { key: "k".to_owned(), ..Default::default() }; 1_001];
    let error = cache.delete_many(&background, pb::DeleteManyRequest { items }).await.unwrap_err();
    assert_eq!(error.rejection().unwrap().reason, "BATCH_ITEMS_LIMIT");
    let most =
        cache.set_many(&background, pb::SetManyRequest { items: vec![write("k"); 1_000] }).await.unwrap();
    assert_eq!(most.items.len(), 1_000);
    pair.stop().await;
}

async fn add(cache: &CacheClient, by: i64) -> pb::IncrementResponse {
    let request = pb::IncrementRequest { key: "n".to_owned(), by, ..Default::default() };
    cache.increment(&Context::background(), request).await.unwrap()
}

#[tokio::test]
async fn no_increment_of_many_callers_is_lost() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let cache = cache.clone();
        calls.spawn(async move {
            let mut versions = Vec::new();
            for _ in 0..50 {
                versions.push(add(&cache, 3).await.version);
            }
            versions
        });
    }
    let mut versions: Vec<u64> = calls.join_all().await.concat();
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), 400, "each got a version of its own");
    assert_eq!(add(&cache, 0).await.value, 1_200);
    pair.stop().await;
}

#[tokio::test]
async fn a_write_that_is_sent_again_takes_effect_once() {
    let pair = Pair::start().await;
    let (cache, background) = (pair.cache_client(), Context::background());
    let add = |by| pb::IncrementRequest {
        key: "n".to_owned(),
        by,
        request_id: "id".to_owned(),
        ..Default::default()
    };
    let first = cache.increment(&background, add(5)).await.unwrap();
    assert_eq!(cache.increment(&background, add(5)).await.unwrap(), first);
    let other = cache.increment(&background, add(6)).await.unwrap_err();
    assert_eq!(other.rejection().unwrap().reason, "REQUEST_ID_REUSED");
    let set = |id: &str| pb::SetRequest { request_id: id.to_owned(), ..write("k") };
    let stored = cache.set(&background, set("set")).await.unwrap();
    assert_eq!(cache.set(&background, set("set")).await.unwrap(), stored);
    let expires_at = Some((std::time::SystemTime::now() + std::time::Duration::from_secs(60)).into());
    let dated = pb::SetRequest { expires_at, ..set("dated") };
    let stored = cache.set(&background, dated.clone()).await.unwrap();
    assert_eq!(
        cache.set(&background, dated).await.unwrap(),
        stored,
        "the date is the same, what is left is not"
    );
    let long = cache.set(&background, set(&"i".repeat(65))).await.unwrap_err();
    assert_eq!(long.rejection().unwrap().reason, "REQUEST_ID_BYTES_LIMIT");
    let remove =
        pb::DeleteRequest { key: "k".to_owned(), request_id: "gone".to_owned(), ..Default::default() };
    let deleted = cache.delete(&background, remove.clone()).await.unwrap();
    assert_eq!(cache.delete(&background, remove).await.unwrap(), deleted, "the retry hears what was done");
    pair.stop().await;
}
