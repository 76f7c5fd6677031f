//! Calls: of definitions, of filters that are arguments, of builtins.

use super::scope::{Bound, Scope};
use super::{Compiler, MAX_INLINED, Unit, env};
use crate::error::Error;
use crate::query::jq::ast::{Ast, Definition, Named};
use crate::query::jq::defined::{self, Builtin};
use crate::query::jq::natives;
use crate::query::jq::op::{Argument, Call, Env, Index, Op, Place};

impl<'a> Compiler<'a> {
    pub(super) fn call(
        &mut self,
        named: &Named,
        arguments: &'a [Ast],
        scope: &Scope<'a>,
    ) -> Result<(), Error> {
        match scope.filter(&named.name, arguments.len()) {
            Some(Bound::Function(_, depth, function)) => {
                let env = env(self.unit.depth, depth);
                self.call_function(function, env, arguments, scope)
            }
            Some(Bound::Param(_, depth, number)) => {
                self.done_with(Op::CallParam(Place { level: self.unit.depth - depth, slot: number }))
            }
            Some(Bound::Inline(_, filter, names)) => self.expression(filter, &names),
            _ => self.builtin(named, arguments, scope),
        }
    }

    fn call_function(
        &mut self,
        function: Index,
        env: Env,
        arguments: &'a [Ast],
        scope: &Scope<'a>,
    ) -> Result<(), Error> {
        let arguments = arguments.iter().map(|argument| self.argument(argument, scope));
        let arguments = arguments.collect::<Result<Box<[Argument]>, Error>>()?;
        self.program.calls.push(Call { function, env, arguments });
        let call = (self.program.calls.len() - 1) as Index;
        self.done_with(Op::Call(call))
    }

    /// What is only a name is passed on, so that a call that only repeats its arguments needs no frame.
    fn argument(&mut self, argument: &'a Ast, scope: &Scope<'a>) -> Result<Argument, Error> {
        if let Ast::Call(named, none) = argument
            && none.is_empty()
        {
            match scope.filter(&named.name, 0) {
                Some(Bound::Function(_, depth, function)) => {
                    return Ok(Argument::Function(function, env(self.unit.depth, depth)));
                }
                Some(Bound::Param(_, depth, number)) => {
                    return Ok(Argument::Param(Place { level: self.unit.depth - depth, slot: number }));
                }
                Some(Bound::Inline(_, filter, names)) => return self.argument(filter, &names),
                _ => {}
            }
        }
        let function = self.function(argument, scope)?;
        Ok(Argument::Function(function, Env::Level(0)))
    }

    /// Compiles a definition of the program, used or not, so that its errors are seen.
    pub(super) fn define(
        &mut self,
        definition: &'a Definition,
        scope: &Scope<'a>,
    ) -> Result<Scope<'a>, Error> {
        let function = self.reserve_function();
        let scope = scope.with(Bound::Function(definition, self.unit.depth + 1, function));
        self.body(function, definition, &scope)?;
        Ok(scope)
    }

    fn function(&mut self, body: &'a Ast, scope: &Scope<'a>) -> Result<Index, Error> {
        let function = self.reserve_function();
        let outer = self.open();
        self.expression(body, scope)?;
        self.emit(Op::Return);
        self.close(function);
        self.unit = outer;
        Ok(function)
    }

    fn body(&mut self, function: Index, definition: &'a Definition, scope: &Scope<'a>) -> Result<(), Error> {
        let outer = self.open();
        let mut scope = scope.clone();
        for (number, param) in definition.params.iter().enumerate() {
            scope = scope.with(Bound::Param(param.name.clone(), self.unit.depth, number as u16));
        }
        for (number, param) in definition.params.iter().enumerate().filter(|(_, param)| param.is_value) {
            self.emit(Op::Enter);
            self.emit(Op::CallParam(Place { level: 0, slot: number as u16 }));
            let slot = self.slot()?;
            self.emit(Op::Bind(slot));
            scope = scope.with(Bound::Variable(param.name.clone(), self.unit.depth, slot));
        }
        self.expression(&definition.body, &scope)?;
        self.emit(Op::Return);
        self.close(function);
        self.unit = outer;
        Ok(())
    }

    /// Begins a function inside the present one, which is given back.
    fn open(&mut self) -> Unit {
        let inner = Unit { depth: self.unit.depth + 1, ..Unit::default() };
        std::mem::replace(&mut self.unit, inner)
    }

    fn builtin(&mut self, named: &Named, arguments: &'a [Ast], scope: &Scope<'a>) -> Result<(), Error> {
        if self.instruction(&named.name, arguments, scope)? {
            return Ok(());
        }
        if let Some(native) = natives::find(&named.name, arguments.len()) {
            for argument in arguments.iter().rev() {
                self.beside(argument, scope)?;
            }
            return self.done_with(Op::Native(native));
        }
        let Some(builtin) = defined::find(&named.name, arguments.len()) else {
            let name: String = named.name.chars().take(64).collect();
            return Err(self.error(named, format!("{name}/{} is not defined", arguments.len())));
        };
        if builtin.is_inlined && self.inlined < MAX_INLINED {
            return self.put_in(builtin, arguments, scope);
        }
        let function = self.compiled(builtin)?;
        self.call_function(function, Env::Root, arguments, scope)
    }

    /// The body of a builtin in the place of its call.
    fn put_in(
        &mut self,
        builtin: &'static Builtin,
        arguments: &'a [Ast],
        scope: &Scope<'a>,
    ) -> Result<(), Error> {
        self.inlined += 1;
        let mut names = Scope::default();
        for (param, argument) in builtin.definition.params.iter().zip(arguments) {
            if param.is_value {
                self.emit(Op::Enter);
                self.expression(argument, scope)?;
                let slot = self.slot()?;
                self.emit(Op::Bind(slot));
                names = names.with(Bound::Variable(param.name.clone(), self.unit.depth, slot));
            } else {
                names = names.with(Bound::Inline(param.name.clone(), argument, scope.clone()));
            }
        }
        let outcome = self.expression(&builtin.definition.body, &names);
        self.inlined -= 1;
        outcome
    }

    /// A builtin as a function, compiled at its first use.
    fn compiled(&mut self, builtin: &'static Builtin) -> Result<Index, Error> {
        let key = (builtin.definition.name.clone(), builtin.definition.params.len());
        if let Some(function) = self.builtins.get(&key) {
            return Ok(*function);
        }
        let function = self.reserve_function();
        self.builtins.insert(key, function);
        let outer = std::mem::take(&mut self.unit);
        let outcome = self.body(function, &builtin.definition, &Scope::default());
        self.unit = outer;
        outcome.map(|()| function)
    }

    /// Builtins that are instructions; whether it is one.
    fn instruction(&mut self, name: &str, arguments: &'a [Ast], scope: &Scope<'a>) -> Result<bool, Error> {
        match (name, arguments) {
            ("empty", []) => self.emit(Op::Backtrack),
            ("not", []) => self.emit(Op::Not),
            ("error", []) => self.emit(Op::Raise),
            ("error", [message]) => {
                self.expression(message, scope)?;
                self.emit(Op::Raise);
            }
            ("path", [filter]) => self.path(filter, scope)?,
            ("getpath", [path]) => {
                self.beside(path, scope)?;
                self.emit(Op::GetPath);
            }
            ("first", [filter]) => {
                let slot = self.slot()?;
                self.emit(Op::Label(slot));
                self.expression(filter, scope)?;
                self.emit(Op::Cut(slot));
            }
            ("range", [upto]) => {
                let zero = self.constant(&crate::document::Document::Number(crate::document::Number::I64(0)));
                self.emit(Op::PushConst(zero));
                self.beside(upto, scope)?;
                self.emit(Op::Range);
            }
            ("range", [from, upto]) => {
                self.beside(from, scope)?;
                self.beside(upto, scope)?;
                self.emit(Op::Range);
            }
            ("recurse", []) => self.emit(Op::Recurse),
            ("input", []) => self.emit(Op::Input),
            _ => return Ok(false),
        }
        Ok(true)
    }
}
