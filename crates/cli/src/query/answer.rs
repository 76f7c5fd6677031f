//! What a query prints of its answer, and the exit code that it stands for.

use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;
use serde_json::value::RawValue;

use super::{Args, Language};
use crate::error::{Error, NO};
use crate::output;

/// Writes the values as the command line asks. The answer is read again only where its values matter.
pub(super) fn write(text: &[u8], args: &Args, language: Language) -> Result<ExitCode, Error> {
    if !(args.raw_output || args.lines || args.exit_status) {
        output::whole_lines(text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let values = values(text, language)?;
    match (args.raw_output, args.lines) {
        (true, _) => each_line(&values, Strings::Bare)?,
        (false, true) => each_line(&values, Strings::Quoted)?,
        (false, false) => output::whole_lines(text)?,
    }
    let last = values.last().map(|value| value.get());
    let is_no = args.exit_status && matches!(last, None | Some("null" | "false"));
    Ok(if is_no { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}

/// How strings are written; what is none, or one with half of a surrogate pair, is written as JSON both ways.
#[derive(Clone, Copy)]
enum Strings {
    Bare,
    Quoted,
}

fn each_line(values: &[&RawValue], strings: Strings) -> Result<(), Error> {
    for value in values {
        let bare: Option<String> = match strings {
            Strings::Bare => serde_json::from_str(value.get()).ok(),
            Strings::Quoted => None,
        };
        output::line(bare.as_deref().unwrap_or(value.get()).as_bytes())?;
    }
    Ok(())
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
