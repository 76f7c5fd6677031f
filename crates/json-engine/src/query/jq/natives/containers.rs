//! Natives over keys, members and paths.

use super::super::access;
use super::super::account::{charge, reserve};
use super::super::compare::{equal_documents, sorted};
use super::super::fault::{Answer, Fault};
use super::super::text::described;
use super::super::val::Val;
use super::{Native, native};
use crate::document::{Document, Key, Members};

/// Most levels that `contains` compares.
const CONTAINED_LEVELS: usize = 1_000;

pub(super) static TABLE: &[Native] = &[
    native("has", 1, |val, args| access::has(&val, &args[0])),
    native("setpath", 2, |val, args| access::set_path(val, &args[0], args[1].clone())),
    native("delpaths", 1, |val, args| access::delete_paths(val, &args[0])),
    native("keys", 0, |val, _| keys(&val)),
    native("keys_unsorted", 0, |val, _| keys_unsorted(&val)),
    native("to_entries", 0, |val, _| to_entries(&val)),
    native("contains", 1, |val, args| contains(&val, &args[0])),
];

fn no_keys(val: &Val) -> Fault {
    Fault::raise(&format!("{} has no keys", described(val)))
}

fn keys(val: &Val) -> Answer {
    match val.document() {
        Document::Obj(members) => {
            let keys = sorted(members)?.into_iter().map(|(key, _)| key.clone().into());
            Ok(Val::array(keys.collect()))
        }
        _ => keys_unsorted(val),
    }
}

fn keys_unsorted(val: &Val) -> Answer {
    let count = access::children(val).map_err(|_| no_keys(val))?;
    charge(count / 8)?;
    reserve(count * size_of::<Document>())?;
    let keys = (0..count).filter_map(|at| access::child_key(val, at));
    Ok(Val::array(keys.map(Val::into_document).collect()))
}

fn to_entries(val: &Val) -> Answer {
    let count = access::children(val).map_err(|_| no_keys(val))?;
    let (key_name, value_name) = (Key::Text("key".into()), Key::Text("value".into()));
    let mut entries = Val::array(Vec::with_capacity(count));
    for at in 0..count {
        charge(4)?;
        let (Some(key), Some(value)) = (access::child_key(val, at), access::child(val, at)) else { break };
        let members =
            vec![(key_name.clone(), key.into_document()), (value_name.clone(), value.into_document())];
        entries.push(Val::object(Members::of_distinct(members)));
    }
    Ok(entries)
}

fn contains(whole: &Val, part: &Val) -> Answer {
    if whole.kind() != part.kind() {
        let (whole, part) = (described(whole), described(part));
        return Err(Fault::raise(&format!("{whole} and {part} cannot have their containment checked")));
    }
    Ok(holds(whole.document(), part.document(), 0)?.into())
}

fn holds(whole: &Document, part: &Document, level: usize) -> Result<bool, Fault> {
    charge(1)?;
    if level > CONTAINED_LEVELS {
        return Err(Fault::raise("Containment check too deep"));
    }
    match (whole, part) {
        (Document::Obj(whole), Document::Obj(part)) => {
            for (key, part) in part.iter() {
                match whole.get(key) {
                    Some(whole) if holds(whole, part, level + 1)? => {}
                    _ => return Ok(false),
                }
            }
            Ok(true)
        }
        (Document::Arr(whole), Document::Arr(parts)) => {
            for part in parts.iter() {
                if !holds_element(whole, part, level)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Document::Str(whole), Document::Str(part)) => {
            charge(whole.len() / 64)?;
            Ok(memchr::memmem::find(whole.as_bytes(), part.as_bytes()).is_some())
        }
        (whole, part) => equal_documents(whole, part),
    }
}

fn holds_element(whole: &[Document], part: &Document, level: usize) -> Result<bool, Fault> {
    for whole in whole {
        if holds(whole, part, level + 1)? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    /// Answers of jq 1.8.2.
    #[test]
    fn of_containers() {
        for (name, input, args, expected) in [
            ("keys", "{\"b\":1,\"a\":2}", [].as_slice(), "[\"a\",\"b\"]"),
            ("keys", "[3,4]", &[], "[0,1]"),
            ("keys", "null", &[], "null (null) has no keys"),
            ("to_entries", "{\"b\":1}", &[], "[{\"key\":\"b\",\"value\":1}]"),
            ("to_entries", "[7]", &[], "[{\"key\":0,\"value\":7}]"),
            ("has", "[1,2]", &["-1"], "false"),
            ("has", "null", &["\"a\""], "false"),
            ("has", "null", &["null"], "false"),
            ("has", "\"a\"", &["0"], "Cannot check whether string has a number key"),
            ("contains", "{\"a\":[\"foobar\"]}", &["{\"a\":[\"bar\"]}"], "true"),
            ("contains", "null", &["1"], "null (null) and number (1) cannot have their containment checked"),
            ("setpath", "null", &["[\"a\",0,\"b\"]", "1"], "{\"a\":[{\"b\":1}]}"),
            ("setpath", "null", &["[-1]", "1"], "Out of bounds negative array index"),
            ("setpath", "[1]", &["[1e10]", "1"], "Array index too large"),
            ("setpath", "[1]", &["[[1]]", "7"], "Cannot update field at array index of array"),
            ("setpath", "{}", &["[null]", "7"], "Cannot index object with null (null)"),
            ("setpath", "\"abc\"", &["[{\"start\":0,\"end\":1}]", "7"], "Cannot update string slices"),
            ("setpath", "[1,2,3,4]", &["[{\"start\":1.5,\"end\":2.5}]", "[\"x\"]"], "[1,\"x\",4]"),
            ("setpath", "[1]", &["[{\"start\":1}]", "[]"], "Array/string slice indices must be integers"),
            ("setpath", "{}", &["\"a\"", "1"], "Path must be specified as an array"),
            ("delpaths", "[1,2,3]", &["[[0],[-1]]"], "[2]"),
            ("delpaths", "[1,2,3]", &["[[0],[0.5]]"], "[2,3]"),
            ("delpaths", "[1,2,3]", &["[[-1.5]]"], "[1,2]"),
            ("delpaths", "[1,2,3]", &["[[]]"], "null"),
            ("delpaths", "[1,2,3]", &["[[5],[-7],[5,\"a\"]]"], "[1,2,3]"),
            ("delpaths", "[1,2,3]", &["[[0,\"a\"]]"], "Cannot delete fields from number"),
            ("delpaths", "[1,2,3]", &["[[\"a\"]]"], "Cannot delete string element of array"),
            ("delpaths", "[1,2,3]", &["[0]"], "Path must be specified as array, not number"),
            ("delpaths", "[1,2,3]", &["0"], "Paths must be specified as an array"),
            ("delpaths", "{\"a\":{\"b\":1}}", &["[[\"a\",\"b\"],[\"x\",\"y\"]]"], "{\"a\":{}}"),
            ("delpaths", "{\"a\":1}", &["[[0]]"], "Cannot delete number field of object"),
            ("delpaths", "{\"a\":1,\"b\":2,\"c\":3}", &["[[\"c\"],[\"a\"]]"], "{\"b\":2}"),
        ] {
            check(name, input, args, expected);
        }
    }
}
