//! `cargo x fuzz`: the engine's fuzzer, in a build that counts which code ran.
//!
//! Promise: needs the stable compiler only; every target has its time, also when one before it has a finding.
//! Cost: one core, and a build of its own in `target/fuzz-build`, since its flags would spoil every other.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// In the order of the table in `crates/json-engine/fuzz/targets/mod.rs`; a target that is missing there fails.
const TARGETS: &[&str] = &[
    "json",
    "pieces",
    "json5",
    "ndjson",
    "yaml",
    "toml",
    "csv",
    "cbor",
    "msgpack",
    "auto",
    "patch",
    "merge",
    "diff",
    "three_way",
    "jsonpath",
    "jq",
    "jmespath",
    "schema",
];

/// Seconds a target where none are asked for.
const SECONDS: u64 = 60;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    target: Option<String>,
    seconds: u64,
    replay: Option<PathBuf>,
}

/// Runs the targets one after another, or one input again.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let asked = asked(args)?;
    let fuzzer = build(workspace)?;
    if let (Some(target), Some(file)) = (&asked.target, &asked.replay) {
        return process::run(started(&fuzzer, target).arg(file));
    }
    let is_asked = |target: &&&str| asked.target.as_deref().is_none_or(|only| only == **target);
    let suites = workspace.root.join("../shared/suites");
    let mut steps = Steps::default();
    for target in TARGETS.iter().filter(is_asked) {
        let folder = workspace.target.join("fuzz").join(target);
        steps.run(
            target,
            "The input that ended it lies in target/fuzz, `last` if it ended the process.",
            || {
                let seconds = asked.seconds.to_string();
                process::run(started(&fuzzer, target).arg(seconds).arg(&folder).arg(&suites))
            },
        );
    }
    steps.finish()
}

/// The counters of coverage are read in the process; the file that they would be written to at its end is not wanted.
fn started(fuzzer: &Path, target: &str) -> Command {
    let mut command = Command::new(fuzzer);
    command.arg(target).env("LLVM_PROFILE_FILE", "/dev/null");
    command
}

/// With the checks that a release leaves out: an overflow is a finding.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("fuzz-build");
    let args = ["build", "--release", "--package", "json-engine", "--example", "fuzz"];
    let mut command = workspace.cargo(&args);
    command
        .env("RUSTFLAGS", "-C instrument-coverage --cfg fuzzing")
        .env("CARGO_TARGET_DIR", &folder)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true")
        .env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true")
        // Build scripts and macros are instrumented too, and would leave files behind.
        .env("LLVM_PROFILE_FILE", "/dev/null");
    process::run(&mut command)?;
    Ok(folder.join("release/examples/fuzz"))
}

fn asked(args: &[String]) -> Result<Asked> {
    let mut asked = Asked { target: None, seconds: SECONDS, replay: None };
    let mut words = args.iter();
    while let Some(option) = words.next() {
        let value = words.next().with_context(|| format!("`{option}` needs a value"))?;
        match option.as_str() {
            "--target" if TARGETS.contains(&value.as_str()) => asked.target = Some(value.clone()),
            "--target" => bail!("no target `{value}`; there are {}", TARGETS.join(", ")),
            "--seconds" => asked.seconds = value.parse().context("--seconds is a whole number")?,
            "--replay" => asked.replay = Some(std::path::absolute(value)?),
            _ => bail!("`{option}` is not known; allowed: --target, --seconds, --replay"),
        }
    }
    if asked.replay.is_some() && asked.target.is_none() {
        bail!("--replay needs the --target that the input is for");
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::{Asked, asked};

    fn check(line: &str, expected: Option<Asked>) {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        assert_eq!(asked(&args).ok(), expected, "{line}");
    }

    #[test]
    fn arguments() {
        let yaml = Some("yaml".to_owned());
        check("", Some(Asked { target: None, seconds: 60, replay: None }));
        check("--seconds 5", Some(Asked { target: None, seconds: 5, replay: None }));
        check("--target yaml --seconds 5", Some(Asked { target: yaml.clone(), seconds: 5, replay: None }));
        check(
            "--target yaml --replay /f",
            Some(Asked { target: yaml, seconds: 60, replay: Some("/f".into()) }),
        );
        for line in ["--replay /f", "--target x", "--seconds x", "--seconds", "--speed 1"] {
            check(line, None);
        }
    }
}
