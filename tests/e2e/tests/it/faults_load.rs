//! Load over the pair while the plugs on both hops go through all faults.

use std::sync::Arc;
use std::time::{Duration, Instant};

use client::Error;
use testkit::{Fault, Pair, PairConfig, Plug, Plugged};
use tokio::task::JoinSet;

use crate::faults::{compute, store, validate_by_ref, within};
use crate::progress::Progress;

/// Callers at the same time.
const CALLERS: usize = 8;
/// Calls that end under each fault.
const CALLS: usize = 200;
/// No call here waits longer, in milliseconds.
const PATIENCE: u64 = 250;

#[derive(Default)]
struct Load {
    pair: Option<Pair>,
    progress: Progress,
}

impl Load {
    fn pair(&self) -> &Pair {
        self.pair.as_ref().unwrap()
    }

    /// Calls one after the other, to the peer and not; each answer is checked where it comes in.
    async fn call_on(&self, caller: usize) {
        for number in 0.. {
            if self.progress.is_over() {
                return;
            }
            let key = format!("{caller}/{number}");
            let outcome = match number % 2 {
                0 => validate_by_ref(self.pair(), &within(PATIENCE)).await,
                _ => compute(self.pair(), &within(PATIENCE), &key).await,
            };
            if let Err(error) = outcome {
                check_failure(&error);
            }
            self.progress.call_ended().await;
        }
    }
}

/// Typed, and the peer's fault; never that a service is full, which it would be of calls that never ended.
fn check_failure(error: &Error) {
    match error {
        Error::Deadline { .. } => {}
        other => {
            let reason = other.rejection().unwrap_or_else(|| panic!("{other:?}")).reason;
            assert!(
                ["PEER_UNAVAILABLE", "PEER_ANSWER", "DEADLINE"].contains(&reason.as_str()),
                "{reason}: {other:?}"
            );
        }
    }
}

/// How long it took until both hops gave an answer.
async fn recovery(pair: &Pair, key: &str) -> Duration {
    let begun = Instant::now();
    while validate_by_ref(pair, &within(PATIENCE)).await.is_err() {
        tokio::task::yield_now().await;
    }
    let mut attempt = 0;
    while compute(pair, &within(PATIENCE), &format!("{key}/{attempt}")).await.is_err() {
        attempt += 1;
        tokio::task::yield_now().await;
    }
    begun.elapsed()
}

async fn go_through_all(load: &Load, plugs: [&Plug; 2]) {
    for (which, plug) in plugs.into_iter().enumerate() {
        for fault in Fault::all(Duration::from_millis(20)) {
            plug.set(fault);
            load.progress.more_calls(CALLS).await;
            plug.set(Fault::Pass);
            let took = recovery(load.pair(), &format!("{which}/{fault:?}")).await;
            // Half a second at most by the breaker, on a machine that does much else.
            assert!(took < Duration::from_secs(5), "{fault:?}: {took:?}");
        }
    }
    // Flapping: no rest between.
    for fault in Fault::all(Duration::from_millis(1)).into_iter().cycle().take(24) {
        plugs[0].set(fault);
        load.progress.more_calls(CALLERS).await;
        plugs[0].set(Fault::Pass);
        plugs[1].set(fault);
        load.progress.more_calls(CALLERS).await;
        plugs[1].set(Fault::Pass);
    }
}

#[tokio::test]
async fn under_load_no_fault_gives_a_wrong_answer_or_a_lock() {
    let mut config = PairConfig::default();
    // Calls that never ended would fill these.
    for limits in [&mut config.json.server.limits, &mut config.cache.server.limits] {
        limits.max_in_flight = 8 * CALLERS;
        limits.max_peer_in_flight = 8 * CALLERS;
    }
    config.cache.compute.deadline = Duration::from_millis(PATIENCE);
    let Plugged { pair, to_json, to_cache } = Pair::with_plugs(config).await;
    store(&pair).await;
    let load = Arc::new(Load { pair: Some(pair), ..Load::default() });
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let load = Arc::clone(&load);
        callers.spawn(async move { load.call_on(caller).await });
    }
    tokio::select! {
        () = go_through_all(&load, [&to_json, &to_cache]) => {}
        // A caller ends before that only by a wrong answer.
        Some(ended) = callers.join_next() => ended.unwrap(),
    }
    load.progress.end();
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
    recovery(load.pair(), "last").await;
    let pair = Arc::into_inner(load).unwrap().pair.unwrap();
    // The drain is clean only when no call and no task is left.
    pair.stop().await;
}
