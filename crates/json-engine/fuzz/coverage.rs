//! How much of the engine has run so far, where the build counts it.
//!
//! `cargo x fuzz` builds with `-C instrument-coverage --cfg fuzzing`: the stable compiler then counts how often each region
//! of code ran, in one array, and an input that makes one more counter leave zero has gone a new way. Without these
//! flags the answer is always 0, and what is new is told by diagnostics alone.
//! Promise: the array is only read. Cost: some ten microseconds a look.

/// How many regions have run since the start.
#[cfg(not(fuzzing))]
pub(crate) fn regions() -> usize {
    0
}

/// How many regions have run since the start.
#[cfg(fuzzing)]
#[allow(
    unsafe_code,
    reason = "the counters have no other way to be read in process; tool only, never shipped"
)]
pub(crate) fn regions() -> usize {
    // The linker names the bounds of the section where LLVM puts its counters.
    unsafe extern "C" {
        #[link_name = "__start___llvm_prf_cnts"]
        static FIRST: u64;
        #[link_name = "__stop___llvm_prf_cnts"]
        static END: u64;
    }
    let (first, end) = (&raw const FIRST, &raw const END);
    // SAFETY: both bound one array of u64, and reads of aligned words are whole while other threads count.
    let count = usize::try_from(unsafe { end.offset_from(first) }).unwrap_or(0);
    // SAFETY: the index is inside of the array.
    (0..count).filter(|index| unsafe { first.add(*index).read_volatile() } > 0).count()
}
