//! The account of a running program: its time and the memory of its live values, kept beside the values, which know no
//! limits.
//!
//! Promise: within a [`Run`] each value that is made is charged, and given back when it is dropped; outside one nothing has
//! a limit. Cost: a thread-local add a charge; the clock is looked at once in [`STRIDE`] units of work.

use std::cell::{Cell, RefCell};

use super::fault::Fault;
use crate::budget::Budget;
use crate::document::held_bytes;
use crate::error::{BudgetKind, Error};

/// Units of work between two looks at the clock; one is about as much as visiting a value.
const STRIDE: u64 = 2048;

struct Ledger {
    held: Cell<u64>,
    allowed: Cell<u64>,
    unchecked: Cell<u64>,
    is_over: Cell<bool>,
}

thread_local! {
    static LEDGER: Ledger = const {
        Ledger {
            held: Cell::new(0),
            allowed: Cell::new(u64::MAX),
            unchecked: Cell::new(0),
            is_over: Cell::new(false),
        }
    };
    /// All units of work that were charged on this thread.
    #[cfg(test)]
    static CHARGED: Cell<u64> = const { Cell::new(0) };
    static BUDGET: RefCell<Option<Budget>> = const { RefCell::new(None) };
}

/// While it lives, what happens to values on this thread is charged to its budget. Runs nest: the outer one goes on when
/// the inner one is dropped.
pub(super) struct Run {
    held: u64,
    allowed: u64,
    unchecked: u64,
    is_over: bool,
    budget: Option<Budget>,
}

impl Run {
    /// Opens an account; nothing is held yet.
    pub(super) fn open(budget: &Budget) -> Run {
        let budget_before = BUDGET.replace(Some(budget.clone()));
        LEDGER.with(|ledger| Run {
            held: ledger.held.replace(0),
            allowed: ledger.allowed.replace(budget.memory_bytes()),
            unchecked: ledger.unchecked.replace(0),
            is_over: ledger.is_over.replace(false),
            budget: budget_before,
        })
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        BUDGET.set(self.budget.take());
        LEDGER.with(|ledger| {
            ledger.held.set(self.held);
            ledger.allowed.set(self.allowed);
            ledger.unchecked.set(self.unchecked);
            ledger.is_over.set(self.is_over);
        });
    }
}

/// Charges memory that is held from now on, in bytes. It cannot fail, as values are made everywhere; a breach sticks, and
/// the machine sees it by [`is_over`] after the instruction. What may be large asks [`reserve`] first.
#[inline]
pub(super) fn hold(bytes: usize) {
    LEDGER.with(|ledger| {
        let held = ledger.held.get().saturating_add(bytes as u64);
        ledger.held.set(held);
        if held > ledger.allowed.get() {
            ledger.is_over.set(true);
        }
    });
}

/// Charges the values of a text that was read.
pub(super) fn hold_values(nodes: u64, text_bytes: u64) {
    hold(usize::try_from(held_bytes(nodes, text_bytes)).unwrap_or(usize::MAX));
}

/// Gives back memory that was held, in bytes.
#[inline]
pub(super) fn release(bytes: usize) {
    LEDGER.with(|ledger| ledger.held.set(ledger.held.get().saturating_sub(bytes as u64)));
}

/// Memory that is held, in bytes.
#[cfg(test)]
pub(super) fn held() -> u64 {
    LEDGER.with(|ledger| ledger.held.get())
}

/// Whether `bytes` more leave half of the memory free.
pub(super) fn leaves_half(bytes: usize) -> bool {
    LEDGER.with(|ledger| ledger.held.get().saturating_add(bytes as u64) <= ledger.allowed.get() / 2)
}

/// Whether more was held at some moment than is allowed.
#[inline]
pub(super) fn is_over() -> bool {
    LEDGER.with(|ledger| ledger.is_over.get())
}

/// The breach that [`is_over`] tells of.
#[cold]
pub(super) fn breach() -> Fault {
    memory_breach(0)
}

#[cold]
fn memory_breach(more: u64) -> Fault {
    let (held, allowed) = LEDGER.with(|ledger| (ledger.held.get(), ledger.allowed.get()));
    let used = held.saturating_add(more).max(allowed.saturating_add(1));
    Fault::from(Error::Budget { kind: BudgetKind::Memory, allowed, used })
}

/// Fails when `bytes` more cannot be held; holds nothing.
#[inline]
pub(super) fn reserve(bytes: usize) -> Result<(), Fault> {
    let is_fit = LEDGER.with(|ledger| {
        ledger.held.get().saturating_add(bytes as u64) <= ledger.allowed.get() && !ledger.is_over.get()
    });
    if is_fit { Ok(()) } else { Err(memory_breach(bytes as u64)) }
}

/// Charges `steps` units of work and now and then looks at the clock; also fails when memory is over its limit already.
#[inline]
pub(super) fn charge(steps: usize) -> Result<(), Fault> {
    #[cfg(test)]
    CHARGED.with(|charged| charged.set(charged.get().saturating_add(steps as u64)));
    let is_due = LEDGER.with(|ledger| {
        let unchecked = ledger.unchecked.get().saturating_add(steps as u64);
        ledger.unchecked.set(unchecked);
        unchecked >= STRIDE
    });
    if is_due { look() } else { Ok(()) }
}

/// Asks for the time to make, copy or read `bytes` in one go; fails when it is not left. What is short is not asked about.
#[inline]
pub(super) fn ask(bytes: usize) -> Result<(), Fault> {
    const SHORT: usize = 64 << 10;
    if bytes <= SHORT { Ok(()) } else { look_for(bytes) }
}

#[cold]
fn look_for(bytes: usize) -> Result<(), Fault> {
    look()?;
    let check =
        |budget: &Option<Budget>| budget.as_ref().map_or(Ok(()), |budget| budget.check_time_for(bytes));
    BUDGET.with_borrow(check).map_err(Fault::from)
}

/// Units of work that were charged on this thread so far.
#[cfg(test)]
pub(super) fn charged() -> u64 {
    CHARGED.with(Cell::get)
}

/// Looks at the clock, and at the memory. What is held has to be freed within the time too.
#[cold]
pub(super) fn look() -> Result<(), Fault> {
    let held = LEDGER.with(|ledger| {
        ledger.unchecked.set(0);
        ledger.held.get()
    });
    if is_over() {
        return Err(breach());
    }
    let check = |budget: &Option<Budget>| budget.as_ref().map_or(Ok(()), |budget| budget.check_holding(held));
    BUDGET.with_borrow(check).map_err(Fault::from)
}

/// Memory that is held while it lives, for what is no value: buffers that grow, lists of parts.
pub(super) struct Held(usize);

impl Held {
    /// Nothing yet.
    pub(super) fn nothing() -> Held {
        Held(0)
    }

    /// Holds a text that grows and has room for `capacity` bytes; a short one is not worth it.
    #[inline]
    pub(super) fn grow_with_text(&mut self, capacity: usize) -> Result<(), Fault> {
        const SHORT: usize = 4096;
        if capacity > SHORT { self.grow_to(capacity) } else { Ok(()) }
    }

    /// Holds `bytes` in all from now on; fails when that is over the limit.
    pub(super) fn grow_to(&mut self, bytes: usize) -> Result<(), Fault> {
        let more = bytes.saturating_sub(self.0);
        if more > 0 {
            reserve(more)?;
            hold(more);
            self.0 = bytes;
        }
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        release(self.0);
    }
}
