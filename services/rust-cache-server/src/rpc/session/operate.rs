//! What an operation does: the same as its rpc.

use bytes::Bytes;
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;
use pb::operation::Operation;
use prost::Message as _;

use super::Outcome;
use crate::App;
use crate::latency::{self, Tally};
use crate::rpc::{batch, delete, get, increment, invalidate_tags, set, touch};

/// Does an encoded operation, and counts it; a failure is its result.
pub(super) async fn call(app: &App, encoded: Bytes, tally: &mut Tally) -> Outcome {
    match pb::Operation::decode(encoded) {
        Ok(pb::Operation { operation: Some(operation) }) => {
            tally.count(kind(&operation));
            operate(app, operation).await.unwrap_or_else(|failure| failed(&failure))
        }
        Ok(pb::Operation { operation: None }) => failed(&missing()),
        Err(error) => failed(&Failure::invalid(
            "OPERATION_INVALID",
            format!("the operation cannot be read: {error}; allowed: an encoded rustcache.v1.Operation"),
        )),
    }
}

async fn operate(app: &App, operation: Operation) -> Result<Outcome, Failure> {
    match operation {
        Operation::Get(request) => get::call(app, &request).await.map(Outcome::Get),
        Operation::Set(request) => set::call(app, &request).await.map(Outcome::Set),
        Operation::Delete(request) => delete::call(app, &request).await.map(Outcome::Delete),
        Operation::Touch(request) => touch::call(app, &request).await.map(Outcome::Touch),
        Operation::Increment(request) => increment::call(app, &request).await.map(Outcome::Increment),
        Operation::InvalidateTags(request) => {
            invalidate_tags::call(app, request).await.map(Outcome::InvalidateTags)
        }
    }
}

fn kind(operation: &Operation) -> latency::Operation {
    match operation {
        Operation::Get(_) => latency::Operation::Get,
        Operation::Set(_) => latency::Operation::Set,
        Operation::Delete(_) => latency::Operation::Delete,
        Operation::Touch(_) => latency::Operation::Touch,
        Operation::Increment(_) => latency::Operation::Increment,
        Operation::InvalidateTags(_) => latency::Operation::InvalidateTags,
    }
}

/// A failure as a result.
pub(super) fn failed(failure: &Failure) -> Outcome {
    Outcome::Failed(batch::failed(failure))
}

fn missing() -> Failure {
    Failure::invalid(
        "OPERATION_MISSING",
        "the operation is none; allowed: get, set, delete, touch, increment, invalidate_tags",
    )
}
