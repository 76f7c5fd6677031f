//! `cargo x capi`: the C library as its users get it; its header; and the programs in C, Go and Python that prove it.

mod header;
mod page;
mod programs;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::artifacts::{Artifacts, Profile};
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use crate::{expect_only, process, test};

pub(crate) use header::Header;
pub(crate) use programs::check;

/// Where the header lies.
const INCLUDE: &str = "crates/capi/include";
/// The name that the loader looks for; its number changes when old programs could no longer use the library.
const SHARED_NAME: &str = "libfastjson.so.0";

/// Builds both libraries in release into `target/capi`; with `test` runs the programs that use them.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    expect_only(args, &["test"])?;
    if !args.is_empty() {
        let artifacts = Artifacts::of(Profile::Dev)?;
        test::build(workspace, &artifacts)?;
        return check(workspace, &artifacts, &mut Toolbox::open(workspace));
    }
    build_release(workspace)
}

fn build_release(workspace: &Workspace) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "the shared library gets its name from a linker of Linux");
    let kinds = ["rustc", "--release", "--package", "capi", "--lib", "--crate-type", "staticlib,cdylib"];
    let mut cargo = workspace.cargo(&kinds);
    process::run(cargo.args(["--", "-C", &format!("link-arg=-Wl,-soname,{SHARED_NAME}")]))?;
    let folder = workspace.target.join("capi");
    stage(workspace, &workspace.target.join("release"), &folder)?;
    println!("{}", folder.display());
    Ok(())
}

/// Puts header, libraries and flags where a program looks for them.
fn stage(workspace: &Workspace, built: &Path, folder: &Path) -> Result<()> {
    let lib = folder.join("lib");
    fs::create_dir_all(lib.join("pkgconfig"))?;
    stage_header(workspace, folder)?;
    copy(&built.join("libcapi.a"), &lib.join("libfastjson.a"))?;
    copy(&built.join("libcapi.so"), &lib.join(SHARED_NAME))?;
    let link = lib.join("libfastjson.so");
    if link.is_symlink() {
        fs::remove_file(&link)?;
    }
    symlink(SHARED_NAME, &link).with_context(|| format!("linking {}", link.display()))?;
    fs::write(lib.join("pkgconfig/fastjson.pc"), flags())?;
    Ok(())
}

fn stage_header(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let include = folder.join("include");
    fs::create_dir_all(&include)?;
    copy(&workspace.root.join(INCLUDE).join(header::FILE), &include.join(header::FILE))?;
    Ok(include)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).with_context(|| format!("{} was not built", from.display()))
}

/// What pkg-config tells; the folder may be moved.
fn flags() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "prefix=${{pcfiledir}}/../..\n\
         Name: fastjson\n\
         Description: Validate, format, convert and query JSON\n\
         Version: {version}\n\
         Cflags: -I${{prefix}}/include\n\
         Libs: -L${{prefix}}/lib -lfastjson\n\
         Libs.private: -lpthread -lm -ldl\n"
    )
}
