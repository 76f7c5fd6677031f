//! What the standard library of jaq asks of a value.

use super::val::Val;
use crate::document::{Document, Number};

impl jaq_std::ValT for Val {
    fn into_seq<S: FromIterator<Val>>(self) -> Result<S, Val> {
        match self.document() {
            Document::Arr(elements) => {
                super::account::charge(elements.len() as u64);
                Ok(elements.iter().map(|element| Val::of(element.clone())).collect())
            }
            _ => Err(self),
        }
    }

    fn is_int(&self) -> bool {
        matches!(self.document(), Document::Number(Number::I64(_)))
    }

    fn as_isize(&self) -> Option<isize> {
        match self.document() {
            Document::Number(Number::I64(integer)) => isize::try_from(*integer).ok(),
            // `1.0` and `1e3` count as integers.
            Document::Number(Number::Literal(_)) => {
                let double = self.as_double()?;
                (double.fract() == 0.0 && double.abs() < 9e15).then_some(double as isize)
            }
            _ => None,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        self.as_double()
    }

    fn is_utf8_str(&self) -> bool {
        matches!(self.document(), Document::Str(_))
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        match self.document() {
            Document::Str(text) => {
                // Those who ask for bytes go over them.
                super::account::charge(text.len() as u64 / 64 + 1);
                Some(text.as_bytes())
            }
            _ => None,
        }
    }

    fn as_sub_str(&self, sub: &[u8]) -> Val {
        Val::text(&String::from_utf8_lossy(sub))
    }

    fn from_utf8_bytes(bytes: impl AsRef<[u8]> + Send + 'static) -> Val {
        Val::text(&String::from_utf8_lossy(bytes.as_ref()))
    }
}
