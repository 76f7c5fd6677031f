//! What 32 callers see at the same time could have happened one call after the other.

use testkit::Pair;
use testkit::linear::{Plan, check, record};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_calls_of_32_callers_are_linearizable() {
    let pair = Pair::start().await;
    let plan = Plan { callers: 32, calls: 100_000, calls_of_a_key: 500, seed: 20_261_125 };
    let history = record(&pair.cache_client(), plan).await.unwrap();
    let judged = check(&history).unwrap();
    assert!(judged.calls >= 100_000 && judged.keys >= 200, "{judged:?}");
    assert!(judged.most_at_once >= 4, "callers must meet: {judged:?}");
    pair.stop().await;
}
