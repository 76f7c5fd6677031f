//! fastjson_format: styles, and what belongs to them.

use capi::*;

use crate::call::{format, format_options, options};

fn check(text: &str, how: &FormatOptions, expected: &str) {
    let outcome = format(text.as_bytes(), how, &options());
    assert_eq!((outcome.code, outcome.text()), (FASTJSON_OK, expected), "{text} {how:?}");
}

#[test]
fn styles() {
    let text = r#"{"b": [1.50, 1E2], "a": "é"}"#;
    check(text, &format_options(FASTJSON_FORMAT_STYLE_MINIFY), r#"{"b":[1.50,1E2],"a":"é"}"#);
    check("[1]", &format_options(FASTJSON_FORMAT_STYLE_UNSPECIFIED), "[\n  1\n]");
    check("[1]", &format_options(FASTJSON_FORMAT_STYLE_PRETTY), "[\n  1\n]");
    let pretty = format_options(FASTJSON_FORMAT_STYLE_PRETTY);
    check("[1]", &FormatOptions { indent: 1, ..pretty }, "[\n 1\n]");
    check("[1]", &FormatOptions { indent: FASTJSON_INDENT_ZERO, ..pretty }, "[\n1\n]");
    check(text, &format_options(FASTJSON_FORMAT_STYLE_CANONICAL), r#"{"a":"é","b":[1.5,100]}"#);
    let hash = |text: &str| format(text.as_bytes(), &format_options(FASTJSON_FORMAT_STYLE_HASH), &options());
    assert_eq!((hash("[1]").output.len(), hash("[1]").text()), (66, hash("[1.0]").text()));
}

#[test]
fn keys_are_sorted_and_numbers_rounded_on_demand() {
    let minify = format_options(FASTJSON_FORMAT_STYLE_MINIFY);
    check(
        r#"{"b":1,"a":2}"#,
        &FormatOptions { key_order: FASTJSON_KEY_ORDER_SORTED, ..minify },
        r#"{"a":2,"b":1}"#,
    );
    let unsafe_numbers = FormatOptions { numbers: FASTJSON_NUMBERS_STRING_IF_UNSAFE, ..minify };
    check("[9007199254740993]", &unsafe_numbers, r#"["9007199254740993"]"#);
    let doubles = FormatOptions { numbers: FASTJSON_NUMBERS_DOUBLE, ..minify };
    let outcome = format(b"9007199254740993", &doubles, &options());
    assert_eq!((outcome.text(), outcome.found()), ("9007199254740992", vec!["NUMBER_ROUNDED"]));
}

#[test]
fn duplicate_keys_go_the_way_that_is_chosen() {
    let minify = format_options(FASTJSON_FORMAT_STYLE_MINIFY);
    let with = |duplicate_keys| {
        let outcome = format(b"{\"a\":1,\"a\":2}", &minify, &Options { duplicate_keys, ..options() });
        (outcome.code, outcome.text().to_owned())
    };
    let ok = |text: &str| (FASTJSON_OK, text.to_owned());
    assert_eq!(with(FASTJSON_DUPLICATE_KEYS_UNSPECIFIED), ok("{\"a\":1,\"a\":2}"));
    assert_eq!(with(FASTJSON_DUPLICATE_KEYS_FIRST), ok("{\"a\":1}"));
    assert_eq!(with(FASTJSON_DUPLICATE_KEYS_LAST), ok("{\"a\":2}"));
    assert_eq!(with(FASTJSON_DUPLICATE_KEYS_REJECT), (FASTJSON_INVALID_DOCUMENT, String::new()));
}

#[test]
fn an_invalid_document_gives_no_bytes() {
    let outcome = format(b"[1,]", &format_options(0), &options());
    assert_eq!((outcome.code, outcome.output.len()), (FASTJSON_INVALID_DOCUMENT, 0));
    assert_eq!(outcome.place, (1, 3, 2));
}
