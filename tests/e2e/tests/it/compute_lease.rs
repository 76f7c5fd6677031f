//! GetOrCompute by lease: one caller computes for all.

use std::time::Duration;

use client::{CacheClient, pb};
use context::{Context, Deadline};
use pb::complete_lease_request::Result as Outcome;
use testkit::Pair;
use tokio::task::JoinSet;

/// A call that may take long.
fn patient() -> Context {
    Context { deadline: Some(Deadline::after(Duration::from_secs(30))), ..Context::background() }
}

fn millis(millis: i32) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: 0, nanos: millis * 1_000_000 })
}

fn wish(key: &str, lease: pb::ComputeByLease) -> pb::GetOrComputeRequest {
    pb::GetOrComputeRequest { key: key.to_owned(), lease: Some(lease), ..Default::default() }
}

async fn get(cache: &CacheClient, lease: pb::ComputeByLease) -> Result<pb::GetOrComputeResponse, String> {
    let answer = cache.get_or_compute(&patient(), wish("k", lease)).await;
    answer.map_err(|error| error.rejection().unwrap().reason)
}

/// The lease of a key that nobody else computes.
async fn lease(cache: &CacheClient) -> pb::ComputeLease {
    get(cache, pb::ComputeByLease::default()).await.unwrap().lease.unwrap()
}

fn value(text: &str) -> Outcome {
    let body = Some(pb::value::Body::Text(text.to_owned()));
    Outcome::Value(pb::Value { body, content_type: String::new() })
}

async fn complete(cache: &CacheClient, token: u64, result: Outcome) -> Result<(), String> {
    let result = Some(result);
    let request = pb::CompleteLeaseRequest { key: "k".to_owned(), token, result, ..Default::default() };
    let answer = cache.complete_lease(&patient(), request).await;
    answer.map(|_| ()).map_err(|error| error.rejection().unwrap().reason)
}

fn written(text: &str) -> pb::SetRequest {
    let body = Some(pb::value::Body::Text(text.to_owned()));
    let value = Some(pb::Value { body, content_type: String::new() });
    pb::SetRequest { key: "k".to_owned(), value, ..Default::default() }
}

fn text(response: &pb::GetOrComputeResponse) -> &str {
    match response.entry.as_ref().unwrap().value.as_ref().unwrap().body.as_ref().unwrap() {
        pb::value::Body::Text(text) => text,
        other @ pb::value::Body::Data(_) => panic!("{other:?}"),
    }
}

/// A caller as it should be: takes what is there, or computes and says what came of it. Tells whether it computed.
async fn caller(cache: CacheClient) -> bool {
    let response = get(&cache, pb::ComputeByLease::default()).await.unwrap();
    let Some(lease) = response.lease else {
        assert_eq!(text(&response), "computed");
        return false;
    };
    complete(&cache, lease.token, value("computed")).await.unwrap();
    true
}

async fn check_computed_once(pair: &Pair) {
    // Those who wait hold streams of a connection; several clients leave room for the one who completes.
    let clients: Vec<CacheClient> = (0..16).map(|_| pair.cache_client()).collect();
    let mut callers = JoinSet::new();
    for number in 0..1_000 {
        callers.spawn(caller(clients[number % clients.len()].clone()));
    }
    let computed = callers.join_all().await.into_iter().filter(|computed| *computed).count();
    assert_eq!(computed, 1);
}

#[tokio::test]
async fn a_thousand_callers_on_a_cold_key_compute_once() {
    let pair = Pair::start().await;
    check_computed_once(&pair).await;
    pair.stop().await;
}

#[tokio::test]
async fn a_thousand_callers_compute_once_also_when_the_first_dies() {
    let pair = Pair::start().await;
    let short = pb::ComputeByLease { ttl: millis(50), wait: None };
    let dead = get(&pair.cache_client(), short).await.unwrap();
    assert!(dead.lease.is_some());
    check_computed_once(&pair).await;
    pair.stop().await;
}

#[tokio::test]
async fn a_result_that_comes_too_late_is_refused() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let short = pb::ComputeByLease { ttl: millis(50), wait: None };
    let slow = get(&cache, short).await.unwrap().lease.unwrap();
    let next = lease(&cache).await; // after a wait, since the slow one has not said that it is
    assert!(next.token > slow.token);
    assert_eq!(complete(&cache, slow.token, value("late")).await, Err("LEASE_LOST".to_owned()));
    complete(&cache, next.token, value("good")).await.unwrap();
    assert_eq!(complete(&cache, next.token, value("again")).await, Err("LEASE_LOST".to_owned()));
    let found = get(&cache, pb::ComputeByLease::default()).await.unwrap();
    assert_eq!((text(&found), found.source()), ("good", pb::ComputeSource::Cache));
    pair.stop().await;
}

#[tokio::test]
async fn whoever_does_not_wait_learns_that_another_one_computes() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let held = lease(&cache).await;
    let impatient = pb::ComputeByLease { ttl: None, wait: millis(0) };
    let answer = get(&cache, impatient).await.unwrap();
    assert!(answer.computing.is_some() && answer.lease.is_none() && answer.entry.is_none(), "{answer:?}");
    complete(&cache, held.token, value("v")).await.unwrap();
    pair.stop().await;
}

#[tokio::test]
async fn a_failure_is_told_to_those_who_wait_and_the_next_one_computes() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let held = lease(&cache).await;
    let mut waiting = JoinSet::new();
    let waiter = cache.clone();
    waiting.spawn(async move { get(&waiter, pb::ComputeByLease::default()).await });
    let failed = pb::ComputedFailed { message: "no database".to_owned() };
    complete(&cache, held.token, Outcome::Failed(failed)).await.unwrap();
    match waiting.join_next().await.unwrap().unwrap() {
        Err(reason) => assert_eq!(reason, "COMPUTATION_FAILED"),
        Ok(response) => assert!(response.lease.is_some(), "it came after the failure: {response:?}"),
    }
    pair.stop().await;
}

#[tokio::test]
async fn that_there_is_nothing_is_remembered_when_asked() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let missing = |missing_for| Outcome::Missing(pb::ComputedMissing { missing_for });
    complete(&cache, lease(&cache).await.token, missing(None)).await.unwrap();
    let hour = Some(prost_types::Duration { seconds: 3_600, nanos: 0 });
    let next = lease(&cache).await; // nothing was remembered
    assert_eq!(complete(&cache, next.token, missing(millis(0))).await, Err("TTL_INVALID".to_owned()));
    complete(&cache, next.token, missing(hour)).await.unwrap();
    let known = get(&cache, pb::ComputeByLease::default()).await.unwrap();
    assert!(known.missing.is_some() && known.lease.is_none(), "{known:?}");
    cache.set(&patient(), written("written")).await.unwrap();
    assert_eq!(text(&get(&cache, pb::ComputeByLease::default()).await.unwrap()), "written");
    pair.stop().await;
}

#[tokio::test]
async fn a_stale_entry_is_served_while_one_caller_refreshes_it() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let fresh_for = Some(prost_types::Duration { seconds: 0, nanos: 1 });
    cache.set(&patient(), pb::SetRequest { fresh_for, ..written("old") }).await.unwrap();
    let first = get(&cache, pb::ComputeByLease::default()).await.unwrap();
    assert_eq!((text(&first), first.source()), ("old", pb::ComputeSource::Leased));
    let second = get(&cache, pb::ComputeByLease::default()).await.unwrap();
    assert_eq!((text(&second), second.lease), ("old", None));
    complete(&cache, first.lease.unwrap().token, value("new")).await.unwrap();
    assert_eq!(text(&get(&cache, pb::ComputeByLease::default()).await.unwrap()), "new");
    pair.stop().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_the_lease_is_gone() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let long = pb::ComputeByLease { ttl: Some(prost_types::Duration { seconds: 61, nanos: 0 }), wait: None };
    assert_eq!(get(&cache, long).await.unwrap_err(), "LEASE_TTL_INVALID");
    let both = pb::GetOrComputeRequest {
        recipe: Some(Default::default()),
        ..wish("k", pb::ComputeByLease::default())
    };
    let refused = cache.get_or_compute(&patient(), both).await.unwrap_err().rejection().unwrap();
    assert_eq!(refused.reason, "COMPUTATION_AMBIGUOUS");
    let held = lease(&cache).await;
    let nothing = pb::CompleteLeaseRequest { key: "k".to_owned(), token: held.token, ..Default::default() };
    let refused = cache.complete_lease(&patient(), nothing).await.unwrap_err().rejection().unwrap();
    assert_eq!(refused.reason, "RESULT_MISSING");
    complete(&cache, held.token, value("v")).await.unwrap();
    pair.stop().await;
}

async fn conflict(cache: &CacheClient, token: u64, result: Outcome) -> Option<pb::conflict::Current> {
    let result = Some(result);
    let request = pb::CompleteLeaseRequest { key: "k".to_owned(), token, result, ..Default::default() };
    let answer = cache.complete_lease(&patient(), request).await.unwrap();
    assert_eq!(answer.stored, None);
    answer.conflict.unwrap().current
}

#[tokio::test]
async fn what_was_written_while_a_caller_computed_is_not_written_over() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let held = lease(&cache).await;
    cache.set(&patient(), written("newer")).await.unwrap();
    let current = conflict(&cache, held.token, value("older")).await;
    assert!(matches!(current, Some(pb::conflict::Current::Version(_))), "{current:?}");
    let found = get(&cache, pb::ComputeByLease::default()).await.unwrap();
    assert_eq!((text(&found), found.source()), ("newer", pb::ComputeSource::Cache));
    pair.stop().await;
}

#[tokio::test]
async fn a_computation_that_is_older_than_a_delete_is_dropped_and_the_next_caller_computes() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let held = lease(&cache).await;
    let delete = pb::DeleteRequest { key: "k".to_owned(), ..Default::default() };
    cache.delete(&patient(), delete).await.unwrap();
    let hour = Some(prost_types::Duration { seconds: 3_600, nanos: 0 });
    let missing = Outcome::Missing(pb::ComputedMissing { missing_for: hour });
    let current = conflict(&cache, held.token, missing).await;
    assert_eq!(current, Some(pb::conflict::Current::Missing(pb::Missing {})));
    let next = lease(&cache).await;
    let scope = Some(pb::invalidate_tags_request::Scope::All(pb::All {}));
    let everything = pb::InvalidateTagsRequest { scope, ..Default::default() };
    cache.invalidate_tags(&patient(), everything).await.unwrap();
    assert!(conflict(&cache, next.token, value("older")).await.is_some());
    complete(&cache, lease(&cache).await.token, value("good")).await.unwrap();
    assert_eq!(text(&get(&cache, pb::ComputeByLease::default()).await.unwrap()), "good");
    pair.stop().await;
}
