//! `+ - * / %` and negation. Integers are exact while they fit 64 bits, everything else is a double.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};
use std::sync::Arc;

use jaq_core::{Error, ValR};

use super::account::{charge, hold};
use super::text::described;
use super::val::{Val, compare};
use crate::document::{Document, Members, Number};

/// Longest string that a repetition makes, in bytes, as in jq.
const LONGEST: f64 = 536_870_911.0;

fn refused(left: &Val, right: &Val, what: &str) -> Error<Val> {
    Error::str(format!("{} and {} cannot be {what}", described(left), described(right)))
}

fn numbers(
    left: &Val,
    right: &Val,
    exact: impl Fn(i64, i64) -> Option<i64>,
    rounded: impl Fn(f64, f64) -> f64,
) -> Option<Val> {
    if let (Document::Number(Number::I64(left)), Document::Number(Number::I64(right))) =
        (left.document(), right.document())
        && let Some(exact) = exact(*left, *right)
    {
        return Some(Val::integer(exact));
    }
    Some(Val::double(rounded(left.as_double()?, right.as_double()?)))
}

impl Add for Val {
    type Output = ValR<Val>;

    fn add(mut self, right: Val) -> ValR<Val> {
        if let Some(sum) = numbers(&self, &right, i64::checked_add, |left, right| left + right) {
            return Ok(sum);
        }
        match (self.document_mut(), right.document()) {
            (Document::Null, _) => Ok(right),
            (_, Document::Null) => Ok(self),
            (Document::Str(left), Document::Str(right)) => {
                hold(left.len() + right.len());
                charge((left.len() + right.len()) as u64 / 64);
                let text = [&**left, &**right].concat();
                super::account::release(text.len());
                Ok(Val::text(&text))
            }
            (Document::Arr(left), Document::Arr(right)) => {
                let copied = if Arc::strong_count(left) > 1 { left.len() } else { 0 };
                charge((copied + right.len()) as u64 / 8);
                hold((copied + right.len()) * size_of::<Document>());
                Arc::make_mut(left).extend(right.iter().cloned());
                Ok(self)
            }
            (Document::Obj(left), Document::Obj(right)) => {
                charge((left.len() + right.len()) as u64 / 4);
                hold((left.len() + right.len()) * 48);
                Arc::make_mut(left).extend(right.iter().map(|(key, value)| (key.clone(), value.clone())));
                Ok(self)
            }
            _ => Err(refused(&self, &right, "added")),
        }
    }
}

impl Sub for Val {
    type Output = ValR<Val>;

    fn sub(self, right: Val) -> ValR<Val> {
        if let Some(difference) = numbers(&self, &right, i64::checked_sub, |left, right| left - right) {
            return Ok(difference);
        }
        match (self.document(), right.document()) {
            (Document::Arr(left), Document::Arr(right)) => {
                let stays = |element: &&Document| right.iter().all(|other| compare(element, other).is_ne());
                Ok(Val::array(left.iter().filter(stays).cloned().collect()))
            }
            _ => Err(refused(&self, &right, "subtracted")),
        }
    }
}

impl Mul for Val {
    type Output = ValR<Val>;

    fn mul(self, right: Val) -> ValR<Val> {
        if let Some(product) = numbers(&self, &right, i64::checked_mul, |left, right| left * right) {
            return Ok(product);
        }
        match (self.document(), right.document()) {
            (Document::Str(text), Document::Number(_)) => repeated(text, &right),
            (Document::Number(_), Document::Str(text)) => repeated(text, &self),
            (Document::Obj(left), Document::Obj(right)) => Ok(Val::object(merged(left, right))),
            _ => Err(refused(&self, &right, "multiplied")),
        }
    }
}

fn repeated(text: &str, count: &Val) -> ValR<Val> {
    let count = count.as_double().unwrap_or(0.0);
    if count.is_nan() || count < 0.0 {
        return Ok(Val::NULL);
    }
    if text.len() as f64 * count > LONGEST {
        return Err(Error::str("Repeat string result too long"));
    }
    let count = if count < 1.0 && count > 0.0 { 1 } else { count as usize };
    hold(text.len() * count);
    charge((text.len() * count) as u64 / 256);
    let text = text.repeat(count);
    super::account::release(text.len());
    Ok(Val::text(&text))
}

fn merged(left: &Members, right: &Members) -> Members {
    charge((left.len() + right.len()) as u64);
    let mut merged = left.clone();
    for (key, value) in right {
        let joined = match (merged.get(key), value) {
            (Some(Document::Obj(left)), Document::Obj(right)) => {
                Val::object(self::merged(left, right)).into_document()
            }
            _ => value.clone(),
        };
        merged.insert(key.clone(), joined);
    }
    merged
}

impl Div for Val {
    type Output = ValR<Val>;

    fn div(self, right: Val) -> ValR<Val> {
        if let (Document::Str(text), Document::Str(separator)) = (self.document(), right.document()) {
            return Ok(split(text, separator));
        }
        if self.as_double().is_some() && right.as_double() == Some(0.0) {
            return Err(refused(&self, &right, "divided because the divisor is zero"));
        }
        let exact =
            |left: i64, right: i64| left.checked_rem(right).filter(|rest| *rest == 0).map(|_| left / right);
        numbers(&self, &right, exact, |left, right| left / right)
            .ok_or_else(|| refused(&self, &right, "divided"))
    }
}

/// The parts of a text; an empty separator gives its characters.
pub(super) fn split(text: &str, separator: &str) -> Val {
    if text.is_empty() {
        return Val::array(Vec::new());
    }
    if separator.is_empty() {
        return text.chars().map(|character| Val::text(character.encode_utf8(&mut [0; 4]))).collect();
    }
    text.split(separator).map(Val::text).collect()
}

impl Rem for Val {
    type Output = ValR<Val>;

    fn rem(self, right: Val) -> ValR<Val> {
        let (Some(left), Some(divisor)) = (self.as_double(), right.as_double()) else {
            return Err(refused(&self, &right, "divided"));
        };
        if left.is_nan() || divisor.is_nan() {
            return Ok(Val::double(f64::NAN));
        }
        // The cast saturates, as that of jq.
        let divisor = divisor as i64;
        if divisor == 0 {
            return Err(refused(&self, &right, "divided (remainder) because the divisor is zero"));
        }
        let rest = (left as i64).unsigned_abs() % divisor.unsigned_abs();
        Ok(Val::integer(if left < 0.0 { -(rest as i64) } else { rest as i64 }))
    }
}

impl Neg for Val {
    type Output = ValR<Val>;

    fn neg(self) -> ValR<Val> {
        match self.document() {
            Document::Number(Number::I64(integer)) if *integer != 0 && *integer != i64::MIN => {
                Ok(Val::integer(-integer))
            }
            Document::Number(_) => Ok(Val::double(-self.as_double().unwrap_or(0.0))),
            _ => Err(Error::str(format!("{} cannot be negated", described(&self)))),
        }
    }
}
