//! Several errors in one pass, each with its fix.

use json_engine::{Diagnostic, Limits, Report, ScanOptions, Severity, validate};

/// The text with all fixes made.
pub(crate) fn mended(text: &[u8], report: &Report) -> Vec<u8> {
    let mut mended = text.to_vec();
    for fix in report.diagnostics.iter().rev().filter_map(|found| found.fix.as_ref()) {
        mended.splice(fix.start as usize..fix.end as usize, fix.replacement.bytes());
    }
    mended
}

fn errors(report: &Report) -> Vec<(&'static str, u64)> {
    let errors = report.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found: &Diagnostic| (found.code.as_str(), found.start.byte_offset)).collect()
}

/// The errors with their places, and the text with all fixes made, which is valid.
fn check(text: &str, found: &[(&str, u64)], fixed: &str) {
    let report = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
    assert_eq!(errors(&report), found, "{text}");
    let mended = String::from_utf8(mended(text.as_bytes(), &report)).unwrap();
    assert_eq!(mended, fixed, "{text}");
    assert!(validate(mended.as_bytes(), &ScanOptions::default()).unwrap().is_valid(), "{mended}");
}

/// The errors with their places; behind the last the pass ended, since what is meant is not clear.
fn check_end(text: &str, found: &[(&str, u64)]) {
    let report = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
    assert_eq!(errors(&report), found, "{text}");
    assert_eq!(report.diagnostics.last().unwrap().fix, None, "{text}");
}

#[test]
fn commas() {
    check("[1 2\n3]", &[("MISSING_COMMA", 3), ("MISSING_COMMA", 5)], "[1, 2,\n3]");
    check("[1,[2,],]", &[("TRAILING_COMMA", 5), ("TRAILING_COMMA", 7)], "[1,[2]]");
    check(
        r#"{"a":1 "b":{"c":2,}"d":"e",}"#,
        &[("MISSING_COMMA", 7), ("TRAILING_COMMA", 17), ("MISSING_COMMA", 19), ("TRAILING_COMMA", 26)],
        r#"{"a":1, "b":{"c":2},"d":"e"}"#,
    );
    check_end("[1,,2]", &[("MISSING_VALUE", 3)]);
    check_end(r#"{"a":"b" "c"}"#, &[("MISSING_COMMA", 9)]);
    check_end(r#"{"a":1 2}"#, &[("MISSING_COMMA", 7)]);
    check_end("[2020-01-02]", &[("MISSING_COMMA", 5)]);
    check_end("[1 nope]", &[("MISSING_COMMA", 3)]);
}

#[test]
fn keys() {
    check(
        "{a:1,'b':2,$c-d : [{e:3}]}",
        &[("UNQUOTED_KEY", 1), ("SINGLE_QUOTED", 5), ("UNQUOTED_KEY", 11), ("UNQUOTED_KEY", 20)],
        r#"{"a":1,"b":2,"$c-d" : [{"e":3}]}"#,
    );
    check("{a 1}", &[("UNQUOTED_KEY", 1), ("MISSING_COLON", 3)], r#"{"a": 1}"#);
    check(r#"{"a" [1],"b"true}"#, &[("MISSING_COLON", 5), ("MISSING_COLON", 12)], r#"{"a": [1],"b":true}"#);
    check(
        "{'a':1 b:2 'c':3}",
        &[
            ("SINGLE_QUOTED", 1),
            ("MISSING_COMMA", 7),
            ("UNQUOTED_KEY", 7),
            ("MISSING_COMMA", 11),
            ("SINGLE_QUOTED", 11),
        ],
        r#"{"a":1, "b":2, "c":3}"#,
    );
    check_end(r#"{"a" "b":1}"#, &[("MISSING_COLON", 5)]);
    check_end("{a.b:1}", &[("UNQUOTED_KEY", 1)]);
    check_end("{a}", &[("UNQUOTED_KEY", 1)]);
    check_end(r#"{"a"=1}"#, &[("MISSING_COLON", 4)]);
}

#[test]
fn strings() {
    check(
        r#"['a"b\'c', "d\q\x41\'"]"#,
        &[("SINGLE_QUOTED", 1), ("INVALID_ESCAPE", 13), ("INVALID_ESCAPE", 15), ("INVALID_ESCAPE", 19)],
        r#"["a\"b'c", "d\\q\u0041'"]"#,
    );
    check(
        "{\"a\tb\":\"\u{1}\\u12\"}",
        &[("CONTROL_CHARACTER", 3), ("CONTROL_CHARACTER", 8), ("INVALID_ESCAPE", 9)],
        r#"{"a\tb":"\u0001\\u12"}"#,
    );
    check("['a' 'b']", &[("SINGLE_QUOTED", 1), ("MISSING_COMMA", 5), ("SINGLE_QUOTED", 5)], r#"["a", "b"]"#);
    check_end("['it's']", &[("SINGLE_QUOTED", 1)]);
    check_end("['a\n']", &[("SINGLE_QUOTED", 1)]);
    check_end("[+1, \"a]", &[("NUMBER_PLUS_SIGN", 1), ("UNTERMINATED_STRING", 5)]);
}

#[test]
fn comments() {
    check(
        "// a\n{ /* b */ \"c\" /* d */ : # e\n1 /**/, /* f */ }//",
        &[
            ("COMMENT", 0),
            ("COMMENT", 7),
            ("COMMENT", 19),
            ("COMMENT", 29),
            ("COMMENT", 35),
            ("TRAILING_COMMA", 39),
            ("COMMENT", 41),
            ("COMMENT", 50),
        ],
        "\n{  \"c\"  : \n1   }",
    );
    check("[ /* a */ // b\n ]", &[("COMMENT", 2), ("COMMENT", 10)], "[  \n ]");
    check("{/**/}", &[("COMMENT", 1)], "{}");
    check("[1 // a\n2]", &[("COMMENT", 3), ("MISSING_COMMA", 8)], "[1 \n,2]");
    check("[1#\t\n2]", &[("COMMENT", 2), ("MISSING_COMMA", 5)], "[1\n,2]");
    check("[1/**/2]", &[("COMMENT", 2), ("MISSING_COMMA", 6)], "[1 ,2]");
    check("[1/**//**/2]", &[("COMMENT", 2), ("COMMENT", 6), ("MISSING_COMMA", 10)], "[1 ,2]");
    check_end("[/**/,1]", &[("COMMENT", 1), ("MISSING_VALUE", 5)]);
    check_end("// a", &[("COMMENT", 0), ("EMPTY_INPUT", 4)]);
    check_end("[1, /* a", &[("COMMENT", 4)]);
}

#[test]
fn numbers_and_words() {
    check(
        "[+1,012,.5,1.,-.5e,NaN,-Infinity,True,None]",
        &[
            ("NUMBER_PLUS_SIGN", 1),
            ("LEADING_ZERO", 4),
            ("NUMBER_INCOMPLETE", 8),
            ("NUMBER_INCOMPLETE", 11),
            ("NUMBER_INCOMPLETE", 14),
            ("NAN_OR_INFINITY", 19),
            ("NAN_OR_INFINITY", 23),
            ("INVALID_LITERAL", 33),
            ("INVALID_LITERAL", 38),
        ],
        "[1,12,0.5,1.0,-0.5e0,null,null,true,null]",
    );
    check_end("[01-02]", &[("LEADING_ZERO", 1)]);
    check_end("[undefined, +1]", &[("INVALID_LITERAL", 1)]);
    check_end("[0x1F, +1]", &[("INVALID_NUMBER", 1)]);
}

#[test]
fn a_byte_order_mark() {
    check("\u{feff}[1,]", &[("BYTE_ORDER_MARK", 0), ("TRAILING_COMMA", 5)], "[1]");
    check_end("\u{feff} ", &[("BYTE_ORDER_MARK", 0), ("EMPTY_INPUT", 4)]);
}

#[test]
fn what_is_not_clear_ends_the_pass() {
    check_end("[+1, 2}", &[("NUMBER_PLUS_SIGN", 1), ("MISMATCHED_BRACKET", 6)]);
    check_end("[+1, 2", &[("NUMBER_PLUS_SIGN", 1), ("UNEXPECTED_END", 6)]);
    check_end("[+1] 2 +3", &[("NUMBER_PLUS_SIGN", 1), ("TRAILING_CONTENT", 5)]);
    let report = validate(b"[+1,\"\xff\", +2]", &ScanOptions::default()).unwrap();
    assert_eq!(errors(&report), [("NUMBER_PLUS_SIGN", 1), ("INVALID_UTF8", 5)]);
}

#[test]
fn a_mended_key_is_a_duplicate_of_its_like() {
    let report = validate(br#"{"a":1,a:2,'\u0061':3}"#, &ScanOptions::default()).unwrap();
    let duplicates = report.diagnostics.iter().filter(|found| found.code.as_str() == "DUPLICATE_KEY");
    let places: Vec<_> = duplicates.map(|found| (found.start.byte_offset, found.end.byte_offset)).collect();
    assert_eq!(places, [(7, 8), (11, 19)]);
}

#[test]
fn statistics_end_at_the_first_error() {
    let report = validate(b"[1,+2,+3,4]", &ScanOptions::default()).unwrap();
    assert_eq!((report.stats.nodes, report.stats.numbers, report.diagnostics_total), (3, 1, 2));
}

#[test]
fn a_limit_behind_an_error_ends_the_pass() {
    let limited = |limits: Limits| ScanOptions { limits, ..ScanOptions::default() };
    let deep = format!("[+1,{}", "[".repeat(1_000_000));
    let report = validate(deep.as_bytes(), &ScanOptions::default()).unwrap();
    assert_eq!(errors(&report), [("NUMBER_PLUS_SIGN", 1)]);
    let nodes = limited(Limits { max_nodes: 4, ..Limits::default() });
    let report = validate(b"[+1,+2,+3,+4,+5]", &nodes).unwrap();
    assert_eq!(report.diagnostics_total, 3);
    let digits = limited(Limits { max_number_digits: 3, ..Limits::default() });
    let report = validate(b"[+1,+1234,+1]", &digits).unwrap();
    assert_eq!(errors(&report), [("NUMBER_PLUS_SIGN", 1), ("NUMBER_PLUS_SIGN", 4)]);
}

/// A megabyte of each fault, four of commas: all are counted, few are kept, and nothing is looked at again and again.
#[test]
fn megabytes_of_faults_stay_linear() {
    let options =
        ScanOptions { limits: Limits { max_nodes: 10_000_000, ..Limits::default() }, ..Default::default() };
    let all = |unit: &str, begin: &str, end: &str| {
        let count = (1_000_000 - begin.len() - end.len()) / unit.len();
        let report = validate(format!("{begin}{}{end}", unit.repeat(count)).as_bytes(), &options).unwrap();
        assert!(report.diagnostics.len() <= 100 && !report.is_valid(), "{unit}");
        (report.diagnostics_total, count as u64)
    };
    for (unit, begin, end) in [
        ("1 ", "[", "1]"),
        ("\t", "[\"", "\"]"),
        ("\\q", "[\"", "\"]"),
        ("+1,", "[", "1]"),
        ("/**/", "[", "1]"),
        ("#\n", "", "1"),
        ("[1,],", "[", "1]"),
        ("[1,/**/],", "[", "1]"),
        ("NaN,", "[", "1]"),
        ("'a',", "[", "1]"),
        ("\"a\" ", "[", "1]"),
    ] {
        let (total, count) = all(unit, begin, end);
        // A comment that follows a comment is no fault of its own.
        assert!(total >= count.min(10_000), "{unit}: {total} of {count}");
        assert!(
            total <= 10_001 || unit.contains(['/', '#']),
            "{unit}: the pass ends after 10,000 faults, {total}"
        );
    }
    for (unit, begin, end) in [
        (",", "", ""),
        (",", "[", "]"),
        ("/", "[", ""),
        ("/*", "[", ""),
        ("'", "[", ""),
        ("\\", "[\"\t", ""),
        ("\t", "[\"", ""),
        ("\"a\" ", "{", ""),
        ("a ", "{", ""),
        ("a:", "{", ""),
        ("{a:", "", ""),
        ("0", "", ""),
        ("+", "[", ""),
        ("1.", "[", ""),
        (" ", "[1", "2"),
    ] {
        all(unit, begin, end);
    }
    let commas = validate(format!("[{}", ",".repeat((4 << 20) - 1)).as_bytes(), &options).unwrap();
    assert_eq!(errors(&commas), [("MISSING_VALUE", 1)]);
    let keys = "k:1 ".repeat(250_000);
    let report = validate(format!("{{{keys}}}").as_bytes(), &options).unwrap();
    // 10,000 faults that are mended and the one that ends the pass; of the 5,000 keys read, all but the first stand there twice.
    assert_eq!(report.diagnostics_total, 10_001 + 4_999);
}

#[test]
fn long_replacements_are_not_proposed() {
    let text = format!("['{}',+1]", "a".repeat(2_000));
    let report = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
    let has_fix: Vec<bool> = report.diagnostics.iter().map(|found| found.fix.is_some()).collect();
    assert_eq!(has_fix, [false, true]);
}
