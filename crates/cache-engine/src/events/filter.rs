//! Which events a watcher is told.

use std::collections::HashSet;

use super::{Event, Subject};
use crate::{Key, Tags};

/// Which events a watcher is told. An invalidation of a scope is told to all: whatever they watch, their entries may
/// have that tag, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventFilter {
    /// Those of the namespace.
    All,
    /// Those of these keys.
    Keys(HashSet<Key>),
    /// Those of keys that begin with this text.
    Prefix(Box<str>),
    /// Those of entries that have one of these tags, or had until this event.
    Tags(Tags),
}

impl EventFilter {
    /// One look-up, one comparison, or one a pair of tags.
    pub(super) fn passes(&self, event: &Event) -> bool {
        match &event.subject {
            Subject::Entry { key, tags } => match self {
                Self::All => true,
                Self::Keys(keys) => keys.contains(key),
                Self::Prefix(prefix) => key.as_str().starts_with(&**prefix),
                Self::Tags(own) => tags
                    .iter()
                    .any(|tags| own.iter().any(|tag| tags.now.contains(tag) || tags.before.contains(tag))),
            },
            Subject::Scope(_) => true,
        }
    }
}
