//! RunStream and Transfer on entries of the cache service, and with answers that stay there.

use client::CacheClient;
use context::Context;
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use json::QueryLanguage::{Jq, Pointer};
use testkit::{Pair, PairConfig};
use tonic::Code;

use crate::stream::{self, query, run, shown};
use crate::transfer::{self, transfer_by};

const RECORDS: &str = "{\"a\":1.50}\n{\"a\":[1,\r2]}\nnot\n{\"a\":\"\u{e9}\"}\n";

async fn put(client: &CacheClient, key: &str, text: &str) -> u64 {
    let body = Some(cache::value::Body::Text(text.to_owned()));
    let value = Some(cache::Value { body, content_type: String::new() });
    let request = cache::SetRequest { key: key.to_owned(), value, ..Default::default() };
    match client.set(&Context::background(), request).await.unwrap().outcome.unwrap() {
        cache::set_response::Outcome::Stored(stored) => stored.version,
        cache::set_response::Outcome::Conflict(conflict) => panic!("{conflict:?}"),
    }
}

/// Version, text and content type of the entry, if there is one.
async fn get(client: &CacheClient, key: &str) -> Option<(u64, String, String)> {
    let request = cache::GetRequest { key: key.to_owned(), ..Default::default() };
    match client.get(&Context::background(), request).await.unwrap().outcome.unwrap() {
        cache::get_response::Outcome::Found(entry) => {
            let value = entry.value.unwrap();
            let Some(cache::value::Body::Text(text)) = value.body else { panic!("it is bytes") };
            Some((entry.version, text, value.content_type))
        }
        cache::get_response::Outcome::Missing(_) => None,
    }
}

fn entry(key: &str, version: Option<u64>) -> Option<json::CacheRef> {
    Some(json::CacheRef { key: key.to_owned(), version, ..Default::default() })
}

fn into(key: &str) -> Option<json::StoreAs> {
    Some(json::StoreAs { target: entry(key, None), ttl: None })
}

fn streamed(program: &str) -> json::RunStreamHeader {
    json::RunStreamHeader { recipe: Some(query(Pointer, program)), ..Default::default() }
}

fn minified() -> json::TransferHeader {
    let style = json::FormatStyle::Minify.into();
    let step = json::step::Step::Format(json::FormatStep { style, ..Default::default() });
    let recipe = Some(json::Recipe { steps: vec![json::Step { step: Some(step) }] });
    json::TransferHeader { recipe, ..Default::default() }
}

#[tokio::test]
async fn records_of_an_entry_go_through_and_their_answers_become_one() {
    let pair = Pair::start().await;
    let (client, keys) = (pair.json_client(), pair.cache_client());
    let version = put(&keys, "records", RECORDS).await;
    let header = json::RunStreamHeader { r#ref: entry("records", Some(version)), ..streamed("/a") };
    let (results, summary) = run(&client, header.clone(), &[]).await;
    assert_eq!(shown(&results), ["1 1.50", "2 [1,\r2]", "3 DOCUMENT_INVALID", "4 \"\u{e9}\""]);
    let summary = summary.unwrap();
    assert_eq!((summary.records, summary.errors, summary.stored), (4, 1, None));
    assert_eq!(summary.input_bytes, RECORDS.len() as u64);

    let header = json::RunStreamHeader { store_as: into("answers"), ..header };
    let (results, summary) = run(&client, header, &[]).await;
    assert_eq!(shown(&results), ["3 DOCUMENT_INVALID"], "answers do not come where they are stored");
    let stored = summary.unwrap().stored.unwrap();
    let (version, text, content_type) = get(&keys, "answers").await.unwrap();
    assert_eq!((stored.key.as_str(), stored.version), ("answers", Some(version)));
    assert_eq!(
        (text.as_str(), content_type.as_str()),
        ("1.50\n[1, 2]\n\"\u{e9}\"\n", "application/x-ndjson")
    );
    pair.stop().await;
}

#[tokio::test]
async fn a_document_of_an_entry_is_transferred_and_its_answer_becomes_one() {
    let pair = Pair::start().await;
    let (client, keys) = (pair.json_client(), pair.cache_client());
    put(&keys, "document", "[ 1.50,\n null ]").await;
    let header = json::TransferHeader { r#ref: entry("document", None), ..minified() };
    let (answer, summary) = transfer_by(&client, header.clone(), b"").await.unwrap();
    assert_eq!((answer.as_slice(), summary.stored), (&b"[1.50,null]"[..], None));

    let header = json::TransferHeader { store_as: into("small"), ..header };
    let (answer, summary) = transfer_by(&client, header, b"").await.unwrap();
    assert_eq!((answer.len(), summary.output_bytes, summary.input_bytes), (0, 11, 15));
    let (version, text, content_type) = get(&keys, "small").await.unwrap();
    assert_eq!((text.as_str(), content_type.as_str()), ("[1.50,null]", "application/json"));
    assert_eq!(summary.stored.unwrap().version, Some(version));

    // Of a document that comes in pieces, by a recipe that has it whole.
    let recipe = Some(query(Jq, "length"));
    let header = json::TransferHeader { recipe, store_as: into("length"), ..Default::default() };
    let pieces = format!("[{}0]", "1, ".repeat(1_000_000));
    let (answer, _) = transfer_by(&client, header, pieces.as_bytes()).await.unwrap();
    assert_eq!((answer.len(), get(&keys, "length").await.unwrap().1.as_str()), (0, "[1000001]"));
    pair.stop().await;
}

#[tokio::test]
async fn a_reference_that_cannot_be_read_or_written_says_why_and_stores_nothing() {
    let mut config = PairConfig::default();
    config.json.limits.program_memory_bytes = 2 << 20;
    config.json.transfer.total_bytes = 8 << 20;
    let pair = Pair::start_with(config).await;
    let (client, keys) = (pair.json_client(), pair.cache_client());
    let version = put(&keys, "records", RECORDS).await;
    let of_stream = async |header: json::RunStreamHeader, pieces: &[&[u8]], expected: (Code, &str)| {
        let (code, reason) = stream::reason(run(&client, header, pieces).await.1);
        assert_eq!((code, reason.as_str()), expected);
    };
    let of_transfer = async |header: json::TransferHeader, document: &[u8], expected: (Code, &str)| {
        let (code, reason) = transfer::reason(transfer_by(&client, header, document).await);
        assert_eq!((code, reason.as_str()), expected);
    };
    let records = || json::RunStreamHeader { r#ref: entry("records", None), ..streamed("/a") };
    let document = || json::TransferHeader { r#ref: entry("records", None), ..minified() };

    let gone = (Code::NotFound, "VERSION_GONE");
    of_stream(json::RunStreamHeader { r#ref: entry("records", Some(version - 1)), ..records() }, &[], gone)
        .await;
    of_transfer(json::TransferHeader { r#ref: entry("records", Some(version - 1)), ..document() }, b"", gone)
        .await;
    let missing = (Code::NotFound, "REF_NOT_FOUND");
    of_stream(json::RunStreamHeader { r#ref: entry("none", None), ..records() }, &[], missing).await;
    of_transfer(json::TransferHeader { r#ref: entry("none", None), ..document() }, b"", missing).await;
    let both = (Code::InvalidArgument, "PIECE_UNEXPECTED");
    of_stream(records(), &[b"1\n"], both).await;
    of_transfer(json::TransferHeader { recipe: Some(query(Jq, ".")), ..document() }, b"1", both).await;

    let invalid = (Code::InvalidArgument, "OPTION_INVALID");
    let store_as = Some(json::StoreAs { target: entry("answers", Some(1)), ttl: None });
    of_stream(json::RunStreamHeader { store_as: store_as.clone(), ..records() }, &[], invalid).await;
    of_transfer(json::TransferHeader { store_as, ..document() }, b"", invalid).await;
    let to = json::Format::Yaml.into();
    let step = json::step::Step::Convert(json::ConvertStep { to, ..Default::default() });
    let yaml = Some(json::Recipe { steps: vec![json::Step { step: Some(step) }] });
    let store_as = into("answers");
    of_stream(json::RunStreamHeader { recipe: yaml, store_as, ..records() }, &[], invalid).await;

    // One record too many failed, a document is not valid: what came before is not stored.
    let aborted = (Code::Aborted, "ERRORS_LIMIT");
    let store_as = into("answers");
    of_stream(json::RunStreamHeader { max_errors: Some(0), store_as, ..records() }, &[], aborted).await;
    let store_as = into("answers");
    of_transfer(
        json::TransferHeader { store_as, ..document() },
        b"",
        (Code::InvalidArgument, "DOCUMENT_INVALID"),
    )
    .await;

    // A byte over what one answer may have.
    let record = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1_021));
    let too_large = (Code::ResourceExhausted, "OUTPUT_TOO_LARGE");
    let many = record.repeat(2_049);
    let to = json::RunStreamHeader { store_as: into("answers"), ..streamed("/a") };
    of_stream(to.clone(), &[many.as_bytes()], too_large).await;
    let array = format!("[{}0]", "1,".repeat(1 << 20));
    of_transfer(
        json::TransferHeader { store_as: into("answers"), ..minified() },
        array.as_bytes(),
        too_large,
    )
    .await;
    assert_eq!(get(&keys, "answers").await, None);
    let (_, summary) = run(&client, to, &[record.repeat(2_048).as_bytes()]).await;
    assert!(summary.unwrap().stored.is_some());
    assert_eq!(get(&keys, "answers").await.unwrap().1.len(), 2 << 20);
    pair.stop().await;
}
