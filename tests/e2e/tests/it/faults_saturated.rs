//! Both services full of calls that wait for each other: they answer each other all the same.

use std::sync::Arc;

use testkit::{Fault, Pair, PairConfig, Plugged};
use tokio::task::JoinSet;

use crate::faults::{compute, store, validate_by_ref, within};

/// Places of each service.
const PLACES: usize = 4;

/// Asks until the service has no place left.
async fn full(pair: &Pair) {
    loop {
        let json = pair.json_client().get_limits(&within(30_000), Default::default()).await;
        let cache = pair.cache_client().get_limits(&within(30_000), Default::default()).await;
        let overloaded = |error: client::Error| {
            let reason = error.rejection().unwrap().reason;
            assert_eq!(reason, "OVERLOADED");
        };
        if json.map_err(overloaded).is_err() & cache.map_err(overloaded).is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn two_services_full_of_calls_for_each_other_do_not_wait_for_ever() {
    let mut config = PairConfig::default();
    config.json.server.limits.max_in_flight = PLACES;
    config.cache.server.limits.max_in_flight = PLACES;
    let Plugged { pair, to_json, to_cache } = Pair::with_plugs(config).await;
    let pair = Arc::new(pair);
    store(&pair).await;
    to_json.set(Fault::Drop);
    to_cache.set(Fault::Drop);
    let mut calls = JoinSet::new();
    for number in 0..PLACES {
        let (one, other) = (Arc::clone(&pair), Arc::clone(&pair));
        calls.spawn(async move { validate_by_ref(&one, &within(30_000)).await });
        calls.spawn(async move { compute(&other, &within(30_000), &format!("k{number}")).await });
    }
    full(&pair).await;
    to_json.set(Fault::Pass);
    to_cache.set(Fault::Pass);
    while let Some(ended) = calls.join_next().await {
        ended.unwrap().unwrap();
    }
    Arc::into_inner(pair).unwrap().stop().await;
}
