//! jq: what jq 1.8 says, and that no program outlives its budget.

use std::sync::Arc;
use std::time::{Duration, Instant};

use json_engine::query::{Language, Query};
use json_engine::{Budget, BudgetKind, Error, ScanOptions};

use crate::budgets::{budget_of, real_clock};

/// A program, its input, and what jq 1.8 gives, a line each: the array of the results, `the program failed: …`, or
/// `refused` for what it does not compile.
const TABLE: &str = include_str!("jq/table.jsonl");
/// Programs of the table that still differ; docs/jq.md says why.
const KNOWN: &str = include_str!("jq/known.txt");

/// As [`TABLE`], with random programs of which `generate.py` has asked jq.
const GENERATED: &str = include_str!("jq/generated.jsonl");

fn budget(millis: u64) -> Budget {
    Budget::new(real_clock(), Duration::from_millis(millis), 256 << 20)
}

fn run(program: &str, input: &str, millis: u64) -> Result<String, Error> {
    let query = Query::compile(Language::Jq, program)?;
    let answer = query.run(input.as_bytes(), &ScanOptions::default(), &budget(millis))?;
    Ok(String::from_utf8(answer.text).unwrap())
}

fn check(program: &str, input: &str, expected: &str) {
    assert_eq!(run(program, input, 60_000).as_deref(), Ok(expected), "{program}");
}

fn same(left: &str, right: &str) -> bool {
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    left == right || value(left).is_some() && value(left) == value(right)
}

#[test]
fn the_table_of_jq() {
    compare(TABLE);
}

#[test]
fn generated_programs_do_what_jq_does() {
    assert!(GENERATED.lines().count() >= 3_800);
    compare(GENERATED);
}

fn compare(table: &str) {
    let mut different = String::new();
    for line in table.lines() {
        let (program, input, expected): (String, String, String) = serde_json::from_str(line).unwrap();
        let actual = run(&program, &input, 60_000).unwrap_or_else(|error| match error {
            Error::Query { .. } => "refused".to_owned(),
            other => other.to_string(),
        });
        let is_known = KNOWN.lines().any(|known| known == program);
        if same(&actual, &expected) == is_known {
            different += &format!("{program}\n  jq:   {expected}\n  here: {actual}\n");
        }
    }
    assert!(different.is_empty(), "\n{different}");
}

/// Programs without an end, without measure, or on values a million levels deep: each must end by its budget, whichever is
/// first.
const HOSTILE: &str = include_str!("jq/hostile.txt");

#[test]
fn hostile_programs_stop() {
    for program in HOSTILE.lines() {
        let started = Instant::now();
        let outcome = run(program, "null", 100);
        let took = started.elapsed();
        let stopped = matches!(outcome, Err(Error::Budget { .. } | Error::Limit { .. }));
        assert!(stopped, "{program}: {:?}", outcome.map(|text| text.len()));
        assert!(took < Duration::from_secs(20), "{program}: {took:?}");
    }
}

/// Such programs took four times their time: the last doubling was begun just before its end and could not be stopped.
#[test]
fn long_texts_are_begun_only_while_there_is_time_for_them() {
    let limit_of = |program: &str| {
        let budget = budget_of(1 << 40);
        let outcome = Query::compile(Language::Jq, program)
            .and_then(|query| query.run(b"null", &ScanOptions::default(), &budget));
        matches!(outcome, Err(Error::Budget { kind: BudgetKind::Time, allowed: 100, used }) if used > 100)
    };
    for program in [
        "\"x\" | until(false; .+.)",
        "[\"x\" * 100000000 | explode]",
        "tojson | until(false; tojson)",
        "\"x\" | until(false; \"\\(.)\\(.)\")",
        "\"x\" | until(false; [., .] | join(\"\"))",
        "\"x\" | until(false; [., .] | add)",
        "\"x\" | until(false; [., .] | @csv)",
        "\"x\" | until(false; @base64)",
        "\"x\" | until(false; @uri \"%\\(.)%\\(.)\")",
        "[1] | until(false; . + .)",
    ] {
        assert!(limit_of(program), "{program}");
    }
    assert!(!limit_of("\"x\" * 10000000 | length"));
}

#[test]
fn deep_recursion_is_a_budget_of_its_own() {
    for program in
        ["def f: 1+f; f", "def f: [f]; f", "def f: try f catch 1 | f; f", "[path(def f: .a | f, 1; f)]"]
    {
        let outcome = run(program, "null", 60_000);
        assert!(
            matches!(outcome, Err(Error::Budget { kind: BudgetKind::Stack, .. })),
            "{program}: {outcome:?}"
        );
    }
}

/// Once took 120 MB and more than twice its time: the lists of frames doubled while nobody looked.
#[test]
fn the_stack_ends_soon_after_its_limit() {
    let variables: String = (0..4_000).map(|at| format!("1 as $v{at} | ")).collect();
    for program in ["def f: f | f; f", "def f(x): f(f(x)); f(.)", &format!("def f: f | {variables} 2; f")] {
        let query = Query::compile(Language::Jq, program).unwrap();
        let outcome = query.run(b"null", &ScanOptions::default(), &budget_of(1 << 40));
        let Err(Error::Budget { kind: BudgetKind::Stack, allowed, used }) = outcome else {
            panic!("{program:.40}: {outcome:?}")
        };
        assert!(allowed <= 16 << 20 && used < allowed + (1 << 20), "{program:.40}: {used}");
    }
}

/// Millions of small values are freed for as long as a fifth of the time that making them took.
#[test]
fn what_is_held_has_to_be_freed_in_time() {
    let query = Query::compile(Language::Jq, "null | until(false; [., 1])").unwrap();
    let still = Budget::new(Arc::new(|| Duration::ZERO), Duration::from_millis(5), 1 << 40);
    let outcome = query.run(b"null", &ScanOptions::default(), &still);
    assert!(
        matches!(outcome, Err(Error::Budget { kind: BudgetKind::Time, allowed: 5, used: 6 })),
        "{outcome:?}"
    );
}

/// A call in the last place takes the frame of its caller, so loops may be long.
#[test]
fn tail_calls_need_no_stack() {
    check("def f(g): if . > 300000 then . else g | f(g) end; 0 | f(. + 1)", "null", "[300001]");
    check("[limit(3; def f: ., (. + 1 | f); 0 | f)]", "null", "[[0,1,2]]");
    check("last(range(300000)), (0 | until(. > 300000; . + 1))", "null", "[299999,300001]");
    check("reduce range(100000) as $i ([]; .[$i] = $i) | length", "null", "[100000]");
    check("reduce range(100000) as $i ([range(100)]; .[$i % 100] |= . + 1) | add", "null", "[104950]");
}

/// A run sits on the stack of its caller: that of a test thread is small.
#[test]
fn programs_as_deep_as_allowed_compile() {
    for (open, inner, close) in [
        ("[", "1", "]"),
        ("{a:", "1", "}"),
        ("(", "1", ")"),
        ("map(", ".", ")"),
        ("[.[]|", ".", "]"),
        ("try (", "1", ")"),
        ("if . then ", "1", " end"),
        ("reduce . as $x (0; ", "1", ")"),
        ("with_entries(", ".", ")"),
        ("first(", "1", ")"),
        ("def f: ", "1", "; f"),
        ("\"\\(", "1", ")\""),
        (". as [$x] | .[", "0", "]"),
        ("-(1+", "1", ")"),
    ] {
        let nested = |levels: usize| format!("{}{inner}{}", open.repeat(levels), close.repeat(levels));
        let outcome = Query::compile(Language::Jq, &nested(60));
        assert!(outcome.is_ok(), "{open}: {outcome:?}");
        drop(Query::compile(Language::Jq, &nested(250)));
        let refused = Query::compile(Language::Jq, &nested(2_000));
        assert!(matches!(refused, Err(Error::Query { .. })), "{open}");
    }
    for (start, link, end) in [
        ("", "1,", "1"),
        ("", "1|", "1"),
        ("", ".a|", "1"),
        ("", "1+", "1"),
        ("", "1 and ", "1"),
        ("", "null//", "1"),
        ("", "1 as $x|", "1"),
        ("", "def f: 1; ", "f"),
        ("", "label $x|", "1"),
        ("", ".a", ""),
        (".", "[0]", ""),
        (".", "?", ""),
        ("if 1 then 2 ", "elif 3 then 4 ", "end"),
    ] {
        let program = format!("{start}{}{end}", link.repeat(4_000));
        let outcome = Query::compile(Language::Jq, &program);
        assert!(outcome.is_ok(), "{link}: {outcome:?}");
    }
}

/// Dropping such values once took the process with it.
#[test]
fn deep_values_are_dropped() {
    check("reduce range(200000) as $i (null; [.]) | length", "null", "[1]");
    check("reduce range(200000) as $i (null; {a: .}) | length", "null", "[1]");
    let outcome = run("reduce range(1000) as $i (null; [.])", "null", 60_000);
    assert!(matches!(outcome, Err(Error::Limit { .. })), "{outcome:?}");
}

#[test]
fn numbers_that_are_not_touched_are_as_they_were() {
    let text = "[12345678901234567890123,1.50,1E2,-0,0.1000000000000000000055]";
    check(".", text, &format!("[{text}]"));
    check(".[0]", text, "[12345678901234567890123]");
    check("map(select(. > 2)) | .[0]", text, "[12345678901234567890123]");
    check("9007199254740993 + 1", "null", "[9007199254740994]");
}

#[test]
fn programs_have_variables() {
    let vars = [("x".to_owned(), b"[1,2]".to_vec()), ("y".to_owned(), br#""s""#.to_vec())];
    let query = Query::compile_with(Language::Jq, "$x[1], $y, $ARGS.named.y", &vars).unwrap();
    let answer = query.run(b"null", &ScanOptions::default(), &budget(60_000)).unwrap();
    assert_eq!((answer.text.as_slice(), answer.hits), (br#"[2,"s","s"]"#.as_slice(), 3));
}

#[test]
fn what_reaches_out_is_refused() {
    for program in [
        "env",
        "$ENV",
        "halt",
        "halt_error",
        "halt(1)",
        "stderr",
        "now",
        "import \"a\" as a; 1",
        "include \"a\"; 1",
        "nonsense",
        "$nothing",
        "1 +",
        "(",
        "\"a",
        "a b",
        "{",
        "break $x",
        "getpath",
        "get_search_list",
        "$__prog_args",
        "def f: nonsense; 1",
        "1 as [$a, $a.b] | 1",
        "{(1)}",
        "{(1): 2}",
        ". as {(true): $x} | $x",
        "1 as $__loc__ | 2",
        "1 ?// 2",
        "{a:1 2}",
        ". as {a} | 1",
        "reduce . as $x (1)",
        "foreach . as $x (1;2;3;4)",
        "if 1 then 2",
        "1 == 2 == 3",
        ". = 1 = 2",
        ".a.1",
    ] {
        let refused = Query::compile(Language::Jq, program);
        assert!(matches!(refused, Err(Error::Query { .. })), "{program}: {refused:?}");
    }
    let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
    assert!(matches!(Query::compile(Language::Jq, &deep), Err(Error::Query { .. })));
    for unit in
        ["-", "try ", "def f: ", "if ", "1|", "1+", "..", ".a", "reduce ", "\"\\(", "1 as $x|", ". as [$a]|"]
    {
        drop(Query::compile(Language::Jq, &unit.repeat(10_000)));
        drop(Query::compile(Language::Jq, &format!("{}1", unit.repeat(5_000))));
    }
}

#[test]
fn an_error_that_nobody_catches_is_the_outcome() {
    let outcome = run(".a.b", "[1]", 60_000);
    assert!(
        matches!(&outcome, Err(Error::Program { message }) if message.contains("Cannot index array")),
        "{outcome:?}"
    );
}

/// As `jq PROGRAM` does with a file of several documents.
#[test]
fn a_program_runs_on_each_document_and_input_takes_the_next() {
    let check = |program: &str, lines: &str, expected: &str| {
        let query = Query::compile(Language::Jq, program).unwrap();
        let answer = query.run_inputs(lines.as_bytes(), &ScanOptions::default(), &budget(60_000));
        let answer = answer.map(|answer| (String::from_utf8(answer.text).unwrap(), answer.hits));
        let hits = serde_json::from_str::<Vec<serde_json::Value>>(expected).unwrap().len() as u64;
        assert_eq!(answer, Ok((expected.to_owned(), hits)), "{program}");
    };
    check(".a", "{\"a\":1.50}\n\n{\"a\":2}\n{\"a\":3}", "[1.50,2,3]");
    check("[., input]", "1\n2\n3\n4\n", "[[1,2],[3,4]]");
    check("[., inputs]", "1\n2\n3\n", "[[1,2,3]]");
    check("reduce inputs as $x (.; . + $x)", "1\n2\n3\n", "[6]");
    check("try input catch .", "1\n", r#"["break"]"#);
    check(".", "", "[]");
}

#[test]
fn a_bad_line_of_the_inputs_is_named() {
    let query = Query::compile(Language::Jq, ".").unwrap();
    let failed = query.run_inputs(b"1\n[2,\n3\n", &ScanOptions::default(), &budget(60_000)).unwrap_err();
    let Error::Invalid(report) = failed else { panic!("{failed}") };
    assert_eq!((report.diagnostics[0].start.record, report.diagnostics[0].start.line), (2, 2));
}

#[test]
fn other_languages_have_no_inputs() {
    let query = Query::compile(Language::JsonPath, "$").unwrap();
    let failed = query.run_inputs(b"1", &ScanOptions::default(), &budget(60_000)).unwrap_err();
    assert!(matches!(failed, Error::Option { name: "lang", .. }), "{failed}");
}
