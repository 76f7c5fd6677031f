//! Comparison of values, RFC 9535 section 2.3.5.2.2; numbers by exact value.

use crate::budget::Meter;
use crate::document::Document;
use crate::equal::same;
use crate::error::Error;
use crate::number::Bound;
use crate::query::operator::Operator;

/// Compares; `None` is Nothing.
pub(super) fn compare(
    left: Option<&Document>,
    operator: Operator,
    right: Option<&Document>,
    meter: &Meter<'_>,
) -> Result<bool, Error> {
    if let (Some(Document::Number(left)), Some(Document::Number(right))) = (left, right) {
        meter.charge(1)?;
        return Ok(operator.holds(left.cmp(right)));
    }
    match operator {
        Operator::Eq => equal(left, right, meter),
        Operator::Ne => equal(left, right, meter).map(|equal| !equal),
        Operator::Lt => less(left, right, meter),
        Operator::Gt => less(right, left, meter),
        Operator::Le => Ok(less(left, right, meter)? || equal(left, right, meter)?),
        Operator::Ge => Ok(less(right, left, meter)? || equal(left, right, meter)?),
    }
}

/// Compares with a number, which costs no more than the way to the other side; `None` is Nothing.
#[inline]
pub(super) fn compare_with(left: Option<&Document>, operator: Operator, right: &Bound) -> bool {
    match left {
        Some(Document::Number(number)) => operator.holds(right.order(number)),
        Some(_) | None => operator == Operator::Ne,
    }
}

fn equal(left: Option<&Document>, right: Option<&Document>, meter: &Meter<'_>) -> Result<bool, Error> {
    match (left, right) {
        (None, None) => Ok(true),
        (Some(left), Some(right)) => same(left, right, meter),
        (None, Some(_)) | (Some(_), None) => Ok(false),
    }
}

/// Besides numbers only strings have an order: by Unicode scalar values, which is the order of their UTF-8.
fn less(left: Option<&Document>, right: Option<&Document>, meter: &Meter<'_>) -> Result<bool, Error> {
    meter.charge(1)?;
    match (left, right) {
        (Some(Document::Str(left)), Some(Document::Str(right))) => {
            meter.charge(left.len().min(right.len()) as u64 / 64)?;
            Ok(left < right)
        }
        _ => Ok(false),
    }
}
