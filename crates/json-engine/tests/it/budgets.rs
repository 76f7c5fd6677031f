//! Budgets of tests: of time that stands still, of time that passes whenever somebody looks, and of real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use json_engine::{Budget, Clock};

/// No time passes, and there is a gigabyte of memory.
pub(crate) fn budget() -> Budget {
    budget_of(1 << 30)
}

/// No time passes.
pub(crate) fn budget_of(memory_bytes: u64) -> Budget {
    Budget::new(Arc::new(|| Duration::ZERO), Duration::from_millis(100), memory_bytes)
}

/// Time passes by a millisecond whenever somebody looks, and a hundred looks are allowed.
pub(crate) fn ticking(memory_bytes: u64) -> Budget {
    ticking_for(Duration::from_millis(100), memory_bytes)
}

/// As [`ticking`], for so long.
pub(crate) fn ticking_for(time: Duration, memory_bytes: u64) -> Budget {
    let looks = AtomicU64::new(0);
    let clock = move || Duration::from_millis(looks.fetch_add(1, Ordering::Relaxed));
    Budget::new(Arc::new(clock), time, memory_bytes)
}

/// A clock that starts now.
pub(crate) fn real_clock() -> Arc<dyn Clock> {
    let started = Instant::now();
    Arc::new(move || started.elapsed())
}
