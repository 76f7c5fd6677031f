//! `fastjson validate`: the verdict, as an exit code and findings.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::error::{Error, NO};
use crate::{Common, input, output, transfer};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The documents, up to 256 MiB; standard input if absent or `-`. Of several each is named; exit 1 if one is not valid.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What is done about objects that have a key twice.
    #[arg(long, value_enum, default_value = "report")]
    duplicate_keys: DuplicateKeys,
    /// What is reported beyond the grammar.
    #[arg(long, value_enum, default_value = "json")]
    profile: Profile,
    /// Deepest nesting allowed, 1 to 512.
    #[arg(long)]
    max_depth: Option<u32>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let backend = Backend::new(common)?;
    if let [] | [_] = args.files.as_slice() {
        let document = input::large_document(args.files.first())?;
        if !is_valid(&backend, &args, document).await? {
            return Ok(ExitCode::from(NO));
        }
        output::line(b"valid")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut code = 0;
    for file in &args.files {
        let document = input::large_document(Some(file))?;
        let name = document.name.clone();
        if is_valid(&backend, &args, document).await? {
            output::line(format!("{name}: valid").as_bytes())?;
        } else {
            code = NO;
        }
    }
    Ok(ExitCode::from(code))
}

/// The verdict on one document; its findings are printed.
async fn is_valid(backend: &Backend, args: &Args, mut document: input::Source) -> Result<bool, Error> {
    let profile = match args.profile {
        Profile::Json => pb::Profile::Json,
        Profile::IJson => pb::Profile::IJson,
    };
    let (duplicate_keys, profile) = (pb::DuplicateKeys::from(args.duplicate_keys).into(), profile.into());
    if transfer::is_needed(&document) {
        if args.max_depth.is_some() {
            return Err(transfer::refuse("--max-depth"));
        }
        let step = pb::ValidateStep { duplicate_keys, profile };
        return transfer::is_passed(backend, pb::step::Step::Validate(step), document).await;
    }
    let max_depth = args.max_depth;
    let request = pb::ValidateRequest { input: Some(document.input()), duplicate_keys, profile, max_depth };
    let verdict = backend.validate(request).await.map_err(|error| error.about(&document.name))?;
    output::diagnostics(&document.name, &verdict.diagnostics, verdict.diagnostics_total);
    Ok(verdict.valid)
}

/// What is done about objects that have a key twice.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum DuplicateKeys {
    /// A warning for each.
    Report,
    /// An error for each.
    Reject,
    /// The first counts.
    First,
    /// The last counts.
    Last,
}

impl From<DuplicateKeys> for pb::DuplicateKeys {
    fn from(keys: DuplicateKeys) -> Self {
        match keys {
            DuplicateKeys::Report => Self::Report,
            DuplicateKeys::Reject => Self::Reject,
            DuplicateKeys::First => Self::First,
            DuplicateKeys::Last => Self::Last,
        }
    }
}

/// What is reported beyond the grammar.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Profile {
    /// Nothing: RFC 8259.
    Json,
    /// RFC 7493: numbers that a double does not hold, noncharacters.
    IJson,
}
