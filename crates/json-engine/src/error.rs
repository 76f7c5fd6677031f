//! Why an operation has no answer, by what the caller can do about it.

use crate::{Diagnostic, Position, Report, Stats};

/// The limits that [`Error::Limit`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// `Limits::max_bytes`.
    Bytes,
    /// `Limits::max_depth`.
    Depth,
    /// `Limits::max_nodes`.
    Nodes,
    /// `Limits::max_number_digits`.
    NumberDigits,
    /// `Limits::max_output_bytes`.
    Output,
    /// Length of a query.
    QueryBytes,
    /// Steps of a recipe.
    RecipeSteps,
    /// Operations of a JSON Patch.
    PatchOperations,
    /// What it takes to compile a schema, together with those that it refers to.
    SchemaEffort,
    /// `FeedLimits::max_token_bytes`.
    Token,
    /// [`MAX_KEY_TEXT`](crate::convert::MAX_KEY_TEXT).
    KeyText,
}

impl LimitKind {
    /// Stable reason for machines.
    pub fn reason(self) -> &'static str {
        match self {
            LimitKind::Bytes => "INPUT_BYTES_LIMIT",
            LimitKind::Depth => "DEPTH_LIMIT",
            LimitKind::Nodes => "NODES_LIMIT",
            LimitKind::NumberDigits => "NUMBER_DIGITS_LIMIT",
            LimitKind::Output => "OUTPUT_TOO_LARGE",
            LimitKind::QueryBytes => "QUERY_BYTES_LIMIT",
            LimitKind::RecipeSteps => "RECIPE_STEPS_LIMIT",
            LimitKind::PatchOperations => "PATCH_OPERATIONS_LIMIT",
            LimitKind::SchemaEffort => "SCHEMA_EFFORT_LIMIT",
            LimitKind::Token => "TOKEN_BYTES_LIMIT",
            LimitKind::KeyText => "KEY_TEXT_LIMIT",
        }
    }

    /// Unit of `allowed` and `actual`.
    pub fn unit(self) -> &'static str {
        match self {
            LimitKind::Bytes
            | LimitKind::Output
            | LimitKind::QueryBytes
            | LimitKind::Token
            | LimitKind::KeyText => "bytes",
            LimitKind::Depth => "levels",
            LimitKind::Nodes => "nodes",
            LimitKind::NumberDigits => "digits",
            LimitKind::RecipeSteps => "steps",
            LimitKind::PatchOperations => "operations",
            LimitKind::SchemaEffort => "units of effort",
        }
    }

    fn subject(self) -> &'static str {
        match self {
            LimitKind::Bytes => "the document",
            LimitKind::Depth => "the nesting of the document",
            LimitKind::Nodes => "the document",
            LimitKind::NumberDigits => "a number of the document",
            LimitKind::Output => "the answer",
            LimitKind::QueryBytes => "the query",
            LimitKind::RecipeSteps => "the recipe",
            LimitKind::PatchOperations => "the patch",
            LimitKind::SchemaEffort => "compiling the schema",
            LimitKind::Token => "a token of the document",
            LimitKind::KeyText => "the text of a key that is no text",
        }
    }
}

/// The budgets that [`Error::Budget`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetKind {
    /// Time, in milliseconds. A cancelled run says this too.
    Time,
    /// Memory, in bytes.
    Memory,
    /// Recursion of a program, in bytes of stack.
    Stack,
}

impl Error {
    /// A source of `bytes` bytes is not valid, and this is what was found first.
    #[cold]
    pub(crate) fn invalid(diagnostic: Diagnostic, bytes: usize) -> Error {
        Error::Invalid(Box::new(Report {
            diagnostics: vec![diagnostic],
            diagnostics_total: 1,
            stats: Stats { bytes: bytes as u64, ..Stats::default() },
        }))
    }
}

impl BudgetKind {
    /// Stable reason for machines.
    pub fn reason(self) -> &'static str {
        match self {
            BudgetKind::Time => "BUDGET_TIME",
            BudgetKind::Memory => "BUDGET_MEMORY",
            BudgetKind::Stack => "BUDGET_STACK",
        }
    }

    /// Unit of `allowed` and `used`.
    pub fn unit(self) -> &'static str {
        match self {
            BudgetKind::Time => "milliseconds",
            BudgetKind::Memory | BudgetKind::Stack => "bytes",
        }
    }
}

/// What is wrong with an operation of a JSON Patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchFault {
    /// The patch is no JSON Patch: mend it.
    Invalid,
    /// A `test` found another value: the document is not the one that the patch was made for.
    TestFailed,
    /// The operation needs a value that the document does not have.
    PathNotFound,
}

impl PatchFault {
    /// Stable reason for machines.
    pub fn reason(self) -> &'static str {
        match self {
            PatchFault::Invalid => "PATCH_INVALID",
            PatchFault::TestFailed => "PATCH_TEST_FAILED",
            PatchFault::PathNotFound => "PATCH_PATH_NOT_FOUND",
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The document is not valid: mend it where the report says.
    #[error("the document is not valid: {}", first_message(.0))]
    Invalid(Box<Report>),
    /// The target cannot hold all of the document and the caller wants no loss: choose another target, or let losses be
    /// reported.
    #[error("the conversion would lose something, {} in all: {}", .0.diagnostics_total, first_warning(.0))]
    Fidelity(Box<Report>),
    /// Something is larger than allowed: send less, or raise the limit.
    #[error("{} has {actual} {} or more, {allowed} are allowed", limit.subject(), limit.unit())]
    Limit {
        /// Which limit.
        limit: LimitKind,
        /// What is allowed, in `limit.unit()`.
        allowed: u64,
        /// What was seen when the work stopped, in `limit.unit()`.
        actual: u64,
        /// Where in the document; absent when the limit is not about a place.
        position: Option<Position>,
    },
    /// The query is wrong: mend the program.
    #[error("{message} (column {column} of the query)")]
    Query {
        /// What was found and what was allowed.
        message: String,
        /// Offset in the program in bytes, 0-based.
        offset: u64,
        /// Column in Unicode scalar values, 1-based.
        column: u64,
        /// At most 64 bytes of the program around the place, and below them a caret.
        snippet: String,
    },
    /// The program ran and ended with an error of its own; in the words of its language.
    #[error("{message}")]
    Program {
        /// What it says.
        message: String,
    },
    /// The pointer is well-formed and names nothing in this document.
    #[error("{message}")]
    PointerNotFound {
        /// The pointer, cut to 64 bytes.
        pointer: String,
        /// Its longest prefix that names a value, cut to 64 bytes.
        found: String,
        /// What was looked for and what was there.
        message: String,
    },
    /// A JSON Patch (RFC 6902) cannot be read or applied; the document is as it was.
    #[error("operation {operation} of the patch{}: {message}", in_quotes(op))]
    Patch {
        /// What is wrong.
        fault: PatchFault,
        /// Index of the operation, 0-based.
        operation: usize,
        /// Its `op`; empty where it has none that is known.
        op: &'static str,
        /// The pointer that failed, cut to 64 bytes; empty where it is not about one.
        pointer: String,
        /// What was found and what was allowed.
        message: String,
        /// Where in the text of the patch; only for [`PatchFault::Invalid`], and only when it was read from a text.
        position: Option<Box<Position>>,
    },
    /// No merge patch (RFC 7396) says this change: it has no way to write null.
    #[error("a merge patch cannot say the change at {pointer:?}: {message}")]
    MergePatch {
        /// Where the change is, cut to 64 bytes.
        pointer: String,
        /// What is there, and what to use instead.
        message: String,
    },
    /// One of several texts is at fault.
    #[error("{part}: {error}")]
    Part {
        /// Which text: `patch`, `from`, `to`, `base`, `ours`, `theirs`, `schema`, or `args` (a variable of a program).
        part: &'static str,
        /// What is wrong with it.
        error: Box<Error>,
    },
    /// An option is out of its range.
    #[error("{name}: {message}; allowed: {allowed}")]
    Option {
        /// Name of the option.
        name: &'static str,
        /// What was found.
        message: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The program needs more than it was given: simplify it, or give it more.
    #[error("the program was stopped: it used {used} {}, its budget is {allowed}", kind.unit())]
    Budget {
        /// Which budget.
        kind: BudgetKind,
        /// The budget, in `kind.unit()`.
        allowed: u64,
        /// What was used when the work stopped, in `kind.unit()`.
        used: u64,
    },
}

fn in_quotes(op: &str) -> String {
    if op.is_empty() { String::new() } else { format!(" ({op:?})") }
}

fn first_warning(report: &Report) -> String {
    let Some(first) = report.diagnostics.first() else {
        return "no findings were kept".to_owned();
    };
    let place = match (first.start.line, first.start.byte_offset) {
        (0, byte) => format!("byte {byte}"),
        (line, _) => format!("line {line}, column {}", first.start.column),
    };
    format!("{place}: {}", first.message)
}

fn first_message(report: &Report) -> String {
    let Some(first) = report.diagnostics.iter().find(|d| d.severity == crate::Severity::Error) else {
        return "no findings were kept".to_owned();
    };
    // Binary formats have no lines.
    if first.start.line == 0 {
        return format!("byte {}: {}", first.start.byte_offset, first.message);
    }
    format!("line {}, column {}: {}", first.start.line, first.start.column, first.message)
}
