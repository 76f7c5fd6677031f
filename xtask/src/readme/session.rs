//! A reader at a terminal: runs commands at the root and leaves servers running in the background.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Child;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::block::{Mode, Shown};
use super::expect::difference;
use crate::process;
use crate::steps::Tally;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

const COMMAND_LIMIT: Duration = Duration::from_secs(60);
const READY_LIMIT: Duration = Duration::from_secs(60);
const DRAIN_LIMIT: Duration = Duration::from_secs(30);

/// What becomes of `cargo run --release --`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CargoRun {
    /// It is run.
    AsWritten,
    /// The program that was built stands in for it.
    Prebuilt,
}

/// Commands run here; what was started in the background ends with this value.
pub(super) struct Session {
    root: PathBuf,
    path: OsString,
    cargo_run: CargoRun,
    running: Vec<(String, Child)>,
}

impl Session {
    /// `programs`: the folder in which our own programs lie.
    pub(super) fn new(
        workspace: &Workspace,
        toolbox: &Toolbox<'_>,
        programs: PathBuf,
        cargo_run: CargoRun,
    ) -> Self {
        let folders = std::iter::once(programs).chain(std::env::split_paths(toolbox.path()));
        let path = process::path_with(&folders.collect::<Vec<_>>());
        Self { root: workspace.root.clone(), path, cargo_run, running: Vec::new() }
    }

    /// Runs a command to its end and compares its exit code and what it printed.
    pub(super) fn run(&self, command: &Shown, mode: Mode) -> Result<()> {
        let (printed, status) = process::bash(&self.root, &self.path, &self.script(command), COMMAND_LIMIT)?;
        if let Some(difference) = difference(&command.output, &printed) {
            bail!("{difference}");
        }
        match mode {
            Mode::Fails => ensure!(!status.success(), "it succeeded, in a block that is marked `fails`"),
            _ => ensure!(
                status.success(),
                "it ended with {status}; a block of commands that fail is marked `fails`"
            ),
        }
        Ok(())
    }

    /// Starts a command and waits until it printed what the text says.
    pub(super) fn start(&mut self, name: &str, command: &Shown) -> Result<()> {
        // What cargo says of compiling is no output of the program.
        let script = format!("export CARGO_TERM_QUIET=true; exec {}", self.script(command));
        let mut child = process::spawn_bash(&self.root, &self.path, &script)?;
        let stdout = child.stdout.take().context("its output is piped")?;
        self.running.push((name.to_owned(), child));
        let (sender, lines) = channel();
        // Reads on until the end, so that the program never meets a full or closed pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        wait_for(&command.output, &lines)
    }

    /// Asks what was started to end; it must do so in time and with 0.
    pub(super) fn stop(&mut self, tally: &mut Tally) {
        while let Some((name, mut child)) = self.running.pop() {
            let ended = process::stop(&mut child, DRAIN_LIMIT).and_then(|status| {
                ensure!(status.success(), "it ended with {status}");
                Ok(())
            });
            tally.record(&format!("{name} ends on SIGTERM"), &ended);
        }
    }

    fn script(&self, command: &Shown) -> String {
        match self.cargo_run {
            CargoRun::AsWritten => command.script.clone(),
            CargoRun::Prebuilt => command.script.replace("cargo run --release --", "fastjson"),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for (_, child) in &mut self.running {
            let _ = process::stop(child, DRAIN_LIMIT);
        }
    }
}

/// Reads lines until they are the expected ones; more may follow.
fn wait_for(expected: &[String], lines: &Receiver<String>) -> Result<()> {
    let deadline = Instant::now() + READY_LIMIT;
    let mut printed = String::new();
    loop {
        let Some(difference) = difference(expected, &printed) else { return Ok(()) };
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => printed = format!("{printed}{line}\n"),
            Err(RecvTimeoutError::Timeout) => {
                bail!("not ready within {} s\n{difference}", READY_LIMIT.as_secs())
            }
            Err(RecvTimeoutError::Disconnected) => bail!("it ended before it was ready\n{difference}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CargoRun, Mode, Session, Shown};
    use crate::steps::Tally;

    fn session(cargo_run: CargoRun) -> Session {
        let path = crate::process::path_with(&[]);
        Session { root: std::env::temp_dir(), path, cargo_run, running: Vec::new() }
    }

    fn shown(script: &str, output: &[&str]) -> Shown {
        Shown {
            line: 1,
            script: script.to_owned(),
            output: output.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    fn check(script: &str, output: &[&str], mode: Mode, passes: bool) {
        let result = session(CargoRun::AsWritten).run(&shown(script, output), mode);
        assert_eq!(result.is_ok(), passes, "{script}: {result:?}");
    }

    #[test]
    fn a_command_is_judged_by_what_it_prints_and_how_it_ends() {
        check("echo one; echo two >&2", &["one", "two"], Mode::Run, true);
        check("echo one", &["two"], Mode::Run, false);
        check("echo one; exit 1", &["one"], Mode::Run, false);
        check("echo one; exit 1", &["one"], Mode::Fails, true);
        check("echo one", &["one"], Mode::Fails, false);
    }

    #[test]
    fn the_program_that_was_built_stands_in_for_cargo_run() {
        let command = shown("cargo run --release -- up --quiet", &[]);
        assert_eq!(session(CargoRun::Prebuilt).script(&command), "fastjson up --quiet");
        assert_eq!(session(CargoRun::AsWritten).script(&command), command.script);
    }

    /// Starts a server made of bash, stops it, and counts what was recorded.
    fn check_server(script: &str, is_ready: bool, ends_well: bool) {
        let mut session = session(CargoRun::AsWritten);
        let started = session.start("server", &shown(&format!("bash -c '{script}'"), &["ready on …"]));
        assert_eq!(started.is_ok(), is_ready, "{started:?}");
        let mut tally = Tally::start();
        session.stop(&mut tally);
        assert_eq!(tally.has_failed(), !ends_well);
    }

    #[test]
    fn a_server_is_waited_for_and_must_drain() {
        check_server("trap \"exit 0\" TERM; echo ready on 1; while :; do sleep 0.01; done", true, true);
        check_server("echo ready on 1; while :; do sleep 0.01; done", true, false);
        check_server("echo cannot listen; exit 1", false, false);
    }
}
