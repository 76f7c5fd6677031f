//! The I-JSON report, RFC 7493.

use json_engine::{Limits, Profile, ScanOptions, validate};
use proptest::prelude::*;

/// Codes and places of the warnings; the verdict is that of JSON.
fn check(text: &str, expected: &[(&str, u64, &str)]) {
    let options = ScanOptions { profile: Profile::IJson, ..ScanOptions::default() };
    let report = validate(text.as_bytes(), &options).unwrap();
    let found: Vec<_> = report
        .diagnostics
        .iter()
        .map(|found| (found.code.as_str(), found.start.byte_offset, found.start.json_pointer.as_str()))
        .collect();
    assert_eq!(found, expected, "{text}");
    assert!(report.is_valid(), "{text}");
    let plain = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
    assert!(
        plain
            .diagnostics
            .iter()
            .all(|found| !["NUMBER_UNSAFE", "NONCHARACTER"].contains(&found.code.as_str()))
    );
    assert_eq!(plain.stats, report.stats, "{text}");
}

#[test]
fn numbers() {
    check("[9007199254740991,-9007199254740991,0.1,1e22,-0,0e999]", &[]);
    check(
        r#"{"a":9007199254740992,"b":[-9007199254740993,1e309]}"#,
        &[("NUMBER_UNSAFE", 5, "/a"), ("NUMBER_UNSAFE", 27, "/b/0"), ("NUMBER_UNSAFE", 45, "/b/1")],
    );
    check("0.1000000000000000055", &[("NUMBER_UNSAFE", 0, "")]);
    check("0.1000000000000000055511151231257827021181583404541015625", &[]);
    check("1e-400", &[("NUMBER_UNSAFE", 0, "")]);
}

#[test]
fn noncharacters_surrogates_and_duplicates() {
    check(
        "[\"\u{fdd0}a\u{ffff}\", \"\u{1fffe}\u{10ffff}\", \"é😀\u{fffd}\"]",
        &[
            ("NONCHARACTER", 2, "/0"),
            ("NONCHARACTER", 6, "/0"),
            ("NONCHARACTER", 13, "/1"),
            ("NONCHARACTER", 17, "/1"),
        ],
    );
    check(
        r#"["\ufdef\ud83f\udfff\ud83f\\"]"#,
        &[("NONCHARACTER", 2, "/0"), ("NONCHARACTER", 8, "/0"), ("LONE_SURROGATE", 20, "/0")],
    );
    check(r#"{"a":1,"\ufffe":2,"a":3}"#, &[("NONCHARACTER", 8, ""), ("DUPLICATE_KEY", 18, "/a")]);
}

/// Each literal costs its length only, whatever its exponent.
#[test]
fn numbers_made_to_hurt() {
    let options = ScanOptions { profile: Profile::IJson, ..ScanOptions::default() };
    let long = format!("0.{}1", "0".repeat(900));
    for literal in ["1234567890123456789e290", "1e999999999", "4.9e-324", "1234567890123456e-300", &long] {
        let count = 3_000_000 / literal.len();
        let text = format!("[{}0]", format!("{literal},").repeat(count));
        let report = validate(text.as_bytes(), &options).unwrap();
        assert_eq!(
            report.diagnostics_total,
            if literal.contains("e-300") { 0 } else { count as u64 },
            "{literal:.30}"
        );
    }
}

fn is_safe(literal: &str) -> bool {
    let limits = Limits { max_number_digits: 2_000, ..Limits::default() };
    let options = ScanOptions { profile: Profile::IJson, limits, ..ScanOptions::default() };
    validate(literal.as_bytes(), &options).unwrap().diagnostics.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    /// A double is safe in its shortest form and in all its digits, and no longer with another last digit.
    #[test]
    fn what_a_double_is_written_as_is_safe(bits in any::<u64>()) {
        let double = f64::from_bits(bits);
        prop_assume!(double.is_finite());
        // Of two shortest forms that are as near ECMAScript has the even one; the standard library may write the other.
        let mut buffer = zmij::Buffer::new();
        let shortest = buffer.format_finite(double);
        prop_assert!(is_safe(shortest), "{}", shortest);
        // No double has more than 767 digits.
        let all = format!("{double:.800e}");
        prop_assert!(is_safe(&all), "{}", all);
        let (digits, power) = all.split_once('e').unwrap();
        let digits = digits.trim_end_matches('0');
        let last = digits.as_bytes()[digits.len() - 1];
        if digits.len() > 20 {
            let other = if last == b'9' { '8' } else { char::from(last + 1) };
            let changed = format!("{}{other}e{power}", &digits[..digits.len() - 1]);
            prop_assert!(!is_safe(&changed), "{}", changed);
        }
    }
}
