//! Steps that each print their name, their time and, when they fail, what to do; and the count of a suite of checks.

use std::time::Instant;

use anyhow::{Result, bail};

/// Steps run one after the other; a failed one does not keep the next from running.
#[derive(Default)]
pub(crate) struct Steps {
    failed: Vec<&'static str>,
}

impl Steps {
    /// Runs a step. `remedy` is printed when it fails.
    pub(crate) fn run(&mut self, name: &'static str, remedy: &str, step: impl FnOnce() -> Result<()>) {
        println!("==> {name}");
        let start = Instant::now();
        let result = step();
        let seconds = start.elapsed().as_secs_f64();
        match result {
            Ok(()) => println!("==> {name}: ok ({seconds:.1} s)\n"),
            Err(error) => {
                println!("error: {error:#}");
                println!("==> {name}: FAILED ({seconds:.1} s). {remedy}\n");
                self.failed.push(name);
            }
        }
    }

    /// Fails if a step did.
    pub(crate) fn finish(self) -> Result<()> {
        if self.failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", self.failed.join(", "))
    }
}

/// Counts checks and prints them as cargo test does, so that whoever counts tests counts these too.
pub(crate) struct Tally {
    start: Instant,
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Tally {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), passed: 0, failed: 0, ignored: 0 }
    }

    /// Records a check and prints it; an error is printed under it.
    pub(crate) fn record(&mut self, name: &str, result: &Result<()>) {
        match result {
            Ok(()) => {
                self.passed += 1;
                println!("test {name} ... ok");
            }
            Err(error) => {
                self.failed += 1;
                println!("test {name} ... FAILED\n{error:#}\n");
            }
        }
    }

    /// Records a check that was not run.
    pub(crate) fn ignore(&mut self, name: &str, reason: &str) {
        self.ignored += 1;
        println!("test {name} ... ignored, {reason}");
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed > 0
    }

    /// Prints the closing line; fails if a check did.
    pub(crate) fn finish(self) -> Result<()> {
        let verdict = if self.failed == 0 { "ok" } else { "FAILED" };
        println!(
            "\ntest result: {verdict}. {} passed; {} failed; {} ignored; 0 measured; 0 filtered out; finished in {:.2}s",
            self.passed,
            self.failed,
            self.ignored,
            self.start.elapsed().as_secs_f64()
        );
        if self.failed > 0 {
            bail!("{} failed", self.failed);
        }
        Ok(())
    }
}
