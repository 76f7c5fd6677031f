//! From the tree to the code.
//!
//! Builtins that are written in jq are compiled when a program uses them; small ones, whose arguments are used once, are put in
//! where they are called, so that `map(.x)` and `select(.x > 1)` run without a call.
//!
//! Cost: one walk over the tree; code grows with the program only.

mod access;
mod bind;
mod call;
mod construct;
mod flow;
mod scope;
mod update;

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{Ast, Binary, Named, Stage};
use super::op::{Env, Function, Index, Op, Program, Slot, Target};
use super::parse::parse;
use super::val::Val;
use crate::document::Document;
use crate::error::Error;
use crate::query::error as query_error;

use scope::{Bound, Scope};

/// Most instructions of a program, builtins included.
const MAX_CODE: usize = 4 << 20;
/// Most builtins that are put in where they are called, one inside another.
const MAX_INLINED: usize = 400;

/// Compiles a program with constants, each a name without `$` and a value.
pub(super) fn compile(text: &str, vars: &[(String, Document)]) -> Result<Program, Error> {
    let ast = parse(text)?;
    let mut scope = Scope::default();
    for (name, value) in vars {
        scope = scope.with(Bound::Const(name.as_str().into(), value.clone()));
    }
    let mut compiler = Compiler {
        text,
        program: Program::default(),
        unit: Unit::default(),
        builtins: HashMap::new(),
        done: Vec::new(),
        inlined: 0,
    };
    let main = compiler.reserve_function();
    compiler.expression(&ast, &scope)?;
    compiler.emit(Op::Output);
    compiler.close(main);
    Ok(compiler.linked())
}

/// The code of one function.
#[derive(Default)]
struct Unit {
    code: Vec<Op>,
    depth: u16,
    slots: u16,
}

struct Compiler<'a> {
    text: &'a str,
    program: Program,
    unit: Unit,
    builtins: HashMap<(Arc<str>, usize), Index>,
    done: Vec<(Index, Unit)>,
    /// How many builtins are being put in.
    inlined: usize,
}

impl<'a> Compiler<'a> {
    fn expression(&mut self, ast: &'a Ast, scope: &Scope<'a>) -> Result<(), Error> {
        match ast {
            Ast::Identity => Ok(()),
            Ast::Recurse => self.done_with(Op::Recurse),
            Ast::Const(value) => {
                let index = self.constant(value);
                self.done_with(Op::Const(index))
            }
            Ast::Text { format, parts } => self.text(format.as_ref(), parts, scope),
            Ast::Format(name) => self.format(name),
            Ast::Array(inner) => self.array(inner, scope),
            Ast::Object(members) => self.object(members, scope),
            Ast::Negate(inner) => {
                self.expression(inner, scope)?;
                self.done_with(Op::Negate)
            }
            Ast::Access(inner, accesses) => self.access(inner, accesses, scope),
            Ast::Pipe(stages) => self.pipe(stages, scope),
            Ast::Comma(all) => self.comma(all, scope),
            Ast::Binary(first, rest) => self.binary(first, rest, scope),
            Ast::Logic(kind, operands) => self.logic(*kind, operands, scope),
            Ast::Alternative(all) => self.alternative(all, scope),
            Ast::Assign(kind, target, value) => self.assign(*kind, target, value, scope),
            Ast::If(branches, otherwise) => self.branches(branches, otherwise.as_deref(), scope),
            Ast::Try(body, handler) => self.attempt(body, handler.as_deref(), scope),
            Ast::Reduce(fold) => self.reduce(fold, scope),
            Ast::Foreach(fold) => self.foreach(fold, scope),
            Ast::Call(name, arguments) => self.call(name, arguments, scope),
            Ast::Variable(name) => self.variable(name, scope),
            Ast::Break(name) => self.leave_label(name, scope),
        }
    }

    fn pipe(&mut self, stages: &'a [Stage], scope: &Scope<'a>) -> Result<(), Error> {
        let mut scope = scope.clone();
        let mut labels = Vec::new();
        for stage in stages {
            match stage {
                Stage::Run(ast) => self.expression(ast, &scope)?,
                Stage::Bind(source, patterns) => scope = self.bind(source, patterns, &scope)?,
                Stage::Label(name) => {
                    let slot = self.slot()?;
                    self.emit(Op::Label(slot));
                    labels.push(slot);
                    scope = scope.with(Bound::Label(name.clone(), self.unit.depth, slot));
                }
                Stage::Define(definition) => scope = self.define(definition, &scope)?,
            }
        }
        for slot in labels.into_iter().rev() {
            self.emit(Op::EndLabel(slot));
        }
        Ok(())
    }

    /// The right operand is the outer loop, as in jq.
    fn binary(&mut self, first: &'a Ast, rest: &'a [(Binary, Ast)], scope: &Scope<'a>) -> Result<(), Error> {
        for (_, right) in rest.iter().rev() {
            if !matches!(right, Ast::Const(_)) {
                self.emit(Op::Enter);
                self.expression(right, scope)?;
                self.emit(Op::Swap);
            }
        }
        self.expression(first, scope)?;
        for (kind, right) in rest {
            match right {
                Ast::Const(value) => {
                    let index = self.constant(value);
                    self.emit(Op::WithConst(*kind, index));
                }
                _ => self.emit(Op::With(*kind)),
            }
        }
        Ok(())
    }

    fn error(&self, named: &Named, message: String) -> Error {
        query_error(self.text, named.at, message)
    }

    fn emit(&mut self, op: Op) {
        self.unit.code.push(op);
    }

    fn done_with(&mut self, op: Op) -> Result<(), Error> {
        self.emit(op);
        if self.unit.code.len() > MAX_CODE {
            return Err(query_error(self.text, 0, "the program is too large".to_owned()));
        }
        Ok(())
    }

    /// Emits a jump whose target comes later.
    fn jump(&mut self, op: Op) -> usize {
        self.emit(op);
        self.unit.code.len() - 1
    }

    /// Lets a jump go to what comes next.
    fn land(&mut self, jump: usize) {
        let here = self.unit.code.len() as Target;
        if let Some(target) = self.unit.code[jump].target() {
            *target = here;
        }
    }

    fn slot(&mut self) -> Result<Slot, Error> {
        self.slots(1)
    }

    /// The first of so many slots in a row.
    fn slots(&mut self, count: u16) -> Result<Slot, Error> {
        let slot = self.unit.slots;
        let Some(next) = slot.checked_add(count) else {
            return Err(query_error(self.text, 0, "the program has too many variables".to_owned()));
        };
        self.unit.slots = next;
        Ok(slot)
    }

    fn constant(&mut self, value: &Document) -> Index {
        self.program.consts.push(Val::of(value.clone()));
        (self.program.consts.len() - 1) as Index
    }

    fn reserve_function(&mut self) -> Index {
        self.program.functions.push(Function::default());
        (self.program.functions.len() - 1) as Index
    }

    /// Ends the present function.
    fn close(&mut self, function: Index) {
        let unit = std::mem::take(&mut self.unit);
        self.done.push((function, unit));
    }

    /// Puts the functions behind one another.
    fn linked(mut self) -> Program {
        self.done.sort_by_key(|(function, _)| *function);
        for (function, unit) in self.done {
            let base = self.program.code.len() as Target;
            let Unit { code, slots, .. } = unit;
            self.program.functions[function as usize] = Function { entry: base, slots };
            self.program.code.extend(code.into_iter().map(|mut op| {
                if let Some(target) = op.target() {
                    *target += base;
                }
                op
            }));
        }
        find_tail_calls(&mut self.program);
        self.program
    }
}

/// A call that is followed by a return goes without a frame of its own, if it needs none.
fn find_tail_calls(program: &mut Program) {
    for at in 0..program.code.len() {
        let op = program.code[at];
        let may_replace = match op {
            Op::Call(call) => program.calls[call as usize].may_replace_caller(),
            Op::CallParam(_) => true,
            _ => false,
        };
        if !may_replace || !returns(&program.code, at + 1) {
            continue;
        }
        program.code[at] = match op {
            Op::Call(call) => Op::TailCall(call),
            Op::CallParam(place) => Op::TailCallParam(place),
            other => other,
        };
    }
}

fn returns(code: &[Op], mut at: usize) -> bool {
    for _ in 0..8 {
        match code.get(at) {
            Some(Op::Return) => return true,
            Some(Op::Jump(target)) => at = *target as usize,
            _ => return false,
        }
    }
    false
}

/// The frame of a function of `depth`, seen from one of `from`.
fn env(from: u16, depth: u16) -> Env {
    Env::Level((from + 1).saturating_sub(depth))
}
