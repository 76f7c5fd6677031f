//! The name of a schema or recipe.

use std::fmt;
use std::sync::Arc;

use chassis::Failure;

/// Longest name, in bytes.
pub(crate) const MAX_BYTES: usize = 128;

/// A name: 1 to 128 letters, digits and `-._~`, in segments between slashes; no segment is empty, `.` or `..`, so that a name
/// is a path of a URI too. Cloning costs one reference count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(Arc<str>);

impl Name {
    /// Fails with `NAME_INVALID`.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        Self::of(text).ok_or_else(|| {
            let shown = &text[..text.floor_char_boundary(64)];
            let message = format!(
                "the name is {shown:?}; allowed: 1 to {MAX_BYTES} letters, digits and -._~ in segments between slashes, none of \
                 them empty, . or .."
            );
            Failure::invalid("NAME_INVALID", message).with("allowed_bytes", MAX_BYTES)
        })
    }

    /// The name, if it is one.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let fits = text.len() <= MAX_BYTES && text.split('/').all(is_segment);
        fits.then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_segment(segment: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(is_allowed)
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0[..self.0.len().min(64)], f)
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_path_of_a_uri() {
        let longest = "a".repeat(MAX_BYTES);
        for name in ["a", "team/order-v2", "A.b_~9", "...", longest.as_str()] {
            assert!(Name::parse(name).is_ok(), "{name}");
        }
        let too_long = "a".repeat(MAX_BYTES + 1);
        for name in ["", "/a", "a/", "a//b", "a/../b", ".", "a b", "ä", "a@b", "a%2Fb", too_long.as_str()] {
            let failure = Name::parse(name).unwrap_err();
            assert_eq!(failure.reason, "NAME_INVALID", "{name}");
        }
    }
}
