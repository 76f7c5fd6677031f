//! Watchers that only count, so that what a client makes of a message is not measured beside what the server does.
//!
//! Promise: all that are told are counted, heartbeats are not. Cost: some 0.3 us a message.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use fastjson_proto::rustcache::v1 as pb;
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::wire;

/// Streams that the server takes on a connection, less some for calls.
const WATCHERS_A_CONNECTION: usize = 200;
/// Bytes of a message of gRPC before its content.
const PREFIX: usize = 5;

/// Who was not told yet.
#[derive(Default)]
pub(super) struct Told {
    left: AtomicUsize,
    all: Notify,
}

impl Told {
    /// So many are to be told.
    pub(super) fn begin(&self, watchers: usize) {
        self.left.store(watchers, Ordering::Release);
    }

    /// Resolves when all were.
    pub(super) async fn all(&self) {
        self.all.notified().await;
    }

    fn count(&self, told: usize) {
        if told > 0 && self.left.fetch_sub(told, Ordering::AcqRel) == told {
            self.all.notify_one();
        }
    }
}

/// Begins watches of this prefix; returns when each has said where it begins.
pub(super) async fn watch_all(
    address: &str,
    watchers: usize,
    prefix: &str,
    told: &Arc<Told>,
) -> Result<JoinSet<Result<()>>> {
    let mut tasks = JoinSet::new();
    told.begin(watchers);
    let filter = Some(pb::watch_request::Filter::Prefix(prefix.to_owned()));
    let request = pb::WatchRequest { filter, ..Default::default() }.encode_to_vec();
    for first in (0..watchers).step_by(WATCHERS_A_CONNECTION) {
        let count = WATCHERS_A_CONNECTION.min(watchers - first);
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut bytes = wire::preface();
        for number in 0..u32::try_from(count).context("some hundred")? {
            let id = 1 + 2 * number;
            wire::push_call(&mut bytes, id, "/rustcache.v1.CacheService/Watch");
            wire::push_message(&mut bytes, id, &request);
            wire::push_end(&mut bytes, id);
        }
        stream.write_all(&bytes).await?;
        tasks.spawn(count_told(stream, count, Arc::clone(told)));
    }
    tokio::select! {
        () = told.all() => Ok(tasks),
        Some(ended) = tasks.join_next() => {
            ended??;
            anyhow::bail!("a connection ended before its watches had begun")
        }
    }
}

/// Counts the first message of each watch, and from then on those that tell events: a heartbeat tells none.
async fn count_told(mut stream: TcpStream, watches: usize, told: Arc<Told>) -> Result<()> {
    let mut buffer = Vec::with_capacity(64 << 10);
    let mut beginnings = watches;
    loop {
        ensure!(stream.read_buf(&mut buffer).await? > 0, "the server closed the connection");
        let mut counted = 0;
        let back = wire::take_frames(&mut buffer, |payload| {
            let begins = beginnings > 0;
            beginnings = beginnings.saturating_sub(1);
            counted += usize::from(begins || tells_events(payload));
        })?;
        told.count(counted);
        stream.write_all(&back).await?;
    }
}

/// The server sends each message as a frame of its own.
fn tells_events(payload: &[u8]) -> bool {
    let message = payload.get(PREFIX..).map(pb::WatchResponse::decode);
    message.is_some_and(|message| message.is_ok_and(|message| !message.events.is_empty()))
}
