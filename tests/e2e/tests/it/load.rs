//! Tokens and leases over gRPC, by many clients.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use client::{LoadClient, pb};
use context::{Context, Deadline};
use testkit::{Pair, PairConfig};
use tokio::task::JoinSet;

const CLIENTS: usize = 64;

/// A call that may take long.
fn patient() -> Context {
    Context { deadline: Some(Deadline::after(Duration::from_secs(30))), ..Context::background() }
}

fn seconds(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos: 0 })
}

fn millis(millis: i32) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: 0, nanos: millis * 1_000_000 })
}

fn take(key: &str, tokens: u64, burst: u64) -> pb::Take {
    let limit = pb::RateLimit { tokens, period: None, burst: Some(burst) };
    pb::Take { key: key.to_owned(), limit: Some(limit), cost: None }
}

async fn taken(client: &LoadClient, takes: Vec<pb::Take>) -> Result<bool, String> {
    let request = pb::TakeTokensRequest { takes, mode: 0 };
    match client.take_tokens(&patient(), request).await {
        Ok(response) => Ok(response.allowed),
        Err(error) => Err(error.rejection().unwrap().reason),
    }
}

fn ask(name: &str, limit: u32, wait: i64) -> pb::AcquireLeaseRequest {
    pb::AcquireLeaseRequest { name: name.to_owned(), limit, ttl: seconds(60), wait: seconds(wait) }
}

async fn acquire(
    client: &LoadClient,
    request: pb::AcquireLeaseRequest,
) -> Result<pb::Lease, pb::LeaseDenied> {
    match client.acquire_lease(&patient(), request).await.unwrap().outcome.unwrap() {
        pb::acquire_lease_response::Outcome::Granted(lease) => Ok(lease),
        pb::acquire_lease_response::Outcome::Denied(denied) => Err(denied),
    }
}

/// Waits until so many stand in the queue of a name that is held.
async fn queued(client: &LoadClient, name: &str, waiting: u32) {
    while acquire(client, ask(name, 1, 0)).await.unwrap_err().waiting != waiting {
        tokio::task::yield_now().await;
    }
}

async fn release(client: &LoadClient, id: String) -> bool {
    let response = client.release_lease(&patient(), pb::ReleaseLeaseRequest { id }).await.unwrap();
    matches!(response.outcome.unwrap(), pb::release_lease_response::Outcome::Released(_))
}

#[tokio::test]
async fn sixty_four_clients_get_no_more_than_rate_and_burst() {
    let pair = Pair::start().await;
    let (client, started) = (pair.load_client(), Instant::now());
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let client = client.clone();
        clients.spawn(async move {
            let mut given = 0;
            for _ in 0..20 {
                given += usize::from(taken(&client, vec![take("hot", 200, 50)]).await.unwrap());
            }
            given
        });
    }
    let given: usize = clients.join_all().await.into_iter().sum();
    let most = 50.0 + 200.0 * started.elapsed().as_secs_f64();
    assert!(given >= 50 && given as f64 <= most, "{given} of {most}");
    pair.stop().await;
}

/// All clients hold leases in turns; gives their tokens in the order in which holders wrote them down.
async fn history(client: &LoadClient, name: &'static str, limit: u32) -> Vec<u64> {
    let (inside, tokens) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let mut holders = JoinSet::new();
    for _ in 0..CLIENTS {
        let (client, inside, tokens) = (client.clone(), inside.clone(), tokens.clone());
        holders.spawn(async move {
            for _ in 0..5 {
                let lease = acquire(&client, ask(name, limit, 29)).await.unwrap();
                tokens.lock().unwrap().push(lease.fencing_token);
                let holding = inside.fetch_add(1, Ordering::SeqCst) + 1;
                assert!(holding <= limit as usize, "{holding} hold what {limit} may");
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
                assert!(release(&client, lease.id).await);
            }
        });
    }
    holders.join_all().await;
    Arc::try_unwrap(tokens).unwrap().into_inner().unwrap()
}

#[tokio::test]
async fn sixty_four_clients_never_hold_more_than_the_limit_and_tokens_grow() {
    let pair = Pair::start().await;
    let client = pair.load_client();
    let alone = history(&client, "one", 1).await;
    assert!(alone.len() == CLIENTS * 5 && alone.is_sorted_by(|a, b| a < b));
    let mut together = history(&client, "three", 3).await;
    together.sort_unstable();
    together.dedup();
    assert_eq!(together.len(), CLIENTS * 5);
    pair.stop().await;
}

#[tokio::test]
async fn a_holder_that_died_makes_way_for_whoever_waits() {
    let pair = Pair::start().await;
    let client = pair.load_client();
    let dead = pb::AcquireLeaseRequest { ttl: millis(50), ..ask("n", 1, 0) };
    let dead = acquire(&client, dead).await.unwrap();
    let next = acquire(&client, ask("n", 1, 29)).await.unwrap();
    assert!(next.fencing_token > dead.fencing_token);
    let renew = pb::RenewLeaseRequest { id: dead.id, ttl: seconds(1) };
    let lost = client.renew_lease(&patient(), renew).await.unwrap().outcome.unwrap();
    assert!(matches!(lost, pb::renew_lease_response::Outcome::Lost(_)), "{lost:?}");
    let renew = pb::RenewLeaseRequest { id: next.id.clone(), ttl: seconds(1) };
    let renewed = client.renew_lease(&patient(), renew).await.unwrap().outcome.unwrap();
    assert!(matches!(renewed, pb::renew_lease_response::Outcome::Renewed(_)), "{renewed:?}");
    assert!(release(&client, next.id.clone()).await);
    assert!(!release(&client, next.id).await);
    pair.stop().await;
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_the_queue() {
    let pair = Pair::start().await;
    let client = pair.load_client();
    let holder = acquire(&client, ask("n", 1, 0)).await.unwrap();
    let mut waiting = JoinSet::new();
    let leaver = client.clone();
    waiting.spawn(async move { acquire(&leaver, ask("n", 1, 29)).await });
    queued(&client, "n", 1).await;
    waiting.abort_all();
    queued(&client, "n", 0).await;
    assert!(release(&client, holder.id).await);
    acquire(&client, ask("n", 1, 0)).await.unwrap();
    pair.stop().await;
}

#[tokio::test]
async fn whoever_waits_when_the_server_drains_is_denied_at_once() {
    let pair = Pair::start().await;
    let client = pair.load_client();
    acquire(&client, ask("n", 1, 0)).await.unwrap();
    let mut waiting = JoinSet::new();
    let waiter = client.clone();
    waiting.spawn(async move { acquire(&waiter, ask("n", 1, 29)).await });
    queued(&client, "n", 1).await;
    pair.stop().await;
    assert_eq!(waiting.join_next().await.unwrap().unwrap().unwrap_err().held, 1);
}

#[tokio::test]
async fn full_tables_refuse_and_say_which_limit() {
    let mut config = PairConfig::default();
    config.cache.load.max_limit_keys = 1;
    config.cache.load.max_takes = 2;
    config.cache.load.max_leases = 2;
    config.cache.load.max_lease_waiters = 1;
    let pair = Pair::start_with(config).await;
    let client = pair.load_client();
    let slow = |key| pb::Take {
        limit: Some(pb::RateLimit { tokens: 1, period: seconds(3_600), burst: None }),
        ..take(key, 1, 1)
    };
    assert_eq!(taken(&client, vec![slow("a")]).await, Ok(true));
    assert_eq!(taken(&client, vec![slow("b")]).await, Err("LIMIT_KEYS_LIMIT".to_owned()));
    let three = vec![slow("a"), slow("a"), slow("a")];
    assert_eq!(taken(&client, three).await, Err("TAKES_LIMIT".to_owned()));
    acquire(&client, ask("n", 1, 0)).await.unwrap();
    let mut waiting = JoinSet::new();
    let waiter = client.clone();
    waiting.spawn(async move { acquire(&waiter, ask("n", 1, 29)).await });
    let reason = async |request| {
        client.acquire_lease(&patient(), request).await.err().map(|error| error.rejection().unwrap())
    };
    let full = loop {
        if let Some(full) = reason(ask("m", 1, 0)).await {
            break full;
        }
    };
    assert_eq!((full.reason.as_str(), full.retry_after), ("LEASES_LIMIT", Some(Duration::from_millis(100))));
    pair.stop().await;
}

#[tokio::test]
async fn get_limits_lists_them() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let limits = cache.get_limits(&patient(), pb::GetLimitsRequest {}).await.unwrap().limits;
    for (name, value, reason) in [
        ("load.max_limit_keys", 1_000_000, "LIMIT_KEYS_LIMIT"),
        ("load.max_takes", 100, "TAKES_LIMIT"),
        ("load.max_leases", 100_000, "LEASES_LIMIT"),
        ("load.max_lease_waiters", 1_000, "LEASE_WAITERS_LIMIT"),
        ("load.max_lease_ttl", 3_600_000, "LEASE_TTL_INVALID"),
        ("load.max_lease_wait", 30_000, "LEASE_WAIT_INVALID"),
    ] {
        let row = limits.iter().find(|row| row.name == name).unwrap();
        assert_eq!((row.value, row.reason.as_str()), (value, reason), "{name}");
    }
    pair.stop().await;
}
