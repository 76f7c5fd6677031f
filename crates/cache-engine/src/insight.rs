//! What operators ask about keys: which are used most, and why one is there or is not.
//!
//! The idea: whoever holds the lock of a shard to change something leaves a line in a bounded table, and hits that the
//! policy is shown are sampled on the way. Nothing is added to a read.
//!
//! Promise: bounded memory; what has been forgotten is answered as not known, never wrongly. Cost: some ns a write and a
//! few ns a hit that the policy is shown; 3 KiB a shard and 1/128 of the capacity of the namespace.

mod ages;
mod explanation;
mod hot;
mod past;

use self::{ages::Ages, hot::Hot, past::Past};
pub use self::{
    explanation::{Explanation, Presence, Present},
    hot::{HotKey, MAX_HOT_KEYS},
    past::{End, Gone},
};
pub(crate) use self::{
    hot::Named,
    past::{BUCKET_BYTES, MOST_BUCKETS, WAYS},
};
use crate::{Timestamp, Version, policy::Handle};

/// What a shard remembers.
#[derive(Debug)]
pub(crate) struct Insight {
    hot: Box<Hot>,
    ages: Ages,
    past: Past,
}

impl Insight {
    /// Remembers nothing yet; `buckets` are those of the table of ends, at least one.
    pub(crate) fn new(buckets: usize) -> Self {
        Self { hot: Box::new(Hot::new()), ages: Ages::default(), past: Past::new(buckets) }
    }

    /// Gives the table of ends another size.
    pub(crate) fn resize(&mut self, buckets: usize) {
        self.past.resize(buckets);
    }

    /// An entry was used.
    #[inline]
    pub(crate) fn used(&mut self, hash: u64, handle: Handle) {
        self.hot.note(hash, handle);
    }

    /// A version was given; of one shard they grow.
    pub(crate) fn written(&mut self, version: Version, now: Timestamp) {
        self.ages.note(version, now);
    }

    /// Another value took the place of one.
    pub(crate) fn replaced(&mut self, hash: u64) {
        self.past.replaced(hash);
    }

    /// A value came to its end.
    pub(crate) fn gone(&mut self, hash: u64, gone: Gone) {
        self.past.note(hash, gone);
    }

    /// Lets old uses count less; to be called now and then.
    pub(crate) fn age(&mut self, now: Timestamp) {
        self.hot.age(now);
    }

    pub(crate) fn hot(&self) -> &Hot {
        &self.hot
    }

    /// The last end of this key, how often it was replaced, and up to when ends of such keys may have been forgotten.
    pub(crate) fn past_of(&self, hash: u64) -> past::Recalled {
        self.past.of(hash)
    }

    /// Not before when this version was given; `None`: before this shard was made.
    pub(crate) fn written_at(&self, version: Version) -> Option<Timestamp> {
        self.ages.of(version)
    }
}
