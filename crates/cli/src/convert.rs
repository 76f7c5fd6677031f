//! `fastjson convert`: a document in another format.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::entry::Store;
use crate::error::Error;
use crate::memo::Memo;
use crate::{Common, input, output, transfer};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document, up to 256 MiB; standard input if absent or `-`.
    file: Option<PathBuf>,
    /// What it is read as; without it the name of the file tells, else what it looks like.
    #[arg(long, value_enum)]
    from: Option<Format>,
    /// What it is written as.
    #[arg(long, value_enum)]
    to: Format,
    /// Refuse to lose anything.
    #[arg(long)]
    strict: bool,
    /// Write bytes, dates, tags and the like as objects that come back as what they stand for.
    #[arg(long)]
    tagged: bool,
    /// Spaces a level where JSON is written, 0 to 16.
    #[arg(long)]
    indent: Option<u32>,
    /// How many of the losses and warnings to print; all are counted.
    #[arg(long, default_value_t = 5)]
    show: usize,
    /// Whether an answer that the cache service keeps may be given.
    #[arg(long, default_value = "auto")]
    memo: Memo,
    #[command(flatten)]
    store: Store,
    #[command(flatten)]
    csv: Csv,
}

/// How CSV is read and written.
#[derive(Debug, clap::Args)]
struct Csv {
    /// The character between cells of CSV.
    #[arg(long, default_value = ",")]
    csv_delimiter: String,
    /// The first row of CSV is no header.
    #[arg(long)]
    csv_no_header: bool,
    /// Cells of CSV that look like numbers, true, false or nothing are that.
    #[arg(long)]
    csv_typed: bool,
    /// Names of columns of CSV are paths.
    #[arg(long)]
    csv_nested: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Whatever it looks like; only read.
    Auto,
    /// JSON.
    Json,
    /// JSON5 or JSON with comments; only read.
    Json5,
    /// JSON, one document a line.
    Ndjson,
    /// YAML 1.2.
    Yaml,
    /// TOML 1.1.
    Toml,
    /// TOML 1.0: what only 1.1 allows is refused; only read.
    #[value(name = "toml-1.0")]
    Toml10,
    /// Comma separated values.
    Csv,
    /// CBOR.
    Cbor,
    /// MessagePack.
    Msgpack,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let (backend, mut document) = (Backend::new(common)?, input::large_document(args.file.as_ref())?);
    let from = args.from.or_else(|| by_name(Path::new(&document.name))).unwrap_or(Format::Auto);
    let step = pb::ConvertStep {
        from: wire(from).into(),
        to: wire(args.to).into(),
        fidelity: if args.strict { pb::Fidelity::Strict } else { pb::Fidelity::Report }.into(),
        foreign: if args.tagged { pb::Foreign::Tagged } else { pb::Foreign::Plain }.into(),
        csv: Some(args.csv.into()),
        indent: args.indent,
        documents: 0,
    };
    let (name, store_as) = (document.name.clone(), args.store.wire());
    if transfer::is_needed(&document) {
        let header = transfer::steps([pb::step::Step::Convert(step)], store_as);
        let summary = transfer::written(&backend, header, document).await?;
        told(&name, &summary.diagnostics, summary.diagnostics_total, args.show);
        return Ok(ExitCode::SUCCESS);
    }
    let request = pb::ConvertRequest { store_as, ..request(document.input(), step, args.memo) };
    let answer = backend.convert(request).await.map_err(|error| error.about(&name))?;
    told(&name, &answer.diagnostics, answer.diagnostics_total, args.show);
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}

fn request(input: pb::Input, step: pb::ConvertStep, memo: Memo) -> pb::ConvertRequest {
    let pb::ConvertStep { from, to, fidelity, foreign, csv, indent, documents } = step;
    let input = Some(pb::Input { format: from, ..input });
    let memo = memo.into();
    pb::ConvertRequest { input, to, fidelity, foreign, csv, indent, documents, memo, ..Default::default() }
}

fn told(name: &str, diagnostics: &[pb::Diagnostic], total: u64, show: usize) {
    output::diagnostics(name, &diagnostics[..diagnostics.len().min(show)], total);
}

impl From<Csv> for pb::CsvOptions {
    fn from(csv: Csv) -> Self {
        use pb::csv_options::{Cells, Header, Paths};
        Self {
            delimiter: csv.csv_delimiter,
            header: if csv.csv_no_header { Header::Absent } else { Header::Present }.into(),
            cells: if csv.csv_typed { Cells::Typed } else { Cells::Text }.into(),
            paths: if csv.csv_nested { Paths::Nested } else { Paths::Flat }.into(),
        }
    }
}

/// What the end of a file's name says.
pub(crate) fn by_name(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()? {
        "json" => Some(Format::Json),
        "json5" | "jsonc" => Some(Format::Json5),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        "yaml" | "yml" => Some(Format::Yaml),
        "toml" => Some(Format::Toml),
        "csv" => Some(Format::Csv),
        "cbor" => Some(Format::Cbor),
        "msgpack" => Some(Format::Msgpack),
        _ => None,
    }
}

pub(crate) fn wire(format: Format) -> pb::Format {
    match format {
        Format::Auto => pb::Format::Auto,
        Format::Json => pb::Format::Json,
        Format::Json5 => pb::Format::Json5,
        Format::Ndjson => pb::Format::Ndjson,
        Format::Yaml => pb::Format::Yaml,
        Format::Toml => pb::Format::Toml,
        Format::Toml10 => pb::Format::Toml10,
        Format::Csv => pb::Format::Csv,
        Format::Cbor => pb::Format::Cbor,
        Format::Msgpack => pb::Format::Msgpack,
    }
}
