//! Natives that sort, group and choose: by the elements themselves, or by keys that `defined.jq` computes before.

use std::cmp::Ordering;

use super::super::account::{charge, reserve};
use super::super::compare::{documents, for_sorting};
use super::super::fault::{Answer, Fault};
use super::super::sort::sort;
use super::super::text::described;
use super::super::val::Val;
use super::{Native, native};
use crate::document::{Document, Number};

pub(super) static TABLE: &[Native] = &[
    native("sort", 0, |val, _| sorted(&val)),
    native("unique", 0, |val, _| unique(&val)),
    native("min", 0, |val, _| extreme(&val, &val, Ordering::Less)),
    native("max", 0, |val, _| extreme(&val, &val, Ordering::Greater)),
    native("_sort_by_impl", 1, |val, args| sorted_by(&val, &args[0])),
    native("_group_by_impl", 1, |val, args| grouped_by(&val, &args[0])),
    native("_unique_by_impl", 1, |val, args| unique_by(&val, &args[0])),
    native("_min_by_impl", 1, |val, args| extreme(&val, &args[0], Ordering::Less)),
    native("_max_by_impl", 1, |val, args| extreme(&val, &args[0], Ordering::Greater)),
];

/// A key and where it stands.
type Place<'v> = (&'v Document, usize);

/// The places of keys in their order; equal ones as they stand.
fn order_of(keys: &[Document]) -> Result<Vec<Place<'_>>, Fault> {
    charge(1 + keys.len())?;
    reserve(keys.len() * size_of::<Place<'_>>() * 2)?;
    let mut places: Vec<Place<'_>> = keys.iter().enumerate().map(|(at, key)| (key, at)).collect();
    let is_integers = keys.iter().all(|key| matches!(key, Document::Number(Number::I64(_))));
    if is_integers {
        charge(keys.len() * 4)?;
        places.sort_by_key(|(key, _)| match key {
            Document::Number(Number::I64(integer)) => *integer,
            _ => 0,
        });
        return Ok(places);
    }
    sort(&mut places, |(left, _), (right, _)| {
        charge(1)?;
        for_sorting(left, right)
    })?;
    Ok(places)
}

fn elements(val: &Val) -> Result<&[Document], Fault> {
    let message = || Fault::raise(&format!("{} cannot be sorted, as it is not an array", described(val)));
    val.as_elements().ok_or_else(message)
}

/// The elements and their keys, of which there are as many.
fn with_keys<'v>(val: &'v Val, keys: &'v Val) -> Result<(&'v [Document], &'v [Document]), Fault> {
    let both = val.as_elements().zip(keys.as_elements()).filter(|(values, keys)| values.len() == keys.len());
    both.ok_or_else(|| {
        let (val, keys) = (described(val), described(keys));
        Fault::raise(&format!("{val} and {keys} cannot be sorted, as they are not both arrays"))
    })
}

fn sorted(val: &Val) -> Answer {
    Ok(Val::array(order_of(elements(val)?)?.into_iter().map(|(key, _)| key.clone()).collect()))
}

fn sorted_by(val: &Val, keys: &Val) -> Answer {
    let (values, keys) = with_keys(val, keys)?;
    Ok(Val::array(order_of(keys)?.into_iter().map(|(_, at)| values[at].clone()).collect()))
}

fn unique(val: &Val) -> Answer {
    let keys = elements(val)?;
    first_of_each(keys, keys)
}

fn unique_by(val: &Val, keys: &Val) -> Answer {
    let (values, keys) = with_keys(val, keys)?;
    first_of_each(values, keys)
}

fn first_of_each(values: &[Document], keys: &[Document]) -> Answer {
    let mut firsts = Vec::new();
    let mut last: Option<&Document> = None;
    for (key, at) in order_of(keys)? {
        charge(1)?;
        let is_new = match last {
            Some(last) => documents(last, key)?.is_ne(),
            None => true,
        };
        if is_new {
            firsts.push(values[at].clone());
            last = Some(key);
        }
    }
    Ok(Val::array(firsts))
}

fn grouped_by(val: &Val, keys: &Val) -> Answer {
    let (values, keys) = with_keys(val, keys)?;
    let mut groups = Val::array(Vec::new());
    let mut group = Val::array(Vec::new());
    let mut last: Option<&Document> = None;
    for (key, at) in order_of(keys)? {
        charge(1)?;
        if let Some(last) = last
            && documents(last, key)?.is_ne()
        {
            groups.push(std::mem::replace(&mut group, Val::array(Vec::new())));
        }
        group.push(Val::of(values[at].clone()));
        last = Some(key);
    }
    if last.is_some() {
        groups.push(group);
    }
    Ok(groups)
}

/// The element of the least or greatest key: of equal ones the first least, the last greatest; null of none.
fn extreme(val: &Val, key_array: &Val, wanted: Ordering) -> Answer {
    let failed =
        |what: &str| Fault::raise(&format!("{} and {} {what}", described(val), described(key_array)));
    let both = val.as_elements().zip(key_array.as_elements());
    let (values, keys) = both.ok_or_else(|| failed("cannot be iterated over"))?;
    if values.len() != keys.len() {
        return Err(failed("have wrong length"));
    }
    let mut best = 0;
    for at in 1..keys.len() {
        charge(1)?;
        let order = documents(&keys[at], &keys[best])?;
        let is_better = if wanted.is_lt() { order.is_lt() } else { order.is_ge() };
        if is_better {
            best = at;
        }
    }
    Ok(values.get(best).map_or(Val::NULL, |value| Val::of(value.clone())))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    /// Answers of jq 1.8.2.
    #[test]
    fn of_groups() {
        for (name, input, args, expected) in [
            (
                "sort",
                "[3,1.5,\"a\",null,{\"a\":1},[1],true,false]",
                [].as_slice(),
                "[null,false,true,1.5,3,\"a\",[1],{\"a\":1}]",
            ),
            ("sort", "[3,1,2,1]", &[], "[1,1,2,3]"),
            ("sort", "1", &[], "number (1) cannot be sorted, as it is not an array"),
            ("unique", "[3,1,2,1,1.0]", &[], "[1,2,3]"),
            ("unique", "null", &[], "null (null) cannot be sorted, as it is not an array"),
            ("min", "[]", &[], "null"),
            ("min", "[3,1,2]", &[], "1"),
            ("max", "[3,1,2]", &[], "3"),
            ("max", "1", &[], "number (1) and number (1) cannot be iterated over"),
            ("_sort_by_impl", "[1,2,3]", &["[[2],[1],[1]]"], "[2,3,1]"),
            ("_group_by_impl", "[1,2,3]", &["[[2],[1],[2]]"], "[[2],[1,3]]"),
            ("_group_by_impl", "[]", &["[]"], "[]"),
            ("_unique_by_impl", "[1,2,3]", &["[[2],[1],[2]]"], "[2,1]"),
            ("_min_by_impl", "[1,2,3]", &["[[2],[1],[1]]"], "2"),
            ("_max_by_impl", "[1,2,3]", &["[[2],[1],[2]]"], "3"),
        ] {
            check(name, input, args, expected);
        }
    }
}
