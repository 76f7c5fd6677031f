//! Limits: whether a bound of the wider schema follows from what the narrower one says of the same kind of value.

use crate::document::{Members, Number};
use crate::number::Divisor;
use crate::schema::compatible::facts::{self, ARRAY, NUMBER, OBJECT, STRING};

const ZERO: Number = Number::I64(0);

/// Whether `keyword` with `limit` holds wherever `narrow` does; `None` for what sets no limit.
pub(super) fn follows(keyword: &str, limit: &Number, narrow: &Members) -> Option<bool> {
    let is_concerned = facts::types(narrow) & concerned(keyword)? != 0;
    Some(!is_concerned || is_as_tight(keyword, limit, narrow) || facts::listed_keep(narrow, keyword, limit))
}

/// The types that a keyword limits.
fn concerned(keyword: &str) -> Option<u8> {
    match keyword {
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => Some(NUMBER),
        "minLength" | "maxLength" => Some(STRING),
        "minItems" | "maxItems" => Some(ARRAY),
        "minProperties" | "maxProperties" => Some(OBJECT),
        _ => None,
    }
}

fn is_as_tight(keyword: &str, limit: &Number, narrow: &Members) -> bool {
    let has =
        |name: &str, is_tight: &dyn Fn(&Number) -> bool| facts::number(narrow, name).is_some_and(is_tight);
    let (at_least, at_most) = (|present: &Number| present >= limit, |present: &Number| present <= limit);
    match keyword {
        "minimum" => has("minimum", &at_least) || has("exclusiveMinimum", &at_least),
        "maximum" => has("maximum", &at_most) || has("exclusiveMaximum", &at_most),
        "exclusiveMinimum" => has("minimum", &|present| present > limit) || has(keyword, &at_least),
        "exclusiveMaximum" => has("maximum", &|present| present < limit) || has(keyword, &at_most),
        "multipleOf" => {
            Divisor::of(limit).is_some_and(|limit| has(keyword, &|present| limit.divides(present)))
        }
        "minLength" | "minItems" | "minProperties" => *limit <= ZERO || has(keyword, &at_least),
        _ => has(keyword, &at_most),
    }
}
