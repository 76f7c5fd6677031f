//! Documents in other formats, changed and compared, over gRPC: by value and by reference, and past each limit.

use client::{Error, Rejection};
use context::Context;
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use testkit::Pair;
use tonic::Code;

fn input(bytes: impl Into<Vec<u8>>, format: json::Format) -> Option<json::Input> {
    let source = json::input::Source::Data(bytes.into().into());
    Some(json::Input { source: Some(source), format: format.into() })
}

fn convert_request(bytes: impl Into<Vec<u8>>, from: json::Format, to: json::Format) -> json::ConvertRequest {
    json::ConvertRequest { input: input(bytes, from), to: to.into(), ..Default::default() }
}

fn rejection(error: &Error) -> Rejection {
    match error {
        Error::Status(status) => Rejection::of(status),
        other => panic!("not a status: {other:?}"),
    }
}

fn bytes(output: Option<json::Output>) -> Vec<u8> {
    match output.unwrap().result.unwrap() {
        json::output::Result::Text(text) => text.into_bytes(),
        json::output::Result::Data(bytes) => bytes.to_vec(),
        json::output::Result::Ref(reference) => panic!("a reference: {reference:?}"),
    }
}

/// A document goes from JSON through every other format and back, each time by the service.
#[tokio::test]
async fn every_format_holds_the_document() {
    let pair = Pair::start().await;
    let json = pair.json_client();
    let text = r#"{"name":"a b","list":[1,-2,3.5,true,"no","2001-01-01",""],"inner":{"é":"line\nline"}}"#;
    for format in [
        json::Format::Yaml,
        json::Format::Toml,
        json::Format::Cbor,
        json::Format::Msgpack,
        json::Format::Ndjson,
    ] {
        let there = convert_request(text, json::Format::Json, format);
        let there = json.convert(&Context::background(), there).await.unwrap();
        assert_eq!((there.diagnostics_total, there.output.as_ref().unwrap().format()), (0, format));
        let documents = json::Documents::Refuse.into();
        let back = convert_request(bytes(there.output), format, json::Format::Json);
        let back = json::ConvertRequest { documents, ..back };
        let back = json.convert(&Context::background(), back).await.unwrap();
        assert_eq!(String::from_utf8(bytes(back.output)).unwrap(), text, "{format:?}");
    }
    pair.stop().await;
}

/// What is stored carries the media type of its format, and a computed entry does too.
#[tokio::test]
async fn stored_answers_carry_their_media_type() {
    let pair = Pair::start().await;
    let (json, store) = (pair.json_client(), pair.cache_client());
    let target = json::CacheRef { key: "config.yaml".to_owned(), ..Default::default() };
    let request = json::ConvertRequest {
        store_as: Some(json::StoreAs { target: Some(target.clone()), ttl: None }),
        ..convert_request(r#"{"port":80}"#, json::Format::Json, json::Format::Yaml)
    };
    json.convert(&Context::background(), request).await.unwrap();
    let by_ref =
        json::Input { source: Some(json::input::Source::Ref(target)), format: json::Format::Yaml.into() };
    let query = json::QueryRequest {
        input: Some(by_ref),
        language: json::QueryLanguage::Pointer.into(),
        query: "/port".to_owned(),
        ..Default::default()
    };
    let answer = json.query(&Context::background(), query).await.unwrap();
    assert_eq!(bytes(answer.output), b"80");
    let to_toml = json::ConvertStep { to: json::Format::Toml.into(), ..Default::default() };
    let compute = cache::GetOrComputeRequest {
        key: "config.toml".to_owned(),
        input: input(r#"{"port":80}"#, json::Format::Json),
        recipe: Some(json::Recipe {
            steps: vec![json::Step { step: Some(json::step::Step::Convert(to_toml)) }],
        }),
        ..Default::default()
    };
    store.get_or_compute(&Context::background(), compute).await.unwrap();
    for (key, content_type) in [("config.yaml", "application/yaml"), ("config.toml", "application/toml")] {
        let request = cache::GetRequest { namespace: String::new(), key: key.to_owned() };
        let found = store.get(&Context::background(), request).await.unwrap().outcome;
        let Some(cache::get_response::Outcome::Found(entry)) = found else { panic!("{key}: {found:?}") };
        assert_eq!(entry.value.unwrap().content_type, content_type);
    }
    pair.stop().await;
}

/// Text, format and the error that it must give.
fn hostile() -> Vec<(json::Format, Vec<u8>, &'static str)> {
    use json::Format::{Cbor, Csv, Json5, Msgpack, Ndjson, Toml, Yaml};
    let laughs = (1..10).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, level| {
        let alias = vec![format!("*a{}", level - 1); 9].join(", ");
        text + &format!("a{level}: &a{level} [{alias}]\n")
    });
    let deep = |byte: u8| vec![byte; 1_000_000];
    vec![
        (Yaml, laughs.into_bytes(), "NODES_LIMIT"),
        (Yaml, deep(b'['), "DEPTH_LIMIT"),
        (Yaml, b"- ".repeat(500_000), "DEPTH_LIMIT"),
        (Json5, deep(b'['), "DEPTH_LIMIT"),
        (Ndjson, deep(b'['), "DEPTH_LIMIT"),
        (Toml, [b"a = ".as_slice(), &deep(b'[')].concat(), "DEPTH_LIMIT"),
        (Cbor, deep(0x81), "DEPTH_LIMIT"),
        (Msgpack, deep(0x91), "DEPTH_LIMIT"),
        (Cbor, vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "DOCUMENT_INVALID"),
        (Csv, b"a,b\n1,\"2".to_vec(), "DOCUMENT_INVALID"),
        (Yaml, [b"- ".as_slice(), &vec![b'1'; 1_000_000]].concat(), "NUMBER_DIGITS_LIMIT"),
    ]
}

#[tokio::test]
async fn hostile_documents_end_with_the_right_error_and_others_are_served() {
    let pair = Pair::start().await;
    let json = pair.json_client();
    for (format, text, reason) in hostile() {
        let hostile = convert_request(text, format, json::Format::Json);
        let good = json::ValidateRequest { input: input("[1]", json::Format::Json), ..Default::default() };
        let (context, other) = (Context::background(), Context::background());
        let (refused, served) = tokio::join!(json.convert(&context, hostile), json.validate(&other, good));
        let rejection = rejection(&refused.unwrap_err());
        assert_eq!(
            (rejection.code, rejection.reason.as_str()),
            (Code::InvalidArgument, reason),
            "{format:?}"
        );
        assert!(served.unwrap().valid);
    }
    pair.stop().await;
}

#[tokio::test]
async fn a_document_in_another_format_is_judged_by_its_own_rules() {
    let pair = Pair::start().await;
    let request =
        json::ValidateRequest { input: input("a: 1\nb: [1, 2\n", json::Format::Yaml), ..Default::default() };
    let verdict = pair.json_client().validate(&Context::background(), request).await.unwrap();
    assert!(!verdict.valid);
    let found = &verdict.diagnostics[0];
    assert_eq!((found.code.as_str(), found.start.as_ref().unwrap().line), ("YAML_SYNTAX", 2), "{found:?}");
    pair.stop().await;
}

#[tokio::test]
async fn patches_past_their_limit_and_with_wrong_parts() {
    let pair = Pair::start().await;
    let json = pair.json_client();
    let operations = vec![r#"{"op":"test","path":"","value":1}"#; 10_001].join(",");
    let check = async |patch: String, code: Code, reason: &str| {
        let request = json::PatchRequest {
            input: input("1", json::Format::Json),
            patch: input(patch, json::Format::Json),
            store_as: None,
        };
        let refused = rejection(&json.patch(&Context::background(), request).await.unwrap_err());
        assert_eq!((refused.code, refused.reason.as_str()), (code, reason), "{refused:?}");
        refused
    };
    let limit = check(format!("[{operations}]"), Code::InvalidArgument, "PATCH_OPERATIONS_LIMIT").await;
    assert_eq!(limit.metadata["allowed"], "10000");
    let part = check("[1,]".to_owned(), Code::InvalidArgument, "DOCUMENT_INVALID").await;
    assert_eq!(part.metadata["part"], "patch");
    let arrays = json::DiffRequest {
        from: input("1", json::Format::Json),
        to: input("1", json::Format::Json),
        arrays: json::Arrays::Keyed.into(),
        ..Default::default()
    };
    let refused = rejection(&json.diff(&Context::background(), arrays).await.unwrap_err());
    assert_eq!(
        (refused.reason.as_str(), refused.metadata["option"].as_str()),
        ("OPTION_INVALID", "array_keys")
    );
    let nothing = json::MergeRequest { input: input("1", json::Format::Json), ..Default::default() };
    let refused = rejection(&json.merge(&Context::background(), nothing).await.unwrap_err());
    assert_eq!(refused.reason, "INPUT_MISSING");
    pair.stop().await;
}
