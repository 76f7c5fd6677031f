//! Snapshots of the store: taken in the background, on request and at the end, restored at the start.
//!
//! Promise: at the path lies the last snapshot that was written as a whole, whatever happens to the process while it
//! writes the next one. A file that is not believed is moved aside and the store starts empty. One is written at a time.
//! Cost: one thread of the blocking pool while it is written; readers of the store are not held up.

mod files;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cache_engine::{LocalStore, Restored, Saved, SnapshotError};
use chassis::Tasks;
use tokio::sync::Semaphore;

use self::files::Files;
use crate::Error;
use crate::config::Snapshot;

/// The shortest interval between two snapshots.
const LEAST_INTERVAL: Duration = Duration::from_secs(1);

/// What was written, and how long it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) saved: Saved,
    pub(crate) took: Duration,
}

/// Why none was taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is no path.
    #[error("no snapshots are kept; to keep them, set snapshot.path")]
    Off,
    /// Another one is being written.
    #[error("another snapshot is being written; try again when it is done")]
    Running,
    /// It could not be written.
    #[error("the snapshot was not written, the last one is still there: {0}")]
    Failed(#[from] SnapshotError),
}

/// The snapshots of one store; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Snapshots {
    files: Option<Arc<Files>>,
    settings: Arc<Snapshot>,
    /// Whoever holds its one permit writes.
    turn: Arc<Semaphore>,
}

impl Snapshots {
    /// Takes hold of the files; blocks.
    pub(crate) fn open(settings: &Snapshot) -> Result<Self, Error> {
        if settings.interval < LEAST_INTERVAL {
            let actual = context::duration::format(settings.interval);
            return Err(Error::Config(format!("snapshot.interval is at least 1s, not {actual}")));
        }
        let files = match &settings.path {
            Some(path) => Some(Arc::new(Files::open(path).map_err(|error| unusable(settings, &error))?)),
            None => None,
        };
        Ok(Self { files, settings: Arc::new(settings.clone()), turn: Arc::new(Semaphore::new(1)) })
    }

    /// The store that `make` makes, as the last process left it, or empty; blocks.
    pub(crate) fn restore(
        &self,
        make: impl Fn() -> Result<LocalStore, cache_engine::Error>,
    ) -> Result<LocalStore, Error> {
        let empty = || make().map_err(|error| Error::Config(error.to_string()));
        let Some(files) = &self.files else { return empty() };
        let unusable = |error: std::io::Error| unusable(&self.settings, &error);
        let Some(file) = files.read().map_err(unusable)? else { return empty() };
        let begun = Instant::now();
        match empty()?.restore(file) {
            Ok((store, restored)) => {
                report_restored(restored, begun.elapsed());
                Ok(store)
            }
            Err(error) => {
                report_refused(&error, &files.put_aside().map_err(unusable)?);
                empty()
            }
        }
    }

    /// Writes one now. It goes on if the caller leaves.
    pub(crate) async fn take(&self, store: &Arc<LocalStore>, tasks: &Tasks) -> Result<Taken, Refusal> {
        let Some(files) = self.files.clone() else { return Err(Refusal::Off) };
        let Ok(turn) = Arc::clone(&self.turn).try_acquire_owned() else { return Err(Refusal::Running) };
        let store = Arc::clone(store);
        let task = tasks.spawn("snapshot", async move {
            let taken = write(files, store).await;
            drop(turn);
            taken
        });
        match task.await {
            Ok(taken) => taken,
            Err(_ended) => Err(failed("the task that writes it ended")),
        }
    }

    /// Writes one every interval until drain.
    pub(crate) fn keep_taken(&self, store: &Arc<LocalStore>, tasks: &Tasks) {
        if self.files.is_none() {
            return;
        }
        let (snapshots, store, all) = (self.clone(), Arc::clone(store), tasks.clone());
        let _joined_at_drain = tasks.spawn("snapshots", async move {
            let draining = all.draining();
            tokio::pin!(draining);
            loop {
                tokio::select! {
                    () = &mut draining => return,
                    () = tokio::time::sleep(snapshots.settings.interval) => {}
                }
                // What is to be known of it was logged; one that is running will do.
                let _logged = snapshots.take(&store, &all).await;
            }
        });
    }

    /// Writes the last one, behind the drain, if the settings say so.
    pub(crate) async fn finish(&self, store: &Arc<LocalStore>) -> Result<(), SnapshotError> {
        let Some(files) = self.files.clone().filter(|_| self.settings.on_shutdown) else { return Ok(()) };
        // Only a drain that timed out leaves one running; nobody closes the semaphore.
        let _turn = self.turn.acquire().await;
        match write(files, Arc::clone(store)).await {
            Ok(_) => Ok(()),
            Err(Refusal::Failed(error)) => Err(error),
            Err(refusal @ (Refusal::Off | Refusal::Running)) => {
                Err(std::io::Error::other(refusal.to_string()).into())
            }
        }
    }
}

async fn write(files: Arc<Files>, store: Arc<LocalStore>) -> Result<Taken, Refusal> {
    let begun = Instant::now();
    let written = tokio::task::spawn_blocking(move || files.replace(|to| store.save(to))).await;
    let outcome = match written {
        Ok(Ok(saved)) => Ok(Taken { saved, took: begun.elapsed() }),
        Ok(Err(error)) => Err(Refusal::Failed(error)),
        Err(_panicked) => Err(failed("the thread that writes it ended")),
    };
    report_taken(&outcome);
    outcome
}

fn report_taken(outcome: &Result<Taken, Refusal>) {
    match outcome {
        Ok(Taken { saved, took }) => {
            metrics::counter!("snapshots_total", "outcome" => "taken").increment(1);
            metrics::gauge!("snapshot_seconds").set(took.as_secs_f64());
            metrics::gauge!("snapshot_bytes").set(saved.bytes as f64);
            metrics::gauge!("snapshot_entries").set(saved.entries as f64);
            tracing::info!(entries = saved.entries, bytes = saved.bytes, ?took, "snapshot taken");
        }
        Err(error) => {
            metrics::counter!("snapshots_total", "outcome" => "failed").increment(1);
            tracing::error!(error = error.to_string(), "snapshot failed");
        }
    }
}

fn report_restored(restored: Restored, took: Duration) {
    metrics::gauge!("snapshot_restored_entries").set(restored.entries as f64);
    metrics::gauge!("snapshot_restore_seconds").set(took.as_secs_f64());
    let Restored { entries, expired, left_out, receipts, namespaces_added, namespaces_left_out, age_seconds } =
        restored;
    tracing::info!(
        entries,
        expired,
        left_out,
        receipts,
        namespaces_added,
        namespaces_left_out,
        age_seconds,
        ?took,
        "snapshot restored"
    );
}

fn report_refused(error: &SnapshotError, aside: &Path) {
    metrics::counter!("snapshots_refused_total", "reason" => error.reason()).increment(1);
    let (reason, error) = (error.reason(), error.to_string());
    tracing::error!(reason, error, aside = %aside.display(), "snapshot refused; the store starts empty");
}

fn failed(why: &'static str) -> Refusal {
    Refusal::Failed(std::io::Error::other(why).into())
}

fn unusable(settings: &Snapshot, error: &std::io::Error) -> Error {
    let path = settings.path.as_deref().unwrap_or_else(|| Path::new(""));
    Error::Config(format!("snapshot.path {}: {error}", path.display()))
}
