//! The servers that ours is measured against, on core 0.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::process::{Child, Command};

use super::seed;
use crate::load;

/// A server of others; it ends when this is dropped.
pub(super) struct Peer {
    pub(super) address: String,
    port: u16,
    child: Child,
}

/// redis-server without persistence.
pub(super) async fn redis() -> Result<Peer> {
    let port = free_port()?;
    let arguments = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port.to_string()];
    start("redis-server", &arguments, port).await.context("redis-server (Debian: redis-server) is needed")
}

/// memcached with one thread; `None` where it is not installed.
pub(super) async fn memcached() -> Result<Option<Peer>> {
    let port = free_port()?;
    let port_text = port.to_string();
    let arguments = ["-l", "127.0.0.1", "-p", &port_text, "-U", "0", "-t", "1", "-m", "1024", "-u", "nobody"];
    match start("memcached", &arguments, port).await {
        Ok(peer) => Ok(Some(peer)),
        Err(error) => {
            println!("memcached is left out: {error:#}");
            Ok(None)
        }
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

async fn start(program: &str, arguments: &[&str], port: u16) -> Result<Peer> {
    let mut child = Command::new("taskset")
        .args(["-c", "0", program])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Ok(Peer { address: format!("127.0.0.1:{port}"), port, child });
        }
        if child.try_wait()?.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    anyhow::bail!("{program} does not listen")
}

impl Peer {
    /// Memory that it holds, in bytes.
    pub(super) fn resident_bytes(&self) -> Result<u64> {
        crate::server::resident_bytes(&self.child)
    }

    /// Writes the seed's keys into redis.
    pub(super) fn fill(&self, keys: usize) -> Result<()> {
        self.fill_with(&seed::keys(keys), 64)
    }

    /// Writes keys with values of so many bytes into redis.
    pub(super) fn fill_with(&self, keys: &[String], value_bytes: usize) -> Result<()> {
        let mut stream = TcpStream::connect(&self.address)?;
        let value = "v".repeat(value_bytes);
        for some in keys.chunks(1_000) {
            let calls: Vec<u8> = some.iter().flat_map(|key| call(&["SET", key, &value])).collect();
            stream.write_all(&calls)?;
            let mut answers = vec![0; "+OK\r\n".len() * some.len()];
            stream.read_exact(&mut answers)?;
            anyhow::ensure!(answers.starts_with(b"+OK\r\n"), "redis does not take what it is given");
        }
        Ok(())
    }

    /// Writes the seed's keys into memcached.
    pub(super) fn fill_memcached(&self, keys: usize) -> Result<()> {
        let mut stream = TcpStream::connect(&self.address)?;
        for key in seed::keys(keys) {
            stream.write_all(format!("set {key} 0 0 64\r\n{}\r\n", "v".repeat(64)).as_bytes())?;
            let mut answer = [0; "STORED\r\n".len()];
            stream.read_exact(&mut answer)?;
        }
        Ok(())
    }

    /// Requests a second by redis-benchmark.
    pub(super) async fn benchmark(
        &self,
        arguments: &[&str],
        connections: usize,
        pipeline: usize,
        requests: usize,
    ) -> Result<f64> {
        load::redis_benchmark_with(self.port, arguments, [connections, pipeline, requests]).await
    }
}

/// A call in redis's protocol.
pub(super) fn call(words: &[&str]) -> Vec<u8> {
    let mut call = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        call.extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes());
    }
    call
}
