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
    use std::sync::Arc;
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

    /// Answers are kept and given again: a native that looks at the clock, at random or at what ran before has no place here.
    #[test]
    fn every_native_is_a_function_of_what_it_is_given() {
        let inputs =
            ["null", "3", "1.5", "\"a1,B\"", "\"2015-03-05T23:51:47Z\"", "[3,1,[2]]", "{\"b\":[1],\"a\":2}"];
        let args = ["\"a\"", "1", "[\"b\"]", "\"%Y-%m-%dT%H:%M:%SZ\""];
        let answers = || -> Vec<String> {
            let of = |native: &Native, input: &str, arg: &str| {
                let args = vec![value(arg); usize::from(native.arity)];
                format!("{} {input} {arg} {}", native.name, shown_answer((native.run)(value(input), &args)))
            };
            let each = |native: &'static Native| {
                inputs.into_iter().flat_map(move |input| args.map(|arg| of(native, input, arg)))
            };
            all().flat_map(each).collect()
        };
        assert_eq!(answers(), answers());
        for outside in "now env get_search_list rand random input_line".split(' ') {
            assert!(all().all(|native| native.name != outside), "{outside}");
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

    /// Natives whose work does not grow with their input, or by its logarithm; one that fails is no matter here.
    const CONSTANT: &str = "abs bsearch builtins has have_decnum have_literal_numbers infinite input_filename input_line_number isfinite \
        isinfinite isnan isnormal localtime mktime nan not strflocaltime strftime startswith endswith toarray todate todateiso8601 type utf8bytelength";
    /// And those of which that holds for texts that begin so.
    const CONSTANT_OF: [(&str, &str); 4] =
        [("length", "["), ("length", "{"), ("tostring", "\""), ("indices", "{")];
    /// Bytes of input that a unit of work may stand for.
    const UNIT_BYTES: u64 = 256;

    fn grows(native: &Native, text: &str) -> bool {
        let is_constant = |(name, begin): &(&str, &str)| *name == native.name && text.starts_with(begin);
        !CONSTANT.split_whitespace().any(|name| name == native.name) && !CONSTANT_OF.iter().any(is_constant)
    }

    /// Units that a native is charged; none where it fails, or is stopped, which shows that it is charged.
    fn units_of(native: &Native, input: &Val, args: &[Val]) -> Option<u64> {
        let budget = crate::Budget::new(Arc::new(Looks::default()), Duration::from_millis(500), 1 << 32);
        let _run = super::super::account::Run::open(&budget);
        let before = super::super::account::charged();
        (native.run)(input.clone(), args).ok()?;
        Some(super::super::account::charged() - before)
    }

    /// A native that charges nothing holds a worker for as long as its input is large.
    #[test]
    fn what_grows_with_its_input_is_charged() {
        let many = |item: &dyn Fn(usize) -> String| {
            format!("[{}]", (0..100_000).map(item).collect::<Vec<_>>().join(","))
        };
        let members: Vec<_> = (0..100_000).map(|at| format!("\"k{at}\":{at}")).collect();
        let inputs = [
            format!("{:?}", "ab\u{e9}<".repeat(200_000)),
            format!("{:?}", "1".repeat(1_000_000)),
            many(&|at| ((at * 7_919) % 100_000).to_string()),
            many(&|at| format!("\"k{}\"", (at * 7_919) % 100_000)),
            many(&|at| format!("[{at},1]")),
            format!("{{{}}}", members.join(",")),
        ];
        let mut free = std::collections::BTreeSet::new();
        for text in inputs {
            let input = value(&text);
            for native in all().filter(|native| grows(native, &text)) {
                for args in [vec![Val::text("a"); 3], vec![input.clone(); 3], vec![value("[1]"); 3]] {
                    let args = &args[..usize::from(native.arity)];
                    let units = units_of(native, &input, args).unwrap_or(u64::MAX);
                    if units.saturating_mul(UNIT_BYTES) < text.len() as u64 {
                        free.insert(format!("{} of a text that begins {}", native.name, &text[..6]));
                    }
                }
            }
        }
        assert!(free.is_empty(), "{free:#?}");
    }

    /// A hundred megabytes once were made within one native, long after the time was over.
    #[test]
    fn no_native_makes_a_long_text_for_which_there_is_no_time() {
        let long = "ab1 ".repeat(2_000_000);
        let text = Val::text(&long);
        let inputs = [text.clone(), Val::collect(vec![text.clone(), text.clone()]), Val::integer(2_000_000)];
        let args = [Val::text("a"), text.clone(), Val::text(".*"), Val::text(""), Val::text("g")];
        for native in all() {
            for (input, arg) in inputs.iter().flat_map(|input| args.iter().map(move |arg| (input, arg))) {
                let budget =
                    crate::Budget::new(Arc::new(|| Duration::ZERO), Duration::from_millis(1), 1 << 32);
                let _run = super::super::account::Run::open(&budget);
                let Ok(made) = (native.run)(input.clone(), &[arg.clone(), arg.clone(), Val::FALSE]) else {
                    continue;
                };
                let is_long = made.as_text().is_some_and(|made| made.len() > 1 << 20 && made != long);
                assert!(!is_long, "{} of {}", native.name, super::super::text::described(input));
            }
        }
    }
}
