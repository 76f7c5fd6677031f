//! Writes that take effect once, however often they are sent.

use std::{sync::Arc, time::Duration};

use crate::{
    Condition, Counted, Current, Draft, Edit, Error, Increment, Key, RemoveOutcome, SetOutcome, Version,
};

/// For how long a write that is sent again is answered as the first time.
pub const REQUEST_ID_WINDOW: Duration = Duration::from_secs(300);

/// Most bytes of a request id.
pub const MAX_REQUEST_ID_BYTES: usize = 64;

/// What tells a write that is sent again from another one: 1 to [`MAX_REQUEST_ID_BYTES`] bytes of UTF-8. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Checks and copies an id.
    ///
    /// # Errors
    /// [`Error::RequestIdInvalid`].
    pub fn new(text: &str) -> Result<Self, Error> {
        if text.is_empty() || text.len() > MAX_REQUEST_ID_BYTES {
            return Err(Error::RequestIdInvalid { allowed: MAX_REQUEST_ID_BYTES, actual: text.len() });
        }
        Ok(Self(text.into()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A write, as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Write {
    /// [`Store::set`](crate::Store::set).
    Set {
        /// The key.
        key: Key,
        /// What is to be written.
        draft: Draft,
        /// On what it depends.
        condition: Condition,
    },
    /// [`Store::remove`](crate::Store::remove).
    Remove {
        /// The key.
        key: Key,
        /// On what it depends.
        condition: Condition,
    },
    /// [`Store::increment`](crate::Store::increment).
    Increment {
        /// The key.
        key: Key,
        /// How to change the counter.
        increment: Increment,
    },
    /// [`Store::edit`](crate::Store::edit). One whose entry has changed meanwhile was not done and may be tried again under
    /// its id.
    Edit {
        /// The key.
        key: Key,
        /// What is to be written in place of what.
        edit: Edit,
    },
}

/// What came of a write, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It was written and got this version.
    Stored(Version),
    /// It was removed; it had this version.
    Removed(Version),
    /// The counter has this number now, and this version.
    Counted(i64, Version),
    /// There was nothing to remove.
    Missing,
    /// Nothing was done: the condition did not hold.
    Conflict(Current),
}

impl From<SetOutcome> for Receipt {
    fn from(outcome: SetOutcome) -> Self {
        match outcome {
            SetOutcome::Stored(entry) => Self::Stored(entry.version()),
            SetOutcome::Conflict(current) => Self::Conflict(current),
        }
    }
}

impl From<RemoveOutcome> for Receipt {
    fn from(outcome: RemoveOutcome) -> Self {
        match outcome {
            RemoveOutcome::Removed(version) => Self::Removed(version),
            RemoveOutcome::Missing => Self::Missing,
            RemoveOutcome::Conflict(current) => Self::Conflict(current),
        }
    }
}

impl From<Counted> for Receipt {
    fn from(counted: Counted) -> Self {
        Self::Counted(counted.number, counted.entry.version())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_has_1_to_64_bytes() {
        let check = |bytes: usize, expected| {
            assert_eq!(RequestId::new(&"r".repeat(bytes)).map(|_| ()), expected);
        };
        check(0, Err(Error::RequestIdInvalid { allowed: 64, actual: 0 }));
        check(1, Ok(()));
        check(64, Ok(()));
        check(65, Err(Error::RequestIdInvalid { allowed: 64, actual: 65 }));
    }
}
