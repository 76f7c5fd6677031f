//! Bad input over gRPC: a typed error that names the limit and what is allowed; the process lives on.

use client::{Error, Rejection};
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use testkit::Pair;
use tonic::Code;

fn rejection(error: &Error) -> Rejection {
    match error {
        Error::Status(status) => Rejection::of(status),
        other => panic!("not a status: {other:?}"),
    }
}

fn input(bytes: impl Into<Vec<u8>>) -> Option<json::Input> {
    Some(json::Input { source: Some(json::input::Source::Data(bytes.into().into())), format: 0 })
}

fn check(error: Error, code: Code, reason: &str) -> Rejection {
    let rejection = rejection(&error);
    assert_eq!((rejection.code, rejection.reason.as_str()), (code, reason), "{rejection:?}");
    assert!(!rejection.message.is_empty());
    rejection
}

async fn format(pair: &Pair, bytes: impl Into<Vec<u8>>) -> Error {
    let request = json::FormatRequest { input: input(bytes), ..Default::default() };
    pair.json_client().format(&Context::background(), request).await.unwrap_err()
}

#[tokio::test]
async fn documents() {
    let pair = Pair::start().await;
    let invalid = check(format(&pair, "{\"a\":1,}").await, Code::InvalidArgument, "DOCUMENT_INVALID");
    assert_eq!(invalid.diagnostics.diagnostics[0].code, "TRAILING_COMMA");
    let fix = json::Fix { start: 6, end: 7, replacement: String::new() };
    assert_eq!(invalid.diagnostics.diagnostics[0].fix, Some(fix));
    let utf8 = check(format(&pair, b"[\"\xff\"]".to_vec()).await, Code::InvalidArgument, "DOCUMENT_INVALID");
    assert_eq!(utf8.diagnostics.diagnostics[0].code, "INVALID_UTF8");
    assert_eq!(utf8.diagnostics.diagnostics[0].start.as_ref().unwrap().byte_offset, 2);
    let deep = check(format(&pair, vec![b'['; 1_000_000]).await, Code::InvalidArgument, "DEPTH_LIMIT");
    assert_eq!(deep.metadata["allowed"], "128");
    let large = check(format(&pair, vec![b' '; 5 << 20]).await, Code::InvalidArgument, "INPUT_BYTES_LIMIT");
    assert!(large.message.contains("4194304"), "{}", large.message);
    let none = json::FormatRequest::default();
    let error = pair.json_client().format(&Context::background(), none).await.unwrap_err();
    check(error, Code::InvalidArgument, "INPUT_MISSING");
    let alive = json::ValidateRequest { input: input("1"), ..Default::default() };
    assert!(pair.json_client().validate(&Context::background(), alive).await.unwrap().valid);
    pair.stop().await;
}

#[tokio::test]
async fn references_and_recipes() {
    let pair = Pair::start().await;
    let json = pair.json_client();
    let unknown = json::CacheRef { key: "nothing".to_owned(), ..Default::default() };
    let by_ref = Some(json::Input { source: Some(json::input::Source::Ref(unknown)), format: 0 });
    let request = json::ValidateRequest { input: by_ref, ..Default::default() };
    check(json.validate(&Context::background(), request).await.unwrap_err(), Code::NotFound, "REF_NOT_FOUND");
    let step = |query: &str| json::Step {
        step: Some(json::step::Step::Query(json::QueryStep {
            language: json::QueryLanguage::Pointer.into(),
            query: query.to_owned(),
            ..Default::default()
        })),
    };
    let recipe = Some(json::Recipe { steps: vec![step("/a"), step("/b")] });
    let request = json::RunRequest { input: input(r#"{"a":{}}"#), recipe, ..Default::default() };
    let failed = check(
        json.run(&Context::background(), request).await.unwrap_err(),
        Code::NotFound,
        "POINTER_NOT_FOUND",
    );
    assert_eq!(failed.metadata["step"], "1");
    let many = Some(json::Recipe { steps: vec![step(""); 33] });
    let request = json::RunRequest { input: input("1"), recipe: many, ..Default::default() };
    check(
        json.run(&Context::background(), request).await.unwrap_err(),
        Code::InvalidArgument,
        "RECIPE_STEPS_LIMIT",
    );
    pair.stop().await;
}

#[tokio::test]
async fn cache_requests() {
    let pair = Pair::start().await;
    let client = pair.cache_client();
    let background = Context::background();
    let get = |namespace: &str, key: String| cache::GetRequest { namespace: namespace.to_owned(), key };
    let empty = client.get(&background, get("", String::new())).await.unwrap_err();
    check(empty, Code::InvalidArgument, "KEY_EMPTY");
    let long = client.get(&background, get("", "k".repeat(64 << 10))).await.unwrap_err();
    assert_eq!(check(long, Code::InvalidArgument, "KEY_BYTES_LIMIT").metadata["allowed"], "1024");
    let nowhere = client.get(&background, get("nowhere", "k".to_owned())).await.unwrap_err();
    check(nowhere, Code::NotFound, "NAMESPACE_NOT_FOUND");
    let value = Some(cache::Value {
        body: Some(cache::value::Body::Text("v".to_owned())),
        content_type: String::new(),
    });
    let set =
        |ttl| cache::SetRequest { key: "k".to_owned(), value: value.clone(), ttl, ..Default::default() };
    for seconds in [-1, 0, 400_000_000] {
        let ttl = Some(prost_types::Duration { seconds, nanos: 0 });
        check(client.set(&background, set(ttl)).await.unwrap_err(), Code::InvalidArgument, "TTL_INVALID");
    }
    let many = cache::GetManyRequest { namespace: String::new(), keys: vec!["k".to_owned(); 1_001] };
    check(client.get_many(&background, many).await.unwrap_err(), Code::InvalidArgument, "BATCH_ITEMS_LIMIT");
    assert!(client.set(&background, set(None)).await.is_ok(), "the process lives on");
    pair.stop().await;
}

#[tokio::test]
async fn an_expired_deadline_is_not_worked_on() {
    let pair = Pair::start().await;
    let mut context = Context::background();
    context.deadline = Some(Deadline::after(std::time::Duration::ZERO));
    let request = json::ValidateRequest { input: input("1"), ..Default::default() };
    let error = pair.json_client().validate(&context, request).await.unwrap_err();
    assert!(matches!(error, Error::Deadline { .. }), "{error:?}");
    pair.stop().await;
}
