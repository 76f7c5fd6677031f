//! JSON Pointer, RFC 6901, on the text itself: the value it names is a range of bytes, found while the text is judged.

mod written;

use std::ops::Range;

use crate::document::Document;
use crate::error::Error;
use crate::scan::{Container, Content, Scalar, Sink, Spelling, scan};
use crate::write::unescape;
use crate::{DuplicateKeys, Report, ScanOptions};

pub(crate) use written::{Written, cut_pointer};

/// A parsed pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    tokens: Vec<String>,
}

impl Pointer {
    /// Reads the string form; empty is the whole document. The form of a URI fragment is refused.
    pub fn parse(text: &str) -> Result<Pointer, Error> {
        if text.is_empty() {
            return Ok(Pointer { tokens: Vec::new() });
        }
        if !text.starts_with('/') {
            return Err(wrong(text, 0, "a JSON Pointer is empty or begins with '/'"));
        }
        let mut tokens = Vec::new();
        let mut offset = 1;
        for token in text[1..].split('/') {
            tokens.push(decode(text, token, offset)?);
            offset += token.len() + 1;
        }
        Ok(Pointer { tokens })
    }

    /// Its tokens, decoded.
    pub(crate) fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// The value that it names in `document`. Fails with [`Error::PointerNotFound`]. Costs its length.
    pub(crate) fn get<'d>(&self, document: &'d Document) -> Result<&'d Document, Error> {
        let mut present = document;
        for (depth, token) in self.tokens.iter().enumerate() {
            let (below, kind) = match present {
                Document::Obj(members) => (members.get(token.as_str()), Some(Container::Object)),
                Document::Arr(elements) => {
                    (index(token).and_then(|index| elements.get(index)), Some(Container::Array))
                }
                Document::Null
                | Document::Bool(_)
                | Document::Number(_)
                | Document::Str(_)
                | Document::Surrogates(_) => (None, None),
            };
            present = below.ok_or_else(|| not_found(self, depth, kind))?;
        }
        Ok(present)
    }

    /// The first `count` tokens as a pointer, cut to 64 bytes.
    fn prefix(&self, count: usize) -> String {
        let full: String = self.tokens[..count].iter().map(|token| format!("/{}", escape(token))).collect();
        cut(&full)
    }
}

/// A token as it stands in a pointer.
pub(crate) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The element that a token names, if it is an index.
pub(crate) fn index(token: &str) -> Option<usize> {
    index_of(token).and_then(|index| usize::try_from(index).ok())
}

/// At most 64 bytes of `text`.
pub(crate) fn cut(text: &str) -> String {
    match (0..=61).rev().find(|at| text.is_char_boundary(*at)) {
        Some(at) if text.len() > 64 => format!("{}…", &text[..at]),
        _ => text.to_owned(),
    }
}

fn decode(text: &str, token: &str, offset: usize) -> Result<String, Error> {
    let bad =
        token.match_indices('~').find(|(at, _)| !matches!(token.as_bytes().get(at + 1), Some(b'0' | b'1')));
    match bad {
        Some((at, _)) => Err(wrong(text, offset + at, "'~' is followed by something else than 0 or 1")),
        None => Ok(token.replace("~1", "/").replace("~0", "~")),
    }
}

fn wrong(text: &str, offset: usize, message: &str) -> Error {
    crate::query::error(text, offset, message.to_owned())
}

/// The bytes of the value that `pointer` names; the whole text is judged. The last of duplicate members counts,
/// under [`DuplicateKeys::First`] the first. Fails
/// with [`Error::PointerNotFound`], [`Error::Invalid`] and on limits. One pass.
pub fn locate(text: &[u8], pointer: &Pointer, options: &ScanOptions) -> Result<Range<usize>, Error> {
    locate_with_report(text, pointer, options).map(|(range, _)| range)
}

pub(crate) fn locate_with_report(
    text: &[u8],
    pointer: &Pointer,
    options: &ScanOptions,
) -> Result<(Range<usize>, Report), Error> {
    let (finder, report) = scan(text, options, Finder::new(text, pointer, options.duplicate_keys))?;
    if !report.is_valid() {
        return Err(Error::Invalid(Box::new(report)));
    }
    match finder.found {
        Some(range) => Ok((range, report)),
        None => Err(not_found(pointer, finder.deepest, finder.inside)),
    }
}

fn not_found(pointer: &Pointer, deepest: usize, inside: Option<Container>) -> Error {
    let found = pointer.prefix(deepest);
    let token = pointer.tokens.get(deepest).map_or("", String::as_str);
    let missing = cut(token);
    let place = if deepest == 0 { "the root".to_owned() } else { format!("the value at {found}") };
    let message = match inside {
        None => format!("{place} is no object or array; it has no {missing:?}"),
        Some(Container::Object) => format!("{place} is an object without the member {missing:?}"),
        Some(Container::Array) if token == "-" => {
            format!("{place} is an array; '-' names the element behind its last, which does not exist")
        }
        Some(Container::Array) if index_of(token).is_none() => {
            format!("{place} is an array; {missing:?} is no index: allowed are digits without a leading zero")
        }
        Some(Container::Array) => format!("{place} is an array without the element {missing}"),
    };
    Error::PointerNotFound { pointer: pointer.prefix(pointer.tokens.len()), found, message }
}

/// Follows the pointer through the events of the scanner.
struct Finder<'t> {
    text: &'t [u8],
    tokens: &'t [String],
    duplicate_keys: DuplicateKeys,
    /// Open containers on the way; the one at `n` is named by the first `n` tokens.
    levels: Vec<Level>,
    /// The element that each token names.
    indices: Vec<Option<u64>>,
    /// Commas between here and the element on the way; 0 where the value that begins next is on the way, and never again
    /// once that is past. In an object it is set by each key.
    ahead: u64,
    /// Open containers off the way.
    off: usize,
    /// Where the container that is the answer began, and how many containers were on the way then.
    target: Option<(usize, usize)>,
    /// How many tokens name a value, and what kind of container it is.
    deepest: usize,
    inside: Option<Container>,
    found: Option<Range<usize>>,
}

struct Level {
    /// Whether a member matched before.
    matched: bool,
}

/// More commas than a text has.
const NEVER: u64 = u64::MAX;

impl<'t> Finder<'t> {
    fn new(text: &'t [u8], pointer: &'t Pointer, duplicate_keys: DuplicateKeys) -> Self {
        let tokens = &pointer.tokens;
        Finder {
            text,
            tokens,
            indices: tokens.iter().map(|token| index_of(token)).collect(),
            duplicate_keys,
            levels: Vec::new(),
            ahead: 0,
            off: 0,
            target: None,
            deepest: 0,
            inside: None,
            found: None,
        }
    }

    /// Whether the value that begins now lies on the way; then forgets what an earlier duplicate led to.
    #[inline]
    fn hit(&mut self) -> bool {
        if self.off > 0 || self.ahead > 0 {
            return false;
        }
        self.found = None;
        (self.deepest, self.inside) = (self.levels.len(), None);
        true
    }
}

/// The array index that a token names: digits without leading zeros (RFC 6901 section 4).
fn index_of(token: &str) -> Option<u64> {
    let plain = token.bytes().all(|byte| byte.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    if plain { token.parse().ok() } else { None }
}

impl Sink for Finder<'_> {
    #[inline]
    fn scalar(&mut self, _kind: Scalar, start: usize, end: usize) {
        if self.hit() && self.levels.len() == self.tokens.len() {
            self.found = Some(start..end);
        }
    }

    #[inline]
    fn key(&mut self, spelling: Spelling, start: usize, end: usize) {
        if self.off > 0 {
            return;
        }
        let depth = self.levels.len();
        let Some(token) = depth.checked_sub(1).and_then(|last| self.tokens.get(last)) else {
            return;
        };
        let raw = &self.text[start + 1..end - 1];
        let same = match spelling {
            Spelling::Plain => raw == token.as_bytes(),
            Spelling::Escaped => unescape(raw) == token.as_bytes(),
        };
        if let Some(level) = self.levels.last_mut() {
            let is_later = level.matched && self.duplicate_keys == DuplicateKeys::First;
            level.matched |= same;
            self.ahead = u64::from(!same || is_later);
        }
    }

    #[inline]
    fn open(&mut self, kind: Container, at: usize) {
        if !self.hit() {
            self.off += 1;
            return;
        }
        let depth = self.levels.len();
        if depth == self.tokens.len() {
            self.target = Some((at, self.off));
            self.off += 1;
            return;
        }
        self.inside = Some(kind);
        self.levels.push(Level { matched: false });
        self.ahead = match kind {
            Container::Array => self.indices.get(depth).copied().flatten().unwrap_or(NEVER),
            Container::Object => NEVER,
        };
    }

    #[inline]
    fn close(&mut self, _kind: Container, at: usize, _content: Content) {
        if self.off == 0 {
            // It was on the way.
            self.levels.pop();
            self.ahead = 0;
            return;
        }
        self.off -= 1;
        if let Some((start, off)) = self.target
            && off == self.off
        {
            self.found = Some(start..at + 1);
            self.target = None;
        }
    }

    #[inline]
    fn comma(&mut self) {
        self.ahead = self.ahead.wrapping_sub(u64::from(self.off == 0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, pointer: &str, expected: Option<&str>) {
        let parsed = Pointer::parse(pointer).unwrap();
        let found = locate(text.as_bytes(), &parsed, &ScanOptions::default());
        assert_eq!(found.ok().map(|range| &text[range]), expected, "{text} {pointer}");
    }

    #[test]
    fn the_examples_of_rfc_6901() {
        let text = r#"{"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8}"#;
        check(text, "", Some(text));
        check(text, "/foo", Some(r#"["bar", "baz"]"#));
        check(text, "/foo/0", Some(r#""bar""#));
        for (pointer, value) in [("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4")] {
            check(text, pointer, Some(value));
        }
        for (pointer, value) in [("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8")] {
            check(text, pointer, Some(value));
        }
    }

    #[test]
    fn indices_and_duplicates() {
        let text = r#"{"a":[[1],{"b":[1E2,-0]}],"a":{"b":2},"c":[1,[2,3],4]}"#;
        check(text, "/a/b", Some("2"));
        check(text, "/a/1/b/0", None);
        check(text, "/c/1/1", Some("3"));
        check(text, "/c/2", Some("4"));
        for pointer in ["/c/3", "/c/-", "/c/01", "/c/1/1/0", "/d", "/c/x"] {
            check(text, pointer, None);
        }
        check(r#"{"a":{"b":1},"a":5}"#, "/a/b", None);
        check("7", "", Some("7"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let check = |pointer: &str, found: &str, said: &str| {
            let text = br#"{"a":{"b":[1,2]},"z":7}"#;
            let error = locate(text, &Pointer::parse(pointer).unwrap(), &ScanOptions::default());
            let Err(Error::PointerNotFound { found: prefix, message, .. }) = error else {
                panic!("{pointer}: {error:?}")
            };
            assert_eq!((prefix.as_str(), message.as_str()), (found, said));
        };
        check("/x/y", "", "the root is an object without the member \"x\"");
        check("/a/c", "/a", "the value at /a is an object without the member \"c\"");
        check("/a/b/2", "/a/b", "the value at /a/b is an array without the element 2");
        check("/z/0", "/z", "the value at /z is no object or array; it has no \"0\"");
        check(
            "/a/b/-",
            "/a/b",
            "the value at /a/b is an array; '-' names the element behind its last, which does not exist",
        );
        check(
            "/a/b/01",
            "/a/b",
            "the value at /a/b is an array; \"01\" is no index: allowed are digits without a leading zero",
        );
    }

    #[test]
    fn malformed() {
        for pointer in ["a", "#/a", "/~", "/~2", "/a~"] {
            assert!(matches!(Pointer::parse(pointer), Err(Error::Query { .. })), "{pointer}");
        }
    }
}
