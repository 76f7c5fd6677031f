//! Byte order marks between documents that no `...` parts (YAML 1.2.2 rule 211: `c-byte-order-mark`, and then
//! `l-explicit-document`). The parser knows them only at the beginning of a stream and behind `...`.
//!
//! A mark is allowed in quotes too (section 5.2), and what begins a line there behind one begins no line of its own, so `---`
//! is text there. Only a reader of all that comes before knows which of both a mark is: the one that leaves a quote open.
//!
//! Cost: one search for a mark; what follows one is looked at once.

use std::ops::Range;

use super::compose::BYTE_ORDER_MARK;

/// Where a byte order mark begins a line, and behind it stands nothing but comments and further marks before `---`, `...` or
/// the end. In a quoted scalar it is text all the same; there the part before the mark has no end.
pub(super) fn between_documents(text: &str) -> Vec<usize> {
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memmem::find(&text.as_bytes()[at..], BYTE_ORDER_MARK.as_bytes()) {
        let mark = at + found;
        at = mark + BYTE_ORDER_MARK.len();
        if mark == 0 || !text[..mark].ends_with(['\n', '\r']) {
            continue;
        }
        at = text.len() - behind_prefixes(&text[mark..]).len();
        if begins_explicitly(&text[at..]) {
            marks.push(mark);
        }
    }
    marks
}

/// From the quote at `quote` to the one that ends its scalar; `None` where none does. Costs the length of the scalar.
pub(super) fn quoted(text: &str, quote: usize) -> Option<Range<usize>> {
    let (bytes, mut at) = (text.as_bytes(), quote + 1);
    let closing = *bytes.get(quote)?;
    loop {
        at += memchr::memchr2(b'\\', closing, bytes.get(at..)?)?;
        let (is_escape, is_twice) = (bytes[at] == b'\\', bytes.get(at + 1) == Some(&closing));
        match closing {
            b'"' if !is_escape => return Some(quote..at),
            b'\'' if !is_escape && !is_twice => return Some(quote..at),
            b'\'' if is_escape => at += 1,
            _ => at += 2,
        }
    }
}

/// Behind marks, comments and blank lines (rule 202).
fn behind_prefixes(mut text: &str) -> &str {
    loop {
        text = text.trim_start_matches(BYTE_ORDER_MARK);
        let line = text.trim_start_matches([' ', '\t']);
        text = match line.bytes().next() {
            Some(b'\n' | b'\r') => &line[1..],
            Some(b'#') => memchr::memchr2(b'\n', b'\r', line.as_bytes()).map_or("", |end| &line[end..]),
            Some(_) => return text,
            None => return line,
        };
    }
}

fn begins_explicitly(text: &str) -> bool {
    let marker = text.strip_prefix("---").or_else(|| text.strip_prefix("..."));
    text.is_empty() || marker.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
}

#[cfg(test)]
mod tests {
    use crate::convert::Foreign;
    use crate::convert::yaml::tests::as_json;
    use crate::{Error, Position};

    fn check(source: &str, expected: Option<&str>) {
        assert_eq!(as_json(source, Foreign::Plain).ok().as_deref(), expected, "{source:?}");
    }

    #[test]
    fn a_mark_before_an_explicit_document_needs_no_end_of_the_one_before() {
        check("a\n\u{feff}---\nb", Some(r#""a" "b""#));
        check("a: b\n\u{feff}--- c", Some(r#"{"a":"b"} "c""#));
        check("- [a]\r\n\u{feff}---\t# c\r\n", Some(r#"[["a"]] null"#));
        check("'a'\n\u{feff}---\n\u{feff}---\nb\n", Some(r#""a" null "b""#));
        check("--- |+\n a\n\n\u{feff}# c\n\n\u{feff}\u{feff}---\nb", Some(r#""a\n\n" "b""#));
        check("# c\n\u{feff}---\na", Some(r#""a""#));
        check("a\n\u{feff}...\nb", Some(r#""a" "b""#));
        check("a\n\u{feff}", Some(r#""a""#));
        check("a\n\u{feff} # c", Some(r#""a""#));
        check("a\n...\n\u{feff}%TAG !a! b\n---\n!a!c d\n\u{feff}--- e", Some(r#""a" "d" "e""#));
    }

    #[test]
    fn a_mark_before_anything_else_is_in_a_document() {
        for source in [
            "a\n\u{feff}b",
            "a\n\u{feff}---b",
            "a\n \u{feff}---\nb",
            "a: b\n\u{feff}c: d\n",
            "|\n a\n\u{feff}b",
            "a\n\u{feff}%YAML 1.2\n---\nb",
            "%YAML 1.2\n\u{feff}---\nb",
            "[a,\n\u{feff}---\nb]",
            "&a b\n\u{feff}---\n*a",
        ] {
            check(source, None);
        }
    }

    #[test]
    fn a_mark_in_quotes_is_text_whatever_follows() {
        check("\"a\n\u{feff}--- b\"", Some("\"a \u{feff}--- b\""));
        check("'a\n\u{feff}# b\n'", Some("\"a \u{feff}# b \""));
    }

    /// Once a stream with both kinds was refused.
    #[test]
    fn a_mark_in_quotes_is_text_beside_marks_between_documents() {
        check(
            "a\n\u{feff}---\n\"b\n\u{feff}--- c\"\n\u{feff}---\nd",
            Some("\"a\" \"b \u{feff}--- c\" \"d\""),
        );
        check(
            "'a\n\u{feff}---\n\u{feff}--- it''s \\'\n\u{feff}---\n[\"\\\"\n\u{feff}---\", 'b\n\u{feff}...\n']",
            Some("\"a \u{feff}--- \u{feff}--- it's \\\\\" [\"\\\" \u{feff}---\",\"b \u{feff}... \"]"),
        );
        // Nothing closes the last one, and what closes the second begins a third.
        check("a\n\u{feff}---\n'b\n\u{feff}--- c", None);
        check("'a\n\u{feff}---\nb'\n\u{feff}---\n'c\n\u{feff}---\nd''", None);
    }

    #[test]
    fn places_behind_a_mark_are_those_of_the_whole_text() {
        let Err(Error::Invalid(report)) = as_json("a\n\u{feff}---\n!!int b", Foreign::Plain) else {
            panic!("a text is no number");
        };
        let Position { byte_offset, line, column, .. } = report.diagnostics[0].start;
        assert_eq!((byte_offset, line, column), (15, 3, 7));
    }

    #[test]
    fn many_marks_are_looked_at_once() {
        check(&format!("a\n{}", "\u{feff}# c\n".repeat(100_000)), Some(r#""a""#));
        let quoted = format!("'a\n{}'", "\u{feff}---x\n".repeat(100_000));
        assert!(as_json(&quoted, Foreign::Plain).is_ok());
    }
}
