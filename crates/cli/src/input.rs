//! The document that a command works on: a file, or standard input.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use fastjson_proto::fastjson::v1 as pb;

use crate::error::Error;

/// Longest document that one call takes, in bytes.
const MAX_BYTES: u64 = 4 << 20;

/// What was read, and from where.
pub(crate) struct Source {
    /// The file, or `<stdin>`, as findings name it.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Reads `file`, or standard input where it is absent or `-`.
pub(crate) fn read(file: Option<&PathBuf>) -> Result<Source, Error> {
    let path = file.map(PathBuf::as_path).filter(|path| *path != Path::new("-"));
    let name = path.map_or_else(|| "<stdin>".to_owned(), |path| path.display().to_string());
    let mut bytes = Vec::new();
    let read = match path {
        None => std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes),
        Some(path) => {
            std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        }
    };
    read.map_err(|source| Error::File { what: name.clone(), source })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::Usage(format!("{name} has more than {MAX_BYTES} bytes, which is the most")));
    }
    Ok(Source { name, bytes })
}

/// The text itself where it begins with `first`, else the file of that name.
pub(crate) fn inline_or_file(given: &str, first: char) -> Result<Source, Error> {
    if given.trim_start().starts_with(first) {
        return Ok(Source { name: "<argument>".to_owned(), bytes: given.as_bytes().to_vec() });
    }
    read(Some(&PathBuf::from(given)))
}

impl Source {
    /// The document as an input of the contract; the name stays.
    pub(crate) fn input(&mut self) -> pb::Input {
        let source = pb::input::Source::Data(std::mem::take(&mut self.bytes).into());
        pb::Input { source: Some(source), format: pb::Format::Json.into() }
    }
}
