//! The text of a number, mostly without an allocation of its own.

use std::sync::Arc;

/// Bytes that lie in the literal itself.
pub(super) const SHORT: usize = 22;

/// The text of a number; reads as `str`. Up to 22 bytes lie in it, a longer one is shared by its copies.
#[derive(Clone)]
pub struct Literal(Text);

#[derive(Clone)]
enum Text {
    /// What lies behind the length means nothing.
    Short(u8, [u8; SHORT]),
    Long(Arc<str>),
}

impl Literal {
    /// No literal yet.
    pub(crate) const EMPTY: Literal = Literal(Text::Short(0, [0; SHORT]));

    /// The literal at `start..end` of `text`.
    pub(super) fn at(text: &str, start: usize, end: usize) -> Literal {
        let mut literal = Literal::EMPTY;
        literal.set(text, start, end);
        literal
    }

    /// Becomes the literal at `start..end` of `text`, where a block is copied faster than a few bytes.
    #[inline(always)]
    pub(crate) fn set(&mut self, text: &str, start: usize, end: usize) {
        match (text.as_bytes()[start..].first_chunk::<SHORT>(), &mut self.0) {
            (Some(block), Text::Short(length, present)) if end - start <= SHORT => {
                // Not both at once: put together on the stack first, they would wait for each other.
                *length = (end - start) as u8;
                present.copy_from_slice(block);
            }
            _ => *self = text[start..end].into(),
        }
    }

    /// The bytes of the text, which are at hand.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Short(length, block) => &block[..usize::from(*length)],
            Text::Long(text) => text.as_bytes(),
        }
    }

    /// The bytes of a short one, with what lies behind them, and how many they are.
    #[inline]
    pub(super) fn block(&self) -> Option<(&[u8; SHORT], usize)> {
        match &self.0 {
            Text::Short(length, block) => Some((block, usize::from(*length))),
            Text::Long(_) => None,
        }
    }

    /// The text. Costs a look at each byte of a short one.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Short(length, block) => {
                // Made from a `str`, so it is one.
                std::str::from_utf8(&block[..usize::from(*length)]).unwrap_or_default()
            }
            Text::Long(text) => text,
        }
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Literal {
        if text.len() > SHORT {
            return Literal(Text::Long(text.into()));
        }
        let mut block = [0; SHORT];
        block[..text.len()].copy_from_slice(text.as_bytes());
        Literal(Text::Short(text.len() as u8, block))
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Literal {
        text.as_str().into()
    }
}

impl From<Arc<str>> for Literal {
    fn from(text: Arc<str>) -> Literal {
        if text.len() > SHORT { Literal(Text::Long(text)) } else { (&*text).into() }
    }
}

impl std::ops::Deref for Literal {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Literal {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Literal) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Literal {}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self)
    }
}

impl std::fmt::Debug for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_its_text() {
        for length in [0, 1, 8, 21, 22, 23, 24, 1_000] {
            let text = "7".repeat(length);
            let surrounded = format!("[{text}]");
            for literal in [Literal::from(text.as_str()), Literal::at(&surrounded, 1, length + 1)] {
                assert_eq!((literal.as_str(), literal.clone().len()), (text.as_str(), length));
            }
        }
    }
}
