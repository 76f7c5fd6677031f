//! Every loss of the tables of `docs/convert.md`: reported with its place, refused under strict fidelity.

use json_engine::Error;
use json_engine::convert::Format::{Cbor, Csv, Json, Json5, Msgpack, Ndjson, Toml, Yaml};
use json_engine::convert::{ConvertOptions, Fidelity, Foreign, Format};

use crate::convert::{findings, from_to, run};

fn check(foreign: Foreign, source: &[u8], (from, to): (Format, Format), expected: &str) {
    let how = ConvertOptions { foreign, ..from_to(from, to) };
    let converted = run(source, &how).unwrap();
    let shown = source.escape_ascii();
    assert_eq!(findings(&converted).join(", "), expected, "{shown} {from:?} {to:?}");
    let strict = run(source, &ConvertOptions { fidelity: Fidelity::Strict, ..how });
    let Err(Error::Fidelity(report)) = strict else { panic!("{shown} {from:?} {to:?}: {strict:?}") };
    assert_eq!(report.diagnostics, converted.report.diagnostics, "{shown}");
}

#[rustfmt::skip]
const PLAIN: &[(Format, &[u8], Format, &str)] = &[
    (Yaml, b"a: !!binary aGk=\n", Json, "BYTES_AS_TEXT 1:13 /a 0"),
    (Cbor, b"\x81\x42hi", Json, "BYTES_AS_TEXT 0:0 /0 0"),
    (Msgpack, b"\x91\xc4\x02hi", Json, "BYTES_AS_TEXT 0:0 /0 0"),
    (Json5, b"[1, NaN]", Json, "NON_FINITE_AS_NULL 1:5 /1 0"),
    (Yaml, b"- 1\n- .inf\n", Json, "NON_FINITE_AS_NULL 2:3 /1 0"),
    (Toml, b"a = 1\nb = -inf\n", Json, "NON_FINITE_AS_NULL 2:5 /b 0"),
    (Cbor, b"\x81\xf9\x7e\x00", Json, "NON_FINITE_AS_NULL 0:0 /0 0"),
    (Msgpack, b"\x91\xca\x7f\x80\x00\x00", Json, "NON_FINITE_AS_NULL 0:0 /0 0"),
    (Yaml, b"a: !!timestamp 2001-01-01\n", Json, "DATETIME_AS_TEXT 1:16 /a 0"),
    (Toml, b"a = 1979-05-27\n", Json, "DATETIME_AS_TEXT 1:5 /a 0"),
    (Cbor, b"\x81\xc0\x741979-05-27T07:32:00Z", Json, "DATETIME_AS_TEXT 0:0 /0 0"),
    (Msgpack, b"\x91\xd6\xff\x00\x00\x00\x01", Json, "DATETIME_AS_TEXT 0:0 /0 0"),
    (Yaml, b"- !x 1\n", Json, "TAG_DROPPED 1:6 /0 0"),
    (Cbor, b"\x81\xd8\x20\x61u", Json, "TAG_DROPPED 0:0 /0 0"),
    (Msgpack, b"\x91\xd4\x05\x01", Json, "TAG_DROPPED 0:0 /0 0, BYTES_AS_TEXT 0:0 /0 0"),
    (Cbor, b"\x82\xf7\xf8\x63", Json, "UNDEFINED_AS_NULL 0:0 /0 0, UNDEFINED_AS_NULL 0:0 /1 0"),
    (Yaml, b"a: {1: x}\n", Json, "KEY_AS_TEXT 1:5 /a 0"),
    (Cbor, b"\xa1\x01\x02", Json, "KEY_AS_TEXT 0:0 /1 0"),
    (Msgpack, b"\x81\x01\x02", Json, "KEY_AS_TEXT 0:0 /1 0"),
    (Json, b"{\"a\":1,\"a\":2}", Yaml, "DUPLICATE_DROPPED 1:8 /a 0"),
    (Ndjson, b"{\"a\":1,\"a\":2}\n", Json, "DUPLICATE_DROPPED 1:8 /a 1"),
    (Json5, b"{a:1,a:2}", Json, "DUPLICATE_DROPPED 1:6 /a 0"),
    (Yaml, b"a: 1\na: 2\n", Json, "DUPLICATE_DROPPED 2:1  0"),
    (Cbor, b"\xa2\x61a\x01\x61a\x02", Json, "DUPLICATE_DROPPED 0:0 /a 0"),
    (Msgpack, b"\x82\xa1a\x01\xa1a\x02", Json, "DUPLICATE_DROPPED 0:0 /a 0"),
    (Json, b"{\"a\":[1,null]}", Toml, "NULL_DROPPED 1:9 /a/1 0"),
    (Json, b"{\"a\":{},\"b\":1}", Toml, "ORDER_CHANGED 1:13 /b 0"),
    (Json, b"{\"a\":9223372036854775808}", Toml, "NUMBER_ROUNDED 1:6 /a 0"),
    (Json, b"{\"a\":0.1000000000000000055}", Toml, "NUMBER_ROUNDED 1:6 /a 0"),
    (Json, b"[0.1000000000000000055]", Cbor, "NUMBER_ROUNDED 1:2 /0 0"),
    (Json, b"[1e400]", Msgpack, "NUMBER_ROUNDED 1:2 /0 0"),
    (Json, b"[18446744073709551616]", Msgpack, "NUMBER_ROUNDED 1:2 /0 0"),
    (Json, b"[\"\\ud800\"]", Yaml, "SURROGATE_REPLACED 1:2 /0 0, LONE_SURROGATE 1:3 /0 0"),
    (Json, b"{\"a\":\"\\ud800\"}", Toml, "SURROGATE_REPLACED 1:6 /a 0, LONE_SURROGATE 1:7 /a 0"),
    (Json, b"[\"\\ud800\"]", Cbor, "SURROGATE_REPLACED 1:2 /0 0, LONE_SURROGATE 1:3 /0 0"),
    (Json, b"[\"\\ud800\"]", Msgpack, "SURROGATE_REPLACED 1:2 /0 0, LONE_SURROGATE 1:3 /0 0"),
    (Json, b"[{\"a\":1}]", Csv, "TYPE_DROPPED 1:7 /0/a 0"),
    (Json, b"1", Csv, "STRUCTURE_CHANGED 1:1  0, STRUCTURE_CHANGED 1:1  0, TYPE_DROPPED 1:1  0"),
];

#[test]
fn every_loss_of_plain_forms() {
    for (from, source, to, expected) in PLAIN {
        check(Foreign::Plain, source, (*from, *to), expected);
    }
}

#[rustfmt::skip]
const TAGGED: &[(Format, &[u8], Format, &str)] = &[
    (Json, b"{\"a\":{\"$bytes\":\"aGk\"}}", Toml, "BYTES_AS_TEXT 1:6 /a 0"),
    (Json, b"[{\"$tag\":32,\"$value\":1}]", Yaml, "TAG_DROPPED 1:2 /0 0"),
    (Json, b"[{\"$tag\":\"!x\",\"$value\":1}]", Cbor, "TAG_DROPPED 1:2 /0 0"),
    (Json, b"[{\"$undefined\":true}]", Yaml, "UNDEFINED_AS_NULL 1:2 /0 0"),
    (Json, b"[{\"$simple\":99}]", Msgpack, "UNDEFINED_AS_NULL 1:2 /0 0"),
    (Json, b"{\"a\":{\"$map\":[[1,2]]}}", Toml, "KEY_AS_TEXT 1:18 /a/$map/0/1 0"),
    (Json, b"[{\"$datetime\":\"07:32:00\"}]", Cbor, "DATETIME_AS_TEXT 1:2 /0 0"),
    (Json, b"[{\"$datetime\":\"1979-05-27T07:32:00+01:00\"}]", Msgpack, "STRUCTURE_CHANGED 1:2 /0 0"),
];

#[test]
fn every_loss_of_tagged_forms() {
    for (from, source, to, expected) in TAGGED {
        check(Foreign::Tagged, source, (*from, *to), expected);
    }
}

#[test]
fn toml_has_no_root_but_an_object() {
    for source in ["1", "[{}]", "null"] {
        assert!(matches!(run(source, &from_to(Json, Toml)), Err(Error::Option { .. })), "{source}");
    }
}
