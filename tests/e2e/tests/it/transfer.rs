//! Transfer: a recipe on a document that is too large for one message.

use bytes::Bytes;
use client::{Error, JsonClient};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::{Limits, ScanOptions, Style};
use testkit::{Pair, PairConfig};

use crate::http1::{Conversation, send};

fn format(style: pb::FormatStyle) -> pb::step::Step {
    pb::step::Step::Format(pb::FormatStep { style: style.into(), ..Default::default() })
}

fn jsonpath(query: &str) -> pb::step::Step {
    let language = pb::QueryLanguage::Jsonpath.into();
    pb::step::Step::Query(pb::QueryStep { language, query: query.to_owned(), ..Default::default() })
}

async fn transfer(
    json: &JsonClient,
    step: pb::step::Step,
    document: &[u8],
) -> Result<(Vec<u8>, pb::TransferSummary), Error> {
    let recipe = Some(pb::Recipe { steps: vec![pb::Step { step: Some(step) }] });
    transfer_by(json, pb::TransferHeader { recipe, ..Default::default() }, document).await
}

/// The answer and the summary of what `header` says.
pub(crate) async fn transfer_by(
    json: &JsonClient,
    header: pb::TransferHeader,
    document: &[u8],
) -> Result<(Vec<u8>, pb::TransferSummary), Error> {
    use pb::transfer_request::Message;
    let pieces = document.chunks(1 << 20).map(|piece| Message::Data(Bytes::copy_from_slice(piece)));
    let messages: Vec<_> = std::iter::once(Message::Header(header))
        .chain(pieces)
        .map(|message| pb::TransferRequest { message: Some(message) })
        .collect();
    let mut answers = json.transfer(&Context::background(), tokio_stream::iter(messages)).await?;
    let mut answer = Vec::new();
    while let Some(response) = answers.next().await {
        match response?.message.unwrap() {
            pb::transfer_response::Message::Data(piece) => {
                assert!(piece.len() <= 1 << 20, "a piece of {} bytes", piece.len());
                answer.extend_from_slice(&piece);
            }
            pb::transfer_response::Message::Summary(summary) => return Ok((answer, summary)),
        }
    }
    panic!("the stream ended without a summary")
}

/// About 20 MB with exact numbers and many values.
fn large() -> Vec<u8> {
    let element = r#"{ "id": 12345678901234567890123, "price": 1.50, "tags": [ "a", "\u00e9", null ] }"#;
    let elements = vec![element; 250_000];
    format!("[\n{}\n]", elements.join(",\n")).into_bytes()
}

#[tokio::test]
async fn twenty_megabytes_are_minified_as_the_engine_does_it() {
    let pair = Pair::start().await;
    let document = large();
    assert!(document.len() > 20_000_000);
    let (answer, summary) =
        transfer(&pair.json_client(), format(pb::FormatStyle::Minify), &document).await.unwrap();
    let limits =
        Limits { max_bytes: 1 << 28, max_nodes: 1 << 28, max_output_bytes: 1 << 28, ..Limits::default() };
    let options = ScanOptions { limits, ..ScanOptions::default() };
    let expected = json_engine::format(&document, &Style::Minify.into(), &options).unwrap().text;
    assert!(answer == expected, "the answers differ");
    assert_eq!(summary.input_bytes, document.len() as u64);
    assert_eq!(summary.output_bytes, expected.len() as u64);
    assert_eq!((summary.format(), summary.steps[0].name.as_str()), (pb::Format::Json, "format"));
    assert!(summary.streamed);
    let (names, summary) =
        transfer(&pair.json_client(), jsonpath("$[249999].price"), &document).await.unwrap();
    assert_eq!((names.as_slice(), summary.streamed), (&b"[1.50]"[..], false));
    pair.stop().await;
}

pub(crate) fn reason(outcome: Result<(Vec<u8>, pb::TransferSummary), Error>) -> (tonic::Code, String) {
    let rejection = outcome.unwrap_err().rejection().expect("the server said why");
    (rejection.code, rejection.reason)
}

#[tokio::test]
async fn a_document_over_a_limit_is_refused() {
    let mut config = PairConfig::default();
    config.json.transfer.max_bytes = 1_000;
    config.json.transfer.collected_bytes = 500;
    config.json.transfer.total_bytes = 1_500;
    config.json.transfer.max_nodes = 10;
    config.json.transfer.max_token_bytes = 600;
    let pair = Pair::start_with(config).await;
    let json = pair.json_client();
    let document = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2)).into_bytes();
    let check = async |step: pb::step::Step, document: &[u8], expected: (tonic::Code, &str)| {
        let (code, reason) = reason(transfer(&json, step, document).await);
        assert_eq!((code, reason.as_str()), expected);
    };
    let invalid = tonic::Code::InvalidArgument;
    let validate = || pb::step::Step::Validate(pb::ValidateStep::default());
    let root = || {
        let language = pb::QueryLanguage::Pointer.into();
        pb::step::Step::Query(pb::QueryStep { language, ..Default::default() })
    };
    assert_eq!(transfer(&json, jsonpath("$"), &document(500)).await.unwrap().0.len(), 502);
    check(jsonpath("$"), &document(501), (invalid, "TRANSFER_COLLECTED_LIMIT")).await;
    check(validate(), &document(1_001), (invalid, "TRANSFER_BYTES_LIMIT")).await;
    check(root(), &document(1_000), (tonic::Code::ResourceExhausted, "OVERLOADED")).await;
    assert_eq!(transfer(&json, root(), &document(750)).await.unwrap().0.len(), 750);
    check(validate(), &document(601), (invalid, "TOKEN_BYTES_LIMIT")).await;
    assert_eq!(transfer(&json, validate(), &document(600)).await.unwrap().0.len(), 600);
    check(jsonpath("$"), b"[1,2,3,4,5,6,7,8,9,0]", (invalid, "NODES_LIMIT")).await;
    check(validate(), b"[1,]", (invalid, "DOCUMENT_INVALID")).await;
    pair.stop().await;
}

/// By gRPC and by REST, and whether the document is collected or not.
#[tokio::test]
async fn the_fix_of_a_fault_far_behind_the_first_piece_mends_the_document() {
    let pair = Pair::start().await;
    let document = format!("[{}{{\"a\": 1 \"b\": 2}}]", "1.50, ".repeat(400_000));
    let mends = |fix: (usize, usize, &str), by: &str| {
        let mut mended = document.clone();
        mended.replace_range(fix.0..fix.1, fix.2);
        let report = json_engine::validate(mended.as_bytes(), &ScanOptions::default()).unwrap();
        assert!(report.is_valid() && fix.0 > 2_400_000, "{by}: {fix:?}");
    };
    let language = pb::QueryLanguage::Pointer.into();
    let collected = pb::step::Step::Query(pb::QueryStep { language, ..Default::default() });
    for step in [format(pb::FormatStyle::Minify), collected] {
        let error = transfer(&pair.json_client(), step, document.as_bytes()).await.unwrap_err();
        let rejection = error.rejection().expect("the server said why");
        let fix = rejection.diagnostics.diagnostics[0].fix.clone().unwrap();
        mends((fix.start as usize, fix.end as usize, &fix.replacement), "gRPC");
    }
    let collected = STREAMED.replace("streamed=true&", "");
    let problem = send(pair.json.address, "POST", &collected, &[], document.as_bytes()).await.json();
    let fix = &problem["diagnostics"][0]["fix"];
    let place = |name: &str| fix[name].as_u64().map(|place| place as usize).unwrap();
    mends((place("start"), place("end"), fix["replacement"].as_str().unwrap()), "REST");
    pair.stop().await;
}

#[tokio::test]
async fn rest_takes_and_gives_the_bare_document() {
    let pair = Pair::start().await;
    let minify = "/v1/transfer?recipe=%7B%22steps%22%3A%5B%7B%22format%22%3A%7B%22style%22%3A%22FORMAT_STYLE_MINIFY%22%7D%7D%5D%7D";
    let document = format!("[ {} 1.50 ]", "1E2, ".repeat(1_500_000));
    let reply = send(pair.json.address, "POST", minify, &[], document.as_bytes()).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    assert!(reply.text() == document.replace(' ', ""), "the answers differ");
    let reply = send(pair.json.address, "POST", minify, &[], b"[1,]").await;
    assert_eq!((reply.status, reply.json()["reason"].as_str()), (422, Some("DOCUMENT_INVALID")));
    pair.stop().await;
}

const STREAMED: &str = "/v1/transfer?streamed=true&recipe=%7B%22steps%22%3A%5B%7B%22format%22%3A%7B%22style%22%3A%22FORMAT_STYLE_MINIFY%22%7D%7D%5D%7D";

/// Once collected the document before it answered, however long.
#[tokio::test]
async fn rest_answers_while_a_document_larger_than_its_memory_arrives() {
    const PIECES: usize = 64;
    let mut config = PairConfig::default();
    config.json.transfer.total_bytes = 8 << 20;
    let pair = Pair::start_with(config).await;
    let piece = "[ 1.50, null ],\n".repeat(1 << 16);
    let mut talk = Conversation::open(pair.json.address, "POST", STREAMED).await;
    talk.send(b"[\n").await;
    for _ in 0..4 {
        talk.send(piece.as_bytes()).await;
    }
    // The rest of the document is sent only after the answer has begun.
    assert_eq!(talk.status().await, 200);
    let rest: Vec<&[u8]> =
        std::iter::repeat_n(piece.as_bytes(), PIECES - 4).chain([b"0]".as_slice()]).collect();
    let answered = talk.exchange(&rest).await;
    assert_eq!(answered, 3 + PIECES * (1 << 16) * "[1.50,null],".len());
    pair.stop().await;
}

#[tokio::test]
async fn a_fault_breaks_a_streamed_answer_off_and_is_a_problem_before_it() {
    let pair = Pair::start().await;
    let reply = send(pair.json.address, "POST", STREAMED, &[], b"[1,]").await;
    assert_eq!((reply.status, reply.json()["reason"].as_str()), (422, Some("DOCUMENT_INVALID")));
    let mut talk = Conversation::open(pair.json.address, "POST", STREAMED).await;
    let document = format!("[{}]]", "1,".repeat(500_000));
    talk.send(document.as_bytes()).await;
    talk.finish().await;
    assert_eq!(talk.status().await, 200);
    while let Some(chunk) = talk.read().await {
        assert!(!chunk.is_empty());
    }
    assert!(!talk.is_complete(), "a broken answer has no last chunk");
    pair.stop().await;
}
