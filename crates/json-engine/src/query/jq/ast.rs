//! The tree of a program, flat where programs are long: pipes, commas and chains of operators are lists, so that its
//! depth is that of the brackets.

use std::sync::Arc;

use crate::document::Document;

/// An expression.
#[derive(Debug, Clone)]
pub(super) enum Ast {
    Identity,
    /// `..`
    Recurse,
    Const(Document),
    /// A string with interpolations; `format` shapes what is put in.
    Text {
        format: Option<Named>,
        parts: Vec<Part>,
    },
    /// `@base64`
    Format(Named),
    /// `[…]`; without an inside it is a constant.
    Array(Box<Ast>),
    Object(Vec<(ObjectKey, Ast)>),
    Negate(Box<Ast>),
    /// A term and what is read from it, in order.
    Access(Box<Ast>, Vec<Access>),
    Pipe(Vec<Stage>),
    Comma(Vec<Ast>),
    /// `a op b op c`, from the left.
    Binary(Box<Ast>, Vec<(Binary, Ast)>),
    Logic(Logic, Vec<Ast>),
    /// `a // b // c`
    Alternative(Vec<Ast>),
    Assign(Assign, Box<Ast>, Box<Ast>),
    /// Conditions with their branches, and `else`; without that, the input.
    If(Vec<(Ast, Ast)>, Option<Box<Ast>>),
    /// Without a handler errors, and `break`, end it silently.
    Try(Box<Ast>, Option<Box<Ast>>),
    Reduce(Box<Fold>),
    Foreach(Box<Fold>),
    Call(Named, Vec<Ast>),
    Variable(Named),
    Break(Named),
}

/// A name and where it stands in the program.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: Arc<str>,
    pub(super) at: usize,
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    Text(Arc<str>),
    Value(Ast),
}

#[derive(Debug, Clone)]
pub(super) enum ObjectKey {
    Name(Arc<str>),
    Computed(Ast),
}

/// One reading; an optional one gives nothing where it fails.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) kind: AccessKind,
    pub(super) on_error: OnError,
}

#[derive(Debug, Clone)]
pub(super) enum AccessKind {
    Each,
    Index(Ast),
    Slice(Option<Ast>, Option<Ast>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnError {
    Raise,
    Nothing,
}

/// What stands between the `|` of a pipe. All but `Run` hold for the rest of the pipe and pass their input on.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    Run(Ast),
    Bind(Ast, Vec<Pattern>),
    Label(Arc<str>),
    Define(Arc<Definition>),
}

#[derive(Debug, Clone)]
pub(super) struct Definition {
    pub(super) name: Arc<str>,
    pub(super) params: Vec<Param>,
    pub(super) body: Ast,
}

/// `f`, or `$f`, which is both a filter and a variable.
#[derive(Debug, Clone)]
pub(super) struct Param {
    pub(super) name: Arc<str>,
    pub(super) is_value: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Pattern {
    Variable(Arc<str>),
    Array(Vec<Pattern>),
    Object(Vec<Entry>),
}

/// `$x`, `$x: pattern`, `key: pattern`.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) variable: Option<Arc<str>>,
    pub(super) key: ObjectKey,
    pub(super) pattern: Option<Pattern>,
}

#[derive(Debug, Clone)]
pub(super) struct Fold {
    pub(super) source: Ast,
    pub(super) patterns: Vec<Pattern>,
    pub(super) init: Ast,
    pub(super) update: Ast,
    pub(super) extract: Option<Ast>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logic {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assign {
    /// `=`
    Set,
    /// `|=`
    Update,
    /// `//=`
    Alternative,
    /// `+=` and so on.
    Operate(Binary),
}

impl Ast {
    /// Whether it gives one result for each input, or fails; judged without looking at definitions.
    pub(super) fn is_single(&self) -> bool {
        match self {
            Ast::Identity | Ast::Const(_) | Ast::Array(_) | Ast::Variable(_) | Ast::Format(_) => true,
            Ast::Negate(inner) => inner.is_single(),
            Ast::Text { parts, .. } => parts.iter().all(|part| match part {
                Part::Text(_) => true,
                Part::Value(value) => value.is_single(),
            }),
            Ast::Object(members) => members.iter().all(|(key, value)| {
                let has_one_key = match key {
                    ObjectKey::Name(_) => true,
                    ObjectKey::Computed(key) => key.is_single(),
                };
                has_one_key && value.is_single()
            }),
            Ast::Access(inner, accesses) => inner.is_single() && accesses.iter().all(Access::is_single),
            Ast::Binary(first, rest) => first.is_single() && rest.iter().all(|(_, right)| right.is_single()),
            Ast::Logic(_, operands) => operands.iter().all(Ast::is_single),
            Ast::Recurse
            | Ast::Pipe(_)
            | Ast::Comma(_)
            | Ast::Alternative(_)
            | Ast::Assign(..)
            | Ast::If(..)
            | Ast::Try(..)
            | Ast::Reduce(_)
            | Ast::Foreach(_)
            | Ast::Call(..)
            | Ast::Break(_) => false,
        }
    }
}

impl Access {
    fn is_single(&self) -> bool {
        match &self.kind {
            AccessKind::Each => false,
            AccessKind::Index(key) => self.on_error == OnError::Raise && key.is_single(),
            AccessKind::Slice(from, to) => {
                self.on_error == OnError::Raise && [from, to].into_iter().flatten().all(Ast::is_single)
            }
        }
    }
}
