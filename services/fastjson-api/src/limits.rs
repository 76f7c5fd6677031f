//! The limits in force, as GetLimits lists them.

use chassis::limits::{LimitRow, millis};
use fastjson_proto::fastjson::v1::Limit;
use json_engine::{convert, patch, query, recipe, schema};

use crate::config::Config;
use crate::rpc::{infer_schema, stored};
use crate::{registry, schemas};

/// All limits, ordered by name.
pub(crate) fn list(config: &Config) -> Vec<Limit> {
    let mut rows = config.server.limits.rows();
    rows.extend(own(config));
    wording::limits(rows)
}

#[rustfmt::skip] // A table is read by its columns.
fn own(config: &Config) -> Vec<LimitRow> {
    let (limits, compute) = (&config.limits, &config.compute);
    let (kept, compiled) = (&config.registry, &config.compiled);
    let (stream, transfer) = (&config.stream, &config.transfer);
    let memo = &config.memo;
    vec![
        LimitRow::new("compiled.max_bytes", compiled.max_bytes, "bytes", "", "estimated memory of what was compiled and is kept"),
        LimitRow::new("compiled.max_entries", compiled.max_entries, "entries", "", "compiled queries, schemas and recipes that are kept"),
        LimitRow::new("name_bytes", registry::MAX_NAME_BYTES as u64, "bytes", "NAME_INVALID", "length of the name of a schema or recipe"),
        LimitRow::new("page_size", stored::MAX_PAGE.into(), "rows", "OPTION_INVALID", "rows of a page of a list"),
        LimitRow::new("registry.max_names", kept.max_names as u64, "names", "REGISTRY_FULL", "names of schemas, and of recipes; those that were deleted count"),
        LimitRow::new("registry.max_recipe_bytes", kept.max_recipe_bytes as u64, "bytes", "RECIPE_BYTES_LIMIT", "length of a registered recipe"),
        LimitRow::new("registry.max_record_bytes", kept.max_record_bytes as u64, "bytes", "REGISTRY_FULL", "all versions of a name in the cache service"),
        LimitRow::new("registry.max_schema_bytes", kept.max_schema_bytes as u64, "bytes", "SCHEMA_BYTES_LIMIT", "length of a registered schema"),
        LimitRow::new("registry.max_total_bytes", kept.max_total_bytes, "bytes", "REGISTRY_FULL", "memory of all registered schemas, and of all recipes"),
        LimitRow::new("registry.namespace_bytes", kept.namespace_bytes, "bytes", "REGISTRY_FULL", "all schemas and recipes in the cache service"),
        LimitRow::new("registry.max_versions", kept.max_versions as u64, "versions", "REGISTRY_FULL", "versions of a name"),
        LimitRow::new("compute.long_workers", compute.long_workers as u64, "calls", "", "computations that have lasted for 5 ms and run beside the others"),
        LimitRow::new("compute.queue", compute.queue as u64, "calls", "OVERLOADED", "calls that wait for a worker"),
        LimitRow::new("compute.workers", compute.workers as u64, "calls", "OVERLOADED", "computations at the same time"),
        LimitRow::new("key_text_bytes", convert::MAX_KEY_TEXT, "bytes", "KEY_TEXT_LIMIT", "text that a key of YAML, CBOR or MessagePack becomes that is no text"),
        LimitRow::new("limits.document_time", millis(limits.document_time), "milliseconds", "BUDGET_TIME", "time of converting, patching, merging or comparing documents"),
        LimitRow::new("limits.max_depth", limits.max_depth.into(), "levels", "DEPTH_LIMIT", "nesting of a document"),
        LimitRow::new("limits.max_diagnostics", limits.max_diagnostics.into(), "diagnostics", "", "findings that an answer carries; all are counted"),
        LimitRow::new("limits.max_nodes", limits.max_nodes, "nodes", "NODES_LIMIT", "values of a document"),
        LimitRow::new("limits.max_number_digits", limits.max_number_digits.into(), "digits", "NUMBER_DIGITS_LIMIT", "digits of one number"),
        LimitRow::new("limits.program_memory_bytes", limits.program_memory_bytes, "bytes", "BUDGET_MEMORY", "memory that a program holds"),
        LimitRow::new("limits.program_time", millis(limits.program_time), "milliseconds", "BUDGET_TIME", "time that a program takes"),
        LimitRow::new("memo.capacity_bytes", memo.capacity_bytes, "bytes", "", "kept answers, where their namespace was made by this service"),
        LimitRow::new("memo.max_keeping", memo.max_keeping as u64, "answers", "", "answers on their way to the cache service; one more is not kept"),
        LimitRow::new("memo.max_loss_percent", memo.max_loss_percent.into(), "percent", "", "what a look-up that finds nothing may add to computing"),
        LimitRow::new("memo.max_result_bytes", memo.max_result_bytes as u64, "bytes", "", "length of an answer that is kept"),
        LimitRow::new("memo.timeout", millis(memo.timeout), "milliseconds", "", "time of a look-up; then the answer is computed"),
        LimitRow::new("memo.ttl", millis(memo.ttl), "milliseconds", "", "time for which an answer is kept"),
        LimitRow::new("patch_operations", patch::MAX_OPERATIONS as u64, "operations", "PATCH_OPERATIONS_LIMIT", "operations of a patch"),
        LimitRow::new("query_bytes", query::MAX_PROGRAM_BYTES as u64, "bytes", "QUERY_BYTES_LIMIT", "length of a query"),
        LimitRow::new("registered_schemas", schemas::MAX_REGISTERED as u64, "schemas", "REGISTERED_SCHEMAS_LIMIT", "schemas that a call brings along and those that $ref reaches"),
        LimitRow::new("samples", infer_schema::MAX_SAMPLES as u64, "documents", "SAMPLES_LIMIT", "samples of a schema"),
        LimitRow::new("stream.in_flight_bytes", stream.in_flight_bytes as u64, "bytes", "", "records that a stream holds; it reads no further until results are taken"),
        LimitRow::new("stream.streams", stream.streams, "streams", "OVERLOADED", "streams and transfers at the same time"),
        LimitRow::new("stream_record_bytes", config.server.limits.max_request_bytes as u64, "bytes", "RECORD_BYTES_LIMIT", "length of a record of a stream"),
        LimitRow::new("transfer.collected_bytes", transfer.collected_bytes, "bytes", "TRANSFER_COLLECTED_LIMIT", "length of a transferred document that is held as values"),
        LimitRow::new("transfer.max_bytes", transfer.max_bytes, "bytes", "TRANSFER_BYTES_LIMIT", "length of a transferred document, and of its answer"),
        LimitRow::new("transfer.max_nodes", transfer.max_nodes, "nodes", "NODES_LIMIT", "values of a transferred document that is held as values"),
        LimitRow::new("transfer.max_token_bytes", transfer.max_token_bytes as u64, "bytes", "TOKEN_BYTES_LIMIT", "length of a string, key or number of a document that is handled while it arrives"),
        LimitRow::new("transfer.time", millis(transfer.time), "milliseconds", "BUDGET_TIME", "time of a recipe on a transferred document"),
        LimitRow::new("transfer.total_bytes", transfer.total_bytes, "bytes", "OVERLOADED", "what all transfers hold of documents and answers"),
        LimitRow::new("recipe_steps", recipe::MAX_STEPS as u64, "steps", "RECIPE_STEPS_LIMIT", "steps of a recipe"),
        LimitRow::new("schema_effort", schema::MAX_EFFORT, "units of effort", "SCHEMA_EFFORT_LIMIT", "what compiling a schema takes, with those that it refers to"),
    ]
}
