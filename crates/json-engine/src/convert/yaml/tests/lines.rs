//! The short way agrees with that of the parser, and is taken.

use proptest::prelude::*;

use super::{budget, read, read_under};

use crate::convert::Foreign;
use crate::convert::Reading;
use crate::convert::build::Keep;
use crate::convert::yaml::lines;
use crate::{DuplicateKeys, Limits};

fn goes_the_short_way(source: &str) -> bool {
    let (limits, budget) = (Limits::default(), budget());
    let (duplicate_keys, foreign) = (DuplicateKeys::Report, Foreign::Plain);
    let reading = Reading { limits: &limits, duplicate_keys, foreign, keep: Keep::Spans, budget: &budget };
    lines::read(source, &reading).is_some()
}

/// Whether they go the short way. That both ways agree is asserted by every reading of these tests.
fn check(sources: &[&str], expected: bool) {
    for source in sources {
        assert_eq!(goes_the_short_way(source), expected, "{source:?}");
        drop(read(source.as_bytes(), Foreign::Tagged));
    }
}

#[rustfmt::skip]
#[test]
fn blocks_of_lines() {
    check(&[
        "a\n", "---\na: 1\n", "\n\n  a: 1\n\n  b: 2\n   \n", "- 1\n- - 2\n  - 3\n-\n  - 4\n",
        "a:\n- 1\n- b: 2\nc: 3\n", "- a:\n  - b\n  c: d\n- a: 1\n", "- a:\n  -\n    - b\n",
        "'it''s': 'b c'\n\"\\u00e9\\\"\\/\": \"\"\n", "a: |\n  x\n\n    y \n\n\nb: |-\n    z\n", "- |\n  a\n- b\n",
        "a: []\nb: {}\nc:\n  []\n", "a:b: c#d\n", "a:\n\n  b: -1\n", "1: .nan\n~: null\n", "é: ü\n",
        "-\n  a: 1\n  b:   2\n", "a: 1\na: 2\n", "a:\n  b\n", "<<: a\n=: b\n", "-a: -b\n", "$map: []\n",
        "# a\n---\n# b\nc: # d\n  # e\n  - # f\n    g # h\n  # i\n# j\nk: [] # l\n", "a : b  \n", "a: |\n    b\n  # c\n# d\ne: #f\n  g\n",
    ], true);
}

#[rustfmt::skip]
#[test]
fn what_may_mean_anything_else() {
    check(&[
        "", "\n", "a", "# c\n", "a\nb\n", "a: b\n  c\n", "a: &b c\n", "a: *b\n", "a: !b c\n",
        "a: [b]\n", "{a: b}\n", "a:\n", "-\n", "a:\nb: c\n", "- a\nb\n", "a: b: c\n", "a: - b\n", "? a\n: b\n",
        "a:\tb\n", "\"a\" : b\n", "\"a\"b\n", "a: |+\n  b\n", "a: >\n  b\n", "a: |\n  b\n c\n", "a: |\n",
        "a\n---\nb\n", "--- a\n", "a\n...\n", "a: \"\\x41\"\n", "a: \"\\ud83d\\ude00\"\n", "a: \"b\n  c\"\n",
        "a: @b\n", "a:\n    b: 1\n  c: 2\n", "a: \u{85}\n", "\u{feff}a\n", "a: b\r\n", "%a\n", "  a: 1\nb: 2\n",
        "- a\n  - b\n", "- a: 1\n   b: 2\n", "a: |\n\n  b\n", "a: |\n  b\n  \n  c\n",
    ], false);
    let key = "k".repeat(1_001);
    check(&[&format!("{key}: 1\n"), &format!("'{key}': 1\n")], false);
    check(&[&format!("{}a\n", "- ".repeat(2_000))], false);
}

#[test]
fn limits_are_those_of_the_parser() {
    let source = "a:\n- b: 123\n  c:\n    - - x\n- {}\nd: 1234\ne: .nan\n1: |\n  y\n";
    for at in 0..12 {
        for limits in [
            Limits { max_depth: at, ..Limits::default() },
            Limits { max_nodes: u64::from(at), ..Limits::default() },
            Limits { max_number_digits: at, ..Limits::default() },
            Limits { max_diagnostics: at, ..Limits::default() },
        ] {
            for duplicate_keys in [DuplicateKeys::Report, DuplicateKeys::Reject, DuplicateKeys::First] {
                for source in [source, "a: 1\nb:\n  c: 2\na: 3\n"] {
                    drop(read_under(source.as_bytes(), &limits, Foreign::Plain, duplicate_keys));
                }
            }
        }
    }
}

const PIECES: &[&str] = &[
    "- ", "a: ", "b:\n", "c: d\n", "\n", "  ", "    ", " ", "x", "|\n", "|-\n", "'q'", "\"d\\n\"", "[]",
    "{}", "~", "1.0\n", "# ", ":", "-", "-\n", "---\n", "\n\n", "- e\n", "  f: g\n", "  - h\n", "    i\n",
    "\t", "'",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    /// Reading asserts that both ways agree.
    #[test]
    fn both_ways_agree(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..12)) {
        drop(read((pieces.concat() + "\n").as_bytes(), Foreign::Tagged));
    }
}
