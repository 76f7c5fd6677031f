//! Functions of numbers: `abs avg ceil floor sum to_number`.
//!
//! Exact for what 38 digits hold (see [`Decimal`]); beyond, the nearest double, and where no double is so large, an error.

use super::Args;
use super::decimal::Decimal;
use crate::document::{Document, Number};
use crate::error::Error;
use crate::query::jmespath::{Fault, text};
use crate::{Limits, ScanOptions, parse};

fn number<'a>(args: &'a Args<'_>) -> Option<&'a Number> {
    as_number(args.value(0))
}

fn as_number(value: &Document) -> Option<&Number> {
    match value {
        Document::Number(number) => Some(number),
        _ => None,
    }
}

/// The double as a number, where there is one.
fn of_double(args: &Args<'_>, value: f64) -> Result<Document, Error> {
    match Decimal::nearest(value) {
        Some(number) => Ok(Document::Number(number)),
        None => args.fail(Fault::InvalidValue, "the result is beyond the largest double"),
    }
}

/// The nearest double; infinite where none is so large.
fn double(number: &Number) -> f64 {
    match number {
        Number::I64(integer) => *integer as f64,
        Number::Literal(literal) => literal.parse().unwrap_or(f64::INFINITY),
    }
}

/// Exact, whatever the number: the literal without its sign.
pub(super) fn abs(args: &Args<'_>) -> Result<Document, Error> {
    let size = match number(args) {
        Some(Number::I64(integer)) => Number::from_literal(&integer.unsigned_abs().to_string()),
        Some(Number::Literal(literal)) => Number::from_literal(literal.strip_prefix('-').unwrap_or(literal)),
        None => return Ok(Document::Null),
    };
    Ok(Document::Number(size))
}

pub(super) fn floor(args: &Args<'_>) -> Result<Document, Error> {
    whole(args, Decimal::floor, f64::floor)
}

pub(super) fn ceil(args: &Args<'_>) -> Result<Document, Error> {
    whole(args, Decimal::ceil, f64::ceil)
}

/// An integer stays as it was read.
fn whole(args: &Args<'_>, exact: fn(Decimal) -> Decimal, near: fn(f64) -> f64) -> Result<Document, Error> {
    let Some(number) = number(args) else {
        return Ok(Document::Null);
    };
    let is_integer = match number {
        Number::I64(_) => true,
        Number::Literal(literal) => literal.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()),
    };
    if is_integer {
        return Ok(args.value(0).clone());
    }
    match Decimal::of(number) {
        Some(decimal) => Ok(Document::Number(exact(decimal).number())),
        None => of_double(args, near(double(number))),
    }
}

/// The sum, exactly; `None` beyond 38 digits.
fn exact_sum(args: &Args<'_>) -> Result<Option<Decimal>, Error> {
    let mut sum = Decimal::ZERO;
    for number in args.elements(0).iter().filter_map(as_number) {
        args.run.meter.charge(1)?;
        match Decimal::of(number).and_then(|number| sum.plus(number)) {
            Some(next) => sum = next,
            None => return Ok(None),
        }
    }
    Ok(Some(sum))
}

fn double_sum(args: &Args<'_>) -> Result<f64, Error> {
    args.run.meter.charge(args.elements(0).len() as u64)?;
    Ok(args.elements(0).iter().filter_map(as_number).map(double).sum())
}

pub(super) fn sum(args: &Args<'_>) -> Result<Document, Error> {
    match exact_sum(args)? {
        Some(sum) => Ok(Document::Number(sum.number())),
        None => of_double(args, double_sum(args)?),
    }
}

/// Null of no numbers.
pub(super) fn avg(args: &Args<'_>) -> Result<Document, Error> {
    let count = args.elements(0).len();
    if count == 0 {
        return Ok(Document::Null);
    }
    let sum = exact_sum(args)?;
    if let Some(average) = sum.and_then(|sum| sum.divided(count)) {
        return Ok(Document::Number(average.number()));
    }
    let sum = match sum {
        Some(sum) => double(&sum.number()),
        None => double_sum(args)?,
    };
    of_double(args, sum / count as f64)
}

/// A string that is a JSON number becomes it, with the digits that it has; everything else but a number is null.
pub(super) fn to_number(args: &Args<'_>) -> Document {
    let value = args.value(0);
    if as_number(value).is_some() {
        return value.clone();
    }
    let Some(bytes) = text::bytes(value) else {
        return Document::Null;
    };
    // White space around it, which JSON allows, is no part of a number.
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let begins = bytes.first() == Some(&b'-') || is_digit(bytes.first());
    if !begins || !is_digit(bytes.last()) {
        return Document::Null;
    }
    let limits = Limits { max_number_digits: args.run.limits.max_number_digits, ..Limits::default() };
    match parse::parse(&bytes, &ScanOptions { limits, ..ScanOptions::default() }) {
        Ok((number @ Document::Number(_), _)) => number,
        Ok(_) | Err(_) => Document::Null,
    }
}
