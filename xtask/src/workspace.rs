//! What cargo knows of the workspace: where it lies, its members and the edges between them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// The workspace as `cargo metadata` tells it.
pub(crate) struct Workspace {
    /// Folder of the root manifest.
    pub(crate) root: PathBuf,
    /// Where builds go; `target/` unless the environment says otherwise.
    pub(crate) target: PathBuf,
    /// Every member, ordered by name.
    pub(crate) members: Vec<Member>,
}

/// One crate of ours.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Folder, relative to the root.
    pub(crate) folder: String,
    pub(crate) description: String,
    pub(crate) edges: Vec<Edge>,
}

/// A dependency of one crate of ours on another.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    pub(crate) to: String,
    /// `normal`, `dev` or `build`.
    pub(crate) kind: String,
}

impl Workspace {
    /// Asks cargo; costs ~50 ms and no network.
    pub(crate) fn read() -> Result<Self> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .context("starting cargo metadata")?;
        anyhow::ensure!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        Self::from_metadata(&metadata)
    }

    fn from_metadata(metadata: &Value) -> Result<Self> {
        let root = PathBuf::from(text(metadata, "workspace_root")?);
        let packages = metadata["packages"].as_array().context("metadata lists no packages")?;
        let mut members =
            packages.iter().map(|package| member(&root, package)).collect::<Result<Vec<_>>>()?;
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { target: PathBuf::from(text(metadata, "target_directory")?), root, members })
    }

    /// A member by its package name.
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// A command of cargo at the root.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root).args(args);
        command
    }

    /// A command at the root.
    pub(crate) fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).args(args);
        command
    }
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn member(root: &Path, package: &Value) -> Result<Member> {
    let manifest = PathBuf::from(text(package, "manifest_path")?);
    let folder = manifest.parent().context("a manifest lies in a folder")?;
    let dependencies = package["dependencies"].as_array().map_or(&[][..], Vec::as_slice);
    Ok(Member {
        name: text(package, "name")?.to_owned(),
        folder: folder.strip_prefix(root)?.to_string_lossy().into_owned(),
        description: package["description"].as_str().unwrap_or_default().to_owned(),
        edges: dependencies.iter().filter_map(edge).collect(),
    })
}

/// Only dependencies by path are ours.
fn edge(dependency: &Value) -> Option<Edge> {
    dependency["path"].as_str()?;
    Some(Edge {
        to: dependency["name"].as_str()?.to_owned(),
        kind: dependency["kind"].as_str().unwrap_or("normal").to_owned(),
    })
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("cargo metadata has no `{key}`"))
}
