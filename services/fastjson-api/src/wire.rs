//! Between the contract and the engine: requests become engine types, engine errors become failures.

pub(crate) mod choice;
mod csv;
mod diagnostic;
mod failure;
mod peer;
mod recipe;
mod record;
mod registry;

pub(crate) use csv::csv;
pub(crate) use diagnostic::{diagnostic, diagnostics, position, stats};
pub(crate) use failure::{at_step, engine_failure, hop_limit, json_mapping, step_failure};
pub(crate) use peer::{no_answer, peer_failure};
pub(crate) use recipe::{check_steps, convert_step, query, recipe};
pub(crate) use record::{Origin, record_error};
pub(crate) use registry::{compared, incompatible, policy, policy_name, recipe_version, schema_version};
