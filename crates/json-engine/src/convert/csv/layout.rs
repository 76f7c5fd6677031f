//! The layout of a document as a table: its rows, and the columns that hold all of them.

use std::collections::HashSet;

use indexmap::IndexSet;

use crate::Error;
use crate::budget::Meter;
use crate::convert::foreign::{Foreign, meaning};
use crate::document::{Document, Key};
use crate::pointer::Written;

use super::column::Tree;
use super::path;
use super::{CsvOptions, Header, Paths};

/// One step from a row to a cell.
#[derive(Clone, Copy)]
pub(super) enum Step<'d> {
    Key(&'d Key),
    Index(usize),
}

/// A column: its name as text, and where its cells are in a row.
pub(super) struct Column<'d> {
    pub(super) name: String,
    pub(super) way: Vec<Step<'d>>,
}

/// What the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Objects,
    Arrays,
    /// Anything else: each row is one cell.
    Values,
}

pub(super) struct Layout<'d> {
    pub(super) rows: &'d [Document],
    pub(super) kind: Kind,
    pub(super) columns: Vec<Column<'d>>,
}

/// The layout of `document`; a root that is no array is one row. Of columns whose names are one text only the first stays,
/// which happens where half surrogates are replaced.
pub(super) fn layout<'d>(
    document: &'d Document,
    foreign: Foreign,
    options: &CsvOptions,
    meter: &Meter<'_>,
) -> Result<Layout<'d>, Error> {
    let rows = match document {
        Document::Arr(elements) => elements.as_slice(),
        other => std::slice::from_ref(other),
    };
    let is_object = |row: &Document| matches!(row, Document::Obj(_)) && !stands_for_another(row, foreign);
    let kind = match rows {
        rows if rows.iter().all(is_object) => Kind::Objects,
        rows if rows.iter().all(|row| matches!(row, Document::Arr(_))) => Kind::Arrays,
        _ => Kind::Values,
    };
    let is_nested = options.paths == Paths::Nested && options.header == Header::Present;
    let mut columns = match kind {
        Kind::Objects if is_nested => Tree::new(rows, foreign).columns(meter)?,
        Kind::Objects => keys(rows),
        Kind::Arrays => numbers(rows),
        Kind::Values => vec![Column { name: "value".to_owned(), way: Vec::new() }],
    };
    let mut names = HashSet::new();
    columns.retain(|column| options.header == Header::Absent || names.insert(column.name.clone()));
    Ok(Layout { rows, kind, columns })
}

/// Whether an object is the tagged form of something else.
pub(super) fn stands_for_another(document: &Document, foreign: Foreign) -> bool {
    foreign == Foreign::Tagged && meaning(document).is_some()
}

fn keys(rows: &[Document]) -> Vec<Column<'_>> {
    let mut keys: IndexSet<&Key, foldhash::fast::RandomState> = IndexSet::default();
    for row in rows {
        if let Document::Obj(members) = row {
            keys.extend(members.keys());
        }
    }
    keys.into_iter().map(|key| Column { name: name(key), way: vec![Step::Key(key)] }).collect()
}

fn numbers(rows: &[Document]) -> Vec<Column<'_>> {
    let length = |row: &Document| match row {
        Document::Arr(elements) => elements.len(),
        _ => 0,
    };
    let width = rows.iter().map(length).max().unwrap_or(0);
    (0..width).map(|index| Column { name: index.to_string(), way: vec![Step::Index(index)] }).collect()
}

/// A key as text; half surrogates become U+FFFD.
pub(super) fn name(key: &Key) -> String {
    match key {
        Key::Text(text) => text.to_string(),
        Key::Surrogates(literal) => crate::convert::literal::with_replacements(literal),
    }
}

impl<'d> Column<'d> {
    /// The value of this column in `row`, if there is one.
    pub(super) fn value<'r>(&self, row: &'r Document) -> Option<&'r Document> {
        let mut value = row;
        for step in &self.way {
            value = match (step, value) {
                (Step::Key(key), Document::Obj(members)) => members.get(*key)?,
                (Step::Index(index), Document::Arr(elements)) => elements.get(*index)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// Goes on from a row to this column.
    pub(super) fn extend(&self, pointer: &mut Written) {
        for step in &self.way {
            match step {
                Step::Key(key) => pointer.key(key.literal()),
                Step::Index(index) => pointer.index(*index),
            }
        }
    }

    /// The column of a member of what this column names; `None` is the row.
    pub(super) fn member(parent: Option<&Column<'d>>, key: &'d Key) -> Column<'d> {
        let name = path::member(parent.map(|parent| &*parent.name), &name(key));
        Column { name, way: way(parent, Step::Key(key)) }
    }

    /// The column of an element.
    pub(super) fn element(parent: &Column<'d>, index: usize) -> Column<'d> {
        Column { name: format!("{}.{index}", parent.name), way: way(Some(parent), Step::Index(index)) }
    }
}

fn way<'d>(parent: Option<&Column<'d>>, last: Step<'d>) -> Vec<Step<'d>> {
    let mut way = parent.map_or(Vec::new(), |parent| parent.way.clone());
    way.push(last);
    way
}
