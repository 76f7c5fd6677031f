//! What the REST handlers share: bodies, answers, parameters.

use axum::response::IntoResponse as _;
use bytes::Bytes;
use chassis::Failure;
use chassis::rest::Answer;
use fastjson_proto::fastjson::v1 as pb;
use http::header::CONTENT_TYPE;
use json_engine::{DuplicateKeys, Error};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{App, wire};

/// `?duplicate_keys=`.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DuplicateKeysParam {
    #[default]
    Report,
    Reject,
}

impl From<DuplicateKeysParam> for i32 {
    fn from(param: DuplicateKeysParam) -> i32 {
        match param {
            DuplicateKeysParam::Report => pb::DuplicateKeys::Report.into(),
            DuplicateKeysParam::Reject => pb::DuplicateKeys::Reject.into(),
        }
    }
}

/// The body of a REST request as an input.
pub(crate) fn body_input(body: Bytes) -> pb::Input {
    pb::Input { source: Some(pb::input::Source::Data(body)), format: pb::Format::Json.into() }
}

/// Reads a body that holds documents as members, such as `{"document": …, "patch": …}`; they stay as they are written.
/// What is wrong in one of them is told with its place in the body.
pub(crate) fn envelope<'b, T: Deserialize<'b>>(app: &App, body: &'b [u8]) -> Result<T, Failure> {
    let options = app.scan_options(DuplicateKeys::Report);
    let report = json_engine::validate(body, &options).map_err(wire::engine_failure)?;
    if !report.is_valid() {
        return Err(wire::engine_failure(Error::Invalid(Box::new(report))));
    }
    serde_json::from_slice(body).map_err(|error| Failure::invalid("BODY_INVALID", error.to_string()))
}

/// A member of an [`envelope`] as a body of its own; no copy.
pub(crate) fn member(body: &Bytes, value: &RawValue) -> Bytes {
    body.slice_ref(value.get().as_bytes())
}

/// An output as the body of a REST answer.
pub(crate) fn document_answer(output: Option<pb::Output>) -> Answer {
    let body = match output.and_then(|output| output.result) {
        Some(pb::output::Result::Data(bytes)) => bytes,
        Some(pb::output::Result::Text(text)) => text.into(),
        Some(pb::output::Result::Ref(_)) | None => Bytes::new(),
    };
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// A response in the protobuf JSON mapping, as the body of an answer.
pub(crate) fn json_answer<M: prost::Message>(name: &str, message: &M) -> Answer {
    let text = client::json_mapping::encode(name, message)
        .map_err(|error| Failure::internal("ANSWER_UNWRITABLE", error.to_string()))?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}
