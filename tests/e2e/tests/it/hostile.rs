//! Hostile requests over gRPC: each ends by the right reason, the service answers afterwards, and a call that is gone holds
//! no worker.

use std::time::Duration;

use client::{Config, JsonClient};
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1 as pb;
use testkit::hostile::{self, Case};
use testkit::{Pair, PairConfig};
use tokio::task::JoinSet;

/// Longer than any build on any machine needs for what ends by itself.
const PATIENCE: Duration = Duration::from_secs(300);

/// Over before anything else can be, on any machine: 48 MiB of stack are not filled and 4 MB are not searched in it.
const SHORT: Duration = Duration::from_millis(5);

/// Requests at the same time.
const AT_ONCE: usize = 4;

fn patient() -> Context {
    Context { deadline: Some(Deadline::after(PATIENCE)), ..Context::background() }
}

async fn pair(time: Duration) -> Pair {
    let mut config = PairConfig::default();
    config.json.limits.program_time = time;
    config.json.limits.document_time = time;
    config.json.transfer.time = time;
    Pair::start_with(config).await
}

/// Every case ends as it should, on a server that gives `time` to each.
async fn check(cases: Vec<Case>, time: Duration) {
    let pair = pair(time).await;
    let client = JsonClient::new(Config::at(format!("http://{}", pair.json.address))).unwrap();
    let mut rest = cases.into_iter();
    let (mut running, mut wrong) = (JoinSet::new(), String::new());
    loop {
        while running.len() < AT_ONCE
            && let Some(case) = rest.next()
        {
            let client = client.clone();
            running.spawn(async move { (case.outcome(&client, &patient()).await, case) });
        }
        let Some(ended) = running.join_next().await else { break };
        let (outcome, case) = ended.unwrap();
        if outcome != case.expected {
            wrong += &format!("{outcome}, not {}: {}\n", case.expected, case.name);
        }
    }
    let input = Some(pb::Input { source: Some(pb::input::Source::Text("[1]".to_owned())), format: 0 });
    let request = pb::ValidateRequest { input, ..Default::default() };
    assert!(client.validate(&patient(), request).await.unwrap().valid);
    pair.stop().await;
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[tokio::test]
async fn what_has_no_end_is_ended_by_time() {
    let endless: Vec<_> =
        hostile::cases().into_iter().filter(|case| case.expected == hostile::TIME).collect();
    assert!(endless.len() >= 30, "{}", endless.len());
    check(endless, SHORT).await;
}

#[tokio::test]
async fn what_has_no_measure_is_ended_by_what_it_exceeds() {
    let rest: Vec<_> = hostile::cases().into_iter().filter(|case| case.expected != hostile::TIME).collect();
    assert!(rest.len() >= 60, "{}", rest.len());
    check(rest, PATIENCE).await;
}

fn query(program: &str) -> pb::QueryRequest {
    let input = Some(pb::Input { source: Some(pb::input::Source::Text("null".to_owned())), format: 0 });
    let language = pb::QueryLanguage::Jq.into();
    pb::QueryRequest { input, language, query: program.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn a_query_whose_caller_left_holds_no_worker() {
    let mut config = PairConfig::default();
    config.json.limits.program_time = 2 * PATIENCE;
    config.json.compute.workers = 1;
    config.json.compute.long_workers = 0;
    let pair = Pair::start_with(config).await;
    let client = pair.json_client();
    // Compiled beforehand, so that calls need the worker for their run alone.
    client.query(&patient(), query(".")).await.unwrap();
    let context = patient();
    let endless = client.query(&context, query("last(repeat(1))"));
    let is_taken = async {
        let short = || Context { deadline: Some(Deadline::after(Duration::from_millis(100))), ..patient() };
        while client.query(&short(), query(".")).await.is_ok() {}
    };
    tokio::select! {
        ended = endless => panic!("{ended:?}"),
        () = is_taken => (),
    }
    let begun = std::time::Instant::now();
    client.query(&patient(), query(".")).await.unwrap();
    assert!(begun.elapsed() < PATIENCE / 2, "the worker was held until the deadline");
    pair.stop().await;
}
