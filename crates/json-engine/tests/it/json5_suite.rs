//! The public tests of JSON5 by the names of their files: what ends in `.json` and `.json5` is one, what ends in `.js` is
//! ECMAScript 5 only, what ends in `.txt` is neither.

use json_engine::Error;
use json_engine::convert::Format;

use crate::convert::{from_to, run};

/// A file, its text, and its JSON or the line and column of its fault.
fn check(file: &str, source: &str, expected: &str) {
    let found = match run(source, &from_to(Format::Json5, Format::Json)) {
        Ok(converted) => String::from_utf8(converted.bytes).unwrap(),
        Err(Error::Invalid(report)) => {
            let start = &report.diagnostics[0].start;
            format!("{}:{}", start.line, start.column)
        }
        Err(other) => panic!("{file}: {other:?}"),
    };
    assert_eq!(found, expected, "{file}: {source:?}");
    let is_json5 = file.ends_with(".json") || file.ends_with(".json5");
    assert_eq!(is_json5, run(source, &from_to(Format::Json5, Format::Json)).is_ok(), "{file}");
}

#[test]
fn arrays_and_objects() {
    for (file, source, expected) in [
        ("empty-array.json", "[]", "[]"),
        ("leading-comma-array.js", "[\n    ,null\n]", "2:5"),
        ("lone-trailing-comma-array.js", "[\n    ,\n]", "2:5"),
        ("no-comma-array.txt", "[\n    true\n    false\n]", "3:5"),
        ("regular-array.json", "[\n    true,\n    false,\n    null\n]", "[true,false,null]"),
        ("trailing-comma-array.json5", "[\n    null,\n]", "[null]"),
        ("duplicate-keys.json", "{\n    \"a\": true,\n    \"a\": false\n}", r#"{"a":false}"#),
        ("empty-object.json", "{}", "{}"),
        ("illegal-unquoted-key-number.txt", "{\n    10twenty: \"ten twenty\"\n}", "2:5"),
        ("illegal-unquoted-key-symbol.txt", "{\n    multi-word: \"multi-word\"\n}", "2:10"),
        ("leading-comma-object.txt", "{\n    ,\"foo\": \"bar\"\n}", "2:5"),
        ("lone-trailing-comma-object.txt", "{\n    ,\n}", "2:5"),
        ("no-comma-object.txt", "{\n    \"foo\": \"bar\"\n    \"hello\": \"world\"\n}", "3:5"),
        ("reserved-unquoted-key.json5", "{\n    while: true\n}", r#"{"while":true}"#),
        ("single-quoted-key.json5", "{\n    'hello': \"world\"\n}", r#"{"hello":"world"}"#),
        ("trailing-comma-object.json5", "{\n    \"foo\": \"bar\",\n}", r#"{"foo":"bar"}"#),
        (
            "unquoted-keys.json5",
            "{\n    hello: \"world\",\n    _: \"underscore\",\n    $: \"dollar sign\",\n    one1: 1,\n    _$_: 2,\n    $_$hello123world_$_: 3\n}",
            r#"{"hello":"world","_":"underscore","$":"dollar sign","one1":1,"_$_":2,"$_$hello123world_$_":3}"#,
        ),
        ("unicode-escaped-unquoted-key.json5", r"{sig\u03A3ma:1}", r#"{"sigΣma":1}"#),
        ("unicode-unquoted-key.json5", "{ümlåût:1}", r#"{"ümlåût":1}"#),
    ] {
        check(file, source, expected);
    }
}

#[test]
fn comments_lines_and_strings() {
    for (file, source, expected) in [
        (
            "block-comment-following-array-element.json5",
            "[\n    false\n    /*\n        true\n    */\n]",
            "[false]",
        ),
        ("block-comment-following-top-level-value.json5", "null\n/*\n    a\n*/", "null"),
        (
            "block-comment-in-string.json",
            "\"This /* block comment */ isn't\"",
            "\"This /* block comment */ isn't\"",
        ),
        ("block-comment-preceding-top-level-value.json5", "/*\n    a\n*/\nnull", "null"),
        ("block-comment-with-asterisks.json5", "/**\n * JavaDoc\n */\ntrue", "true"),
        ("inline-comment-following-array-element.json5", "[\n    false   // true\n]", "[false]"),
        ("inline-comment-following-top-level-value.json5", "null // a", "null"),
        ("inline-comment-in-string.json", "\"This // isn't\"", "\"This // isn't\""),
        ("inline-comment-preceding-top-level-value.json5", "// a\nnull", "null"),
        ("top-level-block-comment.txt", "/*\n    a\n*/", "3:3"),
        ("top-level-inline-comment.txt", "// a", "1:5"),
        ("unterminated-block-comment.txt", "true\n/*\n    a", "2:1"),
        ("comment-cr.json5", "{\r    // \r}", "{}"),
        ("comment-crlf.json5", "{\r\n    // \r\n}", "{}"),
        ("comment-lf.json5", "{\n    // \n}", "{}"),
        ("escaped-cr.json5", "{\r    a: 'line 1 \\\rline 2'\r}", r#"{"a":"line 1 line 2"}"#),
        ("escaped-crlf.json5", "{\r\n    a: 'line 1 \\\r\nline 2'\r\n}", r#"{"a":"line 1 line 2"}"#),
        ("escaped-lf.json5", "{\n    a: 'line 1 \\\nline 2'\n}", r#"{"a":"line 1 line 2"}"#),
        ("escaped-single-quoted-string.json5", r"'I can\'t wait'", r#""I can't wait""#),
        ("multi-line-string.json5", "'hello\\\n world'", r#""hello world""#),
        ("single-quoted-string.json5", "'hello world'", r#""hello world""#),
        ("unescaped-multi-line-string.txt", "\"foo\nbar\"\n", "1:1"),
        ("empty.txt", "", "1:1"),
        (
            "valid-whitespace.json5",
            "{\n    \u{c} // form feed\n    \u{b} // vertical tab\n    \u{a0} // no-break space\n    \u{feff} // byte order mark\n    \u{2003}\u{2028}\u{2029}\n}",
            "{}",
        ),
    ] {
        check(file, source, expected);
    }
}

#[test]
fn numbers() {
    for (file, source, expected) in [
        ("float-leading-decimal-point.json5", ".5\n", "0.5"),
        ("float-leading-zero.json", "0.5\n", "0.5"),
        ("float-trailing-decimal-point-with-integer-exponent.json5", "5.e4\n", "5e4"),
        ("float-trailing-decimal-point.json5", "5.\n", "5"),
        ("float-with-integer-exponent.json", "1.2e3\n", "1.2e3"),
        ("float.json", "1.2\n", "1.2"),
        ("hexadecimal-empty.txt", "0x\n", "1:1"),
        ("hexadecimal-lowercase-letter.json5", "0xc8\n", "200"),
        ("hexadecimal-uppercase-x.json5", "0XC8\n", "200"),
        ("hexadecimal-with-integer-exponent.json5", "0xc8e4\n", "51428"),
        ("hexadecimal.json5", "0xC8\n", "200"),
        ("infinity.json5", "Infinity\n", "null"),
        ("integer-with-float-exponent.txt", "1e2.3\n", "1:4"),
        ("integer-with-hexadecimal-exponent.txt", "1e0x4\n", "1:4"),
        ("integer-with-integer-exponent.json", "2e23\n", "2e23"),
        ("integer-with-negative-float-exponent.txt", "1e-2.3\n", "1:5"),
        ("integer-with-negative-hexadecimal-exponent.txt", "1e-0x4\n", "1:5"),
        ("integer-with-negative-integer-exponent.json", "2e-23\n", "2e-23"),
        ("integer-with-negative-zero-integer-exponent.json", "5e-0\n", "5e-0"),
        ("integer-with-positive-float-exponent.txt", "1e+2.3\n", "1:5"),
        ("integer-with-positive-hexadecimal-exponent.txt", "1e+0x4\n", "1:5"),
        ("integer-with-positive-integer-exponent.json", "1e+2\n", "1e+2"),
        ("integer-with-zero-integer-exponent.json", "5e0\n", "5e0"),
        ("lone-decimal-point.txt", ".\n", "1:1"),
        ("nan.json5", "NaN\n", "null"),
        ("negative-float-leading-decimal-point.json5", "-.5\n", "-0.5"),
        ("negative-hexadecimal.json5", "-0xC8\n", "-200"),
        ("negative-infinity.json5", "-Infinity\n", "null"),
        ("negative-noctal.js", "-080\n", "1:1"),
        ("negative-octal.txt", "-0123\n", "1:1"),
        ("negative-zero-hexadecimal.json5", "-0x0\n", "-0"),
        ("negative-zero-octal.txt", "-00\n", "1:1"),
        ("noctal-with-leading-octal-digit.js", "0780\n", "1:1"),
        ("noctal.js", "080\n", "1:1"),
        ("octal.txt", "010\n", "1:1"),
        ("positive-float-trailing-decimal-point.json5", "+5.\n", "5"),
        ("positive-hexadecimal.json5", "+0xC8\n", "200"),
        ("positive-infinity.json5", "+Infinity\n", "null"),
        ("positive-octal.txt", "+0123\n", "1:1"),
        ("positive-zero-float-leading-decimal-point.json5", "+.0\n", "0.0"),
        ("zero-float-trailing-decimal-point.json5", "0.\n", "0"),
        ("zero-hexadecimal.json5", "0x0\n", "0"),
        ("zero-integer-with-integer-exponent.json", "0e23\n", "0e23"),
        ("zero-octal.txt", "00\n", "1:1"),
    ] {
        check(file, source, expected);
    }
}
