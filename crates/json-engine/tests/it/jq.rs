//! jq: what jq 1.8 says, and that no program outlives its budget.

use std::sync::Arc;
use std::time::{Duration, Instant};

use json_engine::query::{Language, Query};
use json_engine::{Budget, BudgetKind, Clock, Error, ScanOptions};

/// A program, its input, and the array of the results that jq 1.8 gives, a line each.
const TABLE: &str = include_str!("jq/table.jsonl");
/// Programs of the table that still differ; docs/jq.md says why.
const KNOWN: &str = include_str!("jq/known.txt");

struct Real(Instant);

impl Clock for Real {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

fn budget(millis: u64) -> Budget {
    Budget::new(Arc::new(Real(Instant::now())), Duration::from_millis(millis), 256 << 20)
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
    let mut different = String::new();
    for line in TABLE.lines() {
        let (program, input, expected): (String, String, String) = serde_json::from_str(line).unwrap();
        let actual = run(&program, &input, 60_000).unwrap_or_else(|error| error.to_string());
        let is_known = KNOWN.lines().any(|known| known == program);
        if same(&actual, &expected) == is_known {
            different += &format!("{program}\n  jq:   {expected}\n  here: {actual}\n");
        }
    }
    assert!(different.is_empty(), "\n{different}");
}

/// What the notes collected: each must end by its budget, whichever is first.
#[test]
fn hostile_programs_stop() {
    for program in [
        "def f: f; f",
        "[range(1e9)]",
        "[range(1e12)]|length",
        "repeat(.)",
        "[repeat(1)]",
        "last(range(1e12))",
        "last(repeat(1))",
        "reduce range(1e12) as $i (0; .+1)",
        "[limit(1e9; repeat(\"x\"))]",
        "def f: try error catch f; f",
        "def f: (try f catch .) | f; f",
        "\"x\" | until(false; .+.)",
        "[range(100000)] | combinations(5)",
        "first(range(10;infinite)|select(.<0))",
        "range(0;infinite)|empty",
        "def f: 1+f; f",
        "def f: [f]; f",
        "def f: {a:f}; f",
        "\"\\(def f: f; f)\"",
        "def a: def b: a; b; a",
        "repeat(empty)",
        "[range(0;1e9;0.001)]|sort",
        "def f(g): g|f(g); 1|f(.+1)",
        "[\"x\" * 100000000 | explode]",
        "[range(300000)] | until(false; . + .)",
        "def f: f | f; f",
        "null | until(false; [.])",
    ] {
        let started = Instant::now();
        let outcome = run(program, "null", 100);
        let took = started.elapsed();
        let stopped = matches!(outcome, Err(Error::Budget { .. } | Error::Limit { .. }));
        assert!(stopped, "{program}: {:?}", outcome.map(|text| text.len()));
        assert!(took < Duration::from_secs(20), "{program}: {took:?}");
    }
}

#[test]
fn deep_recursion_is_a_budget_of_its_own() {
    let outcome = run("def f: 1+f; f", "null", 60_000);
    assert!(matches!(outcome, Err(Error::Budget { kind: BudgetKind::Stack, .. })), "{outcome:?}");
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
        "input_filename",
        "debug",
        "stderr",
        "now",
        "localtime",
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
