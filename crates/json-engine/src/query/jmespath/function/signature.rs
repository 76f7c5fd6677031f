//! Names of the functions, and the number and types of what they take.

use crate::budget::Meter;
use crate::document::Document;
use crate::error::Error;

/// A function of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query::jmespath) enum Function {
    Abs,
    Avg,
    Ceil,
    Contains,
    EndsWith,
    Floor,
    Join,
    Keys,
    Length,
    Map,
    Max,
    MaxBy,
    Merge,
    Min,
    MinBy,
    NotNull,
    Reverse,
    Sort,
    SortBy,
    StartsWith,
    Sum,
    ToArray,
    ToNumber,
    ToString,
    Type,
    Values,
}

/// What an argument can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query::jmespath) enum Accepts {
    Any,
    Number,
    Text,
    Array,
    Object,
    ArrayOrText,
    ArrayObjectOrText,
    Numbers,
    Texts,
    NumbersOrTexts,
    Reference,
}

const ALL: [Function; 26] = [
    Function::Abs,
    Function::Avg,
    Function::Ceil,
    Function::Contains,
    Function::EndsWith,
    Function::Floor,
    Function::Join,
    Function::Keys,
    Function::Length,
    Function::Map,
    Function::Max,
    Function::MaxBy,
    Function::Merge,
    Function::Min,
    Function::MinBy,
    Function::NotNull,
    Function::Reverse,
    Function::Sort,
    Function::SortBy,
    Function::StartsWith,
    Function::Sum,
    Function::ToArray,
    Function::ToNumber,
    Function::ToString,
    Function::Type,
    Function::Values,
];

impl Function {
    /// The function of this name.
    pub(in crate::query::jmespath) fn named(name: &str) -> Option<Function> {
        ALL.into_iter().find(|function| function.name() == name)
    }

    /// All names, for messages.
    pub(in crate::query::jmespath) fn names() -> String {
        ALL.map(Function::name).join(", ")
    }

    /// Its name.
    pub(in crate::query::jmespath) fn name(self) -> &'static str {
        self.signature().0
    }

    /// Name, and what its arguments are.
    fn signature(self) -> (&'static str, &'static [Accepts]) {
        use Accepts::{
            Any, Array, ArrayObjectOrText, ArrayOrText, Number, Numbers, NumbersOrTexts, Object, Reference,
            Text, Texts,
        };
        match self {
            Function::Abs => ("abs", &[Number]),
            Function::Avg => ("avg", &[Numbers]),
            Function::Ceil => ("ceil", &[Number]),
            Function::Contains => ("contains", &[ArrayOrText, Any]),
            Function::EndsWith => ("ends_with", &[Text, Text]),
            Function::Floor => ("floor", &[Number]),
            Function::Join => ("join", &[Text, Texts]),
            Function::Keys => ("keys", &[Object]),
            Function::Length => ("length", &[ArrayObjectOrText]),
            Function::Map => ("map", &[Reference, Array]),
            Function::Max => ("max", &[NumbersOrTexts]),
            Function::MaxBy => ("max_by", &[Array, Reference]),
            Function::Merge => ("merge", &[Object]),
            Function::Min => ("min", &[NumbersOrTexts]),
            Function::MinBy => ("min_by", &[Array, Reference]),
            Function::NotNull => ("not_null", &[Any]),
            Function::Reverse => ("reverse", &[ArrayOrText]),
            Function::Sort => ("sort", &[NumbersOrTexts]),
            Function::SortBy => ("sort_by", &[Array, Reference]),
            Function::StartsWith => ("starts_with", &[Text, Text]),
            Function::Sum => ("sum", &[Numbers]),
            Function::ToArray => ("to_array", &[Any]),
            Function::ToNumber => ("to_number", &[Any]),
            Function::ToString => ("to_string", &[Any]),
            Function::Type => ("type", &[Any]),
            Function::Values => ("values", &[Object]),
        }
    }

    /// Whether the last parameter stands for any number of arguments.
    fn repeats(self) -> bool {
        matches!(self, Function::Merge | Function::NotNull)
    }

    /// Whether it takes so many arguments.
    pub(in crate::query::jmespath) fn takes(self, count: usize) -> bool {
        let parameters = self.signature().1.len();
        count == parameters || (count > parameters && self.repeats())
    }

    /// How many arguments it takes, in words.
    pub(in crate::query::jmespath) fn arity(self) -> &'static str {
        match (self.repeats(), self.signature().1.len()) {
            (true, _) => "one argument or more",
            (false, 1) => "one argument",
            (false, _) => "two arguments",
        }
    }

    /// What the argument at `index` can be; `None` where there is none.
    pub(in crate::query::jmespath) fn accepts(self, index: usize) -> Option<Accepts> {
        let parameters = self.signature().1;
        let index = if self.repeats() { index.min(parameters.len() - 1) } else { index };
        parameters.get(index).copied()
    }

    /// Levels that its value can be deeper than its arguments.
    pub(in crate::query::jmespath) fn lift(self) -> u32 {
        u32::from(matches!(self, Function::ToArray | Function::Keys))
    }
}

impl Accepts {
    /// What it is, for messages.
    pub(in crate::query::jmespath) fn name(self) -> &'static str {
        match self {
            Accepts::Any => "a value",
            Accepts::Number => "a number",
            Accepts::Text => "a string",
            Accepts::Array => "an array",
            Accepts::Object => "an object",
            Accepts::ArrayOrText => "an array or a string",
            Accepts::ArrayObjectOrText => "an array, an object or a string",
            Accepts::Numbers => "an array of numbers",
            Accepts::Texts => "an array of strings",
            Accepts::NumbersOrTexts => "an array of numbers or an array of strings",
            Accepts::Reference => "an expression reference ('&' and an expression)",
        }
    }

    /// Whether `value` is that.
    pub(super) fn holds(self, value: &Document, meter: &Meter<'_>) -> Result<bool, Error> {
        let is_array = matches!(value, Document::Arr(_));
        Ok(match self {
            Accepts::Any => true,
            Accepts::Number => is_number(value),
            Accepts::Text => is_text(value),
            Accepts::Array => is_array,
            Accepts::Object => matches!(value, Document::Obj(_)),
            Accepts::ArrayOrText => is_array || is_text(value),
            Accepts::ArrayObjectOrText => is_array || is_text(value) || matches!(value, Document::Obj(_)),
            Accepts::Numbers => all(value, is_number, meter)?,
            Accepts::Texts => all(value, is_text, meter)?,
            Accepts::NumbersOrTexts => all(value, is_number, meter)? || all(value, is_text, meter)?,
            Accepts::Reference => false,
        })
    }
}

fn all(value: &Document, is_right: fn(&Document) -> bool, meter: &Meter<'_>) -> Result<bool, Error> {
    let Document::Arr(elements) = value else {
        return Ok(false);
    };
    meter.charge(elements.len() as u64 / 8)?;
    Ok(elements.iter().all(is_right))
}

/// Whether it is a number.
pub(super) fn is_number(value: &Document) -> bool {
    matches!(value, Document::Number(_))
}

/// Whether it is a string of either kind.
pub(super) fn is_text(value: &Document) -> bool {
    matches!(value, Document::Str(_) | Document::Surrogates(_))
}
