//! JMESPath: what the parts of its specification say, one group a document, in the manner of its compliance suite.

mod functions;

use json_engine::query::{Language, Query};
use json_engine::{Error, ScanOptions};

use crate::budgets::budget;

/// The answer, or the name of the error behind a `!`.
fn answer(program: &str, text: &str) -> String {
    let run = |query: Query| query.run(text.as_bytes(), &ScanOptions::default(), &budget());
    match Query::compile(Language::JmesPath, program).and_then(run) {
        Ok(answer) => String::from_utf8(answer.text).unwrap(),
        Err(Error::Query { message, .. }) => format!("!{}", message.split(':').next().unwrap()),
        Err(error) => error.to_string(),
    }
}

fn check(text: &str, rows: &[(&str, &str)]) {
    for (program, expected) in rows {
        assert_eq!(answer(program, text), *expected, "{program} on {text}");
    }
}

const SYNTAX: &str = "!syntax";

#[test]
fn basic() {
    let text = r#"{"foo":{"bar":{"baz":"correct"},"1":["one"],"-1":"minus"},"first name":1}"#;
    check(
        text,
        &[
            ("foo", r#"{"bar":{"baz":"correct"},"1":["one"],"-1":"minus"}"#),
            ("foo.bar.baz", r#""correct""#),
            ("foo\n.\nbar\n.baz", r#""correct""#),
            ("foo.bar.baz.bad", "null"),
            ("foo.bad", "null"),
            ("bad.morebad.evil", "null"),
            (r#"foo."1"[0]"#, r#""one""#),
            (r#"foo."-1""#, r#""minus""#),
            (r#""first name""#, "1"),
            ("foo.1", SYNTAX),
            ("foo.-1", SYNTAX),
            ("@.foo.bar | @.baz", r#""correct""#),
            ("foo[0]", "null"),
            ("foo.bar[*]", "null"),
        ],
    );
}

#[test]
fn truth() {
    let text = r#"{"t":true,"f":false,"n":5,"z":0,"el":[],"l":[0],"eh":{},"h":{"a":1},"es":"","s":"x"}"#;
    check(
        text,
        &[
            ("t && f", "false"),
            ("n && el", "[]"),
            ("n && t", "true"),
            ("el && t", "[]"),
            ("eh && t", "{}"),
            ("es && t", r#""""#),
            ("z && t", "true"),
            ("t || f", "true"),
            ("f || n", "5"),
            ("f || el", "[]"),
            ("f || f", "false"),
            ("missing || s", r#""x""#),
            ("missing || missing", "null"),
            ("f || eh || n", "5"),
            ("t && !f", "true"),
            ("!el", "true"),
            ("!z", "false"),
            ("!h", "false"),
            ("!missing", "true"),
            ("t || f && f", "true"),
            ("(t || f) && f", "false"),
            ("f && f || t", "true"),
            ("!(t && f)", "true"),
            ("n < `6`", "true"),
            ("n <= `5.0`", "true"),
            ("n > `5`", "false"),
            ("n >= `5`", "true"),
            ("n == `5.00`", "true"),
            ("n != `4`", "true"),
            ("s < `6`", "null"),
            ("s == 'x'", "true"),
            ("l == `[0]`", "true"),
            ("h == `{\"a\": 1}`", "true"),
            ("missing == `null`", "true"),
            ("t == `true`", "true"),
            ("t == `1`", "false"),
            ("n > missing", "null"),
            ("||", SYNTAX),
            ("t &&", SYNTAX),
            ("t & f", SYNTAX),
            ("!", SYNTAX),
        ],
    );
}

#[test]
fn filters() {
    let text = r#"{"foo":[{"key":true,"n":1},{"key":false,"n":2},{"key":0},{"key":"0"},{"key":[1]},{"key":null,"n":3}],
        "r":[{"i":[{"s":"running"},{"s":"stopped"}]},{"i":[{"s":"running"}]}],"o":{"a":{"x":1},"b":{"x":2}}}"#;
    check(
        text,
        &[
            ("foo[?key]", r#"[{"key":true,"n":1},{"key":0},{"key":"0"},{"key":[1]}]"#),
            ("foo[?!key]", r#"[{"key":false,"n":2},{"key":null,"n":3}]"#),
            ("foo[?key == `true`].n", "[1]"),
            ("foo[?key == `0`]", r#"[{"key":0}]"#),
            ("foo[?key != `null`].n", "[1,2]"),
            ("foo[?n > `1`].n", "[2,3]"),
            ("foo[?n > `1` && n < `3`].n", "[2]"),
            ("foo[?n == `1` || n == `3`].n", "[1,3]"),
            ("foo[?n == `1` || n == `2` && key].n", "[1]"),
            ("foo[?(n == `1` || n == `2`) && key].n", "[1]"),
            ("foo[?n > 'a']", "[]"),
            ("foo[?@ == `{\"key\": 0}`]", r#"[{"key":0}]"#),
            ("foo[?length(key || `[]`) == `1`].key", r#"!invalid-type"#),
            ("foo[?contains(to_array(key), `1`)]", r#"[{"key":[1]}]"#),
            ("r[*].i[?s == 'running'].s", r#"[["running"],["running"]]"#),
            ("r[].i[?s == 'running'].s", r#"[["running"],["running"]]"#),
            ("r[].i[] | [?s == 'stopped']", r#"[{"s":"stopped"}]"#),
            ("o[?x]", "null"),
            ("o.* | [?x == `2`]", r#"[{"x":2}]"#),
            ("foo[?n].n | [0]", "1"),
            ("foo[?n][0]", "[]"),
            ("foo[?]", SYNTAX),
            ("foo[?n == ]", SYNTAX),
            ("foo[n == `1`]", SYNTAX),
            ("foo[?n]bar", SYNTAX),
        ],
    );
}

#[test]
fn names_and_literals() {
    let text = r#"{"foo.bar":"dot","foo bar":"space","foo\nbar":"line","foo\"bar":"quote","c:\\\\windows":"path",
        "\"\"\"":"quotes","✓":"check","☃":[{"★":1}],"a":{"_":1,"A1":2},"int":1}"#;
    check(
        text,
        &[
            (r#""foo.bar""#, r#""dot""#),
            (r#""foo bar""#, r#""space""#),
            (r#""foo\nbar""#, r#""line""#),
            (r#""foo\"bar""#, r#""quote""#),
            (r#""c:\\\\windows""#, r#""path""#),
            (r#""\"\"\"""#, r#""quotes""#),
            (r#""✓""#, r#""check""#),
            (r#""☃"[]."★""#, "[1]"),
            (r#""\u2713""#, r#""check""#),
            ("a._", "1"),
            ("a.A1", "2"),
            ("✓", SYNTAX),
            ("`\"foo\"`", r#""foo""#),
            ("`\"\\u03a6\"`", r#""Φ""#),
            ("`\"✓\"`", r#""✓""#),
            ("`[1, 2, 3]`", "[1,2,3]"),
            ("`{\"a\": \"b\"}`.a", r#""b""#),
            ("`[0, 1, 2]`[1]", "1"),
            ("`  {\"foo\": true}`", r#"{"foo":true}"#),
            ("`true`", "true"),
            ("`-0.5e1`", "-0.5e1"),
            ("`[`", r#""[""#),
            ("`foo", SYNTAX),
            ("'foo'", r#""foo""#),
            ("'  foo  '", r#""  foo  ""#),
            ("'0'", r#""0""#),
            ("'newline\n'", r#""newline\n""#),
            ("'✓'", r#""✓""#),
            (r"'\\'", r#""\\\\""#),
            (r"'foo\'bar'", r#""foo'bar""#),
            (r"'\z'", r#""\\z""#),
            ("'foo", SYNTAX),
            (r#""foo"#, SYNTAX),
            (r#""\z""#, SYNTAX),
            ("%", SYNTAX),
            ("#", SYNTAX),
        ],
    );
}

#[test]
fn indices_and_slices() {
    let text = r#"{"a":{"b":["zero","one","two"]},"n":[0,1,2,3,4,5,6,7,8,9],"o":[{"a":1},{"a":2},{"a":3}],"e":[[[[0]]],[1,[2]]],"s":"xyz"}"#;
    check(
        text,
        &[
            ("a.b[0]", r#""zero""#),
            ("a.b[-1]", r#""two""#),
            ("a.b[3]", "null"),
            ("a.b[-4]", "null"),
            ("a[0]", "null"),
            ("n[0:10:1]", "[0,1,2,3,4,5,6,7,8,9]"),
            ("n[:]", "[0,1,2,3,4,5,6,7,8,9]"),
            ("n[::]", "[0,1,2,3,4,5,6,7,8,9]"),
            ("n[0:9]", "[0,1,2,3,4,5,6,7,8]"),
            ("n[5:7:2]", "[5]"),
            ("n[-4:-1]", "[6,7,8]"),
            ("n[:-5:-1]", "[9,8,7,6]"),
            ("n[10:-20:-1]", "[9,8,7,6,5,4,3,2,1,0]"),
            ("n[::-1]", "[9,8,7,6,5,4,3,2,1,0]"),
            ("n[1:9:3]", "[1,4,7]"),
            ("n[8:2:-2]", "[8,6,4]"),
            ("n[0:3]", "[0,1,2]"),
            ("n[100:]", "[]"),
            ("n[2:1]", "[]"),
            ("n[1::0]", "!invalid-value"),
            ("n[::0]", "!invalid-value"),
            ("n[a:b]", SYNTAX),
            ("n[1:2:3:4]", SYNTAX),
            ("n[1:2:c]", SYNTAX),
            ("o[:2].a", "[1,2]"),
            ("o[::-1].a", "[3,2,1]"),
            ("o[:2].b", "[]"),
            ("s[1:2]", "null"),
            ("e[]", "[[[0]],1,[2]]"),
            ("e[][]", "[[0],1,2]"),
            ("e[][][]", "[0,1,2]"),
            ("e[*][0]", "[[[0]],1]"),
            ("e[0][0][0][0]", "0"),
            ("s[]", "null"),
            ("o[*]", r#"[{"a":1},{"a":2},{"a":3}]"#),
            ("o[-1].a", "3"),
            ("o[abc]", SYNTAX),
            ("o.[0]", SYNTAX),
            ("o.[0", SYNTAX),
            ("[", SYNTAX),
            ("n[1.5]", SYNTAX),
        ],
    );
}

/// Selections, pipes, and what is no program.
const SELECTIONS: &[(&str, &str)] = &[
    ("foo.{bar: bar}", r#"{"bar":"bar"}"#),
    (r#"foo.{"bar": bar, "x y": baz}"#, r#"{"bar":"bar","x y":"baz"}"#),
    ("foo.{bar: bar, missing: missing}", r#"{"bar":"bar","missing":null}"#),
    ("foo.[bar, missing]", r#"["bar",null]"#),
    ("foo.nested.*.{a: a, b: b}", r#"[{"a":"first","b":"second"},{"a":"t","b":null}]"#),
    ("foo.nested.*.[a, b]", r#"[["first","second"],["t",null]]"#),
    ("foo.nested.{a: one.a, b: two.a}", r#"{"a":"first","b":"t"}"#),
    ("missing.{foo: bar}", "null"),
    ("missing.[foo]", "null"),
    ("[bar, foo.bar]", r#"[1,"bar"]"#),
    ("{a: bar, b: {c: foo.baz}}", r#"{"a":1,"b":{"c":"baz"}}"#),
    ("[[bar]]", "[[1]]"),
    ("l[*].[a, b[0]]", "[[1,1],[2,2]]"),
    ("l[].{x: a, y: b[]}", r#"[{"x":1,"y":[1]},{"x":2,"y":[2]}]"#),
    ("foo.*.*", r#"[[{"a":"first","b":"second"},{"a":"t"}]]"#),
    ("foo.nested.*.a | [1]", r#""t""#),
    ("foo | bar", r#""bar""#),
    ("foo | nested | one.b", r#""second""#),
    ("l | [0].a", "1"),
    ("l[*].a | [0]", "1"),
    ("(l[*].a)[0]", "1"),
    ("l[*].a[0]", "[]"),
    ("*.bar", r#"["bar"]"#),
    ("*.*.a", "[[]]"),
    ("missing | bar", "null"),
    ("bar || foo | bar", "null"),
    ("foo.{", SYNTAX),
    ("foo.{}", SYNTAX),
    ("foo.[]", SYNTAX),
    ("foo.{bar}", SYNTAX),
    ("foo.{bar:}", SYNTAX),
    ("foo.{bar: bar,}", SYNTAX),
    ("foo.[bar,]", SYNTAX),
    ("foo.{1: bar}", SYNTAX),
    ("foo |", SYNTAX),
    ("| foo", SYNTAX),
    ("foo || ", SYNTAX),
    ("foo.*bar", SYNTAX),
    ("**", SYNTAX),
    ("foo**", SYNTAX),
    ("*[0]", r#"[{"a":1,"b":[1]}]"#),
    ("foo..bar", SYNTAX),
    (".foo", SYNTAX),
    ("foo.", SYNTAX),
    ("foo]", SYNTAX),
    ("foo[", SYNTAX),
    ("(foo", SYNTAX),
    ("foo)", SYNTAX),
    ("@.", SYNTAX),
    ("@foo", SYNTAX),
    ("foo@", SYNTAX),
    ("@ @", SYNTAX),
    ("length(@", SYNTAX),
    ("&bar", SYNTAX),
];

#[test]
fn selections_and_pipes() {
    let text = r#"{"foo":{"bar":"bar","baz":"baz","qux":"qux","nested":{"one":{"a":"first","b":"second"},"two":{"a":"t"}}},"bar":1,"l":[{"a":1,"b":[1]},{"a":2,"b":[2]}]}"#;
    check(text, SELECTIONS);
}
