//! What a value is in TOML: nothing, something on the line of its key, a table, or an array of tables.

use std::str::FromStr;

use toml_datetime::Datetime;

use crate::convert::foreign::{Foreign, Meaning, meaning};
use crate::document::{Document, Number};

/// Where a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nowhere: TOML has no null.
    Nothing,
    /// Behind the `=` of its key.
    Inline,
    /// Under `[key]`.
    Table,
    /// Under `[[key]]`, once an element.
    Tables,
}

/// The shape of `document`. Costs a look at each element of an array, not below.
pub(super) fn shape(document: &Document, foreign: Foreign) -> Shape {
    match untagged(document, foreign) {
        Document::Arr(elements) => {
            let is_table = |element| is_table(untagged(element, foreign), foreign);
            match !elements.is_empty() && elements.iter().all(is_table) {
                true => Shape::Tables,
                false => Shape::Inline,
            }
        }
        document if is_table(document, foreign) => Shape::Table,
        document if is_nothing(document, foreign) => Shape::Nothing,
        _ => Shape::Inline,
    }
}

/// The value inside all tags around it.
fn untagged(document: &Document, foreign: Foreign) -> &Document {
    let mut document = document;
    while let Some(Meaning::Tag(_, value)) = meant(document, foreign) {
        document = value;
    }
    document
}

/// What `document` stands for, if tagged forms are turned back.
pub(super) fn meant(document: &Document, foreign: Foreign) -> Option<Meaning<'_>> {
    match foreign {
        Foreign::Plain => None,
        Foreign::Tagged => meaning(document),
    }
}

fn is_table(document: &Document, foreign: Foreign) -> bool {
    let is_object = matches!(document, Document::Obj(_));
    is_object && matches!(meant(document, foreign), None | Some(Meaning::Map(_)))
}

fn is_nothing(document: &Document, foreign: Foreign) -> bool {
    let is_null = matches!(document, Document::Null);
    is_null || matches!(meant(document, foreign), Some(Meaning::Undefined | Meaning::Simple(_)))
}

/// Whether `text` is a date or time of TOML.
pub(super) fn is_datetime(text: &str) -> bool {
    Datetime::from_str(text).is_ok()
}

/// How a number is spelled, and whether a reader that holds it as 64-bit integer or double gets its exact value back.
///
/// An integer beyond 64 bits becomes a float, since TOML's readers must refuse it as an integer; the text keeps its value.
pub(super) fn number(number: &Number) -> (String, bool) {
    let literal = match number {
        Number::I64(integer) => return (integer.to_string(), true),
        Number::Literal(literal) => literal,
    };
    let spelled = match literal.contains(['.', 'e', 'E']) {
        true => literal.to_string(),
        false => format!("{literal}.0"),
    };
    let survives = spelled
        .parse::<f64>()
        .is_ok_and(|double| double.is_finite() && Number::from_literal(&format!("{double:e}")) == *number);
    (spelled, survives)
}
