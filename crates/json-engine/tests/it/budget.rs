//! No program outlives its budget.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use json_engine::query::{Language, Query};
use json_engine::{Budget, Error, ScanOptions};

use crate::budgets::{budget_of, ticking, ticking_for};

fn run(program: &str, text: &str, budget: &Budget) -> Result<u64, Error> {
    let query = Query::compile(Language::JsonPath, program).unwrap();
    query.run(text.as_bytes(), &ScanOptions::default(), budget).map(|answer| answer.hits)
}

fn large() -> String {
    format!("[{}]", vec![r#"{"a":[1,2,3],"b":"x"}"#; 2_000].join(","))
}

#[test]
fn nested_descents_stop_by_time() {
    for program in
        ["$..[?@..[?@..*]]", "$[?$[?$[?$]]]", "$[?count($..*) > 0]", "$[?$ == $]", "$[?match(@.b, $[0].b)]"]
    {
        let outcome = run(program, &large(), &ticking(1 << 30));
        let Err(Error::Budget { kind, allowed: 100, used }) = outcome else {
            panic!("{program}: {outcome:?}")
        };
        assert_eq!((kind.reason(), used), ("BUDGET_TIME", 101), "{program}");
    }
}

/// Once ran for minutes: the automaton of such a pattern has a state for every window of the text.
#[test]
fn patterns_that_explode_stop_by_time() {
    let text = format!("[{:?}]", "abbabaab".repeat(50_000));
    for pattern in ["(a|b)*a(a|b){1000}c", "[ab]*a[ab]{50}c"] {
        let outcome = run(&format!("$[?search(@, '{pattern}')]"), &text, &ticking(1 << 30));
        assert!(matches!(outcome, Err(Error::Budget { allowed: 100, used: 101, .. })), "{outcome:?}");
    }
}

/// What a filter holds while it looks at one element is given back, neither less nor more.
#[test]
fn filters_give_back_what_they_held() {
    let budget = |bytes| ticking_for(Duration::from_secs(3_600), bytes);
    let text = large();
    assert_eq!(run("$[?@.a[?@ == 2]]", &text, &budget(2 << 20)).unwrap(), 2_000);
    let kept = run("$..[?@[?@] || @ || !@]", &text, &budget(900_000));
    assert!(matches!(kept, Err(Error::Budget { .. })), "{kept:?}");
}

#[test]
fn many_nodes_stop_by_memory() {
    let program = "$[*,*,*,*,*,*,*,*,*,*,*,*]";
    let outcome = run(program, &large(), &ticking(100_000));
    assert!(matches!(outcome, Err(Error::Budget { .. })), "{outcome:?}");
    assert_eq!(run(program, &large(), &ticking(1 << 30)).unwrap(), 24_000);
}

/// Once moved 128 MB while nobody could stop it: a list whose room ends asks for the time that moving takes.
#[test]
fn what_would_take_long_to_move_is_not_moved() {
    let budget = budget_of(1 << 40);
    let union = format!("$[{}0]", "*,".repeat(5_000));
    for (language, program) in [(Language::JsonPath, union.as_str()), (Language::Jq, "[range(1e8)] | length")]
    {
        let query = Query::compile(language, program).unwrap();
        let outcome = query.run(large().as_bytes(), &ScanOptions::default(), &budget);
        let Err(Error::Budget { kind, .. }) = outcome else { panic!("{program:.20}: {outcome:?}") };
        assert_eq!(kind.reason(), "BUDGET_TIME", "{program:.20}");
    }
}

#[test]
fn a_cancelled_run_stops() {
    let gone = Arc::new(AtomicBool::new(true));
    let budget = ticking(1 << 30).with_cancel(gone);
    assert!(matches!(run("$..*", &large(), &budget), Err(Error::Budget { .. })));
}

#[test]
fn deep_programs_are_refused() {
    for (open, close) in [("(", ")"), ("!(", ")"), ("@[?", "]"), ("length(", ")")] {
        let program = format!("$[?{}@{}]", open.repeat(1_000), close.repeat(1_000));
        let refused = Query::compile(Language::JsonPath, &program);
        assert!(matches!(refused, Err(Error::Query { .. })), "{open}");
    }
}
