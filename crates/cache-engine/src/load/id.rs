//! The id of a lease: which it is, and that whoever names it was given it.

use std::{fmt, str::FromStr};

use super::LoadError;
use crate::Error;

/// Hexadecimal digits of the token, and of the seal.
const TOKEN_DIGITS: usize = 14;
const SEAL_DIGITS: usize = 16;

/// The id of a lease: its fencing token and a seal of its name, which is keyed at random when the process starts. So an
/// id of an earlier process, or one that somebody made up, names no lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseId {
    pub(super) token: u64,
    pub(super) seal: u64,
}

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0TOKEN_DIGITS$x}{:0SEAL_DIGITS$x}", self.token, self.seal)
    }
}

impl FromStr for LeaseId {
    type Err = Error;

    /// Reads what `Display` wrote.
    ///
    /// # Errors
    /// [`LoadError::LeaseIdInvalid`].
    fn from_str(text: &str) -> Result<Self, Error> {
        let plain = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != TOKEN_DIGITS + SEAL_DIGITS || !text.bytes().all(plain) {
            return Err(LoadError::LeaseIdInvalid.into());
        }
        let (token, seal) = text.split_at(TOKEN_DIGITS);
        let number = |digits| u64::from_str_radix(digits, 16).map_err(|_| LoadError::LeaseIdInvalid);
        Ok(Self { token: number(token)?, seal: number(seal)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        for id in [
            LeaseId { token: 1, seal: 0 },
            LeaseId { token: crate::Version::MAX, seal: u64::MAX },
            LeaseId { token: 0xab, seal: 0xcd },
        ] {
            assert_eq!(id.to_string().len(), 30);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn nothing_else_is_an_id() {
        let good = LeaseId { token: 0xab, seal: 0xcd }.to_string();
        for text in
            ["", "1", &good[1..], &format!("{good}0"), &good.replace('a', "A"), &good.replace('0', "é")[..30]]
        {
            assert_eq!(text.parse::<LeaseId>(), Err(LoadError::LeaseIdInvalid.into()), "{text}");
        }
    }
}
