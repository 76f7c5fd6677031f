//! Cancel: how another thread ends a call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that ends the calls whose options name it. It may be set from any thread, and stays set.
#[derive(Debug)]
pub struct Cancel(pub(crate) Arc<AtomicBool>);

/// A flag that is not set. The caller owns it: fastjson_cancel_free.
#[unsafe(no_mangle)]
pub extern "C" fn fastjson_cancel_new() -> *mut Cancel {
    Box::into_raw(Box::new(Cancel(Arc::default())))
}

/// Ends the queries and conversions that run with this flag, at their next look at the clock, and those that begin with it: they
/// give FASTJSON_BUDGET with the reason BUDGET_TIME. Does not wait for them. NULL does nothing.
///
/// # Safety
/// `cancel` is NULL or a flag that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_cancel_now(cancel: *const Cancel) {
    // SAFETY: NULL or a living flag, which is shared by reference only.
    if let Some(cancel) = unsafe { cancel.as_ref() } {
        cancel.0.store(true, Ordering::Relaxed);
    }
}

/// Frees a flag. Calls that began with it may still run and keep what they need. NULL does nothing.
///
/// # Safety
/// `cancel` is NULL or a flag that is not freed yet, and no other thread is in a function with it or about to be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_cancel_free(cancel: *mut Cancel) {
    if !cancel.is_null() {
        // SAFETY: it came from `Box::into_raw` in fastjson_cancel_new and is freed once.
        drop(unsafe { Box::from_raw(cancel) });
    }
}
