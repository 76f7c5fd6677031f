//! Accept: says of most valid documents, at once, that they are valid; of all others it says nothing, and the library
//! decides.
//!
//! A schema of the plain keywords is compiled a second time, to a list of nodes that a document is held against. It knows
//! no failure, no annotation and no output, hence its speed; a schema with any other keyword has none of it.
//!
//! Promise: what it accepts is valid (docs/adr/0007-a-quick-yes-before-the-library.md); time and stack are charged as the
//! library's are. Cost: some nanoseconds a value; 160 bytes a subschema.

mod compile;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use jsonschema::Validator;

use super::keywords::Rule;
use super::matching::Pattern;
use super::node::{Own, Place, length_told};
use super::run::Run;
use super::unique;
use crate::document::{Document, Key, Members, Number};

/// A node of an [`Acceptor`].
type Index = u32;

/// A compiled schema of plain keywords.
#[derive(Debug)]
pub(super) struct Acceptor {
    nodes: Vec<Node>,
}

/// What a subschema asks for; as it is by default, nothing.
#[derive(Debug, Default)]
struct Node {
    types: Types,
    rules: Vec<Rule>,
    length: Between,
    /// A `format` that is checked, by the library.
    format: Option<Arc<Validator<Own>>>,
    /// A `pattern`, as the library matches it.
    pattern: Option<Arc<Pattern>>,
    elements: Elements,
    members: Option<Box<Shape>>,
    /// All of these hold too: `allOf` and `$ref`.
    every: Vec<Index>,
    /// One of these holds, if there are any.
    any: Vec<Index>,
}

/// From so many to so many, both allowed.
#[derive(Debug, Clone, Copy)]
struct Between(u64, u64);

/// The types that are allowed.
#[derive(Debug, Clone, Copy)]
struct Types(u8);

/// What is asked of an array.
#[derive(Debug, Default)]
struct Elements {
    count: Between,
    is_unique: bool,
    first: Vec<Index>,
    others: Option<Index>,
}

/// What is asked of an object.
#[derive(Debug, Default)]
struct Shape {
    count: Between,
    fields: Vec<Field>,
    places: HashMap<Arc<str>, usize, RandomState>,
    required: usize,
    others: Option<Index>,
}

/// A member that has a name.
#[derive(Debug)]
struct Field {
    name: Arc<str>,
    value: Option<Index>,
    is_required: bool,
}

impl Acceptor {
    /// Whether the document is certainly valid. Unwinds on the budget, as the library does.
    pub(super) fn accepts(&self, document: &Document, run: &Run<'_>) -> bool {
        run.charge(1);
        self.is_fit(0, document, run)
    }

    /// Recurses by the depth of the document times the length of its chains of references; the run looks at the stack. A
    /// scalar is charged by whoever holds it.
    fn is_fit(&self, at: Index, document: &Document, run: &Run<'_>) -> bool {
        let node = &self.nodes[at as usize];
        if !node.types.has(document) || !node.rules.iter().all(|rule| rule.is_kept(document, run)) {
            return false;
        }
        let is_fit = match document {
            Document::Null | Document::Bool(_) | Document::Number(_) => true,
            Document::Str(text) => {
                let has_format = |format: &Arc<Validator<Own>>| format.is_valid(Place::root(document, run));
                node.length.has_length(text, run)
                    && node.pattern.as_ref().is_none_or(|pattern| pattern.matches(text, run))
                    && node.format.as_ref().is_none_or(has_format)
            }
            // The library sees other characters.
            Document::Surrogates(_) => false,
            Document::Arr(elements) => self.are_elements_fit(&node.elements, elements, run),
            Document::Obj(members) => {
                node.members.as_ref().is_none_or(|shape| self.are_members_fit(shape, members, run))
            }
        };
        is_fit && (node.is_alone() || self.are_others_fit(node, document, run))
    }

    fn are_others_fit(&self, node: &Node, document: &Document, run: &Run<'_>) -> bool {
        run.charge(1);
        node.every.iter().all(|at| self.is_fit(*at, document, run))
            && (node.any.is_empty() || node.any.iter().any(|at| self.is_fit(*at, document, run)))
    }

    fn are_elements_fit(&self, asked: &Elements, elements: &[Document], run: &Run<'_>) -> bool {
        run.charge(elements.len() as u64);
        let (first, others) = elements.split_at(asked.first.len().min(elements.len()));
        asked.count.has(elements.len())
            && first.iter().zip(&asked.first).all(|(element, at)| self.is_fit(*at, element, run))
            && asked.others.is_none_or(|at| self.are_all_fit(at, others, run))
            && (!asked.is_unique || all_differ(elements, run))
    }

    /// Of arrays of numbers most documents consist that have long ones; these are held against one node in a row.
    fn are_all_fit(&self, at: Index, elements: &[Document], run: &Run<'_>) -> bool {
        let node = &self.nodes[at as usize];
        elements.iter().all(|element| match element {
            Document::Number(number) if node.is_alone() => {
                node.types.has_number(number) && node.rules.iter().all(|rule| rule.is_kept(element, run))
            }
            _ => self.is_fit(at, element, run),
        })
    }

    fn are_members_fit(&self, shape: &Shape, members: &Members, run: &Run<'_>) -> bool {
        run.charge(members.len() as u64);
        if !shape.count.has(members.len()) {
            return false;
        }
        let (mut next, mut required) = (0, shape.required);
        for (key, value) in members {
            // The library sees another name.
            let Key::Text(name) = key else { return false };
            let Some(at) = shape.find(name, next, run) else {
                if shape.others.is_some_and(|at| !self.is_fit(at, value, run)) {
                    return false;
                }
                continue;
            };
            next = at + 1;
            let field = &shape.fields[at];
            required -= usize::from(field.is_required);
            if field.value.is_some_and(|at| !self.is_fit(at, value, run)) {
                return false;
            }
        }
        required == 0
    }
}

/// By itself, since what this needs of the stack is not needed a level.
#[inline(never)]
fn all_differ(elements: &[Document], run: &Run<'_>) -> bool {
    run.expect(unique::all_differ(elements, run.meter()))
}

impl Shape {
    /// Where the field `name` stands: mostly behind the last one, as members come in one order.
    #[inline]
    fn find(&self, name: &Arc<str>, next: usize, run: &Run<'_>) -> Option<usize> {
        if self.fields.get(next).is_some_and(|field| field.name == *name) {
            return Some(next);
        }
        if self.fields.is_empty() {
            return None;
        }
        run.charge(1 + name.len() as u64 / 64);
        self.places.get(name).copied()
    }
}

impl Node {
    fn is_alone(&self) -> bool {
        self.every.is_empty() && self.any.is_empty()
    }
}

impl Between {
    fn is_any(self) -> bool {
        matches!(self, Between(0, u64::MAX))
    }

    fn has(self, count: usize) -> bool {
        (self.0..=self.1).contains(&(count as u64))
    }

    /// Whether a text has so many characters.
    fn has_length(self, text: &str, run: &Run<'_>) -> bool {
        length_told(text, self.0, self.1).unwrap_or_else(|| {
            run.charge(text.len() as u64 / 64);
            self.has(text.chars().count())
        })
    }
}

impl Default for Between {
    fn default() -> Between {
        Between(0, u64::MAX)
    }
}

impl Types {
    const NULL: u8 = 1;
    const BOOLEAN: u8 = 1 << 1;
    const NUMBER: u8 = 1 << 2;
    const INTEGER: u8 = 1 << 3;
    const STRING: u8 = 1 << 4;
    const ARRAY: u8 = 1 << 5;
    const OBJECT: u8 = 1 << 6;

    #[inline]
    fn has(self, document: &Document) -> bool {
        let bit = match document {
            Document::Null => Types::NULL,
            Document::Bool(_) => Types::BOOLEAN,
            Document::Number(number) => return self.has_number(number),
            Document::Str(_) | Document::Surrogates(_) => Types::STRING,
            Document::Arr(_) => Types::ARRAY,
            Document::Obj(_) => Types::OBJECT,
        };
        self.0 & bit != 0
    }

    #[inline]
    fn has_number(self, number: &Number) -> bool {
        self.0 & Types::NUMBER != 0 || self.0 & Types::INTEGER != 0 && number.is_integer()
    }
}

impl Default for Types {
    fn default() -> Types {
        Types(u8::MAX)
    }
}
