//! What a program may use while it runs: time, memory, and the patience of its caller.
//!
//! Promise: work that charges what it does ends soon after its time is over; memory never passes its limit by more than the
//! last charge. Cost: an addition a charge; a look at the clock every [`STRIDE`] units.

use crate::Stats;
use crate::document::held_bytes;
use crate::error::{BudgetKind, Error};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Where the engine gets its time from; it has none of its own.
pub trait Clock: Send + Sync {
    /// Time since some fixed origin; never goes back.
    fn now(&self) -> Duration;
}

/// A function that tells the time is a clock: that of a service reads the machine's, that of a test stands still
/// (`|| Duration::ZERO`).
impl<F: Fn() -> Duration + Send + Sync> Clock for F {
    fn now(&self) -> Duration {
        self()
    }
}

/// What one run may use; copies share the clock and the time. Time runs from [`Budget::new`], so a recipe's steps share it.
#[derive(Clone)]
pub struct Budget {
    clock: Arc<dyn Clock>,
    started: Duration,
    time: Duration,
    memory_bytes: u64,
    cancel: Option<Arc<AtomicBool>>,
}

impl Budget {
    /// A budget of `time` from now on and `memory_bytes` of working memory.
    pub fn new(clock: Arc<dyn Clock>, time: Duration, memory_bytes: u64) -> Budget {
        let started = clock.now();
        Budget { clock, started, time, memory_bytes, cancel: None }
    }

    /// Stops the run soon after `cancel` becomes true; the run then says that its time is over.
    #[must_use]
    pub fn with_cancel(self, cancel: Arc<AtomicBool>) -> Budget {
        Budget { cancel: Some(cancel), ..self }
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    pub(crate) fn check_time(&self) -> Result<(), Error> {
        self.check_time_and(Duration::ZERO)
    }

    /// As [`Budget::check_time`]; the `held` bytes of values, whose freeing nothing can stop, must be gone within the time too.
    #[inline]
    pub(crate) fn check_holding(&self, held: u64) -> Result<(), Error> {
        self.check_time_and(Duration::from_millis(held / FREED_BYTES))
    }

    fn check_time_and(&self, work: Duration) -> Result<(), Error> {
        let used = self.clock.now().saturating_sub(self.started);
        let cancelled = self.cancel.as_ref().is_some_and(|cancel| cancel.load(Ordering::Relaxed));
        let needed = used.saturating_add(work);
        if needed <= self.time && !cancelled {
            return Ok(());
        }
        let used = if used > self.time || cancelled { millis(used) } else { self.millis_over(needed) };
        Err(Error::Budget { kind: BudgetKind::Time, allowed: millis(self.time), used })
    }

    /// The time of work that would end too late; at least a millisecond more than there is.
    fn millis_over(&self, needed: Duration) -> u64 {
        millis(needed).max(millis(self.time).saturating_add(1))
    }
}

/// Bytes of small values that are freed in a millisecond: 20 ns for one of 80 bytes. What takes less is not counted.
const FREED_BYTES: u64 = 4 << 20;

/// Nanoseconds to make and copy a byte of fresh memory, on a machine whose cores all have other work: twice of what one that is
/// idle takes.
const MADE_NANOS: u64 = 2;

/// Bytes that are worked on in one go without asking whether there is time for them.
const UNASKED_BYTES: usize = 256 << 10;

impl Budget {
    /// Fails when less time is left than it takes to make and copy `bytes`, which nothing can stop.
    pub(crate) fn check_time_for(&self, bytes: usize) -> Result<(), Error> {
        let work = if bytes <= UNASKED_BYTES { 0 } else { bytes as u64 };
        self.check_time_and(Duration::from_nanos(work.saturating_mul(MADE_NANOS)))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl std::fmt::Debug for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Budget").field("time", &self.time).field("memory_bytes", &self.memory_bytes).finish()
    }
}

/// Units of work between two looks at the clock; one is about as much as visiting a value.
const STRIDE: u64 = 1024;

/// The running account of one run.
pub(crate) struct Meter<'b> {
    budget: &'b Budget,
    unchecked: Cell<u64>,
    memory: Cell<u64>,
}

impl<'b> Meter<'b> {
    /// Opens the account; fails when the budget is used up already.
    pub(crate) fn open(budget: &'b Budget) -> Result<Meter<'b>, Error> {
        budget.check_time()?;
        Ok(Meter { budget, unchecked: Cell::new(0), memory: Cell::new(0) })
    }

    /// Charges `work` units; looks at the clock once a [`STRIDE`].
    #[inline]
    pub(crate) fn charge(&self, work: u64) -> Result<(), Error> {
        let unchecked = self.unchecked.get().saturating_add(work);
        self.unchecked.set(unchecked);
        if unchecked < STRIDE {
            return Ok(());
        }
        self.unchecked.set(0);
        self.budget.check_time()
    }

    /// Looks at the clock now, after work that could not be charged while it ran.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.budget.check_time()
    }

    /// Asks for the time to work on `bytes` in one go, as [`Budget::check_time_for`] does.
    pub(crate) fn ask(&self, bytes: u64) -> Result<(), Error> {
        self.budget.check_time_for(usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    /// The error of work that cannot be stopped and would take longer than there is time.
    pub(crate) fn over(&self) -> Error {
        let allowed = millis(self.budget.time);
        Error::Budget { kind: BudgetKind::Time, allowed, used: allowed.saturating_add(1) }
    }

    /// Charges memory that is about to be held.
    #[inline]
    pub(crate) fn hold(&self, bytes: u64) -> Result<(), Error> {
        let memory = self.memory.get().saturating_add(bytes);
        self.memory.set(memory);
        if memory <= self.budget.memory_bytes {
            return Ok(());
        }
        Err(Error::Budget { kind: BudgetKind::Memory, allowed: self.budget.memory_bytes, used: memory })
    }

    /// Charges the values of a text that was read.
    pub(crate) fn hold_values(&self, stats: &Stats) -> Result<(), Error> {
        self.hold(held_bytes(stats.nodes, stats.bytes))
    }

    /// Memory that is held, in bytes.
    #[inline]
    pub(crate) fn held(&self) -> u64 {
        self.memory.get()
    }

    /// Gives back memory that was held.
    #[inline]
    pub(crate) fn release(&self, bytes: u64) {
        self.memory.set(self.memory.get().saturating_sub(bytes));
    }
}
