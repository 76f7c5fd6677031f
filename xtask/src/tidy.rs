//! `cargo x tidy`: the floors, the manifests, and the names and lengths of files.

mod sources;

use std::fs;

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

use crate::workspace::Workspace;
use crate::{expect_only, floors};

/// Package keys that every member takes from the root.
const INHERITED: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

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
        for part in ["src", "tests", "benches", "examples", "fuzz"] {
            sources::look(&workspace.root, &folder.join(part), &mut breaches)?;
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
        if floors::is_barred(folder, name) {
            breaches
                .push(format!("{folder}: must not use `{name}`; xtask/src/floors.rs says what is barred"));
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

#[cfg(test)]
mod tests {
    use super::{Table, manifest_breaches};

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
    fn a_library_that_a_crate_must_not_know_is_found() {
        let engine = |manifest: &str| manifest_breaches("crates/json-engine", &manifest.parse().unwrap());
        let found = engine(GOOD);
        assert!(found.len() == 1 && found[0].contains("must not use `tokio`"), "{found:?}");
        let in_tests = GOOD.replace("[dependencies]", "[dev-dependencies]");
        assert_eq!(engine(&in_tests).len(), 1, "tests are bound by the same rule");
    }
}
