//! Tags: names by which entries are invalidated together.

use std::{borrow::Borrow, fmt, sync::Arc};

use crate::Error;

/// Most bytes of a tag.
pub const MAX_TAG_BYTES: usize = 128;

/// Most tags of an entry, and of one invalidation.
pub const MAX_TAGS: usize = 16;

/// A tag: 1 to [`MAX_TAG_BYTES`] bytes of UTF-8. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(Arc<str>);

impl Tag {
    /// Checks and copies a tag.
    ///
    /// # Errors
    /// [`Error::TagInvalid`].
    pub fn new(text: &str) -> Result<Self, Error> {
        if text.is_empty() || text.len() > MAX_TAG_BYTES {
            return Err(Error::TagInvalid { allowed: MAX_TAG_BYTES, actual: text.len() });
        }
        Ok(Self(text.into()))
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Tag {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Shows the length only, as keys do.
impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({} bytes)", self.0.len())
    }
}

/// Up to [`MAX_TAGS`] tags, ordered, each once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// Checks and copies tags; one that stands there twice counts once, but the limit is that of what was given.
    ///
    /// # Errors
    /// [`Error::TagsLimit`], [`Error::TagInvalid`].
    pub fn new<T: AsRef<str>>(tags: &[T]) -> Result<Self, Error> {
        if tags.len() > MAX_TAGS {
            return Err(Error::TagsLimit { allowed: MAX_TAGS, actual: tags.len() });
        }
        let mut checked = tags.iter().map(|tag| Tag::new(tag.as_ref())).collect::<Result<Vec<_>, _>>()?;
        checked.sort();
        checked.dedup();
        Ok(Self(checked))
    }

    /// The tags, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_1_to_128_bytes() {
        let check = |bytes: usize, expected| assert_eq!(Tag::new(&"t".repeat(bytes)).map(|_| ()), expected);
        check(0, Err(Error::TagInvalid { allowed: 128, actual: 0 }));
        check(1, Ok(()));
        check(128, Ok(()));
        check(129, Err(Error::TagInvalid { allowed: 128, actual: 129 }));
    }

    #[test]
    fn an_entry_has_at_most_16_tags_each_once() {
        let many: Vec<String> = (0..17).map(|number| number.to_string()).collect();
        assert_eq!(Tags::new(&many), Err(Error::TagsLimit { allowed: 16, actual: 17 }));
        assert_eq!(Tags::new(&many[..16]).unwrap().iter().count(), 16);
        let twice = Tags::new(&["b", "a", "b"]).unwrap();
        assert_eq!(twice.iter().map(Tag::as_str).collect::<Vec<_>>(), ["a", "b"]);
    }
}
