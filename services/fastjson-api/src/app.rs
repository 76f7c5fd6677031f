//! What every rpc needs, put together once.

use std::sync::Arc;

use chassis::Tasks;
use client::{CacheClient, DocumentClient};
use json_engine::{DuplicateKeys, ScanOptions};

use crate::Error;
use crate::compiled::Compiled;
use crate::compute::Compute;
use crate::config::Config;
use crate::costs::Costs;
use crate::memo::Memo;
use crate::quota::Quota;
use crate::registry::{self, Kind, Store};

/// The state of the service; clones share it.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) cache: CacheClient,
    pub(crate) documents: DocumentClient,
    pub(crate) compute: Compute,
    pub(crate) schemas: Arc<dyn Store>,
    pub(crate) recipes: Arc<dyn Store>,
    pub(crate) compiled: Compiled,
    pub(crate) costs: Arc<Costs>,
    pub(crate) memo: Memo,
    /// Places of streams.
    pub(crate) streams: Quota,
    /// Bytes that all transfers hold.
    pub(crate) transfers: Quota,
}

impl App {
    /// Puts the service together; connects to nothing, and reads the registry where it lies in files. Fails on settings that
    /// contradict each other, and on a directory that cannot be used.
    pub fn new(config: Config, tasks: Tasks) -> Result<Self, Error> {
        let cache =
            CacheClient::new(config.cache.clone()).map_err(|error| Error::Config(error.to_string()))?;
        let documents =
            DocumentClient::new(config.cache.clone()).map_err(|error| Error::Config(error.to_string()))?;
        let compute = Compute::new(&config.compute);
        let schemas = registry::open(Kind::Schema, &config.registry, &cache)?;
        let recipes = registry::open(Kind::Recipe, &config.registry, &cache)?;
        let compiled = Compiled::new(&config.compiled);
        let costs = Arc::default();
        let memo = Memo::new(&config, tasks)?;
        let streams = Quota::new("stream.streams", "streams", config.stream.streams);
        let transfers = Quota::new("transfer.total_bytes", "bytes", config.transfer.total_bytes);
        let config = Arc::new(config);
        Ok(Self {
            config,
            cache,
            documents,
            compute,
            schemas,
            recipes,
            compiled,
            costs,
            memo,
            streams,
            transfers,
        })
    }

    /// How the engine reads a document in this service.
    pub(crate) fn scan_options(&self, duplicate_keys: DuplicateKeys) -> ScanOptions {
        let limits = self.config.engine_limits();
        ScanOptions { duplicate_keys, profile: json_engine::Profile::Json, limits }
    }
}
