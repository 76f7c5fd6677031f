//! What a call says in one number, and the reason that goes with it.

use json_engine::Error;

/// What became of a call: FASTJSON_OK, or why there is no answer, by what the caller can do about it.
pub type Code = i32;

/// It worked. There may be warnings in the report.
pub const FASTJSON_OK: Code = 0;
/// The document is not valid: mend it where the report says. Reason DOCUMENT_INVALID.
pub const FASTJSON_INVALID_DOCUMENT: Code = 1;
/// The target cannot hold all of the document and FASTJSON_FIDELITY_STRICT was asked for. Reason FIDELITY_LOSS.
pub const FASTJSON_LOSS: Code = 2;
/// Something is larger than allowed: send less, or raise the limit. Reasons *_LIMIT, OUTPUT_TOO_LARGE.
pub const FASTJSON_LIMIT: Code = 3;
/// The work needs more time, memory or stack than it was given, or was cancelled. Reasons BUDGET_*.
pub const FASTJSON_BUDGET: Code = 4;
/// The program cannot be compiled, or takes a value of a type that it must not: mend it. Reason QUERY_INVALID.
pub const FASTJSON_INVALID_QUERY: Code = 5;
/// The program ran and ended with an error of its own. Reason PROGRAM_FAILED.
pub const FASTJSON_PROGRAM_FAILED: Code = 6;
/// The JSON Pointer names nothing in this document. Reason POINTER_NOT_FOUND.
pub const FASTJSON_NOT_FOUND: Code = 7;
/// A field of the options is out of its range, or does not fit the documents. Reason OPTION_INVALID.
pub const FASTJSON_INVALID_OPTION: Code = 8;
/// A patch cannot be read or applied. No function of this version gives it. Reasons PATCH_*, DIFF_NOT_EXPRESSIBLE.
pub const FASTJSON_PATCH: Code = 9;
/// The calling code is wrong: NULL where a pointer must stand, or a struct_size that cannot be. Reason ARGUMENT_INVALID.
pub const FASTJSON_INVALID_ARGUMENT: Code = 10;
/// A fault of the library. It can go on being used; please report it. Reason PANIC.
pub const FASTJSON_PANIC: Code = 11;

/// Why a call has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine says why.
    Engine(Error),
    /// The calling code is wrong.
    Argument {
        /// The argument.
        name: &'static str,
        /// What was found and what was allowed.
        message: String,
    },
    /// The engine panicked.
    Panic(String),
}

impl Failure {
    /// An argument that cannot be.
    pub(crate) fn argument(name: &'static str, message: impl Into<String>) -> Failure {
        Failure::Argument { name, message: message.into() }
    }

    /// The code, and the reason as the gRPC contract spells it.
    pub(crate) fn verdict(&self) -> (Code, &'static str) {
        match self {
            Failure::Engine(error) => verdict(error),
            Failure::Argument { .. } => (FASTJSON_INVALID_ARGUMENT, "ARGUMENT_INVALID"),
            Failure::Panic(_) => (FASTJSON_PANIC, "PANIC"),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Engine(error) => error.fmt(f),
            Failure::Argument { name, message } => write!(f, "{name}: {message}"),
            Failure::Panic(what) => write!(f, "a fault of the library: {what}"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Engine(error)
    }
}

fn verdict(error: &Error) -> (Code, &'static str) {
    match error {
        Error::Invalid(_) => (FASTJSON_INVALID_DOCUMENT, "DOCUMENT_INVALID"),
        Error::Fidelity(_) => (FASTJSON_LOSS, "FIDELITY_LOSS"),
        Error::Limit { limit, .. } => (FASTJSON_LIMIT, limit.reason()),
        Error::Budget { kind, .. } => (FASTJSON_BUDGET, kind.reason()),
        Error::Query { .. } => (FASTJSON_INVALID_QUERY, "QUERY_INVALID"),
        Error::Program { .. } => (FASTJSON_PROGRAM_FAILED, "PROGRAM_FAILED"),
        Error::PointerNotFound { .. } => (FASTJSON_NOT_FOUND, "POINTER_NOT_FOUND"),
        Error::Option { .. } => (FASTJSON_INVALID_OPTION, "OPTION_INVALID"),
        Error::Patch { fault, .. } => (FASTJSON_PATCH, fault.reason()),
        Error::MergePatch { .. } => (FASTJSON_PATCH, "DIFF_NOT_EXPRESSIBLE"),
        Error::Part { error, .. } => verdict(error),
    }
}
