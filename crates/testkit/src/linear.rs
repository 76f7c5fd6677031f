//! Whether what callers saw could have happened one call after the other.
//!
//! The idea: Wing and Gong, "Testing and Verifying Concurrent Objects", 1993, with the memo of Lowe, "Testing for
//! Linearizability", 2017. Entries do not depend on each other, so that each key is judged by itself. `model` says what a
//! call must answer, `search` looks for an order, `record` makes histories through the real API.
//!
//! Promise: exact: a history passes if and only if there is an order of its calls that agrees with their times and with a
//! cache that does one at a time. Cost: about a microsecond a call where there is such an order; versions leave writes little
//! choice, and reads are put at the first place that fits.

mod model;
mod record;
mod search;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

pub use self::model::{Answered, Asked, Condition};
pub use self::record::{Plan, record};

/// Moments of a history: each later than those before it, whichever thread asks.
#[derive(Debug, Default)]
pub struct Moments(AtomicU64);

impl Moments {
    /// The next one.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A call as its caller saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Of which key, by number.
    pub key: usize,
    /// Before it was sent.
    pub began: u64,
    /// After it was answered.
    pub ended: u64,
    /// What was asked.
    pub asked: Asked,
    /// What was answered.
    pub answered: Answered,
}

/// What a history that passes has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Judged {
    /// Calls.
    pub calls: usize,
    /// Keys.
    pub keys: usize,
    /// Most calls of one key that were under way at the same time.
    pub most_at_once: usize,
}

/// A history that no order of its calls explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The call before whose end the search came no further, at its best.
    pub stuck_at: Call,
    /// Calls of the key that were in order by then.
    pub in_order: usize,
    /// Calls of the key that were under way with it.
    pub beside: Vec<Call>,
}

/// Judges a history, key by key.
///
/// # Errors
/// The [`Violation`] of the first key that has one.
pub fn check(history: &[Call]) -> Result<Judged, Box<Violation>> {
    let mut keys: BTreeMap<usize, Vec<Call>> = BTreeMap::new();
    for call in history {
        keys.entry(call.key).or_default().push(*call);
    }
    let mut judged = Judged { calls: history.len(), keys: keys.len(), most_at_once: 0 };
    for calls in keys.values_mut() {
        calls.sort_by_key(|call| call.began);
        judged.most_at_once = judged.most_at_once.max(most_at_once(calls));
        search::search(calls)?;
    }
    Ok(judged)
}

fn most_at_once(calls: &[Call]) -> usize {
    let begins = calls.iter().map(|call| (call.began, true));
    let mut events: Vec<(u64, bool)> = begins.chain(calls.iter().map(|call| (call.ended, false))).collect();
    events.sort_unstable();
    let (mut open, mut most) = (0_usize, 0);
    for (_, begins) in events {
        open = if begins { open + 1 } else { open - 1 };
        most = most.max(open);
    }
    most
}

#[cfg(test)]
mod tests;
