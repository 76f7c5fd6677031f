//! Keys.

use std::fmt;

use arcstr::ArcStr;

use crate::Error;

/// Most bytes of a key.
pub const MAX_KEY_BYTES: usize = 1_024;

/// The key of an entry: 1 to [`MAX_KEY_BYTES`] bytes of UTF-8. Cheap to clone, and one word: an entry
/// names its key twice.
///
/// Two keys are equal when their bytes are; nothing is normalised.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(ArcStr);

impl Key {
    /// Checks and copies a key.
    ///
    /// # Errors
    /// [`Error::KeyEmpty`], [`Error::KeyTooLong`].
    pub fn new(text: impl AsRef<str>) -> Result<Self, Error> {
        let text = text.as_ref();
        if text.is_empty() {
            return Err(Error::KeyEmpty);
        }
        if text.len() > MAX_KEY_BYTES {
            return Err(Error::KeyTooLong { allowed: MAX_KEY_BYTES, actual: text.len() });
        }
        Ok(Self(text.into()))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows the length only: keys can be secret, and logs are not.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Result<(), Error>) {
        assert_eq!(Key::new(input).map(|key| assert_eq!(key.as_str(), input)), expected);
    }

    #[test]
    fn a_key_has_1_to_1024_bytes() {
        check("", Err(Error::KeyEmpty));
        check("a", Ok(()));
        check("ключ / 🔑\0", Ok(()));
        check(&"k".repeat(1_024), Ok(()));
        check(&"k".repeat(1_025), Err(Error::KeyTooLong { allowed: 1_024, actual: 1_025 }));
        check(&"é".repeat(513), Err(Error::KeyTooLong { allowed: 1_024, actual: 1_026 }));
    }

    #[test]
    fn debug_does_not_show_a_key() {
        assert_eq!(format!("{:?}", Key::new("secret").unwrap()), "Key(6 bytes)");
    }
}
