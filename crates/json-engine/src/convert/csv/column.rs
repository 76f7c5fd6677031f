//! The columns of nested values: a tree of what stands at each place in all rows.

use indexmap::IndexMap;

use crate::Error;
use crate::budget::Meter;
use crate::convert::foreign::Foreign;
use crate::document::{Document, Key};

use super::layout::{Column, Step, stands_for_another};

/// What stands at one place.
#[derive(Default)]
pub(super) enum Tree<'d> {
    /// Nulls and empty containers only.
    #[default]
    Unknown,
    /// A scalar in some row, or an object in one and an array in another: one column.
    Leaf,
    Object(IndexMap<&'d Key, Tree<'d>, foldhash::fast::RandomState>),
    Array(Vec<Tree<'d>>),
}

impl<'d> Tree<'d> {
    /// The tree of these rows.
    pub(super) fn new(rows: &'d [Document], foreign: Foreign) -> Tree<'d> {
        let mut tree = Tree::Object(IndexMap::default());
        for row in rows {
            tree.add(row, foreign);
        }
        tree
    }

    /// The columns, those of one parent together. Recurses by the depth of the document. The memory of names is charged,
    /// since each holds the names of all its parents.
    pub(super) fn columns(self, meter: &Meter<'_>) -> Result<Vec<Column<'d>>, Error> {
        let mut columns = Vec::new();
        if let Tree::Object(members) = self {
            for (key, tree) in members {
                tree.push(Column::member(None, key), &mut columns, meter)?;
            }
        }
        Ok(columns)
    }

    fn add(&mut self, value: &'d Document, foreign: Foreign) {
        let is_scalar =
            !matches!(value, Document::Arr(_) | Document::Obj(_)) || stands_for_another(value, foreign);
        match (&mut *self, value) {
            (Tree::Leaf, _) | (_, Document::Null) => {}
            (Tree::Object(trees), Document::Obj(members)) if !is_scalar => {
                for (key, member) in members.iter() {
                    trees.entry(key).or_default().add(member, foreign);
                }
            }
            (Tree::Array(trees), Document::Arr(elements)) => {
                for (index, element) in elements.iter().enumerate() {
                    if trees.len() == index {
                        trees.push(Tree::Unknown);
                    }
                    trees[index].add(element, foreign);
                }
            }
            (Tree::Unknown, Document::Obj(members)) if !is_scalar => {
                if !members.is_empty() {
                    *self = Tree::Object(IndexMap::default());
                    self.add(value, foreign);
                }
            }
            (Tree::Unknown, Document::Arr(elements)) => {
                if !elements.is_empty() {
                    *self = Tree::Array(Vec::new());
                    self.add(value, foreign);
                }
            }
            (Tree::Unknown | Tree::Object(_) | Tree::Array(_), _) => *self = Tree::Leaf,
        }
    }

    fn push(self, column: Column<'d>, columns: &mut Vec<Column<'d>>, meter: &Meter<'_>) -> Result<(), Error> {
        let bytes = column.name.len() + column.way.len() * size_of::<Step<'_>>() + size_of::<Column<'_>>();
        meter.hold(bytes as u64)?;
        meter.charge(1 + bytes as u64 / 1024)?;
        match self {
            Tree::Unknown | Tree::Leaf => columns.push(column),
            Tree::Object(members) => {
                for (key, tree) in members {
                    tree.push(Column::member(Some(&column), key), columns, meter)?;
                }
            }
            Tree::Array(elements) => {
                for (index, tree) in elements.into_iter().enumerate() {
                    tree.push(Column::element(&column, index), columns, meter)?;
                }
            }
        }
        Ok(())
    }
}
