//! Inputs that want a stack, memory or time that is not theirs.

use super::{json, read};
use crate::convert::Foreign;
use crate::convert::build::Keep;
use crate::{BudgetKind, Error, LimitKind};

fn check_limit(toml: String, expected: LimitKind) {
    let outcome = read(toml.as_bytes());
    let Err(Error::Limit { limit, .. }) = outcome else {
        panic!("{:?}: {:?}", &toml[..20], outcome.map(|document| json(&document).len()))
    };
    assert_eq!(limit, expected);
}

#[test]
fn depth_ends_at_the_limit() {
    check_limit(format!("a = {}", "[".repeat(1_000_000)), LimitKind::Depth);
    check_limit(format!("a = {}", "{a=".repeat(100_000)), LimitKind::Depth);
    check_limit(format!("{}a = 1", "a.".repeat(100_000)), LimitKind::Depth);
    check_limit(format!("[{}a]", "a.".repeat(100_000)), LimitKind::Depth);
    check_limit(format!("[[{}a]]", "a.".repeat(100_000)), LimitKind::Depth);
    check_limit(format!("{}{}a = 1", "[[x]]\n[x.y]\n".repeat(9), "'a' . ".repeat(129)), LimitKind::Depth);
}

#[test]
fn long_numbers_end_at_the_limit() {
    let digits = "1".repeat(1_000_000);
    for number in [digits.clone(), format!("1.{digits}"), format!("1e{digits}"), format!("-{digits}")] {
        check_limit(format!("a = {number}"), LimitKind::NumberDigits);
    }
    for radix in ["0x", "0o", "0b"] {
        check_limit(format!("a = {radix}{digits}"), LimitKind::NumberDigits);
    }
    let document = read(b"a = 1e999999999").unwrap();
    assert_eq!(json(&document), r#"{"a":1e999999999}"#);
}

#[test]
fn many_values_end_at_the_limit() {
    check_limit(format!("a = [{}]", "1,".repeat(1_000_001)), LimitKind::Nodes);
    check_limit("[[a]]\n".repeat(10) + "c = [" + &"[],".repeat(1_000_000), LimitKind::Nodes);
}

#[test]
fn many_headers_and_keys_cost_their_length() {
    let document = read("[[a]]\n".repeat(100_000).as_bytes()).unwrap();
    assert_eq!(json(&document).len(), r#"{"a":[]}"#.len() + 100_000 * 3 - 1);
    let keys: String = (0..100_000).map(|key| format!("a.b.k{key} = 1\n")).collect();
    assert!(read(keys.as_bytes()).is_ok());
    let headers: String = (0..100_000).map(|key| format!("[a.b.c.k{key}]\n")).collect();
    assert!(read(headers.as_bytes()).is_ok());
}

#[test]
fn memory_is_charged() {
    let limits = crate::Limits::default();
    let budget = crate::Budget::new(
        std::sync::Arc::new(|| std::time::Duration::ZERO),
        std::time::Duration::from_secs(1),
        1 << 10,
    );
    let reading = crate::convert::Reading {
        limits: &limits,
        duplicate_keys: crate::DuplicateKeys::Report,
        foreign: crate::convert::Foreign::Plain,
        keep: crate::convert::build::Keep::Nothing,
        budget: &budget,
    };
    let outcome = super::super::read(
        "a = [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]".as_bytes(),
        super::super::Version::V1_1,
        &reading,
    );
    assert!(matches!(outcome, Err(Error::Budget { kind: BudgetKind::Memory, .. })));
}

#[test]
fn a_text_that_ends_anywhere_is_an_error_or_a_document() {
    let text = "\u{feff}# é\na.'b'.\"c\" = [1, 0x1f, 1.5e3, {x = '''\n'''}, \"\"\"\\u00e9\\\n \"\"\"]\n[[d]]\ne = 1979-05-27 07:32:00Z\n[d.f]\ng = {h = true, i.j = -inf}\n";
    for end in 0..=text.len() {
        let _ = read(&text.as_bytes()[..end]);
    }
    assert!(read(text.as_bytes()).is_ok());
}

/// Once each loss had the whole key in its pointer.
#[test]
fn a_long_key_above_many_losses_is_not_kept_with_each() {
    let key = "k".repeat(1 << 20);
    let source = format!("{key} = [inf, 1979-05-27]\n");
    let (_, read) = super::read_as(source.as_bytes(), Foreign::Plain, Keep::Nothing).unwrap();
    let document = super::document(&format!(r#"{{"{}":[null]}}"#, &key[..1 << 19]));
    let (_, written) = super::write(&document, Foreign::Plain).unwrap();
    let cut = (16 << 10) + '…'.len_utf8();
    assert_eq!(read.kept().iter().map(|one| one.pointer.len()).collect::<Vec<_>>(), [cut, cut]);
    assert_eq!(written.iter().map(|one| one.len()).collect::<Vec<_>>(), ["NULL_DROPPED ".len() + cut]);
}
