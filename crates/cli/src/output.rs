//! What a command prints: documents to standard output, findings to standard error.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::rustcache::v1 as cache;

use crate::error::Error;

/// Writes bytes as they are. A reader that has left early is not an error.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), Error> {
    piece(bytes).map(|_reader| ())
}

/// Whether somebody still reads what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Present,
    Left,
}

/// Writes a piece of something that goes on as long as it is read.
pub(crate) fn piece(bytes: &[u8]) -> Result<Reader, Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(Reader::Present),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Reader::Left),
        Err(error) => Err(Error::File { what: "standard output".to_owned(), source: error }),
    }
}

/// Writes text and one line end.
pub(crate) fn line(text: &[u8]) -> Result<(), Error> {
    bytes(&[text, b"\n"].concat())
}

/// Writes a value byte for byte; a terminal gets a line end where the value has none.
pub(crate) fn value(value: &[u8]) -> Result<(), Error> {
    if std::io::stdout().is_terminal() { whole_lines(value) } else { bytes(value) }
}

/// Writes a value of the cache; nothing where there is none.
pub(crate) fn cached(given: Option<cache::Value>) -> Result<(), Error> {
    match given.and_then(|given| given.body) {
        Some(cache::value::Body::Text(text)) => value(text.as_bytes()),
        Some(cache::value::Body::Data(data)) => value(&data),
        None => Ok(()),
    }
}

/// Writes text, and a line end unless it has one or is empty.
pub(crate) fn whole_lines(text: &[u8]) -> Result<(), Error> {
    if text.is_empty() || text.ends_with(b"\n") { bytes(text) } else { line(text) }
}

/// Writes an answer that is a document, byte-exact, and a line end unless it has one or is binary.
pub(crate) fn document(output: Option<pb::Output>) -> Result<(), Error> {
    let output = output.unwrap_or_default();
    let is_binary = client::is_binary(output.format());
    match output.result {
        Some(pb::output::Result::Text(text)) => whole_lines(text.as_bytes()),
        Some(pb::output::Result::Data(data)) if is_binary => bytes(&data),
        Some(pb::output::Result::Data(data)) => whole_lines(&data),
        Some(pb::output::Result::Ref(entry)) => stored(&entry),
        None => Ok(()),
    }
}

/// Writes where an answer was stored, as JSON.
pub(crate) fn stored(entry: &pb::CacheRef) -> Result<(), Error> {
    let text = client::json_mapping::encode("fastjson.v1.CacheRef", entry);
    line(text.map_err(|error| Error::Usage(error.to_string()))?.as_bytes())
}

/// Writes findings about the document `name` as compilers do, so that editors can jump to them.
#[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
pub(crate) fn diagnostics(name: &str, diagnostics: &[pb::Diagnostic], total: u64) {
    for found in diagnostics {
        let severity = match found.severity() {
            pb::Severity::Warning => "warning",
            pb::Severity::Error | pb::Severity::Unspecified => "error",
        };
        eprintln!("{severity}[{}]: {}", found.code, found.message);
        let start = found.start.clone().unwrap_or_default();
        eprintln!(
            "  --> {name}:{}:{} (byte {}, at {:?})",
            start.line, start.column, start.byte_offset, start.json_pointer
        );
        for line in found.snippet.lines() {
            eprintln!("   | {line}");
        }
        if let Some(fix) = &found.fix {
            eprintln!("   = fix: {}", fixed(fix));
        }
        causes(&found.causes, "   ");
    }
    if total > diagnostics.len() as u64 {
        eprintln!("{total} findings in all");
    }
}

/// Writes why something failed, a level further in each time.
#[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
fn causes(found: &[pb::Diagnostic], margin: &str) {
    for cause in found {
        let start = cause.start.clone().unwrap_or_default();
        eprintln!("{margin}= {}:{} {:?}: {}", start.line, start.column, start.json_pointer, cause.message);
        causes(&cause.causes, &format!("{margin}  "));
    }
}

/// Writes what came of asking for a kept answer, and what each step cost.
#[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
pub(crate) fn costs(answer: &pb::RunResponse) {
    let memo = answer.memo.clone().unwrap_or_default();
    let (from_cache, steps) = (answer.from_cache, answer.steps.len());
    let (asked, saved) = (memo.lookup_micros, memo.saved_micros);
    eprintln!(
        "memo: {}, from_cache: {from_cache} of {steps} steps, asked {asked} us, saved {saved} us",
        memo.outcome
    );
    for step in &answer.steps {
        eprintln!("{}: {} us, {} bytes", step.name, step.micros, step.output_bytes);
    }
}

fn fixed(fix: &pb::Fix) -> String {
    match (fix.end - fix.start, fix.replacement.as_str()) {
        (0, inserted) => format!("insert {inserted:?}"),
        (_, "") => "delete this".to_owned(),
        (_, replacement) => format!("write {replacement:?}"),
    }
}

/// Writes changes that contradict each other.
#[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
pub(crate) fn conflicts(name: &str, conflicts: &[pb::Conflict], total: u64) {
    let shown = |side: &Option<String>| side.clone().unwrap_or_else(|| "(nothing)".to_owned());
    for conflict in conflicts {
        let kind = conflict.kind().as_str_name().trim_start_matches("KIND_");
        eprintln!("conflict[{kind}]: {name} at {:?}", conflict.json_pointer);
        eprintln!("   base: {}", shown(&conflict.base));
        eprintln!("   ours: {}  (kept)", shown(&conflict.ours));
        eprintln!("   theirs: {}", shown(&conflict.theirs));
    }
    if total > conflicts.len() as u64 {
        eprintln!("{total} conflicts in all");
    }
}
