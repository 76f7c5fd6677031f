//! The fuzzer: makes inputs for one target and keeps those that go a new way, until its time is over.
//!
//! `cargo x fuzz` runs it; arguments: `TARGET SECONDS FOLDER SUITES`, or `TARGET FILE` to run one input again.
//! Promise: runs on the stable compiler, ends in time, and fails if there is a finding; each lies in FOLDER.
//! Cost: one core, and memory for the inputs that were new.
#![allow(clippy::print_stdout, reason = "a tool for people at a terminal: printing is its output")]

mod coverage;
mod finding;
mod mutate;
mod seeds;
mod targets;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use targets::{TARGETS, Target};

/// An input that takes the processor this long will not end: the process does.
const HANGS: Duration = Duration::from_secs(20);

/// Most findings of one run; more of them tell nothing new.
const MAX_FINDINGS: usize = 20;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let names = || TARGETS.iter().map(|target| target.name).collect::<Vec<_>>().join(" ");
    let Some(target) = args.first().and_then(|name| TARGETS.iter().find(|target| target.name == *name))
    else {
        println!("the targets are: {}", names());
        return ExitCode::FAILURE;
    };
    finding::watch_panics();
    match &args[1..] {
        [file] => replay(target, Path::new(file)),
        [seconds, folder, suites] => {
            let seconds = Duration::from_secs(seconds.parse().unwrap_or(60));
            fuzz(target, seconds, PathBuf::from(folder), Path::new(suites))
        }
        _ => {
            println!("after the target: FILE, or SECONDS FOLDER SUITES");
            ExitCode::FAILURE
        }
    }
}

fn replay(target: &Target, file: &Path) -> ExitCode {
    let input = match std::fs::read(file) {
        Ok(input) => input,
        Err(error) => {
            println!("{}: {error}", file.display());
            return ExitCode::FAILURE;
        }
    };
    match finding::run(target, &input) {
        Ok(seen) => {
            println!("{}: no finding, {} signs", target.name, seen.0.len());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            println!("{}: {}", target.name, failure.message);
            ExitCode::FAILURE
        }
    }
}

fn fuzz(target: &'static Target, time: Duration, folder: PathBuf, suites: &Path) -> ExitCode {
    watch_for_hangs(target.name, &folder);
    let mut session = match Session::new(target, folder) {
        Ok(session) => session,
        Err(error) => {
            println!("{}: its folder: {error}", target.name);
            return ExitCode::FAILURE;
        }
    };
    let begun = Instant::now();
    for seed in seeds::seeds(target, suites) {
        session.try_input(seed);
    }
    let mut rng = fastrand::Rng::new();
    while begun.elapsed() < time && session.kinds.len() < MAX_FINDINGS {
        let input = mutate::mutated(&mut rng, &session.corpus);
        session.try_input(input);
    }
    let inputs = session.inputs;
    let (kept, regions, found) = (session.corpus.len(), coverage::regions(), session.kinds.len());
    let seconds = begun.elapsed().as_secs();
    println!(
        "{:<10} {inputs:>9} inputs in {seconds} s, {kept} kept, {regions} regions, {found} findings",
        target.name
    );
    if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Session {
    target: &'static Target,
    folder: PathBuf,
    last: finding::Last,
    inputs: u64,
    /// Inputs that went a new way; never empty.
    corpus: Vec<Vec<u8>>,
    signs: HashSet<u64>,
    regions: usize,
    /// One of each kind of finding.
    kinds: HashSet<String>,
}

impl Session {
    fn new(target: &'static Target, folder: PathBuf) -> std::io::Result<Session> {
        Ok(Session {
            target,
            last: finding::Last::create(&folder)?,
            folder,
            inputs: 0,
            corpus: vec![Vec::new()],
            signs: HashSet::new(),
            regions: 0,
            kinds: HashSet::new(),
        })
    }

    fn try_input(&mut self, input: Vec<u8>) {
        self.inputs += 1;
        // For the case that it ends the process.
        self.last.hold(&input);
        match finding::run(self.target, &input) {
            Ok(seen) => {
                let mut is_new = false;
                for sign in seen.0 {
                    is_new |= self.signs.insert(sign);
                }
                let regions = coverage::regions();
                is_new |= regions > self.regions;
                self.regions = regions;
                if is_new {
                    self.corpus.push(input);
                }
            }
            Err(failure) => self.found(&input, failure),
        }
    }

    /// Keeps the first of each kind.
    fn found(&mut self, input: &[u8], failure: finding::Failure) {
        if !self.kinds.insert(failure.kind.clone()) {
            return;
        }
        let smallest = finding::minimised(self.target, input, &failure.kind);
        let message =
            finding::run(self.target, &smallest).err().map_or(failure.message, |smaller| smaller.message);
        println!("FINDING {}: {message}", self.target.name);
        match finding::save(&self.folder, self.kinds.len(), &smallest) {
            Ok(file) => {
                println!("  cargo x fuzz --target {} --replay {}", self.target.name, file.display());
            }
            Err(error) => println!("  could not be saved: {error}"),
        }
    }
}

/// Ends the process when one input runs on and on; it lies in `last`.
#[allow(clippy::disallowed_methods, reason = "an input that does not end leaves no other way out")]
fn watch_for_hangs(target: &'static str, folder: &Path) {
    let last = folder.join("last");
    std::thread::spawn(move || {
        let (mut run, mut begun) = (0, time_of_main());
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let current = finding::RUNS.load(Ordering::Relaxed);
            if current != run {
                (run, begun) = (current, time_of_main());
            } else if run > 0 && time_of_main() - begun >= HANGS {
                println!("FINDING {target}: an input still runs after {} s", HANGS.as_secs());
                println!("  cargo x fuzz --target {target} --replay {}", last.display());
                std::process::exit(1);
            }
        }
    });
}

/// Processor time of the thread that runs the inputs, so that a busy machine is no finding; where there is no such file,
/// time on the wall.
fn time_of_main() -> Duration {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let used = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = used.and_then(|used| used.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| BEGUN.elapsed(), Duration::from_nanos)
}
