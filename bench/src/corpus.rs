//! The documents that everything is measured on.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// Every JSON document of the corpus, by name.
pub(crate) fn corpus() -> Result<Vec<(String, Vec<u8>)>> {
    let folder: PathBuf =
        testkit::shared("corpus").context("../shared/corpus is missing; the benchmarks need it")?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, std::fs::read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}
