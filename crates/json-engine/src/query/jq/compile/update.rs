//! Assignments, as jq defines them: over the paths of the left side, one after the other.

use super::Compiler;
use super::scope::Scope;
use crate::error::Error;
use crate::query::jq::ast::{AccessKind, Assign, Ast, Binary};
use crate::query::jq::op::{MODIFY_SLOTS, Op, Place, Slot};

/// What makes the new value of the old one.
enum Update<'a> {
    Filter(&'a Ast),
    Operate(Binary, Slot),
    Alternative(Slot),
}

impl<'a> Compiler<'a> {
    pub(super) fn assign(
        &mut self,
        kind: Assign,
        target: &'a Ast,
        value: &'a Ast,
        scope: &Scope<'a>,
    ) -> Result<(), Error> {
        if kind == Assign::Update {
            return self.modify(target, &Update::Filter(value), scope);
        }
        self.emit(Op::Enter);
        self.expression(value, scope)?;
        let slot = self.slot()?;
        self.emit(Op::Bind(slot));
        match kind {
            Assign::Set | Assign::Update => self.set_all(target, slot, scope),
            Assign::Alternative => self.modify(target, &Update::Alternative(slot), scope),
            Assign::Operate(binary) => self.modify(target, &Update::Operate(binary, slot), scope),
        }
    }

    fn set_all(&mut self, target: &'a Ast, value: Slot, scope: &Scope<'a>) -> Result<(), Error> {
        let root = self.slot()?;
        self.emit(Op::Keep(root));
        let end = self.jump(Op::ForkNull(0));
        self.path(target, scope)?;
        self.emit(Op::Assign(root, value));
        self.land(end);
        self.done_with(Op::Take(root))
    }

    fn modify(&mut self, target: &'a Ast, update: &Update<'a>, scope: &Scope<'a>) -> Result<(), Error> {
        let first = self.slots(MODIFY_SLOTS)?;
        let (root, before, deleted, path) = (first, first + 1, first + 2, first + 3);
        self.emit(Op::Keep(root));
        let keeps = if has_disjoint_paths(target) { Op::ClearSlot(before) } else { Op::Keep(before) };
        self.emit(keeps);
        self.emit(Op::ClearSlot(deleted));
        let end = self.jump(Op::ForkNull(0));
        self.path(target, scope)?;
        self.emit(Op::Store(path));
        let nothing = self.jump(Op::ModifyBegin(first, 0));
        match update {
            Update::Filter(filter) => self.expression(filter, scope)?,
            Update::Operate(binary, slot) => self.emit(Op::WithSlot(*binary, *slot)),
            Update::Alternative(slot) => {
                self.emit(Op::Enter);
                let is_missing = self.jump(Op::Unless(0));
                let is_there = self.jump(Op::Jump(0));
                self.land(is_missing);
                self.emit(Op::Load(Place { level: 0, slot: *slot }));
                self.land(is_there);
            }
        }
        self.emit(Op::ModifyEnd(first));
        self.land(nothing);
        self.emit(Op::ModifyDelete(first));
        self.land(end);
        self.done_with(Op::ModifyFinish(first))
    }

    /// The paths of what a filter gives.
    pub(super) fn path(&mut self, filter: &'a Ast, scope: &Scope<'a>) -> Result<(), Error> {
        self.emit(Op::PathBegin);
        self.expression(filter, scope)?;
        self.done_with(Op::PathEnd)
    }
}

/// Whether no path of it leads through another: then what an update takes out is not looked for again, and nothing need
/// hold the value as it was.
fn has_disjoint_paths(target: &Ast) -> bool {
    let Ast::Access(inner, accesses) = target else { return matches!(target, Ast::Identity) };
    matches!(**inner, Ast::Identity)
        && accesses.iter().all(|access| match &access.kind {
            AccessKind::Each => true,
            AccessKind::Index(key) => key.is_single(),
            AccessKind::Slice(from, to) => [from, to].into_iter().flatten().all(Ast::is_single),
        })
}
