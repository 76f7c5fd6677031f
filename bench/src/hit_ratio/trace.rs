//! The traces of `../shared/traces`, whose README gives formats and control figures.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};

use anyhow::{Context as _, Result};
use flate2::read::GzDecoder;

/// A trace and the sizes at which it is run.
pub(crate) struct Spec {
    /// Its name.
    pub(crate) name: &'static str,
    file: &'static str,
    /// Sizes of the cache, in entries.
    pub(crate) entries: [usize; 3],
    /// What a plain LRU gives at some of the sizes, in percent.
    pub(crate) lru: &'static [(usize, f64)],
}

#[rustfmt::skip] // A table is read by its columns.
pub(crate) const SPECS: [Spec; 7] = [
    Spec { name: "OLTP", file: "OLTP.lis.gz", entries: [250, 1_000, 2_000], lru: &[(250, 16.47), (1_000, 32.83), (2_000, 42.47)] },
    Spec { name: "P3", file: "P3.lis.gz", entries: [25_000, 100_000, 200_000], lru: &[(25_000, 2.60), (200_000, 59.35)] },
    Spec { name: "P6", file: "P6.lis.gz", entries: [25_000, 100_000, 250_000], lru: &[(100_000, 57.43)] },
    Spec { name: "loop", file: "loop.trace.gz", entries: [250, 500, 1_000], lru: &[(500, 0.0), (1_000, 0.0)] },
    Spec { name: "multi3", file: "multi3.trace.gz", entries: [500, 1_000, 1_500], lru: &[(500, 32.65), (1_500, 44.12)] },
    Spec { name: "sprite", file: "sprite.trace.gz", entries: [200, 400, 600], lru: &[(200, 39.88), (600, 83.19)] },
    Spec { name: "web12", file: "web12.trace.gz", entries: [500, 1_000, 2_000], lru: &[(500, 55.78), (2_000, 72.56)] },
];

/// The accesses of a trace, in order. Keys are numbered from zero as they first come.
pub(crate) struct Trace {
    pub(crate) keys: Vec<u32>,
    /// Number of different keys.
    pub(crate) distinct: usize,
}

impl Trace {
    /// Reads a trace.
    pub(crate) fn read(spec: &Spec) -> Result<Self> {
        let folder = testkit::shared("traces").context("../shared/traces is missing; hit-ratio needs it")?;
        let file = File::open(folder.join(spec.file)).with_context(|| spec.file.to_owned())?;
        let mut numbers = HashMap::new();
        let mut keys = Vec::new();
        for line in BufReader::new(GzDecoder::new(file)).lines() {
            for block in blocks(&line?).with_context(|| spec.file.to_owned())? {
                let next = u32::try_from(numbers.len())?;
                keys.push(*numbers.entry(block).or_insert(next));
            }
        }
        Ok(Self { keys, distinct: numbers.len() })
    }
}

/// The accesses of a line: one number, or `start count ignore request`; `*` is a mark.
fn blocks(line: &str) -> Result<std::ops::Range<u64>> {
    let mut words = line.split_whitespace().filter(|word| *word != "*").map(str::parse::<u64>);
    let Some(start) = words.next().transpose()? else { return Ok(0..0) };
    let count = words.next().transpose()?.unwrap_or(1);
    Ok(start..start + count)
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn a_line_is_a_key_or_a_run_of_keys() {
        let check = |line, expected: std::ops::Range<u64>| assert_eq!(blocks(line).unwrap(), expected);
        check("17\r", 17..18);
        check("110765 64 0 0", 110_765..110_829);
        check("*", 0..0);
        check("", 0..0);
    }
}
