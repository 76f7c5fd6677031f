//! Values that are made: arrays, objects, strings.

use super::Compiler;
use super::scope::Scope;
use crate::document::Key;
use crate::error::Error;
use crate::query::jq::ast::{Ast, Named, ObjectKey, Part};
use crate::query::jq::op::{Index, Op, Shape};

impl<'a> Compiler<'a> {
    /// An array of single values is made at once, any other grows in a slot.
    pub(super) fn array(&mut self, inner: &'a Ast, scope: &Scope<'a>) -> Result<(), Error> {
        let elements = match inner {
            Ast::Comma(elements) => elements.as_slice(),
            other => std::slice::from_ref(other),
        };
        if elements.iter().all(Ast::is_single) {
            for element in elements {
                self.beside(element, scope)?;
            }
            return self.done_with(Op::MakeArray(elements.len() as Index));
        }
        let slot = self.slot()?;
        self.emit(Op::EmptyArray(slot));
        let end = self.jump(Op::ForkNull(0));
        self.expression(inner, scope)?;
        self.emit(Op::Append(slot));
        self.land(end);
        self.done_with(Op::Take(slot))
    }

    pub(super) fn object(&mut self, members: &'a [(ObjectKey, Ast)], scope: &Scope<'a>) -> Result<(), Error> {
        let mut keys: Vec<Option<Key>> = Vec::with_capacity(members.len());
        let (mut is_distinct, mut height) = (true, 0);
        for (key, value) in members {
            match key {
                ObjectKey::Name(name) => {
                    let key = Key::Text(name.clone());
                    is_distinct &= members.len() <= 64 && !keys.contains(&Some(key.clone()));
                    keys.push(Some(key));
                    self.beside(value, scope)?;
                    height += 1;
                }
                ObjectKey::Computed(key) => {
                    is_distinct = false;
                    keys.push(None);
                    self.beside(key, scope)?;
                    self.beside(value, scope)?;
                    self.emit(Op::CheckKey);
                    height += 2;
                }
            }
        }
        self.program.shapes.push(Shape { keys: keys.into(), height, is_distinct });
        let index = (self.program.shapes.len() - 1) as Index;
        self.done_with(Op::MakeObject(index))
    }

    /// The last value is the outer loop, as jq adds the parts from the left.
    pub(super) fn text(
        &mut self,
        format: Option<&Named>,
        parts: &'a [Part],
        scope: &Scope<'a>,
    ) -> Result<(), Error> {
        for part in parts.iter().rev() {
            let Part::Value(value) = part else { continue };
            self.emit(Op::Enter);
            self.expression(value, scope)?;
            match format {
                Some(name) => self.format(name)?,
                None => self.format(&Named { name: "text".into(), at: 0 })?,
            }
            self.emit(Op::Leave);
        }
        let template = parts.iter().map(|part| match part {
            Part::Text(text) => Some(Box::from(&**text)),
            Part::Value(_) => None,
        });
        self.program.templates.push(template.collect());
        let index = (self.program.templates.len() - 1) as Index;
        self.done_with(Op::Interpolate(index))
    }

    pub(super) fn format(&mut self, name: &Named) -> Result<(), Error> {
        let index = self.constant(&crate::document::Document::Str(name.name.clone()));
        self.done_with(Op::Format(index))
    }
}
