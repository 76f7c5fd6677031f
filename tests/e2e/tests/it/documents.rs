//! Documents in the cache: parts, changes in place, many writers; and operations of the JSON service that travel to them.

use client::DocumentClient;
use context::Context;
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as pb;
use pb::get_document_response::Outcome as Read;
use pb::patch_document_response::Outcome as Patched;
use testkit::{Pair, start_cache, start_json};

use crate::border::Border;

fn put(key: &str, text: &str) -> pb::PutDocumentRequest {
    let value = pb::Value { body: Some(pb::value::Body::Text(text.to_owned())), content_type: String::new() };
    pb::PutDocumentRequest { key: key.to_owned(), value: Some(value), ..Default::default() }
}

fn patch(key: &str, text: &str) -> pb::PatchDocumentRequest {
    let patch = pb::DocumentPatch { body: Some(pb::document_patch::Body::Text(text.to_owned())) };
    pb::PatchDocumentRequest { key: key.to_owned(), patch: Some(patch), ..Default::default() }
}

async fn read(client: &DocumentClient, key: &str, pointers: &[&str]) -> (u64, Vec<String>) {
    let pointer =
        |text: &&str| pb::DocumentPath { kind: Some(pb::document_path::Kind::Pointer((*text).to_owned())) };
    let paths = pointers.iter().map(pointer).collect();
    let request = pb::GetDocumentRequest { key: key.to_owned(), paths, ..Default::default() };
    let Some(Read::Found(found)) = client.get(&Context::background(), request).await.unwrap().outcome else {
        panic!("{key} is missing");
    };
    let text = |answer: pb::PathAnswer| match answer.outcome.unwrap() {
        pb::path_answer::Outcome::Found(found) => found.values[0].text.clone(),
        pb::path_answer::Outcome::Missing(_) => "missing".to_owned(),
    };
    (found.version, found.answers.into_iter().map(text).collect())
}

#[tokio::test]
async fn sixteen_writers_change_one_config_and_no_update_is_lost() {
    let pair = Pair::start().await;
    let client = pair.document_client();
    client.put(&Context::background(), put("config", r#"{"n":0,"log":[]}"#)).await.unwrap();
    let conditional = (0..16).map(|_| {
        let client = client.clone();
        async move {
            for _ in 0..5 {
                while !count_up(&client).await {}
            }
        }
    });
    let unconditional = (0..16).map(|writer| {
        let client = client.clone();
        async move {
            for number in 0..5 {
                let text = format!(r#"[{{"op":"add","path":"/log/-","value":"{writer}-{number}"}}]"#);
                let answer = client.patch(&Context::background(), patch("config", &text)).await.unwrap();
                assert!(matches!(answer.outcome, Some(Patched::Changed(_))), "{answer:?}");
            }
        }
    });
    let mut writers: tokio::task::JoinSet<()> = conditional.collect();
    unconditional.for_each(|writer| drop(writers.spawn(writer)));
    writers.join_all().await;
    let (_, texts) = read(&client, "config", &["/n", "/log"]).await;
    assert_eq!(texts[0], "80");
    let mut log: Vec<String> = serde_json::from_str(&texts[1]).unwrap();
    log.sort();
    log.dedup();
    assert_eq!(log.len(), 80);
    pair.stop().await;
}

/// Adds one if nobody else changed the document since it was read.
async fn count_up(client: &DocumentClient) -> bool {
    let (version, texts) = read(client, "config", &["/n"]).await;
    let next = texts[0].parse::<u32>().unwrap() + 1;
    let condition = Some(pb::Condition { kind: Some(pb::condition::Kind::IfVersion(version)) });
    let text = format!(r#"[{{"op":"replace","path":"/n","value":{next}}}]"#);
    let request = pb::PatchDocumentRequest { condition, ..patch("config", &text) };
    match client.patch(&Context::background(), request).await.unwrap().outcome.unwrap() {
        Patched::Changed(_) => true,
        Patched::Conflict(_) => false,
        Patched::Missing(_) => panic!("nobody removes it"),
    }
}

fn by_ref(key: &str, version: Option<u64>) -> Option<json::Input> {
    let reference = json::CacheRef { key: key.to_owned(), version, ..Default::default() };
    Some(json::Input { source: Some(json::input::Source::Ref(reference)), format: 0 })
}

fn inline(text: &str) -> Option<json::Input> {
    Some(json::Input { source: Some(json::input::Source::Text(text.to_owned())), format: 0 })
}

fn into(key: &str) -> Option<json::StoreAs> {
    let target = Some(json::CacheRef { key: key.to_owned(), ..Default::default() });
    Some(json::StoreAs { target, ttl: None })
}

fn version(output: Option<json::Output>) -> u64 {
    match output.unwrap().result.unwrap() {
        json::output::Result::Ref(reference) => reference.version.unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_document_of_three_megabytes_goes_through_three_steps_and_crosses_the_border_once_at_most() {
    let (cache, json) = (testkit::bind(), testkit::bind());
    let border = Border::before(cache.local_addr().unwrap()).await;
    let mut config = fastjson_api::Config::default();
    config.cache.address = format!("http://{}", border.address);
    let pair = Pair {
        json: start_json(config, json),
        cache: start_cache(rust_cache_server::Config::default(), cache),
    };
    let (documents, client, context) = (pair.document_client(), pair.json_client(), Context::background());
    let large = format!(r#"{{"n":1,"filler":"{}"}}"#, "x".repeat(3_000_000));
    documents.put(&context, put("large", &large)).await.unwrap();

    let change = inline(r#"[{"op":"replace","path":"/n","value":2},{"op":"add","path":"/m","value":{}}]"#);
    let request = json::PatchRequest { input: by_ref("large", None), patch: change, store_as: into("large") };
    let patched = client.patch(&context, request).await.unwrap();
    assert_eq!(patched.operations, 2);
    let second = version(patched.output);
    let merge_patch = inline(r#"{"m":{"a":[7]}}"#).map(json::merge_request::How::MergePatch);
    let request = json::MergeRequest {
        input: by_ref("large", Some(second)),
        how: merge_patch.clone(),
        store_as: into("large"),
    };
    let third = version(client.merge(&context, request.clone()).await.unwrap().output);
    assert!(third > second);
    let refused = client.merge(&context, request).await.unwrap_err();
    assert_eq!(refused.rejection().unwrap().reason, "VERSION_GONE");
    let query = |input, language: json::QueryLanguage, text: &str| json::QueryRequest {
        input,
        language: language.into(),
        query: text.to_owned(),
        ..Default::default()
    };
    let request = query(by_ref("large", Some(third)), json::QueryLanguage::Jsonpath, "$.m.a[*]");
    let answer = client.query(&context, request).await.unwrap();
    assert_eq!(answer.output.unwrap().result, Some(json::output::Result::Text("[7]".to_owned())));
    let crossed = border.bytes();
    assert!(crossed < 100_000, "{crossed} bytes crossed the border: the operations did not travel");

    let request = query(by_ref("large", None), json::QueryLanguage::Jq, ".n");
    let answer = client.query(&context, request).await.unwrap();
    assert_eq!(answer.output.unwrap().result, Some(json::output::Result::Text("[2]".to_owned())));
    let reference = by_ref("large", None);
    let request = json::DiffRequest { from: reference.clone(), to: reference, ..Default::default() };
    assert_eq!(client.diff(&context, request).await.unwrap().changes, 0);
    let crossed = border.bytes();
    assert!(
        crossed < 6_500_000,
        "{crossed} bytes crossed the border: once a call, however many inputs name it"
    );
    pair.stop().await;
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_says_so() {
    let pair = Pair::start().await;
    let (client, context) = (pair.json_client(), Context::background());
    let patch = inline("[]");
    let request = json::PatchRequest { input: by_ref("none", None), patch, store_as: into("none") };
    let refused = client.patch(&context, request).await.unwrap_err();
    assert_eq!(refused.rejection().unwrap().reason, "REF_NOT_FOUND");
    let request = json::QueryRequest {
        input: by_ref("none", None),
        language: json::QueryLanguage::Pointer.into(),
        ..Default::default()
    };
    let refused = client.query(&context, request).await.unwrap_err();
    assert_eq!(refused.rejection().unwrap().reason, "REF_NOT_FOUND");
    pair.stop().await;
}

/// A schema that lies in the cache was fetched for each check, also at a version, which never changes.
#[tokio::test]
async fn a_schema_at_a_version_is_fetched_once() {
    let pair = Pair::start().await;
    let documents = pair.document_client();
    let stored = documents.put(&Context::background(), put("schema", r#"{"type":"integer"}"#)).await.unwrap();
    let Some(pb::put_document_response::Outcome::Stored(stored)) = stored.outcome else {
        panic!("a conflict")
    };
    let check = async |document: &str, version: Option<u64>| {
        let reference = json::CacheRef { key: "schema".to_owned(), version, ..Default::default() };
        let schema = json::Input { source: Some(json::input::Source::Ref(reference)), format: 0 };
        let input = json::Input { source: Some(json::input::Source::Text(document.to_owned())), format: 0 };
        let (schema, input) = (Some(schema), Some(input));
        let request = json::CheckSchemaRequest { input, schema, ..Default::default() };
        let answer = pair.json_client().check_schema(&Context::background(), request).await;
        answer.map(|answer| answer.valid).map_err(|error| error.rejection().unwrap().reason)
    };
    let reads = async || {
        let stats =
            pair.cache_client().stats(&Context::background(), pb::StatsRequest::default()).await.unwrap();
        stats.operations.iter().find(|one| one.operation == "Get").map_or(0, |get| get.calls)
    };
    assert_eq!((check("1", None).await, check("1", None).await, reads().await), (Ok(true), Ok(true), 2));
    assert_eq!(check("1", Some(stored.version)).await, Ok(true));
    assert_eq!(check("true", Some(stored.version)).await, Ok(false));
    assert_eq!(reads().await, 3);
    documents.put(&Context::background(), put("schema", r#"{"type":"boolean"}"#)).await.unwrap();
    assert_eq!((check("true", None).await, reads().await), (Ok(true), 4));
    assert_eq!(check("true", Some(stored.version)).await, Ok(false), "that version said so");
    assert_eq!(check("1", Some(1)).await, Err("VERSION_GONE".to_owned()));
    pair.stop().await;
}
