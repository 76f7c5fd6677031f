//! Compiles `proto/` by protox, a compiler in Rust, so that no protoc is needed on any machine.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost::Message as _;

const FILES: &[&str] = &[
    "fastjson/v1/input.proto",
    "fastjson/v1/diagnostic.proto",
    "fastjson/v1/limits.proto",
    "fastjson/v1/recipe.proto",
    "fastjson/v1/json_service.proto",
    "fastjson/v1/schema_service.proto",
    "fastjson/v1/registry_record.proto",
    "fastjson/v1/recipe_service.proto",
    "rustcache/v1/entry.proto",
    "rustcache/v1/watch.proto",
    "rustcache/v1/cache_service.proto",
    "rustcache/v1/insight.proto",
    "rustcache/v1/admin_service.proto",
    "rustcache/v1/load_service.proto",
    "rustcache/v1/document_service.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let descriptors = protox::compile(FILES, [&root])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    // Payloads are `Bytes`, so that they leave and enter network frames without a copy of ours.
    tonic_prost_build::configure().bytes(".").compile_fds(descriptors)?;
    Ok(())
}
