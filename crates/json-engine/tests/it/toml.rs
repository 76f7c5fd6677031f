//! TOML through `convert`; the cases of the specification stand beside the reader.

use json_engine::convert::{ConvertOptions, Fidelity, Foreign, Format};
use json_engine::{Code, Error, LimitKind};

use crate::convert::{findings, from_to, run};

fn check(source: &str, how: &ConvertOptions, expected: &str, found: &[&str]) {
    let converted = run(source, how).unwrap();
    assert_eq!(findings(&converted), found, "{source}");
    assert_eq!(String::from_utf8(converted.bytes).unwrap(), expected, "{source}");
}

/// docs/formats/toml.md: each block is what becomes of the one before it.
#[test]
fn the_examples_of_the_page() {
    let page = include_str!("../../../../docs/formats/toml.md");
    for (from, source, to, expected) in pairs(page) {
        let converted = run(source, &from_to(from, to)).unwrap();
        assert_eq!(String::from_utf8(converted.bytes).unwrap().trim_end(), expected.trim_end());
    }
}

/// Pairs of fenced blocks, and what they are written in.
pub(crate) fn pairs(page: &str) -> Vec<(Format, &str, Format, &str)> {
    let blocks: Vec<_> = page
        .split("```")
        .skip(1)
        .step_by(2)
        .map(|block| {
            let (name, text) = block.split_once('\n').unwrap();
            (Format::ALL.into_iter().find(|format| format.name() == name).unwrap(), text)
        })
        .collect();
    assert!(!blocks.is_empty() && blocks.len() % 2 == 0);
    blocks.chunks(2).map(|pair| (pair[0].0, pair[0].1, pair[1].0, pair[1].1)).collect()
}

#[test]
fn losses_have_their_places() {
    let how = from_to(Format::Toml, Format::Json);
    check(
        "[a]\nb = [1, inf] # x\nc = 07:32",
        &how,
        r#"{"a":{"b":[1,null],"c":"07:32:00"}}"#,
        &["NON_FINITE_AS_NULL 2:9 /a/b/1 0", "COMMENT_DROPPED 2:14 /a 0", "DATETIME_AS_TEXT 3:5 /a/c 0"],
    );
    let how = from_to(Format::Json, Format::Toml);
    check(
        "{\"t\":{},\n \"a\":[null]}",
        &how,
        "a = []\n\n[t]\n",
        &["ORDER_CHANGED 2:6 /a 0", "NULL_DROPPED 2:7 /a/0 0"],
    );
}

#[test]
fn tagged_forms_come_back() {
    let source = "when = 1979-05-27T07:32:00Z\nodd = [nan, -inf]\n";
    let how = ConvertOptions { foreign: Foreign::Tagged, ..from_to(Format::Toml, Format::Json) };
    let json =
        r#"{"when":{"$datetime":"1979-05-27T07:32:00Z"},"odd":[{"$float":"NaN"},{"$float":"-Infinity"}]}"#;
    check(source, &how, json, &[]);
    let how = ConvertOptions { foreign: Foreign::Tagged, ..from_to(Format::Json, Format::Toml) };
    check(json, &how, source, &[]);
    check(source, &from_to(Format::Toml, Format::Toml), source, &[]);
}

#[test]
fn strict_refuses_to_lose_a_date() {
    let how = ConvertOptions { fidelity: Fidelity::Strict, ..from_to(Format::Toml, Format::Json) };
    assert!(matches!(run("a = 07:32:00", &how), Err(Error::Fidelity(_))));
    check("a = 1", &how, r#"{"a":1}"#, &[]);
}

#[test]
fn errors_and_limits_have_line_and_column() {
    let how = from_to(Format::Toml, Format::Json);
    let Err(Error::Invalid(report)) = run("a = 1\n\n é = 2", &how) else { panic!("a bare key is ASCII") };
    let found = &report.diagnostics[0];
    assert_eq!((found.code, found.start.line, found.start.column), (Code::TomlSyntax, 3, 2));
    let deep = format!("a = 1\nb = {}", "[".repeat(1_000_000));
    let Err(Error::Limit { limit: LimitKind::Depth, position: Some(at), .. }) = run(deep, &how) else {
        panic!("depth has a limit")
    };
    assert_eq!((at.line, at.column), (2, 132));
}
