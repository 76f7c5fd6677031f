//! JSON: one verdict in every operation, and what is written is read as the same.

use json_engine::convert::Format;
use json_engine::pointer::{Pointer, locate};
use json_engine::{
    DuplicateKeys, Error, FormatOptions, Indent, KeyOrder, Numbers, Profile, Report, ScanOptions, Severity,
    Style, format, validate,
};

use super::convert::{self, from_to};
use super::{Seen, is_bound, is_same, shown};

/// All that reads JSON.
pub(crate) fn fuzz_json(data: &[u8]) -> Seen {
    let mut seen = Seen::default();
    let report = match validate(data, &ScanOptions::default()) {
        Ok(report) => report,
        Err(error) => {
            assert!(is_bound(&error), "{error}");
            seen.error("validate", &error);
            return seen;
        }
    };
    seen.report("validate", &report);
    check_places(data, &report);
    let by_serde = serde_json::from_slice::<serde::de::IgnoredAny>(data).is_ok();
    let is_text = std::str::from_utf8(data).is_ok();
    assert_eq!(report.is_valid(), by_serde && is_text, "the verdict of another reader on {}", shown(data));
    check_profiles(data, &report);
    check_fixes(data, &report);
    check_formats(data, &report, &mut seen);
    check_pointers(data, &report);
    convert::check(data, Format::Json, &mut seen);
    seen
}

fn check_places(data: &[u8], report: &Report) {
    let length = data.len() as u64;
    for found in &report.diagnostics {
        let (start, end) = (&found.start, &found.end);
        assert!(start.byte_offset <= end.byte_offset && end.byte_offset <= length, "{found:?}");
        assert!((start.line, start.column) <= (end.line, end.column) && start.line > 0, "{found:?}");
        if let Some(fix) = &found.fix {
            assert!(fix.start <= fix.end && fix.end <= length, "{found:?}");
        }
    }
}

fn check_profiles(data: &[u8], report: &Report) {
    for duplicate_keys in
        [DuplicateKeys::Report, DuplicateKeys::First, DuplicateKeys::Last, DuplicateKeys::Reject]
    {
        let options = ScanOptions { duplicate_keys, profile: Profile::IJson, ..ScanOptions::default() };
        let other = validate(data, &options).expect("no limit differs");
        if duplicate_keys == DuplicateKeys::Reject {
            assert!(report.is_valid() || !other.is_valid(), "{}", shown(data));
        } else {
            assert_eq!(report.is_valid(), other.is_valid(), "{duplicate_keys:?} {}", shown(data));
        }
    }
}

/// With all fixes made only the error without one, if any, is left.
fn check_fixes(data: &[u8], report: &Report) {
    let errors = || report.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    let is_whole = report.diagnostics.len() as u64 == report.diagnostics_total;
    let is_mended = is_whole && errors().all(|found| found.fix.is_some());
    if report.is_valid() || !is_mended {
        return;
    }
    let mut mended = data.to_vec();
    for fix in report.diagnostics.iter().rev().filter_map(|found| found.fix.as_ref()) {
        mended.splice(fix.start as usize..fix.end as usize, fix.replacement.bytes());
    }
    match validate(&mended, &ScanOptions::default()) {
        Ok(again) => assert!(again.is_valid(), "mended {} to {}", shown(data), shown(&mended)),
        Err(error) => assert!(is_bound(&error), "{error}"),
    }
}

/// Formats; a text that is not valid has no form, one that is has each but the canonical.
fn written(data: &[u8], how: &FormatOptions, report: &Report, seen: &mut Seen) -> Option<Vec<u8>> {
    match format(data, how, &ScanOptions::default()) {
        Ok(formatted) => {
            assert!(report.is_valid(), "{how:?} of {}", shown(data));
            let again = validate(&formatted.text, &ScanOptions::default()).expect("it was within limits");
            assert!(again.is_valid(), "{how:?} of {} is {}", shown(data), shown(&formatted.text));
            seen.report("format", &formatted.report);
            Some(formatted.text)
        }
        Err(Error::Invalid(refused)) => {
            seen.report("refused", &refused);
            let may_refuse = how.numbers != Numbers::Exact || how.style == Style::Canonical;
            assert!(may_refuse || *refused == *report, "{how:?} of {}: {refused:?}", shown(data));
            None
        }
        Err(error) => {
            assert!(is_bound(&error), "{how:?} {error}");
            None
        }
    }
}

fn check_formats(data: &[u8], report: &Report, seen: &mut Seen) {
    let pretty = Style::Pretty(Indent::default());
    let minified = written(data, &Style::Minify.into(), report, seen);
    let prettied = written(data, &pretty.into(), report, seen);
    if let (Some(minified), Some(prettied)) = (&minified, &prettied) {
        let again = written(prettied, &Style::Minify.into(), report, seen);
        assert_eq!(again.as_ref(), Some(minified), "minify(pretty(x)) of {}", shown(data));
    }
    let sorted = KeyOrder::Sorted;
    for how in [
        FormatOptions { key_order: sorted, ..Style::Minify.into() },
        FormatOptions { key_order: sorted, ..pretty.into() },
        FormatOptions { numbers: Numbers::Double, ..Style::Minify.into() },
        FormatOptions { numbers: Numbers::StringIfUnsafe, key_order: sorted, ..pretty.into() },
        Style::Canonical.into(),
    ] {
        let Some(once) = written(data, &how, report, seen) else { continue };
        let Some(twice) = written(&once, &how, report, seen) else { continue };
        assert_eq!(shown(&twice), shown(&once), "{how:?} is idempotent on {}", shown(data));
        if let (Some(minified), Numbers::Exact, true) =
            (&minified, how.numbers, how.style != Style::Canonical)
        {
            assert!(is_same(minified, &once), "{how:?} of {}", shown(data));
        }
    }
}

fn check_pointers(data: &[u8], report: &Report) {
    for pointer in ["", "/0", "/a", "/a/0/b", "/-"] {
        let parsed = Pointer::parse(pointer).expect("it is well-formed");
        match locate(data, &parsed, &ScanOptions::default()) {
            Ok(range) => {
                assert!(report.is_valid(), "{}", shown(data));
                let value = validate(&data[range], &ScanOptions::default()).expect("it was within limits");
                assert!(value.is_valid(), "{pointer} of {}", shown(data));
            }
            Err(Error::PointerNotFound { .. }) => assert!(report.is_valid() && !pointer.is_empty()),
            Err(Error::Invalid(refused)) => assert_eq!(*refused, *report, "{}", shown(data)),
            Err(error) => panic!("{error} in {}", shown(data)),
        }
    }
    // What converting reads is what validating reads.
    let read = convert::run(data, &from_to(Format::Json, Format::Ndjson));
    match read {
        Ok(_) => assert!(report.is_valid(), "{}", shown(data)),
        Err(Error::Invalid(refused)) => {
            assert_eq!(refused.diagnostics, report.diagnostics, "{}", shown(data));
        }
        Err(error) => assert!(is_bound(&error), "{error}"),
    }
}
