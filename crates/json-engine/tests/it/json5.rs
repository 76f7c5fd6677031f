//! JSON5: the cases of its specification and of its test suite, what must fail included.

use json_engine::convert::{Format, convert};
use json_engine::{DuplicateKeys, Error, Limits, ScanOptions};

use proptest::prelude::*;

use crate::budgets::{budget, ticking};
use crate::convert::{findings, from_to, run};

/// The answer as JSON, or `CODE line:column`.
fn check(source: &str, expected: &str) {
    let outcome = match run(source, &from_to(Format::Json5, Format::Json)) {
        Ok(converted) => String::from_utf8(converted.bytes).unwrap(),
        Err(Error::Invalid(report)) => {
            let found = &report.diagnostics[0];
            format!("{} {}:{}", found.code.as_str(), found.start.line, found.start.column)
        }
        Err(Error::Limit { limit, position: Some(at), .. }) => {
            format!("{} {}:{}", limit.reason(), at.line, at.column)
        }
        Err(other) => panic!("{source:?}: {other:?}"),
    };
    let shown: String = source.chars().take(80).collect();
    assert_eq!(outcome, expected, "{shown:?}");
}

#[test]
fn the_example_of_the_specification() {
    let source = r#"{
  // comments
  unquoted: 'and you can quote me on that',
  singleQuotes: 'I can use "double quotes" here',
  lineBreaks: "Look, Mom! \
No \\n's!",
  hexadecimal: 0xdecaf,
  leadingDecimalPoint: .8675309, andTrailing: 8675309.,
  positiveSign: +1,
  trailingComma: 'in objects', andIn: ['arrays',],
  "backwardsCompatible": "with JSON",
}"#;
    check(
        source,
        r#"{"unquoted":"and you can quote me on that","singleQuotes":"I can use \"double quotes\" here","lineBreaks":"Look, Mom! No \\n's!","hexadecimal":912559,"leadingDecimalPoint":0.8675309,"andTrailing":8675309,"positiveSign":1,"trailingComma":"in objects","andIn":["arrays"],"backwardsCompatible":"with JSON"}"#,
    );
}

#[test]
fn arrays_and_objects() {
    check("[]", "[]");
    check("[1,]", "[1]");
    check("{}", "{}");
    check("{a:1,}", r#"{"a":1}"#);
    check("[[],{},[[1]]]", "[[],{},[[1]]]");
    check("[,]", "MISSING_VALUE 1:2");
    check("[,null]", "MISSING_VALUE 1:2");
    check("[1,,]", "MISSING_VALUE 1:4");
    check("[1,,2]", "MISSING_VALUE 1:4");
    check("[true\nfalse]", "UNEXPECTED_CHARACTER 2:1");
    check("[1 2]", "MISSING_COMMA 1:4");
    check("[1}", "MISMATCHED_BRACKET 1:3");
    check("[", "UNEXPECTED_END 1:2");
    check("{,}", "UNEXPECTED_CHARACTER 1:2");
    check("{,a:1}", "UNEXPECTED_CHARACTER 1:2");
    check("{a:1,,}", "UNEXPECTED_CHARACTER 1:6");
    check("{a:1 b:2}", "UNEXPECTED_CHARACTER 1:6");
    check("{a:1 'b':2}", "MISSING_COMMA 1:6");
    check("{a}", "MISSING_COLON 1:3");
    check("{a 1}", "MISSING_COLON 1:4");
    check("{a:}", "MISSING_VALUE 1:4");
    check("{a:1", "UNEXPECTED_END 1:5");
    check("{\"a\"", "UNEXPECTED_END 1:5");
    check("]", "MISSING_VALUE 1:1");
    check("1 2", "TRAILING_CONTENT 1:3");
    check("", "EMPTY_INPUT 1:1");
    check("// only a comment", "EMPTY_INPUT 1:18");
}

#[test]
fn keys() {
    check(
        "{$_:1,_$:2,a\u{200c}\u{200d}b:3,ùńîċõďë:4}",
        "{\"$_\":1,\"_$\":2,\"a\u{200c}\u{200d}b\":3,\"ùńîċõďë\":4}",
    );
    check(r"{\u0061\u0062:1,a\u0031:2,sig\u03A3ma:3}", r#"{"ab":1,"a1":2,"sigΣma":3}"#);
    check("{while:1,true:2,NaN:3,Infinity:4}", r#"{"while":1,"true":2,"NaN":3,"Infinity":4}"#);
    check("{'a b':1,\"\":2}", r#"{"a b":1,"":2}"#);
    check("{ⅷ:1,ª:2,a\u{301}\u{661}‿:3,𝒜:4}", "{\"ⅷ\":1,\"ª\":2,\"a\u{301}\u{661}‿\":3,\"𝒜\":4}");
    check("{10twenty:1}", "UNQUOTED_KEY 1:2");
    check("{1:1}", "UNQUOTED_KEY 1:2");
    check("{-a:1}", "UNQUOTED_KEY 1:2");
    check("{multi-word:1}", "MISSING_COLON 1:7");
    check("{\u{301}a:1}", "UNQUOTED_KEY 1:2");
    check("{Ⓐ:1}", "UNEXPECTED_CHARACTER 1:2");
    check(r"{\u0031a:1}", "INVALID_ESCAPE 1:2");
    check(r"{a\u0020b:1}", "INVALID_ESCAPE 1:3");
    check(r"{a\x61:1}", "INVALID_ESCAPE 1:3");
    check(r"{a\ud800:1}", "INVALID_ESCAPE 1:3");
    check(r"{a\u00", "UNTERMINATED_STRING 1:2");
    check("{[1]:1}", "UNEXPECTED_CHARACTER 1:2");
}

#[test]
fn strings() {
    check(r#"'I can\'t'"#, r#""I can't""#);
    check(r#"["\'",'\"','"',"'"]"#, r#"["'","\"","\"","'"]"#);
    check(r"'\b\f\n\r\t\v\0\x41\u00e9\a\/\é'", r#""\b\f\n\r\t\u000b\u0000Aéa/é""#);
    check("'a\\\nb\\\r\nc\\\rd\\\u{2028}e\\\u{2029}f'", r#""abcdef""#);
    check("'\u{2028}\u{2029}'", "\"\u{2028}\u{2029}\"");
    check("'\t\u{1}\0'", r#""\t\u0001\u0000""#);
    check("'\\\n'", r#""""#);
    check(
        r"'\ud83d\ude00 \uD83D\
\uDE00'",
        r#""😀 😀""#,
    );
    check(r"'\ud800x\udc00\ud800'", r#""\ud800x\udc00\ud800""#);
    check(r"'\ude00\ud83d\ud83d\ude00'", r#""\ude00\ud83d😀""#);
    check("'a\nb'", "UNTERMINATED_STRING 1:1");
    check("'a\rb'", "UNTERMINATED_STRING 1:1");
    check("'a", "UNTERMINATED_STRING 1:1");
    check("'a\"", "UNTERMINATED_STRING 1:1");
    check("'\\", "UNTERMINATED_STRING 1:1");
    check("'\\'", "UNTERMINATED_STRING 1:1");
    check(r"'\x4'", "INVALID_ESCAPE 1:2");
    check(r"'\xgg'", "INVALID_ESCAPE 1:2");
    check(r"'\u12'", "INVALID_ESCAPE 1:2");
    check(r"'\u12é4'", "INVALID_ESCAPE 1:2");
    check(r"'\1'", "INVALID_ESCAPE 1:2");
    check(r"'\9'", "INVALID_ESCAPE 1:2");
    check(r"'\01'", "INVALID_ESCAPE 1:2");
    check(r"'\08'", "INVALID_ESCAPE 1:2");
    check("`a`", "UNEXPECTED_CHARACTER 1:1");
}

#[test]
fn numbers_keep_their_value() {
    check("[0,0.,.0,-0,+0,-.0,0e1,0.e1,.0e-1]", "[0,0,0.0,-0,0,-0.0,0e1,0e1,0.0e-1]");
    check("[1.50,+1.5,5.,.5,-.5,+.5,1E2,5.e+3,+5.E-05]", "[1.50,1.5,5,0.5,-0.5,0.5,1E2,5e+3,5E-05]");
    check("12345678901234567890123", "12345678901234567890123");
    check("[0xC8,0Xc8,-0xC8,+0xC8,0x0,-0x0,0x00ff]", "[200,200,-200,200,0,-0,255]");
    check("[0xFFFFFFFFFFFFFFFF,-0x8000000000000000]", "[18446744073709551615,-9223372036854775808]");
    check("0x123456789abcdef0123456789abcdef", "1512366075204170929049582354406559215");
    check("0xDE0B6B3A7640000", "1000000000000000000");
    check("0xC097CE7BC90715B34B9F1000000000", "1000000000000000000000000000000000000");
    check("[Infinity,-Infinity,+Infinity,NaN,-NaN,+NaN]", "[null,null,null,null,null,null]");
}

#[test]
fn numbers_that_are_none() {
    for (source, expected) in [
        ("010", "LEADING_ZERO 1:1"),
        ("-010", "LEADING_ZERO 1:1"),
        ("00", "LEADING_ZERO 1:1"),
        ("080", "LEADING_ZERO 1:1"),
        ("01.5", "LEADING_ZERO 1:1"),
        ("0x", "NUMBER_INCOMPLETE 1:1"),
        ("0xg", "NUMBER_INCOMPLETE 1:1"),
        ("0x1.5", "TRAILING_CONTENT 1:4"),
        ("0b1", "INVALID_NUMBER 1:1"),
        ("-0o7", "INVALID_NUMBER 1:1"),
        (".", "NUMBER_INCOMPLETE 1:1"),
        ("-.", "NUMBER_INCOMPLETE 1:1"),
        ("+", "NUMBER_INCOMPLETE 1:1"),
        ("-", "NUMBER_INCOMPLETE 1:1"),
        ("--1", "NUMBER_INCOMPLETE 1:1"),
        ("+-1", "NUMBER_INCOMPLETE 1:1"),
        ("- 1", "NUMBER_INCOMPLETE 1:1"),
        (".e1", "NUMBER_INCOMPLETE 1:1"),
        ("1e", "NUMBER_INCOMPLETE 1:1"),
        ("1e+", "NUMBER_INCOMPLETE 1:1"),
        ("1e2.3", "TRAILING_CONTENT 1:4"),
        ("1.2.3", "TRAILING_CONTENT 1:4"),
        ("1n", "TRAILING_CONTENT 1:2"),
        ("1_000", "TRAILING_CONTENT 1:2"),
        ("Inf", "INVALID_LITERAL 1:1"),
        ("-Infinityx", "INVALID_LITERAL 1:2"),
        ("nan", "INVALID_LITERAL 1:1"),
    ] {
        check(source, expected);
    }
}

#[test]
fn words() {
    check("[true,false,null]", "[true,false,null]");
    check("True", "INVALID_LITERAL 1:1");
    check("nullx", "INVALID_LITERAL 1:1");
    check("tru", "INVALID_LITERAL 1:1");
    check("undefined", "INVALID_LITERAL 1:1");
    check("é", "INVALID_LITERAL 1:1");
    check("@", "UNEXPECTED_CHARACTER 1:1");
}

#[test]
fn space_and_comments() {
    check("\u{feff}\u{a0}\u{b}\u{c}\u{1680}\u{2003}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}1\u{feff}", "1");
    check("/**/1//", "1");
    check("/* * / ** // */[/*a*/1/*b*/,/*c*/]//x\r\n//y", "[1]");
    check("{/*a*/a/*b*/:/*c*/1/*d*/,/*e*/}", r#"{"a":1}"#);
    check("//a\u{2028}1", "1");
    check("//a\u{2029}1//é\u{2027}\n", "1");
    check("//a\r1", "1");
    check("\"// no /* comment */\"", "\"// no /* comment */\"");
    check("1 /* a", "UNEXPECTED_END 1:3");
    check("1 /*/", "UNEXPECTED_END 1:3");
    check("/* a /* b */ */ 1", "UNEXPECTED_CHARACTER 1:14");
    check("1 / 2", "UNEXPECTED_CHARACTER 1:3");
    check("/", "UNEXPECTED_CHARACTER 1:1");
    check("# no\n1", "COMMENT 1:1");
    check("[1 # no\n]", "COMMENT 1:4");
    check("\u{200b}1", "UNEXPECTED_CHARACTER 1:1");
    check("\u{85}1", "UNEXPECTED_CHARACTER 1:1");
    check("1\0", "TRAILING_CONTENT 1:2");
}

#[test]
fn lines_are_counted_as_in_json() {
    check("{\n  // é\n  a: @}", "UNEXPECTED_CHARACTER 3:6");
    check("[1,\r\n\r2,\r@]", "UNEXPECTED_CHARACTER 4:1");
}

#[test]
fn nothing_is_lost_when_there_is_nothing_to_lose() {
    let converted = run("{a:[1,'x',.5,0x10,],}", &from_to(Format::Json5, Format::Json)).unwrap();
    assert_eq!(converted.report.diagnostics_total, 0);
    let surrogate = run(r"{a:'\ud800'}", &from_to(Format::Json5, Format::Json)).unwrap();
    assert_eq!(findings(&surrogate), ["LONE_SURROGATE 1:4 /a 0"]);
}

#[test]
fn a_duplicate_can_be_refused() {
    let options = ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..ScanOptions::default() };
    let error = convert(b"{a:1,\n'\\x61':2}", &from_to(Format::Json5, Format::Json), &options, &budget());
    let Err(Error::Invalid(report)) = error else { panic!("{error:?}") };
    assert_eq!((report.diagnostics[0].code.as_str(), report.diagnostics[0].start.line), ("DUPLICATE_KEY", 2));
}

#[test]
fn hostile_texts_end_quickly() {
    let million = 1_000_000;
    check(&"[".repeat(million), "DEPTH_LIMIT 1:129");
    check(&"{a:".repeat(million), "DEPTH_LIMIT 1:385");
    check(&"1".repeat(million), "NUMBER_DIGITS_LIMIT 1:1");
    check(&format!("[\n0x{}]", "f".repeat(million)), "NUMBER_DIGITS_LIMIT 2:1");
    check(&format!("0x{}", "f".repeat(1_000)), "NUMBER_DIGITS_LIMIT 1:1");
    check("1e999999999", "1e999999999");
    check(&format!("'{}", "\\x41".repeat(million / 4)), "UNTERMINATED_STRING 1:1");
    check(&"\0".repeat(million), "UNEXPECTED_CHARACTER 1:1");
    check(&"/**/".repeat(million / 4), &format!("EMPTY_INPUT 1:{}", million + 1));
    check(&format!("[{}]", "1,".repeat(million)), "NODES_LIMIT 1:2000000");
    check(&"-".repeat(million), "NUMBER_INCOMPLETE 1:1");
}

/// The square of the digits is bounded by the budget where the limit on digits is not.
#[test]
fn a_huge_hexadecimal_number_is_exact_or_stopped() {
    let limits = Limits { max_number_digits: u32::MAX, ..Limits::default() };
    let options = ScanOptions { limits, ..ScanOptions::default() };
    let source = format!("0x1{}", "0".repeat(2_000));
    let converted = convert(source.as_bytes(), &from_to(Format::Json5, Format::Json), &options, &budget());
    let digits = converted.unwrap().bytes;
    assert_eq!((digits.len(), &digits[..10]), (2_409, &b"1737662031"[..]));
}

/// A clock that moves whenever it is looked at ends the same number when the time is over.
#[test]
fn a_huge_hexadecimal_number_ends_with_its_budget() {
    let limits = Limits { max_number_digits: u32::MAX, ..Limits::default() };
    let options = ScanOptions { limits, ..ScanOptions::default() };
    let source = format!("0x{}", "f".repeat(1_000_000));
    let outcome =
        convert(source.as_bytes(), &from_to(Format::Json5, Format::Json), &options, &ticking(1 << 30));
    assert!(matches!(outcome, Err(Error::Budget { .. })), "{outcome:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn hexadecimal_numbers_are_exact(value in any::<u128>(), shift in 0_u32..128) {
        let value = value >> shift;
        check(&format!("0x{value:x}"), &value.to_string());
        check(&format!("-0X00{value:X}"), &format!("-{value}"));
    }
}

#[test]
fn no_prefix_panics() {
    let whole = r#"/*é*/{a\u0061:['\x41\ud83d\
😀',-.5e+1,0xfF,NaN,],"b":+Infinity,}//"#;
    for end in 0..whole.len() {
        let _ = run(&whole.as_bytes()[..end], &from_to(Format::Json5, Format::Json));
    }
}
