//! The machine: runs the code of a program on values, output by output.
//!
//! It works as that of jq: what is tried later is a stack of forks, and stack and frames below a fork are shared with it, so
//! that backtracking costs nothing but cutting them off. Variables stand in frames. While paths are followed (`path(f)` and
//! all updates), `track` holds where `it` stands.
//!
//! Promise: nothing recurses by the depth of a program or of data; every [`STRIDE`] instructions time, memory and stack are
//! looked at. Cost: 10-30 ns an instruction; setting up is a few allocations.

mod build;
mod call;
mod fork;
mod generate;
mod operate;
mod read;
mod stack;
mod track;
mod update;

use super::account;
use super::ast::Binary;
use super::fault::Fault;
use super::growth;
use super::op::{Op, Program, Slot};
use super::val::Val;
use crate::document::Document;
use crate::error::{BudgetKind, Error};

use fork::{Fork, Resume};
use stack::{Frames, Stack};
use track::Track;

/// Instructions between two looks at the budgets.
const STRIDE: u32 = 512;
/// Most bytes of stack, frames and forks. A list whose room ends is moved whole, which nothing can stop: half of this takes a
/// busy machine some milliseconds.
const STACK_BYTES: usize = 16 << 20;
/// Variables of a function that cost as much as an instruction, when it is called.
const VARIABLES: u32 = 8;

/// Where `input` gets its values from.
pub(super) type Inputs<'i> = &'i mut dyn Iterator<Item = Document>;

/// What an instruction leads to, besides the next one.
enum Flow {
    Next,
    Backtrack,
}

/// A program that runs.
pub(super) struct Machine<'p> {
    program: &'p Program,
    inputs: Inputs<'p>,
    at: usize,
    it: Val,
    stack: Stack,
    frames: Frames,
    forks: Vec<Fork>,
    track: Track,
    /// How many expressions are open whose reads are no part of a path.
    beside: u32,
    fuel: u32,
    arguments: Vec<Val>,
    is_started: bool,
}

impl<'p> Machine<'p> {
    pub(super) fn new(program: &'p Program, input: Val, inputs: Inputs<'p>) -> Machine<'p> {
        let main = program.functions[0];
        Machine {
            program,
            inputs,
            at: main.entry as usize,
            it: input,
            stack: Stack::default(),
            frames: Frames::of_main(main),
            forks: Vec::new(),
            track: None,
            beside: 0,
            fuel: STRIDE,
            arguments: Vec::new(),
            is_started: false,
        }
    }

    /// The next output; none at the end. An error that nobody caught ends it too.
    pub(super) fn next(&mut self) -> Result<Option<Val>, Fault> {
        if std::mem::replace(&mut self.is_started, true) && !self.backtrack() {
            return Ok(None);
        }
        loop {
            match self.advance() {
                Ok(output) => return Ok(output),
                Err(Fault::Raise(error)) => {
                    if !self.raise(error)? {
                        return Ok(None);
                    }
                }
                Err(stop) => return Err(stop),
            }
        }
    }

    /// Runs to the next output, the end, or an error.
    fn advance(&mut self) -> Result<Option<Val>, Fault> {
        loop {
            self.fuel -= 1;
            if self.fuel == 0 {
                self.look()?;
            }
            let op = self.program.code[self.at];
            self.at += 1;
            if let Op::Output = op {
                return Ok(Some(self.it.take()));
            }
            match self.step(op)? {
                Flow::Next => {}
                Flow::Backtrack if self.backtrack() => {}
                Flow::Backtrack => return Ok(None),
            }
        }
    }

    /// Counts a call of a function with so many variables; one look comes after at most [`STRIDE`] times [`VARIABLES`] of them.
    #[inline]
    fn spend(&mut self, slots: u16) {
        self.fuel = self.fuel.saturating_sub(u32::from(slots) / VARIABLES).max(1);
    }

    #[cold]
    fn look(&mut self) -> Result<(), Fault> {
        self.fuel = STRIDE;
        let used = self.stack.bytes() + self.frames.bytes() + self.forks.len() * size_of::<Fork>();
        if used > STACK_BYTES {
            let (allowed, used) = (STACK_BYTES as u64, used as u64);
            return Err(Fault::from(Error::Budget { kind: BudgetKind::Stack, allowed, used }));
        }
        account::look()
    }

    #[inline(always)]
    #[expect(clippy::too_many_lines, reason = "an arm an instruction")]
    fn step(&mut self, op: Op) -> Result<Flow, Fault> {
        match op {
            Op::Const(index) => self.it = self.program.consts[index as usize].clone(),
            Op::Load(place) => self.it = self.frames.load(place),
            Op::Take(slot) => self.it = self.frames.slot(slot).take(),
            Op::Store(slot) => *self.frames.slot(slot) = self.it.take(),
            Op::Keep(slot) => *self.frames.slot(slot) = self.it.clone(),
            Op::ClearSlot(slot) => *self.frames.slot(slot) = Val::NULL,
            Op::Enter => {
                self.beside += 1;
                self.stack.push(self.it.clone());
            }
            Op::Leave => {
                self.beside -= 1;
                self.stack.exchange(&mut self.it);
            }
            Op::Swap => self.stack.exchange(&mut self.it),
            Op::Push => self.stack.push(self.it.clone()),
            Op::PushConst(index) => self.stack.push(self.program.consts[index as usize].clone()),
            Op::Pop => self.it = self.stack.pop(),
            Op::PopLeave => {
                self.beside -= 1;
                self.it = self.stack.pop();
            }
            Op::Bind(slot) => {
                self.beside -= 1;
                let input = self.stack.pop();
                *self.frames.slot(slot) = std::mem::replace(&mut self.it, input);
            }
            Op::Field(index) => self.field(index)?,
            Op::FieldOrNothing(index) => return self.field_or_nothing(index),
            Op::Index(index) => self.index(self.program.consts[index as usize].clone())?,
            Op::IndexOrNothing(index) => {
                return self.index_or_nothing(self.program.consts[index as usize].clone());
            }
            Op::IndexBy => {
                let key = self.stack.pop();
                self.index(key)?;
            }
            Op::IndexByOrNothing => {
                let key = self.stack.pop();
                return self.index_or_nothing(key);
            }
            Op::Slice => self.slice()?,
            Op::SliceOrNothing => {
                let key = self.slice_key();
                return self.index_or_nothing(key);
            }
            Op::Each => return self.each(),
            Op::EachOrNothing => return self.each_or_nothing(),
            Op::Recurse => self.recurse()?,
            Op::GetPath => self.get_path()?,
            Op::Negate => self.it = super::arithmetic::negate(self.it.take())?,
            Op::Not => self.it = (!self.it.is_true()).into(),
            Op::WithConst(kind, index) => self.with_const(kind, index)?,
            Op::WithSlot(kind, slot) => self.with_slot(kind, slot)?,
            Op::With(kind) => self.with(kind)?,
            Op::Format(index) => self.format(index)?,
            Op::Interpolate(index) => self.interpolate(index)?,
            Op::MakeArray(count) => self.make_array(count as usize),
            Op::MakeObject(index) => self.make_object(index)?,
            Op::CheckKey => self.check_key()?,
            Op::EmptyArray(slot) => *self.frames.slot(slot) = Val::array(Vec::new()),
            Op::Append(slot) => {
                let element = self.it.take();
                growth::push(self.frames.slot(slot), element)?;
                return Ok(Flow::Backtrack);
            }
            Op::Native(native) => self.native(native)?,
            Op::Jump(target) => self.at = target as usize,
            Op::Unless(target) => {
                if !self.tested() {
                    self.at = target as usize;
                }
            }
            Op::And(target) => {
                if !self.tested() {
                    self.it = false.into();
                    self.at = target as usize;
                }
            }
            Op::Or(target) => {
                if self.tested() {
                    self.it = true.into();
                    self.at = target as usize;
                }
            }
            Op::ToBool => self.it = self.it.is_true().into(),
            Op::Fork(target) => self.fork(Resume::At(target, self.it.clone())),
            Op::ForkNull(target) => self.fork(Resume::At(target, Val::NULL)),
            Op::Backtrack => return Ok(Flow::Backtrack),
            Op::Raise => return Err(Fault::Raise(self.it.take())),
            Op::Try(target) => self.fork(Resume::Try(Some(target))),
            Op::TrySilently => self.fork(Resume::Try(None)),
            Op::EndTry => self.end_try(),
            Op::ForkOnError(target) => self.fork(Resume::OnError(target, self.it.clone())),
            Op::Label(slot) => self.label(slot),
            Op::EndLabel(slot) => self.end_label(slot),
            Op::Break(place) => return Ok(self.leave(place)),
            Op::Cut(slot) => self.cut(slot),
            Op::Alternative(slot, target) => {
                self.mark(slot);
                self.fork(Resume::At(target, self.it.clone()));
            }
            Op::IfTrue(slot, target) => return Ok(self.if_true(slot, target)),
            Op::IfNoneTrue(slot) => return Ok(self.if_none_true(slot)),
            Op::Range => return self.range(),
            Op::Input => self.input()?,
            Op::Call(call) => self.call(call),
            Op::TailCall(call) => self.tail_call(call),
            Op::CallParam(place) => self.call_param(place),
            Op::TailCallParam(place) => self.tail_call_param(place),
            Op::Return => self.at = self.frames.leave(),
            Op::Output => {}
            Op::PathBegin => self.path_begin(),
            Op::PathEnd => self.path_end()?,
            Op::Assign(root, value) => return self.assign(root, value),
            Op::ModifyBegin(first, target) => self.modify_begin(first, target)?,
            Op::ModifyEnd(first) => return self.modify_end(first),
            Op::ModifyDelete(first) => return self.modify_delete(first),
            Op::ModifyFinish(first) => self.modify_finish(first)?,
        }
        Ok(Flow::Next)
    }

    /// Ends a condition: whether `it` is true; the input is back then.
    fn tested(&mut self) -> bool {
        self.beside -= 1;
        let input = self.stack.pop();
        std::mem::replace(&mut self.it, input).is_true()
    }

    /// Reads a place among the forks from a slot.
    fn marked(&mut self, slot: Slot) -> i64 {
        self.frames.slot(slot).as_integer().unwrap_or(0)
    }

    /// Remembers the present place among the forks.
    fn mark(&mut self, slot: Slot) {
        *self.frames.slot(slot) = Val::count(self.forks.len());
    }

    fn with_const(&mut self, kind: Binary, index: u32) -> Result<(), Fault> {
        let right = &self.program.consts[index as usize];
        self.it = match operate::quickly(kind, &self.it, right) {
            Some(result) => result,
            None => operate::operate(kind, self.it.take(), right.clone())?,
        };
        Ok(())
    }

    fn with_slot(&mut self, kind: Binary, slot: Slot) -> Result<(), Fault> {
        let right = self.frames.slot(slot).clone();
        self.it = operate::operate(kind, self.it.take(), right)?;
        checked()
    }

    fn with(&mut self, kind: Binary) -> Result<(), Fault> {
        self.beside -= 1;
        let right = self.stack.pop();
        self.it = match operate::quickly(kind, &self.it, &right) {
            Some(result) => result,
            None => operate::operate(kind, self.it.take(), right)?,
        };
        checked()
    }
}

/// After what may have made large values.
#[inline]
fn checked() -> Result<(), Fault> {
    if account::is_over() { Err(account::breach()) } else { Ok(()) }
}
