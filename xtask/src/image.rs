//! `cargo x image`: static programs into `target/image`, and from there into images that hold nothing else.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::artifacts::{Artifacts, Profile};
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use crate::{daemon, expect_only, process};

/// The programs that get an image, by package, program and service name.
pub(crate) const SERVICES: [&str; 2] = ["fastjson-api", "rust-cache-server"];

/// Builds the images that users run.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    expect_only(args, &[])?;
    let mut toolbox = Toolbox::open(workspace);
    let Some(docker) = daemon::Docker::open(workspace, &mut toolbox)? else { return Ok(()) };
    build_release(workspace, &docker)
}

/// Compiles in release and builds the images tagged `dev`.
pub(crate) fn build_release(workspace: &Workspace, docker: &daemon::Docker<'_>) -> Result<()> {
    let artifacts = Artifacts::of(Profile::Release)?;
    let mut cargo = artifacts.cargo(workspace, &["build", "--bins"]);
    process::run(cargo.args(SERVICES.map(|service| format!("--package={service}"))))?;
    stage(workspace, &artifacts)?;
    process::run(&mut docker.compose(&["build"]))
}

/// Copies the programs to where the Dockerfile takes them from.
pub(crate) fn stage(workspace: &Workspace, artifacts: &Artifacts) -> Result<()> {
    ensure!(artifacts.are_static(), "images hold Linux programs; build them on Linux");
    let folder = workspace.root.join("target/image");
    fs::create_dir_all(&folder)?;
    for service in SERVICES {
        let program = artifacts.folder(workspace).join(service);
        fs::copy(&program, folder.join(service))
            .with_context(|| format!("{} was not built", program.display()))?;
    }
    Ok(())
}
