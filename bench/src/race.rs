//! Two ways to do one thing, measured in turns.

use std::time::{Duration, Instant};

/// Rounds of each side; the best counts, since noise only ever slows.
const ROUNDS: u32 = 9;
/// Least time of a round.
const ROUND: Duration = Duration::from_millis(20);

/// A table of races for one topic, printed as it goes.
pub(super) struct Table {
    least: f64,
    rows: u32,
    missed: u32,
}

impl Table {
    /// Opens the table: `topic` is to be at least `least` times as fast as `rival`.
    pub(super) fn open(topic: &str, least: f64, rival: &str) -> Table {
        println!("\n{topic}: at least {least} x {rival}; MB/s of the JSON text");
        println!("{:<22} {:>9} {:>9} {:>7}", "document", "ours", "theirs", "ratio");
        Table { least, rows: 0, missed: 0 }
    }

    /// A row: `ours` and `theirs` in turns, `bytes` of text each time.
    pub(super) fn row(&mut self, name: &str, bytes: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) {
        let (mut own, mut other) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            own = own.min(round(&mut ours));
            other = other.min(round(&mut theirs));
        }
        let rate = |time: Duration| bytes as f64 / time.as_secs_f64() / 1e6;
        let ratio = other.as_secs_f64() / own.as_secs_f64();
        let is_missed = ratio < self.least;
        self.rows += 1;
        self.missed += u32::from(is_missed);
        let mark = if is_missed { "  missed" } else { "" };
        println!("{name:<22} {:>9.0} {:>9.0} {ratio:>7.2}{mark}", rate(own), rate(other));
    }

    /// A row of a document that the other side does not read.
    pub(super) fn no_rival(&mut self, name: &str, why: &str) {
        println!("{name:<22} not compared: {why}");
    }

    /// The last line.
    pub(super) fn close(self) {
        println!("missed: {} of {}", self.missed, self.rows);
    }
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
