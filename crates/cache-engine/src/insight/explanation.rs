//! Why a key is there, or why not.

use super::Gone;
use crate::{Entry, Timestamp, policy::Standing};

/// What is known about a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// When this was so, by the clock of the store.
    pub at: Timestamp,
    /// Whether it is there.
    pub presence: Presence,
    /// The last end that a value of it is known to have had, other than that it was replaced.
    pub last_end: Option<Gone>,
    /// How often a value of it was replaced by another, at least.
    pub replaced: u32,
    /// An end after this moment would be known; `None`: any end since the store was made would be.
    pub forgotten_until: Option<Timestamp>,
}

/// Whether a key is there.
#[derive(Debug, Clone, PartialEq)]
pub enum Presence {
    /// It is.
    Present(Box<Present>),
    /// It is not; [`Explanation::last_end`] says why. If that says nothing, it was never seen in the window.
    Absent,
}

/// What is known about an entry that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Present {
    /// The entry: value, version, tags, life.
    pub entry: Entry,
    /// The moment at or shortly before which it was written (by at most 100 ms or a quarter of its age); `None`: it came from a
    /// snapshot.
    pub written: Option<Timestamp>,
    /// Bytes that it is charged.
    pub bytes: u64,
    /// Whether it is no longer fresh.
    pub is_stale: bool,
    /// Its uses of late, about, and how many of them may be another's; `None`: too few to be counted.
    pub uses: Option<(u64, u64)>,
    /// What the policy thinks of it.
    pub standing: Standing,
}
