//! Every limit, at it and one past it; and input made to hurt.

use json_engine::query::{Language, MAX_PROGRAM_BYTES, Query};
use json_engine::{DuplicateKeys, Error, Indent, Limits, ScanOptions, Style, format, validate};

fn with(change: impl FnOnce(&mut Limits)) -> ScanOptions {
    let mut options = ScanOptions::default();
    change(&mut options.limits);
    options
}

/// At the limit it is valid; one past it the limit is named with what is allowed and what was there.
fn check(options: &ScanOptions, at: &str, past: &str, reason: &str, allowed: u64) {
    assert!(validate(at.as_bytes(), options).unwrap().is_valid(), "{reason}: {at:.40}");
    match validate(past.as_bytes(), options) {
        Err(Error::Limit { limit, allowed: said, actual, .. }) => {
            assert_eq!((limit.reason(), said, actual), (reason, allowed, allowed + 1));
        }
        other => panic!("{reason}: {other:?}"),
    }
}

#[test]
fn each_limit() {
    check(&with(|l| l.max_bytes = 5), "[1,2]", "[1,22]", "INPUT_BYTES_LIMIT", 5);
    check(&with(|l| l.max_depth = 3), "[[[]]]", r#"[[{"a":[]}]]"#, "DEPTH_LIMIT", 3);
    check(&with(|l| l.max_nodes = 4), "[1,2,3]", "[1,2,[3]]", "NODES_LIMIT", 4);
    check(&with(|l| l.max_number_digits = 4), "-12.3e4", "-12.3e45", "NUMBER_DIGITS_LIMIT", 4);
    let deep = "[".repeat(513) + &"]".repeat(513);
    check(&with(|l| l.max_depth = u32::MAX), &deep[1..1025], &deep, "DEPTH_LIMIT", 512);
}

#[test]
fn the_output_is_limited() {
    let options = with(|l| l.max_output_bytes = 100);
    let text = "[".repeat(50) + &"]".repeat(50);
    assert_eq!(format(text.as_bytes(), &Style::Minify.into(), &options).unwrap().text.len(), 100);
    let pretty = format(b"[[[[[1]]]]]", &Style::Pretty(Indent::new(16).unwrap()).into(), &options);
    assert!(
        matches!(pretty, Err(Error::Limit { limit, .. }) if limit.reason() == "OUTPUT_TOO_LARGE"),
        "{pretty:?}"
    );
}

#[test]
fn programs_and_indents_are_limited() {
    let program = |length: usize| format!("/{}", "a".repeat(length - 1));
    assert!(Query::compile(Language::Pointer, &program(MAX_PROGRAM_BYTES)).is_ok());
    let long = Query::compile(Language::Pointer, &program(MAX_PROGRAM_BYTES + 1));
    assert!(matches!(long, Err(Error::Limit { limit, .. }) if limit.reason() == "QUERY_BYTES_LIMIT"));
    assert!(Indent::new(16).is_ok());
    assert!(matches!(Indent::new(17), Err(Error::Option { name: "indent", .. })));
}

#[test]
fn a_million_brackets() {
    for unit in ["[", "{\"a\":", "[{\"\":"] {
        let text = unit.repeat(1_000_000 / unit.len());
        let outcome = validate(text.as_bytes(), &ScanOptions::default());
        assert!(
            matches!(outcome, Err(Error::Limit { limit, allowed: 128, .. }) if limit.reason() == "DEPTH_LIMIT")
        );
    }
}

#[test]
fn half_a_million_keys() {
    let options = with(|l| l.max_bytes = 64 << 20);
    let distinct: String = (0..500_000).map(|n| format!("\"{n}\":0,")).collect();
    let report = validate(format!("{{{}\"x\":0}}", distinct).as_bytes(), &options).unwrap();
    assert_eq!((report.is_valid(), report.diagnostics_total), (true, 0));
    let equal = format!("{{{}\"k\":0}}", "\"k\":0,".repeat(500_000));
    let report = validate(equal.as_bytes(), &options).unwrap();
    assert_eq!((report.diagnostics.len(), report.diagnostics_total), (100, 500_000));
}

#[test]
fn keys_are_compared_decoded_in_small_and_large_objects() {
    for filler in [0, 40, 60, 2_000] {
        let members: String = (0..filler).map(|n| format!("\"f{n}\":0,")).collect();
        let text = format!(r#"{{"a":1,{members}"\u0061":2,"b":3}}"#);
        let report = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
        assert_eq!((report.is_valid(), report.diagnostics_total), (true, 1), "{filler}");
        assert_eq!(report.diagnostics[0].code.as_str(), "DUPLICATE_KEY");
        let reject = ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..ScanOptions::default() };
        assert!(!validate(text.as_bytes(), &reject).unwrap().is_valid());
    }
}

#[test]
fn a_repeated_key_decides_the_verdict_behind_any_number_of_warnings() {
    let reject =
        |most| ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..with(|l| l.max_diagnostics = most) };
    let text = format!(r#"[{}{{"k":0,"k":1}}]"#, r#""\ud800","#.repeat(500));
    for most in [0, 1, 100, 1_000] {
        let report = validate(text.as_bytes(), &reject(most)).unwrap();
        assert!(!report.is_valid(), "{most}");
        assert_eq!((report.diagnostics.len(), report.diagnostics_total), (most.clamp(1, 501) as usize, 501));
        assert!(format(text.as_bytes(), &Style::Minify.into(), &reject(most)).is_err(), "{most}");
    }
}

/// Keys are compared when their object ends, innermost first; findings come in the order of the text all the same.
#[test]
fn the_first_findings_of_the_text_are_kept() {
    let inner = |n: usize| format!(r#""o{n}":{{"x":0,"x":1}},"#);
    let members: String = (0..300).map(inner).collect();
    let text = format!(r#"{{"a":0,"a":1,{members}"b":0,"b":"#);
    let report = validate(text.as_bytes(), &with(|l| l.max_diagnostics = 10)).unwrap();
    let at: Vec<u64> = report.diagnostics.iter().map(|found| found.start.byte_offset).collect();
    assert!(at.is_sorted() && at[0] == 7, "{at:?}");
    assert_eq!(report.diagnostics_total, 303);
    assert_eq!((report.diagnostics.len(), report.diagnostics[9].code.as_str()), (10, "UNEXPECTED_END"));
    assert_eq!(report.diagnostics[1].start.json_pointer, "/o0/x");
}

#[test]
fn long_lines_and_long_keys_cost_no_more_than_short_ones() {
    let key = "k".repeat(1 << 20);
    let text = format!(r#"{{"{key}":{{{}"y":0}}}}"#, "\"x\":0,".repeat(1_000));
    let report = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
    assert_eq!((report.diagnostics.len(), report.diagnostics_total), (100, 999));
    let longest = report.diagnostics.iter().map(|found| found.start.json_pointer.len()).max();
    assert!(longest <= Some((16 << 10) + 3), "{longest:?}");
    assert!(report.diagnostics.iter().all(|found| found.snippet.len() < 200));
}

#[test]
fn a_number_of_a_hundred_thousand_digits() {
    let outcome = validate("7".repeat(100_000).as_bytes(), &ScanOptions::default());
    let Err(Error::Limit { limit, allowed: 1_000, actual: 100_000, position }) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((limit.reason(), position.unwrap().column), ("NUMBER_DIGITS_LIMIT", 1));
}

#[test]
fn every_text_of_one_byte() {
    for byte in 0..=u8::MAX {
        let report = validate(&[byte], &ScanOptions::default()).unwrap();
        assert_eq!(report.is_valid(), byte.is_ascii_digit(), "{byte}");
        assert_eq!(report.diagnostics.is_empty(), report.is_valid(), "{byte}");
    }
}

#[test]
fn an_error_is_kept_among_many_warnings() {
    let text = format!("{{{}\"k\":}}", "\"k\":0,".repeat(500));
    let report = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
    assert!(!report.is_valid());
    assert_eq!((report.diagnostics.len(), report.diagnostics_total), (100, 501));
}
