//! What holds for every text.

use json_engine::{Indent, ScanOptions, Style, format, validate};
use proptest::prelude::*;

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
fn mutated() -> impl Strategy<Value = Vec<u8>> {
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

/// RFC 8259 as slowly and plainly as it can be read: the rest after one value, or nothing.
mod reference {
    pub(super) fn is_json(text: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(text) else { return false };
        value(space(text)).is_some_and(|rest| space(rest).is_empty())
    }

    fn space(text: &str) -> &str {
        text.trim_start_matches([' ', '\t', '\n', '\r'])
    }

    fn value(text: &str) -> Option<&str> {
        match text.chars().next()? {
            '{' => list(&text[1..], '}', |text| value(space(space(string(text)?).strip_prefix(':')?))),
            '[' => list(&text[1..], ']', value),
            '"' => string(text),
            '-' | '0'..='9' => number(text),
            _ => ["null", "true", "false"].into_iter().find_map(|word| text.strip_prefix(word)),
        }
    }

    fn list(text: &str, close: char, item: fn(&str) -> Option<&str>) -> Option<&str> {
        let mut rest = space(text);
        if let Some(after) = rest.strip_prefix(close) {
            return Some(after);
        }
        loop {
            rest = space(item(rest)?);
            if let Some(after) = rest.strip_prefix(close) {
                return Some(after);
            }
            rest = space(rest.strip_prefix(',')?);
        }
    }

    fn string(text: &str) -> Option<&str> {
        let mut rest = text.strip_prefix('"')?;
        loop {
            let character = rest.chars().next()?;
            let after = &rest[character.len_utf8()..];
            rest = match character {
                '"' => return Some(after),
                '\\' => escape(after)?,
                control if control < ' ' => return None,
                _ => after,
            };
        }
    }

    fn escape(text: &str) -> Option<&str> {
        match text.chars().next()? {
            '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => Some(&text[1..]),
            'u' => {
                text.get(1..5).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())).map(|_| &text[5..])
            }
            _ => None,
        }
    }

    fn number(text: &str) -> Option<&str> {
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
            None => Some(rest),
        }
    }

    fn digits(text: &str) -> Option<&str> {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        (rest.len() < text.len()).then_some(rest)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn the_verdict_agrees_with_a_plain_reading_of_the_rfc(text in mutated()) {
        let verdict = validate(&text, &ScanOptions::default()).unwrap().is_valid();
        prop_assert_eq!(verdict, reference::is_json(&text), "{:?}", String::from_utf8_lossy(&text));
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
