//! Other programs: run to their end, run within a limit, ask to stop.

use std::ffi::OsString;
use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

const POLL: Duration = Duration::from_millis(20);

/// How long what a command left behind may keep its output open.
const LINGER: Duration = Duration::from_secs(1);

/// Whether this run must not skip anything.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// Runs to the end, its output to the terminal; fails unless it exits with 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status =
        command.stdin(Stdio::null()).status().with_context(|| format!("starting {}", name(command)))?;
    if !status.success() {
        bail!("{}: {status}", line(command));
    }
    Ok(())
}

/// As [`run`], for what may hang: past `limit` it is ended, with all it started, and has failed.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .with_context(|| format!("starting {}", name(command)))?;
    let ended = wait(&mut child, limit);
    if ended.is_err() {
        signal_group(&child, "KILL");
        child.wait()?;
    }
    let status = ended.with_context(|| line(command))?;
    if !status.success() {
        bail!("{}: {status}", line(command));
    }
    Ok(())
}

/// Runs to the end without a word; fails, with its output, unless it exits with 0. Gives its standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("starting {}", name(command)))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {}\n{stdout}{stderr}", line(command), output.status);
    }
    Ok(stdout)
}

/// Runs a line of bash in `folder`, both outputs as one text. Fails past `limit`; what it started ends with it.
pub(crate) fn bash(
    folder: &Path,
    path: &OsString,
    script: &str,
    limit: Duration,
) -> Result<(String, ExitStatus)> {
    let mut child = spawn_bash(folder, path, script)?;
    let mut stdout = child.stdout.take().context("its output is piped")?;
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.read_to_end(&mut bytes).map(|_| bytes)
    });
    let ended = wait(&mut child, limit);
    if ended.is_err() || !reader_ends(&reader, LINGER) {
        signal_group(&child, "KILL");
    }
    let status = ended?;
    let bytes = reader.join().map_err(|_| anyhow::anyhow!("reading its output panicked"))??;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), status))
}

/// Starts a line of bash as its own process group, both outputs in one pipe.
pub(crate) fn spawn_bash(folder: &Path, path: &OsString, script: &str) -> Result<Child> {
    Command::new("bash")
        .args(["-c", &format!("exec 2>&1\n{script}")])
        .current_dir(folder)
        .env("PATH", path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .context("starting bash")
}

/// Waits for a child to end.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            bail!("still running after {} s", limit.as_secs());
        }
        std::thread::sleep(POLL);
    }
}

/// Asks a child to end in good order, gives it `limit`, then kills it.
pub(crate) fn stop(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    if let Some(status) = child.try_wait()? {
        return Ok(status);
    }
    signal(&child.id().to_string(), "TERM");
    let ended = wait(child, limit);
    if ended.is_err() {
        child.kill()?;
        child.wait()?;
    }
    ended
}

/// Asks `ready` again and again until it says yes.
pub(crate) fn until(what: &str, limit: Duration, mut ready: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + limit;
    while !ready()? {
        if Instant::now() >= deadline {
            bail!("{what}: not within {} s", limit.as_secs());
        }
        std::thread::sleep(POLL * 10);
    }
    Ok(())
}

/// Where a program is found on `path`.
pub(crate) fn which(program: &str, path: &OsString) -> Option<PathBuf> {
    std::env::split_paths(path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// `folders` before the PATH of this process.
pub(crate) fn path_with(folders: &[PathBuf]) -> OsString {
    let present = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&present));
    std::env::join_paths(all)
        .expect("no folder of ours has a colon in its name, or PATH could not have held it")
}

fn reader_ends<T>(reader: &std::thread::JoinHandle<T>, limit: Duration) -> bool {
    let deadline = Instant::now() + limit;
    while !reader.is_finished() && Instant::now() < deadline {
        std::thread::sleep(POLL);
    }
    reader.is_finished()
}

fn signal_group(child: &Child, signal_name: &str) {
    signal(&format!("-{}", child.id()), signal_name);
}

/// The standard library can only kill; the shell's `kill` knows the other signals. One that is gone is no error.
fn signal(target: &str, signal_name: &str) {
    let script = format!("kill -{signal_name} -- {target}");
    let _ = Command::new("bash").args(["-c", &script]).stderr(Stdio::null()).status();
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::{bash, path_with, run_within};

    #[test]
    fn a_program_past_its_limit_has_failed_and_a_quick_one_has_not() {
        let limit = Duration::from_millis(50);
        let error = run_within(Command::new("sleep").arg("600"), limit).unwrap_err();
        assert!(format!("{error:#}").contains("sleep 600: still running"), "{error:#}");
        run_within(&mut Command::new("true"), Duration::from_secs(60)).unwrap();
        run_within(&mut Command::new("false"), Duration::from_secs(60)).unwrap_err();
    }

    #[test]
    fn a_command_past_its_limit_is_ended() {
        let folder = std::env::temp_dir();
        let error = bash(&folder, &path_with(&[]), "sleep 600", Duration::from_millis(50)).unwrap_err();
        assert!(error.to_string().contains("still running"), "{error}");
    }

    #[test]
    fn what_a_command_leaves_behind_is_ended() {
        let limit = Duration::from_secs(60);
        let (printed, status) =
            bash(&std::env::temp_dir(), &path_with(&[]), "sleep 600 & echo on", limit).unwrap();
        assert!(status.success());
        assert_eq!(printed, "on\n");
    }
}
