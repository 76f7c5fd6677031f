//! What the registries of schemas and recipes share on the command line.

use std::process::ExitCode;

use crate::error::{Error, NO};
use crate::output;

/// Rows that are asked for at a time.
pub(crate) const PAGE: u32 = 1_000;

/// Which rows of a list.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// The versions of this name instead of the newest of each name.
    pub(crate) name: Option<String>,
    /// Only names that begin with it.
    #[arg(long, default_value = "", conflicts_with = "name")]
    pub(crate) prefix: String,
}

/// A name, and perhaps a version.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// The name.
    pub(crate) name: String,
    /// The version; without it the newest, and for a deletion all.
    #[arg(long)]
    pub(crate) version: Option<u64>,
}

/// Prints how many were deleted; exit 1 if none was there.
pub(crate) fn deleted(count: u64) -> Result<ExitCode, Error> {
    output::line(count.to_string().as_bytes())?;
    Ok(if count == 0 { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}
