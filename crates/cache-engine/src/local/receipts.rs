//! The receipts of writes that have an id, so that one that is sent again is answered and not done again.
//!
//! The idea: whoever writes with an id holds the lock of its part of the window from the look for a receipt to the
//! moment when there is one. So of two that come at once, one writes and the other gets its receipt.
//!
//! Promise: within [`REQUEST_ID_WINDOW`] and the last [`receipts of a namespace`](Receipts::new), a write takes effect
//! once, over a restart, too, as far as the snapshot knows of it. A write that failed has no receipt and may be tried again. Cost: a lock and a hash of the write; at most
//! [`RECEIPT_BYTES`](crate::quota::RECEIPT_BYTES) a receipt, in all what the quota keeps for them: 1/64 of the capacity, inside it.

mod fingerprint;
mod saved;

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher, RandomState},
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use self::fingerprint::Fingerprints;
pub(super) use self::{fingerprint::KEY_BYTES, saved::SavedReceipts};
use crate::{Error, REQUEST_ID_WINDOW, Receipt, RequestId, Timestamp, Write, quota::Quota};

/// The receipts of one namespace: as many parts as it has shards, each with a lock.
pub(super) struct Receipts {
    hasher: RandomState,
    fingerprints: ArcSwap<Fingerprints>,
    parts: Box<[Mutex<Part>]>,
}

struct Part {
    kept: HashMap<RequestId, Kept>,
    /// Until when each counts, the oldest first.
    order: VecDeque<(Timestamp, RequestId)>,
    most: usize,
}

#[derive(Clone, Copy)]
struct Kept {
    /// Fingerprint of the write.
    write: u64,
    receipt: Receipt,
}

impl Receipts {
    /// The last receipts of a namespace, as many as its quota says: one for every 16 KiB, and at least one a shard.
    pub(super) fn new(quota: &Quota) -> Self {
        let most = most(quota);
        let part = |_| Mutex::new(Part { kept: HashMap::new(), order: VecDeque::new(), most });
        let fingerprints = ArcSwap::from_pointee(Fingerprints::random());
        Self { hasher: RandomState::new(), fingerprints, parts: (0..quota.shards).map(part).collect() }
    }

    /// Keeps as many as another quota says, and gives back the memory of those above. Costs O(receipts) if there are fewer.
    pub(super) fn resize(&self, quota: &Quota) {
        self.parts.iter().for_each(|part| part.lock().resize(most(quota)));
    }

    /// Does `write` by `act`, unless that was done.
    ///
    /// # Errors
    /// [`Error::RequestIdReused`] if another write has this id; those of `act`.
    pub(super) fn once(
        &self,
        id: &RequestId,
        write: Write,
        now: Timestamp,
        act: impl FnOnce(Write) -> Result<Receipt, Error>,
    ) -> Result<Receipt, Error> {
        let fingerprint = self.fingerprints.load().of(&write);
        let is_edit = matches!(write, Write::Edit { .. });
        let mut part = self.parts[self.place(id)].lock();
        if let Some(receipt) = part.find(id, fingerprint, now)? {
            return Ok(receipt);
        }
        let receipt = act(write)?;
        if is_edit && matches!(receipt, Receipt::Conflict(_)) {
            // It was made of a value that is gone; the next attempt may be made of the one that is there.
            return Ok(receipt);
        }
        part.keep(id.clone(), Kept { write: fingerprint, receipt }, now.after(REQUEST_ID_WINDOW));
        Ok(receipt)
    }

    /// The receipt of `write`, if it was done.
    ///
    /// # Errors
    /// [`Error::RequestIdReused`] if another write has this id.
    pub(super) fn find(
        &self,
        id: &RequestId,
        write: &Write,
        now: Timestamp,
    ) -> Result<Option<Receipt>, Error> {
        let fingerprint = self.fingerprints.load().of(write);
        self.parts[self.place(id)].lock().find(id, fingerprint, now)
    }

    /// The part that an id belongs to.
    fn place(&self, id: &RequestId) -> usize {
        self.hasher.hash_one(id) as usize % self.parts.len()
    }
}

/// Of each part.
fn most(quota: &Quota) -> usize {
    usize::try_from(quota.shard_receipts).unwrap_or(usize::MAX)
}

impl Part {
    fn resize(&mut self, most: usize) {
        self.most = most;
        while self.order.len() > most {
            self.forget_first();
        }
        self.order.shrink_to(most);
        self.kept.shrink_to(most);
    }

    fn find(&mut self, id: &RequestId, write: u64, now: Timestamp) -> Result<Option<Receipt>, Error> {
        self.forget_old(now);
        match self.kept.get(id) {
            Some(kept) if kept.write == write => Ok(Some(kept.receipt)),
            Some(_) => Err(Error::RequestIdReused),
            None => Ok(None),
        }
    }

    fn forget_old(&mut self, now: Timestamp) {
        while self.order.front().is_some_and(|(until, _)| *until <= now) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, id)) = self.order.pop_front() {
            self.kept.remove(&id);
        }
    }

    fn keep(&mut self, id: RequestId, kept: Kept, until: Timestamp) {
        if self.order.len() >= self.most {
            self.forget_first();
        }
        self.order.push_back((until, id.clone()));
        self.kept.insert(id, kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Condition, Key, MapKind, NamespaceConfig, Version, quota::RECEIPT_BYTES};

    fn config() -> NamespaceConfig {
        NamespaceConfig { max_value_bytes: 1_000, ..NamespaceConfig::default() }
    }

    fn quota(capacity_bytes: u64) -> Quota {
        Quota::of(&NamespaceConfig { capacity_bytes, ..config() }, MapKind::Moka).unwrap()
    }

    fn write(key: &str) -> Write {
        Write::Remove { key: Key::new(key).unwrap(), condition: Condition::Always }
    }

    fn fill(receipts: &Receipts) {
        for number in 0..10_000_u64 {
            let id = RequestId::new(&number.to_string()).unwrap();
            let receipt = Receipt::Removed(Version::new(number + 1).unwrap());
            receipts.once(&id, write("k"), Timestamp::default(), |_| Ok(receipt)).unwrap();
        }
    }

    fn check(receipts: &Receipts, expected: usize) {
        for part in &receipts.parts {
            let part = part.lock();
            assert_eq!((part.kept.len(), part.order.len()), (expected, expected));
        }
    }

    #[test]
    fn the_oldest_receipts_are_forgotten_when_there_are_too_many() {
        let receipts = Receipts::new(&quota(1_000));
        fill(&receipts);
        check(&receipts, 1);
    }

    #[test]
    fn a_namespace_that_shrinks_forgets_the_oldest_receipts_and_gives_their_memory_back() {
        let large = quota(64 << 20);
        let receipts = Receipts::new(&large);
        fill(&receipts);
        check(&receipts, 256);
        receipts.resize(&large.anew(&NamespaceConfig { capacity_bytes: 4 << 20, ..config() }).unwrap());
        check(&receipts, 16);
        assert!(receipts.parts[0].lock().kept.capacity() < 64);
    }

    /// A table of that many is at least 7/16 full, a queue 1/2; the text of an id has two counts before it.
    #[test]
    fn a_receipt_takes_no_more_bytes_than_it_is_charged() {
        let slot = size_of::<(RequestId, Kept)>() + 1;
        let place = size_of::<(Timestamp, RequestId)>();
        let id = crate::MAX_REQUEST_ID_BYTES + 2 * size_of::<usize>();
        assert!((slot * 16 / 7 + place * 2 + id) as u64 <= RECEIPT_BYTES);
    }

    #[test]
    fn a_write_that_failed_may_be_tried_again() {
        let receipts = Receipts::new(&quota(1 << 20));
        let id = RequestId::new("id").unwrap();
        let failed =
            receipts.once(&id, write("k"), Timestamp::default(), |_| Err(Error::NotANumber { actual: 1 }));
        assert_eq!(failed, Err(Error::NotANumber { actual: 1 }));
        let done = receipts.once(&id, write("k"), Timestamp::default(), |_| Ok(Receipt::Missing));
        assert_eq!(done, Ok(Receipt::Missing));
    }
}
