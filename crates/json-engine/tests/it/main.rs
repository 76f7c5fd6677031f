//! What the engine promises, judged by suites of others and by slow references of our own.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod binary;
mod budget;
mod budgets;
mod cbor;
mod cbor_forms;
mod convert;
mod convert_properties;
mod csv;
mod diff;
mod documents;
mod duplicates;
mod es6_numbers;
mod feed;
mod fidelity;
mod find;
mod fixes;
mod format;
mod found;
mod fuzz;
mod ijson;
mod jmespath;
mod jmespath_table;
mod jq;
mod json5;
mod json5_suite;
mod jsonpath_cts;
mod jsontestsuite;
mod limits;
mod located;
mod merge;
mod msgpack;
mod ndjson;
mod patch;
mod patch_corners;
mod positions;
mod properties;
mod recipe_values;
mod recipes;
mod recovery;
mod schema;
mod schema_budget;
mod schema_compatible;
mod schema_drafts;
mod schema_hostile;
mod schema_infer;
mod schema_suite;
mod sha256;
mod shared;
mod three_way;
mod toml;
mod toml_suite;
