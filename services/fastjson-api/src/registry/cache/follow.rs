//! Follow: the task that keeps the copy as the entries are: opens the watch, reads all, takes in what is told, and begins anew
//! when the watch is lost.

use std::sync::Arc;
use std::time::Duration;

use client::Answers;
use fastjson_proto::rustcache::v1 as pb;
use tokio::time::{sleep, timeout};

use super::Inside;
use super::peer::Failed;
use crate::registry::Name;

/// The wait before the watch is opened again; it doubles up to [`LONGEST_WAIT`] while that fails.
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Heartbeats that may fail to come.
const PATIENCE: u32 = 3;

/// Follows for ever.
pub(super) async fn follow(inside: Arc<Inside>) {
    let connected = metrics::gauge!("registry_connected", "kind" => inside.peer.word());
    let mut wait = FIRST_WAIT;
    loop {
        match open(&inside).await {
            Ok(answers) => {
                wait = FIRST_WAIT;
                connected.set(1.0);
                let ended = take_in(&inside, answers).await;
                connected.set(0.0);
                tracing::warn!(kind = inside.peer.word(), ended, "the watch of the registry has ended");
            }
            Err(failed) => tracing::debug!(%failed, "the registry cannot be read from the cache service"),
        }
        sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// A watch that has begun, and after that a reading of all: what changes meanwhile is told.
async fn open(inside: &Inside) -> Result<Answers<pb::WatchResponse>, Failed> {
    inside.peer.prepare().await.inspect_err(|failed| {
        if let Failed::Evicts(_) = failed {
            tracing::error!(%failed, "the registry cannot be used");
        }
    })?;
    let begun = async {
        let mut answers = inside.peer.watch().await?;
        answers.next().await.ok_or(Failed::Garbage)??;
        Ok::<_, Failed>(answers)
    };
    let answers = timeout(silence(inside), begun).await.map_err(|_elapsed| Failed::Garbage)??;
    read_all(inside).await?;
    inside.copy.is_read();
    Ok(answers)
}

/// Reads what is not held yet, and puts back what is missing.
async fn read_all(inside: &Inside) -> Result<(), Failed> {
    metrics::counter!("registry_readings_total", "kind" => inside.peer.word()).increment(1);
    let there = inside.peer.names().await?;
    for (name, version) in &there {
        if *version > inside.copy.held(name) {
            read(inside, name).await?;
        }
    }
    let there: std::collections::HashSet<&Name> = there.iter().map(|(name, _)| name).collect();
    for name in inside.copy.names().iter().filter(|name| !there.contains(name)) {
        read(inside, name).await?;
    }
    Ok(())
}

/// Reads one. What is no record is left alone: it does not keep the others from being read.
async fn read(inside: &Inside, name: &Name) -> Result<(), Failed> {
    match inside.look(name).await {
        Err(doubt @ Failed::Doubt(_)) => {
            metrics::counter!("registry_refused_entries_total", "kind" => inside.peer.word()).increment(1);
            tracing::error!(%doubt, "an entry of the registry is refused");
            Ok(())
        }
        Err(full @ Failed::Full { .. }) => {
            tracing::error!(%full, "an entry of the registry cannot be put back");
            Ok(())
        }
        outcome => outcome.map(|_version| ()),
    }
}

/// Until the watch ends, or says nothing for too long; says how.
async fn take_in(inside: &Inside, mut answers: Answers<pb::WatchResponse>) -> &'static str {
    loop {
        let response = match timeout(silence(inside), answers.next()).await {
            Ok(Some(Ok(response))) => response,
            Ok(Some(Err(_)) | None) => return "the connection is lost",
            Err(_elapsed) => return "no heartbeat came",
        };
        let told = match response.discontinuity {
            Some(_) => read_all(inside).await,
            None => take_events(inside, &response.events).await,
        };
        if told.is_err() {
            return "what was told could not be read";
        }
    }
}

async fn take_events(inside: &Inside, events: &[pb::Event]) -> Result<(), Failed> {
    for event in events {
        if event.key.is_empty() {
            read_all(inside).await?;
        } else if let Some(name) = inside.peer.name_of(&event.key)
            && (event.kind() != pb::EventKind::Set || event.version > inside.copy.held(&name))
        {
            read(inside, &name).await?;
        }
    }
    Ok(())
}

fn silence(inside: &Inside) -> Duration {
    inside.peer.heartbeat * PATIENCE
}
