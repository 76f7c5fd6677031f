//! Conformance data that lies beside the project.

use std::path::PathBuf;

/// The folder of a suite; where it is missing says so, and in CI panics.
pub(crate) fn suite(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/suites")).join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "the suite {name} is missing, and CI skips nothing");
    eprintln!("SKIPPED: the suite {name} is missing");
    None
}

/// All files of a folder with their bytes, by name.
pub(crate) fn files(folder: PathBuf) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}
