//! What a snapshot needs of receipts.

use std::{sync::Arc, time::Duration};

use super::{Fingerprints, Kept, Receipts};
use crate::{REQUEST_ID_WINDOW, Timestamp, snapshot::ReceiptRecord};

/// Receipts as they are written down.
pub(in crate::local) struct SavedReceipts {
    pub(in crate::local) key: [u8; super::KEY_BYTES],
    pub(in crate::local) check: u64,
    /// The oldest first.
    pub(in crate::local) records: Vec<ReceiptRecord>,
}

impl Receipts {
    /// All that count still, and how long each will. A write that has an id waits while those of its part are copied, some 50 ns
    /// each.
    pub(in crate::local) fn saved(&self, now: Timestamp) -> SavedReceipts {
        let fingerprints = self.fingerprints.load();
        let mut records = Vec::new();
        for part in &self.parts {
            let part = part.lock();
            let live = part.order.iter().filter(|(until, _)| *until > now);
            records.extend(live.filter_map(|(until, id)| {
                let kept = part.kept.get(id)?;
                let left = until.since(now);
                Some(ReceiptRecord { id: id.clone(), left, write: kept.write, receipt: kept.receipt })
            }));
        }
        records.sort_by_key(|record| record.left);
        SavedReceipts { key: fingerprints.key(), check: fingerprints.check(), records }
    }

    /// Takes in those of another process, `passed` after they were written down, and says how many count still. To be called before
    /// there are others. None, if writes have other fingerprints here.
    pub(in crate::local) fn restore(&self, saved: SavedReceipts, passed: Duration, now: Timestamp) -> usize {
        let fingerprints = Fingerprints::of_key(saved.key);
        if fingerprints.check() != saved.check {
            return 0;
        }
        self.fingerprints.store(Arc::new(fingerprints));
        let mut records = saved.records;
        records.retain(|record| record.left > passed && record.left <= REQUEST_ID_WINDOW);
        let count = records.len();
        for ReceiptRecord { id, left, write, receipt } in records {
            let place = self.place(&id);
            self.parts[place].lock().keep(id, Kept { write, receipt }, now.after(left - passed));
        }
        count
    }
}
