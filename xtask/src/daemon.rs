//! A Docker engine: the one that runs, or one that is started for the while.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;

const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// An engine that answers, and a compose that speaks to it. One that was started here ends with this value.
pub(crate) struct Docker<'a> {
    workspace: &'a Workspace,
    path: OsString,
    compose: &'static [&'static str],
    started: RefCell<Option<Child>>,
}

impl<'a> Docker<'a> {
    /// Finds or starts an engine. `None`: there is none to be had here, and that was said; in CI that is an error.
    pub(crate) fn open(workspace: &'a Workspace, toolbox: &mut Toolbox<'_>) -> Result<Option<Self>> {
        if !toolbox.require(&["docker"])? {
            return Ok(None);
        }
        let Some(compose) = find_compose(toolbox)? else { return Ok(None) };
        let docker = Self { workspace, path: toolbox.path().clone(), compose, started: RefCell::new(None) };
        if docker.answers() {
            return Ok(Some(docker));
        }
        if tools::is_root()? {
            if !toolbox.require(&["dockerd"])? {
                return Ok(None);
            }
            docker.start()?;
            return Ok(Some(docker));
        }
        let missing = "no Docker engine answers, and only root can start one";
        if process::in_ci() {
            bail!("{missing}; CI skips nothing");
        }
        println!("{missing}; start it and try again");
        Ok(None)
    }

    /// A command of docker.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.workspace.command("docker", args);
        command.env("PATH", &self.path);
        command
    }

    /// A command of docker-compose 1.29 or `docker compose`, on the project's own file.
    pub(crate) fn compose(&self, args: &[&str]) -> Command {
        let (program, words) = self.compose.split_first().expect("both forms have a first word");
        let mut command = self.workspace.command(program, words);
        command.env("PATH", &self.path).args(args);
        command
    }

    /// Lets an engine that was started here go on after this program.
    pub(crate) fn leave_running(&self) {
        if let Some(child) = self.started.borrow_mut().take() {
            println!("dockerd was started for this and goes on; `kill {}` ends it", child.id());
        }
    }

    fn answers(&self) -> bool {
        process::capture(&mut self.command(&["version", "--format", "{{.Server.Version}}"])).is_ok()
    }

    fn start(&self) -> Result<()> {
        let log = self.workspace.target.join("dockerd.log");
        println!("starting dockerd, log in {}", log.display());
        let out = File::create(&log)?;
        let child = Command::new("dockerd")
            .env("PATH", &self.path)
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .context("starting dockerd")?;
        *self.started.borrow_mut() = Some(child);
        process::until("dockerd answers", START_LIMIT, || {
            if let Some(child) = self.started.borrow_mut().as_mut()
                && let Some(status) = child.try_wait()?
            {
                bail!("dockerd ended ({status}); {} says why", log.display());
            }
            Ok(self.answers())
        })
    }
}

impl Drop for Docker<'_> {
    fn drop(&mut self) {
        if let Some(child) = self.started.borrow_mut().as_mut()
            && let Err(error) = process::stop(child, STOP_LIMIT)
        {
            println!("dockerd: {error:#}");
        }
    }
}

/// The plugin where there is one, else the older program of its own.
fn find_compose(toolbox: &mut Toolbox<'_>) -> Result<Option<&'static [&'static str]>> {
    let mut plugin = Command::new("docker");
    plugin.env("PATH", toolbox.path()).args(["compose", "version"]);
    if process::capture(&mut plugin).is_ok() {
        return Ok(Some(&["docker", "compose"]));
    }
    Ok(toolbox.require(&["docker-compose"])?.then_some(&["docker-compose"]))
}
