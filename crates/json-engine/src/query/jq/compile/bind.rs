//! Variables: `as`, patterns, and the folds that bind them.
//!
//! Promise: what is bound, in which order, is as in jq. Cost: a slot a variable; nothing is looked up by its name when it
//! runs.

use super::Compiler;
use super::scope::{Bound, Scope};
use crate::document::{Document, Number};
use crate::error::Error;
use crate::query::jq::ast::{Ast, Entry, Fold, Named, ObjectKey, Pattern};
use crate::query::jq::op::{Op, Place};
use std::collections::HashSet;
use std::sync::Arc;

impl<'a> Compiler<'a> {
    pub(super) fn variable(&mut self, named: &Named, scope: &Scope<'a>) -> Result<(), Error> {
        match scope.variable(&named.name) {
            Some(Bound::Const(_, value)) => {
                let index = self.constant(&value);
                self.done_with(Op::Const(index))
            }
            Some(Bound::Variable(_, depth, slot)) => {
                self.done_with(Op::Load(Place { level: self.unit.depth - depth, slot }))
            }
            _ => {
                let shown: String = named.name.chars().take(64).collect();
                Err(self.error(named, format!("the variable ${shown} is not defined")))
            }
        }
    }

    /// `source as patterns |`; gives the scope of what follows.
    pub(super) fn bind(
        &mut self,
        source: &'a Ast,
        patterns: &'a [Pattern],
        scope: &Scope<'a>,
    ) -> Result<Scope<'a>, Error> {
        self.emit(Op::Enter);
        self.expression(source, scope)?;
        if let [Pattern::Variable(name)] = patterns {
            let slot = self.slot()?;
            self.emit(Op::Bind(slot));
            return Ok(scope.with(Bound::Variable(name.clone(), self.unit.depth, slot)));
        }
        let bound = self.destructure(patterns, scope)?;
        self.emit(Op::PopLeave);
        Ok(bound)
    }

    /// Takes `it` apart; it is gone then. With several patterns the next is tried where one, or what follows, fails.
    fn destructure(&mut self, patterns: &'a [Pattern], scope: &Scope<'a>) -> Result<Scope<'a>, Error> {
        let mut bound = scope.clone();
        let mut slots = Vec::new();
        for name in names(patterns) {
            let slot = self.slot()?;
            slots.push(slot);
            bound = bound.with(Bound::Variable(name, self.unit.depth, slot));
        }
        let mut ends = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            let is_last = index + 1 == patterns.len();
            let next = if is_last { None } else { Some(self.jump(Op::ForkOnError(0))) };
            if patterns.len() > 1 {
                slots.iter().for_each(|slot| self.unit.code.push(Op::ClearSlot(*slot)));
            }
            self.match_pattern(pattern, &bound, &mut HashSet::new())?;
            if let Some(next) = next {
                ends.push(self.jump(Op::Jump(0)));
                self.land(next);
            }
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(bound)
    }

    /// As jq does it: elements from the last on, and of variables of one name the first that is `set` counts.
    fn match_pattern(
        &mut self,
        pattern: &'a Pattern,
        scope: &Scope<'a>,
        set: &mut HashSet<&'a str>,
    ) -> Result<(), Error> {
        match pattern {
            Pattern::Variable(name) if set.insert(name) => self.set(name, scope, Op::Store),
            Pattern::Variable(_) => Ok(()),
            Pattern::Array(elements) => {
                for (index, element) in elements.iter().enumerate().rev() {
                    self.emit(Op::Push);
                    let index = self.constant(&Document::Number(Number::I64(index as i64)));
                    self.emit(Op::Index(index));
                    self.match_pattern(element, scope, set)?;
                    self.emit(Op::Pop);
                }
                Ok(())
            }
            Pattern::Object(entries) => {
                entries.iter().try_for_each(|entry| self.match_entry(entry, scope, set))
            }
        }
    }

    fn match_entry(
        &mut self,
        entry: &'a Entry,
        scope: &Scope<'a>,
        set: &mut HashSet<&'a str>,
    ) -> Result<(), Error> {
        self.emit(Op::Push);
        match &entry.key {
            ObjectKey::Name(name) => {
                let index = self.constant(&Document::Str(name.clone()));
                self.emit(Op::Field(index));
            }
            ObjectKey::Computed(key) => {
                self.beside(key, scope)?;
                self.emit(Op::IndexBy);
            }
        }
        if let Some(name) = &entry.variable
            && set.insert(name)
        {
            self.set(name, scope, Op::Keep)?;
        }
        if let Some(pattern) = &entry.pattern {
            self.match_pattern(pattern, scope, set)?;
        }
        self.done_with(Op::Pop)
    }

    fn set(&mut self, name: &str, scope: &Scope<'a>, op: impl Fn(u16) -> Op) -> Result<(), Error> {
        match scope.variable(name) {
            Some(Bound::Variable(_, _, slot)) => self.done_with(op(slot)),
            _ => Ok(()),
        }
    }

    /// The state waits in a slot; each output of the source makes a new one of it.
    pub(super) fn reduce(&mut self, fold: &'a Fold, scope: &Scope<'a>) -> Result<(), Error> {
        let state = self.slot()?;
        self.emit(Op::Push);
        self.expression(&fold.init, scope)?;
        self.emit(Op::Store(state));
        self.emit(Op::Pop);
        let end = self.jump(Op::ForkNull(0));
        self.expression(&fold.source, scope)?;
        let bound = self.fold_pattern(&fold.patterns, scope)?;
        self.emit(Op::Take(state));
        self.expression(&fold.update, &bound)?;
        self.emit(Op::Store(state));
        self.emit(Op::Backtrack);
        self.land(end);
        self.done_with(Op::Take(state))
    }

    pub(super) fn foreach(&mut self, fold: &'a Fold, scope: &Scope<'a>) -> Result<(), Error> {
        let state = self.slot()?;
        self.emit(Op::Push);
        self.expression(&fold.init, scope)?;
        self.emit(Op::Store(state));
        self.emit(Op::Pop);
        self.expression(&fold.source, scope)?;
        let bound = self.fold_pattern(&fold.patterns, scope)?;
        self.emit(Op::Take(state));
        self.expression(&fold.update, &bound)?;
        self.emit(Op::Keep(state));
        match &fold.extract {
            Some(extract) => self.expression(extract, &bound),
            None => Ok(()),
        }
    }

    fn fold_pattern(&mut self, patterns: &'a [Pattern], scope: &Scope<'a>) -> Result<Scope<'a>, Error> {
        if let [Pattern::Variable(name)] = patterns {
            let slot = self.slot()?;
            self.emit(Op::Store(slot));
            return Ok(scope.with(Bound::Variable(name.clone(), self.unit.depth, slot)));
        }
        self.emit(Op::Enter);
        let bound = self.destructure(patterns, scope)?;
        self.emit(Op::PopLeave);
        Ok(bound)
    }
}

/// The variables of patterns, each once.
fn names(patterns: &[Pattern]) -> Vec<Arc<str>> {
    let mut names = Vec::new();
    let mut open: Vec<&Pattern> = patterns.iter().collect();
    while let Some(pattern) = open.pop() {
        match pattern {
            Pattern::Variable(name) => names.push(name.clone()),
            Pattern::Array(elements) => open.extend(elements),
            Pattern::Object(entries) => {
                names.extend(entries.iter().filter_map(|entry| entry.variable.clone()));
                open.extend(entries.iter().filter_map(|entry| entry.pattern.as_ref()));
            }
        }
    }
    names.sort();
    names.dedup();
    names
}
