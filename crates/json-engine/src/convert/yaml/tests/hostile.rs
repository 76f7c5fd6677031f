//! Input made to hurt: each ends soon, with the right error, on a small stack.

use super::read;
use crate::convert::build::Keep;
use crate::convert::{Foreign, MAX_KEY_TEXT, Reading};
use crate::{Budget, DuplicateKeys, Error, Limits};

/// The reason that stops reading `source` in a thread with 256 KiB of stack; empty if nothing does.
fn stopped_by(source: String, change: impl FnOnce(&mut Limits)) -> &'static str {
    let mut limits = Limits { max_bytes: 64 << 20, ..Limits::default() };
    change(&mut limits);
    let work = move || {
        let budget = Budget::new(
            std::sync::Arc::new(|| std::time::Duration::ZERO),
            std::time::Duration::from_secs(1),
            256 << 20,
        );
        let duplicate_keys = DuplicateKeys::Report;
        let reading = Reading {
            limits: &limits,
            duplicate_keys,
            foreign: Foreign::Tagged,
            keep: Keep::Spans,
            budget: &budget,
        };
        match super::super::read(source.as_bytes(), &reading) {
            Ok(_) => "",
            Err(Error::Limit { limit, .. }) => limit.reason(),
            Err(Error::Invalid(report)) => report.diagnostics[0].code.as_str(),
            Err(Error::Budget { kind, .. }) => kind.reason(),
            Err(other) => panic!("{other}"),
        }
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(work).unwrap().join().unwrap()
}

fn check(source: String, reason: &str) {
    let shown: String = source.chars().take(40).collect();
    assert_eq!(stopped_by(source, |_| ()), reason, "{shown:?}");
}

#[test]
fn a_million_levels() {
    for unit in ["[", "{a: ", "- ", "? ", "? - ", "[{? ", "- ? ", "[a: "] {
        check(unit.repeat(1_000_000), "DEPTH_LIMIT");
    }
    // A block on the line of an absent key is an error before it is deep.
    check(": ".repeat(1_000_000), "YAML_SYNTAX");
    let indented: String = (0..2_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    check(indented, "DEPTH_LIMIT");
}

#[test]
fn the_deepest_that_is_allowed() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let at = |depth: usize| stopped_by(nested(depth), |limits| limits.max_depth = 512);
    assert_eq!((at(512), at(513)), ("", "DEPTH_LIMIT"));
    // A tag and a list of pairs are levels of their form.
    let tagged = |depth: usize| stopped_by(format!("!x {}", nested(depth)), |limits| limits.max_depth = 4);
    assert_eq!((tagged(3), tagged(4)), ("", "DEPTH_LIMIT"));
    let pairs = |depth: usize| stopped_by(format!("1: {}", nested(depth)), |limits| limits.max_depth = 4);
    assert_eq!((pairs(1), pairs(2)), ("", "DEPTH_LIMIT"));
    // An alias is as deep as what it names.
    let alias = |limit: u32| stopped_by("[&a [[]], [[*a]]]".to_owned(), |limits| limits.max_depth = limit);
    assert_eq!((alias(5), alias(4)), ("", "DEPTH_LIMIT"));
}

#[test]
fn billion_laughs() {
    let line = |n: u8| {
        let (name, before) = (char::from(b'b' + n), char::from(b'a' + n));
        format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(","))
    };
    let laughs = format!("a: &a [lol]\n{}", (0..12).map(line).collect::<String>());
    check(laughs, "NODES_LIMIT");
    let deep: String = (1..600).map(|n| format!("- &a{n} [*a{}]\n", n - 1)).collect();
    check(format!("- &a0 []\n{deep}"), "DEPTH_LIMIT");
}

#[test]
fn long_keys_again_and_again() {
    let long = "k".repeat(1 << 17);
    check(format!("- &k {long}\n{}", "- {*k : 1}\n".repeat(2_000)), "");
    let again =
        |bytes| format!("- &k {}\n{}", "k".repeat(bytes), "- ? [*k]\n  : 1\n".repeat(2_000)).into_bytes();
    assert_eq!(plain_within(&again(1 << 15), 16 << 20).map_err(reason), Err("BUDGET_MEMORY"));
    assert_eq!(plain_within(&again(1 << 17), 16 << 20).map_err(reason), Err("KEY_TEXT_LIMIT"));
}

/// Once a line of `? ? ? ...` ended after seconds, at a text of the longest document that is allowed.
#[test]
fn keys_in_keys_do_not_double_up_to_megabytes() {
    for source in [
        format!("{}a\"", "? ".repeat(40)),
        format!("{}a\"{}", "{? ".repeat(40), "}".repeat(40)),
        format!("{}a: b", "? ".repeat(100)),
    ] {
        // What the texts hold besides is what the readers of documents hold.
        assert_eq!(
            plain_within(source.as_bytes(), 256 << 10).map_err(reason),
            Err("KEY_TEXT_LIMIT"),
            "{source}"
        );
    }
}

#[test]
fn the_longest_text_of_a_key_that_is_no_text() {
    let key = |bytes: u64| format!("? [{}]", "k".repeat(bytes as usize - 4));
    let (longest, one_past) = (key(MAX_KEY_TEXT), key(MAX_KEY_TEXT + 1));
    assert!(plain_within(longest.as_bytes(), 16 << 20).is_ok());
    let stopped = plain_within(one_past.as_bytes(), 16 << 20).unwrap_err();
    assert_eq!(
        stopped.to_string(),
        "the text of a key that is no text has 65537 bytes or more, 65536 are allowed"
    );
}

/// Reads in the plain form with so many bytes of memory.
fn plain_within(source: &[u8], memory: u64) -> Result<(), Error> {
    let limits = Limits { max_bytes: 64 << 20, ..Limits::default() };
    let budget = Budget::new(
        std::sync::Arc::new(|| std::time::Duration::ZERO),
        std::time::Duration::from_secs(1),
        memory,
    );
    let (duplicate_keys, keep, foreign) = (DuplicateKeys::Report, Keep::Nothing, Foreign::Plain);
    let reading = Reading { limits: &limits, duplicate_keys, foreign, keep, budget: &budget };
    super::super::read(source, &reading).map(|_| ())
}

fn reason(error: Error) -> &'static str {
    match error {
        Error::Limit { limit, .. } => limit.reason(),
        Error::Budget { kind, .. } => kind.reason(),
        other => panic!("{other}"),
    }
}

#[test]
fn numbers_without_end() {
    for number in [
        "7".repeat(1_000_000),
        format!("0x{}", "f".repeat(1_000_000)),
        format!("0.{}", "1".repeat(1_000_000)),
    ] {
        check(number, "NUMBER_DIGITS_LIMIT");
    }
    check("1e999999999".to_owned(), "");
    check(format!("a{}", "7".repeat(1_000_000)), "");
}

#[test]
fn very_many_of_anything() {
    for (text, reason) in [
        ("# c\n".repeat(200_000), ""),
        (format!("- a\n{}- b", "# c\n".repeat(200_000)), ""),
        ("---\n".repeat(200_000), ""),
        ("\n".repeat(200_000), ""),
        ("\t".repeat(200_000), ""),
        ("'".repeat(200_001), "YAML_SYNTAX"),
        (format!("\"{}", "\\n".repeat(200_000)), "YAML_SYNTAX"),
        ("!".repeat(200_000), "YAML_SYNTAX"),
        ("&a ".repeat(200_000), "YAML_SYNTAX"),
        ("a:".repeat(200_000), "YAML_SYNTAX"),
        ("%".repeat(200_000), "YAML_SYNTAX"),
        (format!("[{}", "a,".repeat(200_000)), "YAML_SYNTAX"),
        (format!("[{}", "{},".repeat(200_000)), "YAML_SYNTAX"),
        (format!("|\n{}", " \n".repeat(200_000)), ""),
        (format!("|\n a{}", "\n".repeat(200_000)), ""),
        (format!("a{}", "\n b".repeat(200_000)), ""),
        ((0..50_000).map(|n| format!("- &a{n} x\n- *a{n}\n")).collect(), ""),
        ((0..100_000).map(|n| format!("k{n}: 0\n")).collect(), ""),
        ("k: 0\n".repeat(100_000), ""),
    ] {
        check(text, reason);
    }
}

#[test]
fn nodes_are_counted_over_the_whole_stream() {
    let documents = |limit: u64| stopped_by("---\n".repeat(1_000), |limits| limits.max_nodes = limit);
    assert_eq!((documents(1_000), documents(999)), ("", "NODES_LIMIT"));
}

#[test]
fn any_cut_and_any_byte_ends_without_a_panic() {
    let source = "%YAML 1.2\n--- !x &a\n? [é, 'b', \"\\u00e9\"]\n: - |+\n   t\n\n  - >-\n   u\n  - {k: *a, ? 1}\n# c\n...\n---\n!!binary aGk=";
    for end in 0..source.len() {
        let _ = read(&source.as_bytes()[..end], Foreign::Tagged);
        for byte in [0, b'\t', b'\n', b'-', b'*', b'[', b'"', 0x80, 0xff] {
            let mut changed = source.as_bytes().to_vec();
            changed[end] = byte;
            let _ = read(&changed, Foreign::Plain);
        }
    }
    for pair in 0..=u16::MAX {
        let _ = read(&pair.to_be_bytes(), Foreign::Plain);
    }
}

/// Once each loss had the whole key in its pointer: a hundred times four megabytes.
#[test]
fn a_long_key_above_many_losses_is_not_kept_with_each() {
    let key = "k".repeat(1 << 20);
    let read = read(format!("? {key}\n: [!a 1, !a 2]\n").as_bytes(), Foreign::Plain).unwrap();
    let document = super::document(&format!(r#"{{"{key}":[{{"$undefined":true}}]}}"#));
    let (_, written) = super::write_all(&document, Foreign::Tagged);
    let pointers: Vec<usize> = [&read.losses, &written]
        .iter()
        .flat_map(|losses| losses.kept())
        .map(|one| one.pointer.len())
        .collect();
    assert_eq!(pointers, [(16 << 10) + '…'.len_utf8(); 3]);
}
