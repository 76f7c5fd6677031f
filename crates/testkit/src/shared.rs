//! Data that lies beside the project: suites and documents.

use std::path::PathBuf;

/// The path of something in `../shared`, or `None` where the project is checked out without it; then say so by
/// [`missing`] and skip.
pub fn shared(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(path);
    full.exists().then_some(full)
}

/// Says that a test was skipped for want of `what`; in CI, where nothing may be skipped, panics.
#[allow(clippy::print_stderr, reason = "a skipped test must say so")]
pub fn missing(what: &str) {
    let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!is_ci, "{what} is missing, and CI skips nothing");
    eprintln!("SKIPPED: {what} is missing");
}
