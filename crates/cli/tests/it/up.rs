//! Both services as `fastjson up` runs them, on free ports, for the commands that need one.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Ends with the test.
pub(crate) struct Up {
    process: Child,
    json: String,
    cache: String,
}

impl Up {
    /// Starts both and waits until they say that they are ready.
    pub(crate) fn start() -> Self {
        let ports = ["--json-listen", "--cache-listen", "--json-admin", "--cache-admin"];
        let mut process = Command::new(env!("CARGO_BIN_EXE_fastjson"))
            .arg("up")
            .args(ports.iter().flat_map(|port| [*port, "127.0.0.1:0"]))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (mut json, mut cache) = (String::new(), String::new());
        for line in BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap) {
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("fastjson-api"), Some(address)) => json = format!("http://{address}"),
                (Some("rust-cache-server"), Some(address)) => cache = format!("http://{address}"),
                (Some("ready"), _) => break,
                _ => {}
            }
        }
        Self { process, json, cache }
    }

    /// Runs a command against them: exit code, standard output, standard error.
    pub(crate) fn fastjson(&self, args: &[&str], input: &str) -> (i32, String, String) {
        let addresses = ["--json-addr", &self.json, "--cache-addr", &self.cache];
        crate::fastjson(&[&addresses, args].concat(), input)
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // Errors say that it has ended already.
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}
