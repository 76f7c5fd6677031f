//! Forks: what is tried when the present way has no more outputs, and who catches errors.
//!
//! Promise: going back restores stack, frames and path as they were. Cost: a push a fork; nothing is copied.

use super::generate::Walk;
use super::stack::{FrameMark, StackMark};
use super::track::Track;
use super::{Flow, Machine};
use crate::query::jq::fault::Fault;
use crate::query::jq::op::{Place, Slot, Target};
use crate::query::jq::val::Val;

/// A state of the machine that is gone back to.
pub(super) struct Fork {
    pub(super) resume: Resume,
    stack: StackMark,
    frames: FrameMark,
    pub(super) track: Track,
    pub(super) beside: u32,
}

/// How it goes on from there.
pub(super) enum Resume {
    /// Elsewhere, with another `it`.
    At(Target, Val),
    /// Errors go to the handler, or are silent.
    Try(Option<Target>),
    /// Errors from here on are not those of the body of the last `try` below.
    EndTry,
    /// Errors go there, with another `it`.
    OnError(Target, Val),
    Label,
    /// With the next child.
    Each {
        of: Val,
        next: usize,
        at: usize,
    },
    Range {
        next: i64,
        end: i64,
        at: usize,
    },
    RangeOfDoubles {
        next: f64,
        end: f64,
        at: usize,
    },
    Recurse {
        walk: Box<Walk>,
        at: usize,
    },
}

impl Machine<'_> {
    #[inline]
    pub(super) fn fork(&mut self, resume: Resume) {
        let (stack, frames) = (self.stack.mark(), self.frames.mark());
        self.stack.protect(stack);
        self.frames.protect(frames);
        let (track, beside) = (self.track.clone(), self.beside);
        self.forks.push(Fork { resume, stack, frames, track, beside });
    }

    /// After forks are gone.
    #[inline]
    fn protect(&mut self) {
        let (stack, frames) =
            self.forks.last().map_or_else(Default::default, |fork| (fork.stack, fork.frames));
        self.stack.protect(stack);
        self.frames.protect(frames);
    }

    /// Goes back to the state of the last fork, which goes.
    #[inline]
    pub(super) fn restore(&mut self, fork: Fork) {
        self.stack.restore(fork.stack);
        self.frames.restore(fork.frames);
        self.track = fork.track;
        self.beside = fork.beside;
        self.protect();
    }

    /// Goes back to the state of the last fork, which stays.
    #[inline]
    pub(super) fn revisit(&mut self) {
        if let Some(fork) = self.forks.last() {
            self.stack.restore(fork.stack);
            self.frames.restore(fork.frames);
            self.beside = fork.beside;
        }
    }

    /// Goes on with the last thing that can be tried; false when there is none.
    pub(super) fn backtrack(&mut self) -> bool {
        while let Some(fork) = self.forks.last() {
            match fork.resume {
                Resume::Each { .. } => self.next_child(),
                Resume::Range { .. } | Resume::RangeOfDoubles { .. } => self.next_number(),
                Resume::Recurse { .. } => self.next_descendant(),
                Resume::Try(_) | Resume::EndTry | Resume::OnError(..) | Resume::Label => {
                    self.forks.pop();
                    continue;
                }
                Resume::At(..) => self.resume(),
            }
            return true;
        }
        false
    }

    fn resume(&mut self) {
        let Some(mut fork) = self.forks.pop() else { return };
        if let Resume::At(target, it) = &mut fork.resume {
            self.at = *target as usize;
            self.it = it.take();
        }
        self.restore(fork);
    }

    /// Goes on where an error is caught; false when it is silent and nothing is left. Fails when nobody catches it.
    pub(super) fn raise(&mut self, error: Val) -> Result<bool, Fault> {
        // Bodies that had an output already: what failed stands behind them.
        let mut ended = 0_usize;
        while let Some(mut fork) = self.forks.pop() {
            match &mut fork.resume {
                Resume::EndTry => ended += 1,
                Resume::Try(_) if ended > 0 => ended -= 1,
                Resume::Try(None) => return Ok(self.backtrack()),
                Resume::Try(Some(handler)) => {
                    self.at = *handler as usize;
                    self.it = error;
                    self.restore(fork);
                    return Ok(true);
                }
                Resume::OnError(target, it) => {
                    self.at = *target as usize;
                    self.it = it.take();
                    self.restore(fork);
                    return Ok(true);
                }
                Resume::At(..)
                | Resume::Label
                | Resume::Each { .. }
                | Resume::Range { .. }
                | Resume::RangeOfDoubles { .. }
                | Resume::Recurse { .. } => {}
            }
        }
        Err(Fault::Raise(error))
    }

    /// A body without forks cannot come back: no need to remember it.
    pub(super) fn end_try(&mut self) {
        match self.forks.last() {
            Some(Fork { resume: Resume::Try(_), .. }) => {
                self.forks.pop();
                self.protect();
            }
            _ => self.fork(Resume::EndTry),
        }
    }

    pub(super) fn label(&mut self, slot: Slot) {
        self.mark(slot);
        self.fork(Resume::Label);
    }

    pub(super) fn end_label(&mut self, slot: Slot) {
        if self.marked(slot) + 1 == self.forks.len() as i64 {
            self.forks.pop();
            self.protect();
        }
    }

    /// `break`: as an error that only the label catches, and `try` without a handler.
    pub(super) fn leave(&mut self, place: Place) -> Flow {
        let label = self.frames.load(place).as_integer().unwrap_or(0);
        let label = usize::try_from(label).unwrap_or(0);
        let mut ended = 0_usize;
        while self.forks.len() > label {
            let Some(mut fork) = self.forks.pop() else { break };
            match &mut fork.resume {
                Resume::EndTry => ended += 1,
                Resume::Try(_) if ended > 0 => ended -= 1,
                Resume::Try(None) => break,
                // `?//` takes it for an error.
                Resume::OnError(target, it) => {
                    self.at = *target as usize;
                    self.it = it.take();
                    self.restore(fork);
                    return Flow::Next;
                }
                Resume::Try(Some(_))
                | Resume::At(..)
                | Resume::Label
                | Resume::Each { .. }
                | Resume::Range { .. }
                | Resume::RangeOfDoubles { .. }
                | Resume::Recurse { .. } => {}
            }
        }
        Flow::Backtrack
    }

    /// Gives all up that was tried since the label.
    pub(super) fn cut(&mut self, slot: Slot) {
        let label = self.marked(slot);
        self.cut_to(usize::try_from(label).unwrap_or(0));
    }

    pub(super) fn cut_to(&mut self, length: usize) {
        self.forks.truncate(length);
        self.protect();
    }

    /// A true output of `a` in `a // b`. When `a` has no more, its fork goes.
    pub(super) fn if_true(&mut self, slot: Slot, target: Target) -> Flow {
        if !self.it.is_true() {
            return Flow::Backtrack;
        }
        self.at = target as usize;
        let fork = self.marked(slot);
        if fork + 1 == self.forks.len() as i64 {
            self.forks.pop();
            self.protect();
        } else {
            *self.frames.slot(slot) = Val::integer(-1);
        }
        Flow::Next
    }

    pub(super) fn if_none_true(&mut self, slot: Slot) -> Flow {
        if self.marked(slot) < 0 { Flow::Backtrack } else { Flow::Next }
    }
}
