//! Results as lines of NDJSON, for REST.

use bytes::Bytes;
use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::{Stream, StreamExt as _};
use serde_json::json;
use wording::json_text;

use super::Results;

/// A line a record, `{"record":n,"value":…}` or `{"record":n,"error":{…}}`, then `{"summary":{…}}`, or `{"error":{…}}` where
/// the stream ends before its end.
pub(crate) fn rows(results: Results) -> impl Stream<Item = Result<Bytes, Failure>> + Send {
    results.map(|response| match response {
        Ok(response) => lines(&response),
        Err(failure) => {
            let error = json!({"error": {"reason": &*failure.reason, "message": &failure.message}});
            Ok(format!("{error}\n").into())
        }
    })
}

fn lines(response: &pb::RunStreamResponse) -> Result<Bytes, Failure> {
    let mut out = Vec::new();
    for result in &response.results {
        out.extend_from_slice(format!("{{\"record\":{},", result.record).as_bytes());
        match &result.outcome {
            Some(pb::record_result::Outcome::Text(text)) => value(text.as_bytes(), &mut out),
            Some(pb::record_result::Outcome::Data(data)) => value(data, &mut out),
            Some(pb::record_result::Outcome::Error(error)) => {
                out.extend_from_slice(b"\"error\":");
                out.extend_from_slice(json_text("fastjson.v1.RecordError", error)?.as_bytes());
            }
            None => out.extend_from_slice(b"\"value\":null"),
        }
        out.extend_from_slice(b"}\n");
    }
    if let Some(summary) = &response.summary {
        let summary = json_text("fastjson.v1.RunStreamSummary", summary)?;
        out.extend_from_slice(format!("{{\"summary\":{summary}}}\n").as_bytes());
    }
    Ok(out.into())
}

fn value(json: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"value\":");
    push_on_one_line(json, out);
}

/// Appends `json` as a line of NDJSON.
pub(crate) fn push_line(json: &[u8], out: &mut Vec<u8>) {
    push_on_one_line(json, out);
    out.push(b'\n');
}

/// JSON has line ends only as white space, so that blanks in their place leave it what it is.
fn push_on_one_line(json: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(json);
    if memchr::memchr2(b'\n', b'\r', json).is_some() {
        for byte in out[start..].iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
    }
}
