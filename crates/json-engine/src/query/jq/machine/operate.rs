//! Operators on two values.

use std::cmp::Ordering;

use crate::query::jq::arithmetic::{add, divide, modulo, multiply, subtract};
use crate::query::jq::ast::Binary;
use crate::query::jq::compare::{compare, equal};
use crate::query::jq::fault::Answer;
use crate::query::jq::val::Val;

/// The result for two integers, where it is one or a comparison.
#[inline]
pub(super) fn quickly(kind: Binary, left: &Val, right: &Val) -> Option<Val> {
    let (left, right) = (left.as_integer()?, right.as_integer()?);
    Some(match kind {
        Binary::Add => Val::integer(left.checked_add(right)?),
        Binary::Subtract => Val::integer(left.checked_sub(right)?),
        Binary::Equal => (left == right).into(),
        Binary::NotEqual => (left != right).into(),
        Binary::Less => (left < right).into(),
        Binary::LessOrEqual => (left <= right).into(),
        Binary::Greater => (left > right).into(),
        Binary::GreaterOrEqual => (left >= right).into(),
        Binary::Multiply | Binary::Divide | Binary::Modulo => return None,
    })
}

pub(super) fn operate(kind: Binary, left: Val, right: Val) -> Answer {
    let ordered = |is_it: fn(Ordering) -> bool| compare(&left, &right).map(|order| is_it(order).into());
    match kind {
        Binary::Add => add(left, right),
        Binary::Subtract => subtract(left, right),
        Binary::Multiply => multiply(left, right),
        Binary::Divide => divide(left, right),
        Binary::Modulo => modulo(left, right),
        Binary::Equal => equal(&left, &right).map(Val::from),
        Binary::NotEqual => equal(&left, &right).map(|is_equal| (!is_equal).into()),
        Binary::Less => ordered(Ordering::is_lt),
        Binary::LessOrEqual => ordered(Ordering::is_le),
        Binary::Greater => ordered(Ordering::is_gt),
        Binary::GreaterOrEqual => ordered(Ordering::is_ge),
    }
}
