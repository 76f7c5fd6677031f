//! Watch: what happens to entries, as it happens.

mod body;
mod sse;

use std::collections::HashSet;
use std::time::Duration;

use cache_engine::{EventFilter, Store as _, Tags};
use chassis::{Connection, Failure};
use fastjson_proto::rustcache::v1 as pb;
use pb::watch_request::Filter as Given;
use tonic::{Request, Status};

pub(crate) use self::body::Told;
pub(crate) use self::sse::rest;
use crate::config::HEARTBEATS;
use crate::latency::Operation;
use crate::slow::Asked;
use crate::watch::Watching;
use crate::{App, wire};

/// `rustcache.v1.CacheService/Watch`. Watches of one connection are told together.
pub(crate) async fn begin(app: &App, request: Request<pb::WatchRequest>) -> Result<Told, Status> {
    let connection = chassis::connection_of(request.extensions());
    let asked = Asked::of(&request, &app.slow);
    let call = call(app, request.into_inner(), connection);
    let (watching, took) = app.latencies.time(Operation::Watch, call).await;
    if app.slow.is(took) {
        app.slow.record(Operation::Watch.name(), asked, took, 0);
    }
    Ok(Told(watching?))
}

async fn call(
    app: &App,
    request: pb::WatchRequest,
    connection: Option<Connection>,
) -> Result<Watching, Failure> {
    let namespace = wire::namespace(&request.namespace)?;
    let every = heartbeat(app, request.heartbeat)?;
    let filter = filter(request.filter, app.watches.limits().max_keys)?;
    let place = app.watches.admit(bytes(&filter))?;
    let watcher = app.store.subscribe(&namespace, filter, request.resume_from).await;
    let watcher = watcher.map_err(wire::engine_failure)?;
    let watcher = watcher.in_group(connection.map_or(0, Connection::number));
    Ok(Watching::new(watcher, place, every, &app.tasks))
}

fn heartbeat(app: &App, given: Option<prost_types::Duration>) -> Result<Duration, Failure> {
    let Some(given) = given else { return Ok(app.watches.limits().heartbeat) };
    Duration::try_from(given).ok().filter(|every| HEARTBEATS.contains(every)).ok_or_else(|| {
        Failure::invalid("HEARTBEAT_INVALID", "the heartbeat is not one; allowed: 1 to 60 seconds")
            .with("allowed", "1s to 60s")
    })
}

fn filter(given: Option<Given>, max_keys: usize) -> Result<EventFilter, Failure> {
    match given {
        None => Ok(EventFilter::All),
        Some(Given::Keys(pb::WatchKeys { keys })) => {
            if keys.is_empty() {
                return Err(empty("keys"));
            }
            if keys.len() > max_keys {
                return Err(too_many(max_keys, keys.len()));
            }
            let keys: Result<HashSet<_>, _> = keys.iter().map(|key| wire::key(key)).collect();
            keys.map(EventFilter::Keys)
        }
        // A prefix is as long as a key may be; the empty one is that of all.
        Some(Given::Prefix(prefix)) if prefix.is_empty() => Ok(EventFilter::All),
        Some(Given::Prefix(prefix)) => wire::key(&prefix).map(|_checked| EventFilter::Prefix(prefix.into())),
        Some(Given::Tags(pb::WatchTags { names })) if names.is_empty() => Err(empty("tags")),
        Some(Given::Tags(pb::WatchTags { names })) => {
            Tags::new(&names).map(EventFilter::Tags).map_err(wire::engine_failure)
        }
    }
}

fn empty(what: &str) -> Failure {
    Failure::invalid("FILTER_EMPTY", format!("the filter names no {what}; allowed: some, or no filter"))
        .with("filter", what)
}

fn too_many(allowed: usize, actual: usize) -> Failure {
    let message = format!("a watch has at most {allowed} keys; this one has {actual}");
    Failure::invalid("WATCH_KEYS_LIMIT", message)
        .with("limit", "watch.max_keys")
        .with("allowed", allowed)
        .with("actual", actual)
}

/// Memory of the texts of a filter.
fn bytes(filter: &EventFilter) -> usize {
    match filter {
        EventFilter::All => 0,
        EventFilter::Keys(keys) => keys.iter().map(|key| 48 + key.as_str().len()).sum(),
        EventFilter::Prefix(prefix) => prefix.len(),
        EventFilter::Tags(tags) => tags.iter().map(|tag| 48 + tag.as_str().len()).sum(),
    }
}
