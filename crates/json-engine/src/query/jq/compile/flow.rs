//! Branches, alternatives, errors, labels.

use super::Compiler;
use super::scope::Scope;
use crate::error::Error;
use crate::query::jq::ast::{Ast, Logic, Named};
use crate::query::jq::op::{Op, Place};

impl<'a> Compiler<'a> {
    pub(super) fn comma(&mut self, all: &'a [Ast], scope: &Scope<'a>) -> Result<(), Error> {
        let mut ends = Vec::with_capacity(all.len());
        for (index, ast) in all.iter().enumerate() {
            if index + 1 == all.len() {
                self.expression(ast, scope)?;
                break;
            }
            let next = self.jump(Op::Fork(0));
            self.expression(ast, scope)?;
            ends.push(self.jump(Op::Jump(0)));
            self.land(next);
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(())
    }

    pub(super) fn branches(
        &mut self,
        branches: &'a [(Ast, Ast)],
        otherwise: Option<&'a Ast>,
        scope: &Scope<'a>,
    ) -> Result<(), Error> {
        let mut ends = Vec::with_capacity(branches.len());
        for (condition, then) in branches {
            self.emit(Op::Enter);
            self.expression(condition, scope)?;
            let next = self.jump(Op::Unless(0));
            self.expression(then, scope)?;
            ends.push(self.jump(Op::Jump(0)));
            self.land(next);
        }
        if let Some(otherwise) = otherwise {
            self.expression(otherwise, scope)?;
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(())
    }

    pub(super) fn logic(&mut self, kind: Logic, operands: &'a [Ast], scope: &Scope<'a>) -> Result<(), Error> {
        let mut ends = Vec::with_capacity(operands.len());
        for (index, operand) in operands.iter().enumerate() {
            if index + 1 == operands.len() {
                self.expression(operand, scope)?;
                self.emit(Op::ToBool);
                break;
            }
            self.emit(Op::Enter);
            self.expression(operand, scope)?;
            ends.push(self.jump(match kind {
                Logic::And => Op::And(0),
                Logic::Or => Op::Or(0),
            }));
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(())
    }

    /// `a // (b // …)`
    pub(super) fn alternative(&mut self, all: &'a [Ast], scope: &Scope<'a>) -> Result<(), Error> {
        let mut ends = Vec::with_capacity(all.len());
        for (index, ast) in all.iter().enumerate() {
            if index + 1 == all.len() {
                self.expression(ast, scope)?;
                break;
            }
            let slot = self.slot()?;
            let next = self.jump(Op::Alternative(slot, 0));
            self.expression(ast, scope)?;
            ends.push(self.jump(Op::IfTrue(slot, 0)));
            self.land(next);
            self.emit(Op::IfNoneTrue(slot));
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(())
    }

    pub(super) fn attempt(
        &mut self,
        body: &'a Ast,
        handler: Option<&'a Ast>,
        scope: &Scope<'a>,
    ) -> Result<(), Error> {
        let Some(handler) = handler else {
            self.emit(Op::TrySilently);
            self.expression(body, scope)?;
            return self.done_with(Op::EndTry);
        };
        let caught = self.jump(Op::Try(0));
        self.expression(body, scope)?;
        self.emit(Op::EndTry);
        let end = self.jump(Op::Jump(0));
        self.land(caught);
        self.expression(handler, scope)?;
        self.land(end);
        Ok(())
    }

    pub(super) fn leave_label(&mut self, name: &Named, scope: &Scope<'a>) -> Result<(), Error> {
        let Some((depth, slot)) = scope.label(&name.name) else {
            let shown = &name.name[..name.name.len().min(64)];
            return Err(self.error(name, format!("there is no label ${shown} around")));
        };
        self.done_with(Op::Break(Place { level: self.unit.depth - depth, slot }))
    }
}
