//! The engine without a service around it, doing what a call does.

use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anyhow::Result;
use json_engine::convert::{ConvertOptions, Format, convert};
use json_engine::query::{Language, Query};
use json_engine::{Budget, ScanOptions, Style, format, validate};

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operation {
    Validate,
    Minify,
    Convert,
    Query,
}

pub(super) const OPERATIONS: [Operation; 4] =
    [Operation::Validate, Operation::Minify, Operation::Convert, Operation::Query];

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Operation::Validate => "validate",
            Operation::Minify => "minify",
            Operation::Convert => "to yaml",
            Operation::Query => "jq",
        }
    }
}

/// The program that both sides run; both have it compiled.
pub(super) const PROGRAM: &str = "[.. | strings | length] | add";

static QUERY: LazyLock<Query> =
    LazyLock::new(|| Query::compile(Language::Jq, PROGRAM).expect("the program is jq"));

/// Does it once.
pub(super) fn run(operation: Operation, text: &[u8]) -> Result<()> {
    let options = ScanOptions::default();
    match operation {
        Operation::Validate => drop(black_box(validate(text, &options)?)),
        Operation::Minify => drop(black_box(format(text, &Style::Minify.into(), &options)?)),
        Operation::Convert => {
            drop(black_box(convert(text, &ConvertOptions::to(Format::Yaml), &options, &budget())?));
        }
        Operation::Query => drop(black_box(QUERY.run(text, &options, &budget())?)),
    }
    Ok(())
}

/// With the clock of a service: a budget costs looks at it.
fn budget() -> Budget {
    let begun = Instant::now();
    Budget::new(Arc::new(move || begun.elapsed()), Duration::from_secs(5), 256 << 20)
}
