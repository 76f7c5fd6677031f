//! What is built, with which flags, and where it then lies.
//!
//! Tests and containers share one build: the tests' own profile, linked statically, so that a machine with two cores
//! compiles the dependencies once. The target is always named, because flags would otherwise reach proc-macros, which
//! cannot be static. Checks name it too: only then do they share build scripts and proc-macros with the tests
//! (measured on `client`: 9 units compiled again instead of 61).

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process;
use crate::workspace::Workspace;

/// How hard the compiler works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// The tests' own.
    Dev,
    /// What users get.
    Release,
}

impl Profile {
    /// The folder that cargo names after it.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// A build for this machine.
pub(crate) struct Artifacts {
    triple: String,
    profile: Profile,
}

impl Artifacts {
    /// Asks the compiler what this machine is.
    pub(crate) fn of(profile: Profile) -> Result<Self> {
        let version = process::capture(Command::new("rustc").arg("-vV"))?;
        let triple = version.lines().find_map(|line| line.strip_prefix("host: "));
        Ok(Self { triple: triple.context("rustc -vV names no host")?.to_owned(), profile })
    }

    /// Whether the programs run in an image that holds nothing else.
    pub(crate) fn are_static(&self) -> bool {
        self.triple.contains("-linux-")
    }

    /// A command of cargo that builds in this way.
    pub(crate) fn cargo(&self, workspace: &Workspace, args: &[&str]) -> Command {
        let mut command = workspace.cargo(args);
        command.args(["--target", &self.triple]);
        if self.profile == Profile::Release {
            command.arg("--release");
        }
        for variable in ["RUSTFLAGS", "RUSTDOCFLAGS"] {
            command.env(variable, self.flags(variable));
        }
        command
    }

    /// The flags of the compiler or of rustdoc, after those that the environment has.
    pub(crate) fn flags(&self, variable: &str) -> String {
        let present = std::env::var(variable).unwrap_or_default();
        if !self.are_static() {
            return present;
        }
        format!("{present} -C target-feature=+crt-static").trim_start().to_owned()
    }

    /// Where the programs lie.
    pub(crate) fn folder(&self, workspace: &Workspace) -> PathBuf {
        workspace.target.join(&self.triple).join(self.profile.folder())
    }
}
