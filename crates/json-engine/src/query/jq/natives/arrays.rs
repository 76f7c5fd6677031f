//! Natives over the elements of an array.

use super::super::access::{self, child, children};
use super::super::account::{Held, ask, charge, reserve};
use super::super::arithmetic::{self, Sum};
use super::super::compare::{documents, for_sorting};
use super::super::fault::{Answer, Fault};
use super::super::text::described;
use super::super::val::{Val, as_double};
use super::{Native, native};
use crate::document::{Document, Number};

pub(super) static TABLE: &[Native] = &[
    native("indices", 1, |val, args| access::indices(&val, &args[0])),
    native("add", 0, |val, _| add(&val)),
    native("any", 0, |val, _| any(&val)),
    native("all", 0, |val, _| all(&val)),
    native("reverse", 0, |val, _| reverse(&val)),
    native("flatten", 0, |val, _| flatten(&val, f64::INFINITY)),
    native("flatten", 1, |val, args| flatten_to(&val, &args[0])),
    native("bsearch", 1, |val, args| search(&val, &args[0])),
    native("transpose", 0, |val, _| transpose(&val)),
];

/// A sum; numbers are added up and strings put together at once, so that what lies between is not made.
fn add(val: &Val) -> Answer {
    let count = children(val)?;
    let mut sum = Val::NULL;
    let mut at = 0;
    while let Some(next) = child(val, at).filter(|_| at < count) {
        charge(1)?;
        if let (Some(left), Some(_)) = (sum.as_text(), next.as_text()) {
            (sum, at) = concatenated(val, left, at)?;
            continue;
        }
        if let (Document::Number(left), Document::Number(_)) = (sum.document(), next.document()) {
            (sum, at) = summed(val, left, at)?;
            continue;
        }
        sum = arithmetic::add(sum, next)?;
        at += 1;
    }
    Ok(sum)
}

/// `number` and the numbers from `at` on; gives the place after the last.
fn summed(val: &Val, number: &Number, mut at: usize) -> Result<(Val, usize), Fault> {
    let mut sum = Sum::of(number);
    while let Some(next) = child(val, at) {
        let Document::Number(next) = next.document() else { break };
        charge(1)?;
        sum = sum.with(next);
        at += 1;
    }
    Ok((sum.value(), at))
}

/// `text` and the strings from `at` on; gives the place after the last.
fn concatenated(val: &Val, text: &str, mut at: usize) -> Result<(Val, usize), Fault> {
    let mut joined = text.to_owned();
    let mut held = Held::nothing();
    while let Some(next) = child(val, at) {
        let Document::Str(next) = next.document() else { break };
        charge(1 + next.len() / 64)?;
        ask(next.len())?;
        joined.push_str(next);
        held.grow_to(joined.capacity())?;
        at += 1;
    }
    ask(joined.len())?;
    Ok((Val::text(&joined), at))
}

fn any(val: &Val) -> Answer {
    let count = children(val)?;
    charge(count)?;
    Ok((0..count).filter_map(|at| child(val, at)).any(|child| child.is_true()).into())
}

fn all(val: &Val) -> Answer {
    let count = children(val)?;
    charge(count)?;
    Ok((0..count).filter_map(|at| child(val, at)).all(|child| child.is_true()).into())
}

/// An array or a string from its end; null gives an empty array. What else has a length fails as `.[length - 1]` does.
fn reverse(val: &Val) -> Answer {
    let length = match val.document() {
        Document::Arr(elements) => {
            charge(elements.len() / 8)?;
            ask(size_of_val(elements.as_slice()))?;
            reserve(size_of_val(elements.as_slice()))?;
            return Ok(Val::array(elements.iter().rev().cloned().collect()));
        }
        Document::Str(text) => {
            charge(text.len() / 8)?;
            ask(text.len() * 4)?;
            reserve(text.len() * 2)?;
            return Ok(Val::text(&text.chars().rev().collect::<String>()));
        }
        Document::Bool(_) => return Err(Fault::raise(&format!("{} has no length", described(val)))),
        Document::Number(_) => val.as_double().unwrap_or(0.0).abs(),
        Document::Obj(members) => members.len() as f64,
        Document::Null | Document::Surrogates(_) => 0.0,
    };
    if length > 0.0 { access::index(val, &Val::double(length - 1.0)) } else { Ok(Val::array(Vec::new())) }
}

fn flatten_to(val: &Val, depth: &Val) -> Answer {
    if super::super::compare::less(depth, &Val::integer(0))? {
        return Err(Fault::raise("flatten depth must not be negative"));
    }
    if let Some(depth) = depth.as_double() {
        return flatten(val, depth);
    }
    // jq counts the levels down when it comes to the first array.
    let is_nested = (0..children(val)?).any(|at| child(val, at).is_some_and(|child| child.kind() == "array"));
    if is_nested { arithmetic::subtract(depth.clone(), Val::integer(1)) } else { flatten(val, 0.0) }
}

fn flatten(val: &Val, depth: f64) -> Answer {
    let mut flat = Val::array(Vec::new());
    for at in 0..children(val)? {
        let Some(child) = child(val, at) else { break };
        flatten_into(child.document(), depth, &mut flat)?;
    }
    Ok(flat)
}

/// The leaves of `document`, those `depth` levels below it as they are.
fn flatten_into(document: &Document, depth: f64, flat: &mut Val) -> Result<(), Fault> {
    let mut open = vec![std::slice::from_ref(document).iter()];
    while let Some(elements) = open.last_mut() {
        charge(1)?;
        let Some(next) = elements.next() else {
            open.pop();
            continue;
        };
        match next {
            // Exactly zero stops it, as in jq: a fraction never does.
            Document::Arr(inner) if depth - (open.len() - 1) as f64 != 0.0 => open.push(inner.iter()),
            leaf => flat.push(Val::of(leaf.clone())),
        }
    }
    Ok(())
}

fn search(val: &Val, target: &Val) -> Answer {
    let Some(elements) = val.as_elements() else {
        return Err(Fault::raise(&format!("{} cannot be searched from", described(val))));
    };
    let (mut from, mut upto) = (0, elements.len());
    while from < upto {
        let middle = from + (upto - from) / 2;
        match documents(&elements[middle], target.document())? {
            std::cmp::Ordering::Less => from = middle + 1,
            std::cmp::Ordering::Equal => return Ok(Val::count(middle)),
            std::cmp::Ordering::Greater => upto = middle,
        }
    }
    Ok(Val::integer(-1 - from as i64))
}

/// Rows become columns; short rows are filled up with null.
fn transpose(val: &Val) -> Answer {
    let rows = children(val)?;
    let mut widest = Val::NULL;
    for at in 0..rows {
        charge(1)?;
        let Some(row) = child(val, at) else { break };
        let length = length(&row)?;
        if for_sorting(length.document(), widest.document())?.is_gt() {
            widest = length;
        }
    }
    let width = as_double(widest.document()).unwrap_or(0.0).ceil();
    let mut columns = Val::array(Vec::new());
    let mut column = 0_u32;
    while f64::from(column) < width {
        let mut cells = Val::array(Vec::with_capacity(rows));
        for at in 0..rows {
            charge(1)?;
            let Some(row) = child(val, at) else { break };
            cells.push(access::index(&row, &Val::integer(column.into()))?);
        }
        columns.push(cells);
        column += 1;
    }
    Ok(columns)
}

fn length(row: &Val) -> Answer {
    match super::find("length", 0) {
        Some(native) => (native.run)(row.clone(), &[]),
        None => Ok(Val::NULL),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::text::to_json;
    use super::super::tests::check;
    use super::*;

    /// Answers of jq 1.8.2.
    #[test]
    fn of_arrays() {
        for (name, input, args, expected) in [
            ("add", "[1,2.5]", [].as_slice(), "3.5"),
            ("add", "[1,null,2.5,\"a\"]", &[], "number (3.5) and string (\"a\") cannot be added"),
            ("add", "[\"a\",\"b\",\"c\"]", &[], "\"abc\""),
            ("add", "[\"a\",null,\"b\"]", &[], "\"ab\""),
            ("add", "{\"a\":[1],\"b\":[2]}", &[], "[1,2]"),
            ("add", "[]", &[], "null"),
            ("add", "[\"a\",1]", &[], "string (\"a\") and number (1) cannot be added"),
            ("add", "null", &[], "Cannot iterate over null (null)"),
            ("any", "[null,1]", &[], "true"),
            ("all", "[]", &[], "true"),
            ("reverse", "[1,2]", &[], "[2,1]"),
            ("reverse", "null", &[], "[]"),
            ("reverse", "\"aéc\"", &[], "\"céa\""),
            ("reverse", "{\"a\":1,\"b\":2}", &[], "Cannot index object with number (1)"),
            ("flatten", "[1,[2,[3,[]]],{\"a\":[4]}]", &[], "[1,2,3,{\"a\":[4]}]"),
            ("flatten", "[1,[2,[3]]]", &["1"], "[1,2,[3]]"),
            ("flatten", "[1,[2]]", &["0"], "[1,[2]]"),
            ("flatten", "[]", &["-1"], "flatten depth must not be negative"),
            ("flatten", "[1,{}]", &["\"a\""], "[1,{}]"),
            ("flatten", "[[1]]", &["\"a\""], "string (\"a\") and number (1) cannot be subtracted"),
            ("flatten", "{\"a\":1,\"b\":[2]}", &[], "[1,2]"),
            ("bsearch", "[1,2,3]", &["2"], "1"),
            ("bsearch", "[1,2,3]", &["4"], "-4"),
            ("bsearch", "1", &["4"], "number (1) cannot be searched from"),
            ("transpose", "[[1],[2,3]]", &[], "[[1,2],[null,3]]"),
            ("transpose", "[]", &[], "[]"),
            ("transpose", "[3,1]", &[], "Cannot index number with number (0)"),
            ("indices", "[1,2,3,1]", &["1"], "[0,3]"),
            ("indices", "\"aéaéa\"", &["\"aéa\""], "[0,2]"),
            ("indices", "\"abc\"", &["\"\""], "[]"),
            ("indices", "null", &["null"], "Cannot index null with null (null)"),
        ] {
            check(name, input, args, expected);
        }
    }

    /// All sums of up to three of numbers that are exact, round, overflow or are none.
    #[test]
    fn a_sum_is_that_of_one_number_after_the_other() {
        let numbers = [
            "0",
            "-0",
            "1",
            "-1",
            "0.5",
            "1.50",
            "-0.5",
            "1e17",
            "9007199254740993",
            "9223372036854775807",
            "-9223372036854775808",
            "1e308",
            "-1e400",
            "1e400",
            "0.1",
            "12345678901234567890",
        ];
        let read = |text: &str| Val::of(Document::Number(Number::from_literal(text)));
        let text = |val: &Val| to_json(val).unwrap();
        for first in numbers.map(read) {
            assert_eq!(text(&add(&Val::collect(vec![first.clone()])).unwrap()), text(&first));
            for second in numbers.map(read) {
                for third in numbers.map(read) {
                    let apart = arithmetic::add(first.clone(), second.clone()).unwrap();
                    let apart = arithmetic::add(apart, third.clone()).unwrap();
                    let sum = add(&Val::collect(vec![first.clone(), second.clone(), third.clone()])).unwrap();
                    assert_eq!(text(&sum), text(&apart), "{first:?} {second:?} {third:?}");
                }
            }
        }
    }
}
