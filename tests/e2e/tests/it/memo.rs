//! Answers of recipes that the cache service keeps: shared by replicas, never wrong, never needed.

mod farm;
mod operations;
mod same;

use std::time::Duration;

use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::rustcache::v1 as cache;
use serde_json::json;

use crate::docs::memo_outcomes;
use crate::http1::send;
use farm::{Farm, jq, patient, steps, text};

#[tokio::test]
async fn an_answer_that_one_replica_computed_is_given_by_the_other() {
    let farm = Farm::start(&["", ""]).await;
    let recipe = steps(&[jq("map(. + 1)"), json!({"format": {"style": "FORMAT_STYLE_MINIFY"}})]);
    let first = farm.run(0, &recipe, "[1,2]").await;
    assert_eq!((text(&first), outcome(&first), first.from_cache), ("[[2,3]]", "learn", 0));
    farm.until_kept(1).await;
    let again = farm.run(0, &recipe, "[1,2]").await;
    assert_eq!((text(&again), outcome(&again), again.from_cache), ("[[2,3]]", "hit", 2));
    assert_eq!(again.steps.iter().map(|step| step.micros).collect::<Vec<_>>(), [0, 0]);
    assert_eq!(again.steps[0].output_bytes, first.steps[0].output_bytes);
    let saved = first.steps.iter().map(|step| step.micros).sum::<u64>();
    assert_eq!(again.memo.unwrap().saved_micros, saved);
    assert_eq!(outcome(&farm.run(1, &recipe, "[7]").await), "learn", "each replica measures for itself");
    let other = farm.run(1, &recipe, "[1,2]").await;
    assert_eq!((text(&other), outcome(&other), other.from_cache), ("[[2,3]]", "hit", 2));
    farm.stop().await;
}

#[tokio::test]
async fn an_answer_of_another_edition_is_computed_anew() {
    let farm = Farm::start(&["", "2"]).await;
    let recipe = steps(&[jq("length")]);
    farm.run(0, &recipe, "[1,2]").await;
    farm.until_kept(1).await;
    farm.run(1, &recipe, "[7]").await;
    let other = farm.run(1, &recipe, "[1,2]").await;
    assert_eq!((text(&other), outcome(&other)), ("[2]", "miss"));
    farm.until_kept(3).await;
    assert_eq!(outcome(&farm.run(1, &recipe, "[1,2]").await), "hit");
    farm.stop().await;
}

#[tokio::test]
async fn what_is_kept_of_a_schema_goes_with_the_schema() {
    let farm = Farm::start(&[""]).await;
    let recipe = steps(&[json!({"checkSchema": {"schemaName": "s"}}), jq("length")]);
    farm.put_schema(r#"{"type":"array"}"#).await;
    farm.run(0, &recipe, "[1]").await;
    farm.until_kept(1).await;
    assert_eq!(outcome(&farm.run(0, &recipe, "[1]").await), "hit");
    farm.put_schema(r#"{"type":"array","minItems":2}"#).await;
    let refused = farm.json[0].client.run(&patient(), farm.request(&recipe, "[1]")).await.unwrap_err();
    assert_eq!(refused.rejection().unwrap().reason, "DOCUMENT_INVALID");
    farm.stop().await;
}

#[tokio::test]
async fn recipes_that_begin_alike_share_what_their_first_steps_give() {
    let farm = Farm::start(&[""]).await;
    let first = jq("reduce range(2000) as $i (.; . + [$i]) | length");
    let one = steps(&[first.clone(), jq("map(. + 1)")]);
    let two = steps(&[first, jq("map(. + 2)"), jq(".[0]")]);
    farm.run(0, &one, "[1]").await;
    farm.until_kept(1).await;
    let dear = farm.run(0, &one, "[1,2]").await;
    assert_eq!((outcome(&dear), dear.from_cache), ("miss", 0));
    farm.until_kept(3).await;
    farm.run(0, &two, "[1]").await;
    farm.until_kept(4).await;
    let shared = farm.run(0, &two, "[1,2]").await;
    assert_eq!((text(&shared), outcome(&shared), shared.from_cache), ("[[2004]]", "prefix", 1));
    let micros: Vec<u64> = shared.steps.iter().map(|step| step.micros).collect();
    assert_eq!((micros.len(), micros[0]), (3, 0));
    farm.stop().await;
}

/// Whatever is written over what was kept is found to be no answer, and put right.
#[tokio::test]
async fn a_poisoned_entry_is_never_an_answer() {
    let farm = Farm::start(&[""]).await;
    let recipe = steps(&[jq("length")]);
    farm.run(0, &recipe, "[1,2]").await;
    let keys = farm.until_kept(1).await;
    let good = farm.entry(&keys[0]).await;
    let mut torn = good.clone();
    let last = torn.len() - 1;
    torn[last] ^= 1;
    for garbage in [b"[3]".to_vec(), Vec::new(), good[..last].to_vec(), torn] {
        farm.overwrite(&keys[0], garbage.clone()).await;
        let answer = farm.run(0, &recipe, "[1,2]").await;
        assert_eq!((text(&answer), outcome(&answer), answer.from_cache), ("[2]", "garbage", 0));
        while farm.entry(&keys[0]).await == garbage {
            tokio::task::yield_now().await;
        }
    }
    // A whole answer, but of another document.
    farm.run(0, &recipe, "[1,2,3]").await;
    let keys = farm.until_kept(2).await;
    for key in &keys {
        farm.overwrite(key, good.clone()).await;
    }
    assert_eq!(text(&farm.run(0, &recipe, "[1,2,3]").await), "[3]");
    farm.stop().await;
}

#[tokio::test]
async fn without_the_cache_answers_are_computed() {
    let mut farm = Farm::start(&[""]).await;
    let recipe = steps(&[jq("length")]);
    farm.run(0, &recipe, "[1,2]").await;
    farm.until_kept(1).await;
    farm.stop_cache().await;
    let answer = farm.run(0, &recipe, "[1,2]").await;
    assert_eq!((text(&answer), outcome(&answer)), ("[2]", "error"));
    let after = farm.run(0, &recipe, "[1,2]").await;
    assert_eq!((text(&after), outcome(&after)), ("[2]", "error"));
    assert_eq!(after.memo.unwrap().lookup_micros, 0, "for a second nobody asks");
    farm.stop().await;
}

/// Nobody answers on the connection: the look-up is given up, and then nobody asks for a while.
#[tokio::test]
async fn a_cache_that_hangs_holds_nobody_up_for_long() {
    let farm = Farm::start_with_mute_cache().await;
    let recipe = steps(&[jq("length")]);
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        let answer = farm.run(0, &recipe, "[1,2]").await;
        assert_eq!(text(&answer), "[2]");
        outcomes.push(outcome(&answer).to_owned());
    }
    assert_eq!(outcomes, ["learn", "error", "error", "error", "error"]);
    farm.stop().await;
}

/// Learnt on a document for which the program takes long, so that those who wait have time.
#[tokio::test]
async fn replicas_that_need_the_same_answer_compute_it_once() {
    let farm = Farm::start(&["", ""]).await;
    let recipe = steps(&[jq("reduce range(.[0]) as $i (0; . + $i)")]);
    for replica in 0..2 {
        assert_eq!(outcome(&farm.run(replica, &recipe, &format!("[40000{replica}]")).await), "learn");
    }
    farm.until_kept(2).await;
    let answers = farm.run_at_once(&recipe, "[1000]").await;
    assert!(answers.iter().all(|answer| text(answer) == "[499500]"), "{answers:?}");
    let outcomes: Vec<&str> = answers.iter().map(outcome).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == "miss").count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| ["miss", "shared", "hit"].contains(outcome)), "{outcomes:?}");
    farm.stop().await;
}

#[tokio::test]
async fn a_holder_that_is_gone_holds_nobody_up() {
    let farm = Farm::start(&[""]).await;
    let recipe = steps(&[jq("length")]);
    farm.run(0, &recipe, "[1,2]").await;
    let keys = farm.until_kept(1).await;
    farm.delete(&keys[0]).await;
    let minute = prost_types::Duration { seconds: 60, nanos: 0 };
    let lease = cache::ComputeByLease { ttl: Some(minute), wait: None };
    let held = farm.claim(&keys[0], lease).await;
    assert!(held.lease.is_some(), "{held:?}");
    let answer = farm.run(0, &recipe, "[1,2]").await;
    assert_eq!((text(&answer), outcome(&answer)), ("[2]", "busy"));
    farm.stop().await;
}

#[tokio::test]
async fn who_does_not_want_it_or_cannot_have_it_computes() {
    let farm = Farm::start(&[""]).await;
    let recipe = steps(&[jq("length")]);
    farm.run(0, &recipe, "[1,2]").await;
    farm.until_kept(1).await;
    let client = &farm.json[0].client;
    let off = pb::RunRequest { memo: pb::Memo::Off.into(), ..farm.request(&recipe, "[1,2]") };
    let off = client.run(&patient(), off).await.unwrap();
    assert_eq!((outcome(&off), off.from_cache), ("off", 0));
    let marked = patient().for_peer("rust-cache-server").unwrap();
    let marked = client.run(&marked, farm.request(&recipe, "[1,2]")).await.unwrap();
    assert_eq!(outcome(&marked), "off", "a request crosses the border once");
    let unknown = pb::RunRequest { memo: 9, ..farm.request(&recipe, "[1,2]") };
    let unknown = client.run(&patient(), unknown).await.unwrap_err();
    assert_eq!(unknown.rejection().unwrap().reason, "OPTION_INVALID");
    let changing = steps(&[jq("[., try input catch 1]")]);
    let changing = farm.run(0, &changing, "[1,2]").await;
    assert_eq!((text(&changing), outcome(&changing)), ("[[[1,2],1]]", "uncacheable"));
    farm.stop().await;
}

/// With the settings as they come, a cheap recipe asks nobody.
#[tokio::test]
async fn a_cheap_recipe_is_computed() {
    let farm = Farm::start_usual().await;
    let recipe = steps(&[json!({"format": {"style": "FORMAT_STYLE_MINIFY"}})]);
    let mut outcomes = Vec::new();
    for _ in 0..40 {
        outcomes.push(outcome(&farm.run(0, &recipe, "[1, 2]").await).to_owned());
    }
    assert_eq!(outcomes.remove(0), "learn");
    assert!(outcomes.iter().all(|outcome| outcome == "skip"), "{outcomes:?}");
    farm.stop().await;
}

#[tokio::test]
async fn rest_tells_what_came_of_asking() {
    let farm = Farm::start(&[""]).await;
    let body = r#"{"recipe":{"steps":[{"inferSchema":{}}]},"document":[1,2]}"#;
    let run = async |query: &str| {
        let path = format!("/v1/run{query}");
        let reply = send(farm.json[0].running.address, "POST", &path, &[], body.as_bytes()).await;
        (reply.status, reply.header("cache-status").map(str::to_owned))
    };
    let documented = memo_outcomes();
    let status = |outcome: &str| {
        let (_, status) = documented.iter().find(|(word, _)| word == outcome).unwrap();
        (200, Some(format!("fastjson-memo; {status}")))
    };
    assert_eq!(run("").await, status("learn"));
    let keys = farm.until_kept(1).await;
    assert_eq!(run("").await, status("hit"));
    assert_eq!(run("?memo=auto").await, status("hit"));
    assert_eq!(run("?memo=off").await, status("off"));
    farm.overwrite(&keys[0], b"garbage".to_vec()).await;
    assert_eq!(run("").await, status("garbage"));
    assert_eq!(run("?memo=on").await.0, 400);
    farm.stop().await;
}

#[tokio::test]
async fn explain_says_what_run_would_do() {
    let farm = Farm::start(&[""]).await;
    let client = &farm.json[0].client;
    let explain = async |recipe: &pb::Recipe| {
        let recipe = Some(recipe.clone());
        let request = pb::ExplainRequest { recipe, input_bytes: Some(5), ..Default::default() };
        client.explain(&patient(), request).await.unwrap().memo
    };
    let recipe = steps(&[jq("length")]);
    assert_eq!(explain(&recipe).await, "learn");
    farm.run(0, &recipe, "[1,2]").await;
    assert_eq!(explain(&recipe).await, "look_up");
    assert_eq!(explain(&steps(&[jq("[inputs]")])).await, "uncacheable");
    farm.stop().await;
}

/// A document that came by reference and an answer that goes by reference use the memo too.
#[tokio::test]
async fn answers_that_are_stored_may_have_been_kept() {
    let farm = Farm::start(&[""]).await;
    let recipe = steps(&[jq("length")]);
    farm.run(0, &recipe, "[1,2]").await;
    farm.until_kept(1).await;
    let target = pb::CacheRef { key: "answer".to_owned(), ..Default::default() };
    let store_as = Some(pb::StoreAs { target: Some(target), ttl: None });
    let request = pb::RunRequest { store_as, ..farm.request(&recipe, "[1,2]") };
    let stored = farm.json[0].client.run(&patient(), request).await.unwrap();
    assert_eq!(outcome(&stored), "hit");
    assert_eq!(stored.output.unwrap().size_bytes, 3);
    farm.stop().await;
}

/// The drain at the end waits for the lease that the call gives back.
#[tokio::test]
async fn a_call_whose_time_is_over_leaves_the_memo_as_it_was() {
    let farm = Farm::start(&[""]).await;
    let recipe = steps(&[jq("reduce range(.[0]) as $i (0; . + $i)")]);
    farm.run(0, &recipe, "[10]").await;
    farm.until_kept(1).await;
    let late = Context {
        deadline: Some(context::Deadline::after(Duration::from_millis(300))),
        ..Context::background()
    };
    let long = farm.request(&recipe, "[100000000]");
    farm.json[0].client.run(&late, long).await.unwrap_err();
    let after = farm.run(0, &recipe, "[10]").await;
    assert_eq!((text(&after), outcome(&after)), ("[45]", "hit"));
    farm.stop().await;
}

fn outcome(answer: &pb::RunResponse) -> &str {
    answer.memo.as_ref().map_or("", |memo| memo.outcome.as_str())
}
