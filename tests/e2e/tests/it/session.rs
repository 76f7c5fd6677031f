//! Session: operations by the frame, answered in their order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use client::{CacheClient, Error};
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use pb::operation::Operation;
use pb::operation_result::Result as Outcome;
use testkit::{Pair, PairConfig};
use tokio::task::JoinSet;

use crate::docs::session_rows;
use crate::http1::send;

fn operation(operation: Operation) -> pb::Operation {
    pb::Operation { operation: Some(operation) }
}

fn get(key: &str) -> pb::Operation {
    operation(Operation::Get(pb::GetRequest { namespace: String::new(), key: key.to_owned() }))
}

fn set(key: &str, bytes: usize) -> pb::Operation {
    let body = Some(pb::value::Body::Data(vec![b'v'; bytes].into()));
    let value = Some(pb::Value { body, content_type: String::new() });
    operation(Operation::Set(pb::SetRequest { key: key.to_owned(), value, ..Default::default() }))
}

fn add(key: &str) -> pb::Operation {
    operation(Operation::Increment(pb::IncrementRequest { key: key.to_owned(), by: 1, ..Default::default() }))
}

/// One word a result.
fn brief(results: &[pb::OperationResult]) -> Vec<String> {
    let word = |result: &pb::OperationResult| match result.result.as_ref().unwrap() {
        Outcome::Get(pb::GetResponse { outcome: Some(pb::get_response::Outcome::Found(_)) }) => {
            "found".to_owned()
        }
        Outcome::Get(_) => "missing".to_owned(),
        Outcome::Increment(counter) => counter.value.to_string(),
        Outcome::Failed(failed) => failed.reason.clone(),
        Outcome::Set(_) | Outcome::Delete(_) | Outcome::Touch(_) | Outcome::InvalidateTags(_) => {
            "done".to_owned()
        }
    };
    results.iter().map(word).collect()
}

/// Sends one frame over a session of its own.
async fn frame(
    cache: &CacheClient,
    operations: Vec<pb::Operation>,
) -> Result<Vec<pb::OperationResult>, Error> {
    let (frames, mut answers) = cache.session(&Context::background()).await?;
    frames.send(operations).await.unwrap();
    let results = answers.next().await.expect("a frame is answered")?.results;
    drop(frames);
    assert!(answers.next().await.is_none());
    Ok(results)
}

fn reason<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    outcome.unwrap_err().rejection().expect("the server said why").reason
}

#[tokio::test]
async fn every_operation_of_the_docs_gives_the_result_they_say() {
    let pair = Pair::start().await;
    let (frames, mut answers) = pair.cache_client().session(&Context::background()).await.unwrap();
    for row in session_rows() {
        let [text, part] = &row[..] else { panic!("{row:?}") };
        let operation = client::json_mapping::decode("rustcache.v1.Operation", text.as_bytes()).unwrap();
        frames.send(vec![operation]).await.unwrap();
        let results = answers.next().await.unwrap().unwrap().results;
        let line = client::json_mapping::encode("rustcache.v1.OperationResult", &results[0]).unwrap();
        assert!(line.contains(part), "{text}: {part} in {line}");
    }
    drop(frames);
    pair.stop().await;
}

#[tokio::test]
async fn frames_are_answered_in_their_order_and_see_those_before_them() {
    let pair = Pair::start().await;
    let (frames, mut answers) = pair.cache_client().session(&Context::background()).await.unwrap();
    let sending = async move {
        for _ in 0..500 {
            frames.send(vec![add("n"), get("n"), get(""), add("n")]).await.unwrap();
        }
    };
    let receiving = async {
        for number in 0..500 {
            let results = answers.next().await.unwrap().unwrap().results;
            let (first, second) = (2 * number + 1, 2 * number + 2);
            let expected =
                [first.to_string(), "found".to_owned(), "KEY_EMPTY".to_owned(), second.to_string()];
            assert_eq!(brief(&results), expected);
        }
        assert!(answers.next().await.is_none());
    };
    tokio::join!(sending, receiving);
    pair.stop().await;
}

#[tokio::test]
async fn a_failure_says_what_its_rpc_alone_would_say() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let long = "k".repeat(1_025);
    let results = frame(&cache, vec![get(&long), get("k")]).await.unwrap();
    let Some(Outcome::Failed(failed)) = &results[0].result else { panic!("{results:?}") };
    let request = pb::GetRequest { namespace: String::new(), key: long };
    let alone = cache.get(&Context::background(), request).await.unwrap_err().rejection().unwrap();
    let expected = (alone.reason.as_str(), alone.message.as_str(), i32::from(alone.code));
    assert_eq!((failed.reason.as_str(), failed.message.as_str(), failed.code), expected);
    assert_eq!(brief(&results), ["KEY_BYTES_LIMIT", "missing"]);
    assert_eq!(frame(&cache, Vec::new()).await.unwrap(), [], "none is answered by none");
    pair.stop().await;
}

#[tokio::test]
async fn a_frame_one_past_its_limit_ends_the_session_and_does_nothing() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    assert_eq!(frame(&cache, vec![add("n"); 1_000]).await.unwrap().len(), 1_000);
    assert_eq!(reason(frame(&cache, vec![add("n"); 1_001]).await), "SESSION_OPERATIONS_LIMIT");
    assert_eq!(brief(&frame(&cache, vec![add("n")]).await.unwrap()), ["1001"]);
    assert_eq!(reason(frame(&cache, vec![set("k", 4 << 20), set("k", 1 << 20)]).await), "INPUT_BYTES_LIMIT");
    pair.stop().await;
}

#[tokio::test]
async fn entries_that_do_not_fit_into_an_answer_fail_alone() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    frame(&cache, vec![set("large", 3 << 20), set("small", 1_000)]).await.unwrap();
    let results = frame(&cache, vec![get("large"), get("large"), get("small")]).await.unwrap();
    assert_eq!(brief(&results), ["found", "OUTPUT_TOO_LARGE", "found"]);
    frame(&cache, vec![set("large", 4 << 20)]).await.unwrap();
    assert_eq!(brief(&frame(&cache, vec![get("large")]).await.unwrap()), ["found"]);
    pair.stop().await;
}

#[tokio::test]
async fn one_session_too_many_is_refused_until_another_ends() {
    let mut config = PairConfig::default();
    config.cache.session.max_sessions = 1;
    let pair = Pair::start_with(config).await;
    let (cache, background) = (pair.cache_client(), Context::background());
    let (frames, mut answers) = cache.session(&background).await.unwrap();
    let metrics = send(pair.cache.admin, "GET", "/metrics", &[], b"").await;
    assert!(metrics.text().contains("\nsessions "), "{}", metrics.text());
    assert_eq!(reason(cache.session(&background).await), "SESSIONS_LIMIT");
    drop(frames);
    assert!(answers.next().await.is_none());
    // Its end and its place are given up together, at the server.
    frame(&cache, vec![get("k")]).await.unwrap();
    pair.stop().await;
}

#[tokio::test]
async fn a_caller_that_takes_no_answers_is_not_read_any_further() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    frame(&cache, vec![set("k", 1 << 20)]).await.unwrap();
    let (frames, mut answers) = cache.session(&Context::background()).await.unwrap();
    let sent = Arc::new(AtomicUsize::new(0));
    let mut sending = JoinSet::new();
    sending.spawn({
        let sent = Arc::clone(&sent);
        async move {
            for _ in 0..200 {
                frames.send(vec![add("n"), get("k"), set("padding", 100_000)]).await.unwrap();
                sent.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    for number in 1..=200 {
        let results = answers.next().await.unwrap().unwrap().results;
        assert_eq!(brief(&results)[0], number.to_string());
        // Windows hold 1 MiB of frames and a few answers of 1 MiB; the whole is 20 MB and 200 MB.
        let ahead = sent.load(Ordering::SeqCst).saturating_sub(number);
        assert!(ahead < 60, "{ahead} frames are on their way");
    }
    sending.join_all().await;
    assert!(answers.next().await.is_none());
    pair.stop().await;
}

#[tokio::test]
async fn a_drain_ends_a_session_with_a_status_after_what_was_begun() {
    let pair = Pair::start().await;
    let (frames, mut answers) = pair.cache_client().session(&Context::background()).await.unwrap();
    frames.send(vec![add("n")]).await.unwrap();
    assert_eq!(brief(&answers.next().await.unwrap().unwrap().results), ["1"]);
    let mut stopping = JoinSet::new();
    stopping.spawn(pair.stop());
    let error = answers.next().await.unwrap().unwrap_err();
    assert!(
        matches!(&error, Error::Unavailable { message, .. } if message.contains("shutting down")),
        "{error:?}"
    );
    assert!(answers.next().await.is_none());
    stopping.join_all().await;
}

#[tokio::test]
async fn operations_of_a_frame_are_counted_as_calls_and_the_frame_as_one() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    frame(&cache, vec![get("a"), set("a", 1), get("a"), get("a")]).await.unwrap();
    cache
        .get(&Context::background(), pb::GetRequest { key: "a".to_owned(), ..Default::default() })
        .await
        .unwrap();
    let stats = cache.stats(&Context::background(), pb::StatsRequest::default()).await.unwrap();
    let calls = |name: &str| stats.operations.iter().find(|row| row.operation == name).map(|row| row.calls);
    assert_eq!(
        (calls("Get"), calls("Set"), calls("Session"), calls("Touch")),
        (Some(4), Some(1), Some(1), None)
    );
    pair.stop().await;
}
