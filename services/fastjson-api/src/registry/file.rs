//! File: a registry in a directory, one file a version.
//!
//! A file is written beside its place, synced, renamed into it, and the directory synced: it is there as a whole or not at
//! all. The highest version of a name stays as a mark when it is deleted, so that its number is known after a restart.
//!
//! Promise: a torn or foreign file is never believed: it is moved to `aside/` and the log names it; a torn version keeps its
//! number. One process at a time holds the directory. Cost: all texts are in memory as well; a write is one file and two
//! syncs, one at a time, on a thread that may block.

mod codec;
mod directory;
mod load;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;
use tokio::sync::Mutex;

use super::shelf::{Limits, Plan, Shelf};
use super::{Draft, Error, Expected, Kind, Name, Put, Store, Version, now};
use codec::{Record, State};
use directory::Directory;
pub(crate) use load::Refused;

/// The store; the thread that writes shares its inside.
#[derive(Debug)]
pub(crate) struct File {
    inside: Arc<Inside>,
    /// Held over a whole write: from the decision to the file to the shelf. Who waits for it blocks no thread.
    writer: Arc<Mutex<()>>,
}

#[derive(Debug)]
struct Inside {
    kind: Kind,
    directory: Directory,
    shelf: RwLock<Shelf>,
    generation: AtomicU64,
}

impl File {
    /// Reads the directory, which is made where it is not there. Fails where it cannot be read or another process holds it;
    /// a file that cannot be believed is moved aside and does not keep the service from starting.
    pub(crate) fn open(kind: Kind, directory: &Path, limits: Limits) -> Result<Self, crate::Error> {
        let (store, refused) = Self::open_and_tell(kind, directory, limits).map_err(|error| {
            crate::Error::Config(format!("registry.directory: {}: {error}", directory.display()))
        })?;
        for file in refused {
            metrics::counter!("registry_refused_files_total", "kind" => kind.word()).increment(1);
            tracing::error!(
                file = file.file,
                reason = file.reason,
                "a file of the registry is refused and moved aside"
            );
        }
        Ok(store)
    }

    /// As [`File::open`], and says what was refused.
    fn open_and_tell(
        kind: Kind,
        directory: &Path,
        limits: Limits,
    ) -> Result<(Self, Vec<Refused>), std::io::Error> {
        let directory = Directory::open(directory)?;
        let mut shelf = Shelf::new(limits);
        let refused = load::load(kind, &directory, &mut shelf)?;
        let inside = Inside { kind, directory, shelf: RwLock::new(shelf), generation: AtomicU64::new(0) };
        Ok((Self { inside: Arc::new(inside), writer: Arc::default() }, refused))
    }

    /// Runs `write` where it may block. A call that goes away does not stop it.
    async fn blocking<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Inside) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let one_at_a_time = Arc::clone(&self.writer).lock_owned().await;
        let inside = Arc::clone(&self.inside);
        let task = tokio::task::spawn_blocking(move || {
            let _until_the_end = one_at_a_time;
            write(&inside)
        });
        task.await.unwrap_or_else(|error| Err(unavailable("the write did not end", &error)))
    }
}

impl Inside {
    fn put(&self, name: &Name, draft: Draft, expected: Expected) -> Result<Put, Error> {
        let plan = self.shelf.read().plan(name, draft, expected, now())?;
        match &plan {
            Plan::Same(_) => {}
            Plan::Policy(version) | Plan::New(version) => {
                let record = self.record(version);
                self.write(name, &record)?;
                // A mark below is of no use any more; one that stays is removed by the next start.
                if record.version > 1 && self.is_mark(name, record.version - 1) {
                    let _stays = self.directory.remove(&codec::file_name(name, record.version - 1));
                }
            }
        }
        self.shelf.write().apply(&plan);
        self.changed();
        Ok(plan.into())
    }

    fn record<'v>(&self, version: &'v Version) -> Record<'v> {
        let floor = self.shelf.read().series(&version.entry.name).map_or(1, |series| series.floor);
        Record {
            kind: self.kind,
            name: &version.entry.name,
            version: version.entry.version,
            floor,
            policy: version.policy,
            state: State::Live(&version.entry),
        }
    }

    fn is_mark(&self, name: &Name, version: u64) -> bool {
        self.shelf.read().series(name).is_some_and(|series| !series.live.contains_key(&version))
    }

    fn delete(&self, name: &Name, version: Option<u64>) -> Result<u64, Error> {
        let (last, floor, policy, doomed) = {
            let shelf = self.shelf.read();
            let Some(series) = shelf.series(name) else { return Ok(0) };
            let is_doomed = |live: &&u64| version.is_none_or(|version| version == **live);
            let doomed: Vec<u64> = series.live.keys().filter(is_doomed).copied().collect();
            (series.last, series.floor, series.policy, doomed)
        };
        if doomed.is_empty() {
            return Ok(0);
        }
        let floor = if version.is_none() { last + 1 } else { floor };
        if version.is_none() || doomed.contains(&last) {
            let mark = Record { kind: self.kind, name, version: last, floor, policy, state: State::Deleted };
            self.write(name, &mark)?;
        }
        for version in doomed.iter().filter(|version| **version != last) {
            let removed = self.directory.remove(&codec::file_name(name, *version));
            match removed {
                // What lies below the floor does not count any more.
                Err(error) if floor <= *version => {
                    return Err(unavailable("a file cannot be removed", &error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        let deleted = self.shelf.write().delete(name, version);
        self.changed();
        Ok(deleted)
    }

    fn write(&self, name: &Name, record: &Record<'_>) -> Result<(), Error> {
        let bytes =
            codec::encode(record).map_err(|error| unavailable("a version cannot be written", &error))?;
        self.directory
            .write(&codec::file_name(name, record.version), &bytes)
            .map_err(|error| unavailable("a version cannot be written", &error))
    }

    fn changed(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }
}

/// What happened goes to the log; the caller learns that it was the disk.
fn unavailable(what: &'static str, error: &dyn std::fmt::Display) -> Error {
    tracing::error!(%error, what, "the registry does not work");
    Error::Unavailable(format!("{what}; the log of the service says why"))
}

#[tonic::async_trait]
impl Store for File {
    async fn put(&self, name: &Name, draft: Draft, expected: Expected) -> Result<Put, Error> {
        let name = name.clone();
        self.blocking(move |inside| inside.put(&name, draft, expected)).await
    }

    async fn get(&self, name: &Name, version: Option<u64>) -> Result<Option<Version>, Error> {
        Ok(self.inside.shelf.read().get(name, version))
    }

    async fn with_id(&self, id: &str) -> Result<Option<Version>, Error> {
        Ok(self.inside.shelf.read().with_id(id))
    }

    async fn names(&self, prefix: &str, after: &str, count: usize) -> Result<Vec<Version>, Error> {
        Ok(self.inside.shelf.read().names(prefix, after, count))
    }

    async fn versions(&self, name: &Name, after: u64, count: usize) -> Result<Vec<Version>, Error> {
        Ok(self.inside.shelf.read().versions(name, after, count))
    }

    async fn delete(&self, name: &Name, version: Option<u64>) -> Result<u64, Error> {
        let name = name.clone();
        self.blocking(move |inside| inside.delete(&name, version)).await
    }

    fn generation(&self) -> u64 {
        self.inside.generation.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests;
