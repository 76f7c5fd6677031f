//! The document that a command works on: a file, or standard input.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use fastjson_proto::fastjson::v1 as pb;

use crate::error::Error;

/// Longest document that one call takes, in bytes.
const MAX_BYTES: u64 = 4 << 20;

/// Reads `file`, or standard input where it is absent or `-`.
pub(crate) fn read(file: Option<&PathBuf>) -> Result<Vec<u8>, Error> {
    let path = file.map_or(Path::new("-"), PathBuf::as_path);
    let mut bytes = Vec::new();
    let failed = |source| Error::File { what: path.display().to_string(), source };
    if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        let opened = std::fs::File::open(path).map_err(failed)?;
        opened.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::Usage(format!(
            "{} has more than {MAX_BYTES} bytes, which is the most",
            path.display()
        )));
    }
    Ok(bytes)
}

/// The same as an input of the contract.
pub(crate) fn document(file: Option<&PathBuf>) -> Result<pb::Input, Error> {
    let source = pb::input::Source::Data(read(file)?.into());
    Ok(pb::Input { source: Some(source), format: pb::Format::Json.into() })
}
