//! What ends an operation: an error that the program may catch, or one that ends the program.

use super::val::Val;
use crate::error::Error;

/// Why an operation gave no value.
#[derive(Debug)]
pub(super) enum Fault {
    /// An error of the program's own; `try` catches it and sees the value.
    Raise(Val),
    /// The budget is used up, or a limit is reached; nothing catches it.
    Stop(Box<Error>),
}

/// What an operation gives.
pub(super) type Answer = Result<Val, Fault>;

impl Fault {
    /// An error with a message, as the builtins raise it.
    #[cold]
    pub(super) fn raise(message: &str) -> Fault {
        Fault::Raise(Val::text(message))
    }
}

impl From<Error> for Fault {
    #[cold]
    fn from(error: Error) -> Fault {
        Fault::Stop(Box::new(error))
    }
}
