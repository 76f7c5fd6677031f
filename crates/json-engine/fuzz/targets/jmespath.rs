//! JMESPath: any program on any document.

use json_engine::query::{Language, Query};
use json_engine::{Error, ScanOptions, document, validate};

use super::{Seen, is_bound, is_same, parts, shown, ticking};

/// A program and a document. What it gives is JSON, and a document in memory gives what its text does.
pub(crate) fn fuzz_jmespath(data: &[u8]) -> Seen {
    let [program, document] = parts(data);
    let mut seen = Seen::default();
    let Ok(program) = std::str::from_utf8(program) else {
        return seen;
    };
    match Query::compile(Language::JmesPath, program) {
        Ok(query) => run(&query, program, document, &mut seen),
        Err(Error::Query { message, offset, column, .. }) => {
            assert!(offset <= program.len() as u64 && column > 0, "{offset} {column} {program:?}");
            seen.note(message.chars().filter(|c| c.is_ascii_lowercase()).take(30).collect::<String>());
        }
        Err(error) => assert!(is_bound(&error), "{error}"),
    }
    seen
}

fn run(query: &Query, program: &str, text: &[u8], seen: &mut Seen) {
    let options = ScanOptions::default();
    let answer = match query.run(text, &options, &ticking()) {
        Ok(answer) => answer,
        Err(error) => return seen.error("query", &error),
    };
    seen.note(("begins", answer.text.first()));
    seen.note(("length", answer.text.len().checked_ilog2()));
    let report = validate(&answer.text, &options);
    assert!(report.is_ok_and(|report| report.is_valid()), "{program:?} of {}", shown(text));
    let Ok((document, _)) = document::parse(text, &options) else {
        panic!("{program:?} ran on what is no document: {}", shown(text));
    };
    if let Err(error) = query.select(&document, &options.limits, &ticking()) {
        assert!(is_bound(&error), "{program:?}: {error}");
    }
    let alone =
        Query::compile(Language::JmesPath, "@").and_then(|all| all.run(&answer.text, &options, &ticking()));
    match alone {
        Ok(alone) => assert!(is_same(&alone.text, &answer.text), "{program:?} of {}", shown(text)),
        Err(error) => assert!(is_bound(&error), "{program:?}: {error}"),
    }
}
