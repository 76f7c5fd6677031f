//! Scans over gRPC, while others write, and from the command line's point of view: dump and load.

use std::collections::BTreeMap;

use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use testkit::Pair;

async fn put(cache: &CacheClient, key: &str, tags: &[&str]) {
    let body = Some(pb::value::Body::Text("v".to_owned()));
    let request = pb::SetRequest {
        key: key.to_owned(),
        value: Some(pb::Value { body, content_type: "text/plain".to_owned() }),
        ttl: Some(prost_types::Duration { seconds: 60, nanos: 0 }),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        ..Default::default()
    };
    cache.set(&Context::background(), request).await.unwrap();
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, client::Error>) -> String {
    answer.unwrap_err().rejection().unwrap().reason
}

#[tokio::test]
async fn what_is_there_all_along_is_listed_once_while_others_write() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    for number in 0..500 {
        put(&cache, &format!("stays-{number}"), &[]).await;
    }
    let mut request = pb::ScanRequest { page_size: Some(37), ..Default::default() };
    let mut times = BTreeMap::<String, u32>::new();
    for number in 0.. {
        let page = cache.scan(&Context::background(), request.clone()).await.unwrap();
        page.entries.into_iter().for_each(|entry| *times.entry(entry.key).or_default() += 1);
        if page.next_cursor.is_empty() {
            break;
        }
        request.cursor = page.next_cursor;
        put(&cache, &format!("stays-{number}"), &["again"]).await;
        put(&cache, &format!("comes-{number}"), &[]).await;
    }
    assert!((0..500).all(|number| times[&format!("stays-{number}")] == 1), "{times:?}");
    pair.stop().await;
}

#[tokio::test]
async fn an_entry_is_listed_with_all_but_its_value() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    put(&cache, "a", &["red", "blue"]).await;
    put(&cache, "b", &["blue"]).await;
    let request = pb::ScanRequest { tag: "red".to_owned(), ..Default::default() };
    let page = cache.scan(&Context::background(), request).await.unwrap();
    let [entry] = &page.entries[..] else { panic!("{page:?}") };
    assert_eq!((entry.key.as_str(), entry.value_bytes, entry.content_type.as_str()), ("a", 1, "text/plain"));
    assert_eq!(entry.tags, ["blue", "red"]);
    assert!(entry.version > 0 && entry.ttl.unwrap().seconds >= 50);
    pair.stop().await;
}

#[tokio::test]
async fn a_scan_that_cannot_be_says_why() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    for number in 0..20 {
        put(&cache, &format!("k{number}"), &[]).await;
    }
    let scan = async |request| cache.scan(&Context::background(), request).await;
    let first = pb::ScanRequest { page_size: Some(5), ..Default::default() };
    let cursor = scan(first.clone()).await.unwrap().next_cursor;
    let other = pb::ScanRequest { prefix: "k1".to_owned(), cursor, ..first.clone() };
    let garbage = pb::ScanRequest { cursor: "c".repeat(3_000), ..first.clone() };
    for (request, reason) in [
        (other, "CURSOR_INVALID"),
        (garbage, "CURSOR_INVALID"),
        (pb::ScanRequest { page_size: Some(0), ..first.clone() }, "PAGE_SIZE_LIMIT"),
        (pb::ScanRequest { page_size: Some(1_001), ..first.clone() }, "PAGE_SIZE_LIMIT"),
        (pb::ScanRequest { prefix: "p".repeat(1_025), ..first.clone() }, "KEY_BYTES_LIMIT"),
        (pb::ScanRequest { tag: "t".repeat(129), ..first.clone() }, "TAG_BYTES_LIMIT"),
        (pb::ScanRequest { namespace: "nowhere".to_owned(), ..first.clone() }, "NAMESPACE_NOT_FOUND"),
    ] {
        assert_eq!(refusal(scan(request).await), reason);
    }
    assert_eq!(scan(pb::ScanRequest { page_size: Some(1_000), ..first }).await.unwrap().entries.len(), 20);
    pair.stop().await;
}
