//! What a finding says: code, line, columns, pointer, snippet.

use json_engine::{Code, ScanOptions, validate};

/// Code, byte, line, column, UTF-16 column, pointer of the first finding.
fn check(text: &[u8], expected: (&str, u64, u64, u64, u64, &str)) {
    let report = validate(text, &ScanOptions::default()).unwrap();
    let found = &report.diagnostics[0];
    let start = &found.start;
    let said = (
        found.code.as_str(),
        start.byte_offset,
        start.line,
        start.column,
        start.column_utf16,
        start.json_pointer.as_str(),
    );
    assert_eq!(said, expected, "{}", String::from_utf8_lossy(text));
}

#[test]
fn each_code_at_its_place() {
    check(br#"{"a":1,}"#, ("TRAILING_COMMA", 6, 1, 7, 7, ""));
    check(b"[1,\n 2,\n]", ("TRAILING_COMMA", 6, 2, 3, 3, ""));
    check(b"[1 2]", ("MISSING_COMMA", 3, 1, 4, 4, ""));
    check(b"{\"a\" 1}", ("MISSING_COLON", 5, 1, 6, 6, ""));
    check(b"{a:1}", ("UNQUOTED_KEY", 1, 1, 2, 2, ""));
    check(b"['x']", ("SINGLE_QUOTED", 1, 1, 2, 2, "/0"));
    check(b"[1, // no\n2]", ("COMMENT", 4, 1, 5, 5, ""));
    check(b"[012]", ("LEADING_ZERO", 1, 1, 2, 2, "/0"));
    check(b"[1.]", ("NUMBER_INCOMPLETE", 1, 1, 2, 2, "/0"));
    check(b"[+1]", ("NUMBER_PLUS_SIGN", 1, 1, 2, 2, "/0"));
    check(b"[0x1F]", ("INVALID_NUMBER", 1, 1, 2, 2, "/0"));
    check(b"{\"n\":NaN}", ("NAN_OR_INFINITY", 5, 1, 6, 6, "/n"));
    check(b"[-Infinity]", ("NAN_OR_INFINITY", 1, 1, 2, 2, "/0"));
    check(b"[True]", ("INVALID_LITERAL", 1, 1, 2, 2, "/0"));
    check(br#"["\q"]"#, ("INVALID_ESCAPE", 2, 1, 3, 3, "/0"));
    check(b"[\"a\tb\"]", ("CONTROL_CHARACTER", 3, 1, 4, 4, "/0"));
    check(b"[\"abc\n", ("UNTERMINATED_STRING", 1, 1, 2, 2, "/0"));
    check(b"[1", ("UNEXPECTED_END", 2, 1, 3, 3, ""));
    check(b"1 2", ("TRAILING_CONTENT", 2, 1, 3, 3, ""));
    check(b"  ", ("EMPTY_INPUT", 2, 1, 3, 3, ""));
    check(b"\xef\xbb\xbf1", ("BYTE_ORDER_MARK", 0, 1, 1, 1, ""));
    check(b"[,]", ("MISSING_VALUE", 1, 1, 2, 2, "/0"));
    check(b"[1}", ("MISMATCHED_BRACKET", 2, 1, 3, 3, ""));
    check(b"[@]", ("UNEXPECTED_CHARACTER", 1, 1, 2, 2, "/0"));
    check(br#"["\ud800"]"#, ("LONE_SURROGATE", 2, 1, 3, 3, "/0"));
    check(br#"{"a":1,"a":2}"#, ("DUPLICATE_KEY", 7, 1, 8, 8, "/a"));
    check(br#"{"a":1,"\ud800":2}"#, ("LONE_SURROGATE", 8, 1, 9, 9, ""));
    check(b"{\"a\":1,b:2}", ("UNQUOTED_KEY", 7, 1, 8, 8, ""));
    check(b"[\"a\xff\"]", ("INVALID_UTF8", 3, 1, 4, 4, "/0"));
}

/// A value holds a place from where it must stand to its end; commas, colons, keys and comments belong to the container.
#[test]
fn the_pointer_names_the_innermost_value_that_holds_the_place() {
    check(br#"{"o":{"a":1,}}"#, ("TRAILING_COMMA", 11, 1, 12, 12, "/o"));
    check(br#"{"o":[1, /* no */ ]}"#, ("TRAILING_COMMA", 7, 1, 8, 8, "/o"));
    check(br#"{"o":[[1] [2]]}"#, ("MISSING_COMMA", 10, 1, 11, 11, "/o"));
    check(br#"{"o":{"a":1 "b":2}}"#, ("MISSING_COMMA", 12, 1, 13, 13, "/o"));
    check(br#"{"o":{"a" 1}}"#, ("MISSING_COLON", 10, 1, 11, 11, "/o"));
    check(br#"{"o":{"a":}}"#, ("MISSING_VALUE", 10, 1, 11, 11, "/o/a"));
    check(br#"{"o":{"a":1,"b\q":2}}"#, ("INVALID_ESCAPE", 14, 1, 15, 15, "/o"));
    check(br#"{"o":{"a":"b\q"}}"#, ("INVALID_ESCAPE", 12, 1, 13, 13, "/o/a"));
    check(br#"{"o":{"a":1,'b':2}}"#, ("SINGLE_QUOTED", 12, 1, 13, 13, "/o"));
    check(br#"{"o":{"a":'b'}}"#, ("SINGLE_QUOTED", 10, 1, 11, 11, "/o/a"));
    check(br#"{"o":{"a":1"#, ("UNEXPECTED_END", 11, 1, 12, 12, "/o"));
    check(br#"{"o":{"a":"#, ("UNEXPECTED_END", 10, 1, 11, 11, "/o/a"));
    check(br#"{"o":{"a" /* no */ :1}}"#, ("COMMENT", 10, 1, 11, 11, "/o"));
    check(br#"{"o":{"a":/* no */ 1}}"#, ("COMMENT", 10, 1, 11, 11, "/o"));
    check(br#"{"o":[1 / 2]}"#, ("UNEXPECTED_CHARACTER", 8, 1, 9, 9, "/o"));
    check(b"[1] // no", ("COMMENT", 4, 1, 5, 5, ""));
}

#[test]
fn a_string_that_does_not_end_on_its_line_is_what_is_wrong_with_it() {
    check(b"[\"a\\q\tb\n\"]", ("UNTERMINATED_STRING", 1, 1, 2, 2, "/0"));
    check(b"[\"a\tb", ("UNTERMINATED_STRING", 1, 1, 2, 2, "/0"));
    check(b"[\"a\tb\xff", ("CONTROL_CHARACTER", 3, 1, 4, 4, "/0"));
}

#[test]
fn columns_count_scalars_and_utf16_units_and_lines_end_three_ways() {
    check("[\"é😀\", x]".as_bytes(), ("INVALID_LITERAL", 11, 1, 8, 9, "/1"));
    check(b"[\r\n1,\r2,\n!]", ("UNEXPECTED_CHARACTER", 9, 4, 1, 1, "/2"));
}

#[test]
fn the_first_error_in_the_text_wins() {
    check(b"[\"\xff\", x]", ("INVALID_UTF8", 2, 1, 3, 3, "/0"));
    check(b"[x, \"\xff\"]", ("INVALID_LITERAL", 1, 1, 2, 2, "/0"));
    check(b"[\"\xff\\q\"]", ("INVALID_UTF8", 2, 1, 3, 3, "/0"));
}

#[test]
fn pointers_are_escaped_and_follow_the_nesting() {
    check(br#"{"a/b":[1,{"m~n":[true,fals]}]}"#, ("INVALID_LITERAL", 23, 1, 24, 24, "/a~1b/1/m~0n/1"));
}

#[test]
fn the_snippet_has_its_caret_under_the_place() {
    let report = validate(b"{\n  \"a\": 1,\n}", &ScanOptions::default()).unwrap();
    assert_eq!(report.diagnostics[0].snippet, "  \"a\": 1,\n        ^");
    let long = format!("[{}x]", "1234567890,".repeat(20));
    let report = validate(long.as_bytes(), &ScanOptions::default()).unwrap();
    let snippet = &report.diagnostics[0].snippet;
    let (line, caret) = snippet.split_once('\n').unwrap();
    assert_eq!(line.chars().nth(caret.chars().count() - 1), Some('x'), "{snippet}");
    assert!(line.chars().count() <= 70, "{snippet}");
}

#[test]
fn messages_echo_no_more_than_64_bytes() {
    let key = "k".repeat(1_000);
    let text = format!(r#"{{"{key}":1,"{key}":2}}"#);
    let report = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
    let message = &report.diagnostics[0].message;
    assert!(!message.contains(&"k".repeat(65)), "{message}");
}

/// docs/diagnostics.md explains every code and no other.
#[test]
fn every_code_is_documented() {
    let page = include_str!("../../../../docs/diagnostics.md");
    let rows: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(rows, codes);
}
