//! What threads share and tests/shuttle puts its own in the place of, to try the orders in which they may run.

pub(crate) use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use parking_lot::{Mutex, MutexGuard};
