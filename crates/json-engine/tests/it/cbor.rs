//! CBOR as RFC 8949 shows it, and what must not be taken for it.

use json_engine::convert::{Foreign, Format, MAX_KEY_TEXT};
use json_engine::{Code, Error, Limits, ScanOptions};

use crate::binary::{Binary, hex};

const CBOR: Binary = Binary(Format::Cbor);

/// An item in preferred serialisation and its tagged JSON.
fn check(item: &str, expected: &str) {
    CBOR.check(item, expected, item);
}

/// An item, its tagged JSON, and the preferred serialisation of that.
fn check_as(item: &str, expected: &str, preferred: &str) {
    CBOR.check(item, expected, preferred);
}

fn check_plain(item: &str, expected: &str, lost: &[(Code, &str)]) {
    CBOR.check_plain(item, expected, lost);
}

fn check_written(text: &str, foreign: Foreign, expected: &str, lost: &[(Code, &str)]) {
    CBOR.check_written(text, foreign, expected, lost);
}

fn check_malformed(item: &str, at: u64) {
    CBOR.check_malformed(item, Code::CborMalformed, at);
}

#[test]
fn appendix_a_integers() {
    for (item, expected) in [
        ("00", "0"),
        ("01", "1"),
        ("0a", "10"),
        ("17", "23"),
        ("1818", "24"),
        ("1819", "25"),
        ("1864", "100"),
        ("1903e8", "1000"),
        ("1a000f4240", "1000000"),
        ("1b000000e8d4a51000", "1000000000000"),
        ("1bffffffffffffffff", "18446744073709551615"),
        ("c249010000000000000000", "18446744073709551616"),
        ("3bffffffffffffffff", "-18446744073709551616"),
        ("c349010000000000000000", "-18446744073709551617"),
        ("20", "-1"),
        ("29", "-10"),
        ("3863", "-100"),
        ("3903e7", "-1000"),
    ] {
        check(item, expected);
    }
}

#[test]
fn appendix_a_floats_and_simple_values() {
    for (item, expected) in [
        ("f90000", "0.0"),
        ("f98000", "-0.0"),
        ("f93c00", "1.0"),
        ("fb3ff199999999999a", "1.1"),
        ("f93e00", "1.5"),
        ("f97bff", "65504.0"),
        ("fa47c35000", "100000.0"),
        ("fa7f7fffff", "3.4028234663852886e+38"),
        ("fb7e37e43c8800759c", "1e+300"),
        ("f90001", "5.960464477539063e-8"),
        ("f90400", "0.00006103515625"),
        ("f9c400", "-4.0"),
        ("fbc010666666666666", "-4.1"),
        ("f97c00", r#"{"$float":"Infinity"}"#),
        ("f97e00", r#"{"$float":"NaN"}"#),
        ("f9fc00", r#"{"$float":"-Infinity"}"#),
        ("f4", "false"),
        ("f5", "true"),
        ("f6", "null"),
        ("f7", r#"{"$undefined":true}"#),
        ("f0", r#"{"$simple":16}"#),
        ("f8ff", r#"{"$simple":255}"#),
    ] {
        check(item, expected);
    }
    for (item, name, preferred) in [
        ("fa7f800000", "Infinity", "f97c00"),
        ("fa7fc00000", "NaN", "f97e00"),
        ("faff800000", "-Infinity", "f9fc00"),
        ("fb7ff0000000000000", "Infinity", "f97c00"),
        ("fb7ff8000000000000", "NaN", "f97e00"),
        ("fbfff0000000000000", "-Infinity", "f9fc00"),
    ] {
        check_as(item, &format!(r#"{{"$float":"{name}"}}"#), preferred);
    }
}

#[test]
fn appendix_a_tags_and_strings() {
    for (item, expected) in [
        ("c074323031332d30332d32315432303a30343a30305a", r#"{"$datetime":"2013-03-21T20:04:00Z"}"#),
        ("c11a514b67b0", r#"{"$tag":1,"$value":1363896240}"#),
        ("c1fb41d452d9ec200000", r#"{"$tag":1,"$value":1363896240.5}"#),
        ("d74401020304", r#"{"$tag":23,"$value":{"$bytes":"AQIDBA"}}"#),
        ("d818456449455446", r#"{"$tag":24,"$value":{"$bytes":"ZElFVEY"}}"#),
        (
            "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
            r#"{"$tag":32,"$value":"http://www.example.com"}"#,
        ),
        ("40", r#"{"$bytes":""}"#),
        ("4401020304", r#"{"$bytes":"AQIDBA"}"#),
        ("60", r#""""#),
        ("6161", r#""a""#),
        ("6449455446", r#""IETF""#),
        ("62225c", r#""\"\\""#),
        ("62c3bc", "\"ü\""),
        ("63e6b0b4", "\"水\""),
        ("64f0908591", "\"𐅑\""),
    ] {
        check(item, expected);
    }
}

#[test]
fn appendix_a_containers() {
    let to_25 = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]";
    let items = "0102030405060708090a0b0c0d0e0f101112131415161718181819";
    for (item, expected) in [
        ("80", "[]"),
        ("83010203", "[1,2,3]"),
        ("8301820203820405", "[1,[2,3],[4,5]]"),
        (&*format!("9819{items}"), to_25),
        ("a0", "{}"),
        ("a201020304", r#"{"$map":[[1,2],[3,4]]}"#),
        ("a26161016162820203", r#"{"a":1,"b":[2,3]}"#),
        ("826161a161626163", r#"["a",{"b":"c"}]"#),
        ("a56161614161626142616361436164614461656145", r#"{"a":"A","b":"B","c":"C","d":"D","e":"E"}"#),
    ] {
        check(item, expected);
    }
    let nested = ("[1,[2,3],[4,5]]", "8301820203820405");
    for (item, (expected, preferred)) in [
        ("5f42010243030405ff", (r#"{"$bytes":"AQIDBAU"}"#, "450102030405")),
        ("7f657374726561646d696e67ff", (r#""streaming""#, "6973747265616d696e67")),
        ("9fff", ("[]", "80")),
        ("9f018202039f0405ffff", nested),
        ("9f01820203820405ff", nested),
        ("83018202039f0405ff", nested),
        ("83019f0203ff820405", nested),
        (&*format!("9f{items}ff"), (to_25, &*format!("9819{items}"))),
        ("bf61610161629f0203ffff", (r#"{"a":1,"b":[2,3]}"#, "a26161016162820203")),
        ("826161bf61626163ff", (r#"["a",{"b":"c"}]"#, "826161a161626163")),
        ("bf6346756ef563416d7421ff", (r#"{"Fun":true,"Amt":-2}"#, "a26346756ef563416d7421")),
    ] {
        check_as(item, expected, preferred);
    }
}

/// The list of RFC 8949 appendix F and more, with the byte at which each stops being well-formed.
#[test]
fn appendix_f() {
    let ends = "18 19 1a 1b 1901 1a0102 1b01020304050607 38 58 78 98 9a01ff00 b8 d8 f8 f900 fa0000 fb000000";
    for item in ends.split(' ') {
        check_malformed(item, 1);
    }
    check_malformed("", 0);
    let items = "41@1 61@1 5affffffff00@5 5bffffffffffffffff010203@9 7affffffff00@5 \
        7b7fffffffffffffff010203@9 81@0 818181818181818181@8 8200@0 a1@0 a20102@0 a100@0 \
        a2000000@0 c0@1 5f4100@3 7f6100@3 9f@1 9f0102@3 bf@1 bf01020102@5 819f@2 9f8000@3 \
        9f9f9f9f9fffffffff@9 9f819f819f9fffffff@9 f800@0 f801@0 f818@0 f81f@0 5f00ff@1 5f21ff@1 \
        5f6100ff@1 5f80ff@1 5fa0ff@1 5fc000ff@1 5fe0ff@1 7f4100ff@1 5f5f4100ffff@1 \
        7f7f6100ffff@1 ff@0 81ff@1 8200ff@2 a1ff@0 a1ff00@1 a100ff@2 a20000ff@0 9f81ff@2 \
        9f829f819f9fffffffff@9 bf00ff@2 bf000000ff@4 1f@0 3f@0 df@0 c0ff@1 0000@1 61ff@1 \
        62c328@1 7f61c361bcff@2 8261610063@4";
    for item in items.split(' ') {
        let (item, at) = item.split_once('@').unwrap();
        check_malformed(item, at.parse().unwrap());
    }
    for major in [0x00, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0] {
        for info in 28..31 {
            check_malformed(&format!("{:02x}", major | info), 0);
        }
    }
}

#[test]
fn an_error_shows_its_byte_and_its_place_in_the_document() {
    let error = CBOR.read("a1616182011c", Foreign::Plain).unwrap_err();
    let Error::Invalid(report) = error else { panic!("{error:?}") };
    let found = &report.diagnostics[0];
    assert_eq!((found.start.byte_offset, found.end.byte_offset), (5, 6));
    assert_eq!(found.start.json_pointer, "/a/1");
    let expected = "the document is not valid: byte 5: ";
    assert!(CBOR.read("a1616182011c", Foreign::Plain).unwrap_err().to_string().starts_with(expected));
    assert_eq!(found.snippet, "a1 61 61 82 01 1c\n               ^");
}

#[test]
fn plain_forms() {
    check_plain("4401020304", r#""AQIDBA""#, &[(Code::BytesAsText, "")]);
    check_plain("d54401fb03ff", r#""AfsD_w""#, &[(Code::TagDropped, ""), (Code::BytesAsText, "")]);
    check_plain("d64401fb03ff", r#""AfsD/w==""#, &[(Code::TagDropped, ""), (Code::BytesAsText, "")]);
    check_plain(
        "d782824101d64102d54103",
        r#"[["01","Ag=="],"Aw"]"#,
        &[
            (Code::TagDropped, ""),
            (Code::BytesAsText, "/0/0"),
            (Code::TagDropped, "/0/1"),
            (Code::BytesAsText, "/0/1"),
            (Code::TagDropped, "/1"),
            (Code::BytesAsText, "/1"),
        ],
    );
    check_plain("82f7f820", "[null,null]", &[(Code::UndefinedAsNull, "/0"), (Code::UndefinedAsNull, "/1")]);
    check_plain("a16161f97e00", r#"{"a":null}"#, &[(Code::NonFiniteAsNull, "/a")]);
    check_plain(
        "c074323031332d30332d32315432303a30343a30305a",
        r#""2013-03-21T20:04:00Z""#,
        &[(Code::DatetimeAsText, "")],
    );
    check_plain("c11a514b67b0", "1363896240", &[(Code::TagDropped, "")]);
    check_plain("d9d9f7d9d9f701", "1", &[]);
}

#[test]
fn keys_that_are_no_text() {
    check_plain(
        "a401024103048101f5a1f605f6",
        r#"{"1":2,"Aw":4,"[1]":true,"{\"null\":5}":null}"#,
        &[
            (Code::KeyAsText, "/1"),
            (Code::BytesAsText, ""),
            (Code::KeyAsText, "/Aw"),
            (Code::KeyAsText, "/[1]"),
            (Code::KeyAsText, "/{\"null\":5}"),
            (Code::KeyAsText, "/null"),
        ],
    );
    check("a361610102036162f6", r#"{"$map":[["a",1],[2,3],["b",null]]}"#);
    check("a1a1010203", r#"{"$map":[[{"$map":[[1,2]]},3]]}"#);
}

#[test]
fn duplicate_keys() {
    check_plain("a3616101616202616103", r#"{"a":3,"b":2}"#, &[(Code::DuplicateDropped, "/a")]);
    check_plain("a26131010102", r#"{"1":2}"#, &[(Code::KeyAsText, "/1"), (Code::DuplicateDropped, "/1")]);
}

#[test]
fn objects_that_look_like_tagged_forms() {
    for (item, expected) in [
        ("a1662462797465736141", r#"{"$bytes":"A"}"#),
        ("a1662462797465736241 51".replace(' ', "").as_str(), r#"{"$map":[["$bytes","AQ"]]}"#),
        ("a1652462797465f6", r#"{"$byte":null}"#),
    ] {
        check(item, expected);
    }
}

#[test]
fn decimal_fractions_and_bigfloats() {
    for (item, expected) in [
        ("c48221196ab3", "273.15"),
        ("c5822003", "1.5"),
        ("c4820205", "5e2"),
        ("c4820005", "5"),
        ("c49f21196ab3ff", "273.15"),
        ("c4822103", "0.03"),
        ("c5820a03", "3072"),
        ("c482381ec249010000000000000000", "18446744073709551616e-31"),
        ("c4823bffffffffffffffff01", "1e-18446744073709551616"),
        ("c5821b7fffffffffffffff00", "0"),
        ("c5823bffffffffffffffff00", "0"),
        ("c58221c34101", "-0.5"),
    ] {
        let (json, _) = CBOR.read(item, Foreign::Tagged).unwrap();
        assert_eq!(json, expected, "{item}");
    }
    // What is none, or has too many digits, is a tag like any other.
    check("c4820102".replace("c4", "c6").as_str(), r#"{"$tag":6,"$value":[1,2]}"#);
    check("c483010203", r#"{"$tag":4,"$value":[1,2,3]}"#);
    check("c4820161 31".replace(' ', "").as_str(), r#"{"$tag":4,"$value":[1,"1"]}"#);
    check("c5821b7fffffffffffffff01", r#"{"$tag":5,"$value":[9223372036854775807,1]}"#);
    check("c5823903e801".replace("03e8", "ffff").as_str(), r#"{"$tag":5,"$value":[-65536,1]}"#);
}

#[test]
fn numbers_that_no_double_has() {
    let text = "0.1000000000000000055";
    check_written(text, Foreign::Plain, "fb3fb999999999999a", &[(Code::NumberRounded, "")]);
    check_written(text, Foreign::Tagged, "c482321b0de0b6b3a7640037", &[]);
    check_written("0.1", Foreign::Plain, "fb3fb999999999999a", &[]);
    check_written("1E2", Foreign::Plain, "f95640", &[]);
    check_written("-0", Foreign::Plain, "f98000", &[]);
    check_written("[1e400]", Foreign::Plain, "81f97c00", &[(Code::NumberRounded, "/0")]);
    check_written("1e400", Foreign::Tagged, "c48219019001", &[]);
    check_written("1e99999999999999999999999999", Foreign::Tagged, "f97c00", &[(Code::NumberRounded, "")]);
    check_written("12345678901234567890123", Foreign::Plain, "c24a029d42b64e76714244cb", &[]);
}

#[test]
fn what_cbor_lacks() {
    check_written(r#""a\ud800""#, Foreign::Plain, "6461efbfbd", &[(Code::SurrogateReplaced, "")]);
    check_written(
        r#"{"\ud800":1,"\udfff":2}"#,
        Foreign::Plain,
        "a163efbfbd02",
        &[
            (Code::SurrogateReplaced, "/\\ud800"),
            (Code::SurrogateReplaced, "/\\udfff"),
            (Code::DuplicateDropped, "/\\udfff"),
        ],
    );
    check_written(r#"[{"$tag":"!a","$value":1}]"#, Foreign::Tagged, "8101", &[(Code::TagDropped, "/0")]);
    check_written(r#"{"$datetime":"1979-05-27"}"#, Foreign::Tagged, "d903ec6a313937392d30352d3237", &[]);
    check_written(
        r#"{"$datetime":"07:32:00"}"#,
        Foreign::Tagged,
        "6830373a33323a3030",
        &[(Code::DatetimeAsText, "")],
    );
    check_written(
        r#"{"$bytes":"AQ"}"#,
        Foreign::Plain,
        "a16624627974657362 4151".replace(' ', "").as_str(),
        &[],
    );
    check_written(r#"{"$simple":30}"#, Foreign::Tagged, "f6", &[(Code::UndefinedAsNull, "")]);
}

#[test]
fn hostile_sources_end_at_a_limit() {
    let limits = Limits::default();
    // Arrays, tags, and maps whose first key is a map.
    for byte in [0x81, 0x9f, 0xc1, 0xbf] {
        let deep = [vec![byte; 1_000_000], vec![0; 2]].concat();
        for foreign in [Foreign::Plain, Foreign::Tagged] {
            assert_eq!(CBOR.limit(&deep, foreign, limits), ("DEPTH_LIMIT", 128, 129), "{byte:02x}");
        }
    }
    let bignum = [&[0xc2, 0x5a, 0x00, 0x10, 0x00, 0x00][..], &[0xff; 1 << 20]].concat();
    let digits = CBOR.limit(&bignum, Foreign::Plain, limits);
    assert_eq!(digits, ("NUMBER_DIGITS_LIMIT", 1_000, 2_525_139));
    let many = [&[0x9a, 0x00, 0x0f, 0x42, 0x41][..], &vec![0; 1_000_001]].concat();
    assert_eq!(CBOR.limit(&many, Foreign::Plain, limits), ("NODES_LIMIT", 1_000_000, 1_000_001));
    for number in ["1903e8", "3903e7", "1a000f4240", "c24203e8", "fb3ff3c0ca428c59fb"] {
        let short = Limits { max_number_digits: 3, ..limits };
        assert_eq!(CBOR.limit(&hex(number), Foreign::Plain, short).0, "NUMBER_DIGITS_LIMIT", "{number}");
    }
    let empty = Limits { max_bytes: 0, ..limits };
    assert_eq!(CBOR.limit(&[0], Foreign::Plain, empty), ("INPUT_BYTES_LIMIT", 0, 1));
}

/// The form of a map has three levels, so a document could be deeper than its source.
#[test]
fn forms_count_as_levels() {
    let source = [[0xa1, 0x00].repeat(60), vec![0]].concat();
    let limit = CBOR.limit(&source, Foreign::Tagged, Limits::default());
    assert_eq!((limit.0, limit.1), ("DEPTH_LIMIT", 128));
    assert!(CBOR.read_with(&source, Foreign::Plain, &ScanOptions::default()).is_ok());
}

/// Each level of a key in a key escapes the text of the one below once more.
#[test]
fn keys_in_keys_do_not_eat_the_memory() {
    let source = [vec![0xa1; 100], vec![0x61, b'"'], vec![0; 100]].concat();
    let (limit, allowed, actual) = CBOR.limit(&source, Foreign::Plain, Limits::default());
    assert_eq!((limit, allowed), ("KEY_TEXT_LIMIT", MAX_KEY_TEXT));
    assert!(actual < 3 * allowed, "{actual}");
}

#[test]
fn the_longest_text_of_a_key_that_is_no_text() {
    // A list of one text, whose JSON has four bytes more.
    let key = |bytes: u32| {
        let text = vec![b'k'; bytes as usize - 4];
        [&[0xa1, 0x81, 0x7a][..], &(bytes - 4).to_be_bytes(), &text, &[0]].concat()
    };
    let longest = MAX_KEY_TEXT as u32;
    assert!(CBOR.read_with(&key(longest), Foreign::Plain, &ScanOptions::default()).is_ok());
    let one_past = CBOR.limit(&key(longest + 1), Foreign::Plain, Limits::default());
    assert_eq!(one_past, ("KEY_TEXT_LIMIT", MAX_KEY_TEXT, MAX_KEY_TEXT + 1));
}

#[test]
fn duplicates_are_refused_on_request() {
    CBOR.check_duplicates_refused("a2616101616102");
    CBOR.check_duplicates_refused("a201020103");
}
