//! Watches over gRPC and REST: every event once and in order, over a kill and a resume; told what is lost; ended typed.

use std::net::SocketAddr;
use std::time::Duration;

use client::{Answers, CacheClient, NearCache, NearConfig};
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use pb::watch_request::Filter;
use testkit::{Pair, PairConfig};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;

fn background() -> Context {
    Context::background()
}

async fn set(cache: &CacheClient, key: &str, text: &str) -> u64 {
    let value = Some(pb::Value { body: Some(pb::value::Body::Text(text.to_owned())), ..Default::default() });
    let request = pb::SetRequest { key: key.to_owned(), value, ..Default::default() };
    match cache.set(&background(), request).await.unwrap().outcome {
        Some(pb::set_response::Outcome::Stored(stored)) => stored.version,
        other => panic!("{other:?}"),
    }
}

async fn delete(cache: &CacheClient, key: &str) {
    let request = pb::DeleteRequest { key: key.to_owned(), ..Default::default() };
    cache.delete(&background(), request).await.unwrap();
}

async fn invalidate(cache: &CacheClient) {
    let scope = Some(pb::invalidate_tags_request::Scope::All(pb::All {}));
    let request = pb::InvalidateTagsRequest { namespace: String::new(), scope };
    cache.invalidate_tags(&background(), request).await.unwrap();
}

/// A watch that has begun.
async fn watch(cache: &CacheClient, request: pb::WatchRequest) -> Answers<pb::WatchResponse> {
    let mut answers = cache.watch(&background(), request).await.unwrap();
    let first = answers.next().await.unwrap().unwrap();
    assert!(first.events.is_empty() && first.discontinuity.is_none() && first.sequence > 0);
    answers
}

/// The next `count` events, and the sequence to resume from.
async fn events(answers: &mut Answers<pb::WatchResponse>, count: usize) -> (Vec<pb::Event>, u64) {
    let (mut all, mut sequence) = (Vec::new(), 0);
    while all.len() < count {
        let response = answers.next().await.unwrap().unwrap();
        assert_eq!(response.discontinuity, None);
        sequence = response.sequence;
        all.extend(response.events);
    }
    assert_eq!(all.len(), count, "{all:?}");
    (all, sequence)
}

fn brief(events: &[pb::Event]) -> Vec<(pb::EventKind, &str)> {
    events.iter().map(|event| (event.kind(), event.key.as_str())).collect()
}

async fn reason(cache: &CacheClient, request: pb::WatchRequest) -> String {
    cache.watch(&background(), request).await.unwrap_err().rejection().unwrap().reason
}

#[tokio::test]
async fn a_watcher_that_is_killed_resumes_without_a_gap() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let prefix = || Some(Filter::Prefix("user:".to_owned()));
    let mut answers = watch(&cache, pb::WatchRequest { filter: prefix(), ..Default::default() }).await;
    let version = set(&cache, "user:1", "a").await;
    set(&cache, "page:1", "a").await;
    delete(&cache, "user:1").await;
    let (told, sequence) = events(&mut answers, 2).await;
    assert_eq!(brief(&told), [(pb::EventKind::Set, "user:1"), (pb::EventKind::Deleted, "user:1")]);
    assert_eq!([told[0].version, told[1].version], [version; 2]);
    assert_eq!(told[1].sequence, told[0].sequence + 2, "the event of page:1 has a number, too");
    drop(answers);
    for number in 0..1_000 {
        set(&cache, &format!("user:{number}"), "b").await;
    }
    invalidate(&cache).await;
    let request = pb::WatchRequest { filter: prefix(), resume_from: Some(sequence), ..Default::default() };
    let mut answers = watch(&cache, request).await;
    let (told, _) = events(&mut answers, 1_001).await;
    let keys: Vec<String> = told[..1_000].iter().map(|event| event.key.clone()).collect();
    assert_eq!(keys, (0..1_000).map(|number| format!("user:{number}")).collect::<Vec<_>>());
    assert_eq!((told[1_000].kind(), told[1_000].key.as_str()), (pb::EventKind::Invalidated, ""));
    drop(answers);
    pair.stop().await;
}

#[tokio::test]
async fn a_watcher_is_told_what_it_lost() {
    let mut config = PairConfig::default();
    config.cache.watch.log_events = 10;
    let pair = Pair::start_with(config).await;
    let cache = pair.cache_client();
    let mut answers = watch(&cache, pb::WatchRequest::default()).await;
    set(&cache, "k", "0").await;
    let (_, sequence) = events(&mut answers, 1).await;
    drop(answers);
    for _ in 0..11 {
        set(&cache, "k", "1").await;
    }
    for resume_from in [Some(sequence), Some(1), Some(u64::MAX)] {
        let request = pb::WatchRequest { resume_from, ..Default::default() };
        let mut answers = cache.watch(&background(), request).await.unwrap();
        answers.next().await.unwrap().unwrap();
        let lost = answers.next().await.unwrap().unwrap().discontinuity.unwrap();
        assert_eq!(lost.from, resume_from.unwrap().saturating_add(1));
        set(&cache, "k", "2").await;
        let (told, _) = events(&mut answers, 1).await;
        assert!(told[0].sequence >= lost.to);
    }
    pair.stop().await;
}

#[tokio::test]
async fn a_watch_is_refused_with_its_reason() {
    let mut config = PairConfig::default();
    config.cache.watch.max_watchers = 1;
    let pair = Pair::start_with(config).await;
    let cache = pair.cache_client();
    let keys = |count: usize| {
        Some(Filter::Keys(pb::WatchKeys { keys: (0..count).map(|number| number.to_string()).collect() }))
    };
    let tags = |names: &[&str]| {
        Some(Filter::Tags(pb::WatchTags { names: names.iter().map(|name| (*name).to_owned()).collect() }))
    };
    let check = async |filter, expected: &str| {
        assert_eq!(reason(&cache, pb::WatchRequest { filter, ..Default::default() }).await, expected);
    };
    check(keys(0), "FILTER_EMPTY").await;
    check(keys(257), "WATCH_KEYS_LIMIT").await;
    check(tags(&[]), "FILTER_EMPTY").await;
    check(tags(&[""]), "TAG_BYTES_LIMIT").await;
    check(tags(&["t"; 17]), "TAGS_LIMIT").await;
    check(Some(Filter::Prefix("p".repeat(1_025))), "KEY_BYTES_LIMIT").await;
    let nowhere = pb::WatchRequest { namespace: "nowhere".to_owned(), ..Default::default() };
    assert_eq!(reason(&cache, nowhere).await, "NAMESPACE_NOT_FOUND");
    let hurried = prost_types::Duration { seconds: 0, nanos: 999_999_999 };
    let hurried = pb::WatchRequest { heartbeat: Some(hurried), ..Default::default() };
    assert_eq!(reason(&cache, hurried).await, "HEARTBEAT_INVALID");
    let _first = watch(&cache, pb::WatchRequest { filter: keys(256), ..Default::default() }).await;
    check(None, "WATCHERS_LIMIT").await;
    pair.stop().await;
}

#[tokio::test]
async fn a_watch_is_heard_of_and_ends_typed_at_a_drain() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let heartbeat = Some(prost_types::Duration { seconds: 1, nanos: 0 });
    let mut answers = watch(&cache, pb::WatchRequest { heartbeat, ..Default::default() }).await;
    let alive = answers.next().await.unwrap().unwrap();
    assert!(alive.events.is_empty() && alive.discontinuity.is_none());
    pair.stop().await;
    let ended = loop {
        match answers.next().await.unwrap() {
            Ok(_heartbeat) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(ended, client::Error::Unavailable { .. }), "{ended:?}");
    assert!(ended.to_string().contains("shutting down"), "{ended}");
}

/// Many watchers of one prefix, who are woken in batches.
#[tokio::test]
async fn a_thousand_watchers_are_all_told() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let mut all = Vec::new();
    for _ in 0..1_000 {
        all.push(watch(&cache, pb::WatchRequest::default()).await);
    }
    for round in 0..3 {
        let version = set(&cache, "k", &round.to_string()).await;
        for answers in &mut all {
            let (told, _) = events(answers, 1).await;
            assert_eq!(told[0].version, version);
        }
    }
    pair.stop().await;
}

#[tokio::test]
async fn a_near_cache_does_not_serve_what_it_was_told_is_gone() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let near = NearCache::new(cache.clone(), NearConfig::default());
    near.coherent().await;
    let text = async || match near.get(&background(), "k").await.unwrap() {
        Some(entry) => match entry.value.as_ref().unwrap().body.as_ref().unwrap() {
            pb::value::Body::Text(text) => text.clone(),
            other @ pb::value::Body::Data(_) => panic!("{other:?}"),
        },
        None => String::new(),
    };
    for round in 0..100 {
        let round = round.to_string();
        set(&cache, "k", &round).await;
        // The write is here before its event is; then nothing older comes any more.
        while text().await != round {}
        for _ in 0..20 {
            assert_eq!(text().await, round);
        }
    }
    let stats = near.stats();
    assert!(stats.hits > 1_000 && stats.hit_ratio() > 0.5, "{stats:?}");
    invalidate(&cache).await;
    while !text().await.is_empty() {}
    let written = pb::SetRequest {
        key: "k".to_owned(),
        value: Some(pb::Value { body: Some(pb::value::Body::Text("own".to_owned())), ..Default::default() }),
        ..Default::default()
    };
    near.set(&background(), written).await.unwrap();
    assert_eq!(text().await, "own", "it reads what it wrote");
    near.delete(&background(), pb::DeleteRequest { key: "k".to_owned(), ..Default::default() })
        .await
        .unwrap();
    assert_eq!(text().await, "");
    pair.stop().await;
}

#[tokio::test]
async fn a_near_cache_is_empty_when_its_watch_is_lost() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let near = NearCache::new(cache.clone(), NearConfig::default());
    near.coherent().await;
    set(&cache, "k", "v").await;
    while near.peek("k").is_none() {
        near.get(&background(), "k").await.unwrap();
    }
    pair.stop().await;
    while near.peek("k").is_some() {
        tokio::task::yield_now().await;
    }
    assert_eq!(near.stats().entries, 0);
    near.get(&background(), "k").await.unwrap_err();
}

type Stream = Lines<BufReader<TcpStream>>;

/// Sends a request for server-sent events and reads to the end of the head.
async fn open(address: SocketAddr, path: &str, headers: &str) -> (String, Stream) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut lines, mut head) = (BufReader::new(stream).lines(), String::new());
    loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if line.is_empty() {
            return (head, lines);
        }
        head = head + &line + "\n";
    }
}

/// Head of the answer to a request of the docs, and its lines up to the one that holds `awaited`.
pub(crate) async fn beginning(pair: &Pair, request: &str, awaited: &str) -> (String, String) {
    let path = format!("/v1/namespaces/default{request}");
    let (head, mut lines) = open(pair.cache.address, &path, "connection: close\r\n").await;
    let mut begins = String::new();
    while !begins.contains(awaited)
        && begins.lines().count() < 20
        && let Some(line) = lines.next_line().await.unwrap()
    {
        begins = begins + &line + "\n";
    }
    (head, begins)
}

/// The next line that begins with `start`, without it.
async fn after(lines: &mut Stream, start: &str) -> String {
    loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some(rest) = line.strip_prefix(start) {
            return rest.to_owned();
        }
    }
}

#[tokio::test]
async fn a_browser_gets_server_sent_events_and_comes_back_where_it_was() {
    let pair = Pair::start().await;
    let (cache, path) = (pair.cache_client(), "/v1/namespaces/default/watch?key=a&key=b");
    let (head, mut lines) = open(pair.cache.address, path, "").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-type: text/event-stream"), "{head}");
    let begins: u64 = after(&mut lines, "id: ").await.parse().unwrap();
    let version = set(&cache, "b", "v").await;
    set(&cache, "c", "v").await;
    assert_eq!(after(&mut lines, "id: ").await, (begins + 1).to_string());
    assert_eq!(after(&mut lines, "event: ").await, "set");
    let data = after(&mut lines, "data: ").await;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!((&data["key"], &data["version"]), (&"b".into(), &version.into()));
    drop(lines);
    delete(&cache, "b").await;
    let last = format!("last-event-id: {}\r\n", begins + 1);
    let (_, mut lines) = open(pair.cache.address, path, &last).await;
    assert_eq!(after(&mut lines, "event: ").await, "deleted");
    let (_, mut lost) = open(pair.cache.address, path, "last-event-id: 5\r\n").await;
    assert_eq!(after(&mut lost, "event: ").await, "discontinuity");
    let (head, _) = open(pair.cache.address, "/v1/namespaces/default/watch?color=red", "").await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    tokio::join!(pair.stop(), async {
        assert_eq!(after(&mut lines, "event: ").await, "error");
        assert!(after(&mut lines, "data: ").await.contains("DRAINING"));
    });
}

/// What a near cache would do if the server died without a word is in the units of the map; here it starts anew.
#[tokio::test]
async fn a_near_cache_watches_again_after_a_restart() {
    let pair = Pair::start().await;
    let address = pair.cache.address;
    let cache = pair.cache_client();
    let near = NearCache::new(cache.clone(), NearConfig::default());
    near.coherent().await;
    pair.cache.stop().await;
    let listener = chassis::listen(address).unwrap();
    let again = testkit::start_cache(rust_cache_server::Config::default(), listener);
    let value = Some(pb::Value { body: Some(pb::value::Body::Text("v".to_owned())), ..Default::default() });
    let request = pb::SetRequest { key: "k".to_owned(), value, ..Default::default() };
    let found = tokio::time::timeout(Duration::from_secs(30), async {
        while near.peek("k").is_none() {
            near.coherent().await;
            // The first calls may meet the connections of the server that is gone.
            let _lost = cache.set(&background(), request.clone()).await;
            let _lost = near.get(&background(), "k").await;
        }
    });
    found.await.unwrap();
    drop(near);
    again.stop().await;
    pair.json.stop().await;
}
