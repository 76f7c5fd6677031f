//! Options: limits, budget and the reading of documents, the same for every call.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use json_engine::{Budget, Clock, Limits, MAX_DEPTH, ScanOptions};

use crate::cancel::Cancel;
use crate::choice;
use crate::code::Failure;
use crate::sized::{self, SizedByCaller};

/// Time of a query where the caller names none.
const PROGRAM_TIME: Duration = Duration::from_millis(100);
/// Time of other work on documents where the caller names none.
const DOCUMENT_TIME: Duration = Duration::from_secs(1);
/// Memory where the caller names none, in bytes.
const MEMORY_BYTES: u64 = 256 << 20;

/// Limits, budget and the reading of documents. A field that is 0 is its default, and NULL for the whole is every default.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// sizeof(fastjson_options); always set it.
    pub struct_size: u32,
    /// Deepest nesting of a document in levels, at most 512; more is DEPTH_LIMIT. Default 128.
    pub max_depth: u32,
    /// Longest document in bytes, below 4 GiB; more is INPUT_BYTES_LIMIT. Default 4 MiB.
    pub max_bytes: u64,
    /// Most values of a document; more is NODES_LIMIT. Default 1,000,000.
    pub max_nodes: u64,
    /// Longest answer in bytes; more is OUTPUT_TOO_LARGE. Default 4 MiB.
    pub max_output_bytes: u64,
    /// Memory that a query or conversion may hold, in bytes; more is BUDGET_MEMORY. Default 256 MiB.
    pub memory_bytes: u64,
    /// Time that a query, conversion or check of another format may take, in milliseconds; more is BUDGET_TIME. Default 100 for
    /// queries, 1,000 for the others. What is one pass over a JSON text has no clock.
    pub time_ms: u64,
    /// Most digits of one number; more is NUMBER_DIGITS_LIMIT. Default 1,000.
    pub max_number_digits: u32,
    /// Most findings that a report carries; all are counted. Default 100.
    pub max_diagnostics: u32,
    /// What is done about an object that has a key twice: FASTJSON_DUPLICATE_KEYS_*. Default report.
    pub duplicate_keys: u32,
    /// What fastjson_validate reports beyond the grammar: FASTJSON_PROFILE_*. Default JSON.
    pub profile: u32,
    /// What ends the call early, or NULL. It must live until the call returns.
    pub cancel: *const Cancel,
}

// SAFETY: integers and a pointer, the size first; a pointer that is rubbish is a value too, and the caller vouches for it.
unsafe impl SizedByCaller for Options {}

/// Options that were read, without pointers.
pub(crate) struct Settings {
    /// How documents are read.
    pub(crate) scan: ScanOptions,
    memory_bytes: u64,
    time: Option<Duration>,
    cancel: Option<Cancel>,
}

impl Settings {
    /// Reads the options of a caller.
    ///
    /// # Safety
    /// `given` is NULL or names options of the size that they say, and their `cancel` is NULL or a living flag.
    pub(crate) unsafe fn read(given: *const Options) -> Result<Settings, Failure> {
        // SAFETY: this function's own condition.
        let options = unsafe { sized::read("options", given) }?;
        // SAFETY: NULL or a living flag.
        let cancel = unsafe { options.cancel.as_ref() };
        Ok(Settings {
            scan: scan_options(&options)?,
            memory_bytes: or_default(options.memory_bytes, MEMORY_BYTES),
            time: (options.time_ms > 0).then(|| Duration::from_millis(options.time_ms)),
            cancel: cancel.map(|cancel| Cancel(Arc::clone(&cancel.0))),
        })
    }

    /// The budget of a query, from now on.
    pub(crate) fn program_budget(self) -> Budget {
        self.budget(PROGRAM_TIME)
    }

    /// The budget of work that grows with the documents alone, from now on.
    pub(crate) fn document_budget(self) -> Budget {
        self.budget(DOCUMENT_TIME)
    }

    fn budget(self, time: Duration) -> Budget {
        let budget = Budget::new(clock(), self.time.unwrap_or(time), self.memory_bytes);
        match self.cancel {
            Some(Cancel(flag)) => budget.with_cancel(flag),
            None => budget,
        }
    }
}

fn scan_options(options: &Options) -> Result<ScanOptions, Failure> {
    if options.max_depth > MAX_DEPTH {
        return Err(choice::refused("max_depth", options.max_depth, "1 to 512, or 0 for 128"));
    }
    let default = Limits::default();
    let limits = Limits {
        max_bytes: or_default(options.max_bytes, default.max_bytes),
        max_depth: or_default(options.max_depth, default.max_depth),
        max_nodes: or_default(options.max_nodes, default.max_nodes),
        max_number_digits: or_default(options.max_number_digits, default.max_number_digits),
        max_diagnostics: or_default(options.max_diagnostics, default.max_diagnostics),
        max_output_bytes: or_default(options.max_output_bytes, default.max_output_bytes),
    };
    let duplicate_keys = choice::duplicate_keys(options.duplicate_keys)?;
    Ok(ScanOptions { limits, duplicate_keys, profile: choice::profile(options.profile)? })
}

fn or_default<N: PartialEq + Default>(given: N, default: N) -> N {
    if given == N::default() { default } else { given }
}

/// One clock for the process: the engine has none of its own.
fn clock() -> Arc<dyn Clock> {
    static CLOCK: OnceLock<Arc<dyn Clock>> = OnceLock::new();
    Arc::clone(CLOCK.get_or_init(|| {
        let started = Instant::now();
        Arc::new(move || started.elapsed())
    }))
}

#[cfg(test)]
mod tests {
    use super::Options;

    /// A hole could hold anything, and would be taken for a field that is added there.
    #[test]
    fn options_have_no_holes() {
        let fields = 6 * size_of::<u32>() + 5 * size_of::<u64>() + size_of::<usize>();
        assert_eq!(size_of::<Options>(), fields);
    }
}
