//! The functions of the specification: what they take, and where they are done.

mod decimal;
mod list;
mod number;
mod signature;
mod string;

use super::ast::Call;
use super::eval::eval;
use super::{Fault, Run};
use crate::document::Document;
use crate::error::Error;

pub(super) use signature::{Accepts, Function};

/// The value of a call on `current`.
pub(super) fn call(call: &Call, current: &Document, run: &Run<'_>) -> Result<Document, Error> {
    let mut values = Vec::with_capacity(call.values.len());
    for expr in &call.values {
        run.meter.hold(super::eval::ELEMENT_BYTES)?;
        values.push(eval(expr, current, run)?);
    }
    check(call, &values, run)?;
    let args = Args { values, call, run };
    match call.function {
        Function::Abs => number::abs(&args),
        Function::Avg => number::avg(&args),
        Function::Ceil => number::ceil(&args),
        Function::Contains => string::contains(&args),
        Function::EndsWith => string::ends_with(&args),
        Function::Floor => number::floor(&args),
        Function::Join => string::join(&args),
        Function::Keys => list::keys(&args),
        Function::Length => list::length(&args),
        Function::Map => list::map(&args),
        Function::Max => list::max(&args),
        Function::MaxBy => list::max_by(&args),
        Function::Merge => list::merge(&args),
        Function::Min => list::min(&args),
        Function::MinBy => list::min_by(&args),
        Function::NotNull => Ok(list::not_null(&args)),
        Function::Reverse => list::reverse(&args),
        Function::Sort => list::sort(&args),
        Function::SortBy => list::sort_by(&args),
        Function::StartsWith => string::starts_with(&args),
        Function::Sum => number::sum(&args),
        Function::ToArray => list::to_array(&args),
        Function::ToNumber => Ok(number::to_number(&args)),
        Function::ToString => string::to_string(&args),
        Function::Type => Ok(Document::Str(type_name(args.value(0)).into())),
        Function::Values => list::values(&args),
    }
}

/// The arguments of a call, whose types are right.
struct Args<'a> {
    values: Vec<Document>,
    call: &'a Call,
    run: &'a Run<'a>,
}

impl Args<'_> {
    /// The argument at `index` among those that are values.
    fn value(&self, index: usize) -> &Document {
        self.values.get(index).unwrap_or(&Document::Null)
    }

    /// The elements of an argument that is an array.
    fn elements(&self, index: usize) -> &[Document] {
        match self.value(index) {
            Document::Arr(elements) => elements,
            _ => &[],
        }
    }

    /// The value of the expression reference on `element`.
    fn refer(&self, element: &Document) -> Result<Document, Error> {
        match self.call.reference.as_deref() {
            Some(expr) => eval(expr, element, self.run),
            None => Ok(Document::Null),
        }
    }

    fn fail<T>(&self, fault: Fault, message: &str) -> Result<T, Error> {
        Err(fault.at(self.run.program, self.call.at, &format!("{}: {message}", self.call.function.name())))
    }
}

/// Refuses values of types that the function does not take.
fn check(call: &Call, values: &[Document], run: &Run<'_>) -> Result<(), Error> {
    let mut values = values.iter();
    for index in 0.. {
        let Some(accepts) = call.function.accepts(index).filter(|_| values.len() > 0) else {
            break;
        };
        if accepts == Accepts::Reference {
            continue;
        }
        let Some(value) = values.next() else {
            break;
        };
        if !accepts.holds(value, run.meter)? {
            let message = format!(
                "argument {} of {} is {}; here it is {}",
                index + 1,
                call.function.name(),
                accepts.name(),
                described(value)
            );
            return Err(Fault::InvalidType.at(run.program, call.at, &message));
        }
    }
    Ok(())
}

/// The name that the specification has for the type of a value.
fn type_name(value: &Document) -> &'static str {
    match value {
        Document::Null => "null",
        Document::Bool(_) => "boolean",
        Document::Number(_) => "number",
        Document::Str(_) | Document::Surrogates(_) => "string",
        Document::Arr(_) => "array",
        Document::Obj(_) => "object",
    }
}

fn described(value: &Document) -> &'static str {
    match value {
        Document::Null => "null",
        Document::Bool(_) => "a boolean",
        Document::Number(_) => "a number",
        Document::Str(_) | Document::Surrogates(_) => "a string",
        Document::Arr(_) => "an array, or one of other elements",
        Document::Obj(_) => "an object",
    }
}
