//! Functions of strings: `contains ends_with join starts_with to_string`.

use super::Args;
use super::signature::is_text;
use crate::answer::written;
use crate::document::Document;
use crate::equal::same;
use crate::error::Error;
use crate::query::jmespath::text;

/// Charges for looking through a string.
fn look(args: &Args<'_>, bytes: &[u8]) -> Result<(), Error> {
    args.run.meter.charge(bytes.len() as u64 / text::BYTES_PER_UNIT)
}

/// In a string a part of it, in an array an element; what is no string is in no string.
pub(super) fn contains(args: &Args<'_>) -> Result<Document, Error> {
    let wanted = args.value(1);
    if let Some(whole) = text::bytes(args.value(0)) {
        look(args, &whole)?;
        let found = text::bytes(wanted).and_then(|part| memchr::memmem::find(&whole, &part));
        return Ok(Document::Bool(found.is_some()));
    }
    for element in args.elements(0) {
        if same(element, wanted, args.run.meter)? {
            return Ok(Document::Bool(true));
        }
    }
    Ok(Document::Bool(false))
}

pub(super) fn starts_with(args: &Args<'_>) -> Result<Document, Error> {
    let (whole, part) = (text::of(args.value(0)), text::of(args.value(1)));
    look(args, &part)?;
    Ok(Document::Bool(whole.starts_with(&part)))
}

pub(super) fn ends_with(args: &Args<'_>) -> Result<Document, Error> {
    let (whole, part) = (text::of(args.value(0)), text::of(args.value(1)));
    look(args, &part)?;
    Ok(Document::Bool(whole.ends_with(&part)))
}

pub(super) fn join(args: &Args<'_>) -> Result<Document, Error> {
    let glue = text::of(args.value(0));
    let parts = args.elements(1);
    args.run.meter.charge(parts.len() as u64)?;
    let glued = glue.len().saturating_mul(parts.len().saturating_sub(1)) as u64;
    let length = parts.iter().map(|part| text::of(part).len() as u64).fold(glued, u64::saturating_add);
    text::make(length, args.run)?;
    let mut joined = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            joined.extend_from_slice(&glue);
        }
        joined.extend_from_slice(&text::of(part));
    }
    Ok(text::string(joined))
}

/// A string is itself, any other value its JSON text without white space.
pub(super) fn to_string(args: &Args<'_>) -> Result<Document, Error> {
    let value = args.value(0);
    if is_text(value) {
        return Ok(value.clone());
    }
    let json = written(value, args.run.limits.max_output_bytes, args.run.meter)?;
    text::make(json.len() as u64, args.run)?;
    Ok(text::string(json))
}
