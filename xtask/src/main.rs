//! `cargo x`: everything the project does to itself, one file a subcommand.
//!
//! Promise: what CI runs is what a developer runs, by the same two commands, and a step that fails says what to do.
//! Cost: three small dependencies, since every run of CI waits for this crate to compile.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for people at a terminal: printing is its output"
)]

mod artifacts;
mod bench;
mod capi;
mod check;
mod compose;
mod daemon;
mod floors;
mod fuzz;
mod generate;
mod image;
mod process;
mod readme;
mod steps;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::workspace::Workspace;

struct Subcommand {
    name: &'static str,
    usage: &'static str,
    about: &'static str,
    run: fn(&Workspace, &[String]) -> Result<()>,
}

const SUBCOMMANDS: &[Subcommand] = &[
    Subcommand {
        name: "check",
        usage: "check [--advisories]",
        about: "format, lints, floors, generated text, rustdoc, dependencies, contract",
        run: check::run,
    },
    Subcommand {
        name: "test",
        usage: "test",
        about: "every test, then the README, then the containers",
        run: test::run,
    },
    Subcommand { name: "tidy", usage: "tidy", about: "the floors and the manifests", run: tidy::run },
    Subcommand {
        name: "readme",
        usage: "readme [--release]",
        about: "run README.md and compare what it says",
        run: readme::run,
    },
    Subcommand {
        name: "compose",
        usage: "compose [test|up|down]",
        about: "the pair in containers; `test` by default",
        run: compose::run,
    },
    Subcommand {
        name: "capi",
        usage: "capi [test]",
        about: "the C library with its header, release; `test`: programs that use it",
        run: capi::run,
    },
    Subcommand {
        name: "image",
        usage: "image",
        about: "build both images, release, static",
        run: image::run,
    },
    Subcommand {
        name: "bench",
        usage: "bench [name] [--cpu x]",
        about: "the benchmarks, release build",
        run: bench::run,
    },
    Subcommand {
        name: "soak",
        usage: "soak [--calls n]",
        about: "a million calls of 32 callers, judged for linearizability",
        run: bench::soak,
    },
    Subcommand {
        name: "fuzz",
        usage: "fuzz [--target t] [--seconds n]",
        about: "hostile inputs for the engine; `--replay file` runs one again",
        run: fuzz::run,
    },
    Subcommand {
        name: "gen",
        usage: "gen [--check]",
        about: "write the floors in ARCHITECTURE.md and the C header",
        run: generate::run,
    },
    Subcommand {
        name: "tools",
        usage: "tools [name…]",
        about: "install the tools that the others need",
        run: tools::run,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let Some((name, rest)) = args.split_first() else {
        print_usage();
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print_usage();
        return Ok(());
    }
    let Some(subcommand) = SUBCOMMANDS.iter().find(|subcommand| subcommand.name == name) else {
        print_usage();
        bail!("no subcommand `{name}`");
    };
    // Before anything is built or started: `bench --help` began a release build.
    if rest.iter().take_while(|arg| *arg != "--").any(|arg| matches!(arg.as_str(), "--help" | "-h")) {
        println!("usage: cargo x {}\n\n{}", subcommand.usage, subcommand.about);
        return Ok(());
    }
    let workspace = Workspace::read().context("reading the workspace")?;
    (subcommand.run)(&workspace, rest)
}

fn print_usage() {
    println!("usage: cargo x <subcommand>\n");
    for Subcommand { usage, about, .. } in SUBCOMMANDS {
        println!("  {usage:<32}{about}");
    }
}

/// Refuses arguments that a subcommand does not know.
fn expect_only(args: &[String], known: &[&str]) -> Result<()> {
    match args.iter().find(|arg| !known.contains(&arg.as_str())) {
        None => Ok(()),
        Some(arg) if known.is_empty() => bail!("`{arg}`: this subcommand takes no argument"),
        Some(arg) => bail!("`{arg}` is not known; allowed: {}", known.join(", ")),
    }
}
