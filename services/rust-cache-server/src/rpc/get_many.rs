//! GetMany: many entries, answered in the order of their keys.
//!
//! `ahead` takes the call before the generated server does; keys are read in place and the answer is written as it goes
//! out. Promise: requests of every encoding mean the same, and the answer's bytes are those of the generated code. Cost
//! of an item: one allocation, for its key, and one copy, from the store into the answer.

mod asked;

use std::sync::Arc;

use bytes::{BufMut as _, Bytes, BytesMut};
use cache_engine::{Entry, Key, Store as _};
use chassis::Failure;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use prost::Message as _;
use tonic::Status;
use tonic::codegen::BoxFuture;
use tonic::server::UnaryService;

use self::asked::Asked;
use super::batch;
use super::encoded::{Shown, long, nested, open, put};
use crate::latency::Operation;
use crate::{App, slow, wire};

const ITEMS: u8 = long(1);
const KEY: u8 = long(1);
const FOUND: u8 = long(2);
const MISSING: u8 = long(3);

/// Bytes of an item beside its key and body, as a rule.
const AROUND_ITEM: usize = 48;

/// `rustcache.v1.CacheService/GetMany`.
pub(super) struct GetMany(pub(super) Arc<App>);

impl UnaryService<Bytes> for GetMany {
    type Response = Bytes;
    type Future = BoxFuture<tonic::Response<Bytes>, Status>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let app = Arc::clone(&self.0);
        Box::pin(async move {
            let context = request.extensions().get::<Context>();
            let trace_id = context.map_or(0, |context| context.trace.trace_id);
            serve(&app, trace_id, request.get_ref()).await.map(tonic::Response::new)
        })
    }
}

/// Answers a request, which is an encoded message, as an encoded message.
async fn serve(app: &App, trace_id: u128, request: &Bytes) -> Result<Bytes, Status> {
    let decoded;
    let asked = match Asked::read(request) {
        Some(asked) => asked,
        None => {
            decoded = pb::GetManyRequest::decode(request.clone())
                .map_err(|error| Status::internal(error.to_string()))?;
            Asked::of(&decoded)
        }
    };
    let (answer, took) = app.latencies.time(Operation::GetMany, call(app, &asked)).await;
    if app.slow.is(took) {
        let about = slow::Asked::new(asked.namespace, None, request.len() as u64, trace_id, &app.slow);
        let answer_bytes = answer.as_ref().map_or(0, Bytes::len);
        app.slow.record(Operation::GetMany.name(), about, took, answer_bytes as u64);
    }
    Ok(answer?)
}

async fn call(app: &App, asked: &Asked<'_>) -> Result<Bytes, Failure> {
    batch::check_items(app, asked.keys.len())?;
    let namespace = wire::namespace(asked.namespace)?;
    let keys = asked.keys.iter().map(|key| wire::key(key)).collect::<Result<Vec<Key>, Failure>>()?;
    let found = app.store.get_many(&namespace, &keys).await.map_err(wire::engine_failure)?;
    let body_bytes = check_bytes(app, &found)?;
    let key_bytes: usize = asked.keys.iter().map(|key| key.len()).sum();
    let mut answer = BytesMut::with_capacity(body_bytes + key_bytes + AROUND_ITEM * keys.len());
    let now = app.clock.now();
    for (key, entry) in asked.keys.iter().zip(&found) {
        let shown = entry.as_ref().map(|entry| Shown::of(entry, now));
        write_item(&mut answer, key, shown.as_ref());
    }
    Ok(answer.freeze())
}

fn write_item(answer: &mut BytesMut, key: &str, shown: Option<&Shown<'_>>) {
    let outcome_bytes = shown.map_or(nested(0), |shown| nested(shown.len()));
    open(answer, ITEMS, nested(key.len()) + outcome_bytes);
    put(answer, KEY, key.as_bytes());
    match shown {
        Some(shown) => {
            open(answer, FOUND, shown.len());
            shown.write(answer);
        }
        None => answer.put_slice(&[MISSING, 0]),
    }
}

/// The bytes of all bodies. Looks before anything is copied: what is shared costs nothing yet.
fn check_bytes(app: &App, found: &[Option<Entry>]) -> Result<usize, Failure> {
    let allowed = app.config.server.limits.max_response_bytes;
    let actual: usize = found.iter().flatten().map(|entry| entry.value().body().len()).sum();
    if actual <= allowed {
        return Ok(actual);
    }
    let message = format!("the entries found hold {actual} bytes; allowed: {allowed}; ask for fewer keys");
    Err(Failure::exhausted("OUTPUT_TOO_LARGE", message)
        .with("limit", "server.limits.max_response_bytes")
        .with("allowed", allowed)
        .with("actual", actual))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cache_engine::{
        Body, Clock as _, Condition, Draft, Freshness, Life, LocalStore, ManualClock, NamespaceName, Tags,
        Ttl, Value,
    };

    use super::*;

    #[tokio::test]
    async fn items_are_written_as_the_generated_code_does_it() {
        let clock = Arc::new(ManualClock::default());
        let store = LocalStore::new(Vec::new(), clock.clone()).unwrap();
        let (namespace, long_key) = (NamespaceName::default(), "k".repeat(1_024));
        let keys = ["text", "data", "none", &long_key].map(|key| Key::new(key).unwrap());
        for (key, body) in [(0, Body::text("né")), (1, Body::data("")), (3, Body::data([7; 300]))] {
            let life = Life::from(Ttl::after(Duration::from_millis(90_000_001)).unwrap());
            let life = life.fresh_for(Duration::from_secs(5)).unwrap();
            let tags = Tags::new(&["a", "user:1"]).unwrap();
            let draft = Draft { value: Value::new(body, "text/plain").unwrap(), life, tags, cost: None };
            store.set(&namespace, keys[key].clone(), draft, Condition::Always).await.unwrap();
        }
        clock.advance(Duration::from_secs(6));
        let found = store.get_many(&namespace, &keys).await.unwrap();
        // The first one that looks is told to refresh; now both see the same.
        for entry in found.iter().flatten() {
            assert_eq!(entry.freshness(clock.now()), Freshness::Refresh);
        }
        let mut answer = BytesMut::new();
        for (key, entry) in keys.iter().zip(&found) {
            let shown = entry.as_ref().map(|entry| Shown::of(entry, clock.now()));
            write_item(&mut answer, key.as_str(), shown.as_ref());
        }
        let item = |(key, entry): (&Key, &Option<Entry>)| pb::GetManyItem {
            key: key.as_str().to_owned(),
            outcome: Some(match entry {
                Some(entry) => pb::get_many_item::Outcome::Found(wire::entry(entry, &*clock)),
                None => pb::get_many_item::Outcome::Missing(pb::Missing {}),
            }),
        };
        let expected = pb::GetManyResponse { items: keys.iter().zip(&found).map(item).collect() };
        assert_eq!(answer, expected.encode_to_vec());
    }
}
