//! What the rpcs of leases share: ids, answers, bodies of REST.

use std::time::Duration;

use cache_engine::LeaseId;
use chassis::Failure;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

use crate::wire;

/// What AcquireLease gave.
pub(crate) fn id(text: &str) -> Result<LeaseId, Failure> {
    text.parse().map_err(wire::engine_failure)
}

/// How long a lease is to last.
pub(crate) fn ttl(ttl: Option<prost_types::Duration>) -> Result<Duration, Failure> {
    wire::positive(ttl, "LEASE_TTL_INVALID", "ttl")
}

/// Left of the deadline of a call when its wait ends, so that the answer still arrives; at most half of it.
const ANSWER_TIME: Duration = Duration::from_millis(50);

/// A wait that ends before the deadline of the call does.
pub(crate) fn within_deadline(context: &Context, wait: Duration) -> Duration {
    let Some(deadline) = context.deadline else { return wait };
    let left = deadline.remaining();
    wait.min(left - ANSWER_TIME.min(left / 2))
}

/// A lease, in the words of the contract.
pub(crate) fn answer(lease: cache_engine::Lease) -> pb::Lease {
    pb::Lease { id: lease.id.to_string(), fencing_token: lease.token, ttl: Some(wire::duration(lease.ttl)) }
}

/// There is no lease of this id.
pub(crate) fn lost() -> Failure {
    Failure::not_found("LEASE_LOST", "there is no lease of this id: it was released, or its time is over")
}

/// A request in the protobuf JSON mapping.
pub(crate) fn message<M: prost::Message + Default>(name: &str, body: &[u8]) -> Result<M, Failure> {
    client::json_mapping::decode(name, body)
        .map_err(|error| Failure::invalid("BODY_INVALID", error.to_string()).with("allowed", name))
}
