//! Query, Convert, CheckSchema and Diff keep their answers as Run does: shared by replicas, the same with and without.

use fastjson_proto::fastjson::v1 as pb;
use serde_json::json;

use super::farm::{Farm, patient};
use crate::http1::send;

/// A response, as far as the memo has a part in it.
trait Remembered: Clone + std::fmt::Debug + PartialEq {
    fn take(&mut self) -> (bool, Option<pb::MemoReport>);
}

impl Remembered for pb::QueryResponse {
    fn take(&mut self) -> (bool, Option<pb::MemoReport>) {
        (std::mem::take(&mut self.from_cache), self.memo.take())
    }
}

impl Remembered for pb::ConvertResponse {
    fn take(&mut self) -> (bool, Option<pb::MemoReport>) {
        (std::mem::take(&mut self.from_cache), self.memo.take())
    }
}

impl Remembered for pb::DiffResponse {
    fn take(&mut self) -> (bool, Option<pb::MemoReport>) {
        (std::mem::take(&mut self.from_cache), self.memo.take())
    }
}

impl Remembered for pb::CheckSchemaResponse {
    fn take(&mut self) -> (bool, Option<pb::MemoReport>) {
        (std::mem::take(&mut self.from_cache), self.memo.take())
    }
}

fn input(text: &str) -> Option<pb::Input> {
    Some(pb::Input { source: Some(pb::input::Source::Text(text.to_owned())), format: 0 })
}

/// Calls of replica and document, with the memo and without. The first replica measures while it is told to compute, the other with
/// another document; then each gives what either of them computed.
async fn check<R: Remembered>(farm: &Farm, call: impl AsyncFn(usize, &str, pb::Memo) -> R) {
    let outcome = async |replica: usize, document: &str, memo: pb::Memo| {
        let mut answer = call(replica, document, memo).await;
        let (from_cache, report) = answer.take();
        let word = report.map(|report| report.outcome).unwrap_or_default();
        assert_eq!(from_cache, ["hit", "shared"].contains(&word.as_str()), "{word}");
        (answer, word)
    };
    let (one, other) = (r#"{"a":[1,2,{"a":1.50}]}"#, r#"{"a":[7]}"#);
    let (expected, off) = outcome(0, one, pb::Memo::Off).await;
    assert_eq!(off, "off");
    for (replica, document, word, kept) in [
        (0, one, "miss", 1),
        (0, one, "hit", 1),
        (1, other, "learn", 2),
        (1, one, "hit", 2),
        (1, other, "hit", 2),
    ] {
        let (answer, found) = outcome(replica, document, pb::Memo::Auto).await;
        assert_eq!(found, word, "{replica} {document}");
        assert_eq!(answer == expected, document == one, "{answer:?}");
        farm.until_kept(kept).await;
    }
    let keys = farm.until_kept(2).await;
    for key in &keys {
        farm.overwrite(key, b"garbage".to_vec()).await;
    }
    let (answer, word) = outcome(0, one, pb::Memo::Auto).await;
    assert_eq!((answer, word.as_str()), (expected, "garbage"));
}

fn farm() -> impl Future<Output = Farm> {
    Farm::start(&["", ""])
}

#[tokio::test]
async fn a_query_is_kept() {
    for (language, query) in [
        (pb::QueryLanguage::Jq, "[.. | numbers]"),
        (pb::QueryLanguage::Jsonpath, "$..a"),
        (pb::QueryLanguage::Jmespath, "a[0]"),
    ] {
        let farm = farm().await;
        check(&farm, async |replica, document, memo| {
            let (language, query) = (language.into(), query.to_owned());
            let memo = memo.into();
            let request =
                pb::QueryRequest { input: input(document), language, query, memo, ..Default::default() };
            farm.json[replica].client.query(&patient(), request).await.unwrap()
        })
        .await;
        farm.stop().await;
    }
}

#[tokio::test]
async fn a_conversion_is_kept_with_its_warnings() {
    let farm = farm().await;
    check(&farm, async |replica, document, memo| {
        let (to, memo) = (pb::Format::Csv.into(), memo.into());
        let document = format!("[{document}]");
        let request = pb::ConvertRequest { input: input(&document), to, memo, ..Default::default() };
        let answer = farm.json[replica].client.convert(&patient(), request).await.unwrap();
        assert_eq!(answer.from(), pb::Format::Json);
        answer
    })
    .await;
    farm.stop().await;
}

#[tokio::test]
async fn a_difference_is_kept_for_both_its_documents() {
    let farm = farm().await;
    let call = async |replica: usize, (from, to): (&str, &str), memo: pb::Memo| {
        let (from, to, memo) = (input(from), input(to), memo.into());
        let request = pb::DiffRequest { from, to, memo, ..Default::default() };
        farm.json[replica].client.diff(&patient(), request).await.unwrap()
    };
    check(&farm, async |replica, document, memo| call(replica, (document, r#"{"a":[1]}"#), memo).await).await;
    farm.stop().await;
    let farm = Farm::start(&[""]).await;
    let call = async |from: &str, to: &str| {
        let (from, to) = (input(from), input(to));
        let request = pb::DiffRequest { from, to, ..Default::default() };
        farm.json[0].client.diff(&patient(), request).await.unwrap()
    };
    call("[1]", "[2]").await;
    farm.until_kept(1).await;
    let back = call("[2]", "[1]").await;
    assert_eq!(back.memo.unwrap().outcome, "miss", "the way back is another difference");
    farm.stop().await;
}

#[tokio::test]
async fn a_verdict_is_kept_and_goes_with_its_schema() {
    let farm = farm().await;
    let ask = async |replica: usize, document: &str, memo: pb::Memo, output: pb::SchemaOutput| {
        let (schema, output) =
            (r#"{"properties":{"a":{"minItems":2,"items":{"type":"integer"}}}}"#, output.into());
        let (input, schema, memo) = (input(document), input(schema), memo.into());
        let request = pb::CheckSchemaRequest { input, schema, output, memo, ..Default::default() };
        farm.json[replica].client.check_schema(&patient(), request).await.unwrap()
    };
    check(&farm, async |replica, document, memo| {
        let answer = ask(replica, document, memo, pb::SchemaOutput::Basic).await;
        assert!(!answer.valid && answer.stats.is_some(), "{answer:?}");
        answer
    })
    .await;
    let flag = ask(0, r#"{"a":[7]}"#, pb::Memo::Auto, pb::SchemaOutput::Flag).await;
    assert_eq!(flag.memo.unwrap().outcome, "miss", "another output is another answer");
    farm.stop().await;

    let farm = Farm::start(&[""]).await;
    let by_name = async || {
        let schema_name = "s".to_owned();
        let request = pb::CheckSchemaRequest { input: input("[1]"), schema_name, ..Default::default() };
        let answer = farm.json[0].client.check_schema(&patient(), request).await.unwrap();
        (answer.valid, answer.from_cache)
    };
    farm.put_schema(r#"{"type":"array"}"#).await;
    assert_eq!(by_name().await, (true, false));
    farm.until_kept(1).await;
    assert_eq!(by_name().await, (true, true));
    farm.put_schema(r#"{"type":"array","minItems":2}"#).await;
    assert_eq!(by_name().await, (false, false));
    farm.stop().await;
}

/// A pointer is sooner found than asked for.
#[tokio::test]
async fn a_pointer_is_never_asked_for() {
    let farm = Farm::start(&[""]).await;
    let (language, query) = (pb::QueryLanguage::Pointer.into(), "/a".to_owned());
    let request = pb::QueryRequest { input: input(r#"{"a":1}"#), language, query, ..Default::default() };
    for _ in 0..3 {
        let answer = farm.json[0].client.query(&patient(), request.clone()).await.unwrap();
        assert_eq!((answer.from_cache, answer.memo), (false, None));
    }
    farm.stop().await;
}

/// With the settings as they come, cheap calls ask nobody.
#[tokio::test]
async fn cheap_operations_are_computed() {
    let farm = Farm::start_usual().await;
    let (language, query) = (pb::QueryLanguage::Jmespath.into(), "a".to_owned());
    let request = pb::QueryRequest { input: input(r#"{"a":1}"#), language, query, ..Default::default() };
    let convert =
        pb::ConvertRequest { input: input("[]"), to: pb::Format::Yaml.into(), ..Default::default() };
    for _ in 0..40 {
        let query = farm.json[0].client.query(&patient(), request.clone()).await.unwrap();
        let convert = farm.json[0].client.convert(&patient(), convert.clone()).await.unwrap();
        for report in [query.memo.unwrap(), convert.memo.unwrap()] {
            assert!(["learn", "skip"].contains(&report.outcome.as_str()), "{report:?}");
        }
    }
    farm.stop().await;
}

#[tokio::test]
async fn rest_tells_it_in_the_header_and_leaves_the_body_alone() {
    let farm = Farm::start(&[""]).await;
    let calls = [
        ("/v1/query?lang=jq&q=length", "[1,2]", "[2]"),
        ("/v1/convert?to=yaml", "[1]", "- 1\n"),
        ("/v1/diff", r#"{"from":[1],"to":[2]}"#, r#"[{"op":"replace","path":"/0","value":2}]"#),
        ("/v1/schema/check", r#"{"schema":{},"document":3}"#, ""),
    ];
    for (index, (path, body, expected)) in calls.into_iter().enumerate() {
        let post = async |query: &str| {
            let sign = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{sign}{query}");
            let reply = send(farm.json[0].running.address, "POST", &path, &[], body.as_bytes()).await;
            assert_eq!(reply.status, 200, "{path} {}", reply.text());
            (reply.header("cache-status").unwrap_or_default().to_owned(), reply.text().to_owned())
        };
        let (learn, first) = post("memo=auto").await;
        assert_eq!(learn, "fastjson-memo; fwd=bypass; detail=learn", "{path}");
        farm.until_kept(index + 1).await;
        assert_eq!(post("memo=auto").await, ("fastjson-memo; hit; detail=hit".to_owned(), first.clone()));
        assert_eq!(
            post("memo=off").await,
            ("fastjson-memo; fwd=bypass; detail=off".to_owned(), first.clone())
        );
        assert!(expected.is_empty() || first == expected, "{first}");
        assert!(!first.contains("memo"), "{first}");
    }
    let refused =
        send(farm.json[0].running.address, "POST", "/v1/diff?memo=on", &[], b"{\"from\":1,\"to\":1}").await;
    assert_eq!((refused.status, &refused.json()["reason"]), (400, &json!("QUERY_INVALID")));
    farm.stop().await;
}
