//! Between the contract and the engine: requests become engine types, engine errors become failures.

pub(crate) mod choice;
mod csv;
mod diagnostic;
mod failure;
mod recipe;

pub(crate) use csv::csv;
pub(crate) use diagnostic::{diagnostic, diagnostics, stats};
pub(crate) use failure::{engine_failure, hop_limit, json_mapping, peer_failure, step_failure};
pub(crate) use recipe::{convert_step, query, recipe};
