//! What a program is compiled to: instructions for a machine with an accumulator, `it`, a stack, and slots for variables.
//!
//! `it` is the input of an instruction and becomes its output. Targets are places in the code.

use super::ast::Binary;
use super::natives::Native;
use super::val::Val;
use crate::document::Key;

/// Where a variable stands: how many functions further out, and which slot there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) level: u16,
    pub(super) slot: u16,
}

/// An index into a table of the program.
pub(super) type Index = u32;
/// A place in the code.
pub(super) type Target = u32;
/// A variable of the running function.
pub(super) type Slot = u16;

/// An instruction.
#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    // Values.
    Const(Index),
    Load(Place),
    /// `it` becomes the variable, which becomes null: nothing shares the value then.
    Take(Slot),
    /// The variable becomes `it`, and `it` null.
    Store(Slot),
    /// The variable becomes `it`.
    Keep(Slot),
    ClearSlot(Slot),

    // The stack. `Enter` begins an expression whose reads are no part of a path.
    /// Pushes `it`; what follows is beside the path.
    Enter,
    /// Exchanges `it` and the top; what follows is part of the path again.
    Leave,
    /// Exchanges `it` and the top; what follows is still beside the path.
    Swap,
    /// Pushes `it`.
    Push,
    PushConst(Index),
    /// `it` becomes the top, which goes.
    Pop,
    /// As `Pop`; what follows is part of the path again.
    PopLeave,
    /// Stores `it`, then as `PopLeave`.
    Bind(Slot),

    // Reads.
    Field(Index),
    FieldOrNothing(Index),
    /// By a constant.
    Index(Index),
    IndexOrNothing(Index),
    /// By the top, which goes.
    IndexBy,
    IndexByOrNothing,
    /// From the second to the top, which both go.
    Slice,
    SliceOrNothing,
    Each,
    EachOrNothing,
    Recurse,
    GetPath,

    // Values made of values.
    Negate,
    Not,
    /// `it` and a constant, in this order.
    WithConst(Binary, Index),
    /// `it` and a variable.
    WithSlot(Binary, Slot),
    /// `it` and the top, which goes; ends what `Enter` began.
    With(Binary),
    Format(Index),
    /// Puts values from the stack into the texts of a template; `it` is not used.
    Interpolate(Index),
    /// An array of so many values from the stack.
    MakeArray(Index),
    MakeObject(Index),
    /// Fails unless the second of the stack can be a key.
    CheckKey,
    EmptyArray(Slot),
    /// Appends `it` to the array in a slot, and backtracks.
    Append(Slot),
    Native(&'static Native),

    // Where to go on.
    Jump(Target),
    /// `it` becomes the top, which goes; jumps when `it` was null or false. Ends what `Enter` began, as the next two.
    Unless(Target),
    /// As `Unless`, and then `it` is false.
    And(Target),
    /// Jumps when `it` was neither null nor false, and then it is true.
    Or(Target),
    ToBool,
    /// On backtracking goes on at the target, with the present `it`.
    Fork(Target),
    /// As `Fork`, with null for `it`.
    ForkNull(Target),
    Backtrack,
    Raise,
    /// On an error goes on at the target, with the error.
    Try(Target),
    /// On an error backtracks.
    TrySilently,
    EndTry,
    /// On any error goes on at the target, with the present `it`.
    ForkOnError(Target),
    Label(Slot),
    EndLabel(Slot),
    Break(Place),
    /// Gives up all alternatives since the label.
    Cut(Slot),
    /// Begins `a // b`: where the target is b.
    Alternative(Slot, Target),
    /// Goes on at the target with an `it` that is true, and remembers that there was one; backtracks otherwise.
    IfTrue(Slot, Target),
    /// Backtracks if there was one.
    IfNoneTrue(Slot),
    Range,
    Input,

    // Functions.
    Call(Index),
    TailCall(Index),
    /// A filter that the function was called with.
    CallParam(Place),
    TailCallParam(Place),
    Return,
    /// At the end of the program.
    Output,

    // Paths and updates.
    PathBegin,
    /// `it` becomes the path of what it was.
    PathEnd,
    /// Sets the path `it` in the value of the first slot to the value of the second; backtracks.
    Assign(Slot, Slot),
    /// `it` becomes what stands at the path in `slots.path` of `slots.root`; on backtracking goes on at the target.
    ModifyBegin(Slot, Target),
    /// Puts `it` there, gives the alternatives up, and backtracks.
    ModifyEnd(Slot),
    /// Remembers that the path is to be deleted; backtracks.
    ModifyDelete(Slot),
    /// `it` becomes the changed value.
    ModifyFinish(Slot),
}

/// Slots of an update, from the first: the value as it becomes, as it was, the paths to delete, the path, the mark.
pub(super) const MODIFY_SLOTS: u16 = 5;

impl Op {
    /// Where it may go on.
    pub(super) fn target(&mut self) -> Option<&mut Target> {
        match self {
            Op::Jump(target)
            | Op::Unless(target)
            | Op::And(target)
            | Op::Or(target)
            | Op::Fork(target)
            | Op::ForkNull(target)
            | Op::Try(target)
            | Op::ForkOnError(target)
            | Op::Alternative(_, target)
            | Op::IfTrue(_, target)
            | Op::ModifyBegin(_, target) => Some(target),
            _ => None,
        }
    }
}

/// A function: a definition, an argument, or the program itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Function {
    pub(super) entry: Target,
    pub(super) slots: u16,
}

/// Which frame a function that is called sees its outer variables in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Env {
    /// That of the running function, or one further out.
    Level(u16),
    /// None: it is a builtin.
    Root,
}

/// A call: of what, and with which filters.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) function: Index,
    pub(super) env: Env,
    pub(super) arguments: Box<[Argument]>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Argument {
    Function(Index, Env),
    Param(Place),
}

impl Call {
    /// Whether nothing of it needs the frame of the caller.
    pub(super) fn may_replace_caller(&self) -> bool {
        let leaves = |env: Env| env != Env::Level(0);
        leaves(self.env)
            && self.arguments.iter().all(|argument| match argument {
                Argument::Function(_, env) => leaves(*env),
                Argument::Param(_) => true,
            })
    }
}

/// The parts of an object that is made: constant keys; for the others the stack holds the key below the value.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) keys: Box<[Option<Key>]>,
    /// How many values it takes from the stack.
    pub(super) height: usize,
    /// Whether all keys are constant and differ.
    pub(super) is_distinct: bool,
}

/// The parts of a string; `None` is a value.
pub(super) type Template = Box<[Option<Box<str>>]>;

/// A compiled program.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) code: Vec<Op>,
    pub(super) functions: Vec<Function>,
    pub(super) consts: Vec<Val>,
    pub(super) calls: Vec<Call>,
    pub(super) shapes: Vec<Shape>,
    pub(super) templates: Vec<Template>,
}
