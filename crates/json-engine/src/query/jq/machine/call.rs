//! Calls. One in the last place of a function takes its frame.

use super::Machine;
use super::stack::{Caller, Closure};
use crate::query::jq::op::{Argument, Call, Env, Index, Place};

impl Machine<'_> {
    pub(super) fn call(&mut self, call: Index) {
        let call = &self.program.calls[call as usize];
        let caller = self.frames.present(self.at);
        self.enter(call, caller);
    }

    pub(super) fn tail_call(&mut self, call: Index) {
        let call = &self.program.calls[call as usize];
        let caller = self.frames.caller();
        // The arguments are read before the frame that they stand in goes.
        let env = self.env(call.env);
        let mut first = [Closure { function: 0, env: 0 }; 4];
        if call.arguments.len() > first.len() {
            return self.enter(call, caller);
        }
        for (closure, argument) in first.iter_mut().zip(&call.arguments) {
            *closure = self.closure(*argument);
        }
        self.frames.discard();
        let function = self.program.functions[call.function as usize];
        self.spend(function.slots);
        self.frames.enter(function, env, caller, first.into_iter().take(call.arguments.len()));
        self.at = function.entry as usize;
    }

    fn enter(&mut self, call: &Call, caller: Caller) {
        let env = self.env(call.env);
        let mut closures = [Closure { function: 0, env: 0 }; 8];
        let function = self.program.functions[call.function as usize];
        self.spend(function.slots);
        self.at = function.entry as usize;
        if call.arguments.len() > closures.len() {
            let many: Vec<Closure> = call.arguments.iter().map(|argument| self.closure(*argument)).collect();
            return self.frames.enter(function, env, caller, many.into_iter());
        }
        for (closure, argument) in closures.iter_mut().zip(&call.arguments) {
            *closure = self.closure(*argument);
        }
        self.frames.enter(function, env, caller, closures.into_iter().take(call.arguments.len()));
    }

    fn env(&self, env: Env) -> u32 {
        match env {
            Env::Level(level) => self.frames.outer(level),
            Env::Root => 0,
        }
    }

    fn closure(&self, argument: Argument) -> Closure {
        match argument {
            Argument::Function(function, env) => Closure { function, env: self.env(env) },
            Argument::Param(place) => self.frames.param(place),
        }
    }

    pub(super) fn call_param(&mut self, place: Place) {
        let closure = self.frames.param(place);
        let caller = self.frames.present(self.at);
        self.enter_closure(closure, caller);
    }

    pub(super) fn tail_call_param(&mut self, place: Place) {
        let closure = self.frames.param(place);
        let caller = self.frames.caller();
        self.frames.discard();
        self.enter_closure(closure, caller);
    }

    fn enter_closure(&mut self, closure: Closure, caller: Caller) {
        let function = self.program.functions[closure.function as usize];
        self.spend(function.slots);
        self.frames.enter(function, closure.env, caller, std::iter::empty());
        self.at = function.entry as usize;
    }
}
