//! How a text is written, so that no reader takes it for anything else.
//!
//! The schemas of YAML 1.1 and 1.2 and what common readers make of them differ: `no` is false, `1:30` is 5400, `014` is
//! 12, `2001-01-01` is a date somewhere. Whatever looks like one of these stands in quotes.
//!
//! Promise: a text in plain style is a string by every schema, in block and flow, as key and as value. Cost: one look at
//! each byte.

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    /// In double quotes, escaped.
    Quoted,
    /// Line by line behind `|`.
    Literal,
}

/// The style of `text` as a value.
pub(super) fn style(text: &str) -> Style {
    let bytes = text.as_bytes();
    let mut is_line = true;
    let mut is_safe = true;
    for (at, &byte) in bytes.iter().enumerate() {
        match CLASS[usize::from(byte)] {
            Class::Safe => {}
            Class::Break => is_line = false,
            Class::Escaped => return Style::Quoted,
            Class::Colon => is_safe &= !matches!(bytes.get(at + 1), None | Some(b' ')),
            Class::Hash => is_safe &= at == 0 || bytes[at - 1] != b' ',
            Class::Lead if is_escaped(&bytes[at..]) => return Style::Quoted,
            Class::Lead => {}
        }
    }
    match (is_line, is_safe && may_begin(bytes) && !is_taken(text)) {
        (true, true) => Style::Plain,
        (true, false) => Style::Quoted,
        (false, _) => lines(text),
    }
}

/// The style of `text` as a key: it stands on one line.
pub(super) fn key_style(text: &str) -> Style {
    match style(text) {
        Style::Plain => Style::Plain,
        Style::Quoted | Style::Literal => Style::Quoted,
    }
}

/// What a byte means to one that looks where a text on one line ends, or how it may be written.
#[derive(Clone, Copy)]
pub(super) enum Class {
    Safe,
    /// A line feed.
    Break,
    /// Only escaped: no printable character (YAML 1.2.2 rule 1), or a tab.
    Escaped,
    Colon,
    Hash,
    /// The first byte of a character that may have to be escaped.
    Lead,
}

pub(super) const CLASS: [Class; 256] = {
    let mut classes = [Class::Safe; 256];
    let mut byte = 0;
    while byte < 0x20 {
        classes[byte] = Class::Escaped;
        byte += 1;
    }
    classes[b'\n' as usize] = Class::Break;
    classes[0x7f] = Class::Escaped;
    classes[b':' as usize] = Class::Colon;
    classes[b'#' as usize] = Class::Hash;
    classes[0xc2] = Class::Lead;
    classes[0xe2] = Class::Lead;
    classes[0xef] = Class::Lead;
    classes
};

/// Whether the character that begins here is not printable, breaks lines for some readers, or is a byte order mark.
pub(super) fn is_escaped(rest: &[u8]) -> bool {
    matches!(
        rest,
        [0xc2, 0x80..=0x9f, ..]
            | [0xe2, 0x80, 0xa8 | 0xa9, ..]
            | [0xef, 0xbb, 0xbf, ..]
            | [0xef, 0xbf, 0xbe | 0xbf, ..]
    )
}

/// Whether a plain scalar may begin and end so; indicators of any kind stay out of it.
fn may_begin(bytes: &[u8]) -> bool {
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    !b" -?:,[]{}#&*!|>'\"%@`=<~+".contains(first) && *last != b' '
}

/// Words that some reader takes for null, a boolean or a number.
const WORDS: [&str; 13] =
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "nan", "inf", "infinity"];

/// Whether some reader takes `text`, which [`may_begin`], for something else than a string.
fn is_taken(text: &str) -> bool {
    match text.as_bytes() {
        [b'0'..=b'9', rest @ ..] => rest.iter().all(|byte| is_of_number(*byte)),
        [b'.', second, ..] => !(*second == b'/' || second.is_ascii_alphabetic()) || b"iInN".contains(second),
        [b'.'] => true,
        bytes => bytes.len() <= 8 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)),
    }
}

/// The bytes of every spelling of numbers, dates and times: `0x1F`, `0b1`, `3E4415`, `1_000`, `1:30`, `1,000`,
/// `2001-12-14t21:59:43.10 -05:00`.
fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || b"xXoO_.,:+- tTzZ".contains(&byte)
}

/// A text of several lines is written as such where nothing about it is invisible.
fn lines(text: &str) -> Style {
    let first = text.as_bytes().first();
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_plain_to_see = !matches!(first, Some(b' ' | b'\n'))
        && !body.ends_with(['\n', ' '])
        && memchr::memmem::find(body.as_bytes(), b" \n").is_none();
    if is_plain_to_see { Style::Literal } else { Style::Quoted }
}

/// Appends `text` in double quotes, with the escapes that JSON has too.
pub(super) fn quoted(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.push(b'"');
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let is_escaped = match CLASS[usize::from(byte)] {
            Class::Safe => byte == b'"' || byte == b'\\',
            Class::Break | Class::Escaped => true,
            Class::Colon | Class::Hash => false,
            Class::Lead => is_escaped(&bytes[at..]),
        };
        if is_escaped {
            out.extend_from_slice(&bytes[from..at]);
            from = at + escape(&text[at..], out);
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

/// Appends the escape of the first character; gives its length in bytes.
fn escape(rest: &str, out: &mut Vec<u8>) -> usize {
    let Some(character) = rest.chars().next() else {
        return 0;
    };
    match character {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        '\u{8}' => out.extend_from_slice(b"\\b"),
        '\u{c}' => out.extend_from_slice(b"\\f"),
        other => out.extend_from_slice(format!("\\u{:04x}", u32::from(other)).as_bytes()),
    }
    character.len_utf8()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(texts: &[&str], expected: Style) {
        for text in texts {
            assert_eq!(style(text), expected, "{text:?}");
        }
    }

    #[rustfmt::skip]
    const TAKEN: &[&str] = &[
        "", " ", "a ", " a", "no", "No", "NO", "y", "Y", "n", "on", "Off", "yes", "true", "~", "null",
        "Null", "3E4415", "0o7", "014", "1_000", "0x1F", "0b1", "1:30", "1,000", ".inf", "-.inf", ".NaN",
        "NaN", "=", "<<", "2001-01-01", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "1e3",
        "+1", "-1", "-", "- a", "-a", "?", "? a", ": a", "a: b", "a:", ":", "a #b", "#a", "---", "--- a",
        "...", "...a", "&a", "*a", "!a", "|", ">", "'a'", "\"a\"", "%a", "@a", "`a`", "[a]", "{a}", ",a",
        "]", "}", ".5", "._1", ".", "..", "a\tb", "\ta", "a\u{85}b", "a\u{2028}", "\u{feff}a", "a\u{0}",
        "\u{7f}", "\u{fffe}", "\u{9f}", "\r", "1", "0", "0.", "123abc", "1-2",
    ];

    #[rustfmt::skip]
    const STRINGS: &[&str] = &[
        "a", "a b", "a:b", "a#b", "http://example.com/#a", "é", "日本", "😀", "\u{a0}b", "a - b", "a, b",
        "a[0]", "it's", "say \"x\"", "v1.2", "1st", "./a", ".git", "nope", "yes!", "nulls", "12 Main St",
        "a\\b", "/", "_1", "$x", "(a)", "x=y", "a<b", "\u{fffd}", "‧",
    ];

    #[test]
    fn what_some_reader_takes_for_something_else_is_quoted() {
        check(TAKEN, Style::Quoted);
    }

    #[test]
    fn what_is_a_string_everywhere_stays_plain() {
        check(STRINGS, Style::Plain);
    }

    #[test]
    fn lines_stand_as_lines_where_nothing_is_invisible() {
        check(&["a\nb", "a\nb\n", "a\n\n b", "a\n", "- a\n# b\n", "---\n", "%a\nb"], Style::Literal);
        let quoted = ["\n", "\na", " a\nb", "a \nb", "a\nb ", "a\n\n", "a\n \nb", "a\tb\nc", "a\r\nb"];
        check(&quoted, Style::Quoted);
    }
}
