//! The indentation of pretty.

use crate::Error;

/// Spaces a level, 0 to 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indent(u8);

impl Indent {
    /// Checks a number of spaces.
    pub fn new(spaces: u32) -> Result<Indent, Error> {
        match u8::try_from(spaces) {
            Ok(spaces @ 0..=16) => Ok(Indent(spaces)),
            _ => Err(Error::Option {
                name: "indent",
                message: format!("{spaces} spaces a level"),
                allowed: "0 to 16",
            }),
        }
    }

    pub(super) fn spaces(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for Indent {
    fn default() -> Self {
        Indent(2)
    }
}
