//! Load of users over plugs that go through all faults between them and the services.
//!
//! Invariants: an answer is right; what was acknowledged is there, and what was not is there once at most; a failure is typed; no
//! call hangs; once the fault is over, a call succeeds after few attempts, whatever the clock says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use client::{CacheClient, Error, JsonClient};
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use testkit::{Fault, Pair, PairConfig, Plug};
use tokio::task::JoinSet;
use tonic::Code;

use crate::faults::{text, within};
use crate::progress::Progress;

/// Callers at the same time.
const CALLERS: usize = 8;
/// Calls that end under each fault.
const CALLS: usize = 100;
/// No call here waits longer, in milliseconds.
const PATIENCE: u64 = 250;
/// Each connection of a client may tell once that it is gone.
const ATTEMPTS: usize = 8;

struct Users {
    json: JsonClient,
    cache: CacheClient,
    progress: Progress,
    attempted: AtomicU64,
    acknowledged: AtomicU64,
}

impl Users {
    fn new(to_json: &Plug, to_cache: &Plug) -> Self {
        Self {
            json: JsonClient::new(client::Config::at(to_json.url())).unwrap(),
            cache: CacheClient::new(client::Config::at(to_cache.url())).unwrap(),
            progress: Progress::default(),
            attempted: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
        }
    }

    async fn query(&self, number: usize) -> Result<(), Error> {
        let request = json::QueryRequest {
            input: text(&format!("[{number}]")),
            language: json::QueryLanguage::Jmespath.into(),
            query: "[0]".to_owned(),
            ..Default::default()
        };
        let answer = self.json.query(&within(PATIENCE), request).await?;
        let result = answer.output.and_then(|output| output.result);
        assert_eq!(result, Some(json::output::Result::Text(number.to_string())), "a right answer");
        Ok(())
    }

    /// Counts up under an id of its own, so that the client may send it twice.
    async fn count_up(&self, id: String) -> Result<u64, Error> {
        let request =
            cache::IncrementRequest { key: "count".to_owned(), by: 1, request_id: id, ..Default::default() };
        self.attempted.fetch_add(1, Ordering::Relaxed);
        let answer = self.cache.increment(&within(PATIENCE), request).await?;
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
        Ok(u64::try_from(answer.value).unwrap())
    }

    async fn call_on(&self, caller: usize) {
        let mut seen = 0;
        for number in 0.. {
            if self.progress.is_over() {
                return;
            }
            let outcome = match number % 2 {
                0 => self.query(number).await,
                _ => self.count_up(format!("{caller}/{number}")).await.map(|value| {
                    assert!(value > seen, "{value} after {seen}");
                    seen = value;
                }),
            };
            if let Err(error) = outcome {
                check_failure(&error);
            }
            self.progress.call_ended().await;
        }
    }

    /// Both services answer after few attempts.
    async fn check_recovers(&self, fault: Fault, name: &str) {
        let (mut queries, mut counts) = (0, 0);
        while self.query(7).await.is_err() {
            queries += 1;
            assert!(queries < ATTEMPTS, "{name} {fault:?}: JSON is not found again");
        }
        while self.count_up(format!("{name}/{fault:?}/{counts}")).await.is_err() {
            counts += 1;
            assert!(counts < ATTEMPTS, "{name} {fault:?}: the cache is not found again");
        }
    }
}

/// Typed, and of the way between: never that the service is full, which it would be of calls that never ended.
fn check_failure(error: &Error) {
    match error {
        Error::Deadline { .. } | Error::Unavailable { .. } | Error::Garbage { .. } => {}
        other => {
            let rejection = other.rejection().unwrap_or_else(|| panic!("{other:?}"));
            let of_the_way =
                [Code::Unavailable, Code::Internal, Code::DeadlineExceeded].contains(&rejection.code);
            assert!(of_the_way && rejection.reason != "OVERLOADED", "{other:?}");
        }
    }
}

async fn go_through_all(users: &Users, plugs: [(&str, &Plug); 2]) {
    for (name, plug) in plugs {
        for fault in Fault::all(Duration::from_millis(20)) {
            plug.set(fault);
            users.progress.more_calls(CALLS).await;
            plug.set(Fault::Pass);
            users.check_recovers(fault, name).await;
        }
    }
    for fault in Fault::all(Duration::from_millis(1)) {
        plugs.iter().for_each(|(_, plug)| plug.set(fault));
        users.progress.more_calls(CALLERS).await;
        plugs.iter().for_each(|(_, plug)| plug.set(Fault::Pass));
        users.check_recovers(fault, "both").await;
    }
}

/// What is counted is read past the plugs.
async fn counted(pair: &Pair) -> u64 {
    let request = cache::GetRequest { key: "count".to_owned(), ..Default::default() };
    let found = pair.cache_client().get(&within(60_000), request).await.unwrap().outcome.unwrap();
    let cache::get_response::Outcome::Found(entry) = found else { panic!("{found:?}") };
    match entry.value.unwrap().body.unwrap() {
        cache::value::Body::Text(text) => text.parse().unwrap(),
        cache::value::Body::Data(bytes) => String::from_utf8(bytes.to_vec()).unwrap().parse().unwrap(),
    }
}

#[tokio::test]
async fn faults_between_users_and_services_give_no_wrong_answer_and_lose_nothing() {
    let mut config = PairConfig::default();
    // Calls that never ended would fill these.
    config.json.server.limits.max_in_flight = 8 * CALLERS;
    config.cache.server.limits.max_in_flight = 8 * CALLERS;
    let pair = Pair::start_with(config).await;
    let (to_json, to_cache) = (Plug::before(pair.json.address), Plug::before(pair.cache.address));
    let users = Arc::new(Users::new(&to_json, &to_cache));
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let users = Arc::clone(&users);
        callers.spawn(async move { users.call_on(caller).await });
    }
    tokio::select! {
        () = go_through_all(&users, [("json", &to_json), ("cache", &to_cache)]) => {}
        // A caller ends before that only by a wrong answer.
        Some(ended) = callers.join_next() => ended.unwrap(),
    }
    users.progress.end();
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
    let counted = counted(&pair).await;
    let acknowledged = users.acknowledged.load(Ordering::Relaxed);
    let attempted = users.attempted.load(Ordering::Relaxed);
    assert!((acknowledged..=attempted).contains(&counted), "{acknowledged} {counted} {attempted}");
    drop((users, to_json, to_cache));
    // The drain is clean only when no call and no task is left.
    pair.stop().await;
}
