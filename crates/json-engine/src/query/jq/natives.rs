//! The builtins that are written in Rust; those in jq are in `defined.jq`.
//!
//! Promise: a native takes values and gives one value or a fault; what its input decides the length of is charged, and what
//! may be large is reserved.

mod arrays;
mod containers;
mod groups;
mod math;
mod strings;
mod times;
mod types;

use std::sync::OnceLock;

use super::fault::Answer;
use super::val::Val;

/// A builtin in Rust.
#[derive(Debug)]
pub(super) struct Native {
    pub(super) name: &'static str,
    /// How many arguments it takes; they are values, the machine runs it once for each combination of their outputs.
    pub(super) arity: u8,
    /// Gives the output for an input and the arguments.
    pub(super) run: fn(Val, &[Val]) -> Answer,
}

/// A line of a table of natives.
const fn native(name: &'static str, arity: u8, run: fn(Val, &[Val]) -> Answer) -> Native {
    Native { name, arity, run }
}

static TABLES: &[&[Native]] = &[
    arrays::TABLE,
    containers::TABLE,
    groups::TABLE,
    math::TABLE,
    strings::TABLE,
    times::TABLE,
    types::TABLE,
];

/// All of them, table by table.
pub(super) fn all() -> impl Iterator<Item = &'static Native> {
    TABLES.iter().copied().flatten()
}

/// The native of a name with a number of arguments.
pub(super) fn find(name: &str, arity: usize) -> Option<&'static Native> {
    static SORTED: OnceLock<Vec<&'static Native>> = OnceLock::new();
    let key = |native: &Native| (native.name, usize::from(native.arity));
    let sorted = SORTED.get_or_init(|| {
        let mut natives: Vec<_> = all().collect();
        natives.sort_by_key(|native| key(native));
        natives
    });
    let at = sorted.binary_search_by(|native| key(native).cmp(&(name, arity))).ok()?;
    sorted.get(at).copied()
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::super::fault::Fault;
    use super::super::text::to_json;
    use super::*;

    pub(in super::super) fn value(text: &str) -> Val {
        let (document, _) = crate::parse::parse(text.as_bytes(), &crate::ScanOptions::default()).unwrap();
        Val::of(document)
    }

    /// The output as JSON, or the message of an error.
    pub(in super::super) fn shown_answer(answer: Answer) -> String {
        match answer {
            Ok(val) => to_json(&val).unwrap(),
            Err(Fault::Raise(val)) => val.as_text().map_or_else(|| to_json(&val).unwrap(), str::to_owned),
            Err(Fault::Stop(error)) => format!("stopped: {error}"),
        }
    }

    /// Runs a native on JSON texts.
    pub(in super::super) fn check(name: &str, input: &str, args: &[&str], expected: &str) {
        let values: Vec<Val> = args.iter().map(|text| value(text)).collect();
        let native = find(name, args.len()).unwrap_or_else(|| panic!("{name}/{} is missing", args.len()));
        let answer = shown_answer((native.run)(value(input), &values));
        assert_eq!(answer, expected, "{input} | {name}({})", args.join(";"));
    }

    #[test]
    fn no_native_stands_there_twice() {
        let mut seen = std::collections::HashSet::new();
        for native in all() {
            assert!(seen.insert((native.name, native.arity)), "{}/{}", native.name, native.arity);
        }
    }

    /// Counts how often it is looked at, which is once in 2,048 units of work at most.
    #[derive(Default)]
    pub(in super::super) struct Looks(AtomicU64);

    impl Looks {
        /// As if nobody had looked.
        pub(in super::super) fn restart(&self) {
            self.0.store(0, Ordering::Relaxed);
        }
    }

    /// A look is a millisecond.
    impl crate::Clock for Looks {
        fn now(&self) -> Duration {
            Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
        }
    }
}
