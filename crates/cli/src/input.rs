//! The document that a command works on: a file, or standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use fastjson_proto::fastjson::v1 as pb;

use crate::entry;
use crate::error::Error;

/// Longest document that one message takes, in bytes.
pub(crate) const MAX_BYTES: u64 = 4 << 20;
/// Longest document that a transfer takes, in bytes.
const MAX_TRANSFER_BYTES: u64 = 256 << 20;

/// The name of what stands in the command line itself.
const INLINE: &str = "<argument>";

/// What was read, and from where.
pub(crate) struct Source {
    /// The file, or `<stdin>`, as findings name it.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// Of the cache service, in the place of bytes.
    entry: Option<pb::CacheRef>,
}

/// The document that `file` names: its bytes, or an entry of the cache service (`ref:KEY`, `ref:NAMESPACE/KEY`).
pub(crate) fn document(file: Option<&PathBuf>) -> Result<Source, Error> {
    document_within(file, MAX_BYTES)
}

/// The same for a document that may be transferred in pieces.
pub(crate) fn large_document(file: Option<&PathBuf>) -> Result<Source, Error> {
    document_within(file, MAX_TRANSFER_BYTES)
}

/// The document `null`, from nowhere.
pub(crate) fn null() -> Source {
    Source { name: "<null>".to_owned(), bytes: b"null".to_vec(), entry: None }
}

fn document_within(file: Option<&PathBuf>, most: u64) -> Result<Source, Error> {
    match file.map(|file| entry::in_place_of(file)).transpose()?.flatten() {
        Some(entry) => {
            let name = file.map(|file| file.display().to_string()).unwrap_or_default();
            Ok(Source { name, bytes: Vec::new(), entry: Some(entry) })
        }
        None => read_within(file, most),
    }
}

/// Reads `file`, or standard input where it is absent or `-`.
pub(crate) fn read(file: Option<&PathBuf>) -> Result<Source, Error> {
    read_within(file, MAX_BYTES)
}

fn read_within(file: Option<&PathBuf>, most: u64) -> Result<Source, Error> {
    let (name, reader) = open(file)?;
    let mut bytes = Vec::new();
    let read = reader.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|source| Error::File { what: name.clone(), source })?;
    if bytes.len() as u64 > most {
        return Err(Error::Usage(format!("{name} has more than {most} bytes, which is the most here")));
    }
    Ok(Source { name, bytes, entry: None })
}

/// Opens `file`, or standard input where it is absent or `-`; with the name that findings give it.
pub(crate) fn open(file: Option<&PathBuf>) -> Result<(String, Box<dyn Read + Send>), Error> {
    let Some(path) = file.filter(|path| path.as_path() != Path::new("-")) else {
        return Ok(("<stdin>".to_owned(), Box::new(std::io::stdin())));
    };
    let name = path.display().to_string();
    match std::fs::File::open(path) {
        Ok(file) => Ok((name, Box::new(file))),
        Err(source) => Err(Error::File { what: name, source }),
    }
}

/// The text itself where it begins with `first`, else the file of that name.
pub(crate) fn inline_or_file(given: &str, first: char) -> Result<Source, Error> {
    match inline(given, first) {
        Some(source) => Ok(source),
        None => read(Some(&PathBuf::from(given))),
    }
}

/// The text itself where it begins with `first`, else the document of that name.
pub(crate) fn inline_or_document(given: &str, first: char) -> Result<Source, Error> {
    match inline(given, first) {
        Some(source) => Ok(source),
        None => document(Some(&PathBuf::from(given))),
    }
}

fn inline(given: &str, first: char) -> Option<Source> {
    let source = Source { name: INLINE.to_owned(), bytes: given.as_bytes().to_vec(), entry: None };
    is_inline(given, first).then_some(source)
}

/// How findings name what [`inline_or_document`] reads.
pub(crate) fn name_of(given: &str, first: char) -> &str {
    if is_inline(given, first) { INLINE } else { given }
}

fn is_inline(given: &str, first: char) -> bool {
    given.trim_start().starts_with(first)
}

impl Source {
    /// The bytes, unless an entry of the cache service stands for them; the name stays.
    pub(crate) fn take_bytes(&mut self) -> Option<Vec<u8>> {
        self.entry.is_none().then(|| std::mem::take(&mut self.bytes))
    }

    /// The document as an input of the contract; the name stays.
    pub(crate) fn input(&mut self) -> pb::Input {
        let source = match self.entry.take() {
            Some(entry) => pb::input::Source::Ref(entry),
            None => pb::input::Source::Data(std::mem::take(&mut self.bytes).into()),
        };
        pb::Input { source: Some(source), format: pb::Format::Json.into() }
    }
}
