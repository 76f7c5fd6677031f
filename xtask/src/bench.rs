//! `cargo x bench`: the benchmarks, in a release build, with the programs that they are measured against.

use anyhow::{Result, bail};

use crate::process;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// Hands its arguments to the `bench` package.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    if workspace.member("bench").is_none() {
        bail!("there is no `bench` package in the workspace yet");
    }
    let mut toolbox = Toolbox::open(workspace);
    if !toolbox.require(&["redis-server", "redis-benchmark", "h2load"])? {
        println!("what they would measure is left out");
    }
    let mut command = workspace.cargo(&["run", "--release", "--package", "bench", "--"]);
    process::run(command.args(args).env("PATH", toolbox.path()))
}
