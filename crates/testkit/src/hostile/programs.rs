//! Programs: without an end, without measure, exponential, or patterns that explode.

use fastjson_proto::fastjson::v1 as pb;
use pb::QueryLanguage::{Jmespath, Jq, Jsonpath, Pointer};

use super::{ANSWERED, Case, Request, TIME, array, json, nested};

/// jq programs on `null`, each behind the reason by which it ends, and the other one, if it may end in two ways.
const JQ: &str = include_str!("jq.txt");

pub(super) fn cases() -> Vec<Case> {
    let jq = JQ.lines().filter_map(|line| line.split_once(' ')).map(|(ends, program)| {
        let name = format!("jq {program}");
        let (expected, otherwise) = ends.split_once('|').map_or((ends, None), |(one, two)| (one, Some(two)));
        Case { otherwise, ..Case::new(name, expected, query(Jq, program, "null")) }
    });
    jq.chain(jq_patterns()).chain(jsonpath()).chain(jmespath()).chain(long_programs()).collect()
}

fn query(language: pb::QueryLanguage, program: impl Into<String>, text: impl Into<Vec<u8>>) -> Request {
    let (language, query) = (language.into(), program.into());
    Request::Query(Box::new(pb::QueryRequest { input: json(text), language, query, ..Default::default() }))
}

/// A text on which automata of `(a|b)*a(a|b){n}c` grow a state for every window.
fn windows() -> String {
    format!("{:?}", "abbabaab".repeat(50_000))
}

fn jq_patterns() -> Vec<Case> {
    let case = |expected, program: &str| {
        Case::new(format!("jq {program}, 400 kB"), expected, query(Jq, program, windows()))
    };
    // Again and again, so that no machine is fast enough.
    let endless = |test: &str| case(TIME, &format!("last(range(1e9) as $i | {test})"));
    let short = |program: &str| {
        let text = format!("{:?}", "abbabaab".repeat(2_000));
        Case::new(format!("jq {program}, 16 kB"), TIME, query(Jq, program, text))
    };
    vec![
        short(r#"[match("(?=(a|b)*)"; "g")] | length"#),
        endless(r#"test("(a|b)*a(a|b){200}c")"#),
        endless(r#"test("(a|b)*a(a|b){50}c")"#),
        endless(r#"test("(a|b)*a(a|b){12}c")"#),
        endless(r#"test("^(a+|b+)+$")"#),
        endless(r#"test("(a*)*(b*)*c")"#),
        case(TIME, r#"[match("(a|b)*"; "g")] | repeat(.) | empty"#),
    ]
}

fn jsonpath() -> Vec<Case> {
    let small = || array(2_000, |_| r#"{"a":[1,2,3],"b":"x"}"#.to_owned());
    let deep = || nested(120, r#"{"a":[1,"#, "0", "]}").into_bytes();
    let deepest = || nested(60, r#"{"a":[1,"#, "0", "]}");
    let large = |program: &str, expected| {
        Case::new(format!("jsonpath {program}"), expected, query(Jsonpath, program, small()))
    };
    let window = |program: &str| {
        Case::new(
            format!("jsonpath {program}, 400 kB"),
            TIME,
            query(Jsonpath, program, format!("[{}]", windows())),
        )
    };
    let chain = |links: usize, expected| {
        let program = format!("${}", "..*".repeat(links));
        Case::new(
            format!("jsonpath $ and {links} times ..* on 120 levels"),
            expected,
            query(Jsonpath, program, deepest()),
        )
    };
    vec![
        window("$[?search(@, '(a|b)*a(a|b){1000}c')]").or(ANSWERED),
        large("$[?$[?$[?$]]]", TIME),
        large("$[?count($..*) > 0]", TIME),
        large("$[?$ == $]", TIME),
        large("$[?match(@.b, $[0].b)]", ANSWERED),
        large(&format!("$[{}0]", "*,".repeat(5_000)), "OUTPUT_TOO_LARGE"),
        chain(4, "OUTPUT_TOO_LARGE"),
        chain(30, "BUDGET_MEMORY"),
        Case::new("jsonpath on 240 levels", "DEPTH_LIMIT", query(Jsonpath, "$..*", deep())),
    ]
}

fn jmespath() -> Vec<Case> {
    let piped = |unit: &str, count: usize| vec![unit; count].join(" | ");
    let case = |name: &str, expected, program: String, text: &str| {
        Case::new(format!("jmespath {name}"), expected, query(Jmespath, program, text))
    };
    let numbers = array(2_000, |at| at.to_string());
    vec![
        case("[@, @], 40 times", "OUTPUT_TOO_LARGE", piped("[@, @]", 40), "1"),
        case("{a: @, b: @}, 40 times", "OUTPUT_TOO_LARGE", piped("{a: @, b: @}", 40), "1"),
        case("join of itself, 40 times", "BUDGET_MEMORY", piped("join('', [@, @])", 40), r#""xxxxxxxxxx""#),
        case("[@, @][], 40 times", "BUDGET_MEMORY", piped("[@, @][]", 40), "[1]"),
        case("to_string of itself, 40 times", "OUTPUT_TOO_LARGE", piped("to_string([@, @])", 40), r#""x""#),
        case("map in map, 8 deep", TIME, maps(8), &numbers),
        case("[] 1,000 times", ANSWERED, format!("@{}", "[]".repeat(1_000)), &nested(120, "[", "1,2", "]")),
        case("a sum of 1e999999999 and 1", "QUERY_INVALID", "sum(@)".to_owned(), "[1e999999999,1]"),
        case("ceil(1e-999999999)", ANSWERED, "ceil(@)".to_owned(), "1e-999999999"),
        case(
            "an order of far numbers",
            ANSWERED,
            "[?@ < `1e999999999`]".to_owned(),
            "[1e999999998,1e-999999999]",
        ),
    ]
}

/// Each element of the document is mapped over all of them, again and again.
fn maps(depth: usize) -> String {
    let doubled = "[[@, @][], [@, @][]][]";
    (0..depth).fold("map(&to_string(@), @)".to_owned(), |inner, _| {
        format!("{doubled} | map(&length(to_string(@)), @) | {inner}")
    })
}

fn long_programs() -> Vec<Case> {
    let case = |name: &str, expected, language, program: String| {
        Case::new(name, expected, query(language, program, "null"))
    };
    let invalid = "QUERY_INVALID";
    vec![
        case("jq of 20,000 levels", invalid, Jq, nested(20_000, "[", "1", "]")),
        case("jq of 10,000 times def f:", invalid, Jq, "def f: ".repeat(9_000)),
        case("jsonpath of 1,000 levels", invalid, Jsonpath, format!("$[?{}]", nested(1_000, "(", "@", ")"))),
        case(
            "jsonpath of 30 parentheses",
            ANSWERED,
            Jsonpath,
            format!("$[?{}]", nested(30, "(", "@ == 1", ")")),
        ),
        case(
            "jsonpath of 2,000 large patterns",
            invalid,
            Jsonpath,
            format!("$[?{}]", vec![r"search(@,'\\p{L}{99}')"; 2_000].join("||")),
        ),
        case("jmespath of 20,000 levels", invalid, Jmespath, nested(20_000, "(", "@", ")")),
        case("a jq program of 64 KiB + 1", "QUERY_BYTES_LIMIT", Jq, " ".repeat((64 << 10) + 1)),
        case("a pointer of 64 KiB", "POINTER_NOT_FOUND", Pointer, "/a".repeat(32 << 10)),
    ]
}
