//! A near cache: entries of the cache kept in this process for as long as a watch says that they are as they were.
//!
//! The idea: a [`NearCache`] watches what it may hold. What an event concerns goes; what is on its way from the server while its
//! event passes by is not kept. While there is no watch, nothing is held and every read goes to the server.
//!
//! Promise: an entry that it was told is gone is not served again; after a discontinuity or a lost connection all are gone; none
//! outlives its time to live or `max_age`; what is held stays within `max_bytes`. Between a write elsewhere and its event, mostly
//! well below a millisecond, the old entry is served; when the connection breaks without a word, for at most three
//! heartbeats. Cost: a hit takes a hash, the lock of a shard and a reading of the clock, some 100 ns, and no copy of
//! the value; a miss takes a call and two short locks.

mod follow;
mod map;
mod shard;
mod told;

use std::sync::Arc;
use std::time::{Duration, Instant};

use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::{CacheClient, Error};

use self::map::Map;

/// What a near cache holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearConfig {
    /// Namespace; empty means `default`. Default: empty.
    pub namespace: String,
    /// Only entries whose key begins with this are held; reads of others go to the server. Default: empty.
    pub prefix: String,
    /// Bytes that it may hold, overhead included. Default: 64 MiB.
    pub max_bytes: usize,
    /// No entry is held longer than this, so that the server sees now and then that it is used. Default: 60 s.
    pub max_age: Duration,
    /// How often the server says that the watch is alive, 1 to 60 s; after three times as long without a word it counts
    /// as lost. Default: 5 s.
    pub heartbeat: Duration,
}

impl Default for NearConfig {
    fn default() -> Self {
        Self {
            namespace: String::new(),
            prefix: String::new(),
            max_bytes: 64 << 20,
            max_age: Duration::from_secs(60),
            heartbeat: Duration::from_secs(5),
        }
    }
}

/// What a near cache holds and did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NearStats {
    /// Reads that were answered here.
    pub hits: u64,
    /// Reads that went to the server.
    pub misses: u64,
    /// Entries that are held.
    pub entries: usize,
    /// Bytes that they are charged.
    pub bytes: usize,
    /// Entries that went because of an event.
    pub told: u64,
    /// Answers that were not kept, because an event passed by meanwhile.
    pub overtaken: u64,
    /// How often all went: a discontinuity or a lost connection.
    pub emptied: u64,
}

impl NearStats {
    /// The part of reads that were answered here; 0 without reads.
    #[must_use]
    pub fn hit_ratio(&self) -> f64 {
        let reads = self.hits + self.misses;
        if reads == 0 { 0.0 } else { self.hits as f64 / reads as f64 }
    }
}

/// Entries of the cache, kept near. Clones are cheap and share them; when the last one is dropped, the watch ends.
#[derive(Clone)]
pub struct NearCache {
    shared: Arc<Shared>,
    _follower: Arc<Follower>,
}

struct Shared {
    client: CacheClient,
    config: NearConfig,
    map: Map,
    coherent: watch::Sender<bool>,
}

/// The task that follows the watch.
struct Follower(AbortHandle);

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl NearCache {
    /// Begins to watch. Reads work at once; they are answered here from [`NearCache::coherent`] on.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    #[allow(
        clippy::disallowed_methods,
        reason = "it ends with the last clone, and has nothing to finish at a drain"
    )]
    pub fn new(client: CacheClient, config: NearConfig) -> Self {
        let map = Map::new(config.max_bytes);
        let shared = Arc::new(Shared { client, config, map, coherent: watch::Sender::new(false) });
        let task = tokio::spawn(follow::follow(Arc::clone(&shared)));
        Self { shared, _follower: Arc::new(Follower(task.abort_handle())) }
    }

    /// Reads an entry, here or from the server. One that the server calls stale is not kept, so that whoever is to refresh
    /// it is told.
    ///
    /// # Errors
    /// As of [`CacheClient::get`].
    pub async fn get(&self, context: &Context, key: &str) -> Result<Option<Arc<pb::Entry>>, Error> {
        match self.peek(key) {
            Some(entry) => Ok(Some(entry)),
            None => self.fetch(context, key).await,
        }
    }

    /// The entry if it is held here.
    #[must_use]
    pub fn peek(&self, key: &str) -> Option<Arc<pb::Entry>> {
        self.shared.map.get(key, Instant::now())
    }

    async fn fetch(&self, context: &Context, key: &str) -> Result<Option<Arc<pb::Entry>>, Error> {
        let Shared { client, config, map, .. } = &*self.shared;
        let flight = key.starts_with(&config.prefix).then(|| map.depart(key)).flatten();
        // Before the server reads its clock, so that the life ends here first.
        let asked = Instant::now();
        let request = pb::GetRequest { namespace: config.namespace.clone(), key: key.to_owned() };
        let found = match client.get(context, request).await?.outcome {
            Some(pb::get_response::Outcome::Found(entry)) => Arc::new(entry),
            Some(pb::get_response::Outcome::Missing(_)) | None => return Ok(None),
        };
        if let Some(flight) = flight.filter(|_| !found.stale) {
            flight.land(&found, asked + self.lives(&found));
        }
        Ok(Some(found))
    }

    fn lives(&self, entry: &pb::Entry) -> Duration {
        let left = entry.ttl.and_then(|left| Duration::try_from(left).ok());
        left.unwrap_or(Duration::MAX).min(self.shared.config.max_age)
    }

    /// Writes an entry; this process then reads it or a later one.
    ///
    /// # Errors
    /// As of [`CacheClient::set`]. The write may have happened.
    pub async fn set(&self, context: &Context, request: pb::SetRequest) -> Result<pb::SetResponse, Error> {
        let key = request.key.clone();
        let request = pb::SetRequest { namespace: self.shared.config.namespace.clone(), ..request };
        let written = self.shared.client.set(context, request).await;
        let version = match &written {
            Ok(pb::SetResponse { outcome: Some(pb::set_response::Outcome::Stored(stored)) }) => {
                stored.version
            }
            Ok(_) | Err(_) => u64::MAX,
        };
        self.shared.map.bound(&key, version);
        written
    }

    /// Removes an entry; this process then no longer reads it.
    ///
    /// # Errors
    /// As of [`CacheClient::delete`]. The removal may have happened.
    pub async fn delete(
        &self,
        context: &Context,
        request: pb::DeleteRequest,
    ) -> Result<pb::DeleteResponse, Error> {
        let key = request.key.clone();
        let request = pb::DeleteRequest { namespace: self.shared.config.namespace.clone(), ..request };
        let removed = self.shared.client.delete(context, request).await;
        self.shared.map.bound(&key, u64::MAX);
        removed
    }

    /// Resolves when there is a watch, so that entries are kept. It may be lost again.
    pub async fn coherent(&self) {
        // The sender lives as long as this does.
        let mut coherent = self.shared.coherent.subscribe();
        let _known = coherent.wait_for(|coherent| *coherent).await;
    }

    /// What it holds and did. Read while others read and write: each number is right for a moment.
    #[must_use]
    pub fn stats(&self) -> NearStats {
        self.shared.map.stats()
    }
}

impl std::fmt::Debug for NearCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NearCache").field("config", &self.shared.config).finish_non_exhaustive()
    }
}
