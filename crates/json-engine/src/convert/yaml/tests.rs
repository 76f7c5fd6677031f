//! What the reader and the writer promise, by tables and by chance.

mod hostile;
mod lines;
mod reading;
mod roundtrip;
mod spec;
mod writing;

use std::sync::Arc;
use std::time::Duration;

use crate::convert::build::Keep;
use crate::convert::losses::Losses;
use crate::convert::{Content, Foreign, Read, Reading, Writing};
use crate::document::Document;
use crate::spans::Spans;
use crate::{Budget, DuplicateKeys, Error, Limits};

/// A budget whose time never passes.
pub(super) fn budget() -> Budget {
    Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), 1 << 30)
}

fn read_with(source: &[u8], foreign: Foreign, duplicate_keys: DuplicateKeys) -> Result<Read, Error> {
    read_under(source, &Limits::default(), foreign, duplicate_keys)
}

/// Reads both ways.
fn read_under(
    source: &[u8],
    limits: &Limits,
    foreign: Foreign,
    duplicate_keys: DuplicateKeys,
) -> Result<Read, Error> {
    let budget = budget();
    let reading = Reading { limits, duplicate_keys, foreign, keep: Keep::Spans, budget: &budget };
    let read = super::read(source, &reading);
    if let Ok(text) = super::encoding::decode(source) {
        assert_same(&text, &read, &super::read::by_events(&text, &reading));
    }
    read
}

/// The short way and that of the parser agree: documents, places, losses and errors.
fn assert_same(source: &str, read: &Result<Read, Error>, by_events: &Result<Read, Error>) {
    match (read, by_events) {
        (Ok(read), Ok(other)) => {
            assert_eq!(read.losses, other.losses, "{source:?}");
            assert_eq!(all(&read.content), all(&other.content), "{source:?}");
        }
        (Err(error), Err(other)) => assert_eq!(format!("{error:?}"), format!("{other:?}"), "{source:?}"),
        _ => panic!("{source:?} {:?} {:?}", read.is_ok(), by_events.as_ref().err()),
    }
}

fn all(content: &Content) -> Vec<(String, Option<Spans>)> {
    let of = |(document, spans): (&Document, &Option<Spans>)| (json(document), spans.clone());
    match content {
        Content::One(document, spans) => vec![of((document, spans))],
        Content::Many(documents) => documents.iter().map(|(document, spans)| of((document, spans))).collect(),
    }
}

fn read(source: &[u8], foreign: Foreign) -> Result<Read, Error> {
    read_with(source, foreign, DuplicateKeys::Report)
}

fn documents(read: Read) -> Vec<Document> {
    match read.content {
        Content::One(document, _) => vec![document],
        Content::Many(documents) => documents.into_iter().map(|(document, _)| document).collect(),
    }
}

fn json(document: &Document) -> String {
    super::frame::json(document)
}

/// Every document of the stream as JSON, a space between.
pub(super) fn as_json(source: &str, foreign: Foreign) -> Result<String, Error> {
    let documents = documents(read(source.as_bytes(), foreign)?);
    Ok(documents.iter().map(json).collect::<Vec<_>>().join(" "))
}

fn write_all(document: &Document, foreign: Foreign) -> (String, Losses) {
    let (budget, mut losses) = (budget(), Losses::new(100));
    let writing = Writing { foreign, max_output_bytes: 64 << 20, budget: &budget };
    let out = super::write(document, &writing, &mut losses).unwrap();
    (String::from_utf8(out).unwrap(), losses)
}

/// The document that a JSON text holds.
fn document(json: &str) -> Document {
    crate::parse::parse(json.as_bytes(), &crate::ScanOptions::default()).unwrap().0
}

/// The codes of the losses, a space between.
fn codes(losses: &Losses) -> String {
    losses.kept().iter().map(|loss| loss.code.as_str()).collect::<Vec<_>>().join(" ")
}
