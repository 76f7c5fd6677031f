//! Entries: what a store keeps under a key.

mod lasting;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::{Life, Tag, Tags, Timestamp, Ttl, Value, Version, epochs::Mark, life::Span, policy::Handle};

pub(crate) use self::lasting::Lasting;

/// How long whoever was told to refresh a stale entry has for it, before another one is told.
pub const REFRESH_LEASE: Duration = Duration::from_secs(10);

/// Bytes that an entry is charged on top if it slides, can be stale or has tags.
const RARE_BYTES: u64 = 112;

/// And for each tag, besides its text.
const TAG_BYTES: u64 = 128;

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Draft {
    /// The value.
    pub value: Value,
    /// How long it is to live.
    pub life: Life,
    /// By what it can be invalidated.
    pub tags: Tags,
    /// How long it took to make, if that is known: what is dear stays longer.
    pub cost: Option<Duration>,
}

impl Draft {
    /// A value with a time to live, without tags.
    #[must_use]
    pub fn new(value: Value, ttl: Ttl) -> Self {
        Self { value, life: ttl.into(), tags: Tags::default(), cost: None }
    }

    /// The same, which took so long to make.
    #[must_use]
    pub fn costing(self, cost: Duration) -> Self {
        Self { cost: Some(cost), ..self }
    }

    /// What it is charged beyond a plain entry.
    pub(crate) fn extra_bytes(&self) -> u64 {
        extra_bytes(&self.life, self.tags.iter())
    }
}

/// What an entry of this life and these tags is charged beyond a plain one.
fn extra_bytes<'a>(life: &Life, tags: impl Iterator<Item = &'a Tag>) -> u64 {
    let tags: u64 = tags.map(|tag| TAG_BYTES + tag.as_str().len() as u64).sum();
    if tags == 0 && life.is_plain() { 0 } else { RARE_BYTES + tags }
}

/// Whether an entry is as good as new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It is.
    Fresh,
    /// It is not; somebody was told to refresh it.
    Stale,
    /// It is not, and it is this caller who is told to refresh it.
    Refresh,
}

/// A value with its version and the end of its life. Cheap to clone (one reference count); what it says never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry(triomphe::Arc<Kept>);

/// 40 bytes, so that with its count it fits a block of 48.
#[derive(Debug)]
struct Kept {
    value: Value,
    version: Version,
    /// Or [`Timestamp::NEVER`].
    ends: Timestamp,
    charge: u32,
    /// By which the policy of its shard knows it, once it was put there.
    handle: AtomicU32,
    rare: Option<Box<Rare>>,
}

/// Where it is kept is not what an entry says.
impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        (self.version, self.ends, self.charge) == (other.version, other.ends, other.charge)
            && self.value == other.value
            && self.rare == other.rare
    }
}

impl Eq for Kept {}

/// What few entries have; apart, so that the others do not pay for it.
#[derive(Debug)]
struct Rare {
    idle: Option<Idle>,
    stale_from: Option<Timestamp>,
    /// From when on a reader may be told to refresh; nanoseconds as of [`Timestamp`].
    refresh_from: AtomicU64,
    marks: Box<[Arc<Mark>]>,
    /// It was computed from another entry of the store.
    is_derived: bool,
}

/// An end that uses put off.
#[derive(Debug)]
struct Idle {
    limit: Duration,
    /// The end as the last use left it.
    until: AtomicU64,
    /// The end as the expiry index has it; only for the holder of its lock.
    indexed: AtomicU64,
}

/// Claims and indexes are not what an entry says.
impl PartialEq for Rare {
    fn eq(&self, other: &Self) -> bool {
        let idle =
            |rare: &Self| rare.idle.as_ref().map(|idle| (idle.limit, idle.until.load(Ordering::Acquire)));
        let tags = |rare: &Self| rare.marks.iter().map(|mark| mark.tag().clone()).collect::<Vec<_>>();
        idle(self) == idle(other) && self.stale_from == other.stale_from && tags(self) == tags(other)
    }
}

impl Eq for Rare {}

impl Rare {
    fn of(span: &Span, marks: Box<[Arc<Mark>]>) -> Option<Box<Self>> {
        if span.idle.is_none() && span.stale_from.is_none() && marks.is_empty() {
            return None;
        }
        let idle = span.idle.map(|limit| {
            let until = span.began.after(limit).as_nanos();
            Idle { limit, until: AtomicU64::new(until), indexed: AtomicU64::new(until) }
        });
        let stale_from = span.stale_from;
        let refresh_from = AtomicU64::new(stale_from.unwrap_or_default().as_nanos());
        Some(Box::new(Self { idle, stale_from, refresh_from, marks, is_derived: false }))
    }

    /// Of an entry that was computed.
    fn derived(span: &Span, marks: Box<[Arc<Mark>]>) -> Box<Self> {
        let plain = Self {
            idle: None,
            stale_from: None,
            refresh_from: AtomicU64::new(0),
            marks: Box::default(),
            is_derived: true,
        };
        match Self::of(span, marks) {
            Some(rare) => Box::new(Self { is_derived: true, ..*rare }),
            None => Box::new(plain),
        }
    }
}

impl Entry {
    /// Makes an entry that is charged `charge` bytes.
    pub(crate) fn new(
        value: Value,
        version: Version,
        span: Span,
        marks: Box<[Arc<Mark>]>,
        charge: u32,
    ) -> Self {
        Self::with(value, version, charge, span.ends, Rare::of(&span, marks))
    }

    /// Makes an entry that is computed from another one.
    pub(crate) fn derived(
        value: Value,
        version: Version,
        span: Span,
        marks: Box<[Arc<Mark>]>,
        charge: u32,
    ) -> Self {
        Self::with(value, version, charge, span.ends, Some(Rare::derived(&span, marks)))
    }

    fn with(
        value: Value,
        version: Version,
        charge: u32,
        ends: Option<Timestamp>,
        rare: Option<Box<Rare>>,
    ) -> Self {
        let ends = ends.unwrap_or(Timestamp::NEVER);
        Self(triomphe::Arc::new(Kept { value, version, ends, charge, handle: AtomicU32::default(), rare }))
    }

    /// Whether it was computed from another entry.
    pub(crate) fn is_derived(&self) -> bool {
        self.0.rare.as_deref().is_some_and(|rare| rare.is_derived)
    }

    /// The same value, version and tags with another life.
    pub(crate) fn with_life(&self, span: Span, charge: u32) -> Self {
        let make = if self.is_derived() { Self::derived } else { Self::new };
        make(self.0.value.clone(), self.0.version, span, self.marks().into(), charge)
    }

    /// Another value and version with the same tags and life; what slides is used now.
    pub(crate) fn with_value(&self, value: Value, version: Version, now: Timestamp, charge: u32) -> Self {
        let rare = self.0.rare.as_deref();
        let span = Span {
            ends: self.end(),
            idle: rare.and_then(|rare| rare.idle.as_ref()).map(|idle| idle.limit),
            began: now,
            stale_from: rare.and_then(|rare| rare.stale_from),
        };
        Self::new(value, version, span, self.marks().into(), charge)
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.0.value
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// Its tags, in order.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.marks().iter().map(|mark| mark.tag())
    }

    /// When it expires, by the clock of its store, unless it is used before; `None`: never.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        let idle = self.idle().map(|idle| Timestamp::from_nanos(idle.until.load(Ordering::Acquire)));
        earlier(self.end(), idle)
    }

    /// How long it has to live, by the clock of its store; `None`: it does not expire. Zero: it has expired.
    #[must_use]
    pub fn remaining(&self, now: Timestamp) -> Option<Duration> {
        self.expires_at().map(|end| end.since(now))
    }

    /// Whether its life is over: an entry that lives 5 s is gone when 5 s have passed.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at().is_some_and(|end| end <= now)
    }

    /// Whether it is fresh. Of those who ask while it is stale, one is told to refresh it, and the next one only after
    /// [`REFRESH_LEASE`]; so ask once a read.
    #[must_use]
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        let Some(rare) = self.0.rare.as_deref() else { return Freshness::Fresh };
        if rare.stale_from.is_none_or(|stale_from| now < stale_from) {
            return Freshness::Fresh;
        }
        let seen = rare.refresh_from.load(Ordering::Acquire);
        let next = now.after(REFRESH_LEASE).as_nanos();
        let claim =
            || rare.refresh_from.compare_exchange(seen, next, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if seen <= now.as_nanos() && claim() { Freshness::Refresh } else { Freshness::Stale }
    }

    /// Whether it is no longer fresh; tells nobody to refresh it.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        let stale_from = self.0.rare.as_deref().and_then(|rare| rare.stale_from);
        stale_from.is_some_and(|stale_from| stale_from <= now)
    }

    /// Notes a use, which puts off the end of what slides.
    pub(crate) fn touch(&self, now: Timestamp) {
        if let Some(idle) = self.idle() {
            idle.until.fetch_max(now.after(idle.limit).as_nanos(), Ordering::AcqRel);
        }
    }

    /// The end as the expiry index has it, which lags behind what slides. Only for the holder of its lock.
    pub(crate) fn indexed_end(&self) -> Option<Timestamp> {
        let idle = self.idle().map(|idle| Timestamp::from_nanos(idle.indexed.load(Ordering::Relaxed)));
        earlier(self.end(), idle)
    }

    /// Makes the end that is to be indexed the true one. Only for the holder of the lock of the index.
    pub(crate) fn reindex(&self) {
        if let Some(idle) = self.idle() {
            idle.indexed.store(idle.until.load(Ordering::Acquire), Ordering::Relaxed);
        }
    }

    /// Says where it is kept. To be called before others can see it.
    pub(crate) fn keep_at(&self, handle: Handle) {
        self.0.handle.store(handle.index(), Ordering::Relaxed);
    }

    /// Where it is kept. Relaxed is enough: whoever has the entry had it from the map, which came after.
    pub(crate) fn handle(&self) -> Handle {
        Handle::from_index(self.0.handle.load(Ordering::Relaxed))
    }

    /// Bytes that it is charged.
    pub(crate) fn charge(&self) -> u32 {
        self.0.charge
    }

    /// Bytes that it is charged beyond a plain entry.
    pub(crate) fn extra_bytes(&self) -> u64 {
        let tags: u64 = self.tags().map(|tag| TAG_BYTES + tag.as_str().len() as u64).sum();
        if self.0.rare.is_some() { RARE_BYTES + tags } else { 0 }
    }

    /// The same if it had another life.
    pub(crate) fn extra_bytes_with(&self, life: &Life) -> u64 {
        extra_bytes(life, self.tags())
    }

    pub(crate) fn marks(&self) -> &[Arc<Mark>] {
        self.0.rare.as_deref().map_or(&[], |rare| &rare.marks)
    }

    /// Its end, however much it is used.
    fn end(&self) -> Option<Timestamp> {
        (self.0.ends != Timestamp::NEVER).then_some(self.0.ends)
    }

    fn idle(&self) -> Option<&Idle> {
        self.0.rare.as_deref()?.idle.as_ref()
    }
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests;
