//! What a server holds outlives it: after SIGTERM all of it, after SIGKILL the last snapshot that was whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

use crate::process::Process;

/// Entries of a generation, of [`BYTES`] each that nothing compresses, so that their snapshot is many blocks.
const ENTRIES: u32 = 100;
const BYTES: usize = 4_096;

async fn set(client: &CacheClient, key: &str, text: String) -> Result<u64, client::Error> {
    let body = pb::value::Body::Text(text);
    let value = Some(pb::Value { body: Some(body), content_type: String::new() });
    let request = pb::SetRequest { key: key.to_owned(), value, ..Default::default() };
    match client.set(&Context::background(), request).await?.outcome.unwrap() {
        pb::set_response::Outcome::Stored(stored) => Ok(stored.version),
        pb::set_response::Outcome::Conflict(conflict) => panic!("{conflict:?}"),
    }
}

async fn get(client: &CacheClient, key: &str) -> Option<(u64, String)> {
    let request = pb::GetRequest { namespace: String::new(), key: key.to_owned() };
    let pb::get_response::Outcome::Found(entry) =
        client.get(&Context::background(), request).await.unwrap().outcome.unwrap()
    else {
        return None;
    };
    match entry.value.unwrap().body.unwrap() {
        pb::value::Body::Text(text) => Some((entry.version, text)),
        pb::value::Body::Data(data) => panic!("{data:?}"),
    }
}

async fn take(client: &CacheClient) -> Result<pb::TakeSnapshotResponse, client::Error> {
    client.take_snapshot(&Context::background(), pb::TakeSnapshotRequest {}).await
}

/// Text of a generation: its number, and letters without a pattern.
fn body(generation: u32, entry: u32) -> String {
    let mut state = u64::from(generation * ENTRIES + entry) + 1;
    let letters = (0..BYTES).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'!' + (state % 90) as u8)
    });
    format!("{generation} {}", letters.collect::<String>())
}

async fn write_generation(client: &CacheClient, generation: u32) {
    let item = |entry| pb::SetRequest {
        key: format!("key {entry}"),
        value: Some(pb::Value {
            body: Some(pb::value::Body::Text(body(generation, entry))),
            content_type: String::new(),
        }),
        ..Default::default()
    };
    let request = pb::SetManyRequest { items: (0..ENTRIES).map(item).collect() };
    client.set_many(&Context::background(), request).await.unwrap();
}

/// The generation that the server holds; all entries are of one, and whole.
async fn generation(client: &CacheClient) -> u32 {
    let keys = (0..ENTRIES).map(|entry| format!("key {entry}")).collect();
    let request = pb::GetManyRequest { namespace: String::new(), keys };
    let answer = client.get_many(&Context::background(), request).await.unwrap();
    let bodies: Vec<String> = answer
        .items
        .into_iter()
        .map(|item| match item.outcome.unwrap() {
            pb::get_many_item::Outcome::Found(entry) => match entry.value.unwrap().body.unwrap() {
                pb::value::Body::Text(text) => text,
                pb::value::Body::Data(data) => panic!("{data:?}"),
            },
            other => panic!("{other:?}"),
        })
        .collect();
    let generation = bodies[0].split_once(' ').unwrap().0.parse().unwrap();
    for (entry, text) in (0..).zip(bodies) {
        assert_eq!(text, body(generation, entry));
    }
    generation
}

/// Waits until the snapshot that is being written has this many bytes, or is done.
async fn is_written_up_to(bytes: u64, unfinished: &Path) {
    while std::fs::metadata(unfinished).map_or(0, |file| file.len()) < bytes {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn after_50_kills_within_a_snapshot_the_next_start_has_the_last_good_one() {
    let scratch = tempfile::tempdir().unwrap();
    let (path, unfinished) = (scratch.path().join("snapshot"), scratch.path().join("snapshot.unfinished"));
    let server = Process::start(&path).await;
    write_generation(&server.client(), 0).await;
    let whole = take(&server.client()).await.unwrap().bytes;
    server.kill().await;
    let (mut last, mut is_certain, mut cut_off) = (0, true, 0);
    for round in 1..=50 {
        let server = Process::start(&path).await;
        let client = server.client();
        let now = generation(&client).await;
        // A snapshot that was acknowledged is there; one that was not may be, as a whole.
        assert!(now == round - 1 || (now == last && !is_certain), "round {round}: {now}, {last}");
        cut_off += u32::from(now != round - 1);
        last = now;
        write_generation(&client, round).await;
        is_certain = tokio::select! {
            taken = take(&client) => taken.is_ok(),
            () = is_written_up_to(u64::from(round % 10) * whole / 10 + 1, &unfinished) => false,
        };
        server.kill().await;
    }
    assert!(cut_off > 10, "{cut_off} snapshots were cut off");
    let names = std::fs::read_dir(scratch.path()).unwrap().map(|file| file.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("refused")));
}

#[tokio::test]
async fn what_was_acknowledged_before_sigterm_is_there_after_a_restart_under_load() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("snapshot");
    let server = Process::start(&path).await;
    let (client, written) = (server.client(), Arc::new(AtomicUsize::new(0)));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let (client, written) = (client.clone(), Arc::clone(&written));
        writers.spawn(async move {
            let mut acknowledged = BTreeMap::new();
            for number in 0_u64.. {
                let key = format!("{writer} {}", number % 500);
                match set(&client, &key, number.to_string()).await {
                    Ok(version) => acknowledged.insert(key, (version, number.to_string())),
                    Err(_drained) => break,
                };
                written.fetch_add(1, Ordering::Relaxed);
            }
            acknowledged
        });
    }
    while written.load(Ordering::Relaxed) < 1_000 {
        tokio::task::yield_now().await;
    }
    let (status, log) = server.terminate().await;
    assert!(status.success(), "{log:?}");
    let acknowledged: BTreeMap<_, _> = writers.join_all().await.into_iter().flatten().collect();
    let server = Process::start(&path).await;
    let client = server.client();
    let mut highest = 0;
    for (key, (version, text)) in acknowledged {
        let found = get(&client, &key).await.unwrap_or_else(|| panic!("{key} is lost"));
        // A write that was cut off without an answer may have taken effect.
        assert!(found == (version, text) || found.0 > version, "{key}");
        highest = highest.max(found.0);
    }
    assert!(set(&client, "next", String::new()).await.unwrap() > highest);
    server.kill().await;
}

#[tokio::test]
async fn an_entry_past_its_time_is_not_served_after_a_restart() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("snapshot");
    let server = Process::start(&path).await;
    let client = server.client();
    let value = Some(pb::Value { body: Some(pb::value::Body::Text("x".into())), ..Default::default() });
    for (key, ttl) in [("short", 1), ("long", 3_600_000)] {
        let ttl = prost_types::Duration::try_from(std::time::Duration::from_millis(ttl)).ok();
        let request = pb::SetRequest { key: key.to_owned(), value: value.clone(), ttl, ..Default::default() };
        client.set(&Context::background(), request).await.unwrap();
    }
    assert!(server.terminate().await.0.success());
    let server = Process::start(&path).await;
    let client = server.client();
    assert_eq!((get(&client, "short").await, get(&client, "long").await.is_some()), (None, true));
    server.kill().await;
}

#[tokio::test]
async fn a_bad_file_is_kept_aside_with_a_clear_word_in_the_log_and_the_server_starts_empty() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("snapshot");
    for (number, text) in [(1, "this is not a snapshot of ours"), (2, "rust-cache")] {
        std::fs::write(&path, text).unwrap();
        let server = Process::start(&path).await;
        let reason = if number == 1 { "SNAPSHOT_FOREIGN" } else { "SNAPSHOT_TORN" };
        let line = server.began.iter().find(|line| line.contains("snapshot refused")).unwrap();
        assert!(line.contains(reason) && line.contains("\"ERROR\""), "{line}");
        assert_eq!(get(&server.client(), "key").await, None);
        server.kill().await;
        let aside = scratch.path().join(format!("snapshot.refused-{number}"));
        assert_eq!(std::fs::read(aside).unwrap(), text.as_bytes());
        assert!(!path.exists());
    }
}

/// Adds one under an id.
async fn add(client: &CacheClient, key: &str, number: u64) -> Result<i64, client::Error> {
    let request_id = format!("{key} {number}");
    let request = pb::IncrementRequest { key: key.to_owned(), by: 1, request_id, ..Default::default() };
    Ok(client.increment(&Context::background(), request).await?.value)
}

#[tokio::test]
async fn an_increment_that_a_restart_cut_off_counts_once_when_it_is_sent_again() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("snapshot");
    let server = Process::start(&path).await;
    let (client, done) = (server.client(), Arc::new(AtomicUsize::new(0)));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let (client, done) = (client.clone(), Arc::clone(&done));
        writers.spawn(async move {
            let (key, mut number) = (format!("counter {writer}"), 1);
            while add(&client, &key, number).await.is_ok() {
                number += 1;
                done.fetch_add(1, Ordering::Relaxed);
            }
            (key, number)
        });
    }
    while done.load(Ordering::Relaxed) < 400 {
        tokio::task::yield_now().await;
    }
    assert!(server.terminate().await.0.success());
    let server = Process::start(&path).await;
    let client = server.client();
    for (key, unanswered) in writers.join_all().await {
        let answered_before = unanswered - 1;
        assert_eq!(add(&client, &key, answered_before).await.unwrap(), answered_before as i64);
        assert_eq!(add(&client, &key, unanswered).await.unwrap(), unanswered as i64, "once, and no more");
    }
    server.kill().await;
}
