//! Operations: a JSON Patch document (RFC 6902 sections 3 and 4) read into a type that cannot be wrong.
//!
//! Promise: what is refused says which operation and which member. Cost: the length of the pointers; values are shared.

use super::path::{Path, kind};
use crate::document::{Document, Members};
use crate::pointer::cut;

/// One operation.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    Add {
        path: Path,
        value: Document,
    },
    Remove {
        path: Path,
    },
    Replace {
        path: Path,
        value: Document,
    },
    /// `path` is never inside of `from`.
    Move {
        from: Path,
        path: Path,
    },
    Copy {
        from: Path,
        path: Path,
    },
    Test {
        path: Path,
        value: Document,
    },
}

/// Why a document is no JSON Patch.
#[derive(Debug)]
pub(super) struct Malformed {
    /// Index of the operation; `None` when the patch as a whole is wrong.
    pub(super) operation: Option<usize>,
    pub(super) op: &'static str,
    /// The member at fault; `None` when it is missing.
    pub(super) member: Option<&'static str>,
    pub(super) pointer: String,
    pub(super) message: String,
}

/// The operations of RFC 6902 section 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
}

impl Op {
    const ALL: [Op; 6] = [Op::Add, Op::Remove, Op::Replace, Op::Move, Op::Copy, Op::Test];

    fn name(self) -> &'static str {
        match self {
            Op::Add => "add",
            Op::Remove => "remove",
            Op::Replace => "replace",
            Op::Move => "move",
            Op::Copy => "copy",
            Op::Test => "test",
        }
    }
}

const ALLOWED: &str = "add, remove, replace, move, copy and test";

impl Operation {
    /// Its `op`.
    pub(super) fn name(&self) -> &'static str {
        let op = match self {
            Operation::Add { .. } => Op::Add,
            Operation::Remove { .. } => Op::Remove,
            Operation::Replace { .. } => Op::Replace,
            Operation::Move { .. } => Op::Move,
            Operation::Copy { .. } => Op::Copy,
            Operation::Test { .. } => Op::Test,
        };
        op.name()
    }
}

/// The operations of a patch; the caller has checked that it is an array of a length that is allowed.
pub(super) fn read(elements: &[Document]) -> Result<Vec<Operation>, Malformed> {
    elements.iter().enumerate().map(|(index, element)| operation(index, element)).collect()
}

fn operation(index: usize, element: &Document) -> Result<Operation, Malformed> {
    let Document::Obj(members) = element else {
        let message = format!("it is {}; allowed is an object", kind(element));
        return Err(Malformed {
            operation: Some(index),
            op: "",
            member: None,
            pointer: String::new(),
            message,
        });
    };
    let mut fields = Fields { members, index, op: "" };
    let op = fields.op()?;
    fields.op = op.name();
    let path = fields.path("path")?;
    match op {
        Op::Add => Ok(Operation::Add { path, value: fields.value()? }),
        Op::Replace => Ok(Operation::Replace { path, value: fields.value()? }),
        Op::Test => Ok(Operation::Test { path, value: fields.value()? }),
        Op::Copy => Ok(Operation::Copy { from: fields.path("from")?, path }),
        Op::Move => moving(&fields, path),
        Op::Remove => removal(&fields, path),
    }
}

/// Without its root there would be no document.
fn removal(fields: &Fields<'_>, path: Path) -> Result<Operation, Malformed> {
    if path.tokens().is_empty() {
        let message = "the whole document cannot be removed, only replaced".to_owned();
        return Err(fields.wrong(Some("path"), "", message));
    }
    Ok(Operation::Remove { path })
}

/// "The 'from' location MUST NOT be a proper prefix of the 'path' location", section 4.4.
fn moving(fields: &Fields<'_>, path: Path) -> Result<Operation, Malformed> {
    let from = fields.path("from")?;
    if path.is_inside(&from) {
        let (from, path) = (from.shown(usize::MAX), path.shown(usize::MAX));
        let message = format!("a value cannot be moved into itself: {path:?} is inside of {from:?}");
        return Err(fields.wrong(Some("path"), &path, message));
    }
    Ok(Operation::Move { from, path })
}

/// The members of one operation.
struct Fields<'d> {
    members: &'d Members,
    index: usize,
    op: &'static str,
}

impl<'d> Fields<'d> {
    fn get(&self, name: &'static str) -> Result<&'d Document, Malformed> {
        self.members.get(name).ok_or_else(|| self.wrong(None, "", format!("the member {name:?} is missing")))
    }

    fn op(&self) -> Result<Op, Malformed> {
        let op = self.get("op")?;
        let Document::Str(name) = op else {
            let message = format!("\"op\" is {}; allowed are {ALLOWED}", kind(op));
            return Err(self.wrong(Some("op"), "", message));
        };
        Op::ALL.into_iter().find(|known| known.name() == &**name).ok_or_else(|| {
            self.wrong(Some("op"), "", format!("\"op\" is {:?}; allowed are {ALLOWED}", cut(name)))
        })
    }

    fn path(&self, name: &'static str) -> Result<Path, Malformed> {
        let pointer = self.get(name)?;
        Path::parse(pointer).map_err(|message| {
            let shown = match pointer {
                Document::Str(text) | Document::Surrogates(text) => cut(text),
                _ => String::new(),
            };
            self.wrong(Some(name), &shown, format!("{name:?} is no JSON Pointer: {message}"))
        })
    }

    fn value(&self) -> Result<Document, Malformed> {
        self.get("value").cloned()
    }

    fn wrong(&self, member: Option<&'static str>, pointer: &str, message: String) -> Malformed {
        Malformed { operation: Some(self.index), op: self.op, member, pointer: pointer.to_owned(), message }
    }
}
