//! `cargo x test`: every test there is, in one build.

use std::time::Duration;

use anyhow::Result;

use crate::artifacts::{Artifacts, Profile};
use crate::steps::Steps;
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use crate::{capi, compose, expect_only, process, readme};

/// Tests take two minutes of two processors; past this one of them hangs, and the last lines say which.
const HANGS: Duration = Duration::from_secs(25 * 60);

/// Runs all suites, also when one fails.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    expect_only(args, &[])?;
    let mut toolbox = Toolbox::open(workspace);
    let artifacts = Artifacts::of(Profile::Dev)?;
    let mut steps = Steps::default();
    steps.run("tools", "The tests call these as their users do.", || {
        toolbox.require(&["curl", "grpcurl"]).map(|_| ())
    });
    steps.run("build", "It must compile.", || build(workspace, &artifacts));
    steps.run("cargo test", "`cargo test -p <crate> <name>` runs one alone.", || {
        let mut command = artifacts.cargo(workspace, &["test", "--workspace", "--no-fail-fast"]);
        // Property tests draw the same cases each time, so that a change is judged by what it changed; `cargo x fuzz` and a plain
        // `cargo test` draw others.
        command.env("PROPTEST_RNG_SEED", "20261125");
        command.env("PATH", toolbox.path());
        // A person sees which test hangs and stops it with Ctrl-C, which a process group of its own would not hear.
        if process::in_ci() { process::run_within(&mut command, HANGS) } else { process::run(&mut command) }
    });
    steps.run("readme", "Mend the README or what it shows; `cargo x readme` runs it alone.", || {
        readme::check(workspace, &artifacts, &mut toolbox)
    });
    steps.run("capi", "`cargo x capi test` runs it alone.", || {
        capi::check(workspace, &artifacts, &mut toolbox)
    });
    steps.run("compose", "`cargo x compose` runs it alone.", || {
        compose::check(workspace, &artifacts, &mut toolbox)
    });
    steps.finish()
}

/// Programs, tests and libraries, of which one is for C, together, because the dependencies' features are then chosen once for both.
pub(crate) fn build(workspace: &Workspace, artifacts: &Artifacts) -> Result<()> {
    process::run(&mut artifacts.cargo(workspace, &["build", "--workspace", "--lib", "--bins", "--tests"]))
}
