//! Run: the budget of one check, and the way out of it.
//!
//! The library that checks cannot be told to stop, so every look at a value passes here, and one look too many unwinds to
//! where the check began. Promise: time, memory and stack end a check soon after they are used up, and as an error.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::matching::UNSTOPPABLE;
use crate::budget::Meter;
use crate::error::{BudgetKind, Error};

/// Stack that a check may use, in bytes; threads have 2 MiB and more. A chain of `$ref` uses some for each link.
const MAX_STACK: usize = 1 << 20;

/// The account of one check.
pub(super) struct Run<'b> {
    meter: Meter<'b>,
    /// An address in the frame where the check began.
    base: usize,
    /// States of the patterns that the library matches names with.
    states: u64,
}

/// What unwinds.
struct Stopped(Error);

impl<'b> Run<'b> {
    /// Runs `work`, in which names meet patterns of `states` in all; fails with what stopped it.
    pub(super) fn of<T>(meter: Meter<'b>, states: u64, work: impl FnOnce(&Run<'b>) -> T) -> Result<T, Error> {
        let run = Run { meter, base: stack_address(), states };
        // Nothing outlives the unwinding but `run`, which is dropped here.
        match catch_unwind(AssertUnwindSafe(|| work(&run))) {
            Ok(value) => Ok(value),
            Err(payload) => match payload.downcast::<Stopped>() {
                Ok(stopped) => Err(stopped.0),
                Err(panic) => resume_unwind(panic),
            },
        }
    }

    /// Charges `work` units, and looks at the stack.
    #[inline]
    pub(super) fn charge(&self, work: u64) {
        self.expect(self.meter.charge(work));
        let used = self.base.abs_diff(stack_address());
        if used > MAX_STACK {
            let (allowed, used) = (MAX_STACK as u64, used as u64);
            stop(Error::Budget { kind: BudgetKind::Stack, allowed, used });
        }
    }

    /// Charges a name that patterns are about to be matched with. They cannot be stopped, so that a long one is not let at
    /// them: its time would be over.
    pub(super) fn name(&self, name: &str) {
        let work = self.states.saturating_mul(name.len() as u64);
        if work > UNSTOPPABLE {
            stop(self.meter.over());
        }
        self.charge(1 + work / 1024);
    }

    /// Charges memory that is about to be held.
    pub(super) fn hold(&self, bytes: u64) {
        self.expect(self.meter.hold(bytes));
    }

    /// The account, for work that can return an error.
    pub(super) fn meter(&self) -> &Meter<'b> {
        &self.meter
    }

    /// The value, or the way out.
    #[inline]
    pub(super) fn expect<T>(&self, outcome: Result<T, Error>) -> T {
        match outcome {
            Ok(value) => value,
            Err(error) => stop(error),
        }
    }
}

#[cold]
fn stop(error: Error) -> ! {
    // Not a panic: no hook runs and nothing is printed.
    resume_unwind(Box::new(Stopped(error)))
}

/// An address in the present frame.
#[inline(always)]
fn stack_address() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}
