//! `fastjson schema`: documents against a JSON Schema, a schema from samples, schemas by name.

mod check;
mod compat;
mod infer;
mod stored;

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::entry::Store;
use crate::error::Error;
use crate::stored::{Named, Which};
use crate::{Common, input};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Checks a document; exit 1 if the schema does not allow it.
    Check(check::Args),
    /// Prints a schema that all samples satisfy.
    Infer {
        /// The samples, in any format; standard input if absent.
        files: Vec<PathBuf>,
        #[command(flatten)]
        store: Store,
    },
    /// Registers a schema and prints its version.
    Put {
        /// The name.
        name: String,
        /// The schema, in any format; standard input if absent or `-`.
        file: Option<PathBuf>,
        /// What this and later versions owe to the one before.
        #[arg(long, value_enum)]
        compatibility: Option<Compatibility>,
        /// Only if this is the newest version; 0: only if the name is new.
        #[arg(long)]
        expect: Option<u64>,
    },
    /// Prints a registered schema.
    Get(Named),
    /// Lists registered schemas: name, version, what the name asks for, bytes, hash.
    List(Which),
    /// Deletes a version, or all of a name; exit 1 if there was none.
    Delete(Named),
    /// Says whether documents of an old schema are documents of a new one; exit 1 if not.
    Compat(compat::Args),
}

/// What a new schema owes to the one before.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Compatibility {
    /// Nothing.
    None,
    /// The new one allows all that the old one allows.
    Backward,
    /// The old one allows all that the new one allows.
    Forward,
    /// Both.
    Full,
}

impl Compatibility {
    fn wire(given: Option<Self>) -> i32 {
        let compatibility = match given {
            None => pb::Compatibility::Unspecified,
            Some(Compatibility::None) => pb::Compatibility::None,
            Some(Compatibility::Backward) => pb::Compatibility::Backward,
            Some(Compatibility::Forward) => pb::Compatibility::Forward,
            Some(Compatibility::Full) => pb::Compatibility::Full,
        };
        compatibility.into()
    }
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    match args.command {
        Command::Check(args) => check::run(common, args).await,
        Command::Infer { files, store } => infer::run(common, &files, store).await,
        Command::Put { name, file, compatibility, expect } => {
            let request = pb::PutSchemaRequest {
                name,
                schema: Some(any_format(&mut input::document(file.as_ref())?)),
                compatibility: Compatibility::wire(compatibility),
                expected_version: expect,
                ..Default::default()
            };
            stored::put(common, request).await
        }
        Command::Get(Named { name, version }) => {
            stored::get(common, pb::GetSchemaRequest { name, version }).await
        }
        Command::List(which) => stored::list(common, which).await,
        Command::Delete(Named { name, version }) => {
            stored::delete(common, pb::DeleteSchemaRequest { name, version }).await
        }
        Command::Compat(args) => compat::run(common, args).await,
    }
}

/// The document, read as what it looks like.
fn any_format(source: &mut input::Source) -> pb::Input {
    pb::Input { format: pb::Format::Auto.into(), ..source.input() }
}
