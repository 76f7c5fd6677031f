//! Pairs: the classes of two documents that are compared place by place.
//!
//! What stands at the same place is compared with its partner alone, which takes no table: only elements that may stand
//! elsewhere in the other array are classified by it. Promise: what is compared gives the same changes as if all were.
//! Cost: one pass over both, and the table for what lies between the equal ends of two arrays; values deep in arrays in arrays
//! are looked at [`MAX_NESTED`] times at most.

use super::arrays::Arrays;
use super::classes::{Classes, Node};
use crate::document::{Document, Members};
use crate::equal::same;
use crate::error::Error;

/// Arrays in arrays whose equal ends are looked for; what lies deeper stands in the table.
const MAX_NESTED: usize = 8;

/// What a value costs in memory that does not stand in the table.
const NODE_BYTES: u64 = size_of::<Node<'_>>() as u64;

/// One document and the other.
type Both<T> = (T, T);

/// Classifies two documents in turns.
pub(super) struct Pairs<'c, 'd, 'a, 'b> {
    classes: &'c mut Classes<'d, 'a, 'b>,
    arrays: &'c Arrays,
    /// Arrays that the present place lies in.
    nested: usize,
}

impl<'c, 'd, 'a, 'b> Pairs<'c, 'd, 'a, 'b> {
    pub(super) fn new(classes: &'c mut Classes<'d, 'a, 'b>, arrays: &'c Arrays) -> Self {
        Pairs { classes, arrays, nested: 0 }
    }

    /// Classifies two values that are compared with each other alone. Recurses by their depth, at most 512.
    pub(super) fn pair(&mut self, from: &'d Document, to: &'d Document) -> Result<Both<Node<'d>>, Error> {
        self.classes.meter.charge(2)?;
        self.classes.meter.hold(2 * NODE_BYTES)?;
        match (from, to) {
            (Document::Obj(old), Document::Obj(new)) => self.members((from, to), (old, new)),
            (Document::Arr(old), Document::Arr(new))
                if *self.arrays == Arrays::Lcs && self.nested < MAX_NESTED =>
            {
                self.elements((from, to), (old, new))
            }
            (Document::Arr(_), Document::Arr(_)) => Ok((self.classes.node(from)?, self.classes.node(to)?)),
            _ if same(from, to, self.classes.meter)? => Ok(self.equal((from, to))),
            _ => Ok((self.alone(from), self.alone(to))),
        }
    }

    fn members(
        &mut self,
        (from, to): Both<&'d Document>,
        (old, new): Both<&'d Members>,
    ) -> Result<Both<Node<'d>>, Error> {
        let mut left = Vec::with_capacity(old.len());
        let mut right: Vec<Option<Node<'d>>> = new.values().map(|_| None).collect();
        let mut is_same = old.len() == new.len();
        for (key, value) in old.iter() {
            let place = new.get_index_of(key);
            let Some((place, (_, partner))) = place.and_then(|place| Some((place, new.get_index(place)?)))
            else {
                is_same = false;
                left.push(self.alone(value));
                continue;
            };
            let (value, partner) = self.pair(value, partner)?;
            is_same &= value.class == partner.class;
            left.push(value);
            right[place] = Some(partner);
        }
        if is_same {
            return Ok(self.equal((from, to)));
        }
        let right = right.into_iter().zip(new.values());
        let right = right.map(|(partner, value)| partner.unwrap_or_else(|| self.alone(value))).collect();
        Ok((Node { children: left, ..self.alone(from) }, Node { children: right, ..self.alone(to) }))
    }

    /// Elements that are equal at the beginning and at the end are partners; the rest are looked for in each other.
    fn elements(
        &mut self,
        (from, to): Both<&'d Document>,
        (old, new): Both<&'d [Document]>,
    ) -> Result<Both<Node<'d>>, Error> {
        let head = self.count_same(old.iter().zip(new))?;
        let (old_rest, new_rest) = (&old[head..], &new[head..]);
        let tail = self.count_same(old_rest.iter().rev().zip(new_rest.iter().rev()))?;
        let (old_middle, old_tail) = old_rest.split_at(old_rest.len() - tail);
        let (new_middle, new_tail) = new_rest.split_at(new_rest.len() - tail);
        if old_middle.is_empty() && new_middle.is_empty() {
            return Ok(self.equal((from, to)));
        }
        self.classes.meter.hold(NODE_BYTES * (old.len() + new.len()) as u64)?;
        let mut left = Vec::with_capacity(old.len());
        let mut right = Vec::with_capacity(new.len());
        self.partners(&old[..head], &new[..head], (&mut left, &mut right));
        match (old_middle, new_middle) {
            ([old], [new]) => {
                self.nested += 1;
                let (old, new) = self.pair(old, new)?;
                self.nested -= 1;
                left.push(old);
                right.push(new);
            }
            ([], alone) => right.extend(alone.iter().map(|value| self.alone(value))),
            (alone, []) => left.extend(alone.iter().map(|value| self.alone(value))),
            (old, new) => {
                for value in old {
                    left.push(self.classes.node(value)?);
                }
                for value in new {
                    right.push(self.classes.node(value)?);
                }
            }
        }
        self.partners(old_tail, new_tail, (&mut left, &mut right));
        Ok((Node { children: left, ..self.alone(from) }, Node { children: right, ..self.alone(to) }))
    }

    fn count_same(&self, pairs: impl Iterator<Item = Both<&'d Document>>) -> Result<usize, Error> {
        let mut count = 0;
        for (left, right) in pairs {
            if !same(left, right, self.classes.meter)? {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    fn partners(
        &mut self,
        old: &'d [Document],
        new: &'d [Document],
        (left, right): Both<&mut Vec<Node<'d>>>,
    ) {
        for both in old.iter().zip(new) {
            let (old, new) = self.equal(both);
            left.push(old);
            right.push(new);
        }
    }

    /// Two values that are equal, and that nothing else is compared with.
    fn equal(&mut self, (from, to): Both<&'d Document>) -> Both<Node<'d>> {
        let class = self.classes.fresh();
        let node = |document| Node { document, class, children: Vec::new() };
        (node(from), node(to))
    }

    /// A value that equals nothing it is compared with.
    fn alone(&mut self, document: &'d Document) -> Node<'d> {
        Node { document, class: self.classes.fresh(), children: Vec::new() }
    }
}
