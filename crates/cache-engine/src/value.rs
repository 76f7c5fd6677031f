//! Values: a body and its media type.
//!
//! A value owns exactly its bytes. Everything is copied in when it is made, because a slice of a network frame keeps
//! the whole frame alive: a cache full of 100-byte slices would hold as many frames. Reading it out copies nothing.
//! A value is one word and, without a media type, one allocation with 24 bytes beside those of the body.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use arcstr::{ArcStr, literal};
use bytes::Bytes;
use triomphe::{Arc, ThinArc};

use crate::Error;

/// Most bytes of a media type.
pub const MAX_CONTENT_TYPE_BYTES: usize = 255;

/// What a value says, as text or as bytes; it comes back as it came. Cheap to clone.
#[derive(Clone)]
pub struct Body(ThinArc<Kind, u8>);

/// Whether it is text, and the media type of the value that it is of: `t` or `d`, and the media type behind that. In one word
/// because an entry has it; the usual ones, without a media type, lie in the program.
#[derive(Clone)]
struct Kind(ArcStr);

impl Kind {
    const TEXT: Self = Self(literal!("t"));
    const DATA: Self = Self(literal!("d"));

    fn is_text(&self) -> bool {
        self.0.starts_with('t')
    }

    fn content_type(&self) -> &str {
        &self.0[1..]
    }

    fn with_content_type(&self, content_type: &str) -> Self {
        let plain = if self.is_text() { Self::TEXT } else { Self::DATA };
        if content_type.is_empty() { plain } else { Self(arcstr::format!("{}{content_type}", plain.0)) }
    }
}

impl Body {
    /// A body of text; copies it.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self(ThinArc::from_header_and_slice(Kind::TEXT, text.as_ref().as_bytes()))
    }

    /// A body of bytes; copies them.
    pub fn data(data: impl AsRef<[u8]>) -> Self {
        Self(ThinArc::from_header_and_slice(Kind::DATA, data.as_ref()))
    }

    /// Whether it is text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.kind().is_text()
    }

    /// The bytes, of either kind.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0.slice
    }

    /// The text, if it is one. Looks through it once, at some GB/s.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        let text = || simdutf8::basic::from_utf8(self.as_bytes()).expect("text was copied in");
        self.is_text().then(text)
    }

    /// The bytes, of either kind, to hand to a network layer; shares the memory, copies nothing.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        Bytes::from_owner(Shared(self.clone()))
    }

    /// Number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many share its memory.
    #[must_use]
    pub fn owners(&self) -> usize {
        ThinArc::strong_count(&self.0)
    }

    fn kind(&self) -> &Kind {
        &self.0.header.header
    }

    /// The same of another kind; copied if it is shared.
    fn of_kind(mut self, kind: Kind) -> Self {
        let mut kind = Some(kind);
        self.0.with_arc_mut(|body| {
            if let Some(alone) = Arc::get_mut(body)
                && let Some(kind) = kind.take()
            {
                *alone.header_mut() = kind;
            }
        });
        match kind {
            Some(kind) => Self(ThinArc::from_header_and_slice(kind, self.as_bytes())),
            None => self,
        }
    }
}

/// The media type is no part of what it says.
impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.is_text() == other.is_text() && self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Body {}

impl Hash for Body {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.is_text().hash(state);
        self.as_bytes().hash(state);
    }
}

/// Shows kind and length only: values can be secret, and logs are not.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_text() { "Text" } else { "Data" };
        write!(f, "{kind}({} bytes)", self.len())
    }
}

struct Shared(Body);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A value. Cheap to clone.
#[derive(Clone)]
pub struct Value(Body);

impl Value {
    /// Checks and makes a value; an empty `content_type` means none. How large a body may be is for its namespace
    /// to say. A body that is shared already is copied, if the media type is another one than it has there.
    ///
    /// # Errors
    /// [`Error::ContentTypeTooLong`].
    pub fn new(body: Body, content_type: &str) -> Result<Self, Error> {
        if content_type.len() > MAX_CONTENT_TYPE_BYTES {
            let (allowed, actual) = (MAX_CONTENT_TYPE_BYTES, content_type.len());
            return Err(Error::ContentTypeTooLong { allowed, actual });
        }
        if body.kind().content_type() == content_type {
            return Ok(Self(body));
        }
        let kind = body.kind().with_content_type(content_type);
        Ok(Self(body.of_kind(kind)))
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.0
    }

    /// The body, for another value.
    #[must_use]
    pub fn into_body(self) -> Body {
        self.0
    }

    /// The media type as it was given; empty when none was.
    #[must_use]
    pub fn content_type(&self) -> &str {
        self.0.kind().content_type()
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.body() == other.body() && self.content_type() == other.content_type()
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.body().hash(state);
        self.content_type().hash(state);
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value")
            .field("body", self.body())
            .field("content_type", &self.content_type())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_comes_back_in_its_arm() {
        let text = Body::text("né");
        let data = Body::data([0xff, 0x00]);
        assert_eq!((text.as_text(), text.as_bytes(), text.len()), (Some("né"), "né".as_bytes(), 3));
        assert_eq!((data.as_text(), data.as_bytes(), data.len()), (None, &[0xff, 0x00][..], 2));
        assert_ne!(Body::text("a"), Body::data("a"));
        assert!(Body::text("").is_empty());
    }

    #[test]
    fn a_body_of_a_large_frame_keeps_only_its_own_bytes() {
        let frame = Bytes::from(vec![7_u8; 1 << 20]);
        let slice = frame.slice(..10);
        let body = Body::data(&slice);
        drop(slice);
        assert!(frame.is_unique());
        assert_eq!(body.as_bytes(), [7; 10]);
    }

    #[test]
    fn to_bytes_shares_the_memory() {
        let body = Body::text("shared");
        assert_eq!(body.to_bytes().as_ptr(), body.as_bytes().as_ptr());
    }

    #[test]
    fn a_media_type_is_of_the_value_and_a_body_that_others_have_stays_as_it_is() {
        let json = Value::new(Body::text("1"), "application/json").unwrap();
        let (kept, shared) = (json.body().as_bytes().as_ptr(), json.body().clone());
        let same = Value::new(json.body().clone(), "application/json").unwrap();
        assert_eq!((same.body().as_bytes().as_ptr(), &same), (kept, &json));
        let plain = Value::new(shared, "").unwrap();
        assert_eq!((plain.body(), plain.content_type()), (json.body(), ""));
        assert_eq!(json.content_type(), "application/json");
        assert_ne!(plain, json);
        let alone = Body::data("1");
        let place = alone.as_bytes().as_ptr();
        let typed = Value::new(alone, "text/plain").unwrap();
        assert_eq!((typed.body().as_bytes().as_ptr(), typed.content_type()), (place, "text/plain"));
        assert_eq!((typed.body().as_text(), json.body().as_text()), (None, Some("1")));
    }

    #[test]
    fn a_content_type_has_at_most_255_bytes() {
        let check = |length: usize| Value::new(Body::text(""), &"t".repeat(length));
        assert_eq!(check(0).unwrap().content_type(), "");
        assert_eq!(check(255).unwrap().content_type().len(), 255);
        assert_eq!(check(256), Err(Error::ContentTypeTooLong { allowed: 255, actual: 256 }));
    }
}
