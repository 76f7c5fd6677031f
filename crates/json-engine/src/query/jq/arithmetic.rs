//! `+ - * / %` and negation. Integers are exact while they fit 64 bits, everything else is a double.
//!
//! Promise: what may be large is reserved before it is made. Cost: of numbers a few nanoseconds; of strings, arrays and
//! objects the length of what is copied, which for a left side that nobody else holds is none.

use std::sync::Arc;

use super::account::{ask, charge, reserve};
use super::compare::equal_documents;
use super::fault::{Answer, Fault};
use super::growth::append;
use super::text::described;
use super::val::{Val, double_of, owned_members, whole};
use crate::document::{Document, Members, Number};

/// Longest string that a repetition makes, in bytes, as in jq.
const LONGEST: f64 = 536_870_911.0;
/// Bytes of a string that are made in one go.
const STRETCH: usize = 64 << 10;
/// Most levels of objects that `*` merges.
const MERGED_LEVELS: usize = 1_000;

#[cold]
fn refused(left: &Val, right: &Val, what: &str) -> Fault {
    Fault::raise(&format!("{} and {} cannot be {what}", described(left), described(right)))
}

#[inline]
fn numbers(
    left: &Val,
    right: &Val,
    exact: impl Fn(i64, i64) -> Option<i64>,
    rounded: impl Fn(f64, f64) -> f64,
) -> Option<Val> {
    if let (Some(left), Some(right)) = (left.as_integer(), right.as_integer())
        && let Some(exact) = exact(left, right)
    {
        return Some(Val::integer(exact));
    }
    Some(Val::double(rounded(left.as_double()?, right.as_double()?)))
}

/// A sum of numbers as [`add`] makes it, which is not written down between two of them.
#[derive(Clone, Copy)]
pub(super) enum Sum {
    Exact(i64),
    Rounded(f64),
}

impl Sum {
    /// That of one number.
    pub(super) fn of(number: &Number) -> Sum {
        match number {
            Number::I64(integer) => Sum::Exact(*integer),
            literal @ Number::Literal(_) => Sum::Rounded(double_of(literal)),
        }
    }

    /// With one more.
    pub(super) fn with(self, number: &Number) -> Sum {
        let next = Sum::of(number);
        if let (Sum::Exact(sum), Sum::Exact(next)) = (self, next)
            && let Some(exact) = sum.checked_add(next)
        {
            return Sum::Exact(exact);
        }
        let rounded = self.double() + next.double();
        whole(rounded).map_or(Sum::Rounded(rounded), Sum::Exact)
    }

    /// The sum as a value.
    pub(super) fn value(self) -> Val {
        match self {
            Sum::Exact(integer) => Val::integer(integer),
            Sum::Rounded(double) => Val::double(double),
        }
    }

    fn double(self) -> f64 {
        match self {
            Sum::Exact(integer) => integer as f64,
            Sum::Rounded(double) => double,
        }
    }
}

/// `+`: sums, joins, merges; null is neutral.
#[inline]
pub(super) fn add(left: Val, right: Val) -> Answer {
    match numbers(&left, &right, i64::checked_add, |left, right| left + right) {
        Some(sum) => Ok(sum),
        None => joined(left, right),
    }
}

fn joined(mut left: Val, right: Val) -> Answer {
    match (left.document_mut(), right.document()) {
        (Document::Null, _) => Ok(right),
        (_, Document::Null) => Ok(left),
        (Document::Str(left), Document::Str(right)) => concatenated(left, right),
        (Document::Arr(elements), Document::Arr(more)) => {
            append(elements, more)?;
            Ok(left)
        }
        (Document::Obj(members), Document::Obj(more)) => {
            charge(1 + more.len())?;
            charge_copy(Arc::strong_count(members), members.len())?;
            owned_members(members);
            for (key, value) in more.iter() {
                left.insert_key(key.clone(), Val::of(value.clone()));
            }
            Ok(left)
        }
        _ => Err(refused(&left, &right, "added")),
    }
}

/// By stretches, each of which is charged.
fn concatenated(left: &str, right: &str) -> Answer {
    let length = left.len() + right.len();
    charge(1 + length / 64)?;
    if length <= STRETCH {
        reserve(length)?;
        return Ok(Val::text(&[left, right].concat()));
    }
    // As bytes and as the value.
    reserve(length.saturating_mul(2))?;
    ask(length.saturating_mul(2))?;
    let mut whole = Vec::with_capacity(length);
    for stretch in left.as_bytes().chunks(STRETCH).chain(right.as_bytes().chunks(STRETCH)) {
        charge(STRETCH / 64)?;
        whole.extend_from_slice(stretch);
    }
    let whole = String::from_utf8(whole).expect("two texts one after the other are a text");
    Ok(Val::text(&whole))
}

/// A container that others hold too is copied before it changes, which costs its length.
pub(super) fn charge_copy(holders: usize, length: usize) -> Result<(), Fault> {
    if holders > 1 {
        charge(length / 8)?;
        reserve(length * size_of::<Document>())?;
        ask(length * size_of::<Document>())?;
    }
    Ok(())
}

/// `-`: a difference, or an array without the elements of another.
#[inline]
pub(super) fn subtract(left: Val, right: Val) -> Answer {
    match numbers(&left, &right, i64::checked_sub, |left, right| left - right) {
        Some(difference) => Ok(difference),
        None => without(left, right),
    }
}

fn without(left: Val, right: Val) -> Answer {
    let (Some(elements), Some(taken)) = (left.as_elements(), right.as_elements()) else {
        return Err(refused(&left, &right, "subtracted"));
    };
    let mut kept = Vec::new();
    for element in elements {
        charge(1 + taken.len() / 4)?;
        let mut is_taken = false;
        for other in taken {
            is_taken = is_taken || equal_documents(element, other)?;
        }
        if !is_taken {
            kept.push(element.clone());
        }
    }
    Ok(Val::array(kept))
}

/// `*`: a product, a repeated string, or objects merged at every level.
#[inline]
pub(super) fn multiply(left: Val, right: Val) -> Answer {
    if let Some(product) = numbers(&left, &right, i64::checked_mul, |left, right| left * right) {
        return Ok(product);
    }
    match (left.document(), right.document()) {
        (Document::Str(text), Document::Number(count)) | (Document::Number(count), Document::Str(text)) => {
            repeated(text, count)
        }
        (Document::Obj(left), Document::Obj(right)) => merged(left, right, 0),
        _ => Err(refused(&left, &right, "multiplied")),
    }
}

fn repeated(text: &str, count: &Number) -> Answer {
    let count = super::val::double_of(count);
    if count.is_nan() || count < 0.0 {
        return Ok(Val::NULL);
    }
    if text.len() as f64 * count > LONGEST {
        return Err(Fault::raise("Repeat string result too long"));
    }
    let count = count as usize;
    // As a String and as the value.
    reserve(text.len() * count * 2)?;
    ask(text.len() * count * 2)?;
    let mut repeated = String::with_capacity(text.len() * count);
    // By stretches, each of which is charged.
    let at_once = (STRETCH / text.len().max(1)).clamp(1, count.max(1));
    let stretch = text.repeat(at_once);
    for _ in 0..count / at_once {
        charge(1 + stretch.len() / 256)?;
        repeated.push_str(&stretch);
    }
    repeated.push_str(&stretch[..text.len() * (count % at_once)]);
    Ok(Val::text(&repeated))
}

fn merged(left: &Members, right: &Members, level: usize) -> Answer {
    if level > MERGED_LEVELS {
        return Err(Fault::raise("Object merge too deep"));
    }
    charge(1 + left.len() + right.len())?;
    let mut merged = Val::object(left.clone());
    for (key, value) in right {
        let value = match (left.get(key), value) {
            (Some(Document::Obj(left)), Document::Obj(right)) => self::merged(left, right, level + 1)?,
            _ => Val::of(value.clone()),
        };
        merged.insert_key(key.clone(), value);
    }
    Ok(merged)
}

/// `/`: a quotient, or the parts of a string.
#[inline]
pub(super) fn divide(left: Val, right: Val) -> Answer {
    if let (Document::Str(text), Document::Str(separator)) = (left.document(), right.document()) {
        return split(text, separator);
    }
    if left.as_double().is_some() && right.as_double() == Some(0.0) {
        return Err(refused(&left, &right, "divided because the divisor is zero"));
    }
    let exact =
        |left: i64, right: i64| left.checked_rem(right).filter(|rest| *rest == 0).map(|_| left / right);
    let quotient = numbers(&left, &right, exact, |left, right| left / right);
    quotient.ok_or_else(|| refused(&left, &right, "divided"))
}

/// The parts of a text; an empty separator gives its characters.
pub(super) fn split(text: &str, separator: &str) -> Answer {
    charge(1 + text.len() / 64)?;
    let mut parts = Val::array(Vec::new());
    let mut push = |part: &str| {
        charge(1 + part.len() / 64)?;
        ask(part.len())?;
        parts.push(Val::text(part));
        Ok::<(), Fault>(())
    };
    if text.is_empty() {
        return Ok(parts);
    }
    if separator.is_empty() {
        text.char_indices().try_for_each(|(at, character)| push(&text[at..at + character.len_utf8()]))?;
    } else {
        text.split(separator).try_for_each(&mut push)?;
    }
    Ok(parts)
}

/// `%`: the rest of the integers that two numbers are cut to, with the sign of the left one.
#[inline]
pub(super) fn modulo(left: Val, right: Val) -> Answer {
    let (Some(dividend), Some(divisor)) = (left.as_double(), right.as_double()) else {
        return Err(refused(&left, &right, "divided (remainder)"));
    };
    if dividend.is_nan() || divisor.is_nan() {
        return Ok(Val::double(f64::NAN));
    }
    let (dividend, divisor) = (cut(&left, dividend), cut(&right, divisor));
    if divisor == 0 {
        return Err(refused(&left, &right, "divided (remainder) because the divisor is zero"));
    }
    let rest = (dividend.unsigned_abs() % divisor.unsigned_abs()) as i64;
    Ok(Val::integer(if dividend < 0 { -rest } else { rest }))
}

/// The cast saturates, as that of jq.
fn cut(val: &Val, double: f64) -> i64 {
    val.as_integer().unwrap_or(double as i64)
}

/// Unary minus; a literal keeps its digits, and zero has no sign, as jq 1.8 negates decimals.
#[inline]
pub(super) fn negate(val: Val) -> Answer {
    match val.document() {
        Document::Number(Number::I64(integer)) => match integer.checked_neg() {
            Some(negated) => Ok(Val::integer(negated)),
            None => Ok(negated(&integer.to_string())),
        },
        Document::Number(Number::Literal(literal)) => Ok(negated(literal)),
        _ => Err(Fault::raise(&format!("{} cannot be negated", described(&val)))),
    }
}

fn negated(literal: &str) -> Val {
    if literal == super::val::NAN {
        return Val::double(f64::NAN);
    }
    let turned = match literal.strip_prefix('-') {
        Some(positive) => positive.to_owned(),
        None if is_zero(literal) => literal.to_owned(),
        None => format!("-{literal}"),
    };
    Val::of(Document::Number(Number::from_literal(&turned)))
}

/// Whether a literal has no digit but zeros before its exponent.
fn is_zero(literal: &str) -> bool {
    let mantissa = literal.split(['e', 'E']).next().unwrap_or_default();
    mantissa.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::super::natives::tests::{shown_answer, value};
    use super::*;

    fn check(left: &str, operation: char, right: &str, expected: &str) {
        let operate = match operation {
            '+' => add,
            '-' => subtract,
            '*' => multiply,
            '/' => divide,
            _ => modulo,
        };
        let answer = shown_answer(operate(value(left), value(right)));
        assert_eq!(answer, expected, "{left} {operation} {right}");
    }

    /// Answers of jq 1.8.2, save for integers beyond 2^53, which are exact here.
    #[test]
    fn operators() {
        for (left, operation, right, expected) in [
            ("0.1", '+', "0.2", "0.30000000000000004"),
            ("9007199254740993", '+', "1", "9007199254740994"),
            ("9223372036854775807", '+', "1", "9223372036854776000"),
            ("null", '+', "1", "1"),
            ("[1]", '+', "[2]", "[1,2]"),
            ("{\"a\":1}", '+', "{\"a\":2,\"b\":3}", "{\"a\":2,\"b\":3}"),
            ("\"abc\"", '+', "1", "string (\"abc\") and number (1) cannot be added"),
            ("[1,2,3,2]", '-', "[2]", "[1,3]"),
            ("{}", '-', "{}", "object ({}) and object ({}) cannot be subtracted"),
            ("{\"a\":{\"b\":1}}", '*', "{\"a\":{\"c\":2}}", "{\"a\":{\"b\":1,\"c\":2}}"),
            ("\"ab\"", '*', "0", "\"\""),
            ("\"ab\"", '*', "0.5", "\"\""),
            ("\"ab\"", '*', "2.5", "\"abab\""),
            ("-1", '*', "\"ab\"", "null"),
            ("\"ab\"", '*', "1e9", "Repeat string result too long"),
            ("10", '/', "4", "2.5"),
            ("10", '/', "5", "2"),
            ("\"a, b\"", '/', "\", \"", "[\"a\",\"b\"]"),
            ("1", '/', "0", "number (1) and number (0) cannot be divided because the divisor is zero"),
            ("-5", '%', "3", "-2"),
            ("5.9", '%', "3.9", "2"),
            (
                "5",
                '%',
                "0.5",
                "number (5) and number (0.5) cannot be divided (remainder) because the divisor is zero",
            ),
            ("[]", '%', "1", "array ([]) and number (1) cannot be divided (remainder)"),
        ] {
            check(left, operation, right, expected);
        }
    }

    #[test]
    fn negations() {
        for (input, expected) in [
            ("1.50", "-1.50"),
            ("-1.50", "1.50"),
            ("0", "0"),
            ("0.0", "0.0"),
            ("-9223372036854775808", "9223372036854775808"),
            ("100000000000000000000000000000001", "-100000000000000000000000000000001"),
            ("\"a\"", "string (\"a\") cannot be negated"),
        ] {
            assert_eq!(shown_answer(negate(value(input))), expected);
        }
        assert_eq!(shown_answer(negate(Val::double(f64::INFINITY))), "-1.7976931348623157e+308");
    }
}
