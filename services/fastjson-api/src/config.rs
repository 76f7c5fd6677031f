//! What an operator can set. `chassis::settings` reads it from flags, `FASTJSON_API_*` and a TOML file.

use std::path::PathBuf;
use std::time::Duration;

use chassis::config::positive;
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

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
    /// Recipes on streams of records.
    pub stream: Stream,
    /// Recipes on documents that are too large for one message.
    pub transfer: Transfer,
    /// The cache service, for inputs and outputs by reference.
    pub cache: client::Config,
    /// Schemas and recipes by name.
    pub registry: Registry,
    /// What was compiled and is kept.
    pub compiled: Compiled,
    /// Answers of recipes that the cache service keeps.
    pub memo: Memo,
}

/// Limits of documents and programs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Deepest nesting of a document in levels, at most 512; more is `DEPTH_LIMIT`. Default 128.
    #[serde(deserialize_with = "depth")]
    pub max_depth: u32,
    /// Most values of a document; more is `NODES_LIMIT`. Default 1,000,000.
    #[serde(deserialize_with = "positive")]
    pub max_nodes: u64,
    /// Most digits of one number; more is `NUMBER_DIGITS_LIMIT`. Default 1,000.
    #[serde(deserialize_with = "positive")]
    pub max_number_digits: u32,
    /// Most findings that an answer carries; all are counted. Default 100.
    pub max_diagnostics: u32,
    /// Time that a query may take; more is `BUDGET_TIME`. Never past the call's deadline. Default 100ms.
    #[serde(
        deserialize_with = "context::duration::positive",
        serialize_with = "context::duration::serialize"
    )]
    pub program_time: Duration,
    /// Time that reading, converting, patching, merging or comparing documents may take; more is `BUDGET_TIME`. Never past
    /// the call's deadline. Default 1s.
    #[serde(
        deserialize_with = "context::duration::positive",
        serialize_with = "context::duration::serialize"
    )]
    pub document_time: Duration,
    /// Bytes of memory that a program or such work on documents may hold; more is `BUDGET_MEMORY`. Default 256 MiB.
    #[serde(deserialize_with = "positive")]
    pub program_memory_bytes: u64,
}

/// As deep as the engine goes, and no deeper.
fn depth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let depth = u32::deserialize(deserializer)?;
    if (1..=json_engine::MAX_DEPTH).contains(&depth) {
        return Ok(depth);
    }
    let allowed = format!("1 to {}", json_engine::MAX_DEPTH);
    Err(D::Error::invalid_value(Unexpected::Unsigned(depth.into()), &allowed.as_str()))
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
    #[serde(deserialize_with = "positive")]
    pub workers: usize,
    /// Computations that run beside those, once they have lasted for 5 ms: they leave their worker to others. Default: one a
    /// core.
    #[serde(deserialize_with = "positive")]
    pub long_workers: usize,
    /// Calls that may wait for a worker; one more is `OVERLOADED`. Default 1,024.
    pub queue: usize,
}

impl Default for Compute {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { inline_bytes: 64 << 10, workers, long_workers: workers, queue: 1_024 }
    }
}

/// Schemas and recipes by name. Each limit holds for schemas and for recipes by themselves.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registry {
    /// Where they are kept: `memory` forgets them with the process, `file` keeps them in `directory`, `cache` in the cache service,
    /// for all replicas. Default `memory`.
    pub store: RegistryStore,
    /// Where `file` keeps them; made where it is not there. One process at a time may use it. Default: none.
    pub directory: PathBuf,
    /// Most names, with those that were deleted, since their numbers are remembered; one more is `REGISTRY_FULL`. Default
    /// 10,000.
    pub max_names: usize,
    /// Most versions of a name; one more is `REGISTRY_FULL`. Default 1,000.
    pub max_versions: usize,
    /// Longest schema in bytes; more is `SCHEMA_BYTES_LIMIT`. Default 1 MiB.
    pub max_schema_bytes: usize,
    /// Longest recipe in bytes of its JSON mapping; more is `RECIPE_BYTES_LIMIT`. Default 1 MiB.
    pub max_recipe_bytes: usize,
    /// Most bytes of all texts, each with 512 bytes around it; more is `REGISTRY_FULL`. They are held in memory. Default
    /// 256 MiB.
    pub max_total_bytes: u64,
    /// The namespace of the cache service in which `cache` keeps them; made, with the policy `none`, where it is not there. Default
    /// `fastjson.registry`.
    pub namespace: String,
    /// Bytes of that namespace where it is made; more is `REGISTRY_FULL`. Default 64 MiB.
    pub namespace_bytes: u64,
    /// Most bytes of one name in `cache`, all its versions together; more is `REGISTRY_FULL`. At most what a message takes. Default
    /// 4 MiB.
    pub max_record_bytes: usize,
    /// How often the cache service says that its watch is alive, 1s to 60s; after three times as long without a word all is read anew.
    /// Default 5s.
    #[serde(with = "context::duration")]
    pub heartbeat: Duration,
}

/// Where schemas and recipes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryStore {
    /// In memory; they end with the process.
    Memory,
    /// In a directory, one file a version.
    File,
    /// In the cache service, one entry a name; with a copy in memory, from which it is read.
    Cache,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            store: RegistryStore::Memory,
            directory: PathBuf::new(),
            max_names: 10_000,
            max_versions: 1_000,
            max_schema_bytes: 1 << 20,
            max_recipe_bytes: 1 << 20,
            max_total_bytes: 256 << 20,
            namespace: "fastjson.registry".to_owned(),
            namespace_bytes: 64 << 20,
            max_record_bytes: 4 << 20,
            heartbeat: Duration::from_secs(5),
        }
    }
}

/// Recipes on streams of records. A record may be as long as a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stream {
    /// Streams and transfers at the same time; one more is `OVERLOADED`. Default 256.
    pub streams: u64,
    /// Bytes of records that one stream holds; where there are as many, it reads no further until results are taken. Default 4 MiB.
    pub in_flight_bytes: usize,
}

impl Default for Stream {
    fn default() -> Self {
        Self { streams: 256, in_flight_bytes: 4 << 20 }
    }
}

/// Recipes on documents that are too large for one message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Transfer {
    /// Longest document, and longest answer, of a recipe that works on text alone (checks, styles, pointers); more is
    /// `TRANSFER_BYTES_LIMIT`. Default 256 MiB.
    pub max_bytes: u64,
    /// Longest document of any other recipe, which holds it as values; more is `TRANSFER_COLLECTED_LIMIT`. Default 64 MiB.
    pub collected_bytes: u64,
    /// Longest string, key or number, and longest white space behind a comma, of a document that is handled while it arrives;
    /// more is `TOKEN_BYTES_LIMIT`. Default 16 MiB.
    pub max_token_bytes: usize,
    /// Bytes that all transfers hold together: documents and answers, or of one that is handled while it arrives what is at
    /// hand; more is `OVERLOADED`. Default 1 GiB.
    pub total_bytes: u64,
    /// Most values of a document that is held as values; more is `NODES_LIMIT`. Default 4,000,000.
    pub max_nodes: u64,
    /// Time that a recipe may take once the document is there; more is `BUDGET_TIME`. Never past the call's deadline. Default 30s.
    #[serde(with = "context::duration")]
    pub time: Duration,
}

impl Default for Transfer {
    fn default() -> Self {
        Self {
            max_bytes: 256 << 20,
            collected_bytes: 64 << 20,
            max_token_bytes: 16 << 20,
            total_bytes: 1 << 30,
            max_nodes: 4_000_000,
            time: Duration::from_secs(30),
        }
    }
}

/// Compiled queries, schemas and recipes that are kept for the next call; the least recently used go first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compiled {
    /// Most of them. Default 10,000.
    pub max_entries: u64,
    /// Most bytes that they take, by an estimate from the length of their sources. Default 64 MiB.
    pub max_bytes: u64,
}

impl Default for Compiled {
    fn default() -> Self {
        Self { max_entries: 10_000, max_bytes: 64 << 20 }
    }
}

/// Answers of recipes that the cache service keeps, for all callers and replicas.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Memo {
    /// Whether calls may use them. Default true.
    pub enabled: bool,
    /// The namespace of the cache service that has them; made where it is not there. Default `fastjson.memo`.
    pub namespace: String,
    /// Bytes that the namespace may hold, where it is made here. Default 64 MiB.
    pub capacity_bytes: u64,
    /// How long an answer is kept. Default 1h.
    #[serde(with = "context::duration")]
    pub ttl: Duration,
    /// How long a look-up may take; then the answer is computed, and for a second no other is made. Default 20ms.
    #[serde(with = "context::duration")]
    pub timeout: Duration,
    /// Longest answer that is kept, in bytes. Default 1 MiB.
    pub max_result_bytes: usize,
    /// How much longer a recipe may take for a look-up that finds nothing, in percent of computing it. Default 5.
    pub max_loss_percent: u32,
    /// Answers that are on their way to the cache service at the same time; one more is not kept. Default 64.
    pub max_keeping: usize,
    /// A word of the operator that is part of every key: replicas share the answers of one edition. Default: empty.
    pub edition: String,
}

impl Default for Memo {
    fn default() -> Self {
        Self {
            enabled: true,
            namespace: "fastjson.memo".to_owned(),
            capacity_bytes: 64 << 20,
            ttl: Duration::from_hours(1),
            timeout: Duration::from_millis(20),
            max_result_bytes: 1 << 20,
            max_loss_percent: 5,
            max_keeping: 64,
            edition: String::new(),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: chassis::Config::on_ports(50051, 9051),
            limits: Limits::default(),
            compute: Compute::default(),
            stream: Stream::default(),
            transfer: Transfer::default(),
            cache: client::Config::of_peer("http://127.0.0.1:50052"),
            registry: Registry::default(),
            compiled: Compiled::default(),
            memo: Memo::default(),
        }
    }
}

impl Config {
    /// The limits of documents, as the engine takes them.
    pub(crate) fn engine_limits(&self) -> json_engine::Limits {
        let (limits, server) = (&self.limits, &self.server.limits);
        json_engine::Limits {
            max_bytes: server.max_request_bytes as u64,
            max_depth: limits.max_depth.min(json_engine::MAX_DEPTH),
            max_nodes: limits.max_nodes,
            max_number_digits: limits.max_number_digits,
            max_diagnostics: limits.max_diagnostics,
            max_output_bytes: server.max_response_bytes as u64,
        }
    }
}
