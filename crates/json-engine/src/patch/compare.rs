//! Compare: the changes that make one document of another.
//!
//! Promise: objects are compared member by member, with one change a difference; applied in order the changes give the
//! second document. At most [`MAX_OPERATIONS`](super::MAX_OPERATIONS) changes: where there are more below a value, it is
//! replaced as a whole. Cost: one pass over both, and what arrays cost by their rule.

use super::MAX_OPERATIONS;
use super::arrays::{Arrays, matching};
use super::changes::{Changes, Kind};
use super::classes::Node;
use super::path::Place;
use super::sequence::increasing;
use crate::budget::Meter;
use crate::document::Document;
use crate::error::Error;

/// Most elements of one array that are moved; others are removed and added, which needs no search for their place.
const MAX_MOVES: usize = 1_000;

/// One comparison.
pub(super) struct Comparison<'a, 'd, 'b> {
    pub(super) arrays: &'a Arrays,
    pub(super) changes: Changes<'d, 'a, 'b>,
    pub(super) place: Place,
    pub(super) meter: &'a Meter<'b>,
}

impl<'d> Comparison<'_, 'd, '_> {
    /// Compares two values that stand at the present place. Recurses by their depth, at most 512.
    pub(super) fn value(&mut self, from: &Node<'d>, to: &Node<'d>) -> Result<(), Error> {
        if from.class == to.class {
            return Ok(());
        }
        let begun = self.changes.count();
        match (from.document, to.document) {
            (Document::Obj(_), Document::Obj(_)) => self.members(from, to)?,
            (Document::Arr(_), Document::Arr(_)) => self.elements(from, to)?,
            (old, new) => self.changes.add(self.place.bytes(), Kind::Replace(old, new))?,
        }
        self.changes.fold(begun, self.place.bytes(), from.document, to.document)
    }

    fn members(&mut self, from: &Node<'d>, to: &Node<'d>) -> Result<(), Error> {
        self.meter.charge((from.children.len() + to.children.len()) as u64)?;
        for (key, old) in from.members() {
            let new = to.member(key);
            if new.is_some_and(|new| new.class == old.class) {
                continue;
            }
            let before = self.place.enter_key(key);
            match new {
                Some(new) => self.value(old, new)?,
                None => self.changes.add(self.place.bytes(), Kind::Remove(old.document))?,
            }
            self.place.leave(before);
        }
        for (key, new) in to.members().filter(|(key, _)| from.member(key).is_none()) {
            let before = self.place.enter_key(key);
            self.changes.add(self.place.bytes(), Kind::Add(new.document))?;
            self.place.leave(before);
        }
        Ok(())
    }

    fn elements(&mut self, from: &Node<'d>, to: &Node<'d>) -> Result<(), Error> {
        let mut matched = matching(from, to, self.arrays, self.meter)?;
        let is_moved = moved(&mut matched.origins);
        if matched.is_coarse {
            self.changes.note_coarse(self.place.bytes());
        }
        let kept = matched.origins.iter().flatten().count();
        let edits = from.children.len() + to.children.len() - 2 * kept;
        if edits > MAX_OPERATIONS {
            self.changes.note_coarse(self.place.bytes());
            return self.changes.add(self.place.bytes(), Kind::Replace(from.document, to.document));
        }
        self.removals(from, &matched.origins)?;
        let present = Present::new(from, &matched.origins, &is_moved, self.meter)?;
        let origins = matched.origins.into_iter().zip(is_moved);
        self.additions((from, to), origins, present)
    }

    /// Adds what is new and brings what was moved, from the front. Each element of `to` has its origin, and whether that is
    /// to be moved.
    fn additions(
        &mut self,
        (from, to): (&Node<'d>, &Node<'d>),
        origins: impl Iterator<Item = (Option<usize>, bool)>,
        mut present: Present,
    ) -> Result<(), Error> {
        // Elements up to here stand as in `to`, but for those between them that are to be moved.
        let mut at = 0;
        for (new, (origin, is_moved)) in to.children.iter().zip(origins) {
            match origin {
                None => {
                    let add = Kind::Add(new.document);
                    self.element(at, |compare| compare.changes.add(compare.place.bytes(), add))?;
                    present.insert(at, self.meter)?;
                }
                Some(origin) => {
                    at = if is_moved {
                        self.bring(&mut present, origin, at)?
                    } else {
                        present.skip(at, origin)
                    };
                    let old = &from.children[origin];
                    self.element(at, |compare| compare.paired(old, new))?;
                }
            }
            at += 1;
        }
        Ok(())
    }

    /// Removes what has no place in the new array, from the back, so that no removal moves another.
    fn removals(&mut self, from: &Node<'d>, origins: &[Option<usize>]) -> Result<(), Error> {
        let stays = kept(from.children.len(), origins);
        for (index, old) in from.children.iter().enumerate().rev().filter(|(index, _)| !stays[*index]) {
            self.element(index, |compare| {
                compare.changes.add(compare.place.bytes(), Kind::Remove(old.document))
            })?;
        }
        Ok(())
    }

    /// Moves the element `origin` to `at`, or to just before it if it stood before; gives its new index.
    fn bring(&mut self, present: &mut Present, origin: usize, at: usize) -> Result<usize, Error> {
        let (found, target) = present.bring(origin, at, self.meter)?;
        if found != target {
            let before = self.place.enter_index(found);
            let source = self.place.bytes().to_vec();
            self.place.leave(before);
            self.element(target, |compare| compare.changes.add(compare.place.bytes(), Kind::Move(source)))?;
        }
        Ok(target)
    }

    fn element(
        &mut self,
        index: usize,
        change: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let before = self.place.enter_index(index);
        change(self)?;
        self.place.leave(before);
        Ok(())
    }

    /// Compares two elements that were matched; two objects without a key in common are no change of each other.
    fn paired(&mut self, old: &Node<'d>, new: &Node<'d>) -> Result<(), Error> {
        if old.class == new.class {
            return Ok(());
        }
        let are_objects = matches!((old.document, new.document), (Document::Obj(_), Document::Obj(_)));
        if are_objects && !old.members().any(|(key, _)| new.member(key).is_some()) {
            return self.changes.add(self.place.bytes(), Kind::Replace(old.document, new.document));
        }
        self.value(old, new)
    }
}

/// Which elements change their order. Where these are too many, they lose their origin.
fn moved(origins: &mut [Option<usize>]) -> Vec<bool> {
    let matched: Vec<(usize, usize)> =
        origins.iter().enumerate().filter_map(|(at, origin)| Some((at, (*origin)?))).collect();
    let order: Vec<usize> = matched.iter().map(|(_, origin)| *origin).collect();
    let mut is_moved = vec![false; origins.len()];
    if order.is_sorted() {
        return is_moved;
    }
    matched.iter().for_each(|(at, _)| is_moved[*at] = true);
    let stays = increasing(&order);
    stays.iter().for_each(|index| is_moved[matched[*index].0] = false);
    if matched.len() - stays.len() > MAX_MOVES {
        let moved = origins.iter_mut().zip(&is_moved).filter(|(_, is_moved)| **is_moved);
        moved.for_each(|(origin, _)| *origin = None);
        is_moved.fill(false);
    }
    is_moved
}

/// Which of the old elements have a place in the new array.
fn kept(length: usize, origins: &[Option<usize>]) -> Vec<bool> {
    let mut stays = vec![false; length];
    origins.iter().flatten().for_each(|origin| stays[*origin] = true);
    stays
}

/// The array on its way: elements by their index in the old one. Kept only where elements move.
struct Present(Option<Vec<usize>>);

impl Present {
    fn new(
        from: &Node<'_>,
        origins: &[Option<usize>],
        is_moved: &[bool],
        meter: &Meter<'_>,
    ) -> Result<Present, Error> {
        if !is_moved.contains(&true) {
            return Ok(Present(None));
        }
        meter.hold(8 * (from.children.len() + origins.len()) as u64)?;
        let stays = kept(from.children.len(), origins);
        Ok(Present(Some((0..stays.len()).filter(|index| stays[*index]).collect())))
    }

    /// The index of the element `origin`, which stands at `at` or behind elements that are still to be moved.
    fn skip(&self, at: usize, origin: usize) -> usize {
        let ahead = self.0.as_ref().and_then(|all| all[at..].iter().position(|element| *element == origin));
        at + ahead.unwrap_or(0)
    }

    /// A new element at `at`, which is no element of the old array.
    fn insert(&mut self, at: usize, meter: &Meter<'_>) -> Result<(), Error> {
        let Some(all) = &mut self.0 else {
            return Ok(());
        };
        meter.charge((all.len() - at) as u64 / 64)?;
        all.insert(at, usize::MAX);
        Ok(())
    }

    /// Moves `origin` so that it follows what stands before `at`; gives where it was and where it is.
    fn bring(&mut self, origin: usize, at: usize, meter: &Meter<'_>) -> Result<(usize, usize), Error> {
        let Some(all) = &mut self.0 else {
            return Ok((at, at));
        };
        meter.charge(all.len() as u64 / 16)?;
        let Some(found) = all.iter().position(|element| *element == origin) else {
            return Ok((at, at));
        };
        let target = if found < at { at - 1 } else { at };
        all.remove(found);
        all.insert(target, origin);
        Ok((found, target))
    }
}
