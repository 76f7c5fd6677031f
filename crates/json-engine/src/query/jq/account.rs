//! The account of a running jq program: time, memory and stack, kept beside the interpreter, which knows no limits.
//!
//! A breach leaves the program by an unwind with [`Stop`] inside: `try` of jq cannot catch it, `caught` does.
//!
//! Promise: within a run each value that is made is charged, and given back when it is dropped; outside a run nothing is
//! counted. Cost: a thread-local access a charge.

use std::cell::{Cell, RefCell};

use crate::budget::Budget;
use crate::error::{BudgetKind, Error};

/// Most stack that a program may use, in bytes.
pub(super) const STACK_BYTES: usize = 48 << 20;
/// Stack of the thread that runs it: the budget, and room for what runs between two ticks and for dropping.
pub(super) const THREAD_BYTES: usize = 192 << 20;
/// Units of work between two looks at the clock.
const STRIDE: u64 = 256;

struct Stop(Error);

struct Account {
    budget: Budget,
    base: usize,
    memory: Cell<u64>,
    work: Cell<u64>,
}

thread_local! {
    static ACCOUNT: RefCell<Option<Account>> = const { RefCell::new(None) };
}

/// Runs `work` on this thread under `budget`; a breach within it is the error.
pub(super) fn caught<T>(budget: &Budget, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let marker = 0_u8;
    let base = &raw const marker as usize;
    let account = Account { budget: budget.clone(), base, memory: Cell::new(0), work: Cell::new(0) };
    ACCOUNT.set(Some(account));
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    ACCOUNT.set(None);
    outcome.unwrap_or_else(|payload| match payload.downcast::<Stop>() {
        Ok(stop) => Err(stop.0),
        Err(bug) => std::panic::resume_unwind(bug),
    })
}

fn with(check: impl FnOnce(&Account) -> Result<(), Error>) {
    let outcome = ACCOUNT.with_borrow(|account| account.as_ref().map_or(Ok(()), check));
    if let Err(error) = outcome {
        stop(error);
    }
}

/// Ends the run.
pub(super) fn stop(error: Error) -> ! {
    std::panic::resume_unwind(Box::new(Stop(error)))
}

/// Charges `work` units, one is about as much as visiting a value, and looks at the depth of the stack.
pub(super) fn charge(work: u64) {
    let marker = 0_u8;
    let here = &raw const marker as usize;
    with(|account| {
        let used = account.base.saturating_sub(here);
        if used > STACK_BYTES {
            let (allowed, used) = (STACK_BYTES as u64, used as u64);
            return Err(Error::Budget { kind: BudgetKind::Stack, allowed, used });
        }
        let done = account.work.get().saturating_add(work);
        if done < STRIDE {
            account.work.set(done);
            return Ok(());
        }
        account.work.set(0);
        account.budget.check_time()
    });
}

/// Charges memory that is about to be held, in bytes.
pub(super) fn hold(bytes: usize) {
    with(|account| {
        let used = account.memory.get().saturating_add(bytes as u64);
        account.memory.set(used);
        let allowed = account.budget.memory_bytes();
        if used <= allowed {
            return Ok(());
        }
        Err(Error::Budget { kind: BudgetKind::Memory, allowed, used })
    });
}

/// Gives memory back. Never ends the run: it is called while values are dropped.
pub(super) fn release(bytes: usize) {
    ACCOUNT.with_borrow(|account| {
        if let Some(account) = account {
            account.memory.set(account.memory.get().saturating_sub(bytes as u64));
        }
    });
}
