//! The plan of a row: which cell goes where in its document.

use std::ops::Range;

use indexmap::IndexMap;
use indexmap::map::Entry;

use crate::Error;
use crate::convert::allowance::Allowance;
use crate::convert::build::Builder;
use crate::document::{Document, Key};

use super::Paths;
use super::path::{Part, parse};
use super::rows::{Cell, Fault};

/// A cell, or an object or array of plans.
pub(super) enum Plan {
    Cell(usize),
    Group(Group),
}

/// Members or elements, with the places of the names that made them.
#[derive(Default)]
pub(super) struct Group {
    members: IndexMap<Key, (Range<usize>, Plan), foldhash::fast::RandomState>,
    /// Whether a member is there whose name is not the next index, so that it is an object.
    is_object: bool,
}

/// Why there is no plan.
pub(super) enum NoPlan {
    Fault(Fault),
    Limit(Error),
}

impl Group {
    /// The plan of the rows under this header.
    pub(super) fn new(header: &[Cell<'_>], paths: Paths, allowance: &Allowance) -> Result<Group, NoPlan> {
        let mut group = Group { is_object: true, ..Group::default() };
        for (column, cell) in header.iter().enumerate() {
            let parts = match paths {
                Paths::Flat => vec![Part { key: cell.text.to_string(), index: None }],
                Paths::Nested => parse(&cell.text),
            };
            // One level is the array of the rows.
            allowance.depth(parts.len() as u64 + 1, cell.place.start).map_err(NoPlan::Limit)?;
            group.add(parts, column, &cell.place).map_err(NoPlan::Fault)?;
        }
        Ok(group)
    }

    fn add(&mut self, parts: Vec<Part>, column: usize, place: &Range<usize>) -> Result<(), Fault> {
        let mut group = self;
        let mut parts = parts.into_iter().peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            let next_index = group.members.len();
            let slot = match group.members.entry(Key::Text(part.key.into())) {
                Entry::Occupied(_) if is_last => return Err(twice(place)),
                Entry::Occupied(present) => present.into_mut(),
                Entry::Vacant(vacant) => {
                    group.is_object |= part.index != Some(next_index);
                    let plan = if is_last { Plan::Cell(column) } else { Plan::Group(Group::default()) };
                    vacant.insert((place.clone(), plan))
                }
            };
            match &mut slot.1 {
                Plan::Group(inner) => group = inner,
                Plan::Cell(_) if is_last => return Ok(()),
                Plan::Cell(_) => return Err(twice(place)),
            }
        }
        Ok(())
    }

    /// Builds the document of one row. Recurses by the depth of the names, which the limits bound.
    pub(super) fn build(
        &self,
        builder: &mut Builder,
        row: &Range<usize>,
        cell: &mut impl FnMut(usize) -> Result<(Document, Range<usize>), Error>,
    ) -> Result<(), Error> {
        match self.is_object {
            true => builder.open_object(row.start)?,
            false => builder.open_array(row.start)?,
        }
        for (key, (name, plan)) in &self.members {
            if self.is_object {
                builder.key(key.clone(), name.clone());
            }
            match plan {
                Plan::Group(group) => group.build(builder, row, cell)?,
                Plan::Cell(column) => {
                    let (value, place) = cell(*column)?;
                    builder.value(value, place, 1)?;
                }
            }
        }
        builder.close(row.end);
        Ok(())
    }
}

fn twice(place: &Range<usize>) -> Fault {
    let message = "the header names this value twice, or as a value and as an object; allowed: each once";
    Fault { message: message.to_owned(), place: place.clone() }
}
