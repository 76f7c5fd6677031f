//! nst/JSONTestSuite: what must be accepted, what must be rejected, and what we decided.

use std::collections::BTreeMap;

use json_engine::{Error, ScanOptions, Style, format, validate};

use crate::shared::{files, suite};

/// `Ok(true)` valid, `Ok(false)` invalid, `Err(reason)` a limit.
fn verdict(text: &[u8]) -> Result<bool, &'static str> {
    match validate(text, &ScanOptions::default()) {
        Ok(report) => Ok(report.is_valid()),
        Err(Error::Limit { limit, .. }) => Err(limit.reason()),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn every_y_is_accepted_and_every_n_rejected() {
    let Some(folder) = suite("jsontestsuite/test_parsing") else { return };
    let (mut accepted, mut rejected) = (0, 0);
    for (name, text) in files(folder) {
        match &name[..2] {
            "y_" => {
                assert_eq!(verdict(&text), Ok(true), "{name}");
                accepted += 1;
            }
            "n_" => {
                assert_ne!(verdict(&text), Ok(true), "{name}");
                rejected += 1;
            }
            _ => {}
        }
    }
    assert_eq!((accepted, rejected), (95, 188));
}

#[test]
fn all_operations_agree_with_the_verdict() {
    let Some(folder) = suite("jsontestsuite/test_parsing") else { return };
    for (name, text) in files(folder) {
        let valid = verdict(&text) == Ok(true);
        assert_eq!(format(&text, &Style::Minify.into(), &ScanOptions::default()).is_ok(), valid, "{name}");
        let root = json_engine::pointer::Pointer::parse("").unwrap();
        assert_eq!(
            json_engine::pointer::locate(&text, &root, &ScanOptions::default()).is_ok(),
            valid,
            "{name}"
        );
    }
}

/// docs/json-verdict.md is the decision; this compares it with what happens.
#[test]
fn the_documented_decisions_hold() {
    let page = include_str!("../../../../docs/json-verdict.md");
    let documented: BTreeMap<&str, &str> = page
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
            Some((cells.next()?.trim_end_matches('`'), cells.next()?))
        })
        .collect();
    for folder in ["jsontestsuite/test_parsing", "jsontestsuite/test_transform"] {
        let Some(path) = suite(folder) else { return };
        let open_to_choice = |name: &str| folder.ends_with("transform") || name.starts_with("i_");
        for (name, text) in files(path).into_iter().filter(|(name, _)| open_to_choice(name)) {
            let happened = match validate(&text, &ScanOptions::default()) {
                Ok(report) if !report.is_valid() => {
                    format!("rejected {}", report.diagnostics.last().unwrap().code.as_str())
                }
                Ok(report) if report.diagnostics.is_empty() => "accepted".to_owned(),
                Ok(report) => format!("accepted, warning {}", report.diagnostics[0].code.as_str()),
                Err(Error::Limit { limit, .. }) => format!("refused {}", limit.reason()),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(documented.get(name.as_str()), Some(&happened.as_str()), "{name}");
        }
    }
}
