//! `fastjson bench`: how many calls a server answers in a second, and how long they take, seen from here.
//!
//! Promise: so many callers send a call each, and the next when it is answered; every call that was sent is counted, one that failed by its
//! reason. Since a caller waits for its answer, a server that stalls gets fewer calls meanwhile: the times are those of calls that were made.
//! Cost: the load; what is written to the cache ends after ten minutes.

mod drive;
mod work;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use self::drive::{End, Load, Outcome};
use self::work::{What, Work};
use crate::error::{Error, NO};
use crate::{Common, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What is called.
    #[arg(value_enum)]
    what: What,
    /// For how long.
    #[arg(long = "for", value_name = "TIME", default_value = "5s", value_parser = crate::duration)]
    time: Duration,
    /// So many calls in place of a time.
    #[arg(long, conflicts_with = "time")]
    calls: Option<u64>,
    /// Callers at the same time, 1 to 4,096.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=4_096))]
    callers: u16,
    /// Namespace of the entries; empty means `default`.
    #[arg(long, default_value = "")]
    namespace: String,
    /// Entries that `get` and `set` go over, and keys of `take`, 1 to 1,000,000.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    keys: u32,
    /// Bytes of a value, at most 4 MiB.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(0..=4_194_304))]
    value_bytes: u32,
    /// The document of `validate`, `format` and `query`; without it a small one.
    #[arg(long)]
    file: Option<PathBuf>,
    /// The program of `query`, in the language that `fastjson query` would take it for.
    #[arg(long, default_value = "$..id")]
    program: String,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    if common.local {
        return Err(Error::Usage("bench measures a server; allowed: without --local".to_owned()));
    }
    let mut load = Load { callers: args.callers, end: End::After(args.time), timeout: common.timeout };
    if let Some(calls) = args.calls {
        load.end = End::Calls(calls);
    }
    if args.what == What::Get {
        let fill = Load { end: End::Calls(args.keys.into()), ..load };
        let filled = drive::run(Arc::new(Work::new(common, What::Set, &args)?), fill).await?;
        if let Some((reason, _)) = filled.failures.first_key_value() {
            return Err(Error::Usage(format!("the entries to be read cannot be written: {reason}")));
        }
    }
    let outcome = drive::run(Arc::new(Work::new(common, args.what, &args)?), load).await?;
    output::line(told(&outcome).as_bytes())?;
    Ok(if outcome.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(NO) })
}

/// The figures, a line each.
fn told(outcome: &Outcome) -> String {
    let Outcome { times, failures, took } = outcome;
    let (calls, seconds) = (times.calls(), took.as_secs_f64());
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = calls as f64 / seconds.max(f64::MIN_POSITIVE);
    let mut text = format!("{calls} calls in {seconds:.2} s, {rate:.0} a second");
    for (name, share) in [("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999), ("max", 1_000)] {
        let millis = times.within(share).as_secs_f64() * 1e3;
        // Writing to a text cannot fail.
        let _infallible = write!(text, "\n{name:<6}{millis:>10.3} ms");
    }
    for (reason, count) in failures {
        let _infallible = write!(text, "\nfailed {count}: {reason}");
    }
    text
}

#[cfg(test)]
mod tests {
    use chassis::histogram::Histogram;

    use super::*;

    #[test]
    fn figures_stand_a_line_each() {
        let times = Histogram::default();
        [1, 1, 1, 3].into_iter().for_each(|millis| times.record(Duration::from_millis(millis), 1));
        let failures = [("OVERLOADED".to_owned(), 1)].into();
        let text = told(&Outcome { times: times.read(), failures, took: Duration::from_secs(2) });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "4 calls in 2.00 s, 2 a second");
        assert!(lines[1].starts_with("p50        1.0") && lines[1].ends_with(" ms"), "{text}");
        assert_eq!(lines[5..], ["max        3.000 ms", "failed 1: OVERLOADED"]);
    }
}
