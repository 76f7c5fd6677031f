//! Files of source: names that say what is inside, and a length that a reader takes in.

use std::fs;
use std::path::Path;

use anyhow::Result;

/// Names that say nothing of what is inside.
const VAGUE: &[&str] = &["util", "utils", "common", "helper", "helpers", "manager", "misc", "prelude"];

/// Lines of a file; nine in ten have fewer than half as many.
const MOST_LINES: usize = 400;

/// Adds what is wrong with the files below `folder`, which need not be there.
pub(super) fn look(root: &Path, folder: &Path, breaches: &mut Vec<String>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let shown = path.strip_prefix(root).unwrap_or(&path).display();
        if (is_source || path.is_dir()) && VAGUE.contains(&stem.as_str()) {
            breaches.push(format!("{shown}: `{stem}` does not say what is inside; name the thing"));
        }
        if path.is_dir() {
            look(root, &path, breaches)?;
        } else if is_source {
            let lines = fs::read_to_string(&path)?.lines().count();
            if lines > MOST_LINES {
                breaches
                    .push(format!("{shown}: {lines} lines; allowed: {MOST_LINES}; split it by what it does"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{MOST_LINES, look};

    #[test]
    fn a_file_that_says_nothing_or_too_much_is_found() {
        let folder = std::env::temp_dir().join(format!("xtask-tidy-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("src/common")).unwrap();
        for (file, lines) in [
            ("src/utils.rs", 1),
            ("src/scan.rs", MOST_LINES),
            ("src/long.rs", MOST_LINES + 1),
            ("src/common/deep.rs", 1),
            ("src/prelude.jq", MOST_LINES + 1),
        ] {
            std::fs::write(folder.join(file), "\n".repeat(lines)).unwrap();
        }
        let mut found = Vec::new();
        look(&folder, &folder.join("src"), &mut found).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        found.sort();
        let files: Vec<&str> = found.iter().map(|breach| breach.split(':').next().unwrap()).collect();
        assert_eq!(files, ["src/common", "src/long.rs", "src/utils.rs"], "{found:?}");
    }
}
