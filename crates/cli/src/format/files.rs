//! `fastjson format --in-place|--check`: files that are to be in a style.
//!
//! Promise: a file has its old text or its new one, never a part; the first that is no document ends the command. Cost: the text twice.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;
use pb::output::Result as Text;
use tempfile::NamedTempFile;

use super::{Args, by_message};
use crate::backend::Backend;
use crate::error::{Error, NO};
use crate::input::{self, Source};
use crate::{output, transfer};

pub(super) async fn run(backend: &Backend, args: &Args, step: pb::FormatStep) -> Result<ExitCode, Error> {
    if args.files.is_empty() {
        return Ok(ExitCode::from(one(backend, args, step, None).await?));
    }
    let mut code = 0;
    for file in &args.files {
        code = code.max(one(backend, args, step, Some(file)).await?);
    }
    Ok(ExitCode::from(code))
}

/// Gives the exit code.
async fn one(
    backend: &Backend,
    args: &Args,
    step: pb::FormatStep,
    file: Option<&PathBuf>,
) -> Result<u8, Error> {
    let mut document = input::large_document(file)?;
    let (name, bytes) = (document.name.clone(), document.take_bytes());
    let Some(before) = bytes else { return Err(not_a_file(&name)) };
    document.bytes.clone_from(&before);
    let after = formatted(backend, step, document).await?;
    if after == before {
        return Ok(0);
    }
    if args.check {
        output::line(name.as_bytes())?;
        return Ok(NO);
    }
    match file.filter(|file| file.as_path() != Path::new("-")) {
        Some(file) => replace(file, &after).map_err(|source| Error::File { what: name, source })?,
        None => return Err(not_a_file(&name)),
    }
    Ok(0)
}

fn not_a_file(name: &str) -> Error {
    Error::Usage(format!("{name}: allowed here: files"))
}

/// The text in its style, with one line end.
async fn formatted(backend: &Backend, step: pb::FormatStep, document: Source) -> Result<Vec<u8>, Error> {
    let mut text = if transfer::is_needed(&document) {
        let header = transfer::steps([pb::step::Step::Format(step)], None);
        transfer::collected(backend, header, document).await?
    } else {
        match by_message(backend, step, None, document).await?.output.and_then(|output| output.result) {
            Some(Text::Data(data)) => data.to_vec(),
            Some(Text::Text(text)) => text.into_bytes(),
            Some(Text::Ref(_)) | None => Vec::new(),
        }
    };
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    Ok(text)
}

/// Writes beside the file and moves it there; a link goes on pointing to it, and who may read it stays.
fn replace(file: &Path, text: &[u8]) -> std::io::Result<()> {
    let file = file.canonicalize()?;
    let mut beside = NamedTempFile::new_in(file.parent().unwrap_or(Path::new(".")))?;
    beside.write_all(text)?;
    beside.as_file().set_permissions(file.metadata()?.permissions())?;
    beside.as_file().sync_all()?;
    beside.persist(&file)?;
    Ok(())
}
