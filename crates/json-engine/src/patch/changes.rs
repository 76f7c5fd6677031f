//! Changes: what a comparison has found, in the order in which a patch makes them, and as an RFC 6902 patch.

use std::sync::Arc;

use super::MAX_OPERATIONS;
use super::path::pointer;
use crate::budget::Meter;
use crate::document::{Document, Key, Members, VALUE_BYTES};
use crate::error::Error;

/// One change; its place is the pointer of an operation.
#[derive(Debug)]
pub(super) struct Change<'d> {
    pub(super) place: Vec<u8>,
    pub(super) kind: Kind<'d>,
}

/// What is done there.
#[derive(Debug)]
pub(super) enum Kind<'d> {
    Add(&'d Document),
    Remove(&'d Document),
    /// Old and new.
    Replace(&'d Document, &'d Document),
    /// From this pointer.
    Move(Vec<u8>),
}

/// The changes so far.
pub(super) struct Changes<'d, 'a, 'b> {
    list: Vec<Change<'d>>,
    /// Pointers where a bound made the answer coarser than it could be.
    coarse: Vec<String>,
    most_coarse: usize,
    meter: &'a Meter<'b>,
}

impl<'d, 'a, 'b> Changes<'d, 'a, 'b> {
    pub(super) fn new(most_coarse: usize, meter: &'a Meter<'b>) -> Changes<'d, 'a, 'b> {
        Changes { list: Vec::new(), coarse: Vec::new(), most_coarse, meter }
    }

    pub(super) fn add(&mut self, place: &[u8], kind: Kind<'d>) -> Result<(), Error> {
        self.meter.charge(1 + place.len() as u64 / 64)?;
        self.meter.hold(VALUE_BYTES + place.len() as u64)?;
        self.list.push(Change { place: place.to_vec(), kind });
        Ok(())
    }

    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// Notes that the changes below `place` could be fewer or smaller.
    pub(super) fn note_coarse(&mut self, place: &[u8]) {
        let shown = super::path::shown(place);
        if self.coarse.len() < self.most_coarse && self.coarse.last() != Some(&shown) {
            self.coarse.push(shown);
        }
    }

    /// Replaces the changes from number `begun` on by one, if they are more than a patch can hold.
    pub(super) fn fold(
        &mut self,
        begun: usize,
        place: &[u8],
        old: &'d Document,
        new: &'d Document,
    ) -> Result<(), Error> {
        if self.list.len() - begun <= MAX_OPERATIONS {
            return Ok(());
        }
        let held = |change: &Change<'_>| VALUE_BYTES + change.place.len() as u64;
        self.meter.release(self.list[begun..].iter().map(held).sum());
        self.list.truncate(begun);
        self.note_coarse(place);
        self.add(place, Kind::Replace(old, new))
    }

    /// The changes, and where they are coarse.
    pub(super) fn finish(self) -> (Vec<Change<'d>>, Vec<String>) {
        (self.list, self.coarse)
    }
}

/// The changes as a JSON Patch document.
pub(super) fn to_patch(changes: &[Change<'_>]) -> Document {
    Document::Arr(Arc::new(changes.iter().map(operation).collect()))
}

fn operation(change: &Change<'_>) -> Document {
    let path = ("path", pointer(&change.place));
    match &change.kind {
        Kind::Add(value) => object([("op", text("add")), path, ("value", (*value).clone())]),
        Kind::Remove(_) => object([("op", text("remove")), path]),
        Kind::Replace(_, new) => object([("op", text("replace")), path, ("value", (*new).clone())]),
        Kind::Move(from) => object([("op", text("move")), ("from", pointer(from)), path]),
    }
}

fn text(text: &str) -> Document {
    Document::Str(text.into())
}

fn object<const N: usize>(members: [(&str, Document); N]) -> Document {
    let members: Members = members.into_iter().map(|(name, value)| (Key::Text(name.into()), value)).collect();
    Document::Obj(Arc::new(members))
}
