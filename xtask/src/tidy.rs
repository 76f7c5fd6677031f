//! `cargo x tidy`: the floors, the manifests and the names of modules.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

use crate::workspace::Workspace;
use crate::{expect_only, floors};

/// Package keys that every member takes from the root.
const INHERITED: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

/// Names that say nothing of what is inside.
const VAGUE: &[&str] = &["util", "utils", "common", "helper", "helpers", "manager", "misc", "prelude"];

/// Fails with every breach that it finds.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    expect_only(args, &[])?;
    let mut breaches = strangers(workspace)?;
    for member in &workspace.members {
        breaches.extend(floors::breaches(member));
        let folder = workspace.root.join(&member.folder);
        let text = fs::read_to_string(folder.join("Cargo.toml"))?;
        let manifest: Table =
            text.parse().with_context(|| format!("reading the manifest in {}", member.folder))?;
        breaches.extend(manifest_breaches(&member.folder, &manifest));
        for part in ["src", "tests", "benches"] {
            vague_names(&workspace.root, &folder.join(part), &mut breaches)?;
        }
    }
    if breaches.is_empty() {
        println!("{} crates, each on its floor", workspace.members.len());
        return Ok(());
    }
    bail!("{} breaches\n{}", breaches.len(), breaches.join("\n"))
}

/// Folders where a crate is expected and none is known.
fn strangers(workspace: &Workspace) -> Result<Vec<String>> {
    let mut strangers = Vec::new();
    for parent in ["crates", "services"] {
        for entry in fs::read_dir(workspace.root.join(parent))? {
            let folder = format!("{parent}/{}", entry?.file_name().to_string_lossy());
            if !floors::ROOMS.iter().any(|room| room.folder == folder) {
                strangers.push(format!("{folder}: no floor; give it a line in xtask/src/floors.rs"));
            } else if !workspace.members.iter().any(|member| member.folder == folder) {
                strangers.push(format!("{folder}: not a member of the workspace"));
            }
        }
    }
    Ok(strangers)
}

fn manifest_breaches(folder: &str, manifest: &Table) -> Vec<String> {
    let mut breaches = Vec::new();
    if !inherits(manifest.get("lints")) {
        breaches.push(format!("{folder}: `[lints] workspace = true` is missing"));
    }
    let package = manifest.get("package");
    for key in INHERITED {
        if !inherits(package.and_then(|package| package.get(key))) {
            breaches.push(format!("{folder}: `{key}.workspace = true` is missing under [package]"));
        }
    }
    if package.and_then(|package| package.get("description")).is_none() {
        breaches.push(format!("{folder}: `description` is missing under [package]; one line, what it is"));
    }
    for (name, dependency) in dependencies(manifest) {
        if !inherits(Some(dependency)) {
            breaches.push(format!(
                "{folder}: `{name}` names its own source; versions stand in the root's [workspace.dependencies] only"
            ));
        }
    }
    breaches
}

fn inherits(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
}

/// All dependencies of a manifest: normal, dev, build, and those of a single platform.
fn dependencies(manifest: &Table) -> Vec<(&String, &Value)> {
    const TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let platforms = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let tables = platforms.filter_map(|(_, platform)| platform.as_table()).chain([manifest]);
    tables
        .flat_map(|table| TABLES.iter().filter_map(|name| table.get(*name)?.as_table()))
        .flat_map(Table::iter)
        .collect()
}

fn vague_names(root: &Path, folder: &Path, breaches: &mut Vec<String>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_module = path.is_dir() || path.extension().is_some_and(|extension| extension == "rs");
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if is_module && VAGUE.contains(&stem.as_str()) {
            let shown = path.strip_prefix(root).unwrap_or(&path).display();
            breaches.push(format!("{shown}: `{stem}` does not say what is inside; name the thing"));
        }
        if path.is_dir() {
            vague_names(root, &path, breaches)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Table, manifest_breaches, vague_names};

    const GOOD: &str = r#"
        lints.workspace = true
        [package]
        name = "new"
        description = "What it is."
        version.workspace = true
        edition.workspace = true
        rust-version.workspace = true
        license.workspace = true
        publish.workspace = true
        [dependencies]
        bytes.workspace = true
        tokio = { workspace = true, features = ["fs"] }
    "#;

    fn check(manifest: &str, expected: &[&str]) {
        let manifest: Table = manifest.parse().unwrap();
        let found = manifest_breaches("crates/new", &manifest);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (breach, part) in found.iter().zip(expected) {
            assert!(breach.contains(part), "{breach:?} should say {part:?}");
        }
    }

    #[test]
    fn a_manifest_that_inherits_everything_passes() {
        check(GOOD, &[]);
    }

    #[test]
    fn a_missing_inheritance_is_found() {
        check(&GOOD.replace("lints.workspace = true", ""), &["[lints]"]);
        check(&GOOD.replace("license.workspace = true", "license = \"MIT\""), &["`license."]);
        check(&GOOD.replace("description", "homepage"), &["`description`"]);
    }

    #[test]
    fn a_version_of_its_own_is_found() {
        check(&GOOD.replace("bytes.workspace = true", "bytes = \"1\""), &["`bytes`"]);
        check(&format!("{GOOD}\n[dev-dependencies]\nhttp = {{ version = \"1\" }}"), &["`http`"]);
        check(&format!("{GOOD}\n[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\""), &["`libc`"]);
    }

    #[test]
    fn a_module_that_says_nothing_is_found() {
        let folder = std::env::temp_dir().join(format!("xtask-tidy-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("src/common")).unwrap();
        for file in ["src/utils.rs", "src/scan.rs", "src/common/deep.rs", "src/prelude.jq"] {
            std::fs::write(folder.join(file), "").unwrap();
        }
        let mut found = Vec::new();
        vague_names(&folder, &folder.join("src"), &mut found).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        found.sort();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("src/common:") && found[1].starts_with("src/utils.rs:"), "{found:?}");
    }
}
