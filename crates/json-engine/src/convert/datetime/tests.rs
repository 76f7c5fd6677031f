use std::str::FromStr as _;

use proptest::prelude::*;
use toml_datetime::Datetime;

use super::{instant, spelled};

/// The examples of <https://yaml.org/type/timestamp.html>, of RFC 3339 section 5.8 and of TOML 1.1, and what lies between.
const TABLE: &[(&str, &str)] = &[
    ("2001-12-15T02:59:43.1Z", "2001-12-15T02:59:43.1Z"),
    ("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.10-05:00"),
    ("2001-12-14 21:59:43.10 -5", "2001-12-14T21:59:43.10-05:00"),
    ("2001-12-15 2:59:43.10", "2001-12-15T02:59:43.10"),
    ("2002-12-14", "2002-12-14"),
    ("2001-1-2 \t3:04:05.\t \t+5:30", "2001-01-02T03:04:05+05:30"),
    ("2001-12-14 21:59:43 Z", "2001-12-14T21:59:43Z"),
    ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z"),
    ("1996-12-19T16:39:57-08:00", "1996-12-19T16:39:57-08:00"),
    ("1990-12-31t23:59:60z", "1990-12-31T23:59:60Z"),
    ("1937-01-01T12:00:27.87+00:20", "1937-01-01T12:00:27.87+00:20"),
    ("1979-05-27 07:32z", "1979-05-27T07:32:00Z"),
    ("9979-05-27T07:00", "9979-05-27T07:00:00"),
    ("07:32", "07:32:00"),
    ("07:32:00.999999", "07:32:00.999999"),
    ("0000-02-29T00:00-00:00", "0000-02-29T00:00:00-00:00"),
];

#[test]
fn one_spelling() {
    for (text, expected) in TABLE {
        assert_eq!(spelled(text), *expected, "{text}");
        assert_eq!(spelled(expected), *expected, "{text}, spelled twice");
        assert!(Datetime::from_str(expected).is_ok(), "{expected}: TOML has no such date or time");
        let has_offset = expected.len() > 10 && expected[10..].contains(['Z', '+', '-']);
        assert_eq!(instant(expected).is_some(), has_offset, "{expected}");
    }
}

#[test]
fn what_is_no_date_or_time_stays() {
    for text in [
        "",
        "soon",
        "2001",
        "2001-1-2",
        "201-01-02 03:04:05",
        "02001-01-02 03:04:05",
        "2001-001-02 03:04:05",
        "2001-02-29T03:04:05",
        "2001-13-01T03:04:05",
        "2001-00-01T03:04:05",
        "2001-01-02T",
        "2001-01-02  ",
        "2001-01-02T3",
        "2001-01-02T24:00:00",
        "2001-01-02T03:60:00",
        "2001-01-02T03:04:61",
        "2001-01-02T03:4:05",
        "2001-01-02T03:04:05 ",
        "2001-01-02T03:04:05+",
        "2001-01-02T03:04:05+24",
        "2001-01-02T03:04:05+01:60",
        "2001-01-02T03:04:05+0100",
        "2001-01-02T03:04:05ZZ",
        "2001-01-02_03:04:05Z",
        "7:32",
        "07:32Z",
        "07:32:00 ",
        "0７:32",
    ] {
        assert_eq!(spelled(text), text);
    }
}

/// Nearly a date, a time or both, in all the ways to spell them.
fn nearly_one() -> impl Strategy<Value = String> {
    let date = "[0-9]{3,4}-[01]?[0-9]-[0-3]?[0-9]";
    let time = "[0-2]?[0-9]:[0-5][0-9](:[0-6][0-9])?(\\.[0-9]{0,3})?";
    let offset = "([ \t]?[-+Zz]([0-2]?[0-9](:[0-6][0-9])?)?)?";
    let both = format!("{date}([Tt]|[ \\t]{{1,2}}){time}{offset}");
    let matching = |pattern: &str| proptest::string::string_regex(pattern).unwrap();
    prop_oneof![1 => matching(date), 1 => matching(time), 4 => matching(&both)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    /// Every date and time of TOML is known, and is the same with its seconds.
    #[test]
    fn spelled_once_is_spelled_for_good(text in nearly_one()) {
        let once = spelled(&text).into_owned();
        prop_assert_eq!(spelled(&once), once.as_str());
        if let Ok(mut expected) = Datetime::from_str(&text) {
            expected.time.iter_mut().for_each(|time| time.second = time.second.or(Some(0)));
            prop_assert_eq!(Datetime::from_str(&once).ok(), Some(expected));
            let is_instant = expected.date.is_some() && expected.offset.is_some();
            prop_assert_eq!(instant(&once).is_some(), is_instant, "{}", once);
        }
    }
}
