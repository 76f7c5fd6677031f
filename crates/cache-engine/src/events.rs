//! What happens to the entries of a namespace, told to those who watch it.
//!
//! The idea: a namespace that is watched writes each change into one bounded log, under the lock under which the change
//! was made and after readers can see it. A watcher is a cursor into that log with a filter; it has no queue of its own, so
//! a slow one costs nothing and is told what it lost.
//!
//! Promise:
//! - A watcher sees every change that begins after [`Store::subscribe`](crate::Store::subscribe) has returned, in the order
//!   in which its key was changed, or a [`Discontinuity`] in the place of what it did not see.
//! - Whoever reads an entry after its event reads that state or a later one.
//! - Sequences grow by one an event, are below 2^53, and are not given again by a later namespace of that name, nor after a restart, within the
//!   bounds of [`Version`]s. A sequence of another process, or of a time that the log does not reach back to, gives a
//!   `Discontinuity`.
//! - An entry that expires is told when it is noticed: by a write, by the sweep, or when room is made. One that was invalidated
//!   is not told by itself: the invalidation is, once.
//!
//! Cost: without a watcher one load of a flag a change. With some, a short lock of the namespace and 80 bytes, key and tags
//! an event, at most [`EventLimits`]. After the last watcher has gone, changes are logged until the log no longer holds the
//! moment at which it went, so that it can come back, or until another log needs its room.

mod filter;
mod log;
mod pump;
mod ring;
mod room;
mod seats;
mod subscription;

use std::sync::Arc;

use crate::{Key, Scope, Tag, Version};

pub use self::{
    filter::EventFilter,
    subscription::{Batch, Discontinuity, Subscription},
};
pub(crate) use self::{
    log::{EventLog, Publisher},
    pump::Pump,
    room::LogRoom,
};

/// Bytes that an event is charged besides its texts.
const EVENT_BYTES: usize = 80;

/// And a tag besides its text.
const TAG_BYTES: usize = 24;

/// What the log of a namespace holds at most. A watcher that is further behind is told a [`Discontinuity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventLimits {
    /// Events. Default 65,536.
    pub events: usize,
    /// Bytes, overhead included. Default 8 MiB.
    pub bytes: usize,
}

impl Default for EventLimits {
    fn default() -> Self {
        Self { events: 65_536, bytes: 8 << 20 }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The entry was written.
    Set,
    /// The entry got another life; value, version and tags are as they were.
    Touched,
    /// A caller removed the entry.
    Deleted,
    /// The life of the entry was over.
    Expired,
    /// The entry made room for others.
    Evicted,
    /// What was written before is absent: one entry, or all of a [`Scope`].
    Invalidated,
}

/// One change. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number in the log of the namespace.
    pub sequence: u64,
    /// What happened.
    pub kind: EventKind,
    /// To what.
    pub subject: Subject,
    /// The version that the entry has now or had last. Of a scope: entries of a lower version are absent, others are
    /// not concerned, whichever event comes first.
    pub version: Version,
}

/// To what it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// To one entry.
    Entry {
        /// Its key.
        key: Key,
        /// Its tags; `None`: it has none and had none.
        tags: Option<Arc<EventTags>>,
    },
    /// To many.
    Scope(Scope),
}

/// The tags of an entry over a change.
#[derive(Debug, PartialEq, Eq)]
pub struct EventTags {
    /// Those that it has, or had when it went.
    pub now: Box<[Tag]>,
    /// Those of the entry that it replaced. Whoever watches one of them is told that it is lost.
    pub before: Box<[Tag]>,
}

impl Event {
    /// The tags that the entry has, or had when it went; none of a scope.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        match &self.subject {
            Subject::Entry { tags: Some(tags), .. } => &tags.now,
            Subject::Entry { tags: None, .. } | Subject::Scope(_) => &[],
        }
    }

    /// Bytes that it is charged.
    fn charge(&self) -> usize {
        let of = |tag: &Tag| TAG_BYTES + tag.as_str().len();
        let texts: usize = match &self.subject {
            Subject::Entry { key, tags } => {
                let tags = tags.iter().flat_map(|tags| tags.now.iter().chain(&tags.before));
                key.as_str().len() + tags.map(of).sum::<usize>()
            }
            Subject::Scope(Scope::Tags(tags)) => tags.iter().map(of).sum(),
            Subject::Scope(Scope::All) => 0,
        };
        EVENT_BYTES + texts
    }
}

#[cfg(test)]
mod tests;
