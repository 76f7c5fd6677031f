//! What a snapshot needs of a namespace.

use std::{io::Write, time::Duration};

use super::{super::receipts::SavedReceipts, Namespace, Probe};
use crate::{
    Clock, Entry, Scan, Timestamp,
    scan::Filter,
    snapshot::{ReceiptBlock, Record, SnapshotError, Writer},
};

/// Places of a shard that are looked at under one lock: some 20 us.
const PLACES_AT_ONCE: u32 = 64;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::local) enum Outcome {
    /// It is there again.
    Restored,
    /// Its time is over.
    Expired,
    /// The limits do not take it.
    LeftOut,
}

impl Namespace {
    pub(in crate::local) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Writes all entries, and the receipts behind them, as the namespace at `place`. So a write that came meanwhile may be lost with
    /// the process though there is its receipt, but is not done twice. It writes all entries but those that were computed from others, since nothing
    /// would tell a restored one that its source has changed.
    pub(in crate::local) fn save<W: Write>(
        &self,
        place: u64,
        to: &mut Writer<W>,
    ) -> Result<(), SnapshotError> {
        let (all, mut found) = (Scan::default(), Vec::new());
        for shard in &self.shards {
            let mut next = Some(0);
            while let Some(from) = next {
                let filter = Filter::new(&all, self.clock.now());
                next = shard.visit_to_save(from, PLACES_AT_ONCE, &filter, &mut found);
                found.retain(|(found, _)| !found.entry.is_derived());
                to.batch(place, self.clock.now(), &found)?;
                found.clear();
            }
        }
        let now = self.clock.now();
        let SavedReceipts { key, check, records } = self.receipts.saved(now);
        to.receipts(place, now, (&key, check), &records)
    }

    /// Puts receipts back, and says how many count still; `age` is how long ago the snapshot was begun.
    pub(in crate::local) fn restore_receipts(&self, block: ReceiptBlock, age: Duration) -> usize {
        let ReceiptBlock { namespace: _, looked_at, key, check, records } = block;
        let passed = age.saturating_sub(looked_at);
        self.receipts.restore(SavedReceipts { key, check, records }, passed, self.clock.now())
    }

    /// Gives no version and no sequence again that was given by the process that came to `end`.
    pub(in crate::local) fn resume_numbers(&self, end: u64) {
        self.versions.resume(end);
        self.events.log().resume(self.versions.end());
    }

    /// Puts back an entry when `passed` has passed since its snapshot was begun.
    pub(in crate::local) fn restore(&self, record: Record, passed: Timestamp) -> Outcome {
        let Record { key, value, version, lasting, tags, cost } = record;
        let Some(lasting) = lasting.resumed(passed, self.clock.now()) else { return Outcome::Expired };
        let Ok(charge) = self.charge(&key, &value, lasting.extra_bytes(&tags)) else {
            return Outcome::LeftOut;
        };
        let probe = Probe::new(&key, &self.hasher);
        let entry = Entry::restored(value, version, lasting, self.epochs.marks(&tags), charge);
        self.shard(probe).restore(probe, entry, cost);
        Outcome::Restored
    }
}
