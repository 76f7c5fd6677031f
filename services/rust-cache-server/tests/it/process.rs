//! A server process on free ports.

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use client::CacheClient;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

/// A running server; it is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    /// What it logged before it served.
    pub(crate) began: Vec<String>,
    pub(crate) address: String,
}

impl Process {
    /// Starts a server that keeps its snapshot at `path`, and waits until it serves.
    pub(crate) async fn start(path: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rust-cache-server"))
            .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .args(["--set", &format!("snapshot.path={}", path.display())])
            .args(["--set", "server.log.format=json"])
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut began = Vec::new();
        let address = loop {
            let line = log.next_line().await.unwrap().unwrap_or_else(|| panic!("it ended: {began:?}"));
            let address = line.contains("\"serving\"").then(|| loopback(&line));
            began.push(line);
            if let Some(address) = address {
                break address;
            }
        };
        Self { child, log, began, address }
    }

    pub(crate) fn client(&self) -> CacheClient {
        CacheClient::new(client::Config {
            retries: 0,
            ..client::Config::at(format!("http://{}", self.address))
        })
        .unwrap()
    }

    /// SIGKILL.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM; returns when it has ended, with what it still logged.
    pub(crate) async fn terminate(self) -> (ExitStatus, Vec<String>) {
        self.signal("-TERM").await;
        self.end().await
    }

    /// Returns when it has ended, with what it still logged.
    pub(crate) async fn end(mut self) -> (ExitStatus, Vec<String>) {
        let mut rest = Vec::new();
        while let Some(line) = self.log.next_line().await.unwrap() {
            rest.push(line);
        }
        (self.child.wait().await.unwrap(), rest)
    }

    /// Reads its log up to a line that has this text.
    pub(crate) async fn log_until(&mut self, text: &str) {
        while !self.log.next_line().await.unwrap().expect("it goes on").contains(text) {}
    }

    /// Sends a signal, as `kill` names it.
    pub(crate) async fn signal(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }
}

/// The address in a line of the log.
fn loopback(line: &str) -> String {
    let from = &line[line.find("127.0.0.1:").unwrap()..];
    let end = from.find(|char: char| !matches!(char, '0'..='9' | '.' | ':')).unwrap();
    from[..end].to_owned()
}
