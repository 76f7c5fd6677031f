//! Between the contract and the engine: requests become engine types, engine types become answers.

mod document;
mod event;
mod failure;
mod insight;
mod life;
mod load;
mod namespace;
mod peer;
mod request;
mod response;

pub(crate) use document::{document_failure, with_diagnostics};
pub(crate) use event::batch;
pub(crate) use failure::{engine_failure, hop_limit, snapshot_failure};
pub(crate) use insight::{explanation, key_hash, time};
pub(crate) use life::{life, rest_duration, rest_life};
pub(crate) use load::{duration, load_failure, positive, take};
pub(crate) use namespace::{namespace_change, namespace_config, namespace_message};
pub(crate) use peer::{no_answer, peer_failure};
pub(crate) use request::{condition, key, namespace, ttl, value};
pub(crate) use response::{check_version, current, entry, left, stored_value, text};
