//! Cache: a registry in the cache service, one entry a name, shared by all replicas.
//!
//! The idea: a copy in memory answers all reads, and a watch keeps it as the entries are. A write reads the entry, decides by
//! it, and writes it under the condition that it still has the version that was read.
//!
//! Promise: of writers that expect the same version one wins, in whatever replica. A replica reads what another one wrote as
//! soon as the watch tells it; after a lost watch, once it is open again and all was read. While the
//! cache service is gone, reading goes on and writing is `REGISTRY_UNAVAILABLE`. Where the cache service lost what it held, it is
//! put back from the copy. An `$id` has one name in all replicas. Limits are judged by the copy. Cost: reading is a look-up in
//! memory, writing two calls, four with an `$id` that the name does not have yet.

mod claim;
mod copy;
mod follow;
mod peer;
mod record;

use std::sync::Arc;
use std::time::Duration;

use client::CacheClient;
use tokio::task::AbortHandle;

use self::copy::Copy;
use self::peer::{Failed, Peer};
use super::shelf::{Limits, Plan, Series};
use super::{Draft, Error, Expected, Kind, Name, Put, Store, Version, now};
use crate::config;

/// How often a write is decided anew because another replica wrote in between.
const ATTEMPTS: u32 = 8;

/// How long a read waits for the first reading of all, after the start.
const FIRST_READING: Duration = Duration::from_secs(4);

/// The store. When it is dropped, its watch ends.
#[derive(Debug)]
pub(crate) struct Cache {
    inside: Arc<Inside>,
    follower: AbortHandle,
    /// Held over a whole write, so that the writes of one process do not get into each other's way.
    writer: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Inside {
    peer: Peer,
    copy: Copy,
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

impl Cache {
    /// Begins to read and to watch; waits for neither. Fails on settings that are out of range.
    #[allow(
        clippy::disallowed_methods,
        reason = "it ends with the store, and has nothing to finish at a drain"
    )]
    pub(crate) fn open(
        kind: Kind,
        config: &config::Registry,
        client: CacheClient,
    ) -> Result<Self, crate::Error> {
        if !(1..=60).contains(&config.heartbeat.as_secs()) {
            let message = format!("registry.heartbeat is {:?}; allowed: 1s to 60s", config.heartbeat);
            return Err(crate::Error::Config(message));
        }
        let peer = Peer::new(kind, config, client);
        let inside = Arc::new(Inside { peer, copy: Copy::new(Limits::of(config)) });
        let follower = tokio::spawn(follow::follow(Arc::clone(&inside))).abort_handle();
        Ok(Self { inside, follower, writer: tokio::sync::Mutex::default() })
    }

    /// The copy, once all was read.
    async fn copy(&self) -> Result<&Copy, Error> {
        let copy = &self.inside.copy;
        match tokio::time::timeout(FIRST_READING, copy.whole()).await {
            Ok(()) => Ok(copy),
            Err(_elapsed) => {
                let message = "the registry was not yet read from the cache service, which does not answer";
                Err(Error::Unavailable(message.to_owned()))
            }
        }
    }

    /// Makes of a name what `decide` says, by how it is now; nothing where it says `None`. Anew when another replica was faster.
    async fn write<T>(
        &self,
        name: &Name,
        decide: impl Fn(&Copy) -> Result<(Option<Change>, T), Error>,
    ) -> Result<T, Error> {
        let copy = self.copy().await?;
        let _one_at_a_time = self.writer.lock().await;
        for _ in 0..ATTEMPTS {
            let held = self.inside.look(name).await?;
            let (change, answer) = decide(copy)?;
            let Some(Change { series, claims }) = change else { return Ok(answer) };
            if let Some(id) = claims
                && !self.inside.claim(&id, name).await?
            {
                continue;
            }
            if let Some(version) = self.inside.peer.write(name, &series, held).await? {
                copy.take(name, series, version);
                return Ok(answer);
            }
        }
        Err(Error::Conflict { newest: copy.newest(name) })
    }
}

/// What a name becomes.
struct Change {
    series: Series,
    /// The `$id` that it did not have before.
    claims: Option<String>,
}

impl Change {
    fn of(copy: &Copy, name: &Name, version: &Version) -> Self {
        let before = copy.series(name).unwrap_or_default();
        let claims = version.entry.id.clone().filter(|id| !before.has_id(id));
        Self { series: before.with(version), claims }
    }
}

impl Inside {
    /// Reads the entry of a name into the copy, and gives its version in the cache service.
    async fn look(&self, name: &Name) -> Result<Option<u64>, Failed> {
        match self.peer.read(name).await? {
            Some((series, version)) if self.copy.is_ahead_of(name, &series) => {
                self.put_back(name, Some(version)).await
            }
            Some((series, version)) => {
                self.copy.take(name, series, version);
                Ok(Some(version))
            }
            None => self.put_back(name, None).await,
        }
    }

    /// A name is never removed, and its next number never falls, so what the copy knows more was lost in the cache service.
    async fn put_back(&self, name: &Name, there: Option<u64>) -> Result<Option<u64>, Failed> {
        let Some(series) = self.copy.series(name) else { return Ok(there) };
        let version = self.peer.write(name, &series, there).await?;
        if let Some(version) = version {
            metrics::counter!("registry_put_back_total").increment(1);
            self.copy.take(name, series, version);
        }
        Ok(version.or(there))
    }
}

#[tonic::async_trait]
impl Store for Cache {
    async fn put(&self, name: &Name, draft: Draft, expected: Expected) -> Result<Put, Error> {
        self.write(name, |copy| {
            let plan = copy.read().plan(name, draft.clone(), expected, now())?;
            let change = match &plan {
                Plan::Same(_) => None,
                Plan::Policy(version) | Plan::New(version) => Some(Change::of(copy, name, version)),
            };
            Ok((change, plan.into()))
        })
        .await
    }

    async fn get(&self, name: &Name, version: Option<u64>) -> Result<Option<Version>, Error> {
        Ok(self.copy().await?.read().get(name, version))
    }

    async fn with_id(&self, id: &str) -> Result<Option<Version>, Error> {
        Ok(self.copy().await?.read().with_id(id))
    }

    async fn names(&self, prefix: &str, after: &str, count: usize) -> Result<Vec<Version>, Error> {
        Ok(self.copy().await?.read().names(prefix, after, count))
    }

    async fn versions(&self, name: &Name, after: u64, count: usize) -> Result<Vec<Version>, Error> {
        Ok(self.copy().await?.read().versions(name, after, count))
    }

    async fn delete(&self, name: &Name, version: Option<u64>) -> Result<u64, Error> {
        self.write(name, |copy| {
            let Some(before) = copy.series(name) else { return Ok((None, 0)) };
            let count = before.live.len();
            let after = before.without(version);
            let deleted = count - after.live.len();
            let change = Change { series: after, claims: None };
            Ok(((deleted > 0).then_some(change), deleted as u64))
        })
        .await
    }

    fn generation(&self) -> u64 {
        self.inside.copy.generation()
    }
}
