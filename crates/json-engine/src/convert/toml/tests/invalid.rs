//! What the specification forbids in values, encodings and line ends.

use super::read;
use crate::Error;

fn check(toml: &[u8]) {
    let outcome = read(toml);
    let Err(Error::Invalid(report)) = &outcome else {
        panic!("{:?} {outcome:?}", String::from_utf8_lossy(toml));
    };
    let diagnostic = &report.diagnostics[0];
    assert!(diagnostic.start.line >= 1 && diagnostic.start.column >= 1, "{diagnostic:?}");
    assert!(diagnostic.start.byte_offset <= toml.len() as u64, "{diagnostic:?}");
}

pub(super) fn check_each(texts: &[&str]) {
    for text in texts {
        check(text.as_bytes());
    }
}

/// Each as a value, in an array and in an inline table.
fn check_values(values: &[&str]) {
    for value in values {
        check(format!("a = {value}").as_bytes());
        check(format!("a = {value}\nb = 1\n").as_bytes());
        check(format!("a = [{value}]").as_bytes());
        check(format!("a = {{ b = {value} }}").as_bytes());
    }
}

#[test]
fn values() {
    check_values(&[
        "tru", "True", "TRUE", "truer", "falsee", "False", "t", "no", "null", "a b", "true1", "1true",
    ]);
    check_each(&["a = ", "a = # c", "a = {b = }"]);
    check_values(&["=", "= 1", "=1=2", "@", "é", "1 2", "'a' 'b'", "true false", "\u{feff}1"]);
}

#[test]
fn integers() {
    check_values(&[
        "01", "00", "+01", "-01", "0_1", "1__2", "_1", "1_", "+_1", "--1", "++1", "+-1", "+", "-", "1a",
    ]);
    check_values(&[
        "0x", "0o", "0b", "0X1", "0O1", "0B1", "0xg", "0o8", "0b2", "0x_1", "0x1_", "0x1__2", "0_x1",
    ]);
    check_values(&[
        "+0x1",
        "-0x1",
        "+0o1",
        "-0b1",
        "0x-1",
        "0x1.5",
        "0b1e",
        "1_a",
        "1_abc",
        "0d1",
        "1,000.0.0",
    ]);
}

#[test]
fn floats() {
    check_values(&[
        ".5", "5.", "+.5", "-.5", "1.e5", "1.5.5", "1e", "1e+", "1e5.5", "1ee5", "1e_5", "1_e5", "1._5",
    ]);
    check_values(&[
        "1_.5", "1.5_", "1__0.5", "01.5", "+01.5", "00.5", "0_1.5", "1e5_", "1.2e", "e5", "1e--5", "_1.5",
    ]);
    check_values(&[
        "Inf", "INF", "NaN", "NAN", "infinity", "in", "na", "++inf", "+-nan", "inf_", "nane", "1e1__0",
    ]);
}

#[test]
fn dates_and_times() {
    check_values(&[
        "1979-13-01",
        "1979-00-01",
        "1979-01-00",
        "1979-01-32",
        "1979-02-30",
        "2021-02-29",
        "1900-02-29",
    ]);
    check_values(&[
        "1979-1-01",
        "1979-01-1",
        "979-01-01",
        "19790-01-01",
        "1979-01",
        "1979-01-",
        "1979/01/01",
    ]);
    check_values(&[
        "24:00:00",
        "00:60:00",
        "00:00:61",
        "1:00:00",
        "00:0:00",
        "00:00:0",
        "00:00:00.",
        "07",
        "07:",
        "0732",
    ]);
    check_values(&[
        "1979-05-27T",
        "1979-05-27 T07:32:00",
        "1979-05-27T07",
        "1979-05-27T07:32:00+",
        "1979-05-27T07:32:00+1",
    ]);
    check_values(&[
        "1979-05-27T07:32:00+25:00",
        "1979-05-27T07:32:00+00:60",
        "1979-05-27T07:32:00z7",
        "1979-05-27Z",
    ]);
    check_values(&[
        "1979-05-2707:32:00",
        "1979-05-27x07:32:00",
        "07:32:00Z",
        "1979-05-27  07:32:00",
        "1979-05-27_07:32:00",
    ]);
    check_values(&[
        "1979-05-27T07:32:00.Z",
        "-1979-05-27",
        "+1979-05-27",
        "1979-05-27T07:32:00 Z",
        "1979-05-27T07:3200",
    ]);
}

#[test]
fn strings() {
    check_values(&[
        "\"",
        "'",
        "\"a",
        "'a",
        "\"\"\"a",
        "'''a",
        "\"\"\"a\"\"",
        "'''a''",
        "\"a'",
        "a\"",
        "a'",
        "\"a\"b",
    ]);
    check_values(&[
        r#""\q""#,
        r#""\u12""#,
        r#""\u12G4""#,
        r#""\U1234567""#,
        r#""\ud800""#,
        r#""\U00110000""#,
        r#""\x4""#,
    ]);
    check_values(&[
        r#""\xg0""#,
        r#""\ ""#,
        r#""\"#,
        r#""\'""#,
        r#""\UD8000000""#,
        r#"""""\q""""#,
        "\"\"\"a \\ b\"\"\"",
    ]);
    check_values(&["\"a\nb\"", "'a\nb'", "\"\"\"\"\"\"\"\"\"", "'''''''''", "\"\"\"a\"\"\"\"\"\""]);
    for control in ["\0", "\u{1}", "\u{8}", "\u{b}", "\u{c}", "\u{1f}", "\u{7f}", "\r"] {
        for quote in ["\"", "'", "\"\"\"", "'''"] {
            check(format!("a = {quote}x{control}y{quote}").as_bytes());
        }
        check(format!("a = 1 # {control}").as_bytes());
        check(format!("a = 1{control}").as_bytes());
        check(format!("{control} a = 1").as_bytes());
        check(format!("a{control} = 1").as_bytes());
    }
}

#[test]
fn encodings() {
    check(b"a = \"\xff\"");
    check(b"# \xc0\x80");
    check(b"a = '\xed\xa0\x80'");
    check(b"\xff\xfea\0=\0");
    check(b"\xfe\xff\0a");
    check(b"\xef\xbb");
    check("\u{feff}\u{feff}a = 1".as_bytes());
    check("a = 1\n\u{feff}b = 2".as_bytes());
}

#[test]
fn line_ends() {
    check_each(&[
        "a = 1\rb = 2",
        "\ra = 1",
        "a = [1,\r2]",
        "# c\rd",
        "a = 1\r",
        "[a]\rb = 1",
        "a = '''\r'''",
    ]);
}

#[test]
fn errors_name_what_where_and_what_was_allowed() {
    for (text, line, column, code, message) in [
        ("a = ", 1, 5, "TOML_SYNTAX", "found the end of the text; allowed: a value"),
        ("a = 1\n  b 2", 2, 5, "TOML_SYNTAX", "found a bare word; allowed: `=` behind a key"),
        ("é = 1", 1, 1, "TOML_SYNTAX", "invalid unquoted key; allowed: letters, numbers, `-`, `_`"),
        ("[a]\n\n[a]", 3, 2, "DUPLICATE_KEY", "the table is defined already; a table may be defined once"),
        ("a = [1 2]", 1, 8, "TOML_SYNTAX", "found a bare word; allowed: `,` or `]` behind an element"),
        ("a = 2021-02-29", 1, 5, "TOML_SYNTAX", "invalid date, expected day between 01 and 28"),
    ] {
        let Err(Error::Invalid(report)) = read(text.as_bytes()) else { panic!("{text}") };
        let found = &report.diagnostics[0];
        let place = (found.start.line, found.start.column);
        assert_eq!((place, found.code.as_str(), &*found.message), ((line, column), code, message), "{text}");
    }
}
