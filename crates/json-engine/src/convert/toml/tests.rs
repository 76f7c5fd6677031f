//! The cases of the specification, the writer, and what is hostile.

mod hostile;
mod invalid;
mod invalid_tables;
mod valid;
mod versions;
mod writing;

use std::sync::Arc;
use std::time::Duration;

use crate::convert::build::Keep;
use crate::convert::losses::Losses;
use crate::convert::{Content, Foreign, Reading, Writing};
use crate::document::Document;
use crate::{Budget, DuplicateKeys, Error, Limits, ScanOptions};

fn budget() -> Budget {
    Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), 1 << 28)
}

fn read_as(source: &[u8], foreign: Foreign, keep: Keep) -> Result<(Content, Losses), Error> {
    let (limits, budget) = (Limits::default(), budget());
    let duplicate_keys = DuplicateKeys::Report;
    let reading = Reading { limits: &limits, duplicate_keys, foreign, keep, budget: &budget };
    super::read(source, super::Version::V1_1, &reading).map(|read| (read.content, read.losses))
}

fn read(source: &[u8]) -> Result<Document, Error> {
    match read_as(source, Foreign::Tagged, Keep::Nothing)?.0 {
        Content::One(document, _) => Ok(document),
        Content::Many(_) => panic!("TOML is one document"),
    }
}

fn write(document: &Document, foreign: Foreign) -> Result<(String, Vec<String>), Error> {
    let (budget, mut losses) = (budget(), Losses::new(100));
    let writing = Writing { foreign, max_output_bytes: 1 << 20, budget: &budget };
    let out = super::write(document, &writing, &mut losses)?;
    let losses = losses.kept().iter().map(|loss| format!("{} {}", loss.code.as_str(), loss.pointer));
    Ok((String::from_utf8(out).unwrap(), losses.collect()))
}

fn json(document: &Document) -> String {
    let mut text = Vec::new();
    crate::write::document(document, &mut text);
    String::from_utf8(text).unwrap()
}

fn document(json: &str) -> Document {
    crate::parse::parse(json.as_bytes(), &ScanOptions::default()).unwrap().0
}
