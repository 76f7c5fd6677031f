//! The library under the hands of others: a program in C, plainly and under valgrind, the examples of docs/capi.md, and the
//! example in Go. All of them use the library that the tests' own build made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::page::program;
use crate::artifacts::Artifacts;
use crate::process;
use crate::steps::Tally;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

const PAGE: &str = "docs/capi.md";
const GO: &str = "examples/go-engine";
/// What a static library of Rust needs of the system.
const SYSTEM: [&str; 3] = ["-lpthread", "-lm", "-ldl"];
/// A leak, or a byte that is not the program's, ends it with another code than its own.
const VALGRIND: [&str; 4] =
    ["-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible"];

/// Runs all of them on a library that was built.
pub(crate) fn check(workspace: &Workspace, artifacts: &Artifacts, toolbox: &mut Toolbox<'_>) -> Result<()> {
    let mut tally = Tally::start();
    if !toolbox.require(&["cc"])? {
        tally.ignore("capi", "what is missing stands above");
        return tally.finish();
    }
    let bench = Bench::open(workspace, artifacts, toolbox)?;
    let engine = bench.compile(&workspace.root.join("crates/capi/tests/c/engine.c"));
    let plain = engine.and_then(|engine| process::capture(&mut Command::new(engine)));
    tally.record("capi: a program in C", &plain.map(drop));
    if toolbox.require(&["valgrind"])? {
        tally.record("capi: the same under valgrind", &bench.valgrind(toolbox));
    } else {
        tally.ignore("capi: the same under valgrind", "what is missing stands above");
    }
    tally.record("capi: docs/capi.md, C", &bench.page_in_c());
    if toolbox.require(&["python3"])? {
        tally.record("capi: docs/capi.md, Python", &bench.page_in_python());
    } else {
        tally.ignore("capi: docs/capi.md, Python", "what is missing stands above");
    }
    if toolbox.require(&["go"])? {
        tally.record("capi: examples/go-engine", &bench.go(toolbox));
    } else {
        tally.ignore("capi: examples/go-engine", "what is missing stands above");
    }
    tally.finish()
}

/// Where the programs are made: `include` and `lib`, as users have them.
struct Bench<'w> {
    workspace: &'w Workspace,
    folder: PathBuf,
    include: PathBuf,
    lib: PathBuf,
}

impl<'w> Bench<'w> {
    fn open(workspace: &'w Workspace, artifacts: &Artifacts, toolbox: &Toolbox<'_>) -> Result<Self> {
        let folder = workspace.target.join("capi-test");
        let lib = folder.join("lib");
        fs::create_dir_all(&lib)?;
        let include = super::stage_header(workspace, &folder)?;
        let archive = lib.join("libfastjson.a");
        super::copy(&artifacts.folder(workspace).join("libcapi.a"), &archive)?;
        share(&archive, &folder.join("libfastjson.so"), toolbox)?;
        Ok(Self { workspace, folder, include, lib })
    }

    /// Compiles a program in C with the static library, warnings being errors.
    fn compile(&self, source: &Path) -> Result<PathBuf> {
        let name = source.file_stem().context("a source has a name")?;
        let program = self.folder.join(name);
        let mut cc =
            self.workspace.command("cc", &["-std=c11", "-g", "-Wall", "-Wextra", "-Wconversion", "-Werror"]);
        cc.arg("-I").arg(&self.include).arg(source).arg(self.lib.join("libfastjson.a"));
        process::capture(cc.args(SYSTEM).arg("-o").arg(&program))?;
        Ok(program)
    }

    fn valgrind(&self, toolbox: &Toolbox<'_>) -> Result<()> {
        let mut valgrind = self.workspace.command("valgrind", &VALGRIND);
        process::capture(valgrind.arg(self.folder.join("engine")).env("PATH", toolbox.path())).map(drop)
    }

    fn page_in_c(&self) -> Result<()> {
        let page = fs::read_to_string(self.workspace.root.join(PAGE))?;
        let example = program(&page, "c")?;
        let source = self.folder.join("page.c");
        fs::write(&source, example.text)?;
        let compiled = self.compile(&source)?;
        compare(&process::capture(&mut Command::new(compiled))?, example.prints)
    }

    fn page_in_python(&self) -> Result<()> {
        let page = fs::read_to_string(self.workspace.root.join(PAGE))?;
        let example = program(&page, "python")?;
        let source = self.folder.join("page.py");
        fs::write(&source, example.text)?;
        let mut python = Command::new("python3");
        python.arg(source).arg(self.folder.join("libfastjson.so"));
        compare(&process::capture(&mut python)?, example.prints)
    }

    /// Go compiles its own library first; that is kept in `target`.
    fn go(&self, toolbox: &Toolbox<'_>) -> Result<()> {
        let folder = self.workspace.root.join(GO);
        let mut go = Command::new("go");
        go.args(["run", "."]).current_dir(&folder).env("PATH", toolbox.path());
        go.env("GOCACHE", self.workspace.target.join("go-cache"))
            .env("GOTOOLCHAIN", "local")
            .env("CGO_ENABLED", "1");
        go.env("CGO_CFLAGS", format!("-I{}", self.include.display()));
        go.env("CGO_LDFLAGS", format!("-L{}", self.lib.display()));
        compare(&process::capture(&mut go)?, &fs::read_to_string(folder.join("expected.txt"))?)
    }
}

/// A static build has no shared library, but all of its code can be part of one.
fn share(archive: &Path, shared: &Path, toolbox: &Toolbox<'_>) -> Result<()> {
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-Wl,--whole-archive"]).arg(archive).arg("-Wl,--no-whole-archive");
    process::capture(cc.args(SYSTEM).args(["-lgcc_s", "-o"]).arg(shared).env("PATH", toolbox.path()))
        .map(drop)
}

fn compare(printed: &str, expected: &str) -> Result<()> {
    ensure!(printed == expected, "it printed\n{printed}\nand was expected to print\n{expected}");
    Ok(())
}
