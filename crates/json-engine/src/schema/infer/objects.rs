//! Objects: what the members of the objects at one place have in common: each by its name, or, where there are too many
//! names, all together.
//!
//! Promise: whether names count depends on how many there are in all, not on the order in which they come. Cost: a look-up a
//! member, mostly of the place where the object before had it.

use std::sync::Arc;

use indexmap::IndexMap;

use super::shape::{Shape, set};
use crate::document::{Document, Key, Members};
use crate::schema::run::Run;

/// Most names of members. An object with more is a dictionary: its names are data, and a schema that lists them says nothing
/// of the next one.
const MAX_NAMES: usize = 256;
/// Memory that a shape holds, in bytes.
const SHAPE_BYTES: u64 = 512;

/// The objects at one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Objects {
    count: u64,
    members: Described,
}

/// What is known of members.
#[derive(Debug, Clone)]
enum Described {
    /// Each by its name.
    Each(Named),
    /// All of them, whatever their names.
    All(Box<Shape>),
}

type Named = IndexMap<Key, Shape, foldhash::fast::RandomState>;

impl Default for Described {
    fn default() -> Described {
        Described::Each(Named::default())
    }
}

impl Described {
    fn together(self) -> Shape {
        match self {
            Described::Each(members) => members.into_values().fold(Shape::default(), |mut all, one| {
                all.merge(one);
                all
            }),
            Described::All(all) => *all,
        }
    }
}

impl Objects {
    /// Learns from an object.
    pub(super) fn add(&mut self, members: &Members, run: &Run<'_>) {
        self.count += 1;
        let mut next = 0;
        for (key, value) in members.iter() {
            match &mut self.members {
                Described::Each(members) => {
                    let at = place_of(members, key, next, run);
                    members[at].add(value, run);
                    next = at + 1;
                    self.forget_names();
                }
                Described::All(all) => all.add(value, run),
            }
        }
    }

    pub(super) fn merge(&mut self, other: Objects) {
        self.count += other.count;
        self.members = match (std::mem::take(&mut self.members), other.members) {
            (Described::Each(mut present), Described::Each(more)) => {
                for (key, shape) in more {
                    present.entry(key).or_default().merge(shape);
                }
                Described::Each(present)
            }
            (present, more) => {
                let mut all = present.together();
                all.merge(more.together());
                Described::All(Box::new(all))
            }
        };
        self.forget_names();
    }

    /// Takes the members together once there are too many names.
    fn forget_names(&mut self) {
        if matches!(&self.members, Described::Each(members) if members.len() > MAX_NAMES) {
            let all = std::mem::take(&mut self.members).together();
            self.members = Described::All(Box::new(all));
        }
    }

    /// Writes its keywords.
    pub(super) fn describe(&self, out: &mut Members) {
        match &self.members {
            Described::Each(members) => self.describe_each(members, out),
            Described::All(all) => set(out, "additionalProperties", described(all)),
        }
    }

    fn describe_each(&self, members: &Named, out: &mut Members) {
        let mut properties = Members::default();
        for (key, shape) in members {
            properties.insert(key.clone(), described(shape));
        }
        set(out, "properties", Document::Obj(Arc::new(properties)));
        let always = members.iter().filter(|(_, shape)| shape.count == self.count);
        let names: Vec<Document> = always.map(|(key, _)| Document::from(key.clone())).collect();
        if !names.is_empty() {
            set(out, "required", Document::Arr(Arc::new(names)));
        }
    }
}

fn described(shape: &Shape) -> Document {
    let mut schema = Members::default();
    shape.describe(&mut schema);
    Document::Obj(Arc::new(schema))
}

/// The place of a member, which is made if it is new. Objects of one kind have their members in one order, so that it is
/// mostly the `next`.
fn place_of(members: &mut Named, key: &Key, next: usize, run: &Run<'_>) -> usize {
    if members.get_index(next).is_some_and(|(known, _)| known == key) {
        return next;
    }
    if let Some(at) = members.get_index_of(key) {
        return at;
    }
    run.hold(SHAPE_BYTES + key.literal().len() as u64);
    members.insert_full(key.clone(), Shape::default()).0
}
