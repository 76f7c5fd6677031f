//! Reads: fields, indices, slices, `[]`.

use super::Compiler;
use super::scope::Scope;
use crate::document::Document;
use crate::error::Error;
use crate::query::jq::access::slice_key;
use crate::query::jq::ast::{Access, AccessKind, Ast, OnError};
use crate::query::jq::op::Op;
use crate::query::jq::val::Val;

impl<'a> Compiler<'a> {
    /// Computed keys see the input of the whole; the last is the outer loop.
    pub(super) fn access(
        &mut self,
        inner: &'a Ast,
        accesses: &'a [Access],
        scope: &Scope<'a>,
    ) -> Result<(), Error> {
        for access in accesses.iter().rev() {
            match &access.kind {
                AccessKind::Each | AccessKind::Index(Ast::Const(_)) => {}
                AccessKind::Index(key) => self.beside(key, scope)?,
                AccessKind::Slice(from, to) => {
                    if constant_slice(from.as_ref(), to.as_ref()).is_none() {
                        self.bound(from.as_ref(), scope)?;
                        self.bound(to.as_ref(), scope)?;
                    }
                }
            }
        }
        self.expression(inner, scope)?;
        for access in accesses {
            let op = self.read(access);
            self.emit(op);
        }
        Ok(())
    }

    fn read(&mut self, access: &Access) -> Op {
        let is_silent = access.on_error == OnError::Nothing;
        let choose = |raises: Op, silent: Op| if is_silent { silent } else { raises };
        match &access.kind {
            AccessKind::Each => choose(Op::Each, Op::EachOrNothing),
            AccessKind::Index(Ast::Const(key)) => {
                let index = self.constant(key);
                match key {
                    Document::Str(_) => choose(Op::Field(index), Op::FieldOrNothing(index)),
                    _ => choose(Op::Index(index), Op::IndexOrNothing(index)),
                }
            }
            AccessKind::Index(_) => choose(Op::IndexBy, Op::IndexByOrNothing),
            AccessKind::Slice(from, to) => match constant_slice(from.as_ref(), to.as_ref()) {
                Some(key) => {
                    let index = self.constant(key.document());
                    choose(Op::Index(index), Op::IndexOrNothing(index))
                }
                None => choose(Op::Slice, Op::SliceOrNothing),
            },
        }
    }

    fn bound(&mut self, bound: Option<&'a Ast>, scope: &Scope<'a>) -> Result<(), Error> {
        if let Some(bound) = bound {
            return self.beside(bound, scope);
        }
        let null = self.constant(&Document::Null);
        self.done_with(Op::PushConst(null))
    }

    /// Leaves the outputs of an expression on the stack, one by one, and its input in `it`.
    pub(super) fn beside(&mut self, ast: &'a Ast, scope: &Scope<'a>) -> Result<(), Error> {
        if let Ast::Const(value) = ast {
            let index = self.constant(value);
            return self.done_with(Op::PushConst(index));
        }
        self.emit(Op::Enter);
        self.expression(ast, scope)?;
        self.done_with(Op::Leave)
    }
}

fn constant_slice(from: Option<&Ast>, to: Option<&Ast>) -> Option<Val> {
    let bound = |ast: Option<&Ast>| match ast {
        None => Some(Val::NULL),
        Some(Ast::Const(value)) => Some(Val::of(value.clone())),
        Some(_) => None,
    };
    Some(slice_key(&bound(from)?, &bound(to)?))
}
