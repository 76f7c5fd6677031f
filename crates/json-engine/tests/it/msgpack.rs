//! MessagePack by its specification, and what must not be taken for it.

use json_engine::convert::{Foreign, Format};
use json_engine::{Code, Limits};

use crate::binary::{Binary, hex, unhex};

const MSGPACK: Binary = Binary(Format::Msgpack);

/// An object in its shortest form and its tagged JSON.
fn check(object: &str, expected: &str) {
    MSGPACK.check(object, expected, object);
}

/// An object, its tagged JSON, and the shortest form of that.
fn check_as(object: &str, expected: &str, shortest: &str) {
    MSGPACK.check(object, expected, shortest);
}

fn check_plain(object: &str, expected: &str, lost: &[(Code, &str)]) {
    MSGPACK.check_plain(object, expected, lost);
}

fn check_written(text: &str, expected: &str, lost: &[(Code, &str)]) {
    MSGPACK.check_written(text, Foreign::Tagged, expected, lost);
}

fn check_malformed(object: &str, at: u64) {
    MSGPACK.check_malformed(object, Code::MsgpackMalformed, at);
}

/// Seven, `length` times, as base64url.
fn sevens(length: usize) -> String {
    let (json, _) = Binary(Format::Cbor)
        .read_with(
            &[vec![0x5a], (length as u32).to_be_bytes().to_vec(), vec![7; length]].concat(),
            Foreign::Plain,
            &json_engine::ScanOptions::default(),
        )
        .unwrap();
    json.trim_matches('"').to_owned()
}

#[test]
fn integers_at_the_edges_of_their_forms() {
    for (object, expected) in [
        ("00", "0"),
        ("7f", "127"),
        ("cc80", "128"),
        ("ccff", "255"),
        ("cd0100", "256"),
        ("cdffff", "65535"),
        ("ce00010000", "65536"),
        ("ceffffffff", "4294967295"),
        ("cf0000000100000000", "4294967296"),
        ("cf7fffffffffffffff", "9223372036854775807"),
        ("cfffffffffffffffff", "18446744073709551615"),
        ("ff", "-1"),
        ("e0", "-32"),
        ("d0df", "-33"),
        ("d080", "-128"),
        ("d1ff7f", "-129"),
        ("d18000", "-32768"),
        ("d2ffff7fff", "-32769"),
        ("d280000000", "-2147483648"),
        ("d3ffffffff7fffffff", "-2147483649"),
        ("d38000000000000000", "-9223372036854775808"),
    ] {
        check(object, expected);
    }
    for (object, expected, shortest) in [
        ("cc01", "1", "01"),
        ("d300000000000000ff", "255", "ccff"),
        ("d0ff", "-1", "ff"),
        ("cf0000000000000001", "1", "01"),
    ] {
        check_as(object, expected, shortest);
    }
}

/// The specification lets a reader meet any form that holds the value; ours are written in the shortest.
#[test]
fn forms_that_are_longer_than_need_be() {
    for (object, expected, shortest) in [
        ("cd0001", "1", "01"),
        ("ce00000001", "1", "01"),
        ("ce0000ffff", "65535", "cdffff"),
        ("cf00000000ffffffff", "4294967295", "ceffffffff"),
        ("d001", "1", "01"),
        ("d10001", "1", "01"),
        ("d1ff80", "-128", "d080"),
        ("d2ffffffff", "-1", "ff"),
        ("d27fffffff", "2147483647", "ce7fffffff"),
        ("d3ffffffff80000000", "-2147483648", "d280000000"),
        ("d37fffffffffffffff", "9223372036854775807", "cf7fffffffffffffff"),
        ("d900", "\"\"", "a0"),
        ("d90161", "\"a\"", "a161"),
        ("da000161", "\"a\"", "a161"),
        ("db0000000161", "\"a\"", "a161"),
        ("c5000107", r#"{"$bytes":"Bw"}"#, "c40107"),
        ("c60000000107", r#"{"$bytes":"Bw"}"#, "c40107"),
        ("dc000101", "[1]", "9101"),
        ("dd0000000101", "[1]", "9101"),
        ("de0001a16101", r#"{"a":1}"#, "81a16101"),
        ("df00000001a16101", r#"{"a":1}"#, "81a16101"),
        ("df00000000", "{}", "80"),
        ("81d9016101", r#"{"a":1}"#, "81a16101"),
        ("c7010507", r#"{"$tag":"ext:5","$value":{"$bytes":"Bw"}}"#, "d40507"),
        ("c800020507ff", r#"{"$tag":"ext:5","$value":{"$bytes":"B_8"}}"#, "d50507ff"),
        ("c9000000040507070707", r#"{"$tag":"ext:5","$value":{"$bytes":"BwcHBw"}}"#, "d60507070707"),
        ("c704ff514b67b0", r#"{"$datetime":"2013-03-21T20:04:00Z"}"#, "d6ff514b67b0"),
        ("d7ff00000000514b67b0", r#"{"$datetime":"2013-03-21T20:04:00Z"}"#, "d6ff514b67b0"),
        ("c70cff0000000000000000514b67b0", r#"{"$datetime":"2013-03-21T20:04:00Z"}"#, "d6ff514b67b0"),
        (
            "c70cff1dcd650000000000514b67b0",
            r#"{"$datetime":"2013-03-21T20:04:00.5Z"}"#,
            "d7ff77359400514b67b0",
        ),
    ] {
        check_as(object, expected, shortest);
    }
}

/// Each of the 256 first bytes is a value, begins one that ends here, or is `c1`, which is never used.
#[test]
fn every_first_byte() {
    for first in 0..=u8::MAX {
        let alone = MSGPACK.read(&format!("{first:02x}"), Foreign::Tagged);
        let is_whole = matches!(first, 0x00..=0x80 | 0x90 | 0xa0 | 0xc0 | 0xc2 | 0xc3 | 0xe0..);
        assert_eq!(alone.is_ok(), is_whole, "{first:02x}");
        let with_zeros = MSGPACK.read(&format!("{first:02x}{}", "00".repeat(40)), Foreign::Tagged);
        assert!(with_zeros.is_err(), "{first:02x} does not take 40 bytes of zeros");
    }
}

#[test]
fn scalars() {
    for (object, expected) in [
        ("c0", "null"),
        ("c2", "false"),
        ("c3", "true"),
        ("ca3fc00000", "1.5"),
        ("ca00000000", "0.0"),
        ("ca80000000", "-0.0"),
        ("cb3ff199999999999a", "1.1"),
        ("ca7fc00000", r#"{"$float":"NaN"}"#),
        ("ca7f800000", r#"{"$float":"Infinity"}"#),
        ("caff800000", r#"{"$float":"-Infinity"}"#),
        ("a0", r#""""#),
        ("a161", r#""a""#),
        ("a2c3bc", "\"ü\""),
        ("c400", r#"{"$bytes":""}"#),
        ("c4020102", r#"{"$bytes":"AQI"}"#),
    ] {
        check(object, expected);
    }
    check_as("cb3ff8000000000000", "1.5", "ca3fc00000");
    check_as("cb7ff8000000000000", r#"{"$float":"NaN"}"#, "ca7fc00000");
}

#[test]
fn lengths_at_the_edges_of_their_forms() {
    for (length, head) in
        [(31, "bf"), (32, "d920"), (255, "d9ff"), (256, "da0100"), (65_535, "daffff"), (65_536, "db00010000")]
    {
        check(&format!("{head}{}", "78".repeat(length)), &format!("\"{}\"", "x".repeat(length)));
    }
    for (count, head) in [(0, "90"), (15, "9f"), (16, "dc0010"), (65_535, "dcffff"), (65_536, "dd00010000")] {
        check(&format!("{head}{}", "00".repeat(count)), &format!("[{}]", vec!["0"; count].join(",")));
    }
    for (count, head) in [(0, "80"), (15, "8f"), (16, "de0010"), (65_536, "df00010000")] {
        let keys: Vec<String> = (0..count).map(|key| format!("{key:05}")).collect();
        let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\":0")).collect();
        let pairs: String = keys.iter().map(|key| format!("a5{}00", unhex(key.as_bytes()))).collect();
        check(&format!("{head}{pairs}"), &format!("{{{}}}", members.join(",")));
    }
    for (length, head) in [(255, "c4ff"), (256, "c50100"), (65_536, "c600010000")] {
        let text = sevens(length);
        check(&format!("{head}{}", "07".repeat(length)), &format!("{{\"$bytes\":\"{text}\"}}"));
    }
}

#[test]
fn extensions_and_timestamps() {
    for (length, head) in [
        (0, "c70005"),
        (1, "d405"),
        (2, "d505"),
        (3, "c70305"),
        (4, "d605"),
        (8, "d705"),
        (16, "d805"),
        (17, "c71105"),
        (256, "c8010005"),
        (65_536, "c90001000005"),
    ] {
        let text = sevens(length);
        let expected = format!(r#"{{"$tag":"ext:5","$value":{{"$bytes":"{text}"}}}}"#);
        check(&format!("{head}{}", "07".repeat(length)), &expected);
    }
    for (object, expected) in [
        ("d6ff514b67b0", r#"{"$datetime":"2013-03-21T20:04:00Z"}"#),
        ("d7ff77359400514b67b0", r#"{"$datetime":"2013-03-21T20:04:00.5Z"}"#),
        ("c70cff00000000ffffffffffffffff", r#"{"$datetime":"1969-12-31T23:59:59Z"}"#),
        ("d480ff".replace("d480ff", "d48001").as_str(), r#"{"$tag":"ext:-128","$value":{"$bytes":"AQ"}}"#),
        // More nanoseconds than a second has, a length that no timestamp has, a year beyond four digits.
        ("d7ffee6b280000000000", r#"{"$tag":"ext:-1","$value":{"$bytes":"7msoAAAAAAA"}}"#),
        ("d5ff0000", r#"{"$tag":"ext:-1","$value":{"$bytes":"AAA"}}"#),
        ("c70cff000000007fffffffffffffff", r#"{"$tag":"ext:-1","$value":{"$bytes":"AAAAAH__________"}}"#),
    ] {
        check(object, expected);
    }
    check_as("c70cff000000000000000000000000", r#"{"$datetime":"1970-01-01T00:00:00Z"}"#, "d6ff00000000");
}

/// The three forms of a timestamp, each at the edges of what the shorter one holds.
#[test]
fn timestamps_at_the_edges_of_their_forms() {
    for (object, datetime) in [
        ("d6ff5a4af6a5", "2018-01-02T03:04:05Z"),
        ("d7ffa1dcd7c85a4af6a5", "2018-01-02T03:04:05.678901234Z"),
        ("d7ffee6b27fc7fffffff", "2038-01-19T03:14:07.999999999Z"),
        ("d6ff80000000", "2038-01-19T03:14:08Z"),
        ("d7ffee6b27fcffffffff", "2106-02-07T06:28:15.999999999Z"),
        ("d7ff0000000100000000", "2106-02-07T06:28:16Z"),
        ("d7ffee6b27ffffffffff", "2514-05-30T01:53:03.999999999Z"),
        ("c70cff000000000000000400000000", "2514-05-30T01:53:04Z"),
        ("c70cff3b9ac9ffffffffffffffffff", "1969-12-31T23:59:59.999999999Z"),
        ("d6ff00000000", "1970-01-01T00:00:00Z"),
        ("d7ff0000000400000000", "1970-01-01T00:00:00.000000001Z"),
        ("d6ff00000001", "1970-01-01T00:00:01Z"),
        ("c70cff3b9ac9ffffffffff7c55817f", "1899-12-31T23:59:59.999999999Z"),
        ("c70cff00000000ffffffff7c558180", "1900-01-01T00:00:00Z"),
        ("c70cff00000000fffffff1886e0900", "0001-01-01T00:00:00Z"),
        ("c70cff3b9ac9ff0000003afff4417f", "9999-12-31T23:59:59.999999999Z"),
    ] {
        check(object, &format!(r#"{{"$datetime":"{datetime}"}}"#));
    }
}

#[test]
fn plain_forms() {
    check_plain("d6ff514b67b0", r#""2013-03-21T20:04:00Z""#, &[(Code::DatetimeAsText, "")]);
    check_plain("91d40501", r#"["AQ"]"#, &[(Code::TagDropped, "/0"), (Code::BytesAsText, "/0")]);
    check_plain(
        "92c40101cb7ff8000000000000",
        r#"["AQ",null]"#,
        &[(Code::BytesAsText, "/0"), (Code::NonFiniteAsNull, "/1")],
    );
    check_plain(
        "8201c0c3c2",
        r#"{"1":null,"true":false}"#,
        &[(Code::KeyAsText, "/1"), (Code::KeyAsText, "/true")],
    );
    check_plain("82a16101a16102", r#"{"a":2}"#, &[(Code::DuplicateDropped, "/a")]);
}

#[test]
fn maps_that_are_no_objects() {
    check("83a1610102039001", r#"{"$map":[["a",1],[2,3],[[],1]]}"#);
    check("81a6246279746573a24151", r#"{"$map":[["$bytes","AQ"]]}"#);
}

#[test]
fn malformed() {
    for (object, at) in [
        ("", 0),
        ("c1", 0),
        ("91c1", 1),
        ("0000", 1),
        ("a1", 1),
        ("a1ff", 1),
        ("a2c328", 1),
        ("d9", 1),
        ("d901", 2),
        ("da00", 1),
        ("db00000001", 5),
        ("dbffffffff", 5),
        ("91", 0),
        ("dc0001", 0),
        ("ddffffffff", 0),
        ("81a161", 3),
        ("dfffffffff", 0),
        ("8100", 0),
        ("c4", 1),
        ("c6ffffffff00", 5),
        ("c7", 1),
        ("c70105", 3),
        ("c9ffffffff05", 6),
        ("d4", 1),
        ("d405", 2),
        ("d8050000", 2),
        ("ca000000", 1),
        ("cb00000000000000", 1),
        ("cc", 1),
        ("cd00", 1),
        ("ce000000", 1),
        ("cf00000000000000", 1),
        ("d0", 1),
        ("9200", 0),
        ("930000c1", 3),
    ] {
        check_malformed(object, at);
    }
}

#[test]
fn what_the_format_lacks() {
    check_written("18446744073709551616", "ca5f800000", &[(Code::NumberRounded, "")]);
    check_written("[-9223372036854775809]", "91cadf000000", &[(Code::NumberRounded, "/0")]);
    check_written("0.1000000000000000055", "cb3fb999999999999a", &[(Code::NumberRounded, "")]);
    check_written("1e400", "ca7f800000", &[(Code::NumberRounded, "")]);
    check_written("1E2", "ca42c80000", &[]);
    check_written("-0", "ca80000000", &[]);
    check_written(r#""a\ud800""#, "a461efbfbd", &[(Code::SurrogateReplaced, "")]);
    check_written(r#"[{"$undefined":true}]"#, "91c0", &[(Code::UndefinedAsNull, "/0")]);
    check_written(r#"{"$tag":32,"$value":"a"}"#, "a161", &[(Code::TagDropped, "")]);
    check_written(r#"{"$tag":"ext:5","$value":"a"}"#, "a161", &[(Code::TagDropped, "")]);
    check_written(
        r#"{"$datetime":"2013-03-21T21:04:00+01:00"}"#,
        "d6ff514b67b0",
        &[(Code::StructureChanged, "")],
    );
    check_written(r#"{"$datetime":"07:32:00"}"#, "a830373a33323a3030", &[(Code::DatetimeAsText, "")]);
}

#[test]
fn hostile_sources_end_at_a_limit() {
    let limits = Limits::default();
    for byte in [0x91, 0x81] {
        let deep = [vec![byte; 1_000_000], vec![0; 2]].concat();
        for foreign in [Foreign::Plain, Foreign::Tagged] {
            assert_eq!(MSGPACK.limit(&deep, foreign, limits), ("DEPTH_LIMIT", 128, 129), "{byte:02x}");
        }
    }
    let many = [vec![0xdd, 0, 0x0f, 0x42, 0x41], vec![0; 1_000_001]].concat();
    assert_eq!(MSGPACK.limit(&many, Foreign::Tagged, limits), ("NODES_LIMIT", 1_000_000, 1_000_001));
    let short = Limits { max_number_digits: 3, ..limits };
    assert_eq!(MSGPACK.limit(&hex("cd03e8"), Foreign::Plain, short).0, "NUMBER_DIGITS_LIMIT");
    let keys_in_keys = [vec![0x81; 100], vec![0xa1, b'"'], vec![0; 100]].concat();
    assert_eq!(MSGPACK.limit(&keys_in_keys, Foreign::Plain, limits).0, "KEY_TEXT_LIMIT");
}

#[test]
fn duplicates_are_refused_on_request() {
    MSGPACK.check_duplicates_refused("82a16101a16102");
    MSGPACK.check_duplicates_refused("8201020103");
}
