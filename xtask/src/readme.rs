//! `cargo x readme`: runs what README.md, and pages of docs after it, tell their readers to run, and compares what they say will
//! be seen.
//!
//! CONTRIBUTING.md has the convention. Cost: one bash a command; the programs are the tests' own, so that nothing is
//! compiled twice. `--release` takes the README at its word and compiles as it says.

mod block;
mod expect;
mod session;

use std::fs;

use anyhow::{Context as _, Result};

use crate::artifacts::{Artifacts, Profile};
use crate::steps::Tally;
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use crate::{expect_only, process, test};

use block::{Block, Mode};
use session::Session;

/// The first starts the services, which all use.
const FILES: [&str; 7] = [
    "README.md",
    "docs/convert.md",
    "docs/diff.md",
    "docs/format.md",
    "docs/patch.md",
    "docs/query.md",
    "docs/schema.md",
];

/// Builds what the README needs and runs it.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    expect_only(args, &["--release"])?;
    let mut toolbox = Toolbox::open(workspace);
    if args.is_empty() {
        let artifacts = Artifacts::of(Profile::Dev)?;
        test::build(workspace, &artifacts)?;
        return check(workspace, &artifacts, &mut toolbox);
    }
    process::run(&mut workspace.cargo(&["build", "--release", "--package", "fastjson"]))?;
    let programs = workspace.target.join(Profile::Release.folder());
    let session = Session::new(workspace, &toolbox, programs, session::CargoRun::AsWritten);
    play(workspace, &mut toolbox, session)
}

/// Runs the README on programs that were built.
pub(crate) fn check(workspace: &Workspace, artifacts: &Artifacts, toolbox: &mut Toolbox<'_>) -> Result<()> {
    let programs = artifacts.folder(workspace);
    let session = Session::new(workspace, toolbox, programs, session::CargoRun::Prebuilt);
    play(workspace, toolbox, session)
}

fn play(workspace: &Workspace, toolbox: &mut Toolbox<'_>, mut session: Session) -> Result<()> {
    let mut tally = Tally::start();
    if !toolbox.require(&["curl", "grpcurl"])? {
        tally.ignore(FILES[0], "what is missing stands above");
        return tally.finish();
    }
    for file in FILES {
        let text =
            fs::read_to_string(workspace.root.join(file)).with_context(|| format!("reading {file}"))?;
        for block in &block::parse(&text)? {
            play_block(file, block, &mut session, &mut tally);
        }
    }
    session.stop(&mut tally);
    tally.finish()
}

fn play_block(file: &str, block: &Block, session: &mut Session, tally: &mut Tally) {
    for command in &block.commands {
        let name = format!("{file}:{} `{}`", command.line, command.script.lines().next().unwrap_or_default());
        match block.mode {
            Mode::Skip => tally.ignore(&name, "marked `skip`"),
            Mode::Up => tally.record(&name, &session.start(&name, command)),
            Mode::Run | Mode::Fails => tally.record(&name, &session.run(command, block.mode)),
        }
    }
}
