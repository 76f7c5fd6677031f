//! Format: the canonical form, the hash, sorted keys and doubles.

use json_engine::{
    Error, FormatOptions, Formatted, KeyOrder, Limits, Numbers, ScanOptions, Severity, Style, content_hash,
    format,
};
use proptest::prelude::*;

use crate::properties::texts;

const SORTED: FormatOptions =
    FormatOptions { style: Style::Minify, key_order: KeyOrder::Sorted, numbers: Numbers::Exact };

fn run(how: impl Into<FormatOptions>, text: &str) -> Result<Formatted, Error> {
    format(text.as_bytes(), &how.into(), &ScanOptions::default())
}

fn written(how: impl Into<FormatOptions>, text: &str) -> String {
    String::from_utf8(run(how, text).unwrap().text).unwrap()
}

fn check(how: impl Into<FormatOptions>, text: &str, expected: &str) {
    assert_eq!(written(how, text), expected, "{text}");
}

/// Each is code, severity and offset.
fn findings(how: impl Into<FormatOptions>, text: &str) -> Vec<(&'static str, Severity, u64)> {
    let report = match run(how, text) {
        Ok(formatted) => formatted.report,
        Err(Error::Invalid(report)) => *report,
        Err(other) => panic!("{other}"),
    };
    report
        .diagnostics
        .iter()
        .map(|found| (found.code.as_str(), found.severity, found.start.byte_offset))
        .collect()
}

/// RFC 8785 appendix B: bits of a double, and its text.
#[test]
fn rfc_8785_appendix_b() {
    for (bits, expected) in [
        (0x0000000000000000_u64, "0"),
        (0x8000000000000000, "0"),
        (0x0000000000000001, "5e-324"),
        (0x8000000000000001, "-5e-324"),
        (0x7fefffffffffffff, "1.7976931348623157e+308"),
        (0xffefffffffffffff, "-1.7976931348623157e+308"),
        (0x4340000000000000, "9007199254740992"),
        (0xc340000000000000, "-9007199254740992"),
        (0x4430000000000000, "295147905179352830000"),
        (0x44b52d02c7e14af5, "9.999999999999997e+22"),
        (0x44b52d02c7e14af6, "1e+23"),
        (0x44b52d02c7e14af7, "1.0000000000000001e+23"),
        (0x444b1ae4d6e2ef4e, "999999999999999700000"),
        (0x444b1ae4d6e2ef4f, "999999999999999900000"),
        (0x444b1ae4d6e2ef50, "1e+21"),
        (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"),
        (0x3eb0c6f7a0b5ed8d, "0.000001"),
        (0x41b3de4355555553, "333333333.3333332"),
        (0x41b3de4355555554, "333333333.33333325"),
        (0x41b3de4355555555, "333333333.3333333"),
        (0x41b3de4355555556, "333333333.3333334"),
        (0x41b3de4355555557, "333333333.33333343"),
        (0xbecbf647612f3696, "-0.0000033333333333333333"),
        (0x43143ff3c1cb0959, "1424953923781206.2"),
    ] {
        // Seventeen digits name every double.
        check(Style::Canonical, &format!("{:.16e}", f64::from_bits(bits)), expected);
    }
}

/// RFC 8785 sections 3.2.2 and 3.2.4.
#[test]
fn rfc_8785_section_3_2_2() {
    let text = r#"{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }"#;
    let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                    \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    check(Style::Canonical, text, expected);
}

/// RFC 8785 section 3.2.3: by UTF-16, where an emoji stands before U+FB33.
#[test]
fn rfc_8785_section_3_2_3() {
    let text = r#"{
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }"#;
    let order = ["\\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"]
        .map(|key| format!("\"{key}\":"));
    let canonical = written(Style::Canonical, text);
    let places: Vec<usize> = order.iter().map(|key| canonical.find(key.as_str()).unwrap()).collect();
    assert!(places.is_sorted(), "{canonical}");
}

#[test]
fn numbers_that_are_often_written_wrong() {
    for (text, expected) in [
        ("-0", "0"),
        ("1e21", "1e+21"),
        ("1e-7", "1e-7"),
        ("1E2", "100"),
        ("1.0", "1"),
        ("333333333.33333329", "333333333.3333333"),
        ("9007199254740993", "9007199254740992"),
    ] {
        check(Style::Canonical, text, expected);
    }
}

#[test]
fn members_are_sorted_in_every_object_whatever_the_style() {
    let text = r#"{"b":[{"z":1,"y":{"d":{},"c":[]}},2],"a":{"y":1E2,"x":"\u0061"},"":0}"#;
    check(SORTED, text, r#"{"":0,"a":{"x":"\u0061","y":1E2},"b":[{"y":{"c":[],"d":{}},"z":1},2]}"#);
    let pretty = FormatOptions { style: Style::Pretty(Default::default()), ..SORTED };
    assert_eq!(written(pretty, text), written(Style::Pretty(Default::default()), &written(SORTED, text)));
    check(SORTED, r#"{"b":1,"a":2,"b":3,"\u0061":4}"#, r#"{"a":2,"\u0061":4,"b":1,"b":3}"#);
}

#[test]
fn doubles_and_strings_of_numbers() {
    let numbers = |numbers| FormatOptions { style: Style::Minify, key_order: KeyOrder::AsRead, numbers };
    let text = r#"{"b":1.50,"a":[9007199254740993, 12345678901234567890123, -0, 1E2]}"#;
    let doubles = r#"{"b":1.5,"a":[9007199254740992,1.2345678901234568e+22,0,100]}"#;
    check(numbers(Numbers::Double), text, doubles);
    let strings = r#"{"b":1.50,"a":["9007199254740993","12345678901234567890123",-0,1E2]}"#;
    check(numbers(Numbers::StringIfUnsafe), text, strings);
    let warnings = [("NUMBER_ROUNDED", Severity::Warning, 15), ("NUMBER_ROUNDED", Severity::Warning, 33)];
    assert_eq!(findings(numbers(Numbers::Double), text), warnings);
    assert_eq!(run(numbers(Numbers::Double), text).unwrap().rounded, 2);
    assert_eq!(findings(numbers(Numbers::StringIfUnsafe), text), []);
    check(numbers(Numbers::StringIfUnsafe), "[1e999]", r#"["1e999"]"#);
    assert_eq!(findings(numbers(Numbers::Double), "[1e999]"), [("NUMBER_UNSAFE", Severity::Error, 1)]);
}

#[test]
fn what_has_no_canonical_form() {
    for style in [Style::Canonical, Style::Hash] {
        assert_eq!(findings(style, r#"{"a":1,"\u0061":1}"#), [("DUPLICATE_KEY", Severity::Error, 7)]);
        assert_eq!(findings(style, r#"["\ud800"]"#), [("LONE_SURROGATE", Severity::Error, 2)]);
        assert_eq!(findings(style, r#"{"\udc00":1}"#), [("LONE_SURROGATE", Severity::Error, 2)]);
        assert_eq!(findings(style, "[1,\n -1e999]"), [("NUMBER_UNSAFE", Severity::Error, 5)]);
        let strings = FormatOptions { numbers: Numbers::StringIfUnsafe, ..style.into() };
        assert!(matches!(run(strings, "1"), Err(Error::Option { name: "numbers", .. })));
    }
    let none =
        ScanOptions { limits: Limits { max_diagnostics: 0, ..Limits::default() }, ..Default::default() };
    for text in [r#"{"a":1,"a":1}"#, r#""\ud800""#, "1e999"] {
        assert!(
            matches!(format(text.as_bytes(), &Style::Canonical.into(), &none), Err(Error::Invalid(_))),
            "{text}"
        );
    }
}

#[test]
fn a_hash_is_one_for_all_spellings() {
    let hash = written(Style::Hash, r#"{"a":[1,100,"é/"],"b":{}}"#);
    assert_eq!(hash.len(), 66);
    for text in
        [r#" { "b" : { } , "a" : [ 1.0, 1e2, "\u00e9\/" ] } "#, r#"{"\u0061":[10e-1,1E+2,"\u00E9/"],"b":{}}"#]
    {
        check(Style::Hash, text, &hash);
        let (bytes, report) = content_hash(text.as_bytes(), &ScanOptions::default()).unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((format!("\"{hex}\""), report.diagnostics_total), (hash.clone(), 0));
    }
    assert_ne!(written(Style::Hash, r#"{"a":[1,100,"e/"],"b":{}}"#), hash);
    assert_eq!(
        blake3::hash(br#"{"a":1}"#).to_hex().as_str(),
        written(Style::Hash, r#"{"a":1.0}"#).trim_matches('"')
    );
}

#[test]
fn numbers_that_doubles_round_together_are_not_hashed_in_silence() {
    let (even, odd) = ("9007199254740992", "9007199254740993");
    assert_eq!(written(Style::Hash, even), written(Style::Hash, odd));
    assert_eq!(findings(Style::Hash, even), []);
    assert_eq!(findings(Style::Hash, odd), [("NUMBER_ROUNDED", Severity::Warning, 0)]);
}

#[test]
fn a_warning_names_the_place_and_what_is_written() {
    let report = run(Style::Canonical, "{\"a\":\n [0.1000000000000000055]}").unwrap().report;
    let found = &report.diagnostics[0];
    assert_eq!((found.start.line, found.start.column, &*found.start.json_pointer), (2, 3, "/a/0"));
    assert_eq!(found.message, "no double has the value 0.1000000000000000055; 0.1 is written");
}

#[test]
fn the_documented_examples_hold() {
    let page = include_str!("../../../../docs/format.md");
    let (_, examples) = page.split_once("## Examples").unwrap();
    let mut count = 0;
    for line in examples.lines().filter(|line| line.ends_with("` |")) {
        let cells: Vec<&str> =
            line.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`')).collect();
        let plain = |style: Style| FormatOptions::from(style);
        let how = match cells[0] {
            "minify" => plain(Style::Minify),
            "minify sorted" => SORTED,
            "minify double" => FormatOptions { numbers: Numbers::Double, ..plain(Style::Minify) },
            "minify string" => FormatOptions { numbers: Numbers::StringIfUnsafe, ..plain(Style::Minify) },
            "canonical" => plain(Style::Canonical),
            "hash" => plain(Style::Hash),
            other => panic!("{other}"),
        };
        check(how, cells[1], cells[2]);
        count += 1;
    }
    assert_eq!(count, 8);
}

#[test]
fn hostile_texts_end() {
    let options = |max_bytes| ScanOptions {
        limits: Limits { max_bytes, max_depth: 512, max_output_bytes: max_bytes, ..Limits::default() },
        ..ScanOptions::default()
    };
    // Each level out of order, and everything in the deepest.
    let deep = format!("{}[{}0]{}", r#"{"b":"#.repeat(500), "1,".repeat(400_000), r#","a":0}"#.repeat(500));
    let canonical = format(deep.as_bytes(), &Style::Canonical.into(), &options(4 << 20)).unwrap().text;
    assert!(canonical.starts_with(br#"{"a":0,"b":{"a":0,"#) && canonical.len() == deep.len());
    // Five bytes that become 23, over and over.
    let wide = format!("[{}0]", "1e20,".repeat(100_000));
    let outcome = format(wide.as_bytes(), &Style::Canonical.into(), &options(1 << 20));
    assert!(matches!(outcome, Err(Error::Limit { limit, .. }) if limit.reason() == "OUTPUT_TOO_LARGE"));
    let keys: String = (0..100_000).rev().map(|key| format!("\"\\u0061{key}\":0,")).collect();
    let keys = format!("{{{keys}\"\":0}}");
    assert!(format(keys.as_bytes(), &SORTED, &options(4 << 20)).is_ok());
    for text in ["[".repeat(1_000_000), r#"{"a":"#.repeat(200_000)] {
        let outcome = format(text.as_bytes(), &Style::Canonical.into(), &options(4 << 20));
        assert!(matches!(outcome, Err(Error::Limit { limit, .. }) if limit.reason() == "DEPTH_LIMIT"));
    }
    for text in ["1e999999999", "1e-999999999", "0.1e-99999999999999999999999"] {
        let _ = run(Style::Canonical, text);
    }
    let digits = ScanOptions {
        limits: Limits { max_number_digits: u32::MAX, ..Limits::default() },
        ..ScanOptions::default()
    };
    let long = format!("[0.{}]", "7".repeat(1_000_000));
    assert_eq!(
        format(long.as_bytes(), &Style::Canonical.into(), &digits).unwrap().text,
        b"[0.7777777777777778]"
    );
}

/// The same document with other white space, escapes, order and numbers.
fn respelled(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(members) => {
            let escaped =
                |key: &str| key.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect::<String>();
            let members: Vec<String> = members
                .iter()
                .rev()
                .map(|(key, value)| format!(" \"{}\" : {}", escaped(key), respelled(value)))
                .collect();
            format!("{{{}\n}}", members.join(","))
        }
        serde_json::Value::Array(elements) => {
            format!("[ {} ]", elements.iter().map(respelled).collect::<Vec<_>>().join(" ,\t"))
        }
        serde_json::Value::Number(number) => format!("{:.17e}", number.as_f64().unwrap()),
        other => other.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn canonical_is_idempotent_and_equal_as_doubles(text in texts()) {
        let Ok(canonical) = run(Style::Canonical, &text) else { return Ok(()) };
        let canonical = String::from_utf8(canonical.text).unwrap();
        let again = run(Style::Canonical, &canonical).unwrap();
        prop_assert_eq!(again.report.diagnostics_total, 0);
        prop_assert_eq!(String::from_utf8(again.text).unwrap(), canonical.clone());
        let value = |text: &str| -> serde_json::Value { serde_json::from_str(text).unwrap() };
        let (before, after) = (value(&text), value(&canonical));
        prop_assert_eq!(as_doubles(before.clone()), as_doubles(after));
        prop_assert_eq!(serde_json_canonicalizer::to_string(&as_doubles(before)).unwrap(), canonical);
    }

    #[test]
    fn a_respelled_document_has_the_same_hash(text in texts()) {
        let Ok(hash) = run(Style::Hash, &text) else { return Ok(()) };
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(run(Style::Hash, &respelled(&value)).unwrap().text, hash.text);
    }

    #[test]
    fn sorting_changes_nothing_but_order(text in texts()) {
        let sorted = written(SORTED, &text);
        prop_assert_eq!(written(SORTED, &sorted), sorted.clone());
        let pretty = FormatOptions { style: Style::Pretty(Default::default()), ..SORTED };
        prop_assert_eq!(written(Style::Minify, &written(pretty, &text)), sorted.clone());
        let bytes = |text: &str| { let mut bytes = text.to_owned().into_bytes(); bytes.sort_unstable(); bytes };
        prop_assert_eq!(bytes(&sorted), bytes(&written(Style::Minify, &text)));
    }
}

/// Every number as a double, so that `1` and `1.0` are equal.
fn as_doubles(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Number(number) => {
            let double = number.as_f64().unwrap();
            serde_json::json!(if double == 0.0 { 0.0 } else { double })
        }
        serde_json::Value::Array(elements) => elements.into_iter().map(as_doubles).collect(),
        serde_json::Value::Object(members) => {
            members.into_iter().map(|(key, value)| (key, as_doubles(value))).collect()
        }
        other => other,
    }
}
