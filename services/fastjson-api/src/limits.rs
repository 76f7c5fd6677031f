//! The limits in force, as GetLimits lists them.

use fastjson_proto::fastjson::v1::Limit;

use crate::config::Config;

/// All limits, ordered by name.
pub(crate) fn list(config: &Config) -> Vec<Limit> {
    let limits = &config.limits;
    let server = &config.server.limits;
    let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let mut rows = vec![
        row(
            "compute.queue",
            config.compute.queue as u64,
            "calls",
            "OVERLOADED",
            "calls that wait for a worker",
        ),
        row(
            "compute.workers",
            config.compute.workers as u64,
            "calls",
            "OVERLOADED",
            "computations at the same time",
        ),
        row("limits.max_depth", limits.max_depth.into(), "levels", "DEPTH_LIMIT", "nesting of a document"),
        row(
            "limits.max_diagnostics",
            limits.max_diagnostics.into(),
            "diagnostics",
            "",
            "findings that an answer carries",
        ),
        row("limits.max_nodes", limits.max_nodes, "nodes", "NODES_LIMIT", "values of a document"),
        row(
            "limits.max_number_digits",
            limits.max_number_digits.into(),
            "digits",
            "NUMBER_DIGITS_LIMIT",
            "digits of one number",
        ),
        row(
            "limits.program_memory_bytes",
            limits.program_memory_bytes,
            "bytes",
            "BUDGET_MEMORY",
            "memory that a program holds",
        ),
        row(
            "limits.program_time",
            millis(limits.program_time),
            "milliseconds",
            "BUDGET_TIME",
            "time that a program takes",
        ),
        row(
            "query_bytes",
            json_engine::query::MAX_PROGRAM_BYTES as u64,
            "bytes",
            "QUERY_BYTES_LIMIT",
            "length of a query",
        ),
        row(
            "recipe_steps",
            json_engine::recipe::MAX_STEPS as u64,
            "steps",
            "RECIPE_STEPS_LIMIT",
            "steps of a recipe",
        ),
        row(
            "server.limits.default_deadline",
            millis(server.default_deadline),
            "milliseconds",
            "DEADLINE",
            "time of a call whose caller names none",
        ),
        row(
            "server.limits.max_deadline",
            millis(server.max_deadline),
            "milliseconds",
            "DEADLINE",
            "time of any call",
        ),
        row(
            "server.limits.max_header_bytes",
            server.max_header_bytes.into(),
            "bytes",
            "HEADER_BYTES_LIMIT",
            "headers of a call",
        ),
        row(
            "server.limits.max_in_flight",
            server.max_in_flight as u64,
            "calls",
            "OVERLOADED",
            "calls at work at the same time",
        ),
        row(
            "server.limits.max_request_bytes",
            server.max_request_bytes as u64,
            "bytes",
            "INPUT_BYTES_LIMIT",
            "length of a document",
        ),
        row(
            "server.limits.max_response_bytes",
            server.max_response_bytes as u64,
            "bytes",
            "OUTPUT_TOO_LARGE",
            "length of an answer",
        ),
    ];
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

fn row(name: &str, value: u64, unit: &str, reason: &str, description: &str) -> Limit {
    Limit {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        reason: reason.to_owned(),
        description: description.to_owned(),
    }
}
