//! What is left of the life of an entry, to be written down and taken up again by another clock.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::{Entry, RARE_BYTES, TAG_BYTES};
use crate::{Tags, Timestamp, Value, Version, epochs::Mark, life::Span};

/// The ends of a life that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Lasting {
    /// Its end, however much it is used.
    pub(crate) ends: Option<Timestamp>,
    /// How long after a use it ends, and when that is as of the last one.
    pub(crate) idle: Option<(Duration, Timestamp)>,
    /// From when on it is stale.
    pub(crate) stale_from: Option<Timestamp>,
}

impl Lasting {
    /// The same life when `passed` of its time has passed and it is `now` by another clock; `None`: it is over.
    pub(crate) fn resumed(self, passed: Timestamp, now: Timestamp) -> Option<Self> {
        let resume = |moment: Timestamp| now.after(moment.since(passed));
        let is_over = |moment: Timestamp| moment <= passed;
        if self.ends.is_some_and(is_over) || self.idle.is_some_and(|(_, until)| is_over(until)) {
            return None;
        }
        Some(Self {
            ends: self.ends.map(resume),
            idle: self.idle.map(|(limit, until)| (limit, resume(until))),
            stale_from: self.stale_from.map(resume),
        })
    }

    /// What an entry of this life and these tags is charged beyond a plain one.
    pub(crate) fn extra_bytes(&self, tags: &Tags) -> u64 {
        let tags: u64 = tags.iter().map(|tag| TAG_BYTES + tag.as_str().len() as u64).sum();
        if tags == 0 && self.idle.is_none() && self.stale_from.is_none() { 0 } else { RARE_BYTES + tags }
    }
}

impl Entry {
    /// What is left of its life.
    pub(crate) fn lasting(&self) -> Lasting {
        let rare = self.0.rare.as_deref();
        let until = |idle: &super::Idle| Timestamp::from_nanos(idle.until.load(Ordering::Acquire));
        Lasting {
            ends: self.end(),
            idle: self.idle().map(|idle| (idle.limit, until(idle))),
            stale_from: rare.and_then(|rare| rare.stale_from),
        }
    }

    /// An entry as it was, which nobody else has yet.
    pub(crate) fn restored(
        value: Value,
        version: Version,
        lasting: Lasting,
        marks: Box<[Arc<Mark>]>,
        charge: u32,
    ) -> Self {
        let Lasting { ends, idle, stale_from } = lasting;
        let span = Span { ends, idle: idle.map(|(limit, _)| limit), began: Timestamp::default(), stale_from };
        let entry = Self::new(value, version, span, marks, charge);
        if let (Some(kept), Some((_, until))) = (entry.idle(), idle) {
            kept.until.store(until.as_nanos(), Ordering::Release);
            entry.reindex();
        }
        entry
    }
}
