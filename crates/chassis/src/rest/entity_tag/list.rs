//! The list of a conditional header, element by element (RFC 9110 sections 5.6.1 and 8.8.3).
//!
//! Promise: what stands in quotes is never split, whatever server made it; empty elements are passed over, as the RFC asks. Cost: one
//! walk, no allocation.

use http::{HeaderMap, HeaderName};

/// An element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag<'h> {
    /// `*`: whatever is there.
    Any,
    /// What stands between the quotes.
    Strong(&'h [u8]),
    /// The same, behind `W/`.
    Weak(&'h [u8]),
}

/// What is neither `*` nor an entity tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoTag;

/// All elements of this header; several lines of it are one list. Nothing follows what is no tag.
pub(super) fn tags(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = Result<Tag<'_>, NoTag>> {
    headers.get_all(name).iter().flat_map(|line| List(line.as_bytes()))
}

/// What is left of a line.
struct List<'h>(&'h [u8]);

impl<'h> Iterator for List<'h> {
    type Item = Result<Tag<'h>, NoTag>;

    fn next(&mut self) -> Option<Self::Item> {
        let begin = self.0.iter().position(|byte| !b" \t,".contains(byte))?;
        let element = element(&self.0[begin..]);
        self.0 = element.map_or(&[], |(_, rest)| rest);
        Some(element.map(|(tag, _)| tag).ok_or(NoTag))
    }
}

/// The element at the begin, and what is behind it: a comma or nothing.
fn element(text: &[u8]) -> Option<(Tag<'_>, &[u8])> {
    let (tag, rest) = match text {
        [b'*', rest @ ..] => (Tag::Any, rest),
        [b'W', b'/', b'"', rest @ ..] => quoted(rest).map(|(opaque, rest)| (Tag::Weak(opaque), rest))?,
        [b'"', rest @ ..] => quoted(rest).map(|(opaque, rest)| (Tag::Strong(opaque), rest))?,
        _ => return None,
    };
    let rest = rest.trim_ascii_start();
    (rest.is_empty() || rest.starts_with(b",")).then_some((tag, rest))
}

/// Up to the quote, and what is behind it. No tag holds a quote; there is no escape.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|&byte| byte == b'"')?;
    Some((&text[..end], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::IF_MATCH;

    use super::*;

    #[track_caller]
    fn check(line: &'static [u8], expected: &[Result<Tag<'_>, NoTag>]) {
        let headers = [(IF_MATCH, HeaderValue::from_bytes(line).unwrap())].into_iter().collect();
        assert_eq!(
            tags(&headers, IF_MATCH).collect::<Vec<_>>(),
            expected,
            "{:?}",
            line.escape_ascii().to_string()
        );
    }

    #[test]
    fn a_line_is_a_list_of_tags() {
        let strong = |text: &'static str| Ok(Tag::Strong(text.as_bytes()));
        check(b"*", &[Ok(Tag::Any)]);
        check(b"\"17\"", &[strong("17")]);
        check(b"\"\"", &[strong("")]);
        check(b" \"1\" ,\t\"2\"", &[strong("1"), strong("2")]);
        check(b"\"1\",W/\"2\"", &[strong("1"), Ok(Tag::Weak(b"2"))]);
        check(b"\"a,b\", \"c, \\\"", &[strong("a,b"), strong("c, \\")]);
        check(b"\"\xe9\"", &[Ok(Tag::Strong(b"\xe9"))]);
        check(b", ,\"1\",,", &[strong("1")]);
        check(b"", &[]);
    }

    #[test]
    fn what_is_no_tag_is_said_and_ends_the_list() {
        for line in [&b"17"[..], b"\"", b"\"1", b"w/\"1\"", b"W/1", b"W/", b"'1'", b"\"1\"\"2\"", b"*\"1\""] {
            check(line, &[Err(NoTag)]);
        }
        check(b"\"1\", 2, \"3\"", &[Ok(Tag::Strong(b"1")), Err(NoTag)]);
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines = ["\"1\"", "*"].map(|line| (IF_MATCH, HeaderValue::from_static(line)));
        let headers = lines.into_iter().collect();
        assert_eq!(tags(&headers, IF_MATCH).collect::<Vec<_>>(), [Ok(Tag::Strong(b"1")), Ok(Tag::Any)]);
    }
}
