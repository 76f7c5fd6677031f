//! What holds for every text.

use json_engine::{Code, Diagnostic, Error, Indent, Report, ScanOptions, Severity, Style, format, validate};
use proptest::prelude::*;

use crate::recovery::mended;

fn minify(text: &[u8]) -> Option<Vec<u8>> {
    format(text, &Style::Minify.into(), &ScanOptions::default()).ok().map(|formatted| formatted.text)
}

/// A generated value with white space, escapes and odd numbers as people write them.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    let number = prop_oneof!["-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,4})?"];
    let string = "\"([ !#-\\[\\]-~é😀]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4}){0,8}\"";
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        number,
        string
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        let element =
            ("[ \t\r\n]{0,2}", inner.clone(), "[ \t\r\n]{0,2}").prop_map(|(a, value, b)| a + &value + &b);
        let member = (string, element.clone()).prop_map(|(key, value)| format!("{key}:{value}"));
        prop_oneof![
            prop::collection::vec(element, 0..5).prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec(member, 0..5).prop_map(|all| format!("{{{}}}", all.join(","))),
        ]
    })
}

/// A text with a few bytes changed, so that most are nearly JSON.
pub(crate) fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 0..3);
    (texts(), edits).prop_map(|(text, edits)| {
        let mut bytes = text.into_bytes();
        for (at, byte, kind) in edits {
            let at = at.index(bytes.len() + 1);
            match kind {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => bytes[at] = byte,
                2 if at < bytes.len() => drop(bytes.remove(at)),
                _ => {}
            }
        }
        bytes
    })
}

/// A text with a few spellings that other languages have, and what people forget left out.
pub(crate) fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    let odd = prop::sample::select(vec![
        ",", "'", "// x\n", "/* ' */", "#\n", "+", "0", ".", "-", "NaN", "True", "None", "\t", "\\q", "\\'",
        "a", "a:", "'a'", "{", "}", "[", "]", ":", "\"", " ", "1", "\u{feff}", "é", "\n", "e",
    ]);
    let edit = (any::<prop::sample::Index>(), prop::option::weighted(0.7, odd));
    (texts(), prop::collection::vec(edit, 0..5)).prop_map(|(mut text, edits)| {
        for (at, odd) in edits {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            match odd {
                Some(odd) => text
                    .insert_str(places.get(at.index(places.len() + 1)).copied().unwrap_or(text.len()), odd),
                None if places.is_empty() => {}
                None => drop(text.remove(places[at.index(places.len())])),
            }
        }
        text.into_bytes()
    })
}

fn errors(report: &Report) -> Vec<&Diagnostic> {
    report.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect()
}

/// RFC 8259 as slowly and plainly as it can be read: the rest after one value, or the rest from where no JSON text goes on.
mod reference {
    type Rest<'t> = Result<&'t str, &'t str>;

    pub(super) fn is_json(text: &[u8]) -> bool {
        error(text).is_none()
    }

    /// The length of the longest beginning that some JSON text has, if `text` is none.
    pub(super) fn error(text: &[u8]) -> Option<usize> {
        let good = match std::str::from_utf8(text) {
            Ok(good) => good,
            Err(error) => std::str::from_utf8(&text[..error.valid_up_to()]).unwrap(),
        };
        let is_whole = good.len() == text.len();
        match value(space(good)).map(space) {
            Ok("") if is_whole => None,
            Ok(rest) | Err(rest) => Some(good.len() - rest.len()),
        }
    }

    fn space(text: &str) -> &str {
        text.trim_start_matches([' ', '\t', '\n', '\r'])
    }

    fn expect(text: &str, character: char) -> Rest<'_> {
        text.strip_prefix(character).ok_or(text)
    }

    fn value(text: &str) -> Rest<'_> {
        match text.chars().next().ok_or(text)? {
            '{' => list(&text[1..], '}', |text| value(space(expect(space(string(text)?), ':')?))),
            '[' => list(&text[1..], ']', value),
            '"' => string(text),
            '-' | '0'..='9' => number(text),
            'n' => "null".chars().try_fold(text, expect),
            't' => "true".chars().try_fold(text, expect),
            'f' => "false".chars().try_fold(text, expect),
            _ => Err(text),
        }
    }

    fn list(text: &str, close: char, item: fn(&str) -> Rest<'_>) -> Rest<'_> {
        let mut rest = space(text);
        if let Some(after) = rest.strip_prefix(close) {
            return Ok(after);
        }
        loop {
            rest = space(item(rest)?);
            if let Some(after) = rest.strip_prefix(close) {
                return Ok(after);
            }
            rest = space(expect(rest, ',')?);
        }
    }

    fn string(text: &str) -> Rest<'_> {
        let mut rest = expect(text, '"')?;
        loop {
            let character = rest.chars().next().ok_or(rest)?;
            let after = &rest[character.len_utf8()..];
            rest = match character {
                '"' => return Ok(after),
                '\\' => escape(after)?,
                control if control < ' ' => return Err(rest),
                _ => after,
            };
        }
    }

    fn escape(text: &str) -> Rest<'_> {
        let digit = |text| str::strip_prefix(text, |c: char| c.is_ascii_hexdigit()).ok_or(text);
        match text.chars().next().ok_or(text)? {
            '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => Ok(&text[1..]),
            'u' => (0..4).try_fold(&text[1..], |text, _| digit(text)),
            _ => Err(text),
        }
    }

    fn number(text: &str) -> Rest<'_> {
        let text = text.strip_prefix('-').unwrap_or(text);
        let rest = match text.strip_prefix('0') {
            Some(rest) => rest,
            None => digits(text)?,
        };
        let rest = match rest.strip_prefix('.') {
            Some(fraction) => digits(fraction)?,
            None => rest,
        };
        match rest.strip_prefix(['e', 'E']) {
            Some(exponent) => digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
            None => Ok(rest),
        }
    }

    fn digits(text: &str) -> Rest<'_> {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() < text.len() { Ok(rest) } else { Err(text) }
    }
}

/// The first error of `text` lies where the reference stops.
fn agrees(text: &[u8]) -> Result<(), TestCaseError> {
    let report = validate(text, &ScanOptions::default()).unwrap();
    let found = errors(&report).first().copied().cloned();
    let Some(at) = reference::error(text) else {
        prop_assert_eq!(found, None, "{:?}", String::from_utf8_lossy(text));
        return Ok(());
    };
    let Some(found) = found else {
        return Err(TestCaseError::fail(format!("no error in {:?}", String::from_utf8_lossy(text))));
    };
    let (start, end) = (found.start.byte_offset as usize, found.end.byte_offset as usize);
    // A trailing comma could have gone on until the bracket behind it.
    let until =
        if found.code == Code::TrailingComma { at.min(text[..at].trim_ascii_end().len()) } else { at };
    prop_assert!(
        start <= at && until <= end,
        "{} is not in {:?} of {:?}",
        at,
        found,
        String::from_utf8_lossy(text)
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn the_verdict_and_its_place_agree_with_a_plain_reading_of_the_rfc(text in mutated()) {
        agrees(&text)?;
    }

    #[test]
    fn they_agree_on_what_other_languages_would_read(text in nearly_json()) {
        agrees(&text)?;
    }

    /// Validate goes on behind errors; the first of them is the one that stops every other operation.
    #[test]
    fn the_first_error_is_the_same_in_every_operation(text in prop_oneof![mutated(), nearly_json()]) {
        let report = validate(&text, &ScanOptions::default()).unwrap();
        match format(&text, &Style::Minify.into(), &ScanOptions::default()) {
            Ok(formatted) => prop_assert_eq!(formatted.report, report),
            Err(Error::Invalid(read)) => {
                let place = |found: &Diagnostic| (found.code, found.start.clone(), found.end.clone());
                prop_assert_eq!(errors(&report).first().map(|found| place(found)), errors(&read).first().map(|found| place(found)));
                prop_assert_eq!(report.stats, read.stats);
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
    }

    /// With all fixes made, the text is valid but for the one error, if any, that ended the pass, and that stays the same:
    /// so no fix is wrong, and no error was caused by another.
    #[test]
    fn the_fixes_mend_all_that_they_say(text in prop_oneof![mutated(), nearly_json()]) {
        let report = validate(&text, &ScanOptions::default()).unwrap();
        let fixed = mended(&text, &report);
        let again = validate(&fixed, &ScanOptions::default()).unwrap();
        let shown = (String::from_utf8_lossy(&text), String::from_utf8_lossy(&fixed));
        let left: Vec<_> = errors(&report).into_iter().filter(|found| found.fix.is_none()).collect();
        prop_assert!(left.len() <= 1, "{:?}", shown);
        // A mark that stood behind another, or behind a comment, comes to the beginning.
        let code = |code| if code == Code::ByteOrderMark { Code::UnexpectedCharacter } else { code };
        let place = |found: &Diagnostic| (code(found.code), found.start.byte_offset as i64);
        let moved = |found: &Diagnostic| {
            let before = report.diagnostics.iter().filter_map(|found| found.fix.as_ref());
            let before = before.filter(|fix| fix.end <= found.start.byte_offset);
            let shift: i64 = before.map(|fix| fix.replacement.len() as i64 - (fix.end - fix.start) as i64).sum();
            (code(found.code), found.start.byte_offset as i64 + shift)
        };
        let first = errors(&again).first().map(|found| place(found));
        prop_assert_eq!(first, left.first().map(|found| moved(found)), "{:?}", shown);
    }

    /// Before the error the text could still have become JSON; with it no ending helps.
    #[test]
    fn an_error_lies_where_the_text_stops_being_json(text in mutated(), ending in "[\\]}\"0-9a-z,: ]{0,4}") {
        let error_of = |text: &[u8]| {
            let report = validate(text, &ScanOptions::default()).unwrap();
            report.diagnostics.into_iter().find(|found| found.severity == json_engine::Severity::Error)
        };
        if let Some(error) = error_of(&text) {
            let (start, end) = (error.start.byte_offset as usize, error.end.byte_offset as usize);
            prop_assert!(start <= end && end <= text.len(), "{:?}", error);
            if let Some(earlier) = error_of(&text[..start]) {
                prop_assert_eq!(earlier.end.byte_offset, start as u64, "{:?} before {:?}", earlier, error);
            }
            if end < text.len() {
                let ended = [&text[..=end], ending.as_bytes()].concat();
                prop_assert!(!reference::is_json(&ended), "{:?}: {:?}", error.code, String::from_utf8_lossy(&ended));
            }
        }
    }

    #[test]
    fn serde_json_agrees(text in mutated()) {
        // It refuses what it cannot hold, so only what it accepts is compared, and what we refuse.
        if serde_json::from_slice::<serde_json::Value>(&text).is_ok() {
            prop_assert!(validate(&text, &ScanOptions::default()).unwrap().is_valid());
        }
        if serde_json::from_slice::<serde::de::IgnoredAny>(&text).is_err() {
            prop_assert!(!validate(&text, &ScanOptions::default()).unwrap().is_valid());
        }
    }

    #[test]
    fn pretty_changes_white_space_only(text in texts(), spaces in 0_u32..=16) {
        let style = Style::Pretty(Indent::new(spaces).unwrap());
        let pretty = format(text.as_bytes(), &style.into(), &ScanOptions::default()).unwrap().text;
        prop_assert_eq!(minify(&pretty), minify(text.as_bytes()));
        let again = format(&pretty, &style.into(), &ScanOptions::default()).unwrap().text;
        prop_assert_eq!(again, pretty);
    }

    #[test]
    fn minify_is_idempotent_and_keeps_all_but_white_space(text in texts()) {
        let once = minify(text.as_bytes()).unwrap();
        prop_assert_eq!(minify(&once).unwrap(), once.clone());
        let bare = |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().filter(|b| !b" \t\r\n".contains(b)).collect() };
        prop_assert_eq!(bare(&once), bare(text.as_bytes()));
    }

    #[test]
    fn no_prefix_of_a_container_is_valid(text in texts()) {
        let text = format!("[{text}]");
        for end in 0..text.len() {
            prop_assert!(!validate(&text.as_bytes()[..end], &ScanOptions::default()).unwrap().is_valid());
        }
    }
}
