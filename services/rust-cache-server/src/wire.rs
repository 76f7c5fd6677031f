//! Between the contract and the engine: requests become engine types, engine types become answers.

mod event;
mod failure;
mod insight;
mod life;
mod load;
mod namespace;
mod request;
mod response;

pub(crate) use event::batch;
pub(crate) use failure::{engine_failure, foreign_receipt, hop_limit, snapshot_failure};
pub(crate) use insight::{explanation, key_hash, time};
pub(crate) use life::{life, rest_duration, rest_life};
pub(crate) use load::{duration, load_failure, positive, take};
pub(crate) use namespace::{namespace_change, namespace_config, namespace_message};
pub(crate) use request::{condition, key, namespace, value};
pub(crate) use response::{check_version, current, entry, left, stored_value};
pub(crate) use wording::{engine_failure as document_failure, no_answer, with_diagnostics};

/// What callers of this service are told of its peer's failures.
pub(crate) const JSON: wording::Peer = wording::Peer("the JSON service");
