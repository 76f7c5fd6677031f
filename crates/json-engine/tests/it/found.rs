//! Faults that `cargo x fuzz` found, each by what its user saw.

use json_engine::convert::{ConvertOptions, Converted, Foreign, Format};
use json_engine::query::{Language, Query};
use json_engine::{Error, ScanOptions};

use crate::budgets::budget;
use crate::convert::{findings, from_to, run};

fn tagged(source: &[u8], from: Format, to: Format) -> Converted {
    run(source, &ConvertOptions { foreign: Foreign::Tagged, ..from_to(from, to) }).unwrap()
}

fn check(source: &[u8], from: Format, to: Format, expected: &[u8]) {
    let written = tagged(source, from, to).bytes;
    assert_eq!(written.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

/// 128 bytes took 3 seconds and the whole budget of memory: the text of a key in a key doubled with each level.
#[test]
fn keys_in_keys_of_yaml_end_at_the_longest_text_of_a_key() {
    let outcome = run("? ".repeat(64), &from_to(Format::Yaml, Format::Json));
    let Err(Error::Limit { limit, .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(limit.reason(), "KEY_TEXT_LIMIT");
}

/// MessagePack may have a key twice. YAML may not, and what was written lost a member without a word.
#[test]
fn a_key_that_stands_twice_is_a_loss_in_yaml() {
    let written = tagged(b"\x83\x02\xa1a\x01\xa1b\x02\xa1c", Format::Msgpack, Format::Yaml);
    assert_eq!(String::from_utf8_lossy(&written.bytes), "2: c\n1: b\n");
    assert!(
        findings(&written).iter().any(|found| found.starts_with("DUPLICATE_DROPPED")),
        "{:?}",
        findings(&written)
    );
}

/// A bignum whose bytes are marked as CBOR came out as a tag, and after another round as a number.
#[test]
fn a_bignum_of_self_described_bytes_is_a_number() {
    let json = |source: &[u8], expected: &[u8]| check(source, Format::Cbor, Format::Json, expected);
    json(b"\xc2\xd9\xd9\xf7\x49\x01\0\0\0\0\0\0\0\0", b"18446744073709551616");
    json(b"\xc4\xd9\xd9\xf7\x82\xd9\xd9\xf7\x20\xd9\xd9\xf7\x0f", b"1.5");
    json(b"\xc4\x82\x20\xc2\xd9\xd9\xf7\x41\x0f", b"1.5");
    json(b"\xd9\x03\xec\xd9\xd9\xf7\x6a2020-01-02", br#"{"$datetime":"2020-01-02"}"#);
}

/// The path of a member under a key with half of a surrogate pair said `['']`, which is another member.
#[test]
fn the_path_of_a_key_that_is_no_text_names_no_other_member() {
    let text = br#"{"":1,"\ud800'\"":2}"#;
    let query = Query::compile(Language::JsonPath, "$.*").unwrap();
    let found = query.run_located(text, &ScanOptions::default(), &budget()).unwrap();
    let paths: Vec<_> = found.hits.iter().map(|hit| hit.path.as_str()).collect();
    assert_eq!(paths, ["$['']", r#"$['\ud800\'"']"#]);
}

/// A time without seconds in YAML came back from TOML with them, so that a change was seen where there was none.
#[test]
fn a_date_has_one_spelling_in_all_formats() {
    for (yaml, spelled) in [
        ("9979-05-27T07:00", "9979-05-27T07:00:00"),
        ("07:32", "07:32:00"),
        ("2001-12-14 21:59:43.10 -5", "2001-12-14T21:59:43.10-05:00"),
        ("2001-12-14", "2001-12-14"),
    ] {
        let expected = format!(r#"{{"a":{{"$datetime":"{spelled}"}}}}"#);
        let source = format!("a: !!timestamp \"{yaml}\"\n");
        check(source.as_bytes(), Format::Yaml, Format::Json, expected.as_bytes());
        let toml = tagged(source.as_bytes(), Format::Yaml, Format::Toml);
        assert_eq!(String::from_utf8_lossy(&toml.bytes), format!("a = {spelled}\n"));
        check(&toml.bytes, Format::Toml, Format::Json, expected.as_bytes());
    }
    let loose = br#"{"a":{"$datetime":"2001-12-14 21:59z"}}"#;
    check(loose, Format::Json, Format::Yaml, b"a: !!timestamp \"2001-12-14T21:59:00Z\"\n");
    check(loose, Format::Json, Format::Cbor, b"\xa1\x61a\xc0\x742001-12-14T21:59:00Z");
    check(loose, Format::Json, Format::Msgpack, b"\x81\xa1a\xd6\xff\x3c\x1av$");
}
