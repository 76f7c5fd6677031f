//! Patches, merges and comparisons: what they say is what happens.

use json_engine::patch::{
    Arrays, DiffOptions, DiffOutput, Diffed, ThreeWayOptions, diff, merge, patch, three_way,
};
use json_engine::{DuplicateKeys, Error, ScanOptions, validate};

use super::{Seen, budget, is_bound, is_same, parts, shown};

/// A document and a JSON Patch.
pub(crate) fn fuzz_patch(data: &[u8]) -> Seen {
    let [document, changes] = parts(data);
    let mut seen = Seen::default();
    match patch(document, changes, &ScanOptions::default(), &budget()) {
        Ok(patched) => {
            seen.report("patched", &patched.report);
            seen.note(("operations", patched.operations));
            is_json(&patched.text);
            // The way back is another patch.
            check_diff(document, &patched.text, &Arrays::Lcs, &mut seen);
        }
        Err(error) => seen.error("patch", &error),
    }
    seen
}

/// A document and a merge patch; merged twice is merged once.
pub(crate) fn fuzz_merge(data: &[u8]) -> Seen {
    let [document, changes] = parts(data);
    let mut seen = Seen::default();
    match merge(document, changes, &ScanOptions::default(), &budget()) {
        Ok(merged) => {
            seen.report("merged", &merged.report);
            is_json(&merged.text);
            let again = merge(&merged.text, changes, &ScanOptions::default(), &budget());
            let again = again.expect("its parts were merged once").text;
            assert!(is_same(&merged.text, &again), "{} by {}", shown(document), shown(changes));
            check_merge_diff(document, &merged.text, &mut seen);
        }
        Err(error) => seen.error("merge", &error),
    }
    seen
}

/// Two documents.
pub(crate) fn fuzz_diff(data: &[u8]) -> Seen {
    let [from, to] = parts(data);
    let mut seen = Seen::default();
    for arrays in all_arrays() {
        check_diff(from, to, &arrays, &mut seen);
    }
    check_merge_diff(from, to, &mut seen);
    seen
}

/// A document and what two made of it. A side that changed nothing gives the other, and without conflicts the sides may
/// change places but for the order of what both added.
pub(crate) fn fuzz_three_way(data: &[u8]) -> Seen {
    let [base, ours, theirs] = parts(data);
    let mut seen = Seen::default();
    for arrays in all_arrays() {
        let how = ThreeWayOptions { arrays };
        let run = |base: &[u8], ours: &[u8], theirs: &[u8]| {
            three_way(base, ours, theirs, &how, &ScanOptions::default(), &budget())
        };
        match run(base, ours, theirs) {
            Ok(merged) => {
                seen.note(("merged", merged.conflicts.len().min(4)));
                for conflict in &merged.conflicts {
                    seen.note(format!("{:?}", conflict.kind));
                }
                is_json(&merged.text);
            }
            Err(error) => {
                seen.error("three_way", &error);
                return seen;
            }
        }
        for (ours, theirs, expected) in [(ours, base, ours), (base, theirs, theirs), (ours, ours, ours)] {
            let merged = run(base, ours, theirs).expect("its parts were merged already");
            let texts = (shown(base), shown(ours), shown(theirs), shown(&merged.text));
            assert!(merged.conflicts.is_empty(), "{how:?} {texts:?}");
            assert!(is_same(&merged.text, expected), "{how:?} {texts:?}");
        }
    }
    seen
}

fn all_arrays() -> [Arrays; 3] {
    [Arrays::Lcs, Arrays::Keyed(vec!["id".to_owned(), "name".to_owned()]), Arrays::Position]
}

fn compare(from: &[u8], to: &[u8], output: DiffOutput, arrays: &Arrays) -> Result<Diffed, Error> {
    let how = DiffOptions { output, arrays: arrays.clone() };
    diff(from, to, &how, &ScanOptions::default(), &budget())
}

/// The patch that a comparison gives makes the second of the first.
fn check_diff(from: &[u8], to: &[u8], arrays: &Arrays, seen: &mut Seen) {
    let found = match compare(from, to, DiffOutput::Patch, arrays) {
        Ok(found) => found,
        Err(error) => return seen.error("diff", &error),
    };
    seen.note(("changes", found.changes.min(6), found.coarse.is_empty()));
    match patch(from, &found.text, &ScanOptions::default(), &budget()) {
        Ok(patched) => {
            let texts = (shown(from), shown(to), shown(&found.text), shown(&patched.text));
            assert!(is_same(&patched.text, to), "{arrays:?} {texts:?}");
        }
        Err(error) => {
            assert!(is_bound(&error), "{error}: {} by {}", shown(from), shown(&found.text));
        }
    }
    let lines = compare(from, to, DiffOutput::Text, arrays);
    assert!(lines.is_ok_and(|lines| lines.changes == found.changes), "{} {}", shown(from), shown(to));
}

fn check_merge_diff(from: &[u8], to: &[u8], seen: &mut Seen) {
    let found = match compare(from, to, DiffOutput::MergePatch, &Arrays::Lcs) {
        Ok(found) => found,
        Err(error) => return seen.error("merge diff", &error),
    };
    match merge(from, &found.text, &ScanOptions::default(), &budget()) {
        Ok(merged) => {
            let texts = (shown(from), shown(to), shown(&found.text), shown(&merged.text));
            assert!(is_same(&merged.text, to), "{texts:?}");
        }
        Err(error) => assert!(is_bound(&error), "{error}"),
    }
}

/// What was made has no key twice.
fn is_json(text: &[u8]) {
    let options = ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..ScanOptions::default() };
    match validate(text, &options) {
        Ok(report) => assert!(report.is_valid(), "{}", shown(text)),
        Err(error) => assert!(is_bound(&error), "{error}"),
    }
}
