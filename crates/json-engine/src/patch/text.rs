//! Changes as text for people: a line a change, values cut to 64 bytes.
//!
//! `+ /c: {"d":1}` adds, `- /d: 3` removes, `~ /a/b: 1 -> 2` replaces, `> /x -> /y` moves. The pointers are those of the
//! patch, so an index counts what stands there when the line is reached.

use std::fmt::Write as _;

use super::changes::{Change, Kind};
use crate::document::{Document, Key};
use crate::write;

/// Longest excerpt of a value, in bytes.
const MAX_EXCERPT: usize = 64;

/// The start of a value as JSON, at most 64 bytes.
pub(super) fn excerpt(document: &Document) -> String {
    let mut out = Vec::with_capacity(2 * MAX_EXCERPT);
    begin(document, &mut out);
    crate::pointer::cut(&String::from_utf8_lossy(&out))
}

/// Writes until there is more than an excerpt holds. Recurses at most to the depth of an excerpt's brackets.
fn begin(document: &Document, out: &mut Vec<u8>) {
    match document {
        Document::Str(text) => write::string(start_of(text), out),
        Document::Surrogates(literal) => {
            out.push(b'"');
            out.extend_from_slice(start_of(literal).as_bytes());
            out.push(b'"');
        }
        Document::Arr(elements) => {
            out.push(b'[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                if out.len() > MAX_EXCERPT {
                    return;
                }
                begin(element, out);
            }
            out.push(b']');
        }
        Document::Obj(members) => begin_members(members.iter(), out),
        Document::Null | Document::Bool(_) | Document::Number(_) => write::document(document, out),
    }
}

fn begin_members<'d>(members: impl Iterator<Item = (&'d Key, &'d Document)>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (index, (key, value)) in members.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if out.len() > MAX_EXCERPT {
            return;
        }
        begin(&Document::from(key.clone()), out);
        out.push(b':');
        begin(value, out);
    }
    out.push(b'}');
}

/// More than an excerpt shows, and not much more.
fn start_of(text: &str) -> &str {
    let end = (0..=text.len().min(2 * MAX_EXCERPT)).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// One change as a line, with its end.
pub(super) fn line(change: &Change<'_>) -> String {
    let mut line = String::new();
    let place = on_one_line(&change.place);
    // Writing to a String cannot fail.
    let _ = match &change.kind {
        Kind::Add(value) => writeln!(line, "+ {place}: {}", excerpt(value)),
        Kind::Remove(old) => writeln!(line, "- {place}: {}", excerpt(old)),
        Kind::Replace(old, new) => writeln!(line, "~ {place}: {} -> {}", excerpt(old), excerpt(new)),
        Kind::Move(from) => writeln!(line, "> {} -> {place}", on_one_line(from)),
    };
    line
}

/// A pointer whose control characters are escaped as in JSON; the root is `(root)`.
fn on_one_line(place: &[u8]) -> String {
    if place.is_empty() {
        return "(root)".to_owned();
    }
    let mut quoted = Vec::new();
    write::document(&super::path::pointer(place), &mut quoted);
    String::from_utf8_lossy(&quoted[1..quoted.len() - 1]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let (document, _) = crate::parse::parse(text.as_bytes(), &crate::ScanOptions::default()).unwrap();
        assert_eq!(excerpt(&document), expected);
        assert!(expected.len() <= 64);
    }

    #[test]
    fn excerpts_are_cut() {
        check(r#"{"a": [1, "x", null]}"#, r#"{"a":[1,"x",null]}"#);
        check(&format!("{:?}", "x".repeat(100_000)), &format!("\"{}…", "x".repeat(60)));
        check(&format!("[{}1]", "1,".repeat(100_000)), &format!("[{}…", "1,".repeat(30)));
        check(&format!("{}{}", "[".repeat(100), "]".repeat(100)), &format!("{}…", "[".repeat(61)));
    }
}
