//! Between the contract and the engine: requests become engine types, engine errors become failures.

mod diagnostic;
mod failure;
mod request;

pub(crate) use diagnostic::{diagnostic, diagnostics, stats};
pub(crate) use failure::{engine_failure, hop_limit, json_mapping, peer_failure, step_failure};
pub(crate) use request::{duplicate_keys, query, recipe, style};
