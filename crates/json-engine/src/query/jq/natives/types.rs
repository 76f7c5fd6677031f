//! What kind a value is, and conversions between kinds.

use super::super::account::charge;
use super::super::arithmetic::negate;
use super::super::defined;
use super::super::fault::{Answer, Fault};
use super::super::formats::format;
use super::super::reading::{from_json, number_of};
use super::super::text::{described, to_json, to_text};
use super::super::val::Val;
use super::{Native, native};
use crate::document::Document;

pub(super) static TABLE: &[Native] = &[
    native("type", 0, |val, _| Ok(Val::text(val.kind()))),
    native("not", 0, |val, _| Ok((!val.is_true()).into())),
    native("length", 0, |val, _| length(val)),
    native("utf8bytelength", 0, |val, _| byte_length(&val)),
    native("tostring", 0, |val, _| to_text(&val)),
    native("tojson", 0, |val, _| Ok(Val::text(&to_json(&val)?))),
    native("fromjson", 0, |val, _| from_json(text_of(&val, "only strings can be parsed")?)),
    native("tonumber", 0, |val, _| to_number(val)),
    native("toboolean", 0, |val, _| to_boolean(val)),
    native("toarray", 0, |val, _| Ok(to_array(val))),
    native("format", 1, |val, args| {
        let Document::Str(name) = args[0].document() else {
            return Err(Fault::raise(&format!("{} is not a valid format", described(&args[0]))));
        };
        format(name, &val)
    }),
    native("have_literal_numbers", 0, |_, _| Ok(Val::TRUE)),
    native("have_decnum", 0, |_, _| Ok(Val::TRUE)),
    native("input_filename", 0, |_, _| Ok(Val::NULL)),
    native("builtins", 0, |_, _| builtins()),
    native("input_line_number", 0, |_, _| Ok(Val::integer(0))),
];

/// Builtins that are instructions of the machine alone.
const INSTRUCTIONS: [(&str, usize); 6] =
    [("empty", 0), ("error", 0), ("path", 1), ("getpath", 1), ("range", 2), ("input", 0)];

/// All names that programs may call, as `name/arity`; those that begin with `_` are for other builtins.
fn builtins() -> Answer {
    let natives = super::all().map(|native| (native.name, usize::from(native.arity)));
    let all = natives.chain(defined::names()).chain(INSTRUCTIONS);
    let mut names: Vec<_> = all.filter(|(name, _)| !name.starts_with('_')).collect();
    charge(names.len())?;
    names.sort_unstable();
    names.dedup();
    Ok(Val::collect(names.iter().map(|(name, arity)| Val::text(&format!("{name}/{arity}"))).collect()))
}

/// The text of a string; others are described and `message` says what is wrong.
pub(super) fn text_of<'v>(val: &'v Val, message: &str) -> Result<&'v str, Fault> {
    val.as_text().ok_or_else(|| Fault::raise(&format!("{} {message}", described(val))))
}

fn length(val: Val) -> Answer {
    match val.document() {
        Document::Null => Ok(Val::integer(0)),
        Document::Bool(_) => Err(Fault::raise(&format!("{} has no length", described(&val)))),
        Document::Number(_) if val.as_double().is_some_and(|double| double < 0.0) => negate(val),
        Document::Number(_) => Ok(val),
        Document::Str(text) | Document::Surrogates(text) => {
            charge(text.len() / 64)?;
            Ok(Val::count(text.chars().count()))
        }
        Document::Arr(elements) => Ok(Val::count(elements.len())),
        Document::Obj(members) => Ok(Val::count(members.len())),
    }
}

fn byte_length(val: &Val) -> Answer {
    Ok(Val::count(text_of(val, "only strings have UTF-8 byte length")?.len()))
}

fn to_number(val: Val) -> Answer {
    if matches!(val.document(), Document::Number(_)) {
        return Ok(val);
    }
    let number = val.as_text().and_then(|text| charge(text.len() / 16).map(|()| number_of(text)).transpose());
    match number {
        Some(number) => number,
        None => Err(Fault::raise(&format!("{} cannot be parsed as a number", described(&val)))),
    }
}

fn to_boolean(val: Val) -> Answer {
    match (val.document(), val.as_text()) {
        (Document::Bool(_), _) => Ok(val),
        (_, Some("true")) => Ok(Val::TRUE),
        (_, Some("false")) => Ok(Val::FALSE),
        (_, _) => Err(Fault::raise(&format!("{} cannot be parsed as a boolean", described(&val)))),
    }
}

fn to_array(val: Val) -> Val {
    if val.as_elements().is_some() { val } else { Val::collect(vec![val]) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    /// Answers of jq 1.8.2.
    #[test]
    fn conversions() {
        for (name, input, expected) in [
            ("length", "-1.000", "1.000"),
            ("length", "true", "boolean (true) has no length"),
            ("length", "\"aé😀\"", "3"),
            ("utf8bytelength", "\"aé😀\"", "7"),
            ("utf8bytelength", "1", "number (1) only strings have UTF-8 byte length"),
            ("tojson", "[1.50,\"a\\u0001\\u007f/é\"]", r#""[1.50,\"a\\u0001\\u007f/é\"]""#),
            ("tojson", "{\"a\\u007f\":1}", r#""{\"a\\u007f\":1}""#),
            ("toboolean", "\"True\"", "string (\"True\") cannot be parsed as a boolean"),
            ("toarray", "1", "[1]"),
            ("tonumber", "[]", "array ([]) cannot be parsed as a number"),
            ("tonumber", "\"1.50\"", "1.50"),
            ("tonumber", "\"nan\"", "null"),
        ] {
            check(name, input, &[], expected);
        }
    }
}
