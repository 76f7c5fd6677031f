//! The stores of a registry: what is said of one is to hold for all.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use fastjson_api::config::{Registry, RegistryStore};
use testkit::{Pair, PairConfig};

/// A directory of its own, removed at the end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fastjson-e2e-{name}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _none_before = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_dir_all(&self.0);
    }
}

/// A store, with a directory for what it may keep.
pub(crate) struct Stores(RegistryStore, Scratch);

impl Stores {
    /// One of each.
    pub(crate) fn new() -> [Self; 3] {
        [RegistryStore::Memory, RegistryStore::File, RegistryStore::Cache]
            .map(|store| Self(store, Scratch::new("stores")))
    }

    /// Both services, whose registry is kept here.
    pub(crate) async fn start(&self) -> Pair {
        self.start_with(Registry::default()).await
    }

    pub(crate) async fn start_with(&self, registry: Registry) -> Pair {
        let mut config = PairConfig::default();
        config.json.registry = Registry { store: self.0, directory: self.1.0.clone(), ..registry };
        Pair::start_with(config).await
    }
}
