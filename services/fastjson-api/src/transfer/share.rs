//! What a transfer, or an answer that is gathered, holds of `transfer.total_bytes`, which a gauge shows for all of them.

use chassis::Failure;
use metrics::gauge;

use crate::quota::{Held, Quota};

/// Bytes that are given back on drop.
#[derive(Debug)]
pub(crate) struct Share(Held);

impl Share {
    /// Nothing yet.
    pub(crate) fn new(quota: &Quota) -> Share {
        Share(quota.hold())
    }

    /// Holds `bytes` more. Fails with `OVERLOADED`.
    pub(crate) fn more(&mut self, bytes: u64) -> Result<(), Failure> {
        self.set(self.0.amount().saturating_add(bytes))
    }

    /// Holds `bytes` from now on. Fails with `OVERLOADED`.
    pub(crate) fn set(&mut self, bytes: u64) -> Result<(), Failure> {
        let before = self.0.amount();
        self.0.set(bytes)?;
        show(before, bytes);
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        show(self.0.amount(), 0);
    }
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn show(before: u64, now: u64) {
    gauge!("transfer_held_bytes").increment(now as f64 - before as f64);
}
