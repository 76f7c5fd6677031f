//! jq: any program on any document.

use std::time::Duration;

use json_engine::query::{Language, Query};
use json_engine::{Error, ScanOptions, validate};

use super::{Seen, is_bound, parts, shown, ticking_for};

/// A program and a document. It ends with valid JSON, an error of its own, or within its budget.
pub(crate) fn fuzz_jq(data: &[u8]) -> Seen {
    let [program, document] = parts(data);
    let mut seen = Seen::default();
    let Ok(program) = std::str::from_utf8(program) else {
        return seen;
    };
    match Query::compile(Language::Jq, program) {
        Ok(query) => run(&query, program, document, &mut seen),
        Err(Error::Query { message, offset, column, .. }) => {
            assert!(offset <= program.len() as u64 && column > 0, "{offset} {column} {program:?}");
            seen.note(message.chars().filter(|c| c.is_ascii_lowercase()).take(30).collect::<String>());
        }
        Err(error) => assert!(is_bound(&error), "{error}"),
    }
    seen
}

fn run(query: &Query, program: &str, document: &[u8], seen: &mut Seen) {
    let budget = ticking_for(Duration::from_millis(200), 8 << 20);
    let answer = match query.run(document, &ScanOptions::default(), &budget) {
        Ok(answer) => answer,
        Err(error) => return seen.error("query", &error),
    };
    seen.note(("hits", answer.hits.min(5)));
    seen.note(("bytes", answer.text.len().checked_ilog2()));
    match validate(&answer.text, &ScanOptions::default()) {
        Ok(report) => assert!(report.is_valid(), "{program:?} of {}", shown(document)),
        Err(error) => assert!(is_bound(&error), "{program:?} of {}: {error}", shown(document)),
    }
}
