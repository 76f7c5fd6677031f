//! Natives that sort, group and choose: by the elements themselves, or by keys that `defined.jq` computes before.

use std::cmp::Ordering;

use super::super::account::{charge, reserve};
use super::super::compare::{documents, for_sorting};
use super::super::fault::{Answer, Fault};
use super::super::sort::sort;
use super::super::text::described;
use super::super::val::{Val, as_double};
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

/// A key, where it stands, and the double that it rounds to, which is NaN for what is no number.
#[derive(Clone, Copy)]
struct Place<'v> {
    key: &'v Document,
    at: usize,
    double: f64,
}

impl<'v> Place<'v> {
    fn of(at: usize, key: &'v Document) -> Place<'v> {
        Place { key, at, double: as_double(key).unwrap_or(f64::NAN) }
    }

    /// As `order` of the keys. Rounding keeps the order: only what rounds to the same double needs a closer look.
    fn order(
        &self,
        other: &Place<'v>,
        order: fn(&Document, &Document) -> Result<Ordering, Fault>,
    ) -> Result<Ordering, Fault> {
        match self.double.partial_cmp(&other.double) {
            Some(decided @ (Ordering::Less | Ordering::Greater)) => Ok(decided),
            Some(Ordering::Equal) | None => order(self.key, other.key),
        }
    }
}

/// The keys with their places. Those that `defined.jq` computes are arrays; where each holds one value, that is its key.
fn places(keys: &[Document]) -> impl Iterator<Item = Place<'_>> {
    let are_single = keys.iter().all(|key| matches!(key, Document::Arr(values) if values.len() == 1));
    keys.iter().enumerate().map(move |(at, key)| match key {
        Document::Arr(values) if are_single => Place::of(at, &values[0]),
        key => Place::of(at, key),
    })
}

/// The places of keys in their order; equal ones as they stand.
fn order_of(keys: &[Document]) -> Result<Vec<Place<'_>>, Fault> {
    charge(1 + keys.len())?;
    reserve(keys.len() * size_of::<Place<'_>>() * 2)?;
    let mut places: Vec<Place<'_>> = places(keys).collect();
    let integer = |place: &Place<'_>| match place.key {
        Document::Number(Number::I64(integer)) => Some(*integer),
        _ => None,
    };
    if places.iter().all(|place| integer(place).is_some()) {
        charge(keys.len() * 4)?;
        places.sort_by_key(integer);
        return Ok(places);
    }
    sort(&mut places, |left, right| {
        charge(1)?;
        left.order(right, for_sorting)
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
    let elements = elements(val)?;
    Ok(Val::array(order_of(elements)?.into_iter().map(|place| elements[place.at].clone()).collect()))
}

fn sorted_by(val: &Val, keys: &Val) -> Answer {
    let (values, keys) = with_keys(val, keys)?;
    Ok(Val::array(order_of(keys)?.into_iter().map(|place| values[place.at].clone()).collect()))
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
    for Place { key, at, .. } in order_of(keys)? {
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
    for Place { key, at, .. } in order_of(keys)? {
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
    let mut places = places(keys);
    let Some(mut best) = places.next() else { return Ok(Val::NULL) };
    for place in places {
        charge(1)?;
        let order = place.order(&best, documents)?;
        let is_better = if wanted.is_lt() { order.is_lt() } else { order.is_ge() };
        if is_better {
            best = place;
        }
    }
    Ok(Val::of(values[best.at].clone()))
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
            ("sort", "[[2],1,[1],0.5]", &[], "[0.5,1,[1],[2]]"),
            ("sort", "[[2],[1.5],[\"a\"],[null]]", &[], "[[null],[1.5],[2],[\"a\"]]"),
            (
                "sort",
                "[9007199254740993.0,9007199254740992,0.1,0.10]",
                &[],
                "[0.1,0.10,9007199254740992,9007199254740993.0]",
            ),
            ("max", "[[2],1]", &[], "[2]"),
            ("min", "[1.0,1,1.00]", &[], "1.0"),
            ("max", "[1.0,1,1.00]", &[], "1.00"),
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
