//! Hostile requests: when and how each ends, alone and beside 100 normal requests; what those wait; what memory is held.
//!
//! Server and callers share all cores. A case is right if it ends by its reason, or by its time, which a slow machine may use
//! up first.

mod normal;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use client::JsonClient;
use context::{Context, Deadline};
use testkit::hostile::{self, Case};
use tokio::task::JoinSet;

use self::normal::Normal;
use crate::server::{self, Serving, Which};

/// How long normal requests are measured by themselves.
const QUIET: Duration = Duration::from_secs(5);
/// A case is repeated beside normal requests until so much time passed, so that there are enough of them.
const BESIDE: Duration = Duration::from_millis(500);
/// Hostile requests at the same time in the loop.
const ATTACKERS: usize = 4;
/// How long after the loop memory may take to come back.
const SETTLE: Duration = Duration::from_secs(15);

/// Prints a row a case, then what normal requests waited, then memory.
///
/// # Errors
/// When a case ended in another way than it should.
pub(crate) async fn run(seconds: Duration) -> Result<()> {
    let server = server::start_on_all(Which::Json).await?;
    let client = JsonClient::new(client::Config::at(format!("http://{}", server.address)))?;
    let cases: Arc<[Case]> = hostile::cases().into();
    let fresh = server.resident_bytes()?;
    let normal = Normal::start(&client)?;
    tokio::time::sleep(QUIET / 5).await;
    normal.take();
    tokio::time::sleep(QUIET).await;
    let quiet = p99(&mut normal.take());
    let rows = attack(&client, &cases, &normal).await;
    let failed = normal.stop().await;
    print(&rows, quiet);
    println!("normal requests that failed: {failed}");
    memory(&server, &client, &cases, (fresh, seconds)).await?;
    let wrong = rows.iter().filter(|row| !row.is_right()).count();
    anyhow::ensure!(wrong == 0, "{wrong} cases ended in another way than they should");
    Ok(())
}

/// What became of a case.
struct Row<'c> {
    case: &'c Case,
    outcome: String,
    budget: Duration,
    /// The longest that it took.
    took: Duration,
    /// What normal requests waited meanwhile.
    waits: Vec<Duration>,
}

impl Row<'_> {
    fn is_right(&self) -> bool {
        self.case.may_end_by(&self.outcome)
    }

    /// Its answer waits as those of normal requests do, which is not its worker's fault.
    fn is_late(&self) -> bool {
        self.took > 2 * self.budget + p99(&mut self.waits.clone())
    }
}

async fn attack<'c>(client: &JsonClient, cases: &'c [Case], normal: &Normal) -> Vec<Row<'c>> {
    let config = fastjson_api::Config::default();
    let mut rows = Vec::with_capacity(cases.len());
    for case in cases {
        normal.take();
        let begun = Instant::now();
        let (mut took, mut outcome) = (Duration::ZERO, String::new());
        while begun.elapsed() < BESIDE {
            let sent = Instant::now();
            outcome = case.outcome(client, &patient()).await;
            took = took.max(sent.elapsed());
        }
        rows.push(Row { case, outcome, budget: case.budget(&config), took, waits: normal.take() });
    }
    rows
}

fn patient() -> Context {
    Context { deadline: Some(Deadline::after(Duration::from_secs(60))), ..Context::background() }
}

fn print(rows: &[Row<'_>], quiet: Duration) {
    println!("hostile requests beside {} normal ones, milliseconds", normal::IN_FLIGHT);
    println!("{:<64} {:<24} {:>7} {:>7} {:>8}", "case", "ended by", "budget", "took", "p99");
    for row in rows {
        let name: String = row.case.name.chars().take(64).collect();
        let marks = [(row.is_right(), " wrong"), (!row.is_late(), " late")];
        let marks: String = marks.iter().filter(|(is_fine, _)| !is_fine).map(|(_, mark)| *mark).collect();
        let (budget, took) = (row.budget.as_millis(), row.took.as_millis());
        let wait = p99(&mut row.waits.clone()).as_secs_f64() * 1e3;
        println!("{name:<64} {:<24} {budget:>7} {took:>7} {wait:>8.1}{marks}", row.outcome);
    }
    let mut waits: Vec<_> = rows.iter().flat_map(|row| row.waits.iter().copied()).collect();
    let (attacked, count) = (p99(&mut waits), waits.len());
    let ratio = attacked.as_secs_f64() / quiet.as_secs_f64();
    let late = rows.iter().filter(|row| row.is_late()).count();
    println!(
        "{} cases, {late} of them late; p99 of {count} normal requests {attacked:.1?}, quiet {quiet:.1?}, ratio {ratio:.2}",
        rows.len()
    );
}

fn p99(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}

/// All cases in a loop, and what memory the server holds before, meanwhile and afterwards.
async fn memory(
    server: &Serving,
    client: &JsonClient,
    cases: &Arc<[Case]>,
    (fresh, time): (u64, Duration),
) -> Result<()> {
    let before = server.resident_bytes()?;
    let (ends, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut attackers = JoinSet::new();
    for _ in 0..ATTACKERS {
        let (client, cases, ends, next) =
            (client.clone(), Arc::clone(cases), Arc::clone(&ends), Arc::clone(&next));
        attackers.spawn(async move {
            while !ends.load(Ordering::Relaxed) {
                let at = next.fetch_add(1, Ordering::Relaxed) % cases.len();
                cases[at].outcome(&client, &patient()).await;
            }
        });
    }
    let peak = extreme(server, time, u64::max).await?;
    ends.store(true, Ordering::Relaxed);
    attackers.join_all().await;
    let after = extreme(server, SETTLE, u64::min).await?;
    let requests = next.load(Ordering::Relaxed);
    let rounds = requests as f64 / cases.len() as f64;
    let [fresh, before, peak, after] = [fresh, before, peak, after].map(|bytes| bytes >> 20);
    println!(
        "{requests} hostile requests, {rounds:.1} rounds of all, in {time:?}, {ATTACKERS} at a time; MiB held: fresh {fresh}, before {before}, peak {peak}, after {after}"
    );
    Ok(())
}

/// The most or the least that is held while `time` passes.
async fn extreme(server: &Serving, time: Duration, choose: fn(u64, u64) -> u64) -> Result<u64> {
    let begun = Instant::now();
    let mut held = server.resident_bytes()?;
    while begun.elapsed() < time {
        tokio::time::sleep(Duration::from_millis(20)).await;
        held = choose(held, server.resident_bytes()?);
    }
    Ok(held)
}
