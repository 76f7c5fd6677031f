//! Headers: `[table]` and `[[array of tables]]`.

use std::ops::Range;

use super::{Body, Growth, INLINE, Id, Origin, Part, Place, Tree, table_of};
use crate::Error;
use crate::convert::toml::fault::{Halt, taken};

impl Tree {
    /// The table that the header `[path]` at `place` defines.
    pub(in crate::convert::toml) fn table(&mut self, path: &[Part], place: Range<usize>) -> Result<Id, Halt> {
        let Some((last, way)) = path.split_last() else {
            return Ok(Tree::ROOT);
        };
        let parent = self.walk(way)?;
        let member = match self.add_member(parent, last)? {
            Ok(member) => return Ok(self.open(member, table_of(Origin::Header), place)?),
            Err(member) => member,
        };
        let child = self.child(member);
        let Some(node) = child.map(|id| self.node_mut(id)) else {
            return Err(taken("the key is defined already and is no table", &last.place));
        };
        match &mut node.body {
            Body::Table(_, origin @ Origin::Implicit) => *origin = Origin::Header,
            Body::Table(..) | Body::Array(..) => {
                return Err(taken("the table is defined already; a table may be defined once", &last.place));
            }
        }
        node.place = place;
        Ok(child.unwrap_or(parent))
    }

    /// The new table that the header `[[path]]` at `place` appends.
    pub(in crate::convert::toml) fn appended(
        &mut self,
        path: &[Part],
        place: Range<usize>,
    ) -> Result<Id, Halt> {
        let Some((last, way)) = path.split_last() else {
            return Ok(Tree::ROOT);
        };
        let parent = self.walk(way)?;
        let array = match self.add_member(parent, last)? {
            Ok(member) => self.open(member, Body::Array(Vec::new(), Growth::Headers), place.clone())?,
            Err(member) => self
                .array_of_tables(member)
                .ok_or_else(|| taken("the key is defined already and is no array of tables", &last.place))?,
        };
        Ok(self.append(array, place)?)
    }

    fn append(&mut self, array: Id, place: Range<usize>) -> Result<Id, Error> {
        let element = self.element(array, place.start)?;
        self.close(array, place.end);
        self.open(element, table_of(Origin::Header), place)
    }

    fn array_of_tables(&self, member: Place) -> Option<Id> {
        let id = self.child(member)?;
        matches!(self.node(id).body, Body::Array(_, Growth::Headers)).then_some(id)
    }

    /// The table that the parts of a header but the last lead to.
    fn walk(&mut self, way: &[Part]) -> Result<Id, Halt> {
        let mut table = Tree::ROOT;
        for part in way {
            table = self.step(table, part)?;
        }
        Ok(table)
    }

    fn step(&mut self, table: Id, part: &Part) -> Result<Id, Halt> {
        let member = match self.add_member(table, part)? {
            Ok(member) => return Ok(self.open(member, table_of(Origin::Implicit), part.place.clone())?),
            Err(member) => member,
        };
        let child = self.child(member);
        match child.map(|id| &self.node(id).body) {
            Some(Body::Table(_, Origin::Inline)) => Err(taken(INLINE, &part.place)),
            Some(Body::Table(..)) => Ok(child.unwrap_or(table)),
            Some(Body::Array(_, Growth::Headers)) => {
                let last = child.and_then(|array| self.node(array).children.last().copied());
                Ok(last.unwrap_or(table))
            }
            Some(Body::Array(_, Growth::Closed)) => {
                Err(taken("an array in brackets is complete; no header may add to it", &part.place))
            }
            None => Err(taken("the key is defined already and is no table", &part.place)),
        }
    }
}
