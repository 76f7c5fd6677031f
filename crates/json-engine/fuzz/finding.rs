//! One input run under watch, and what is kept of one that fails.
//!
//! Promise: a panic is caught and an input that takes over [`SLOW`] is a finding; the input that runs lies on disk, so
//! that one which ends the process (an overflow of the stack, say) is there too. Cost: a small write an input.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::targets::{Seen, Target};

/// An input that takes longer is a finding.
const SLOW: Duration = Duration::from_secs(1);

/// Most runs that making a finding smaller may take.
const MINIMISING_RUNS: usize = 4_000;

/// How many runs have begun.
pub(crate) static RUNS: AtomicU64 = AtomicU64::new(0);

/// Where the last panic was, and what it said.
static PANIC: Mutex<Option<(String, String)>> = Mutex::new(None);

/// Keeps panics from the terminal; [`run`] tells of them.
pub(crate) fn watch_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let message = info.payload_as_str().unwrap_or("a panic without a text").to_owned();
        *PANIC.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some((place, message));
    }));
}

/// The file that holds the input that runs. It stays open: making it anew for each input took 5 milliseconds.
pub(crate) struct Last(File);

impl Last {
    /// In `folder`, which is made if it is not there.
    pub(crate) fn create(folder: &Path) -> std::io::Result<Last> {
        std::fs::create_dir_all(folder)?;
        File::create(folder.join("last")).map(Last)
    }

    /// Writes an input; if that fails, only an input that ends the process is lost.
    pub(crate) fn hold(&self, input: &[u8]) {
        let _ = self.0.write_all_at(input, 0).and_then(|()| self.0.set_len(input.len() as u64));
    }
}

/// What is wrong with an input.
pub(crate) struct Failure {
    /// Tells one fault from another: the place, and the words of the message before the first text.
    pub(crate) kind: String,
    /// All that is known.
    pub(crate) message: String,
}

/// Runs one input.
pub(crate) fn run(target: &Target, input: &[u8]) -> Result<Seen, Failure> {
    RUNS.fetch_add(1, Ordering::Relaxed);
    let begun = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    let took = begun.elapsed();
    let Ok(seen) = outcome else {
        let taken = PANIC.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let (place, message) = taken.unwrap_or_default();
        let words: String = message.chars().take(60).filter(char::is_ascii_alphabetic).collect();
        return Err(Failure { kind: format!("{place} {words}"), message: format!("{place}: {message}") });
    };
    if took > SLOW
        && let Some(took) = slow_again(target, input)
    {
        return Err(Failure { kind: "slow".to_owned(), message: format!("took {} ms", took.as_millis()) });
    }
    Ok(seen)
}

/// The time that the input took of the core, if that is over [`SLOW`]: what took long may have waited for other programs.
fn slow_again(target: &Target, input: &[u8]) -> Option<Duration> {
    let before = time_on_core();
    let _ = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    let took = time_on_core().saturating_sub(before);
    (took > SLOW).then_some(took)
}

/// How long this thread ran so far, as Linux tells it.
fn time_on_core() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// The smallest part of `input` found that fails in the same way.
pub(crate) fn minimised(target: &Target, input: &[u8], kind: &str) -> Vec<u8> {
    let fails = |input: &[u8]| run(target, input).is_err_and(|failure| failure.kind == kind);
    let mut smallest = input.to_vec();
    let mut runs = 0;
    let mut size = smallest.len().div_ceil(2);
    while size > 0 && runs < MINIMISING_RUNS {
        let mut at = 0;
        while at < smallest.len() && runs < MINIMISING_RUNS {
            let mut shorter = smallest.clone();
            shorter.drain(at..smallest.len().min(at + size));
            runs += 1;
            if fails(&shorter) {
                smallest = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    smallest
}

/// Writes a finding into `folder`; gives its file.
pub(crate) fn save(folder: &Path, number: usize, input: &[u8]) -> std::io::Result<PathBuf> {
    let file = folder.join(format!("finding-{number}"));
    std::fs::write(&file, input)?;
    Ok(file)
}
