//! Calls: the function must be known, and its arguments as many and of the kinds that it takes.

use super::Parser;
use crate::error::Error;
use crate::query::jmespath::Fault;
use crate::query::jmespath::ast::{Call, Expr};
use crate::query::jmespath::function::{Accepts, Function};
use crate::query::jmespath::lex::Token;

impl Parser<'_> {
    /// A call of `name`, which stands at `at`; the parenthesis is the present token.
    pub(super) fn call(&mut self, name: &str, at: usize) -> Result<Expr, Error> {
        self.next();
        let Some(function) = Function::named(name) else {
            let message = format!("there is no such function; allowed: {}", Function::names());
            return Err(Fault::UnknownFunction.at(self.program, at, &message));
        };
        let mut call = Call { function, values: Vec::new(), reference: None, at };
        let mut count = 0;
        if *self.peek() != Token::CloseParen {
            loop {
                self.argument(&mut call, count)?;
                count += 1;
                if !self.eat(&Token::Comma) {
                    break;
                }
            }
        }
        self.expect(&Token::CloseParen, "',' or ')' must stand here")?;
        if !function.takes(count) {
            let message = format!("{name} takes {}, not {count}", function.arity());
            return Err(Fault::InvalidArity.at(self.program, at, &message));
        }
        Ok(Expr::Call(call))
    }

    fn argument(&mut self, call: &mut Call, index: usize) -> Result<(), Error> {
        let at = self.offset();
        let is_reference = self.eat(&Token::Ampersand);
        let argument = self.expression(0)?;
        let accepts = call.function.accepts(index);
        // One argument too many is an error of the number, which the caller finds.
        let takes_reference = accepts.map_or(is_reference, |accepts| accepts == Accepts::Reference);
        if is_reference != takes_reference {
            let wanted = accepts.map_or("no value", Accepts::name);
            let message = format!("argument {} of {} is {wanted}", index + 1, call.function.name());
            return Err(Fault::InvalidType.at(self.program, at, &message));
        }
        if is_reference {
            call.reference = Some(Box::new(argument));
        } else {
            call.values.push(argument);
        }
        Ok(())
    }
}
