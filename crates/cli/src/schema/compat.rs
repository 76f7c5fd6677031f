//! `fastjson schema compat`: whether documents of one schema are documents of another.

use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use super::Compatibility;
use crate::backend::Backend;
use crate::error::{Error, NO};
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The new schema: a file, or the JSON itself where it begins with `{`.
    new: String,
    /// The old schema, likewise.
    #[arg(long, required_unless_present = "name", conflicts_with = "name")]
    old: Option<String>,
    /// The registered schema that is the old one.
    #[arg(long)]
    name: Option<String>,
    /// Its version; the newest if absent.
    #[arg(long, requires = "name")]
    version: Option<u64>,
    /// What is asked for; without it what the name asks for, else backward.
    #[arg(long, value_enum)]
    compatibility: Option<Compatibility>,
}

pub(super) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let old = args.old.map(|old| input::inline_or_document(&old, '{')).transpose()?;
    let request = pb::CheckCompatibilityRequest {
        name: args.name.unwrap_or_default(),
        version: args.version,
        old_schema: old.map(|mut old| old.input()),
        new_schema: Some(input::inline_or_document(&args.new, '{')?.input()),
        compatibility: Compatibility::wire(args.compatibility),
        ..Default::default()
    };
    let verdict = Backend::new(common)?.check_compatibility(request).await?;
    if verdict.compatible {
        output::line(b"compatible")?;
        return Ok(ExitCode::SUCCESS);
    }
    tell(&verdict);
    Ok(ExitCode::from(NO))
}

/// Writes why not.
#[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
fn tell(verdict: &pb::CheckCompatibilityResponse) {
    for reason in &verdict.reasons {
        let word = if reason.breaks { "breaks" } else { "undecided" };
        let direction = reason.direction().as_str_name().trim_start_matches("COMPATIBILITY_");
        eprintln!("{word}[{direction}]: {}", reason.message);
        if !reason.example.is_empty() {
            eprintln!("   = example: {}", reason.example);
        }
    }
    if verdict.reasons_total > verdict.reasons.len() as u64 {
        eprintln!("{} reasons in all", verdict.reasons_total);
    }
}
