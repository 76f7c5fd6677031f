//! Paths: JSON Pointers (RFC 6901) whose tokens are keys, so that they name a key that is no Unicode text too.
//!
//! Cost: the length of the pointer.

use std::sync::Arc;

use crate::document::{Document, Key};
use crate::pointer::cut;
use crate::write::{surrogate_literal, unescape};

/// A parsed pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<Key>);

impl Path {
    /// Reads the pointer that a member of an operation holds; fails with what is wrong.
    pub(super) fn parse(pointer: &Document) -> Result<Path, String> {
        match pointer {
            Document::Str(text) => Path::of_bytes(text.as_bytes()),
            Document::Surrogates(literal) => Path::of_bytes(&unescape(literal.as_bytes())),
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Arr(_)
            | Document::Obj(_) => Err(format!("it is {}; allowed is a string", kind(pointer))),
        }
    }

    fn of_bytes(bytes: &[u8]) -> Result<Path, String> {
        let Some((first, rest)) = bytes.split_first() else {
            return Ok(Path(Vec::new()));
        };
        if *first != b'/' {
            return Err("a JSON Pointer is empty or begins with '/'".to_owned());
        }
        rest.split(|byte| *byte == b'/').map(token).collect::<Result<_, _>>().map(Path)
    }

    pub(super) fn tokens(&self) -> &[Key] {
        &self.0
    }

    /// The first `count` tokens as a pointer for messages, cut to 64 bytes.
    pub(super) fn shown(&self, count: usize) -> String {
        let mut place = Place::default();
        for token in self.0.iter().take(count) {
            place.enter_key(token);
            if place.0.len() > 64 {
                break;
            }
        }
        place.shown()
    }

    /// Whether this names something inside of what `other` names.
    pub(super) fn is_inside(&self, other: &Path) -> bool {
        self.0.len() > other.0.len() && self.0.starts_with(&other.0)
    }
}

/// Decodes one token.
fn token(raw: &[u8]) -> Result<Key, String> {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'~' {
            decoded.push(*byte);
            continue;
        }
        match bytes.next() {
            Some(b'0') => decoded.push(b'~'),
            Some(b'1') => decoded.push(b'/'),
            Some(_) | None => return Err("'~' is followed by something else than 0 or 1".to_owned()),
        }
    }
    match String::from_utf8(decoded) {
        Ok(text) => Ok(Key::Text(text.into())),
        Err(bytes) => Ok(Key::Surrogates(surrogate_literal(bytes.as_bytes()).into())),
    }
}

/// What kind of value it is, with its article.
pub(super) fn kind(document: &Document) -> &'static str {
    match document {
        Document::Null => "null",
        Document::Bool(_) => "a boolean",
        Document::Number(_) => "a number",
        Document::Str(_) | Document::Surrogates(_) => "a string",
        Document::Arr(_) => "an array",
        Document::Obj(_) => "an object",
    }
}

/// The pointer of a walk, entered and left token by token. Its bytes are UTF-8, or WTF-8 where a key is no text.
#[derive(Debug, Clone, Default)]
pub(super) struct Place(Vec<u8>);

impl Place {
    /// Goes to a member; gives what [`Place::leave`] needs.
    pub(super) fn enter_key(&mut self, key: &Key) -> usize {
        let before = self.0.len();
        self.0.push(b'/');
        match key {
            Key::Text(text) => self.escape(text.as_bytes()),
            Key::Surrogates(literal) => self.escape(&unescape(literal.as_bytes())),
        }
        before
    }

    /// Goes to an element; gives what [`Place::leave`] needs.
    pub(super) fn enter_index(&mut self, index: usize) -> usize {
        let before = self.0.len();
        self.0.push(b'/');
        self.0.extend_from_slice(itoa::Buffer::new().format(index).as_bytes());
        before
    }

    /// Goes back to where it was.
    pub(super) fn leave(&mut self, before: usize) {
        self.0.truncate(before);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// For messages, cut to 64 bytes.
    pub(super) fn shown(&self) -> String {
        shown(&self.0)
    }

    fn escape(&mut self, token: &[u8]) {
        for byte in token {
            match byte {
                b'~' => self.0.extend_from_slice(b"~0"),
                b'/' => self.0.extend_from_slice(b"~1"),
                other => self.0.push(*other),
            }
        }
    }
}

/// The bytes of a [`Place`] for messages, cut to 64 bytes.
pub(super) fn shown(bytes: &[u8]) -> String {
    // A cut in the middle of a character shows as one more replacement character, which the cut to 64 bytes drops.
    cut(&String::from_utf8_lossy(&bytes[..bytes.len().min(70)]))
}

/// The bytes of a [`Place`] as the string that an operation holds.
pub(super) fn pointer(bytes: &[u8]) -> Document {
    match std::str::from_utf8(bytes) {
        Ok(text) => Document::Str(text.into()),
        Err(_) => Document::Surrogates(Arc::from(surrogate_literal(bytes))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(literal: &str, tokens: usize) {
        let (document, _) = crate::parse::parse(literal.as_bytes(), &crate::ScanOptions::default()).unwrap();
        let path = Path::parse(&document).unwrap();
        assert_eq!(path.tokens().len(), tokens, "{literal}");
        let mut place = Place::default();
        for token in path.tokens() {
            place.enter_key(token);
        }
        let mut written = Vec::new();
        crate::write::document(&pointer(place.bytes()), &mut written);
        assert_eq!(String::from_utf8(written).unwrap(), literal);
    }

    #[test]
    fn what_is_read_is_written_back() {
        check(r#""""#, 0);
        check(r#""/""#, 1);
        check(r#""/a~1b/~01/é/\"\n""#, 4);
        check(r#""/\ud800/x/\ud800~1\n""#, 3);
    }

    #[test]
    fn long_pointers_are_cut() {
        let path = Path::parse(&Document::Str(format!("/{}", "é".repeat(1_000)).into())).unwrap();
        assert!(path.shown(1).len() <= 64, "{}", path.shown(1));
    }
}
