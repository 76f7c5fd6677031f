//! The server binary.

use std::process::ExitCode;

use chassis::process::{self, Binary};
use fastjson_api::{Config, NAME};

/// Documents and entries are many small blocks, often given back by another thread than took them: this one is faster at both
/// than that of the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let binary = Binary {
        name: NAME,
        about: "JSON work as a service.",
        version: env!("CARGO_PKG_VERSION"),
        env_prefix: "FASTJSON_API_",
    };
    process::main(binary, |config: &Config| &config.server, fastjson_api::run).await
}
