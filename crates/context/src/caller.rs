//! For whom a call is made: the end caller keeps its name over the border.

use http::HeaderValue;

use crate::{HeaderError, excerpt};

/// Most bytes of a name.
const MAX_BYTES: usize = 128;

/// The name that an end caller gave itself; 1 to 128 visible characters of ASCII. Nothing vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(HeaderValue);

impl Caller {
    pub(crate) fn parse(value: &HeaderValue) -> Result<Self, HeaderError> {
        let bytes = value.as_bytes();
        if !(1..=MAX_BYTES).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_graphic) {
            return Err(HeaderError {
                header: "x-fastjson-caller",
                message: format!("`{}` is not the name of a caller", excerpt(value)),
                allowed: "1 to 128 visible characters of ASCII",
            });
        }
        Ok(Self(value.clone()))
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(crate) fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: bool) {
        assert_eq!(Caller::parse(&HeaderValue::from_str(input).unwrap()).is_ok(), expected, "{input:?}");
    }

    #[test]
    fn names_of_callers() {
        check("shop/web-1", true);
        check(&"x".repeat(128), true);
        check(&"x".repeat(129), false);
        check("", false);
        check("two words", false);
    }
}
