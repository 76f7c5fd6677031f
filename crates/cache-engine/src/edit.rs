//! Edits: values that were made of the ones that entries have.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use crate::{Value, Version};

/// A value that was made of the one that an entry has; whoever made it took his time, and no lock. The entry keeps its life
/// and its tags.
///
/// Two edits are equal if they were asked for in the same words, whatever came out: so one that is sent again is known,
/// though it was made of another value.
#[derive(Debug, Clone)]
pub struct Edit {
    /// What was asked for.
    pub asked: Arc<[u8]>,
    /// The version of the entry of whose value this one was made.
    pub basis: Version,
    /// The value.
    pub value: Value,
}

impl PartialEq for Edit {
    fn eq(&self, other: &Self) -> bool {
        self.asked == other.asked
    }
}

impl Eq for Edit {}

impl Hash for Edit {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.asked.hash(state);
    }
}
