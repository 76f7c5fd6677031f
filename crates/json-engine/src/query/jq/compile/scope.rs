//! What a name means at a place of the program.

use std::sync::Arc;

use crate::document::Document;
use crate::query::jq::ast::{Ast, Definition};
use crate::query::jq::op::{Index, Slot};

/// The names that are known, from the innermost. Copies share.
#[derive(Clone, Default)]
pub(super) struct Scope<'a>(Option<Arc<Node<'a>>>);

struct Node<'a> {
    bound: Bound<'a>,
    outer: Scope<'a>,
}

/// What a name is bound to; numbers of 16 bits are the depth of the function that has it.
#[derive(Clone)]
pub(super) enum Bound<'a> {
    Const(Arc<str>, Document),
    Variable(Arc<str>, u16, Slot),
    Label(Arc<str>, u16, Slot),
    /// A definition of the program.
    Function(&'a Definition, u16, Index),
    /// A filter that the function of that depth is called with: its number among them.
    Param(Arc<str>, u16, Slot),
    /// A filter that is put in where it is used, with the scope of its own names.
    Inline(Arc<str>, &'a Ast, Scope<'a>),
}

impl<'a> Scope<'a> {
    pub(super) fn with(&self, bound: Bound<'a>) -> Scope<'a> {
        Scope(Some(Arc::new(Node { bound, outer: self.clone() })))
    }

    fn find<T>(&self, pick: impl Fn(&Bound<'a>) -> Option<T>) -> Option<T> {
        let mut next = &self.0;
        while let Some(node) = next {
            if let Some(found) = pick(&node.bound) {
                return Some(found);
            }
            next = &node.outer.0;
        }
        None
    }

    pub(super) fn variable(&self, name: &str) -> Option<Bound<'a>> {
        self.find(|bound| match bound {
            Bound::Const(bound_name, _) | Bound::Variable(bound_name, _, _) if **bound_name == *name => {
                Some(bound.clone())
            }
            _ => None,
        })
    }

    pub(super) fn label(&self, name: &str) -> Option<(u16, Slot)> {
        self.find(|bound| match bound {
            Bound::Label(bound_name, depth, slot) if **bound_name == *name => Some((*depth, *slot)),
            _ => None,
        })
    }

    pub(super) fn filter(&self, name: &str, arity: usize) -> Option<Bound<'a>> {
        self.find(|bound| {
            let is_it = match bound {
                Bound::Function(definition, _, _) => {
                    *definition.name == *name && definition.params.len() == arity
                }
                Bound::Param(bound_name, _, _) | Bound::Inline(bound_name, _, _) => {
                    arity == 0 && **bound_name == *name
                }
                Bound::Const(..) | Bound::Variable(..) | Bound::Label(..) => false,
            };
            is_it.then(|| bound.clone())
        })
    }
}

impl Drop for Scope<'_> {
    /// Long programs make long chains.
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(node) = next {
            next = Arc::into_inner(node).and_then(|mut node| node.outer.0.take());
        }
    }
}
