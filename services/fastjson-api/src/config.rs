//! What an operator can set. `chassis::settings` reads it from flags, `FASTJSON_API_*` and a TOML file.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// All settings of the service.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Addresses, connection limits, logs.
    pub server: chassis::Config,
    /// Limits of documents and programs.
    pub limits: Limits,
    /// How the work is spread over threads.
    pub compute: Compute,
    /// The cache service, for inputs and outputs by reference.
    pub cache: client::Config,
}

/// Limits of documents and programs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Deepest nesting of a document in levels, at most 512; more is `DEPTH_LIMIT`. Default 128.
    pub max_depth: u32,
    /// Most values of a document; more is `NODES_LIMIT`. Default 1,000,000.
    pub max_nodes: u64,
    /// Most digits of one number; more is `NUMBER_DIGITS_LIMIT`. Default 1,000.
    pub max_number_digits: u32,
    /// Most findings that an answer carries; all are counted. Default 100.
    pub max_diagnostics: u32,
    /// Time that a query may take; more is `BUDGET_TIME`. Never past the call's deadline. Default 100ms.
    #[serde(with = "context::duration")]
    pub program_time: Duration,
    /// Time that reading, converting, patching, merging or comparing documents may take; more is `BUDGET_TIME`. Never past
    /// the call's deadline. Default 1s.
    #[serde(with = "context::duration")]
    pub document_time: Duration,
    /// Bytes of memory that a program or such work on documents may hold; more is `BUDGET_MEMORY`. Default 256 MiB.
    pub program_memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let engine = json_engine::Limits::default();
        Self {
            max_depth: engine.max_depth,
            max_nodes: engine.max_nodes,
            max_number_digits: engine.max_number_digits,
            max_diagnostics: engine.max_diagnostics,
            program_time: Duration::from_millis(100),
            document_time: Duration::from_secs(1),
            program_memory_bytes: 256 << 20,
        }
    }
}

/// How the work is spread over threads.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compute {
    /// Documents up to this many bytes are handled on the thread that received them, where no program runs. Default
    /// 64 KiB.
    pub inline_bytes: usize,
    /// Computations at the same time; default: one a core.
    pub workers: usize,
    /// Calls that may wait for a worker; one more is `OVERLOADED`. Default 1,024.
    pub queue: usize,
}

impl Default for Compute {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { inline_bytes: 64 << 10, workers, queue: 1_024 }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: chassis::Config::on_ports(50051, 9051),
            limits: Limits::default(),
            compute: Compute::default(),
            cache: client::Config::at("http://127.0.0.1:50052"),
        }
    }
}
