//! A quantity that calls share: each takes some of it, or is refused.
//!
//! Cost: one atomic operation to take, one to give back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chassis::Failure;

/// The quantity; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Quota(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Its name in the settings.
    limit: &'static str,
    unit: &'static str,
    allowed: u64,
    taken: AtomicU64,
}

/// What a call has taken of it; given back on drop.
#[derive(Debug)]
pub(crate) struct Held {
    quota: Quota,
    amount: u64,
}

impl Quota {
    /// `allowed` of `unit`, set by `limit`.
    pub(crate) fn new(limit: &'static str, unit: &'static str, allowed: u64) -> Quota {
        Quota(Arc::new(Shared { limit, unit, allowed, taken: AtomicU64::new(0) }))
    }

    /// Nothing yet; take some with [`Held::more`].
    pub(crate) fn hold(&self) -> Held {
        Held { quota: self.clone(), amount: 0 }
    }

    /// What all calls have taken.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> u64 {
        self.0.taken.load(Ordering::Relaxed)
    }
}

impl Held {
    /// Has `amount` from now on. Fails with `OVERLOADED` where that is more than there is.
    pub(crate) fn set(&mut self, amount: u64) -> Result<(), Failure> {
        if amount > self.amount {
            return self.more(amount - self.amount);
        }
        self.quota.0.taken.fetch_sub(self.amount - amount, Ordering::Relaxed);
        self.amount = amount;
        Ok(())
    }

    /// What it has.
    pub(crate) fn amount(&self) -> u64 {
        self.amount
    }

    /// Takes `amount` more. Fails with `OVERLOADED` where that is not there.
    pub(crate) fn more(&mut self, amount: u64) -> Result<(), Failure> {
        let Shared { limit, unit, allowed, ref taken } = *self.quota.0;
        let before = taken.fetch_add(amount, Ordering::Relaxed);
        if before.saturating_add(amount) <= allowed {
            self.amount += amount;
            return Ok(());
        }
        taken.fetch_sub(amount, Ordering::Relaxed);
        let message =
            format!("{before} of {allowed} {unit} are taken by other calls ({limit}); try again later");
        Err(Failure::exhausted("OVERLOADED", message)
            .with("limit", limit)
            .with("allowed", allowed)
            .retry_after(Duration::from_millis(500)))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.quota.0.taken.fetch_sub(self.amount, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_is_refused_and_what_is_given_back_can_be_taken() {
        let quota = Quota::new("stream.streams", "streams", 2);
        let (mut first, mut second) = (quota.hold(), quota.hold());
        first.more(2).unwrap();
        let refused = second.more(1).unwrap_err();
        assert_eq!((&*refused.reason, refused.retry_after.is_some()), ("OVERLOADED", true));
        drop(first);
        second.more(2).unwrap();
        second.set(1).unwrap();
        assert_eq!((second.amount(), quota.taken()), (1, 1));
        assert_eq!(&*second.set(3).unwrap_err().reason, "OVERLOADED");
        assert_eq!((second.amount(), quota.taken()), (1, 1));
    }
}
