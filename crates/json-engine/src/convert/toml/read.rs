//! The reader: what is checked before, and what is given after.

use crate::Error;
use crate::convert::allowance::check_length;
use crate::convert::{Content, Read, Reading};

use super::fault::not_utf8;
use super::grammar::Reader;
use super::version::Version;

/// Reads a TOML document of this version; a byte order mark before it is skipped.
///
/// Fails with `Error::Invalid` (one diagnostic: `TOML_SYNTAX`, `DUPLICATE_KEY` or `INVALID_UTF8`) or at a limit. Losses are
/// comments, and under [`Foreign::Plain`](crate::convert::Foreign) dates, times, infinities and NaN.
pub(in crate::convert) fn read(
    source: &[u8],
    version: Version,
    reading: &Reading<'_>,
) -> Result<Read, Error> {
    check_length(source, reading.limits)?;
    let text = simdutf8::compat::from_utf8(source).map_err(|error| not_utf8(source, error.valid_up_to()))?;
    let (document, spans, losses) = Reader::new(text, version, reading)?.run(source)?;
    Ok(Read { content: Content::One(document, spans), losses, stats: None })
}
