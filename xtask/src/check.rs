//! `cargo x check`: everything that can be told without running the product.

use anyhow::Result;

use crate::artifacts::{Artifacts, Profile};
use crate::process;
use crate::steps::Steps;
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use crate::{expect_only, generate, tidy};

/// Runs all checks, also when one fails.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    expect_only(args, &["--advisories"])?;
    let mut toolbox = Toolbox::open(workspace);
    let artifacts = Artifacts::of(Profile::Dev)?;
    let mut steps = Steps::default();
    steps.run("fmt", "`cargo fmt --all` mends it.", || {
        process::run(&mut workspace.cargo(&["fmt", "--all", "--check"]))
    });
    steps.run("tidy", "DESIGN's floors are in xtask/src/floors.rs.", || tidy::run(workspace, &[]));
    steps.run("gen", "`cargo x gen` writes it anew; commit what it wrote.", || generate::check(workspace));
    steps.run("clippy", "Mend it, or allow it on the spot with a reason.", || clippy(workspace, &artifacts));
    steps.run("doc", "Every public item is documented and every link leads somewhere.", || {
        doc(workspace, &artifacts)
    });
    steps.run("deny", "deny.toml says what is allowed and why.", || deny(workspace, &mut toolbox, args));
    steps.run("buf", "The contract keeps buf's STANDARD rules.", || buf(workspace, &mut toolbox));
    steps.finish()
}

fn clippy(workspace: &Workspace, artifacts: &Artifacts) -> Result<()> {
    let mut command = artifacts.cargo(workspace, &["clippy", "--workspace", "--all-targets"]);
    process::run(command.args(["--", "-D", "warnings"]))
}

fn doc(workspace: &Workspace, artifacts: &Artifacts) -> Result<()> {
    let mut command = artifacts.cargo(workspace, &["doc", "--workspace", "--no-deps"]);
    let flags = format!("-D warnings {}", artifacts.flags("RUSTDOCFLAGS"));
    process::run(command.env("RUSTDOCFLAGS", flags))
}

/// Advisories are opt-in: their database is a git repository, which not every machine reaches.
fn deny(workspace: &Workspace, toolbox: &mut Toolbox<'_>, args: &[String]) -> Result<()> {
    if !toolbox.require(&["cargo-deny"])? {
        return Ok(());
    }
    let mut command = workspace.command("cargo-deny", &["--all-features", "check", "--hide-inclusion-graph"]);
    command.env("PATH", toolbox.path()).args(["bans", "licenses", "sources"]);
    if args.is_empty() {
        println!("advisories: not checked; `cargo x check --advisories` fetches their database and does");
    } else {
        command.arg("advisories");
    }
    process::run(&mut command)
}

fn buf(workspace: &Workspace, toolbox: &mut Toolbox<'_>) -> Result<()> {
    if !toolbox.require(&["buf"])? {
        return Ok(());
    }
    process::run(workspace.command("buf", &["lint"]).env("PATH", toolbox.path()))?;
    process::run(workspace.command("buf", &["format", "--diff", "--exit-code"]).env("PATH", toolbox.path()))
}
