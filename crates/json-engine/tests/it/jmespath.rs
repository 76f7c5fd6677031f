//! JMESPath: values, errors with their names and places, and programs made to hurt. The compliance suite of the language
//! was run when this was written; it has no place of its own beside the project.

use json_engine::query::{Language, Query};
use json_engine::{Error, Limits, ScanOptions};
use proptest::prelude::*;

use crate::budgets::{budget, ticking};
use crate::shared::documented;

fn run_as(language: Language, program: &str, text: &str) -> Result<String, Error> {
    let query = Query::compile(language, program)?;
    let options =
        ScanOptions { limits: Limits { max_depth: 512, ..Limits::default() }, ..ScanOptions::default() };
    let answer = query.run(text.as_bytes(), &options, &budget())?;
    Ok(String::from_utf8(answer.text).unwrap())
}

fn run(program: &str, text: &str) -> Result<String, Error> {
    run_as(Language::JmesPath, program, text)
}

fn check(program: &str, text: &str, expected: &str) {
    assert_eq!(run(program, text).as_deref(), Ok(expected), "{program} on {text}");
}

/// The message begins with the name, and the place is this column.
fn check_error(program: &str, text: &str, name: &str, place: u64) {
    match run(program, text) {
        Err(Error::Query { message, column, .. }) => {
            assert!(message.starts_with(&format!("{name}: ")), "{program}: {message}");
            assert_eq!(column, place, "{program}: {message}");
        }
        other => panic!("{program}: {other:?}"),
    }
}

fn small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap();
}

#[test]
fn the_documented_examples() {
    let rows = documented("query.md", 4);
    for row in &rows {
        let language = match row[0].as_str() {
            "pointer" => Language::Pointer,
            "jsonpath" => Language::JsonPath,
            "jmespath" => Language::JmesPath,
            other => panic!("{other}"),
        };
        assert_eq!(run_as(language, &row[1], &row[2]).as_ref(), Ok(&row[3]), "{row:?}");
    }
    let errors = documented("query.md", 3);
    for row in &errors {
        match run(&row[0], &row[1]) {
            Err(Error::Query { message, .. }) => assert!(message.starts_with(&row[2]), "{row:?}: {message}"),
            other => panic!("{row:?}: {other:?}"),
        }
    }
    assert_eq!((rows.len(), errors.len()), (26, 6));
}

#[test]
fn names_indices_and_slices() {
    let text = r#"{"a":{"b c":[0,1,2,3],"é":1E2},"_x9":-0,"s":"text"}"#;
    check(r#"a."b c"[1]"#, text, "1");
    check(r#""a" . "\u00e9""#, text, "1E2");
    check("_x9", text, "-0");
    check(r#"a."b c"[-5]"#, text, "null");
    check(r#"a."b c"[99999999999999999999999]"#, text, "null");
    check(r#"a."b c"[-99999999999999999999999:2]"#, text, "[0,1]");
    check(r#"a."b c"[:-1:2]"#, text, "[0,2]");
    check(r#"a."b c"[3:0:-2]"#, text, "[3,1]");
    check("s[0]", text, "null");
    check("s[0:1]", text, "null");
    check("@", "[1.0]", "[1.0]");
    check("\t\n\ra .\n_x9", "{\"a\":{\"_x9\":1}}", "1");
}

#[test]
fn projections_and_where_they_stop() {
    let text =
        r#"{"a":[{"b":[{"c":1},{"c":2}]},{"b":[{"c":3}]},{"x":0}],"o":{"p":{"q":1},"r":{"q":[2]},"s":3}}"#;
    check("a[*].b[*].c", text, "[[1,2],[3]]");
    check("a[].b[].c", text, "[1,2,3]");
    check("a[*].b[0]", text, r#"[{"c":1},{"c":3}]"#);
    check("(a[*].b)[0]", text, r#"[{"c":1},{"c":2}]"#);
    check("a[*].b|[0]", text, r#"[{"c":1},{"c":2}]"#);
    check("a[*].b[]|length(@)", text, "3");
    check("o.*.q", text, "[1,[2]]");
    check("o.*.q[]", text, "[1,2]");
    check("a[?b].b[?c > `1`].c", text, "[]");
    check("a[?b][?x]", text, "[]");
    check("a[*].b[?c > `1`].c", text, "[[2],[3]]");
    check("a[0:1].b[1].c", text, "[2]");
    check("a[*].x == `[0]`", text, "true");
    check("o[*]", text, "null");
    check("a.*", text, "null");
    check("missing[]", text, "null");
    check("[a[0].b[*].c, o.s]", text, "[[1,2],3]");
}

#[test]
fn truth_and_comparison() {
    check("a || b", r#"{"a":[],"b":0}"#, "0");
    check("a && b", r#"{"a":"","b":0}"#, r#""""#);
    check("!a", "{}", "true");
    check("!!@", "0", "true");
    check("a || b && c", r#"{"a":1}"#, "1");
    check("!a == b", r#"{"a":1,"b":false}"#, "true");
    check("@ == `1.0`", "1e0", "true");
    check("@ < `12345678901234567890124`", "12345678901234567890123", "true");
    check("@ == `9007199254740992`", "9007199254740993", "false");
    check("'a' < 'b'", "0", "null");
    check("@ == `{\"b\":[2],\"a\":1}`", r#"{"a":1.0,"b":[2e0]}"#, "true");
    check("a == b == c", r#"{"a":1,"b":1,"c":true}"#, "true");
}

#[test]
fn literals() {
    check("`\"a\\`b\"`", "0", r#""a`b""#);
    check("`foo`", "0", r#""foo""#);
    check("` 1.50 `", "0", "1.50");
    check(r"'it\'s \n'", "0", r#""it's \\n""#);
    check("''", "0", r#""""#);
    check("{\"\\ud800\": `\"\\ud800\"`}", "0", r#"{"\ud800":"\ud800"}"#);
    check("{a: @, a: `2`}", "1", r#"{"a":2}"#);
    check("[@, `null`]", "null", "null");
}

#[test]
fn functions() {
    for (program, text, expected) in [
        ("abs(@)", "-1.50", "1.50"),
        ("abs(@)", "-9223372036854775808", "9223372036854775808"),
        ("abs(@)", "-1e999999999", "1e999999999"),
        ("ceil(@)", "-0.5", "0"),
        ("floor(@)", "1e999", "1e999"),
        ("floor(@)", "1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"),
        ("ceil(@)", "1.000000000000000000000000000000000001", "2"),
        ("sum(@)", "[]", "0"),
        ("sum(@)", "[1e300,1]", "1e+300"),
        ("avg(@)", "[]", "null"),
        ("avg(@)", "[1,1,2]", "1.3333333333333333"),
        ("contains(@, `2`)", "[1,2.0]", "true"),
        ("contains(@, 'b')", r#""abc""#, "true"),
        ("contains(@, `1`)", r#""1""#, "false"),
        ("starts_with(@, 'a')", r#""abc""#, "true"),
        ("ends_with(@, 'bc')", r#""abc""#, "true"),
        ("join('', @)", "[]", r#""""#),
        ("length(@)", r#""a😀\ud800""#, "3"),
        ("reverse(@)", r#""a😀é""#, r#""é😀a""#),
        ("reverse(@)", r#""a\ud800""#, r#""\ud800a""#),
        ("reverse(@)", "[1,2]", "[2,1]"),
        ("max(@)", r#"["a","é","z"]"#, r#""é""#),
        ("min(@)", "[1.0,1,0.5e1]", "1.0"),
        ("max(@)", "[]", "null"),
        ("sort(@)", "[1.5,1,1.50,-2e3,12345678901234567890.1]", "[-2e3,1,1.5,1.50,12345678901234567890.1]"),
        ("sort(@)", r#"["b","\ud800","a"]"#, r#"["a","b","\ud800"]"#),
        ("sort_by(@, &[0])[*][1]", "[[1,1],[0,2],[1.0,3],[0,4]]", "[2,4,1,3]"),
        ("min_by(@, &a)", "[]", "null"),
        ("merge(@, `{\"b\":3,\"c\":4}`)", r#"{"a":1,"b":2}"#, r#"{"a":1,"b":3,"c":4}"#),
        ("to_array(@)", "{}", "[{}]"),
        ("to_array(@)", "[1]", "[1]"),
        ("to_number(@)", r#"" 1""#, "null"),
        ("to_number(@)", r#""1e2""#, "1e2"),
        ("to_number(@)", r#""\"1\"""#, "null"),
        ("to_number(@)", "true", "null"),
        ("to_string(@)", r#"{"a": [1.0, "\n"]}"#, r#""{\"a\":[1.0,\"\\n\"]}""#),
        ("to_string(@)", r#""a""#, r#""a""#),
        (
            "[*].type(@)",
            r#"[1,"a",true,[],{},"\ud800"]"#,
            r#"["number","string","boolean","array","object","string"]"#,
        ),
        ("map(&type(@), @)", "[null]", r#"["null"]"#),
        ("values(@)", r#"{"a":1,"b":null}"#, "[1,null]"),
    ] {
        check(program, text, expected);
    }
}

#[test]
fn errors_are_named_and_placed() {
    for (program, text, name, column) in [
        ("", "0", "syntax", 1),
        ("a.", "0", "syntax", 3),
        ("a b", "0", "syntax", 3),
        ("é", "0", "syntax", 1),
        ("a[1", "0", "syntax", 4),
        ("a[?b", "0", "syntax", 5),
        ("[a,]", "0", "syntax", 4),
        ("{a}", "0", "syntax", 3),
        ("a = b", "0", "syntax", 3),
        ("\"a\"(@)", "0", "syntax", 4),
        ("\"\\q\"", "0", "syntax", 1),
        ("'é' 'a", "0", "syntax", 5),
        ("`\"`", "0", "syntax", 1),
        ("&a", "0", "syntax", 1),
        ("-", "0", "syntax", 1),
        ("a.[0]", "0", "syntax", 4),
        ("[1:2:3:4]", "0", "syntax", 7),
        ("a[1:2:0]", "0", "invalid-value", 7),
        ("a || nope(@)", "0", "unknown-function", 6),
        ("keys()", "{}", "invalid-arity", 1),
        ("merge()", "{}", "invalid-arity", 1),
        ("[length(@, @)]", "[]", "invalid-arity", 2),
        ("abs(&a)", "0", "invalid-type", 5),
        ("sort_by(@, a)", "[]", "invalid-type", 12),
        ("@ | sum(@)", "[1,null]", "invalid-type", 5),
        ("map(&a, @)", "{}", "invalid-type", 1),
        ("max(@)", r#"[1,"a"]"#, "invalid-type", 1),
        ("max_by(@, &@)", "[[]]", "invalid-type", 1),
        ("merge(@, a)", r#"{"a":1}"#, "invalid-type", 1),
        ("sum(@)", "[1e999,1]", "invalid-value", 1),
    ] {
        check_error(program, text, name, column);
    }
}

#[test]
fn a_literal_that_is_too_large_is_no_string() {
    let nested = |levels| format!("`{}{}`", "[".repeat(levels), "]".repeat(levels));
    assert!(run(&nested(64), "0").is_ok());
    check_error(&nested(65), "0", "syntax", 1);
    check(&format!("`{}`", "7".repeat(1_000)), "0", &"7".repeat(1_000));
    check_error(&format!("`{}`", "7".repeat(1_001)), "0", "syntax", 1);
}

/// Depth is refused, length is not, and neither touches the stack.
#[test]
fn programs_of_64_kib_end() {
    small_stack(|| {
        let parts = [
            "[",
            "[[",
            "(",
            "!",
            "!(",
            "{a:",
            "a[?",
            "[?",
            "abs(",
            "map(&",
            "[*]",
            "*.",
            "a[*].",
            "[::].",
            "a.",
            "a|",
            "a||",
            "a&&",
            "a==",
            "a[0]",
            "a[]",
            "[]",
            "-",
            "`",
            "'",
            "\"",
            "a,",
            "not_null(a,",
            "[@]|",
            "to_array(@)|",
            "!a==",
            "a&&b||",
            "`[]`|",
            "`[[[[[]]]]]`==",
            ".",
            "\0",
            "é",
        ];
        for part in parts {
            for end in ["", "a", "@"] {
                let program = format!("{}{end}", part.repeat((65_530) / part.len()));
                let _ended = run(&program, r#"{"a":[[1]]}"#);
            }
        }
    });
}

#[test]
fn the_deepest_programs_run() {
    small_stack(|| {
        let deep = format!("{}{}", "[".repeat(512), "]".repeat(512));
        for (open, close) in
            [("(", ")"), ("[", "]"), ("!", ""), ("to_array(", ")"), ("{a:", "}"), ("not_null(", ")")]
        {
            let program = |levels| format!("{}@{}", open.repeat(levels), close.repeat(levels));
            assert!(run(&program(127), &deep).is_ok(), "{open}");
            assert!(matches!(run(&program(128), &deep), Err(Error::Query { .. })), "{open}");
        }
        check(&format!("a{}", "[*]".repeat(120)), r#"{"a":[]}"#, "[]");
    });
}

#[test]
fn answers_that_double_are_stopped() {
    let outcome = run(&format!("@{}", "|[@,@]".repeat(100)), "[]");
    assert!(
        matches!(&outcome, Err(Error::Limit { limit, .. }) if limit.reason() == "OUTPUT_TOO_LARGE"),
        "{outcome:?}"
    );
    let outcome = run(&format!("to_string(@{})", "|[@,@]".repeat(100)), "[]");
    assert!(
        matches!(&outcome, Err(Error::Limit { limit, .. }) if limit.reason() == "OUTPUT_TOO_LARGE"),
        "{outcome:?}"
    );
    let query = |program: &str, text: &str| {
        let query = Query::compile(Language::JmesPath, program).unwrap();
        query.run(text.as_bytes(), &ScanOptions::default(), &ticking(8 << 20))
    };
    for program in
        [format!("[@,@][]{}", "|[@,@][]".repeat(60)), format!("@{}", "|join(@, ['','','',''])".repeat(60))]
    {
        let text = if program.contains("join") { "\"0123456789\"" } else { "[1]" };
        let outcome = query(&program, text);
        assert!(matches!(&outcome, Err(Error::Budget { .. })), "{program}: {outcome:?}");
    }
    let twins = format!("@{}", "|[@,@]".repeat(60));
    let outcome = query(&format!("({twins}) == ({twins})"), "[]");
    assert!(matches!(outcome, Err(Error::Budget { allowed: 100, used: 101, .. })), "{outcome:?}");
}

#[test]
fn sorting_and_mapping_a_million_stop_by_time() {
    let text = format!("[{}0]", "1.5,".repeat(900_000));
    for program in ["sort_by(@, &@)", "sort(@)", "map(&[@], @)", "[*].[@]", "max_by(@, &@)", "[?@ > `1`]"] {
        let query = Query::compile(Language::JmesPath, program).unwrap();
        let outcome = query.run(text.as_bytes(), &ScanOptions::default(), &ticking(1 << 30));
        assert!(
            matches!(outcome, Err(Error::Budget { allowed: 100, used: 101, .. })),
            "{program}: {outcome:?}"
        );
    }
}

/// What a filter or a scalar was made of is given back.
#[test]
fn a_filter_holds_nothing() {
    let text = format!("[{}0]", "1,".repeat(2_000));
    let query = Query::compile(Language::JmesPath, "length([?length([@,@,@,@]) == `4` && [@]])").unwrap();
    let options = ScanOptions::default();
    let held = 64 * 2_002 + text.len() as u64 + 2_001 * 24 + 1_000;
    let answer = query.run(text.as_bytes(), &options, &crate::budgets::budget_of(held)).unwrap();
    assert_eq!(answer.text, b"2001");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    /// Any tokens in any order give a value or an error; a prefix of them too.
    #[test]
    fn any_program_ends(parts in prop::collection::vec(prop::sample::select(vec![
        "a", "b", "\"a\"", ".", "*", "[", "]", "[]", "[?", "[*]", "[0]", "[-1]", "[1:]", "[::-1]", "(", ")", "{a:", "}",
        "|", "||", "&&", "!", "==", "<", "&", "@", ",", "`1`", "'s'", "`[1,{}]`", "length(", "sort_by(", "map(&", "é", " ",
    ]), 0..14)) {
        let program = parts.concat();
        let text = r#"{"a":[{"a":1,"b":[2,[3]]},{"b":{"a":[]}}],"b":{"a":"x"}}"#;
        for end in (0..=program.len()).filter(|end| program.is_char_boundary(*end)) {
            let outcome = run(&program[..end], text);
            let is_expected = matches!(outcome, Ok(_) | Err(Error::Query { .. }));
            prop_assert!(is_expected, "{}: {:?}", &program[..end], outcome);
        }
    }

    /// A stable sort, against the standard library.
    #[test]
    fn sort_by_is_the_sort_of_the_standard_library(keys in prop::collection::vec(0..50_i64, 0..400)) {
        let pairs: Vec<(i64, usize)> = keys.iter().enumerate().map(|(index, key)| (*key, index)).collect();
        let mut expected = pairs.clone();
        expected.sort_by_key(|(key, _)| *key);
        let json = |pairs: &[(i64, usize)]| {
            let all: Vec<String> = pairs.iter().map(|(key, index)| format!("[{key},{index}]")).collect();
            format!("[{}]", all.join(","))
        };
        prop_assert_eq!(run("sort_by(@, &[0])", &json(&pairs)).unwrap(), json(&expected));
    }
}
