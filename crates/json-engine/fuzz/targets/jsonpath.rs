//! JSONPath and JSON Pointer: any program on any document.

use json_engine::query::{Language, Query, located};
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
        check_paths(program, document, answer.hits);
    }
}

fn check_paths(program: &str, document: &[u8], hits: u64) {
    let options = ScanOptions::default();
    let found = match located(program, document, &options, &budget()) {
        Ok(found) => found,
        Err(error) => {
            assert!(is_bound(&error), "{error}");
            return;
        }
    };
    assert_eq!(found.len() as u64, hits, "{program:?} of {}", shown(document));
    for (path, value) in found {
        let alone = match located(&path, document, &options, &budget()) {
            Ok(alone) => alone,
            // Half of a surrogate pair is no part of a program.
            Err(Error::Query { .. }) if path.contains("\\ud") => continue,
            Err(error) => {
                assert!(is_bound(&error), "{path:?}: {error}");
                continue;
            }
        };
        let [(same_path, same_value)] = &alone[..] else { panic!("{path:?} of {}", shown(document)) };
        assert_eq!(same_path, &path);
        assert!(is_same(same_value, &value), "{path:?} of {}", shown(document));
    }
}
