//! Between the contract and the engine: requests become engine types, engine errors become failures.

pub(crate) mod choice;
mod csv;
mod failure;
mod recipe;
mod record;
mod registry;
mod stats;

pub(crate) use csv::csv;
pub(crate) use failure::{at_step, hop_limit, json_mapping, step_failure};
pub(crate) use recipe::{check_steps, convert_step, query, recipe};
pub(crate) use record::{Origin, record_error};
pub(crate) use registry::{compared, hex, incompatible, policy, policy_name, recipe_version, schema_version};
pub(crate) use stats::stats;
pub(crate) use wording::{diagnostic, diagnostics, engine_failure, no_answer, position};

/// What callers of this service are told of its peer's failures.
pub(crate) const CACHE: wording::Peer = wording::Peer("the cache service");
