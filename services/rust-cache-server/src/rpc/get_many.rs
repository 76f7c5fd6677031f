//! GetMany: many entries, answered in the order of their keys.

use cache_engine::{Entry, Key, Store as _};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use super::batch;
use crate::{App, wire};

/// `rustcache.v1.CacheService/GetMany`.
pub(crate) async fn call(app: &App, request: pb::GetManyRequest) -> Result<pb::GetManyResponse, Failure> {
    batch::check_items(app, request.keys.len())?;
    let namespace = wire::namespace(&request.namespace)?;
    let keys = request.keys.iter().map(|key| wire::key(key)).collect::<Result<Vec<Key>, Failure>>()?;
    let found = app.store.get_many(&namespace, &keys).await.map_err(wire::engine_failure)?;
    check_bytes(app, &found)?;
    let items = request.keys.into_iter().zip(found).map(|(key, entry)| item(app, key, entry)).collect();
    Ok(pb::GetManyResponse { items })
}

fn item(app: &App, key: String, entry: Option<Entry>) -> pb::GetManyItem {
    let outcome = match entry {
        Some(entry) => pb::get_many_item::Outcome::Found(wire::entry(&entry, &*app.clock)),
        None => pb::get_many_item::Outcome::Missing(pb::Missing {}),
    };
    pb::GetManyItem { key, outcome: Some(outcome) }
}

/// Before anything is copied: what is shared costs nothing yet.
fn check_bytes(app: &App, found: &[Option<Entry>]) -> Result<(), Failure> {
    let allowed = app.config.server.limits.max_response_bytes;
    let actual: usize = found.iter().flatten().map(|entry| entry.value().body().len()).sum();
    if actual <= allowed {
        return Ok(());
    }
    let message = format!("the entries found hold {actual} bytes; allowed: {allowed}; ask for fewer keys");
    Err(Failure::exhausted("OUTPUT_TOO_LARGE", message)
        .with("limit", "server.limits.max_response_bytes")
        .with("allowed", allowed)
        .with("actual", actual))
}
