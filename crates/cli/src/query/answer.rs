//! What a query prints of its answer, and the exit code that it stands for.

use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;
use serde_json::value::RawValue;

use super::{Args, Language};
use crate::error::{Error, NO};
use crate::output;

/// Writes the values as the command line asks.
pub(super) fn write(text: &[u8], args: &Args, language: Language) -> Result<ExitCode, Error> {
    let values = values(text, language)?;
    let last = values.last().map(|value| value.get());
    if args.raw_output || args.lines {
        for value in &values {
            line(value, args.raw_output.then_some(Raw))?;
        }
    } else {
        output::whole_lines(text)?;
    }
    let is_no = args.exit_status && matches!(last, None | Some("null" | "false"));
    Ok(if is_no { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}

/// Strings are written without their quotes.
struct Raw;

fn line(value: &RawValue, raw: Option<Raw>) -> Result<(), Error> {
    // What is no string, or one with half of a surrogate pair, is written as JSON.
    let string = raw.and_then(|Raw| serde_json::from_str::<String>(value.get()).ok());
    output::line(string.as_deref().unwrap_or(value.get()).as_bytes())
}

/// A line a hit.
pub(super) fn with_places(answer: &pb::QueryResponse, language: Language) -> Result<ExitCode, Error> {
    let text = text(answer);
    for (place, value) in answer.places.iter().zip(values(&text, language)?) {
        let start = place.start.clone().unwrap_or_default();
        let line = format!("{}:{}\t{}\t{value}", start.line, start.column, place.path);
        output::line(line.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer as it came.
pub(super) fn text(answer: &pb::QueryResponse) -> Vec<u8> {
    match answer.output.as_ref().and_then(|output| output.result.as_ref()) {
        Some(pb::output::Result::Data(bytes)) => bytes.to_vec(),
        Some(pb::output::Result::Text(text)) => text.clone().into_bytes(),
        Some(pb::output::Result::Ref(_)) | None => Vec::new(),
    }
}

fn values(text: &[u8], language: Language) -> Result<Vec<&RawValue>, Error> {
    let values = match language {
        Language::Pointer | Language::Jmespath => serde_json::from_slice(text).map(|value| vec![value]),
        Language::Jsonpath | Language::Jq => serde_json::from_slice(text),
    };
    values.map_err(|error| Error::Usage(format!("the answer: {error}")))
}
