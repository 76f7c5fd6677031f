//! Values made of values, and natives.

use super::{Machine, checked};
use crate::document::{Document, Key, Members};
use crate::query::jq::account::{ask, charge, reserve};
use crate::query::jq::fault::Fault;
use crate::query::jq::formats;
use crate::query::jq::natives::Native;
use crate::query::jq::op::Index;
use crate::query::jq::text::described;
use crate::query::jq::val::Val;

impl Machine<'_> {
    pub(super) fn make_array(&mut self, count: usize) {
        let mut elements: Vec<Document> = Vec::with_capacity(count);
        elements.extend((0..count).map(|_| self.stack.pop().into_document()));
        elements.reverse();
        self.it = Val::array(elements);
    }

    pub(super) fn make_object(&mut self, index: Index) -> Result<(), Fault> {
        let shape = &self.program.shapes[index as usize];
        if shape.is_distinct {
            let mut entries: Vec<(Key, Document)> = Vec::with_capacity(shape.height);
            for key in shape.keys.iter().rev().flatten() {
                entries.push((key.clone(), self.stack.pop().into_document()));
            }
            entries.reverse();
            self.it = Val::object(Members::of_distinct(entries));
            return Ok(());
        }
        let mut values: Vec<Val> = (0..shape.height).map(|_| self.stack.pop()).collect();
        let mut object = Val::object(Members::default());
        for key in &shape.keys {
            let computed = if key.is_none() { values.pop() } else { None };
            let value = values.pop().unwrap_or(Val::NULL);
            match (key, computed) {
                (Some(key), _) => object.insert_key(key.clone(), value),
                (None, computed) => object.insert(&computed.unwrap_or(Val::NULL), value)?,
            }
        }
        self.it = object;
        Ok(())
    }

    pub(super) fn check_key(&mut self) -> Result<(), Fault> {
        let key = self.stack.peek(1);
        if key.as_text().is_some() {
            return Ok(());
        }
        Err(Fault::raise(&format!("Cannot use {} as object key", described(key))))
    }

    pub(super) fn format(&mut self, index: Index) -> Result<(), Fault> {
        let Some(name) = self.program.consts[index as usize].as_text() else { return Ok(()) };
        if name == "text" && matches!(self.it.document(), Document::Str(_)) {
            return Ok(());
        }
        self.it = formats::format(name, &self.it)?;
        checked()
    }

    pub(super) fn interpolate(&mut self, index: Index) -> Result<(), Fault> {
        let mut text = String::new();
        for part in &self.program.templates[index as usize] {
            let value = if part.is_none() { self.stack.pop() } else { Val::NULL };
            let more = part.as_deref().or(value.as_text()).unwrap_or("");
            reserve(text.len() + more.len())?;
            charge(more.len() / 64)?;
            ask(more.len())?;
            text.push_str(more);
        }
        ask(text.len())?;
        self.it = Val::text(&text);
        checked()
    }

    pub(super) fn native(&mut self, native: &Native) -> Result<(), Fault> {
        let mut arguments = std::mem::take(&mut self.arguments);
        arguments.extend((0..native.arity).map(|_| self.stack.pop()));
        let answer = (native.run)(self.it.take(), &arguments);
        arguments.clear();
        self.arguments = arguments;
        self.it = answer?;
        checked()
    }

    pub(super) fn input(&mut self) -> Result<(), Fault> {
        match self.inputs.next() {
            Some(document) => self.it = Val::of(document),
            None => return Err(Fault::raise("break")),
        }
        Ok(())
    }
}
