//! Pipelines: sessions against redis and memcached, with equal frames on equal connections.
//!
//! The load is one thread that writes prepared bytes on each connection and counts what comes back; for every server the same.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use fastjson_proto::rustcache::v1 as pb;
use prost::Message as _;
use tokio::process::Command;

use super::peers::{self, Peer};
use super::{ROUNDS, median, ratio, seed};
use crate::server::{self, Which};
use crate::wire;

/// Connections of every load.
const CONNECTIONS: usize = 4;
/// Operations of a round.
const OPERATIONS: usize = 3_000_000;

/// The one stream of a connection of sessions.
const STREAM: u32 = 1;

/// What speaks at the other end.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Load {
    /// `rustcache.v1.CacheService/Session` with Gets.
    Session,
    /// redis with GET.
    Redis,
    /// memcached with get.
    Memcached,
}

/// Prints operations a second and ratios.
pub(super) async fn run() -> Result<()> {
    let cache = server::start(Which::Cache).await?;
    seed::fill(&cache.address, &seed::keys(64), 64, None).await?;
    let compact = server::start(Which::CompactCache).await?;
    seed::fill(&compact.address, &seed::keys(64), 64, None).await?;
    let redis = peers::redis().await?;
    redis.fill(64)?;
    let memcached = peers::memcached().await?;
    if let Some(memcached) = &memcached {
        memcached.fill_memcached(64)?;
    }
    println!(
        "\npipelines of Gets on {CONNECTIONS} connections, values of 64 bytes, median of {ROUNDS}; operations a second"
    );
    println!(
        "{:>5} {:>11} {:>11} {:>11} {:>11} {:>11}   session/redis",
        "frame", "session", "compact", "redis", "its own", "memcached"
    );
    for (frame, least) in [(64, 1.5), (16, 1.0)] {
        let mut rates: [Vec<f64>; 5] = Default::default();
        for _ in 0..ROUNDS {
            rates[0].push(child(Load::Session, &cache.address, frame).await?);
            rates[1].push(child(Load::Session, &compact.address, frame).await?);
            rates[2].push(child(Load::Redis, &redis.address, frame).await?);
            rates[3].push(redis.benchmark(&["-t", "get", "-d", "64"], CONNECTIONS, frame, OPERATIONS).await?);
            let memcached =
                memcached.as_ref().map(|peer: &Peer| child(Load::Memcached, &peer.address, frame));
            rates[4].push(match memcached {
                Some(rate) => rate.await?,
                None => f64::NAN,
            });
        }
        let [session, compact, redis, own, memcached] = rates.map(median);
        let line = ratio(session, redis.max(own), least);
        println!(
            "{frame:>5} {session:>11.0} {compact:>11.0} {redis:>11.0} {own:>11.0} {memcached:>11.0}   {line}"
        );
    }
    println!(
        "compact: a session with the same service on compact maps; its own: redis-benchmark -P; the ratio is"
    );
    println!("that of session to the better of the two");
    Ok(())
}

/// The rate of a load that has core 1.
async fn child(load: Load, address: &str, frame: usize) -> Result<f64> {
    let name = match load {
        Load::Session => "session",
        Load::Redis => "redis",
        Load::Memcached => "memcached",
    };
    let output = Command::new("taskset")
        .args(["-c", "1"])
        .arg(std::env::current_exe()?)
        .args(["load", name, address, &frame.to_string()])
        .output()
        .await
        .context("taskset (util-linux) is needed to give the load a core of its own")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse()?)
}

/// The child's part: prints operations a second.
pub(crate) fn drive(load: Load, address: &str, frame: usize) -> Result<()> {
    let request = request(load, frame)?;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(load, address, &request)?);
    }
    let turns = OPERATIONS / frame / CONNECTIONS;
    let begun = Instant::now();
    for connection in &mut connections {
        connection.stream.write_all(&request)?;
    }
    for turn in 1..=turns {
        for connection in &mut connections {
            connection.wait()?;
            if turn < turns {
                connection.stream.write_all(&request)?;
            }
        }
    }
    let operations = turns * frame * CONNECTIONS;
    println!("{}", operations as f64 / begun.elapsed().as_secs_f64());
    Ok(())
}

fn request(load: Load, frame: usize) -> Result<Vec<u8>> {
    let keys = seed::keys(frame);
    Ok(match load {
        Load::Session => {
            let operations = keys.into_iter().map(|key| {
                let get = pb::GetRequest { namespace: String::new(), key };
                pb::Operation { operation: Some(pb::operation::Operation::Get(get)) }
            });
            let request = pb::SessionRequest { operations: operations.collect() };
            let mut bytes = Vec::new();
            wire::push_message(&mut bytes, STREAM, &request.encode_to_vec());
            bytes
        }
        Load::Redis => keys.iter().flat_map(|key| peers::call(&["GET", key])).collect(),
        Load::Memcached => keys.iter().flat_map(|key| format!("get {key}\r\n").into_bytes()).collect(),
    })
}

/// A connection whose answers all have the same length.
struct Connection {
    stream: TcpStream,
    incoming: Option<Incoming>,
    answer_bytes: usize,
    buffer: Vec<u8>,
}

impl Connection {
    /// Sends one request to learn how long its answer is.
    fn open(load: Load, address: &str, request: &[u8]) -> Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut incoming = match load {
            Load::Session => {
                let mut bytes = wire::preface();
                wire::push_call(&mut bytes, STREAM, "/rustcache.v1.CacheService/Session");
                stream.write_all(&bytes)?;
                Some(Incoming::default())
            }
            Load::Redis | Load::Memcached => None,
        };
        stream.write_all(request)?;
        let answer_bytes = match &mut incoming {
            Some(incoming) => incoming.first(&mut stream)?,
            None => plain_answer(&mut stream, load, request)?,
        };
        Ok(Self { stream, incoming, answer_bytes, buffer: vec![0; answer_bytes] })
    }

    fn wait(&mut self) -> Result<()> {
        match &mut self.incoming {
            Some(incoming) => incoming.wait(&mut self.stream, self.answer_bytes),
            None => Ok(self.stream.read_exact(&mut self.buffer)?),
        }
    }
}

/// Reads the answers to a request of lines, each of which holds 64 bytes; says how long they are.
fn plain_answer(stream: &mut TcpStream, load: Load, request: &[u8]) -> Result<usize> {
    let one = match load {
        Load::Redis => "$64\r\n".len() + 64 + 2,
        Load::Memcached => "VALUE  0 64\r\n".len() + seed::KEY_BYTES + 64 + 2 + "END\r\n".len(),
        Load::Session => 0,
    };
    let lines = match load {
        Load::Redis => request.iter().filter(|byte| **byte == b'*').count(),
        Load::Memcached | Load::Session => request.iter().filter(|byte| **byte == b'\n').count(),
    };
    let mut answer = vec![0; one * lines];
    stream.read_exact(&mut answer)?;
    ensure!(answer.ends_with(b"\r\n"), "the answer has another form");
    Ok(answer.len())
}

/// What comes in on a connection of one stream.
#[derive(Default)]
struct Incoming {
    buffer: Vec<u8>,
    /// DATA that arrived and was not asked for yet.
    data: usize,
    /// The first bytes of DATA: that of a message that says its length.
    head: Vec<u8>,
}

impl Incoming {
    /// Waits for the first message; says how many bytes of DATA it has.
    fn first(&mut self, stream: &mut TcpStream) -> Result<usize> {
        while self.head.len() < 5 {
            self.read(stream)?;
        }
        let length = u32::from_be_bytes([self.head[1], self.head[2], self.head[3], self.head[4]]);
        let bytes = length as usize + 5;
        self.wait(stream, bytes)?;
        Ok(bytes)
    }

    /// Waits for so many bytes of DATA.
    fn wait(&mut self, stream: &mut TcpStream, bytes: usize) -> Result<()> {
        while self.data < bytes {
            self.read(stream)?;
        }
        self.data -= bytes;
        Ok(())
    }

    fn read(&mut self, stream: &mut TcpStream) -> Result<()> {
        let held = self.buffer.len();
        self.buffer.resize(held + (64 << 10), 0);
        let read = stream.read(&mut self.buffer[held..])?;
        ensure!(read > 0, "the server closed the connection");
        self.buffer.truncate(held + read);
        let Self { buffer, data, head } = self;
        let back = wire::take_frames(buffer, |payload| {
            *data += payload.len();
            let missing = 5_usize.saturating_sub(head.len()).min(payload.len());
            head.extend_from_slice(&payload[..missing]);
        })?;
        stream.write_all(&back)?;
        Ok(())
    }
}
