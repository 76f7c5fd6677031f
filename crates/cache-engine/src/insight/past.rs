//! What became of keys that are not there any more.
//!
//! The idea: a table of the last ends, four to a bucket that the hash of the key names; a newer one of the same key takes
//! the place of the older, and in a full bucket a mere replacement goes first, then the oldest end. So the table is the
//! window, and each bucket knows up to when it may have forgotten.
//!
//! Promise: an answer is true of this key, but for another key of the same 64 bits of hash, which is keyed at random.
//! Cost: one bucket a write or an answer; [`BUCKET_BYTES`] a bucket, once the first end is noted.

use crate::{Tag, Timestamp, Version};

/// Records in a bucket.
pub(crate) const WAYS: usize = 4;
/// Bytes that a bucket is charged: records and, for each, as much of a tag as is kept on average.
pub(crate) const BUCKET_BYTES: u64 = (size_of::<Bucket>() + WAYS * TAG_BYTES) as u64;
/// Bytes of tags that a table holds, a record.
const TAG_BYTES: usize = 24;
/// What a tag takes besides its text.
const AROUND_TAG: usize = 16;
/// Most buckets of a table.
pub(crate) const MOST_BUCKETS: u64 = 1_024;

/// How a value came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// A caller removed it.
    Deleted,
    /// It reached the end of its life.
    Expired,
    /// It went to make room for others.
    Evicted,
    /// All of its namespace was invalidated.
    InvalidatedAll,
    /// What it was computed from changed.
    InvalidatedSource,
    /// A tag of it was invalidated, this one; `None`: there was no room to remember which.
    InvalidatedTag(Option<Tag>),
}

impl End {
    fn tag_bytes(&self) -> usize {
        match self {
            Self::InvalidatedTag(Some(tag)) => tag.as_str().len() + AROUND_TAG,
            Self::InvalidatedTag(None)
            | Self::Deleted
            | Self::Expired
            | Self::Evicted
            | Self::InvalidatedAll
            | Self::InvalidatedSource => 0,
        }
    }
}

/// An end that a value is known to have had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// How. What was invalidated after it had expired, and was not noticed in between, was invalidated.
    pub end: End,
    /// When, by the clock of the store. Of what was invalidated: when that was noticed, by the sweep at the latest.
    pub at: Timestamp,
    /// The version that the value had.
    pub version: Version,
}

/// What a table says about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recalled {
    pub(crate) gone: Option<Gone>,
    pub(crate) replaced: u32,
    /// An end after this moment would be known.
    pub(crate) forgotten_until: Option<Timestamp>,
}

#[derive(Debug)]
struct Record {
    hash: u64,
    gone: Option<Gone>,
    replaced: u32,
}

#[derive(Debug, Default)]
struct Bucket {
    ways: [Option<Record>; WAYS],
    forgotten_until: Option<Timestamp>,
}

/// The last ends of one shard.
#[derive(Debug)]
pub(super) struct Past {
    /// None before the first end.
    table: Box<[Bucket]>,
    buckets: usize,
    /// Bytes of tags that may still be kept.
    tag_room: usize,
}

impl Past {
    /// An empty table of so many buckets, at least one.
    pub(super) fn new(buckets: usize) -> Self {
        let buckets = buckets.max(1);
        Self { table: Box::default(), buckets, tag_room: buckets * WAYS * TAG_BYTES }
    }

    /// Changes the number of buckets. Where there are fewer, some ends are forgotten.
    pub(super) fn resize(&mut self, buckets: usize) {
        if self.buckets == buckets.max(1) {
            return;
        }
        let old = std::mem::replace(self, Self::new(buckets));
        let forgotten_until = old.table.iter().filter_map(|bucket| bucket.forgotten_until).max();
        let mut records: Vec<Record> =
            old.table.into_iter().flat_map(|bucket| bucket.ways).flatten().collect();
        if records.is_empty() {
            return;
        }
        self.make_table();
        self.table.iter_mut().for_each(|bucket| bucket.forgotten_until = forgotten_until);
        records.sort_by_key(|record| record.gone.as_ref().map(|gone| gone.at));
        for Record { hash, gone, replaced } in records {
            if let Some(gone) = gone {
                self.note(hash, gone);
            }
            if let Some(record) = self.record(hash) {
                record.replaced = replaced;
            }
        }
    }

    /// Takes note of the end of what has this hash.
    pub(super) fn note(&mut self, hash: u64, mut gone: Gone) {
        self.make_table();
        let replaced = self.clear_place(hash);
        let tag_bytes = gone.end.tag_bytes();
        if tag_bytes > self.tag_room {
            gone.end = End::InvalidatedTag(None);
        } else {
            self.tag_room -= tag_bytes;
        }
        let bucket = self.bucket_of(hash);
        if let Some(way) = self.table[bucket].ways.iter_mut().find(|way| way.is_none()) {
            *way = Some(Record { hash, gone: Some(gone), replaced });
        }
    }

    /// Takes note that a value of what has this hash was replaced. Nothing is forgotten for that.
    pub(super) fn replaced(&mut self, hash: u64) {
        self.make_table();
        if let Some(record) = self.record(hash) {
            record.replaced = record.replaced.saturating_add(1);
            return;
        }
        let bucket = self.bucket_of(hash);
        // What is empty comes before what was replaced less often; ends stay.
        let worth = |way: &Option<Record>| way.as_ref().map(|record| record.replaced);
        let ways = self.table[bucket].ways.iter_mut();
        let free = ways.filter(|way| way.as_ref().is_none_or(|record| record.gone.is_none()));
        if let Some(way) = free.min_by_key(|way| worth(way)) {
            *way = Some(Record { hash, gone: None, replaced: 1 });
        }
    }

    /// What is known of what has this hash.
    pub(super) fn of(&self, hash: u64) -> Recalled {
        let Some(bucket) = self.table.get(self.bucket_of(hash)) else {
            return Recalled { gone: None, replaced: 0, forgotten_until: None };
        };
        let record = bucket.ways.iter().flatten().find(|record| record.hash == hash);
        Recalled {
            gone: record.and_then(|record| record.gone.clone()),
            replaced: record.map_or(0, |record| record.replaced),
            forgotten_until: bucket.forgotten_until,
        }
    }

    /// Makes a way of its bucket free, that of the same hash if there is one; says how often that was replaced.
    fn clear_place(&mut self, hash: u64) -> u32 {
        let at = self.bucket_of(hash);
        let bucket = &mut self.table[at];
        let same = bucket.ways.iter().position(|way| way.as_ref().is_some_and(|record| record.hash == hash));
        // What is empty is older than a replacement, and that than any end.
        let age = |way: &Option<Record>| way.as_ref().map(|record| record.gone.as_ref().map(|gone| gone.at));
        let place = same.or_else(|| (0..WAYS).min_by_key(|&way| age(&bucket.ways[way])));
        let Some(record) = place.and_then(|place| bucket.ways[place].take()) else { return 0 };
        self.tag_room += record.gone.as_ref().map_or(0, |gone| gone.end.tag_bytes());
        if record.hash == hash {
            return record.replaced;
        }
        let lost = record.gone.map(|gone| gone.at);
        bucket.forgotten_until = bucket.forgotten_until.max(lost);
        0
    }

    fn record(&mut self, hash: u64) -> Option<&mut Record> {
        let bucket = self.bucket_of(hash);
        self.table.get_mut(bucket)?.ways.iter_mut().flatten().find(|record| record.hash == hash)
    }

    fn make_table(&mut self) {
        if self.table.is_empty() {
            self.table = (0..self.buckets).map(|_| Bucket::default()).collect();
        }
    }

    /// By bits that neither the choice of the shard nor the map depends on most.
    fn bucket_of(&self, hash: u64) -> usize {
        let spread = u128::from(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // Below the number of buckets.
        ((spread * self.buckets as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn gone(at: u64, end: End) -> Gone {
        Gone { end, at: Timestamp::from_nanos(at), version: Version::new(at + 1).unwrap() }
    }

    #[test]
    fn a_key_has_one_record_and_in_a_full_bucket_the_oldest_end_goes() {
        let mut past = Past::new(1);
        for at in 0..4 {
            past.note(at, gone(at, End::Expired));
        }
        past.note(0, gone(4, End::Deleted));
        assert_eq!(past.of(0).gone, Some(gone(4, End::Deleted)));
        assert_eq!(past.of(0).forgotten_until, None);
        past.note(9, gone(5, End::Evicted));
        assert_eq!(past.of(1).gone, None);
        assert_eq!(past.of(1).forgotten_until, Some(Timestamp::from_nanos(1)));
        for (hash, at) in [(0, 4), (2, 2), (3, 3), (9, 5)] {
            assert_eq!(past.of(hash).gone.map(|gone| gone.at.as_nanos()), Some(at));
        }
    }

    #[test]
    fn replacements_are_counted_and_push_no_end_out() {
        let mut past = Past::new(1);
        for hash in 0..4 {
            past.replaced(hash);
        }
        past.replaced(0);
        assert_eq!(past.of(0).replaced, 2);
        for at in 10..14 {
            past.note(at, gone(at, End::Evicted));
        }
        past.replaced(5);
        assert_eq!(past.of(5).replaced, 0);
        past.replaced(10);
        past.note(10, gone(20, End::Deleted));
        assert_eq!(past.of(10).replaced, 1);
        assert_eq!(past.of(11).gone, Some(gone(11, End::Evicted)));
        assert_eq!(past.of(0).forgotten_until, None, "no end was forgotten");
    }

    #[test]
    fn tags_are_kept_as_long_as_there_is_room_for_them() {
        let mut past = Past::new(1);
        let tagged = |at, length| gone(at, End::InvalidatedTag(Some(Tag::new(&"t".repeat(length)).unwrap())));
        past.note(1, tagged(1, 48));
        past.note(2, tagged(2, 48));
        past.note(1, tagged(3, 40));
        assert_eq!(past.of(1).gone, Some(tagged(3, 40)));
        assert_eq!(past.of(2).gone, Some(gone(2, End::InvalidatedTag(None))));
        past.note(1, gone(4, End::Deleted));
        assert_eq!(past.tag_room, 96);
    }

    #[test]
    fn a_table_of_another_size_knows_the_newest_ends() {
        let mut past = Past::new(8);
        for at in 0..20 {
            past.note(at, gone(at, End::Evicted));
        }
        past.resize(1);
        for hash in 16..20 {
            assert_eq!(past.of(hash).gone, Some(gone(hash, End::Evicted)));
        }
        assert_eq!(past.of(3).forgotten_until, Some(Timestamp::from_nanos(15)));
    }

    proptest! {
        /// Against a full log: forgotten perhaps, wrong never, and what is newer than the moment it names is known.
        #[test]
        fn what_is_known_is_true(ends in prop::collection::vec((0_u64..200, 0_usize..3), 1..2_000)) {
            let mut past = Past::new(16);
            let mut log = HashMap::new();
            for (at, (key, end)) in (0..).zip(ends) {
                let end = [End::Deleted, End::Expired, End::Evicted][end].clone();
                let hash = key.wrapping_mul(0x1234_5678_9abc_def1);
                past.note(hash, gone(at, end.clone()));
                log.insert(hash, gone(at, end));
                prop_assert_eq!(past.of(hash).gone, log.get(&hash).cloned());
            }
            for (hash, gone) in &log {
                let recalled = past.of(*hash);
                let is_forgotten = recalled.forgotten_until.is_some_and(|until| gone.at <= until);
                prop_assert!(recalled.gone.is_none_or(|known| &known == gone));
                prop_assert!(past.of(*hash).gone.is_some() || is_forgotten);
            }
        }
    }
}
