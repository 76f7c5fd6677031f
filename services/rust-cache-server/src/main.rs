//! The server binary.

use std::process::ExitCode;

use chassis::process::{self, Binary};
use rust_cache_server::{Config, NAME};

/// Documents and entries are many small blocks, often given back by another thread than took them: this one is faster at both
/// than that of the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let binary = Binary {
        name: NAME,
        about: "A concurrent in-memory cache that knows JSON.",
        version: env!("CARGO_PKG_VERSION"),
        env_prefix: "RUST_CACHE_SERVER_",
    };
    process::main(binary, |config: &Config| &config.server, rust_cache_server::run).await
}
