//! Three-way merges: what is taken, and what is a conflict.

use json_engine::patch::{Arrays, ConflictKind, Merged, ThreeWayOptions, three_way};
use json_engine::{Error, Limits, ScanOptions};
use proptest::prelude::*;

use crate::budgets::budget;
use crate::diff::{documents, edited, is_same};
use crate::shared::documented;

fn run(sides: [&str; 3], arrays: &Arrays) -> Result<Merged, Error> {
    let [base, ours, theirs] = sides.map(str::as_bytes);
    let how = ThreeWayOptions { arrays: arrays.clone() };
    three_way(base, ours, theirs, &how, &ScanOptions::default(), &budget())
}

fn keyed() -> Arrays {
    Arrays::Keyed(vec!["id".to_owned()])
}

/// Merges; conflicts are given as kind and pointer.
fn check(arrays: &Arrays, sides: [&str; 3], expected: &str, conflicts: &[(ConflictKind, &str)]) {
    let merged = run(sides, arrays).unwrap();
    assert_eq!(String::from_utf8(merged.text).unwrap(), expected, "{sides:?}");
    let found: Vec<_> = merged.conflicts.iter().map(|found| (found.kind, found.pointer.as_str())).collect();
    assert_eq!(found, conflicts, "{sides:?}");
    assert_eq!(merged.conflicts_total as usize, conflicts.len());
}

#[test]
fn the_documented_examples() {
    let rows = documented("diff.md", 5);
    for row in &rows {
        let merged = run([&row[0], &row[1], &row[2]], &Arrays::Lcs).unwrap();
        assert_eq!(String::from_utf8(merged.text).unwrap(), row[3]);
        let found: Vec<String> =
            merged.conflicts.iter().map(|found| format!("{:?} {}", found.kind, found.pointer)).collect();
        assert_eq!(found.join(" "), row[4]);
    }
    assert_eq!(rows.len(), 7);
}

#[test]
fn objects() {
    let base = r#"{"a":1,"b":2,"c":3}"#;
    check(
        &Arrays::Lcs,
        [base, r#"{"a":9,"b":2,"c":3}"#, r#"{"a":1,"b":2,"d":4}"#],
        r#"{"a":9,"b":2,"d":4}"#,
        &[],
    );
    check(
        &Arrays::Lcs,
        [base, r#"{"a":1.0,"b":5,"c":3}"#, r#"{"a":1,"b":5e0,"c":3}"#],
        r#"{"a":1.0,"b":5,"c":3}"#,
        &[],
    );
    check(
        &Arrays::Lcs,
        [base, r#"{"a":8,"b":2,"x":1}"#, r#"{"a":9,"b":2,"c":4,"x":2}"#],
        r#"{"a":8,"b":2,"x":1}"#,
        &[
            (ConflictKind::BothChanged, "/a"),
            (ConflictKind::BothAdded, "/x"),
            (ConflictKind::WeRemoved, "/c"),
        ],
    );
    check(
        &Arrays::Lcs,
        [base, r#"{"a":8,"b":2,"c":3}"#, r#"{"b":2,"c":3}"#],
        r#"{"a":8,"b":2,"c":3}"#,
        &[(ConflictKind::TheyRemoved, "/a")],
    );
    check(&Arrays::Lcs, ["1", "2", "3"], "2", &[(ConflictKind::BothChanged, "")]);
}

#[test]
fn a_conflict_shows_all_sides() {
    let merged = run([r#"{"a":1}"#, r#"{"a":[2]}"#, "{}"], &Arrays::Lcs).unwrap();
    let found = &merged.conflicts[0];
    assert_eq!(
        (found.base.as_deref(), found.ours.as_deref(), found.theirs.as_deref()),
        (Some("1"), Some("[2]"), None)
    );
}

#[test]
fn arrays_by_chunks() {
    check(&Arrays::Lcs, ["[1,2,3]", "[0,1,2,3]", "[1,2,3,4]"], "[0,1,2,3,4]", &[]);
    check(&Arrays::Lcs, ["[1,2,3]", "[1,3]", "[1,2,3,4]"], "[1,3,4]", &[]);
    check(&Arrays::Lcs, ["[1,2,3]", "[1,9,3]", "[1,2,8]"], "[1,9,8]", &[]);
    check(
        &Arrays::Lcs,
        [r#"[{"a":1,"b":1}]"#, r#"[{"a":2,"b":1}]"#, r#"[{"a":1,"b":2}]"#],
        r#"[{"a":2,"b":2}]"#,
        &[],
    );
    check(&Arrays::Lcs, ["[1]", "[1,2]", "[1,3]"], "[1,2]", &[(ConflictKind::BothAdded, "/1")]);
    check(&Arrays::Lcs, ["[1,2]", "[1]", "[1,3]"], "[1]", &[(ConflictKind::BothChanged, "/1")]);
    check(&Arrays::Lcs, ["[1]", "[1,2]", "[1,2]"], "[1,2]", &[]);
}

#[test]
fn arrays_by_key() {
    let base = r#"[{"id":1,"v":1},{"id":2,"v":2}]"#;
    check(
        &keyed(),
        [
            base,
            r#"[{"id":2,"v":2},{"id":1,"v":1},{"id":3}]"#,
            r#"[{"id":0},{"id":1,"v":9},{"id":2,"v":2},{"id":4}]"#,
        ],
        r#"[{"id":0},{"id":2,"v":2},{"id":4},{"id":1,"v":9},{"id":3}]"#,
        &[],
    );
    check(
        &keyed(),
        [base, r#"[{"id":1,"v":1},{"id":2,"v":2},{"id":3}]"#, r#"[{"id":2,"v":2},{"id":4}]"#],
        r#"[{"id":2,"v":2},{"id":3},{"id":4}]"#,
        &[],
    );
    check(
        &keyed(),
        [base, r#"[{"id":2,"v":2}]"#, r#"[{"id":1,"v":5},{"id":2,"v":2}]"#],
        r#"[{"id":2,"v":2}]"#,
        &[(ConflictKind::WeRemoved, "/0")],
    );
    let three = r#"[{"id":1},{"id":2},{"id":3}]"#;
    let (ours, theirs) = (r#"[{"id":2},{"id":1},{"id":3}]"#, r#"[{"id":3},{"id":1},{"id":2}]"#);
    check(&keyed(), [three, ours, theirs], ours, &[(ConflictKind::BothReordered, "")]);
    check(&keyed(), [three, ours, ours], ours, &[]);
}

#[test]
fn arrays_by_position() {
    check(&Arrays::Position, ["[1,2]", "[9,2]", "[1,8]"], "[9,8]", &[]);
    check(&Arrays::Position, ["[1,2]", "[9,2]", "[1]"], "[9,2]", &[(ConflictKind::BothChanged, "")]);
}

#[test]
fn conflicts_are_bounded_and_counted() {
    let sides = ["1", "2", "3"].map(|value| {
        let all: Vec<String> = (0..500).map(|key| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", all.join(","))
    });
    let merged = run([&sides[0], &sides[1], &sides[2]], &Arrays::Lcs).unwrap();
    assert_eq!((merged.conflicts.len(), merged.conflicts_total), (100, 500));
    let how = ThreeWayOptions::default();
    let options =
        ScanOptions { limits: Limits { max_depth: 1, ..Limits::default() }, ..ScanOptions::default() };
    let outcome = three_way(b"1", b"1", b"[[1]]", &how, &options, &budget());
    assert!(matches!(outcome, Err(Error::Part { part: "theirs", .. })), "{outcome:?}");
}

#[test]
fn a_hundred_thousand_elements_that_all_differ() {
    let list = |from: usize| {
        let all: Vec<String> = (from..from + 100_000).map(|id| format!(r#"{{"id":{id}}}"#)).collect();
        format!("[{}]", all.join(","))
    };
    let sides = [list(0), list(100_000), list(200_000)];
    for arrays in [Arrays::Lcs, keyed(), Arrays::Position] {
        let merged = run([&sides[0], &sides[1], &sides[2]], &arrays).unwrap();
        assert_eq!(merged.conflicts_total == 0, arrays == keyed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn where_one_side_stays_the_other_is_taken(base in documents(), seed in any::<u64>()) {
        let side = edited(&base, seed);
        for arrays in [Arrays::Lcs, keyed(), Arrays::Position] {
            for sides in [[&base, &side, &base], [&base, &base, &side], [&base, &side, &side]] {
                let merged = run(sides.map(String::as_str), &arrays).unwrap();
                prop_assert_eq!(merged.conflicts_total, 0);
                prop_assert!(is_same(&merged.text, side.as_bytes()));
            }
        }
    }

    #[test]
    fn without_conflicts_the_sides_can_be_exchanged(base in documents(), one: u64, two: u64) {
        let (left, right) = (edited(&base, one), edited(&base, two));
        // By key, what both sides add at one place comes in the order of the sides.
        for arrays in [Arrays::Lcs, Arrays::Position] {
            let there = run([&base, &left, &right], &arrays).unwrap();
            let back = run([&base, &right, &left], &arrays).unwrap();
            prop_assert_eq!(there.conflicts_total == 0, back.conflicts_total == 0);
            prop_assert!(there.conflicts_total > 0 || is_same(&there.text, &back.text));
        }
        prop_assert!(run([&base, &left, &right], &keyed()).is_ok());
    }
}
