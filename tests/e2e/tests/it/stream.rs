//! RunStream: a recipe on each record of a stream.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use client::{Error, JsonClient};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use pb::record_result::Outcome;
use pb::run_stream_request::Message;
use testkit::{Pair, PairConfig};
use tokio::sync::mpsc;
use tokio_stream::wrappers::{ReceiverStream, UnboundedReceiverStream};

use crate::http1::send;

fn message(message: Message) -> pb::RunStreamRequest {
    pb::RunStreamRequest { message: Some(message) }
}

pub(crate) fn query(language: pb::QueryLanguage, program: &str) -> pb::Recipe {
    let query = pb::QueryStep { language: language.into(), query: program.to_owned(), ..Default::default() };
    pb::Recipe { steps: vec![pb::Step { step: Some(pb::step::Step::Query(query)) }] }
}

fn pointer(pointer: &str) -> pb::RunStreamHeader {
    pb::RunStreamHeader { recipe: Some(query(pb::QueryLanguage::Pointer, pointer)), ..Default::default() }
}

/// All results and the summary, or what ended the stream behind them.
pub(crate) async fn run(
    json: &JsonClient,
    header: pb::RunStreamHeader,
    pieces: &[&[u8]],
) -> (Vec<pb::RecordResult>, Result<pb::RunStreamSummary, Error>) {
    let mut messages = vec![message(Message::Header(header))];
    messages.extend(pieces.iter().map(|piece| message(Message::Data(Bytes::copy_from_slice(piece)))));
    let opened = json.run_stream(&Context::background(), tokio_stream::iter(messages)).await;
    let mut answers = match opened {
        Ok(answers) => answers,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut results = Vec::new();
    loop {
        match answers.next().await.expect("a summary or an error comes last") {
            Ok(pb::RunStreamResponse { summary: Some(summary), .. }) => {
                assert!(answers.next().await.is_none(), "nothing comes behind the summary");
                return (results, Ok(summary));
            }
            Ok(response) => results.extend(response.results),
            Err(error) => return (results, Err(error)),
        }
    }
}

pub(crate) fn shown(results: &[pb::RecordResult]) -> Vec<String> {
    let one = |result: &pb::RecordResult| match result.outcome.as_ref().unwrap() {
        Outcome::Text(text) => format!("{} {text}", result.record),
        Outcome::Data(data) => format!("{} {}", result.record, std::str::from_utf8(data).unwrap()),
        Outcome::Error(error) => format!("{} {}", result.record, error.reason),
    };
    results.iter().map(one).collect()
}

pub(crate) fn reason(outcome: Result<pb::RunStreamSummary, Error>) -> (tonic::Code, String) {
    let rejection = outcome.unwrap_err().rejection().expect("the server said why");
    (rejection.code, rejection.reason)
}

#[tokio::test]
async fn results_come_in_the_order_of_the_records() {
    let pair = Pair::start().await;
    let records: String = (1..=50_000).map(|n| format!("{{\"n\": {n}.0, \"more\": [1,2,3]}}\n")).collect();
    let pieces: Vec<&[u8]> = records.as_bytes().chunks(100_001).collect();
    let (results, summary) = run(&pair.json_client(), pointer("/n"), &pieces).await;
    let expected: Vec<String> = (1..=50_000).map(|n| format!("{n} {n}.0")).collect();
    assert!(shown(&results) == expected, "order or values differ");
    let summary = summary.unwrap();
    assert_eq!((summary.records, summary.errors), (50_000, 0));
    assert_eq!(summary.input_bytes, records.len() as u64);
    assert_eq!(summary.output_bytes, (1..=50_000).map(|n: u32| n.to_string().len() as u64 + 2).sum::<u64>());
    assert_eq!((summary.steps.len(), summary.steps[0].name.as_str()), (1, "query"));
    pair.stop().await;
}

#[tokio::test]
async fn where_a_stream_is_cut_changes_nothing() {
    let pair = Pair::start().await;
    let json = pair.json_client();
    let text = "{\"a\":\"é\"}\r\n\n{\"a\":1E2}\n{\"a\":}\n {\"a\":[ ]}".as_bytes();
    let (whole, summary) = run(&json, pointer("/a"), &[text]).await;
    assert_eq!(shown(&whole), ["1 \"é\"", "2 1E2", "3 DOCUMENT_INVALID", "4 [ ]"]);
    let mut summary = summary.unwrap();
    summary.steps.clear();
    for cut in 0..=text.len() {
        let (results, again) = run(&json, pointer("/a"), &[&text[..cut], &text[cut..]]).await;
        let mut again = again.unwrap();
        again.steps.clear();
        assert_eq!((&results, &again), (&whole, &summary), "cut at {cut}");
    }
    let bytes: Vec<&[u8]> = text.chunks(1).collect();
    assert_eq!(run(&json, pointer("/a"), &bytes).await.0, whole);
    pair.stop().await;
}

#[tokio::test]
async fn a_bad_record_is_a_result_that_points_into_the_stream() {
    let pair = Pair::start().await;
    let text = "{\"a\":1}\n\n{\"b\":\n{\"a\":2}\n";
    let (results, summary) = run(&pair.json_client(), pointer("/a"), &[text.as_bytes()]).await;
    assert_eq!(shown(&results), ["1 1", "2 DOCUMENT_INVALID", "3 2"]);
    let Some(Outcome::Error(error)) = &results[1].outcome else { panic!("no error: {results:?}") };
    assert!(error.message.contains("line 3, column 6"), "{error:?}");
    let start = error.diagnostics[0].start.as_ref().unwrap();
    assert_eq!((start.byte_offset, start.line, start.column, start.record), (14, 3, 6, 2));
    assert_eq!((error.step, error.diagnostics[0].step), (0, Some(0)));
    assert_eq!(summary.unwrap().errors, 1);
    let (results, _) = run(&pair.json_client(), pointer("/b"), &[b"{}\n[1]\n"]).await;
    assert_eq!(shown(&results), ["1 POINTER_NOT_FOUND", "2 POINTER_NOT_FOUND"]);
    pair.stop().await;
}

#[tokio::test]
async fn one_error_too_many_ends_the_stream_behind_it() {
    let pair = Pair::start().await;
    let json = pair.json_client();
    let text = b"1\nx\n2\nx\n3\nx\n4\n";
    let at_most = |max_errors| pb::RunStreamHeader { max_errors: Some(max_errors), ..pointer("") };
    let (results, summary) = run(&json, at_most(3), &[text]).await;
    assert_eq!((results.len(), summary.unwrap().errors), (7, 3));
    let (results, outcome) = run(&json, at_most(2), &[text]).await;
    assert_eq!(shown(&results).last().unwrap(), "6 DOCUMENT_INVALID");
    let rejection = outcome.unwrap_err().rejection().unwrap();
    assert_eq!((rejection.code, rejection.reason.as_str()), (tonic::Code::Aborted, "ERRORS_LIMIT"));
    assert_eq!(rejection.metadata["errors"], "3");
    let (results, outcome) = run(&json, at_most(0), &[b"x\n1\n"]).await;
    assert_eq!((results.len(), reason(outcome).1), (1, "ERRORS_LIMIT".to_owned()));
    pair.stop().await;
}

#[tokio::test]
async fn what_cannot_be_a_stream_is_refused() {
    let mut config = PairConfig::default();
    config.json.server.limits.max_request_bytes = 100;
    config.json.stream.streams = 1;
    let pair = Pair::start_with(config).await;
    let json = pair.json_client();
    let open = async |first: Message| {
        let messages = tokio_stream::iter([message(first)]);
        json.run_stream(&Context::background(), messages).await.map(|_| pb::RunStreamSummary::default())
    };
    let invalid = tonic::Code::InvalidArgument;
    let missing = open(Message::Data(Bytes::from_static(b"1\n"))).await;
    assert_eq!(reason(missing), (invalid, "HEADER_MISSING".to_owned()));
    let bad =
        pb::RunStreamHeader { recipe: Some(query(pb::QueryLanguage::Jsonpath, "$[")), ..Default::default() };
    assert_eq!(reason(open(Message::Header(bad)).await), (invalid, "QUERY_INVALID".to_owned()));
    let longest = format!("\"{}\"", "x".repeat(98));
    let too_long = format!("{longest}\n {longest}\n1\n");
    let (results, outcome) = run(&json, pointer(""), &[too_long.as_bytes()]).await;
    assert_eq!(shown(&results), [format!("1 {longest}")]);
    let rejection = outcome.unwrap_err().rejection().unwrap();
    assert_eq!((rejection.code, rejection.reason.as_str()), (invalid, "RECORD_BYTES_LIMIT"));
    assert_eq!((rejection.metadata["record"].as_str(), rejection.metadata["allowed"].as_str()), ("2", "100"));
    let (_keep, pieces) = mpsc::channel(1);
    let _sent = _keep.send(message(Message::Header(pointer("")))).await;
    let first = json.run_stream(&Context::background(), ReceiverStream::new(pieces)).await.unwrap();
    let second = open(Message::Header(pointer(""))).await;
    assert_eq!(reason(second), (tonic::Code::ResourceExhausted, "OVERLOADED".to_owned()));
    drop((first, _keep));
    pair.stop().await;
}

/// A person types a record and sees its result, though the stream goes on.
#[tokio::test]
async fn a_result_comes_while_the_input_pauses() {
    let pair = Pair::start().await;
    let (sender, pieces) = mpsc::unbounded_channel();
    sender.send(message(Message::Header(pointer("/a")))).unwrap();
    let stream = UnboundedReceiverStream::new(pieces);
    let mut answers = pair.json_client().run_stream(&Context::background(), stream).await.unwrap();
    for n in 1..=3_u64 {
        sender.send(message(Message::Text(format!("{{\"a\":{n}}}\n{{\"a\"")))).unwrap();
        let response = answers.next().await.unwrap().unwrap();
        assert_eq!(shown(&response.results).last().unwrap(), &format!("{} {n}", 2 * n - 1));
        sender.send(message(Message::Text(":0}\n".to_owned()))).unwrap();
        let response = answers.next().await.unwrap().unwrap();
        assert_eq!(response.results[0].outcome, Some(Outcome::Text("0".to_owned())));
    }
    drop(sender);
    assert_eq!(answers.next().await.unwrap().unwrap().summary.unwrap().records, 6);
    pair.stop().await;
}

async fn metric(pair: &Pair, name: &str) -> f64 {
    let metrics = send(pair.json.admin, "GET", "/metrics", &[], b"").await;
    let line = metrics.text().lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    line.map_or(0.0, |value| value.parse().unwrap())
}

/// Asks until the metric is what is waited for.
async fn until(pair: &Pair, name: &str, expected: impl Fn(f64) -> bool) {
    let wait = async {
        while !expected(metric(pair, name).await) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect(name);
}

/// The other tests of this process stream too, hence the wide bound; far more than that is offered.
#[tokio::test]
async fn a_reader_that_does_not_read_holds_the_sender_up() {
    let mut config = PairConfig::default();
    config.json.stream.in_flight_bytes = 1 << 20;
    let pair = Pair::start_with(config).await;
    let (sender, pieces) = mpsc::channel(1);
    sender.send(message(Message::Header(pointer("")))).await.unwrap();
    let piece = Bytes::from(format!("\"{}\"\n", "x".repeat(997)).repeat(256));
    let stream = ReceiverStream::new(pieces);
    let mut answers = pair.json_client().run_stream(&Context::background(), stream).await.unwrap();
    let sent = AtomicUsize::new(0);
    let offer = async {
        while sent.load(Ordering::Relaxed) < 64 << 20 {
            sender.send(message(Message::Data(piece.clone()))).await.unwrap();
            sent.fetch_add(piece.len(), Ordering::Relaxed);
        }
        drop(sender);
    };
    let read = async {
        // Whoever asks for metrics lets the server go on as far as it can.
        for _ in 0..200 {
            let held = metric(&pair, "stream_in_flight_bytes").await;
            assert!(held < f64::from(8 << 20), "{held} bytes are held though nobody reads");
        }
        let taken = sent.load(Ordering::Relaxed);
        assert!((1 << 20..16 << 20).contains(&taken), "{taken} bytes were taken though nobody read");
        let (mut records, mut summary) = (0, None);
        while let Some(response) = answers.next().await {
            let response = response.unwrap();
            records += response.results.len();
            summary = response.summary;
        }
        (records, summary.unwrap())
    };
    let ((), (records, summary)) = tokio::join!(offer, read);
    assert_eq!((summary.records, summary.input_bytes), (records as u64, sent.load(Ordering::Relaxed) as u64));
    pair.stop().await;
}

#[tokio::test]
async fn a_call_that_is_gone_stops_computing() {
    let mut config = PairConfig::default();
    config.json.limits.program_time = Duration::from_secs(600);
    config.json.compute.workers = 1;
    config.json.compute.long_workers = 0;
    let pair = Pair::start_with(config).await;
    let (sender, pieces) = mpsc::unbounded_channel();
    let header = pb::RunStreamHeader {
        recipe: Some(query(pb::QueryLanguage::Jq, "last(repeat(1))")),
        ..Default::default()
    };
    sender.send(message(Message::Header(header))).unwrap();
    sender.send(message(Message::Text("1\n".to_owned()))).unwrap();
    let stream = UnboundedReceiverStream::new(pieces);
    let answers = pair.json_client().run_stream(&Context::background(), stream).await.unwrap();
    until(&pair, "stream_in_flight_bytes", |bytes| bytes >= 2.0).await;
    drop((answers, sender));
    // The one worker is free again, so that another program can run.
    let reply = send(pair.json.address, "POST", "/v1/query?lang=jq&q=.", &[], b"7").await;
    assert_eq!((reply.status, reply.text()), (200, "[7]"));
    pair.stop().await;
}

#[tokio::test]
async fn rest_answers_a_line_a_record() {
    let pair = Pair::start().await;
    let path = "/v1/run/stream?max_errors=1&recipe=%7B%22steps%22%3A%5B%7B%22format%22%3A%7B%7D%7D%5D%7D";
    let reply = send(pair.json.address, "POST", path, &[], b"[1]\n{\n{\"a\":1.50}").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/x-ndjson")));
    let lines: Vec<&str> = reply.text().lines().collect();
    assert_eq!(lines.len(), 4, "{}", reply.text());
    assert_eq!(lines[0], r#"{"record":1,"value":[   1 ]}"#);
    assert!(lines[1].starts_with(r#"{"record":2,"error":{"reason":"DOCUMENT_INVALID","#), "{}", lines[1]);
    assert_eq!(lines[2], r#"{"record":3,"value":{   "a": 1.50 }}"#);
    assert!(lines[3].starts_with(r#"{"summary":{"records":3,"errors":1,"#), "{}", lines[3]);
    let reply = send(pair.json.address, "POST", path, &[], b"{\n[\n1\n").await;
    let last = reply.text().lines().last().unwrap();
    assert_eq!(last, r#"{"error":{"reason":"ERRORS_LIMIT","message":"2 of 2 records failed, 1 may"}}"#);
    let no_recipe = send(pair.json.address, "POST", "/v1/run/stream", &[], b"1\n").await;
    assert_eq!((no_recipe.status, no_recipe.json()["reason"].as_str()), (400, Some("QUERY_INVALID")));
    pair.stop().await;
}

/// As a query string wants it.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn every_row_of_the_docs_is_answered_as_they_say() {
    let page = include_str!("../../../../docs/stream.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `{")).collect();
    assert_eq!(rows.len(), 3);
    let pair = Pair::start().await;
    for row in rows {
        let cells: Vec<&str> =
            row.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`')).collect();
        let [steps, stream, answer] = cells[..] else { panic!("{row}") };
        let path = format!("/v1/run/stream?recipe={}", encoded(&format!("{{\"steps\":[{steps}]}}")));
        let body = stream.replace("\\n", "\n");
        let reply = send(pair.json.address, "POST", &path, &[], body.as_bytes()).await;
        let expected: Vec<&str> = answer.split("\\n").collect();
        let lines: Vec<&str> = reply.text().lines().collect();
        assert_eq!(lines.len(), expected.len(), "{}", reply.text());
        for (line, expected) in lines.iter().zip(expected) {
            match expected.strip_suffix('…') {
                Some(beginning) => assert!(line.starts_with(beginning), "{line}"),
                None => assert_eq!(*line, expected),
            }
        }
    }
    pair.stop().await;
}

#[tokio::test]
async fn streams_transfers_and_explanations_take_the_name_of_a_recipe() {
    let pair = Pair::start().await;
    let recipe = br#"{"steps":[{"format":{"style":"FORMAT_STYLE_MINIFY"}}]}"#;
    assert_eq!(send(pair.json.address, "PUT", "/v1/recipes/small", &[], recipe).await.status, 201);
    let post = async |path: &str, body: &[u8]| send(pair.json.address, "POST", path, &[], body).await;
    let stream = post("/v1/run/stream?recipe=small&version=1", b"[ 1 ]").await;
    assert!(stream.text().starts_with("{\"record\":1,\"value\":[1]}\n{\"summary\""), "{}", stream.text());
    assert_eq!(post("/v1/transfer?recipe=small", b"[ 1 ]").await.text(), "[1]");
    let explained = post("/v1/explain", br#"{"recipeName":"small"}"#).await;
    let list = send(pair.json.address, "GET", "/v1/recipes", &[], b"").await;
    assert_eq!(explained.json()["recipeHash"], list.json()["recipes"][0]["hash"], "{}", list.text());
    for path in ["/v1/run/stream?recipe=other", "/v1/transfer?recipe=small&version=2"] {
        let unknown = post(path, b"1").await;
        assert_eq!((unknown.status, unknown.json()["reason"].as_str()), (404, Some("RECIPE_NOT_FOUND")));
    }
    pair.stop().await;
}

/// A body that is longer than one request may be is no error where records are streamed.
#[tokio::test]
async fn rest_takes_a_body_of_any_length() {
    let pair = Pair::start().await;
    let path = "/v1/run/stream?recipe=%7B%22steps%22%3A%5B%7B%22validate%22%3A%7B%7D%7D%5D%7D";
    let body = "[1,2,3,4,5,6,7]\n".repeat(400_000);
    let reply = stream_body(&pair, path, body.as_bytes()).await;
    let last = reply.lines().last().unwrap();
    assert!(last.starts_with(r#"{"summary":{"records":400000,"errors":0,"inputBytes":6400000,"#), "{last}");
    pair.stop().await;
}

/// Sends and reads at the same time, as curl does.
async fn stream_body(pair: &Pair, path: &str, body: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let stream = tokio::net::TcpStream::connect(pair.json.address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let write = async {
        writer.write_all(head.as_bytes()).await.unwrap();
        writer.write_all(body).await.unwrap();
    };
    let mut raw = Vec::new();
    let (read, ()) = tokio::join!(reader.read_to_end(&mut raw), write);
    read.unwrap();
    let text = String::from_utf8(raw).unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{}", &text[..200]);
    // The chunks' own lines are no JSON.
    text.lines().filter(|line| line.starts_with("{\"")).collect::<Vec<_>>().join("\n")
}

/// A record as long as the stream may hold once waited for ever for its last piece, which was not read any more.
#[tokio::test]
async fn a_record_in_pieces_is_read_to_its_end_or_its_limit() {
    let mut config = PairConfig::default();
    config.json.server.limits.max_request_bytes = 1_000;
    config.json.stream.in_flight_bytes = 100;
    let pair = Pair::start_with(config).await;
    let json = pair.json_client();
    let record = |bytes: usize| format!("{:?}\n", "x".repeat(bytes - 2));
    for bytes in [100, 101, 1_000] {
        let text = record(bytes);
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(50).collect();
        let (results, outcome) = run(&json, pointer(""), &pieces).await;
        assert_eq!((shown(&results), outcome.unwrap().records), (vec![format!("1 {}", text.trim_end())], 1));
    }
    let text = record(2_000);
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(50).collect();
    let (results, outcome) = run(&json, pointer(""), &pieces).await;
    assert_eq!((results.len(), reason(outcome).1.as_str()), (0, "RECORD_BYTES_LIMIT"));
    pair.stop().await;
}
