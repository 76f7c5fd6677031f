//! Two ways to do one thing, measured in turns.

use std::time::{Duration, Instant};

/// Rounds of each side; the best counts, since noise only ever slows.
const ROUNDS: u32 = 9;
/// Least time of a round.
const ROUND: Duration = Duration::from_millis(20);

/// Widths of the first column.
const DOCUMENT: usize = 22;
const PROGRAM: usize = 76;

/// A table of races for one topic, printed as it goes.
pub(crate) struct Table {
    width: usize,
    least: f64,
    rows: u32,
    missed: u32,
}

impl Table {
    /// Opens the table: `topic` is to be at least `least` times as fast as `rival`.
    pub(crate) fn open(topic: &str, least: f64, rival: &str) -> Table {
        println!("\n{topic}: at least {least} x {rival}; MB/s of the JSON text");
        Table::head("document", DOCUMENT, least)
    }

    /// As [`Table::open`]; a row is a program, and its figures are microseconds.
    pub(crate) fn of_programs(topic: &str, least: f64, rival: &str) -> Table {
        println!("\n{topic}: at least {least} x {rival}; microseconds");
        Table::head("document and program", PROGRAM, least)
    }

    fn head(what: &str, width: usize, least: f64) -> Table {
        println!("{what:<width$} {:>9} {:>9} {:>7}", "ours", "theirs", "ratio");
        Table { width, least, rows: 0, missed: 0 }
    }

    /// A row: `ours` and `theirs` in turns, `bytes` of text each time.
    pub(crate) fn row(&mut self, name: &str, bytes: usize, ours: impl FnMut(), theirs: impl FnMut()) {
        let times = in_turns(ours, theirs);
        self.print(name, times, times.map(|time| bytes as f64 / time.as_secs_f64() / 1e6));
    }

    /// A row of one program.
    pub(crate) fn program(&mut self, name: &str, ours: impl FnMut(), theirs: impl FnMut()) {
        let times = in_turns(ours, theirs);
        self.print(name, times, times.map(|time| time.as_secs_f64() * 1e6));
    }

    fn print(&mut self, name: &str, [own, other]: [Duration; 2], [ours, theirs]: [f64; 2]) {
        let ratio = other.as_secs_f64() / own.as_secs_f64();
        let is_missed = ratio < self.least;
        self.rows += 1;
        self.missed += u32::from(is_missed);
        let mark = if is_missed { "  missed" } else { "" };
        let width = self.width;
        println!("{name:<width$} {ours:>9.1} {theirs:>9.1} {ratio:>7.2}{mark}");
    }

    /// A row of a document that the other side does not read.
    pub(crate) fn no_rival(&mut self, name: &str, why: &str) {
        let width = self.width;
        println!("{name:<width$} not compared: {why}");
    }

    /// The last line.
    pub(crate) fn close(self) {
        println!("missed: {} of {}", self.missed, self.rows);
    }
}

/// The best times of both.
fn in_turns(mut ours: impl FnMut(), mut theirs: impl FnMut()) -> [Duration; 2] {
    let (mut own, mut other) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        own = own.min(round(&mut ours));
        other = other.min(round(&mut theirs));
    }
    [own, other]
}

/// The best time of one thing.
pub(crate) fn best(mut work: impl FnMut()) -> Duration {
    (0..ROUNDS).map(|_| round(&mut work)).min().unwrap_or_default()
}

/// Time of one turn.
fn round(work: &mut impl FnMut()) -> Duration {
    let (begun, mut turns) = (Instant::now(), 0);
    while turns == 0 || begun.elapsed() < ROUND {
        work();
        turns += 1;
    }
    begun.elapsed() / turns
}
