//! JSONPath and JSON Pointer: any program on any document.

use json_engine::query::{Language, Query};
use json_engine::{Error, ScanOptions, validate};

use super::{Seen, budget, is_bound, is_same, parts, shown};

/// A program and a document. Each value that is found has a path of its own, which finds it alone.
pub(crate) fn fuzz_jsonpath(data: &[u8]) -> Seen {
    let [program, document] = parts(data);
    let mut seen = Seen::default();
    let Ok(program) = std::str::from_utf8(program) else {
        return seen;
    };
    for language in [Language::JsonPath, Language::Pointer] {
        match Query::compile(language, program) {
            Ok(query) => run(&query, program, document, &mut seen),
            Err(Error::Query { message, offset, column, .. }) => {
                assert!(offset <= program.len() as u64 && column > 0, "{offset} {column} {program:?}");
                seen.note(message.chars().filter(|c| c.is_ascii_lowercase()).take(30).collect::<String>());
            }
            Err(error) => assert!(is_bound(&error), "{error}"),
        }
    }
    seen
}

fn run(query: &Query, program: &str, document: &[u8], seen: &mut Seen) {
    let answer = match query.run(document, &ScanOptions::default(), &budget()) {
        Ok(answer) => answer,
        Err(error) => return seen.error("query", &error),
    };
    seen.note(("hits", answer.hits.min(5)));
    let report = validate(&answer.text, &ScanOptions::default());
    assert!(report.is_ok_and(|report| report.is_valid()), "{program:?} of {}", shown(document));
    if matches!(query.language(), Language::JsonPath) && answer.hits <= 20 {
        check_paths(query, document, answer.hits);
    }
}

/// Each value has a path that finds it alone, and stands where its place says.
fn check_paths(query: &Query, document: &[u8], hits: u64) {
    let options = ScanOptions::default();
    let found = match query.run_located(document, &options, &budget()) {
        Ok(found) => found.hits,
        Err(error) => {
            assert!(is_bound(&error), "{error}");
            return;
        }
    };
    assert_eq!(found.len() as u64, hits, "{}", shown(document));
    for hit in found {
        let alone = Query::compile(Language::JsonPath, &hit.path)
            .and_then(|query| query.run_located(document, &options, &budget()));
        let path = &hit.path;
        let alone = match alone {
            Ok(alone) => alone.hits,
            // Half of a surrogate pair is no part of a program.
            Err(Error::Query { .. }) if path.contains("\\ud") => continue,
            Err(error) => {
                assert!(is_bound(&error), "{path:?}: {error}");
                continue;
            }
        };
        assert_eq!(alone, std::slice::from_ref(&hit), "{path:?} of {}", shown(document));
        let place = hit.start.byte_offset as usize..hit.end.byte_offset as usize;
        assert!(is_same(&document[place], &hit.text), "{path:?} of {}", shown(document));
    }
}
