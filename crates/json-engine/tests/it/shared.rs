//! Conformance data that lies beside the project.

use std::path::PathBuf;

/// The folder of a suite; where it is missing says so, and in CI panics.
pub(crate) fn suite(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/suites")).join(name);
    if path.exists() {
        return Some(path);
    }
    let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!is_ci, "{} is missing, and CI skips nothing", path.display());
    eprintln!("SKIPPED: {} is missing", path.display());
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
    assert!(!files.is_empty(), "a folder without files proves nothing");
    files
}

/// The cells between backticks of the rows of a page of `docs`, for rows of `cells` cells.
pub(crate) fn documented(page: &str, cells: usize) -> Vec<Vec<String>> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(page);
    let text = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| -> Vec<String> {
        let inside = line.trim_matches('|').split(" | ");
        inside.map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    let rows = text.lines().filter(|line| line.starts_with("| `")).map(row);
    let rows: Vec<_> = rows.filter(|row| row.len() == cells).collect();
    assert!(!rows.is_empty(), "{page} has no row of {cells} cells any more");
    rows
}
