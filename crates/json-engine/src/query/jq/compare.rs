//! The order of jq: null, false, true, numbers, strings, arrays, objects.
//!
//! Numbers go by exact value; NaN is below every number and equals none, not even itself. Strings go by their bytes.
//! Promise: nothing recurses by the depth of a value. Cost: a visit a pair; objects are sorted by key first.

use std::cmp::Ordering;

use super::account::charge;
use super::fault::Fault;
use super::val::{Val, double_of};
use crate::document::{Document, Key, Members, Number};

/// The order of two values. NaN is less than NaN, as in jq.
#[inline]
pub(super) fn compare(left: &Val, right: &Val) -> Result<Ordering, Fault> {
    documents(left.document(), right.document())
}

/// Whether two values are equal.
#[inline]
pub(super) fn equal(left: &Val, right: &Val) -> Result<bool, Fault> {
    equal_documents(left.document(), right.document())
}

/// Whether the left value comes before the right one.
#[inline]
pub(super) fn less(left: &Val, right: &Val) -> Result<bool, Fault> {
    Ok(compare(left, right)?.is_lt())
}

/// As [`equal`], on documents.
pub(super) fn equal_documents(left: &Document, right: &Document) -> Result<bool, Fault> {
    match (left, right) {
        (Document::Str(left), Document::Str(right)) => {
            charge(1 + left.len() / 64)?;
            Ok(left == right)
        }
        (Document::Arr(_), Document::Arr(_)) | (Document::Obj(_), Document::Obj(_)) => {
            equal_containers(left, right)
        }
        (left, right) => Ok(documents(left, right)?.is_eq()),
    }
}

/// As [`compare`], on documents.
#[inline]
pub(super) fn documents(left: &Document, right: &Document) -> Result<Ordering, Fault> {
    match (left, right) {
        (Document::Number(left), Document::Number(right)) => Ok(numbers(left, right)),
        (Document::Arr(_), Document::Arr(_)) | (Document::Obj(_), Document::Obj(_)) => {
            containers(left, right)
        }
        (left, right) => scalars(left, right),
    }
}

/// A total order for sorting: as [`documents`], but NaN equals NaN.
pub(super) fn for_sorting(left: &Document, right: &Document) -> Result<Ordering, Fault> {
    let is_nan = |document: &Document| matches!(document, Document::Number(Number::Literal(literal)) if literal.as_str() == super::val::NAN);
    if is_nan(left) && is_nan(right) { Ok(Ordering::Equal) } else { documents(left, right) }
}

fn rank(document: &Document) -> u8 {
    match document {
        Document::Null => 0,
        Document::Bool(false) => 1,
        Document::Bool(true) => 2,
        Document::Number(_) => 3,
        Document::Str(_) | Document::Surrogates(_) => 4,
        Document::Arr(_) => 5,
        Document::Obj(_) => 6,
    }
}

fn scalars(left: &Document, right: &Document) -> Result<Ordering, Fault> {
    let (
        Document::Str(left) | Document::Surrogates(left),
        Document::Str(right) | Document::Surrogates(right),
    ) = (left, right)
    else {
        return Ok(rank(left).cmp(&rank(right)));
    };
    charge(1 + left.len().min(right.len()) / 64)?;
    Ok(left.cmp(right))
}

/// Numbers that round to different doubles are in their order; only the others need a look at their digits.
#[inline]
pub(super) fn numbers(left: &Number, right: &Number) -> Ordering {
    if let (Number::I64(left), Number::I64(right)) = (left, right) {
        return left.cmp(right);
    }
    let (left_double, right_double) = (double_of(left), double_of(right));
    match left_double.partial_cmp(&right_double) {
        Some(Ordering::Equal) if left_double.is_finite() || is_finite(left) && is_finite(right) => {
            left.cmp(right)
        }
        Some(order) => order,
        None if left_double.is_nan() => Ordering::Less,
        None => Ordering::Greater,
    }
}

/// Whether it has digits; those of a literal like 1e1000 too.
fn is_finite(number: &Number) -> bool {
    match number {
        Number::I64(_) => true,
        Number::Literal(literal) => literal.ends_with(|last: char| last.is_ascii_digit()),
    }
}

/// Two containers of one kind that are equal so far, and their order if what is left of them is equal too.
enum Pairs<'d> {
    Elements(std::iter::Zip<std::slice::Iter<'d, Document>, std::slice::Iter<'d, Document>>, Ordering),
    Values(std::vec::IntoIter<(&'d Document, &'d Document)>),
}

fn containers(left: &Document, right: &Document) -> Result<Ordering, Fault> {
    let mut outer: Vec<Pairs<'_>> = Vec::new();
    let mut pairs = match opened(left, right)? {
        Ok(pairs) => pairs,
        Err(order) => return Ok(order),
    };
    loop {
        charge(1)?;
        let (next, last) = match &mut pairs {
            Pairs::Elements(elements, last) => (elements.next(), *last),
            Pairs::Values(values) => (values.next(), Ordering::Equal),
        };
        let order = match next {
            Some((left @ Document::Arr(_), right @ Document::Arr(_)))
            | Some((left @ Document::Obj(_), right @ Document::Obj(_))) => match opened(left, right)? {
                Ok(inner) => {
                    outer.push(std::mem::replace(&mut pairs, inner));
                    continue;
                }
                Err(order) => order,
            },
            Some((left, right)) => documents(left, right)?,
            None if last.is_ne() => last,
            None => {
                let Some(rest) = outer.pop() else { return Ok(Ordering::Equal) };
                pairs = rest;
                continue;
            }
        };
        if order.is_ne() {
            return Ok(order);
        }
    }
}

/// What is to be compared of two containers of one kind, or their order if that is known already: objects are in the
/// order of their sorted keys, then of their values.
fn opened<'d>(left: &'d Document, right: &'d Document) -> Result<Result<Pairs<'d>, Ordering>, Fault> {
    match (left, right) {
        (Document::Arr(left), Document::Arr(right)) => {
            Ok(Ok(Pairs::Elements(left.iter().zip(right.iter()), left.len().cmp(&right.len()))))
        }
        (Document::Obj(left), Document::Obj(right)) => {
            let (left, right) = (sorted(left)?, sorted(right)?);
            let keys =
                left.iter().map(|(key, _)| key.literal()).cmp(right.iter().map(|(key, _)| key.literal()));
            if keys.is_ne() {
                return Ok(Err(keys));
            }
            let pairs: Vec<_> =
                left.iter().zip(&right).map(|((_, left), (_, right))| (*left, *right)).collect();
            Ok(Ok(Pairs::Values(pairs.into_iter())))
        }
        (left, right) => Ok(Err(rank(left).cmp(&rank(right)))),
    }
}

/// Equality needs no order, so members are looked up instead of sorted.
fn equal_containers(left: &Document, right: &Document) -> Result<bool, Fault> {
    let mut open = vec![(left, right)];
    while let Some(pair) = open.pop() {
        match pair {
            (Document::Arr(left), Document::Arr(right)) => {
                if left.len() != right.len() {
                    return Ok(false);
                }
                for (left, right) in left.iter().zip(right.iter()) {
                    if !equal_or_open(left, right, &mut open)? {
                        return Ok(false);
                    }
                }
            }
            (Document::Obj(left), Document::Obj(right)) => {
                if left.len() != right.len() {
                    return Ok(false);
                }
                for (key, left) in left.iter() {
                    let Some(right) = right.get(key) else { return Ok(false) };
                    if !equal_or_open(left, right, &mut open)? {
                        return Ok(false);
                    }
                }
            }
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn equal_or_open<'d>(
    left: &'d Document,
    right: &'d Document,
    open: &mut Vec<(&'d Document, &'d Document)>,
) -> Result<bool, Fault> {
    charge(1)?;
    match (left, right) {
        (Document::Arr(_), Document::Arr(_)) | (Document::Obj(_), Document::Obj(_)) => {
            open.push((left, right));
            Ok(true)
        }
        (left, right) => equal_documents(left, right),
    }
}

/// The members by their keys.
pub(super) fn sorted(members: &Members) -> Result<Vec<(&Key, &Document)>, Fault> {
    charge(members.len())?;
    let mut sorted: Vec<(&Key, &Document)> = members.iter().collect();
    sorted.sort_by(|(left, _), (right, _)| left.literal().cmp(right.literal()));
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Val {
        Val::of(crate::parse::parse(text.as_bytes(), &crate::ScanOptions::default()).unwrap().0)
    }

    fn check(left: &str, expected: Ordering, right: &str) {
        let (left, right) = (parsed(left), parsed(right));
        assert_eq!(compare(&left, &right).unwrap(), expected, "{left:?} {right:?}");
        assert_eq!(compare(&right, &left).unwrap(), expected.reverse(), "{right:?} {left:?}");
        assert_eq!(equal(&left, &right).unwrap(), expected.is_eq(), "{left:?} {right:?}");
    }

    #[test]
    fn order() {
        let sorted = [
            "null",
            "false",
            "true",
            "-1e1000",
            "-1",
            "0.5",
            "1",
            "1e1000",
            r#""""#,
            r#""a""#,
            r#""a\u0001""#,
            r#""b""#,
            "[]",
            "[1]",
            "[1,1]",
            "[1,[2]]",
            "[1,[2],0]",
            "[1,[3]]",
            "[2]",
            "{}",
            r#"{"a":2}"#,
            r#"{"b":0,"a":1}"#,
            r#"{"a":1,"b":[1]}"#,
            r#"{"b":1}"#,
        ];
        for (at, left) in sorted.iter().enumerate() {
            for (other, right) in sorted.iter().enumerate() {
                check(left, at.cmp(&other), right);
            }
        }
        check("1.0", Ordering::Equal, "1");
        check("-0", Ordering::Equal, "0");
        check("100000000000000000000000000000001", Ordering::Less, "100000000000000000000000000000002");
        check(r#"{"a":[1],"b":2}"#, Ordering::Equal, r#"{"b":2.0,"a":[1e0]}"#);
    }

    #[test]
    fn nan_is_less_than_itself() {
        let nan = Val::double(f64::NAN);
        assert!(less(&nan, &nan).unwrap() && !equal(&nan, &nan).unwrap());
        let array = Val::collect(vec![nan.clone()]);
        assert!(less(&array, &array).unwrap() && !equal(&array, &array).unwrap());
        assert_eq!(for_sorting(nan.document(), nan.document()).unwrap(), Ordering::Equal);
    }

    #[test]
    fn values_a_million_levels_deep_are_compared() {
        let deep = |mut inner: Val| {
            for _ in 0..1_000_000 {
                inner = Val::collect(vec![inner]);
            }
            inner
        };
        let (left, right) = (deep(Val::integer(1)), deep(Val::integer(2)));
        assert!(less(&left, &right).unwrap());
        assert!(!equal(&left, &right).unwrap());
    }
}
