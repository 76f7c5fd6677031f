//! The receipts of writes that have an id, so that one that is sent again is answered and not done again.
//!
//! The idea: whoever writes with an id holds the lock of its part of the window from the look for a receipt to the
//! moment when there is one. So of two that come at once, one writes and the other gets its receipt.
//!
//! Promise: within [`REQUEST_ID_WINDOW`] and the last [`receipts of a namespace`](Receipts::new), a write takes effect
//! once. A write that failed has no receipt and may be tried again. Cost: a lock and a hash of the write; at most
//! [`RECEIPT_BYTES`] a receipt, in all at most 1/64 of the bytes of the namespace on top of them, or room for 16.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher, Hash, RandomState},
};

use parking_lot::Mutex;

use crate::{Error, REQUEST_ID_WINDOW, Receipt, RequestId, Timestamp, Write};

/// Bytes of memory that a receipt takes at most: the id once, a place in the table and one in the queue.
const RECEIPT_BYTES: u64 = 256;

/// One part in so many of the bytes of a namespace may be taken by receipts.
const BYTES_PARTS: u64 = 64;

/// Parts of the window, each with a lock.
const PARTS: usize = 16;

/// The receipts of one namespace.
pub(super) struct Receipts {
    hasher: RandomState,
    parts: Box<[Mutex<Part>]>,
}

struct Part {
    kept: HashMap<RequestId, Kept>,
    /// Oldest first.
    order: VecDeque<(Timestamp, RequestId)>,
    most: usize,
}

#[derive(Clone, Copy)]
struct Kept {
    /// Hash of the write, keyed at random, so that nobody can find another write of the same.
    write: u64,
    receipt: Receipt,
}

impl Receipts {
    /// The last receipts for a namespace of so many bytes: one for every 16 KiB, and at least 16.
    pub(super) fn new(capacity_bytes: u64) -> Self {
        let all = usize::try_from(capacity_bytes / BYTES_PARTS / RECEIPT_BYTES).unwrap_or(usize::MAX);
        let part =
            |_| Mutex::new(Part { kept: HashMap::new(), order: VecDeque::new(), most: (all / PARTS).max(1) });
        Self { hasher: RandomState::new(), parts: (0..PARTS).map(part).collect() }
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
        let hash = self.hash(&write);
        let place = self.hash(id) as usize % self.parts.len();
        let mut part = self.parts[place].lock();
        part.forget_old(now);
        if let Some(kept) = part.kept.get(id) {
            return if kept.write == hash { Ok(kept.receipt) } else { Err(Error::RequestIdReused) };
        }
        let receipt = act(write)?;
        part.keep(id.clone(), Kept { write: hash, receipt }, now);
        Ok(receipt)
    }

    fn hash(&self, of: &impl Hash) -> u64 {
        self.hasher.hash_one(of)
    }
}

impl Part {
    fn forget_old(&mut self, now: Timestamp) {
        while self.order.front().is_some_and(|(at, _)| now.since(*at) >= REQUEST_ID_WINDOW) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, id)) = self.order.pop_front() {
            self.kept.remove(&id);
        }
    }

    fn keep(&mut self, id: RequestId, kept: Kept, now: Timestamp) {
        if self.order.len() >= self.most {
            self.forget_first();
        }
        self.order.push_back((now, id.clone()));
        self.kept.insert(id, kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Condition, Key, Version};

    fn write(key: &str) -> Write {
        Write::Remove { key: Key::new(key).unwrap(), condition: Condition::Always }
    }

    #[test]
    fn the_oldest_receipts_are_forgotten_when_there_are_too_many() {
        let receipts = Receipts::new(1);
        let once = |number: u64| {
            let id = RequestId::new(&number.to_string()).unwrap();
            let receipt = Receipt::Removed(Version::new(number + 1).unwrap());
            receipts.once(&id, write("k"), Timestamp::default(), |_| Ok(receipt)).unwrap();
        };
        (0..10_000).for_each(once);
        for part in &receipts.parts {
            let part = part.lock();
            assert_eq!((part.kept.len(), part.order.len()), (1, 1));
        }
    }

    #[test]
    fn a_write_that_failed_may_be_tried_again() {
        let receipts = Receipts::new(1 << 20);
        let id = RequestId::new("id").unwrap();
        let failed =
            receipts.once(&id, write("k"), Timestamp::default(), |_| Err(Error::NotANumber { actual: 1 }));
        assert_eq!(failed, Err(Error::NotANumber { actual: 1 }));
        let done = receipts.once(&id, write("k"), Timestamp::default(), |_| Ok(Receipt::Missing));
        assert_eq!(done, Ok(Receipt::Missing));
    }
}
