//! A real redis-server, which evicts by a sample of its keys.
//!
//! The idea: a script looks a key up and sets it when it is not there, one call an access, many calls in flight. How
//! much memory makes so many entries is found out before each run with keys that come once. Two things are redis's own
//! and shape its columns: with `allkeys-lru` its clock counts seconds, of which a replay needs few, so it comes near to
//! throwing out anyone; with `allkeys-lfu` its counters age by minutes, so in a replay they never do.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Calls in flight.
const IN_FLIGHT: usize = 256;
/// How often the memory is set anew before a run.
const FITTINGS: usize = 8;
/// What redis needs for an entry beside its value, to begin with.
const OVERHEAD_BYTES: i64 = 100;

/// Hits of a redis-server that holds so many entries.
#[allow(clippy::print_stderr, reason = "a cell that is off says so beside the table")]
pub(crate) fn hits(policy: &str, entries: usize, keys: &[u32]) -> Result<usize> {
    let server = Server::start(policy)?;
    let mut connection = server.connect()?;
    // With small values the buffers of the connection would be a large part of the memory of few entries.
    let value_bytes = if entries > 10_000 { 256 } else { 4_096 };
    let script = format!(
        "if redis.call('TOUCH', KEYS[1]) == 1 then return 1 end redis.call('SET', KEYS[1], '{}') return 0",
        "v".repeat(value_bytes)
    );
    let digest = connection.ask(&["SCRIPT", "LOAD", &script])?;
    connection.fit(&digest, entries, value_bytes)?;
    connection.ask(&["FLUSHALL"])?;
    let hits = connection.replay(&digest, keys.iter().map(|&key| u64::from(key)))?;
    let held: usize = connection.ask(&["DBSIZE"])?.parse()?;
    if held.abs_diff(entries) * 50 > entries {
        eprintln!("redis {policy} holds {held} entries after a run at {entries}");
    }
    Ok(hits)
}

struct Server {
    child: Child,
    folder: PathBuf,
}

impl Server {
    fn start(policy: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("bench-hit-ratio-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--maxmemory-samples", "10"])
            .args(["--maxmemory-policy", policy])
            .arg("--dir")
            .arg(&folder)
            .arg("--unixsocket")
            .arg(folder.join("redis"))
            .stdout(Stdio::null())
            .spawn()
            .context("redis-server (Debian: redis-server) is needed")?;
        Ok(Self { child, folder })
    }

    fn connect(&self) -> Result<Connection> {
        let path = self.folder.join("redis");
        for _ in 0..200 {
            if let Ok(stream) = UnixStream::connect(&path) {
                return Ok(Connection { answers: BufReader::new(stream.try_clone()?), calls: stream });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        anyhow::bail!("redis-server does not listen")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended, and the folder may be gone; there is nothing more to do then.
        let _ended = self.child.kill();
        let _status = self.child.wait();
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

struct Connection {
    calls: UnixStream,
    answers: BufReader<UnixStream>,
}

impl Connection {
    /// Sets the memory so that keys that come once leave so many entries, within 1 %.
    fn fit(&mut self, digest: &str, entries: usize, value_bytes: usize) -> Result<()> {
        let entry_bytes = i64::try_from(value_bytes)? + OVERHEAD_BYTES;
        let wanted = i64::try_from(entries)?;
        let mut memory = self.used_memory()? + wanted * entry_bytes;
        for fitting in 0..FITTINGS as u64 {
            self.ask(&["CONFIG", "SET", "maxmemory", &memory.to_string()])?;
            let first = 1_000_000_000 * (fitting + 1);
            self.replay(digest, first..first + 2 * entries as u64)?;
            let held: i64 = self.ask(&["DBSIZE"])?.parse()?;
            if (held - wanted).abs() * 100 <= wanted {
                return Ok(());
            }
            memory += (wanted - held) * entry_bytes;
        }
        anyhow::bail!("no memory was found at which redis holds {entries} entries")
    }

    fn used_memory(&mut self) -> Result<i64> {
        let info = self.ask(&["INFO", "memory"])?;
        let line = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
        Ok(line.context("INFO has used_memory")?.trim().parse()?)
    }

    /// Runs the script for each key; says how many were there.
    fn replay(&mut self, digest: &str, keys: impl Iterator<Item = u64>) -> Result<usize> {
        let mut keys = keys.peekable();
        let (mut hits, mut line) = (0, String::new());
        while keys.peek().is_some() {
            let (mut calls, mut sent) = (Vec::new(), 0);
            for key in keys.by_ref().take(IN_FLIGHT) {
                push_call(&mut calls, &["EVALSHA", digest, "1", &key.to_string()]);
                sent += 1;
            }
            self.calls.write_all(&calls)?;
            for _ in 0..sent {
                line.clear();
                self.answers.read_line(&mut line)?;
                match line.trim_end() {
                    ":1" => hits += 1,
                    ":0" => {}
                    other => anyhow::bail!("redis answers {other}"),
                }
            }
        }
        Ok(hits)
    }

    /// One call; the answer as text.
    fn ask(&mut self, words: &[&str]) -> Result<String> {
        let mut call = Vec::new();
        push_call(&mut call, words);
        self.calls.write_all(&call)?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let (kind, rest) = line.trim_end().split_at_checked(1).context("redis gives an answer")?;
        match kind {
            "+" | ":" => Ok(rest.to_owned()),
            "$" => {
                let mut body = vec![0; rest.parse::<usize>()? + 2];
                std::io::Read::read_exact(&mut self.answers, &mut body)?;
                Ok(String::from_utf8_lossy(&body).trim_end().to_owned())
            }
            _ => anyhow::bail!("redis answers {line}"),
        }
    }
}

/// A call in redis's protocol.
fn push_call(calls: &mut Vec<u8>, words: &[&str]) {
    calls.extend_from_slice(format!("*{}\r\n", words.len()).as_bytes());
    for word in words {
        calls.extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes());
    }
}
