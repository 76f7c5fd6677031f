//! read(write(d)) = d for documents made to be misread, and another reader agrees about every string.

use proptest::prelude::*;

use super::{documents, json, read, write_all};
use crate::convert::Foreign;
use crate::convert::foreign::looks_tagged;
use crate::document::{Document, Key, Members, Number};

/// What some reader takes for something else, and what breaks naive writers.
const HOSTILE: &[&str] = &[
    "",
    " ",
    "a ",
    " a",
    "no",
    "y",
    "on",
    "True",
    "null",
    "~",
    "3E4415",
    "0o7",
    "014",
    "1_000",
    "0x1F",
    "1:30",
    ".inf",
    "-.inf",
    ".nan",
    "=",
    "<<",
    "2001-01-01",
    "- ",
    "? ",
    ": ",
    "a: b",
    "a #b",
    "#",
    "---",
    "...",
    "--- a",
    "%a",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "'",
    "\"",
    "@",
    "`",
    "[",
    "]",
    "{",
    "}",
    ",",
    "a\nb",
    "a\nb\n",
    "\n",
    "a\n\n",
    " a\nb",
    "a \nb",
    "a\n b\n",
    "a\n#b",
    "a\n---\nb",
    "a\r\nb",
    "\t",
    "a\tb",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{0}",
    "\u{7f}",
    "\u{fffe}",
    "\u{10ffff}",
    "\\",
    "\\n",
    "$bytes",
    "$map",
    "$tag",
    "$value",
    "1",
    "-1",
    "+1",
    "1.",
    ".",
    "-",
    "?",
    ":",
    "a:",
    ":a",
    "-a",
    "?a",
    "\u{a0}",
    "é",
    "😀",
    "a\n\tb",
    "\n\n",
    "a\n\u{85}",
];

fn text() -> impl Strategy<Value = String> {
    let hostile = proptest::sample::select(HOSTILE).prop_map(str::to_owned);
    let joined = (hostile.clone(), hostile.clone()).prop_map(|(a, b)| a + &b);
    let of_marks =
        proptest::collection::vec(proptest::sample::select(&b"a-?: \n#'\"\\|>[]{},&*!%@`~.0\t"[..]), 0..8)
            .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    prop_oneof![hostile, joined, of_marks, any::<String>()]
}

fn scalar() -> impl Strategy<Value = Document> {
    const NUMBERS: &[&str] =
        &["0", "-0", "1E2", "1e400", "12345678901234567890123", "0.1000000000000000055", "-1.50"];
    prop_oneof![
        Just(Document::Null),
        any::<bool>().prop_map(Document::Bool),
        any::<i64>().prop_map(|integer| Document::Number(Number::I64(integer))),
        proptest::sample::select(NUMBERS).prop_map(|n| Document::Number(Number::from_literal(n))),
        text().prop_map(|text| Document::Str(text.into())),
    ]
}

fn any_document() -> impl Strategy<Value = Document> {
    scalar().prop_recursive(5, 40, 5, |inner| {
        let members = proptest::collection::vec((text(), inner.clone()), 0..5);
        prop_oneof![
            proptest::collection::vec(inner, 0..5).prop_map(|elements| Document::Arr(elements.into())),
            members.prop_map(|members| {
                let members: Members =
                    members.into_iter().map(|(key, value)| (Key::Text(key.into()), value)).collect();
                Document::Obj(members.into())
            }),
        ]
    })
}

fn has_tagged_form(document: &Document) -> bool {
    looks_tagged(document)
        || match document {
            Document::Arr(elements) => elements.iter().any(has_tagged_form),
            Document::Obj(members) => members.values().any(has_tagged_form),
            _ => false,
        }
}

fn check(document: &Document, foreign: Foreign) {
    let (written, losses) = write_all(document, foreign);
    assert_eq!(losses.total(), 0);
    let again = read(written.as_bytes(), foreign).unwrap_or_else(|error| panic!("{error}\n{written:?}"));
    assert_eq!(again.losses.total(), 0, "{written:?}");
    assert_eq!(documents(again).iter().map(json).collect::<Vec<_>>(), [json(document)], "{written:?}");
}

#[test]
fn every_hostile_text_as_value_and_key() {
    for text in HOSTILE {
        let value = Document::Str((*text).into());
        let object = Document::Obj(Members::from_iter([(Key::Text((*text).into()), value.clone())]).into());
        for document in [value.clone(), object.clone(), Document::Arr(vec![value, object].into())] {
            check(&document, Foreign::Plain);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_come_back(document in any_document()) {
        check(&document, Foreign::Plain);
        if !has_tagged_form(&document) {
            check(&document, Foreign::Tagged);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in text(), more in text()) {
        for foreign in [Foreign::Plain, Foreign::Tagged] {
            let _ = read(format!("{text}\n{more}").as_bytes(), foreign);
            let _ = read(format!("- {text}\n- k: {more}").as_bytes(), foreign);
        }
    }

    /// Whatever is read under the tagged form is written so that it is read again as the same.
    #[test]
    fn what_was_read_comes_back(marks in proptest::collection::vec(proptest::sample::select(PIECES), 0..12)) {
        let source = marks.concat();
        let Ok(first) = read(source.as_bytes(), Foreign::Tagged) else { return Ok(()) };
        for document in documents(first) {
            let (written, losses) = write_all(&document, Foreign::Tagged);
            prop_assert_eq!(losses.total(), 0, "{:?} {:?}", source, written);
            let again = read(written.as_bytes(), Foreign::Tagged);
            let again = again.unwrap_or_else(|error| panic!("{error} {source:?} {written:?}"));
            prop_assert_eq!(documents(again).iter().map(json).collect::<Vec<_>>(), vec![json(&document)], "{:?}", source);
        }
    }
}

const PIECES: &[&str] = &[
    "- ",
    "a",
    "b: ",
    "? ",
    ": ",
    "\n",
    "  ",
    "\n- ",
    "\n  ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "!x ",
    "!!set ",
    "!!binary aGk=",
    "!!timestamp 2001-01-01",
    "&a ",
    "*a",
    "1",
    "~",
    ".nan",
    "true",
    "'q'",
    "\"d\"",
    "|\n  l\n",
    ">\n  f\n",
    "# c\n",
    "---\n",
    "...\n",
    "!<tag:e.org:x> ",
    "$map: ",
];
