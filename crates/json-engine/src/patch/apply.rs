//! Apply: the operations of a patch on a document, RFC 6902 section 5.
//!
//! Promise: the document that was given stays as it is; the result never breaks a limit, not even between two operations.
//! Cost: an operation costs its pointer, the size of the value it adds, the elements it moves aside, and a copy of each
//! container on its way that is shared. All of it is charged.

use std::sync::Arc;

use super::operation::Operation;
use super::path::{Path, kind};
use super::size::{check_depth, check_nodes, measure, own};
use crate::Limits;
use crate::budget::Meter;
use crate::document::{Document, Key, VALUE_BYTES};
use crate::equal::same;
use crate::error::{Error, PatchFault};
use crate::pointer::{cut, index};

/// Applies `operations` in order. `nodes` is the size of `root`, or more.
pub(super) fn apply(
    root: Document,
    nodes: u64,
    operations: &[Operation],
    limits: &Limits,
    meter: &Meter<'_>,
) -> Result<Document, Error> {
    let mut target = Target { root, nodes, limits, meter };
    for (index, operation) in operations.iter().enumerate() {
        meter.charge(1)?;
        target.step(operation).map_err(|failure| failure.at(index, operation))?;
    }
    Ok(target.root)
}

/// Why an operation has failed.
enum Failure {
    /// A limit or the budget.
    Stopped(Error),
    /// The operation itself.
    Refused { fault: PatchFault, pointer: String, message: String },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Stopped(error)
    }
}

impl Failure {
    fn at(self, operation: usize, present: &Operation) -> Error {
        match self {
            Failure::Stopped(error) => error,
            Failure::Refused { fault, pointer, message } => {
                Error::Patch { fault, operation, op: present.name(), pointer, message, position: None }
            }
        }
    }
}

/// The document on its way.
struct Target<'a, 'b> {
    root: Document,
    /// Values in `root`, or more: what is removed is taken off only when the bound is reached.
    nodes: u64,
    limits: &'a Limits,
    meter: &'a Meter<'b>,
}

impl Target<'_, '_> {
    fn step(&mut self, operation: &Operation) -> Result<(), Failure> {
        match operation {
            Operation::Add { path, value } => self.add(path, value.clone()),
            Operation::Remove { path } => self.remove(path).map(drop),
            Operation::Replace { path, value } => self.replace(path, value.clone()),
            Operation::Move { from, path } if from == path => self.get(from).map(drop),
            Operation::Move { from, path } => {
                let value = self.remove(from)?;
                self.add(path, value)
            }
            Operation::Copy { from, path } => {
                let value = self.get(from)?.clone();
                self.add(path, value)
            }
            Operation::Test { path, value } => self.test(path, value),
        }
    }

    fn test(&self, path: &Path, wanted: &Document) -> Result<(), Failure> {
        let found = self.get(path)?;
        if same(found, wanted, self.meter)? {
            return Ok(());
        }
        let message = format!(
            "the value at {:?} is {}, which is not the {} that the test wants",
            path.shown(usize::MAX),
            super::text::excerpt(found),
            super::text::excerpt(wanted),
        );
        Err(Failure::Refused { fault: PatchFault::TestFailed, pointer: path.shown(usize::MAX), message })
    }

    fn add(&mut self, path: &Path, value: Document) -> Result<(), Failure> {
        let nodes = self.charge_value(path, &value)?;
        let Some((last, _)) = path.tokens().split_last() else {
            self.root = value;
            self.nodes = nodes;
            return Ok(());
        };
        let meter = self.meter;
        let count = path.tokens().len() - 1;
        let parent = self.container(path, count)?;
        match parent {
            Document::Obj(members) => {
                meter.hold(VALUE_BYTES)?;
                Arc::make_mut(members).insert(last.clone(), value);
            }
            Document::Arr(elements) => {
                let place =
                    place_in(last, elements.len()).map_err(|message| missing(path, count, &message))?;
                meter.charge(shifted(elements.len() - place))?;
                meter.hold(VALUE_BYTES)?;
                Arc::make_mut(elements).insert(place, value);
            }
            other => return Err(missing(path, count, &no_container(other, last))),
        }
        self.check_nodes()
    }

    fn remove(&mut self, path: &Path) -> Result<Document, Failure> {
        let Some((last, _)) = path.tokens().split_last() else {
            // No patch that is read asks for this: the root is neither removed nor moved into itself.
            return Ok(std::mem::replace(&mut self.root, Document::Null));
        };
        let meter = self.meter;
        let count = path.tokens().len() - 1;
        match self.container(path, count)? {
            Document::Obj(members) => {
                let members = Arc::make_mut(members);
                let Some(at) = members.get_index_of(last) else {
                    return Err(missing(path, count, &no_member(last)));
                };
                meter.charge(shifted(members.len() - at) * 4)?;
                let removed = members.shift_remove_index(at);
                Ok(removed.map_or(Document::Null, |(_, value)| value))
            }
            Document::Arr(elements) => {
                let at =
                    element_in(last, elements.len()).map_err(|message| missing(path, count, &message))?;
                meter.charge(shifted(elements.len() - at))?;
                Ok(Arc::make_mut(elements).remove(at))
            }
            other => Err(missing(path, count, &no_container(other, last))),
        }
    }

    fn replace(&mut self, path: &Path, value: Document) -> Result<(), Failure> {
        self.charge_value(path, &value)?;
        *self.slot(path, path.tokens().len())? = value;
        self.check_nodes()
    }

    /// Counts a value that is about to stand at `path`; gives its size.
    fn charge_value(&mut self, path: &Path, value: &Document) -> Result<u64, Failure> {
        let size = measure(value, self.meter)?;
        let depth = path.tokens().len() as u64 + u64::from(size.depth);
        check_depth(depth, self.limits.max_depth)?;
        self.nodes = self.nodes.saturating_add(size.nodes);
        Ok(size.nodes)
    }

    fn check_nodes(&mut self) -> Result<(), Failure> {
        if self.nodes > self.limits.max_nodes {
            self.nodes = measure(&self.root, self.meter)?.nodes;
            check_nodes(self.nodes, self.limits.max_nodes)?;
        }
        Ok(())
    }

    fn get(&self, path: &Path) -> Result<&Document, Failure> {
        self.meter.charge(path.tokens().len() as u64)?;
        let mut present = &self.root;
        for (count, token) in path.tokens().iter().enumerate() {
            let child = match present {
                Document::Obj(members) => members.get(token).ok_or_else(|| no_member(token)),
                Document::Arr(elements) => element_in(token, elements.len()).map(|at| &elements[at]),
                other => Err(no_container(other, token)),
            };
            present = child.map_err(|message| missing(path, count, &message))?;
        }
        Ok(present)
    }

    /// The container that the first `count` tokens name, to be written into: it is not shared any more.
    fn container(&mut self, path: &Path, count: usize) -> Result<&mut Document, Failure> {
        let meter = self.meter;
        let container = self.slot(path, count)?;
        own(container, meter)?;
        Ok(container)
    }

    /// The value that the first `count` tokens name, to be replaced: no container above it is shared any more.
    fn slot(&mut self, path: &Path, count: usize) -> Result<&mut Document, Failure> {
        let meter = self.meter;
        meter.charge(count as u64)?;
        let mut present = &mut self.root;
        for (found, token) in path.tokens()[..count].iter().enumerate() {
            own(present, meter)?;
            let child = match present {
                Document::Obj(members) => {
                    Arc::make_mut(members).get_mut(token).ok_or_else(|| no_member(token))
                }
                Document::Arr(elements) => {
                    element_in(token, elements.len()).map(|at| &mut Arc::make_mut(elements)[at])
                }
                other => Err(no_container(other, token)),
            };
            present = child.map_err(|message| missing(path, found, &message))?;
        }
        Ok(present)
    }
}

/// Units of work to move this many elements by one place.
fn shifted(elements: usize) -> u64 {
    elements as u64 / 16
}

/// The element that a token names.
fn element_in(token: &Key, length: usize) -> Result<usize, String> {
    match token.as_text().and_then(index) {
        Some(at) if at < length => Ok(at),
        Some(_) => {
            Err(format!("is an array of {length} elements without the element {}", cut(token.literal())))
        }
        None if token.as_text() == Some("-") => {
            Err("is an array; '-' names the element behind its last, which does not exist".to_owned())
        }
        None => Err(no_index(token)),
    }
}

/// The place in an array that a token names for a new element; `-` is its end.
fn place_in(token: &Key, length: usize) -> Result<usize, String> {
    match token.as_text().and_then(index) {
        Some(at) if at <= length => Ok(at),
        Some(_) => {
            let found = cut(token.literal());
            Err(format!(
                "is an array of {length} elements; {found} lies behind its end, allowed is 0 to {length}"
            ))
        }
        None if token.as_text() == Some("-") => Ok(length),
        None => Err(no_index(token)),
    }
}

fn no_index(token: &Key) -> String {
    let found = cut(token.literal());
    format!("is an array; {found:?} is no index: allowed are digits without a leading zero")
}

fn no_member(token: &Key) -> String {
    format!("is an object without the member {:?}", cut(token.literal()))
}

fn no_container(found: &Document, token: &Key) -> String {
    format!("is {}; it has no {:?}", kind(found), cut(token.literal()))
}

/// A value that is not there; the first `found` tokens name what is.
fn missing(path: &Path, found: usize, message: &str) -> Failure {
    let place = match found {
        0 => "the root".to_owned(),
        _ => format!("the value at {}", path.shown(found)),
    };
    let message = format!("{place} {message}");
    Failure::Refused { fault: PatchFault::PathNotFound, pointer: path.shown(usize::MAX), message }
}
