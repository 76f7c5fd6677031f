//! Documents, from request to answer.

use std::sync::Arc;

use cache_engine::{Store as _, SystemClock};
use chassis::Tasks;

use super::super::{get, get_document, increment, merge_document, patch_document, put_document, set};
use super::*;
use crate::{App, Config};
use pb::get_document_response::Outcome as Read;
use pb::patch_document_response::Outcome as Patched;

fn app() -> App {
    app_with(|_| {})
}

fn app_with(set: impl FnOnce(&mut Config)) -> App {
    let mut config = Config::default();
    set(&mut config);
    App::new(config, Tasks::new(), Arc::new(SystemClock::new())).unwrap()
}

fn value(text: &str) -> Option<pb::Value> {
    let body = Some(pb::value::Body::Text(text.to_owned()));
    Some(pb::Value { body, content_type: String::new() })
}

async fn put(app: &App, text: &str) -> Result<u64, Failure> {
    let request = pb::PutDocumentRequest { key: "k".to_owned(), value: value(text), ..Default::default() };
    match put_document::call(app, request).await?.outcome {
        Some(pb::put_document_response::Outcome::Stored(stored)) => Ok(stored.version),
        other => panic!("{other:?}"),
    }
}

fn patch_of(text: &str) -> pb::PatchDocumentRequest {
    let body = Some(pb::document_patch::Body::Text(text.to_owned()));
    let patch = Some(pb::DocumentPatch { body });
    pb::PatchDocumentRequest { key: "k".to_owned(), patch, ..Default::default() }
}

async fn patch(app: &App, request: pb::PatchDocumentRequest) -> Result<Patched, Failure> {
    Ok(patch_document::call(app, request).await?.outcome.unwrap())
}

fn version_of(outcome: &Patched) -> u64 {
    match outcome {
        Patched::Changed(changed) => changed.version,
        other => panic!("{other:?}"),
    }
}

async fn merge(app: &App, text: &str) {
    let pb::PatchDocumentRequest { key, patch, .. } = patch_of(text);
    let request = pb::MergeDocumentRequest { key, patch, ..Default::default() };
    let outcome = merge_document::call(app, request).await.unwrap().outcome.unwrap();
    assert!(matches!(outcome, pb::merge_document_response::Outcome::Changed(_)), "{outcome:?}");
}

fn if_version(version: u64) -> Option<pb::Condition> {
    Some(pb::Condition { kind: Some(pb::condition::Kind::IfVersion(version)) })
}

async fn text(app: &App) -> String {
    let request = pb::GetRequest { key: "k".to_owned(), ..Default::default() };
    match get::call(app, &request).await.unwrap().outcome.unwrap() {
        pb::get_response::Outcome::Found(entry) => match entry.value.unwrap().body.unwrap() {
            pb::value::Body::Text(text) => text,
            other @ pb::value::Body::Data(_) => panic!("{other:?}"),
        },
        other @ pb::get_response::Outcome::Missing(_) => panic!("{other:?}"),
    }
}

fn pointer(pointer: &str) -> pb::DocumentPath {
    pb::DocumentPath { kind: Some(pb::document_path::Kind::Pointer(pointer.to_owned())) }
}

fn jsonpath(program: &str) -> pb::DocumentPath {
    pb::DocumentPath { kind: Some(pb::document_path::Kind::Jsonpath(program.to_owned())) }
}

async fn read(app: &App, paths: Vec<pb::DocumentPath>) -> Result<pb::Document, Failure> {
    let request = pb::GetDocumentRequest { key: "k".to_owned(), paths, ..Default::default() };
    match get_document::call(app, request).await?.outcome {
        Some(Read::Found(document)) => Ok(document),
        other => panic!("{other:?}"),
    }
}

/// Answers come out as `path=text` between spaces, or `missing`.
fn shown(document: pb::Document) -> Vec<String> {
    let answer = |answer: pb::PathAnswer| match answer.outcome.unwrap() {
        pb::path_answer::Outcome::Missing(_) => "missing".to_owned(),
        pb::path_answer::Outcome::Found(found) => {
            let values: Vec<_> =
                found.values.iter().map(|value| format!("{}={}", value.pointer, value.text)).collect();
            values.join(" ")
        }
    };
    document.answers.into_iter().map(answer).collect()
}

#[tokio::test]
async fn several_paths_are_answered_each_for_itself_from_one_version() {
    let app = app();
    let version = put(&app, r#"{"a": [1.50, {"b": "é"}], "c": null}"#).await.unwrap();
    let paths = vec![pointer("/a/0"), jsonpath("$..b"), pointer("/x"), jsonpath("$.x"), pointer("/c")];
    let document = read(&app, paths).await.unwrap();
    assert_eq!(document.version, version);
    assert_eq!(shown(document), ["/a/0=1.50", "/a/1/b=\"é\"", "missing", "missing", "/c=null"]);
    let whole = read(&app, vec![]).await.unwrap();
    let body = whole.value.clone().unwrap().body;
    assert_eq!(body, value(r#"{"a": [1.50, {"b": "é"}], "c": null}"#).unwrap().body, "as it was written");
    assert_eq!(whole.value.unwrap().content_type, "application/json");
}

#[tokio::test]
async fn json_that_was_set_as_a_plain_value_is_a_document() {
    let app = app();
    let request = pb::SetRequest { key: "k".to_owned(), value: value("[7]"), ..Default::default() };
    set::call(&app, &request).await.unwrap();
    assert_eq!(shown(read(&app, vec![pointer("/0")]).await.unwrap()), ["/0=7"]);
    let request = pb::SetRequest { key: "k".to_owned(), value: value("[8"), ..Default::default() };
    set::call(&app, &request).await.unwrap();
    let failure = read(&app, vec![pointer("/0")]).await.unwrap_err();
    assert_eq!((failure.reason.as_ref(), failure.details.len()), ("DOCUMENT_INVALID", 1));
    let failure = patch(&app, patch_of("[]")).await.unwrap_err();
    assert_eq!(failure.reason, "DOCUMENT_INVALID");
    assert_eq!(text(&app).await, "[8");
}

#[tokio::test]
async fn a_patch_and_a_merge_change_a_document_where_it_lies() {
    let app = app();
    let first = put(&app, r#"{"a": 1, "b": [1.0]}"#).await.unwrap();
    let outcome = patch(&app, patch_of(r#"[{"op":"add","path":"/b/-","value":2}]"#)).await.unwrap();
    assert_eq!(text(&app).await, r#"{"a":1,"b":[1.0,2]}"#);
    assert!(version_of(&outcome) > first);
    merge(&app, r#"{"a":null,"c":{"d":3}}"#).await;
    assert_eq!(text(&app).await, r#"{"b":[1.0,2],"c":{"d":3}}"#);
    assert_eq!(shown(read(&app, vec![pointer("/c/d")]).await.unwrap()), ["/c/d=3"]);
}

#[tokio::test]
async fn a_condition_that_does_not_hold_is_an_answer() {
    let app = app();
    let absent = patch(&app, patch_of("[]")).await.unwrap();
    assert_eq!(absent, Patched::Missing(pb::Missing {}));
    let version = put(&app, "{}").await.unwrap();
    let add = patch_of(r#"[{"op":"add","path":"/a","value":1}]"#);
    let other = pb::PatchDocumentRequest { condition: if_version(version - 1), ..add.clone() };
    let current = Some(pb::conflict::Current::Version(version));
    assert_eq!(patch(&app, other).await.unwrap(), Patched::Conflict(pb::Conflict { current }));
    assert_eq!(text(&app).await, "{}");
    let same = pb::PatchDocumentRequest { condition: if_version(version), ..add.clone() };
    assert!(version_of(&patch(&app, same).await.unwrap()) > version);
    let kind = Some(pb::condition::Kind::IfAbsent(pb::IfAbsent {}));
    let absent = pb::PatchDocumentRequest { condition: Some(pb::Condition { kind }), ..add };
    assert_eq!(patch(&app, absent).await.unwrap_err().reason, "CONDITION_INVALID");
    let request =
        pb::GetDocumentRequest { key: "k".to_owned(), version: Some(version), ..Default::default() };
    assert_eq!(get_document::call(&app, request).await.unwrap_err().reason, "VERSION_GONE");
}

#[tokio::test]
async fn a_change_that_is_sent_again_takes_effect_once() {
    let app = app();
    put(&app, "[]").await.unwrap();
    let once = pb::PatchDocumentRequest {
        request_id: "one".to_owned(),
        ..patch_of(r#"[{"op":"test","path":"","value":[]},{"op":"add","path":"/-","value":1}]"#)
    };
    let first = patch(&app, once.clone()).await.unwrap();
    assert_eq!(version_of(&patch(&app, once.clone()).await.unwrap()), version_of(&first));
    assert_eq!(text(&app).await, "[1]");
    let other = pb::PatchDocumentRequest { request_id: "one".to_owned(), ..patch_of("[]") };
    assert_eq!(patch(&app, other).await.unwrap_err().reason, "REQUEST_ID_REUSED");
    let failed = pb::PatchDocumentRequest { request_id: "two".to_owned(), ..once };
    assert_eq!(patch(&app, failed.clone()).await.unwrap_err().reason, "PATCH_TEST_FAILED");
    put(&app, "[]").await.unwrap();
    patch(&app, failed).await.unwrap();
    assert_eq!(text(&app).await, "[1]", "one that was not done may be tried again");
}

#[tokio::test]
async fn what_cannot_be_done_leaves_the_document_as_it_was() {
    let app = app_with(|config| {
        config.store.max_value_bytes = 20;
        config.documents.max_depth = 3;
        config.documents.max_nodes = 10;
    });
    put(&app, r#"{"a":[1]}"#).await.unwrap();
    let check = async |text: &str, reason: &str| {
        assert_eq!(patch(&app, patch_of(text)).await.unwrap_err().reason, reason, "{text}");
    };
    check("{}", "PATCH_INVALID").await;
    check("[", "DOCUMENT_INVALID").await;
    check(r#"[{"op":"remove","path":"/b"}]"#, "PATCH_PATH_NOT_FOUND").await;
    check(
        r#"[{"op":"add","path":"/a/0","value":2},{"op":"test","path":"/a/0","value":1}]"#,
        "PATCH_TEST_FAILED",
    )
    .await;
    check(r#"[{"op":"add","path":"/a/0","value":[[1]]}]"#, "DEPTH_LIMIT").await;
    check(r#"[{"op":"add","path":"/a/0","value":[1,2,3,4,5,6,7]}]"#, "NODES_LIMIT").await;
    check(r#"[{"op":"add","path":"/a/0","value":"0123456789ab"}]"#, "VALUE_BYTES_LIMIT").await;
    let nothing = pb::PatchDocumentRequest { patch: None, ..patch_of("") };
    assert_eq!(patch(&app, nothing).await.unwrap_err().reason, "PATCH_MISSING");
    assert_eq!(text(&app).await, r#"{"a":[1]}"#);
    assert_eq!(put(&app, "[[[[]]]]").await.unwrap_err().reason, "DEPTH_LIMIT");
    assert_eq!(put(&app, "nul").await.unwrap_err().reason, "DOCUMENT_INVALID");
}

#[tokio::test]
async fn a_read_says_which_path_it_does_not_take() {
    let app = app_with(|config| config.server.limits.max_response_bytes = 100);
    put(&app, &format!("[\"{}\", 1]", "x".repeat(100))).await.unwrap();
    let check = async |paths: Vec<pb::DocumentPath>, reason: &str| {
        assert_eq!(read(&app, paths).await.unwrap_err().reason, reason);
    };
    check(vec![pointer("/1"); 65], "DOCUMENT_PATHS_LIMIT").await;
    check(vec![pointer("/1"), pb::DocumentPath::default()], "DOCUMENT_PATH_MISSING").await;
    check(vec![pointer("1")], "QUERY_INVALID").await;
    check(vec![jsonpath("$[")], "QUERY_INVALID").await;
    check(vec![jsonpath(&format!("$['{}']", "x".repeat(64 << 10)))], "QUERY_BYTES_LIMIT").await;
    check(vec![pointer("/0")], "OUTPUT_TOO_LARGE").await;
    check(vec![], "OUTPUT_TOO_LARGE").await;
    assert_eq!(shown(read(&app, vec![pointer("/1")]).await.unwrap()), ["/1=1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_patch_of_many_writers_is_lost() {
    let app = app();
    put(&app, "[]").await.unwrap();
    let writers = (0..16).map(|writer| {
        let app = app.clone();
        async move {
            for number in 0..20 {
                let text = format!(r#"[{{"op":"add","path":"/-","value":[{writer},{number}]}}]"#);
                version_of(&patch(&app, patch_of(&text)).await.unwrap());
            }
        }
    });
    writers.collect::<tokio::task::JoinSet<()>>().join_all().await;
    let mut all: Vec<[u32; 2]> = serde_json::from_str(&text(&app).await).unwrap();
    all.sort_unstable();
    let expected: Vec<_> = (0..16).flat_map(|writer| (0..20).map(move |number| [writer, number])).collect();
    assert_eq!(all, expected);
}

/// Registers a schema, as fastjson-api does.
async fn register(app: &App, text: &'static str) {
    let version = fastjson_proto::fastjson::v1::RegistryVersion {
        version: 1,
        text: text.as_bytes().into(),
        ..Default::default()
    };
    let record = fastjson_proto::fastjson::v1::RegistryRecord {
        name: "shop".to_owned(),
        next_version: 2,
        versions: vec![version],
        ..Default::default()
    };
    let namespace = app.config.schemas.namespace.clone();
    let created = cache_engine::NamespaceConfig::new(wire::namespace(&namespace).unwrap());
    // The second time it is there.
    let _made = app.store.create_namespace(created).await;
    let body = Some(pb::value::Body::Data(record.encode_to_vec().into()));
    let value = Some(pb::Value { body, content_type: "application/x-protobuf".to_owned() });
    let request = pb::SetRequest { namespace, key: "schema:shop".to_owned(), value, ..Default::default() };
    set::call(app, &request).await.unwrap();
}

#[tokio::test]
async fn a_write_that_breaks_the_schema_it_names_is_refused_with_its_place() {
    let app = app();
    let request = pb::PutDocumentRequest {
        key: "k".to_owned(),
        value: value(r#"{"n": "x"}"#),
        schema: "shop".to_owned(),
        ..Default::default()
    };
    let unknown = put_document::call(&app, request.clone()).await.unwrap_err();
    assert_eq!(unknown.reason, "SCHEMA_NOT_FOUND");
    register(&app, r#"{"properties":{"n":{"type":"integer"}}}"#).await;
    let failure = put_document::call(&app, request).await.unwrap_err();
    assert_eq!((failure.reason.as_ref(), failure.details.len()), ("SCHEMA_VIOLATED", 1));
    assert!(failure.metadata.contains(&("schema_version".to_owned(), "1".to_owned())));
    let rows = serde_json::to_string(&failure.problem).unwrap();
    assert!(rows.contains(r#""jsonPointer":"/n""#) && rows.contains(r#""column":7"#), "{rows}");

    put(&app, r#"{"n":1}"#).await.unwrap();
    let named = pb::PatchDocumentRequest {
        schema: "shop".to_owned(),
        ..patch_of(r#"[{"op":"replace","path":"/n","value":1.5}]"#)
    };
    assert_eq!(patch(&app, named).await.unwrap_err().reason, "SCHEMA_VIOLATED");
    assert_eq!(text(&app).await, r#"{"n":1}"#);
    let version = pb::PatchDocumentRequest { schema_version: Some(1), ..patch_of("[]") };
    assert_eq!(patch(&app, version).await.unwrap_err().reason, "OPTION_INVALID");
}

#[tokio::test]
async fn a_namespace_that_demands_a_schema_takes_nothing_else_by_any_call() {
    let app = app_with(|config| config.store.schema = Some("shop".to_owned()));
    register(&app, r#"{"properties":{"n":{"type":"integer"}}}"#).await;
    put(&app, r#"{"n":1}"#).await.unwrap();
    assert_eq!(put(&app, r#"{"n":"x"}"#).await.unwrap_err().reason, "SCHEMA_VIOLATED");
    let change = patch_of(r#"[{"op":"add","path":"/n","value":null}]"#);
    assert_eq!(patch(&app, change).await.unwrap_err().reason, "SCHEMA_VIOLATED");
    let request = pb::SetRequest { key: "k".to_owned(), value: value(r#"{"n":2}"#), ..Default::default() };
    assert_eq!(set::call(&app, &request).await.unwrap_err().reason, "SCHEMA_DEMANDED");
    let request = pb::IncrementRequest { key: "n".to_owned(), by: 1, ..Default::default() };
    assert_eq!(increment::call(&app, &request).await.unwrap_err().reason, "SCHEMA_DEMANDED");
    register(&app, r#"{"required":["m"]}"#).await;
    assert_eq!(text(&app).await, r#"{"n":1}"#, "what is there stays when the schema becomes stricter");
    assert_eq!(patch(&app, patch_of("[]")).await.unwrap_err().reason, "SCHEMA_VIOLATED");
    merge(&app, r#"{"m":1}"#).await;
}
