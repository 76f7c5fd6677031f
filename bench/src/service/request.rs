//! Calls of each operation on a document.

use anyhow::{Result, ensure};
use bytes::Bytes;
use client::JsonClient;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use pb::QueryLanguage::{Jmespath, Jq, Jsonpath, Pointer};

use super::in_process::{Operation, PROGRAM};

/// A call that can be made again and again.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Validate(pb::ValidateRequest),
    Format(pb::FormatRequest),
    Convert(pb::ConvertRequest),
    Query(pb::QueryRequest),
    Patch(pb::PatchRequest),
    Merge(pb::MergeRequest),
    Diff(pb::DiffRequest),
    CheckSchema(pb::CheckSchemaRequest),
    InferSchema(pb::InferSchemaRequest),
    Run(pb::RunRequest),
}

impl Request {
    /// Makes the call and waits for its answer.
    pub(super) async fn send(&self, client: &JsonClient) -> Result<()> {
        let context = &Context::background();
        match self.clone() {
            Request::Validate(request) => {
                ensure!(client.validate(context, request).await?.valid, "the document is valid");
            }
            Request::Format(request) => drop(client.format(context, request).await?),
            Request::Convert(request) => drop(client.convert(context, request).await?),
            Request::Query(request) => drop(client.query(context, request).await?),
            Request::Patch(request) => drop(client.patch(context, request).await?),
            Request::Merge(request) => drop(client.merge(context, request).await?),
            Request::Diff(request) => drop(client.diff(context, request).await?),
            Request::CheckSchema(request) => {
                ensure!(client.check_schema(context, request).await?.valid, "the document is as it says");
            }
            Request::InferSchema(request) => drop(client.infer_schema(context, request).await?),
            Request::Run(request) => drop(client.run(context, request).await?),
        }
        Ok(())
    }
}

pub(super) fn of_operation(operation: Operation, text: &[u8]) -> Request {
    let input = Some(input(text.to_vec()));
    match operation {
        Operation::Validate => Request::Validate(pb::ValidateRequest { input, ..Default::default() }),
        Operation::Minify => format(input, pb::FormatStyle::Minify),
        Operation::Convert => convert(input, pb::Format::Yaml),
        Operation::Query => query(input, Jq, PROGRAM),
    }
}

/// Every operation on `text`, with its name. What goes into a document is made so that it fits any.
pub(super) async fn every(client: &JsonClient, text: &[u8]) -> Result<Vec<(String, Request)>> {
    let whole = input(text.to_vec());
    let input = || Some(whole.clone());
    let named = |name: &str, request: Request| (name.to_owned(), request);
    let mut requests = vec![named(
        "validate",
        Request::Validate(pb::ValidateRequest { input: input(), ..Default::default() }),
    )];
    for style in
        [pb::FormatStyle::Minify, pb::FormatStyle::Pretty, pb::FormatStyle::Canonical, pb::FormatStyle::Hash]
    {
        requests.push(named(style.as_str_name(), format(input(), style)));
    }
    for to in [pb::Format::Yaml, pb::Format::Cbor, pb::Format::Msgpack] {
        requests.push(named(&format!("to {}", to.as_str_name()), convert(input(), to)));
    }
    for (language, program) in [(Pointer, ""), (Jsonpath, "$..id"), (Jmespath, "length(@)"), (Jq, PROGRAM)] {
        requests.push(named(language.as_str_name(), query(input(), language, program)));
    }
    requests.extend(changes(&whole).map(|(name, request)| named(name, request)));
    let samples = vec![whole.clone()];
    let infer = pb::InferSchemaRequest { samples, ..Default::default() };
    let inferred = client.infer_schema(&Context::background(), infer.clone()).await?;
    requests.push(named("infer a schema", Request::InferSchema(infer)));
    let schema = inferred.output.and_then(|output| output.result).and_then(|result| match result {
        pb::output::Result::Data(schema) => Some(self::input(schema)),
        pb::output::Result::Text(schema) => Some(self::input(schema)),
        pb::output::Result::Ref(_) => None,
    });
    let check = pb::CheckSchemaRequest { input: input(), schema, ..Default::default() };
    requests.push(named("check that schema", Request::CheckSchema(check)));
    Ok(requests)
}

/// Changes that fit any document: a copy of it to where it was, a member more, and no difference to itself.
fn changes(whole: &pb::Input) -> [(&'static str, Request); 3] {
    let some = |text: &'static str| Some(input(text));
    let copies = some(r#"[{"op":"copy","from":"","path":""}]"#);
    let merge = pb::merge_request::How::MergePatch(input(r#"{"added":{"by":"the benchmark"}}"#));
    [
        (
            "patch",
            Request::Patch(pb::PatchRequest {
                input: Some(whole.clone()),
                patch: copies,
                ..Default::default()
            }),
        ),
        (
            "merge",
            Request::Merge(pb::MergeRequest {
                input: Some(whole.clone()),
                how: Some(merge),
                ..Default::default()
            }),
        ),
        (
            "diff",
            Request::Diff(pb::DiffRequest {
                from: Some(whole.clone()),
                to: Some(whole.clone()),
                ..Default::default()
            }),
        ),
    ]
}

fn format(input: Option<pb::Input>, style: pb::FormatStyle) -> Request {
    Request::Format(pb::FormatRequest { input, style: style.into(), ..Default::default() })
}

fn convert(input: Option<pb::Input>, to: pb::Format) -> Request {
    Request::Convert(pb::ConvertRequest { input, to: to.into(), ..Default::default() })
}

fn query(input: Option<pb::Input>, language: pb::QueryLanguage, program: &str) -> Request {
    let (language, query) = (language.into(), program.to_owned());
    Request::Query(pb::QueryRequest { input, language, query, ..Default::default() })
}

/// A document as bytes, which clones share.
pub(super) fn input(text: impl Into<Bytes>) -> pb::Input {
    pb::Input { source: Some(pb::input::Source::Data(text.into())), format: 0 }
}
