//! Values: a body and its media type.
//!
//! A value owns exactly its bytes. Everything is copied in when it is made, because a slice of a network frame keeps
//! the whole frame alive: a cache full of 100-byte slices would hold as many frames. Reading it out copies nothing.
//! Each part is one word and one allocation, so that an entry is small.

use std::fmt;

use arcstr::ArcStr;
use bytes::Bytes;
use triomphe::ThinArc;

use crate::Error;

/// Most bytes of a media type.
pub const MAX_CONTENT_TYPE_BYTES: usize = 255;

/// What a value says; it comes back in the arm in which it came. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Body {
    /// Text.
    Text(ArcStr),
    /// Bytes.
    Data(Data),
}

/// Bytes that are shared. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Data(ThinArc<(), u8>);

impl Data {
    fn new(bytes: &[u8]) -> Self {
        Self(ThinArc::from_header_and_slice((), bytes))
    }

    /// How many share them.
    #[must_use]
    pub fn owners(&self) -> usize {
        ThinArc::strong_count(&self.0)
    }
}

impl AsRef<[u8]> for Data {
    fn as_ref(&self) -> &[u8] {
        &self.0.slice
    }
}

impl Body {
    /// A body of text; copies it.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::Text(ArcStr::from(text.as_ref()))
    }

    /// A body of bytes; copies them.
    pub fn data(data: impl AsRef<[u8]>) -> Self {
        Self::Data(Data::new(data.as_ref()))
    }

    /// The bytes, of either arm.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Data(data) => data.as_ref(),
        }
    }

    /// The text, if it is one; costs nothing.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Data(_) => None,
        }
    }

    /// The bytes, of either arm, to hand to a network layer; shares the memory, copies nothing.
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
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Data({} bytes)", self.as_ref().len())
    }
}

/// Shows arm and length only: values can be secret, and logs are not.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arm = if self.as_text().is_some() { "Text" } else { "Data" };
        write!(f, "{arm}({} bytes)", self.len())
    }
}

struct Shared(Body);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A value. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Value {
    body: Body,
    content_type: Option<ArcStr>,
}

impl Value {
    /// Checks and makes a value; an empty `content_type` means none. How large a body may be is for its namespace
    /// to say.
    ///
    /// # Errors
    /// [`Error::ContentTypeTooLong`].
    pub fn new(body: Body, content_type: &str) -> Result<Self, Error> {
        if content_type.len() > MAX_CONTENT_TYPE_BYTES {
            let (allowed, actual) = (MAX_CONTENT_TYPE_BYTES, content_type.len());
            return Err(Error::ContentTypeTooLong { allowed, actual });
        }
        let content_type = (!content_type.is_empty()).then(|| content_type.into());
        Ok(Self { body, content_type })
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The media type as it was given; empty when none was.
    #[must_use]
    pub fn content_type(&self) -> &str {
        self.content_type.as_deref().unwrap_or_default()
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
    fn a_content_type_has_at_most_255_bytes() {
        let check = |length: usize| Value::new(Body::text(""), &"t".repeat(length));
        assert_eq!(check(0).unwrap().content_type(), "");
        assert_eq!(check(255).unwrap().content_type().len(), 255);
        assert_eq!(check(256), Err(Error::ContentTypeTooLong { allowed: 255, actual: 256 }));
    }
}
