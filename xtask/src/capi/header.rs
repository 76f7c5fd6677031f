//! The header: written by cbindgen from crates/capi/src.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::process;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// Its name.
pub(super) const FILE: &str = "fastjson.h";

/// The header as it lies there, and as it would be written now.
pub(crate) struct Header {
    pub(crate) file: PathBuf,
    pub(crate) present: String,
    pub(crate) wanted: String,
}

impl Header {
    /// `None`: cbindgen cannot be had here, and that was said; in CI that is an error.
    pub(crate) fn read(workspace: &Workspace) -> Result<Option<Self>> {
        let mut toolbox = Toolbox::open(workspace);
        if !toolbox.require(&["cbindgen"])? {
            return Ok(None);
        }
        let mut cbindgen = workspace.command("cbindgen", &["--quiet", "--config", "cbindgen.toml", "."]);
        let folder = workspace.root.join("crates/capi");
        let wanted = process::capture(cbindgen.current_dir(folder).env("PATH", toolbox.path()))?;
        let file = workspace.root.join(super::INCLUDE).join(FILE);
        let present = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        Ok(Some(Self { file, present, wanted }))
    }
}
