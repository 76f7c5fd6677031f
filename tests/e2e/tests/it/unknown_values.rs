//! Numbers that no enum of the contract has, and names that it has not: refused with the names that there are, in every place.

use client::Error;
use context::Context;
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use testkit::Pair;

const UNKNOWN: i32 = 99;

/// Refused for this option, with the names of the enum that begin with `prefix`.
#[track_caller]
fn check<T>(outcome: Result<T, Error>, option: &str, prefix: &str) {
    let Err(error) = outcome else { panic!("{option} was passed over") };
    let refused = error.rejection().unwrap();
    assert_eq!((refused.reason.as_str(), refused.metadata["option"].as_str()), ("OPTION_INVALID", option));
    let begins = format!("{option} is {UNKNOWN}; allowed: {prefix}_");
    assert!(refused.message.starts_with(&begins) && !refused.message.contains("UNSPECIFIED"), "{refused:?}");
}

fn input(format: i32) -> Option<json::Input> {
    Some(json::Input { source: Some(json::input::Source::Text("[1]".to_owned())), format })
}

fn reference(format: i32) -> Option<json::Input> {
    let entry = json::CacheRef { key: "k".to_owned(), ..Default::default() };
    Some(json::Input { source: Some(json::input::Source::Ref(entry)), format })
}

fn query(input: Option<json::Input>) -> json::QueryRequest {
    let language = json::QueryLanguage::Pointer.into();
    json::QueryRequest { input, language, query: "/0".to_owned(), ..Default::default() }
}

#[tokio::test]
async fn a_number_is_told_the_names_by_the_json_service() {
    let pair = Pair::start().await;
    let (client, context) = (pair.json_client(), Context::background());
    let plain = || input(0);
    let format = json::FormatRequest { input: plain(), ..Default::default() };
    let style = json::FormatRequest { style: UNKNOWN, ..format.clone() };
    check(client.format(&context, style).await, "style", "FORMAT_STYLE");
    let numbers = json::FormatRequest { numbers: UNKNOWN, ..format.clone() };
    check(client.format(&context, numbers).await, "numbers", "NUMBERS");
    let key_order = json::FormatRequest { key_order: UNKNOWN, ..format.clone() };
    check(client.format(&context, key_order).await, "key_order", "KEY_ORDER");
    let duplicate_keys = json::FormatRequest { duplicate_keys: UNKNOWN, ..format };
    check(client.format(&context, duplicate_keys).await, "duplicate_keys", "DUPLICATE_KEYS");
    let validate = json::ValidateRequest { input: plain(), profile: UNKNOWN, ..Default::default() };
    check(client.validate(&context, validate).await, "profile", "PROFILE");
    let places = json::QueryRequest { places: UNKNOWN, ..query(plain()) };
    check(client.query(&context, places).await, "places", "HIT_PLACES");
    let language = json::QueryRequest { language: UNKNOWN, ..query(plain()) };
    check(client.query(&context, language).await, "language", "QUERY_LANGUAGE");
    let memo = json::QueryRequest { memo: UNKNOWN, ..query(plain()) };
    check(client.query(&context, memo).await, "memo", "MEMO");
    let to = json::ConvertRequest { input: plain(), to: UNKNOWN, ..Default::default() };
    check(client.convert(&context, to).await, "to", "FORMAT");
    let diff = json::DiffRequest { from: plain(), to: plain(), output: UNKNOWN, ..Default::default() };
    check(client.diff(&context, diff).await, "output", "DIFF_OUTPUT");
    let draft = json::CheckSchemaRequest {
        input: plain(),
        schema: input(0),
        default_draft: UNKNOWN,
        ..Default::default()
    };
    check(client.check_schema(&context, draft).await, "default_draft", "SCHEMA_DRAFT");
    pair.stop().await;
}

/// A document by reference was read as JSON, and so was one whose hits were to come with places.
#[tokio::test]
async fn a_format_is_refused_however_the_document_comes() {
    let pair = Pair::start().await;
    let (client, context) = (pair.json_client(), Context::background());
    let body = cache::value::Body::Text("[1]".to_owned());
    let value = Some(cache::Value { body: Some(body), content_type: "application/json".to_owned() });
    let set = cache::SetRequest { key: "k".to_owned(), value, ..Default::default() };
    pair.cache_client().set(&context, set).await.unwrap();
    for given in [input(UNKNOWN), reference(UNKNOWN)] {
        check(client.query(&context, query(given.clone())).await, "format", "FORMAT");
        let places = json::QueryRequest { places: json::HitPlaces::With.into(), ..query(given.clone()) };
        check(client.query(&context, places).await, "format", "FORMAT");
        let format = json::FormatRequest { input: given.clone(), ..Default::default() };
        check(client.format(&context, format).await, "format", "FORMAT");
        let validate = json::ValidateRequest { input: given.clone(), ..Default::default() };
        check(client.validate(&context, validate).await, "format", "FORMAT");
        let patch = json::PatchRequest { input: given, patch: input(0), ..Default::default() };
        check(client.patch(&context, patch).await, "format", "FORMAT");
    }
    pair.stop().await;
}

/// The policy of a namespace was told by number: "allowed: 1 (adaptive)".
#[tokio::test]
async fn a_number_is_told_the_names_by_the_cache_service() {
    let pair = Pair::start().await;
    let context = Context::background();
    let namespace = cache::Namespace { name: "n".to_owned(), policy: UNKNOWN, ..Default::default() };
    let create = cache::CreateNamespaceRequest { namespace: Some(namespace) };
    check(pair.cache_client().create_namespace(&context, create).await, "policy", "EVICTION_POLICY");
    let take = cache::TakeTokensRequest { takes: vec![cache::Take::default()], mode: UNKNOWN };
    check(pair.load_client().take_tokens(&context, take).await, "mode", "TAKE_MODE");
    pair.stop().await;
}
