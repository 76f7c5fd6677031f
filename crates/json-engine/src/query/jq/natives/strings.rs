//! Natives over strings.

use super::super::account::{ask, charge, reserve};
use super::super::arithmetic;
use super::super::fault::{Answer, Fault};
use super::super::regex::matches;
use super::super::text::described;
use super::super::val::{Val, as_double};
use super::{Native, native};
use crate::document::Document;

pub(super) static TABLE: &[Native] = &[
    native("explode", 0, |val, _| explode(&val)),
    native("implode", 0, |val, _| implode(&val)),
    native("ascii", 0, |val, _| implode(&Val::collect(vec![val]))),
    native("ascii_downcase", 0, |val, _| cased(&val, str::to_ascii_lowercase)),
    native("ascii_upcase", 0, |val, _| cased(&val, str::to_ascii_uppercase)),
    native("trim", 0, |val, _| trimmed(val, str::trim_matches)),
    native("ltrim", 0, |val, _| trimmed(val, str::trim_start_matches)),
    native("rtrim", 0, |val, _| trimmed(val, str::trim_end_matches)),
    native("startswith", 1, |val, args| Ok(begins(&val, &args[0])?.into())),
    native("endswith", 1, |val, args| Ok(ends(&val, &args[0])?.into())),
    native("ltrimstr", 1, |val, args| without_start(val, &args[0])),
    native("rtrimstr", 1, |val, args| without_end(val, &args[0])),
    native("trimstr", 1, |val, args| without_end(without_start(val, &args[0])?, &args[0])),
    native("split", 1, |val, args| split(&val, &args[0])),
    native("join", 1, |val, args| join(&val, &args[0])),
    native("_match_impl", 3, |val, args| matches(&val, &args[0], &args[1], &args[2])),
];

fn explode(val: &Val) -> Answer {
    let text = val.as_text().ok_or_else(|| Fault::raise("explode input must be a string"))?;
    reserve(text.len() * size_of::<Document>())?;
    let mut points = Vec::with_capacity(text.len());
    for character in text.chars() {
        charge(1)?;
        points.push(Val::integer(i64::from(u32::from(character))).into_document());
    }
    Ok(Val::array(points))
}

fn implode(val: &Val) -> Answer {
    let points = val.as_elements().ok_or_else(|| Fault::raise("implode input must be an array"))?;
    reserve(points.len() * 2)?;
    let mut text = String::with_capacity(points.len());
    for point in points {
        charge(1)?;
        let Some(double) = as_double(point).filter(|double| !double.is_nan()) else {
            let point = described(&Val::of(point.clone()));
            let message = format!("{point} can't be imploded, unicode codepoint needs to be numeric");
            return Err(Fault::raise(&message));
        };
        let point = if double < 0.0 { None } else { char::from_u32(double as u32) };
        text.push(point.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    ask(text.len())?;
    Ok(Val::text(&text))
}

fn cased(val: &Val, change: impl Fn(&str) -> String) -> Answer {
    let text = val.as_text().ok_or_else(|| Fault::raise("explode input must be a string"))?;
    charge(1 + text.len() / 32)?;
    reserve(text.len() * 2)?;
    ask(text.len() * 2)?;
    Ok(Val::text(&change(text)))
}

fn trimmed(val: Val, trim: impl for<'t> Fn(&'t str, fn(char) -> bool) -> &'t str) -> Answer {
    let text = val.as_text().ok_or_else(|| Fault::raise("trim input must be a string"))?;
    charge(1 + text.len() / 64)?;
    ask(text.len())?;
    let rest = trim(text, char::is_whitespace);
    if rest.len() == text.len() { Ok(val) } else { Ok(Val::text(rest)) }
}

fn both<'v>(val: &'v Val, part: &'v Val, name: &str) -> Result<(&'v str, &'v str), Fault> {
    let both = val.as_text().zip(part.as_text());
    both.ok_or_else(|| Fault::raise(&format!("{name}() requires string inputs")))
}

fn begins(val: &Val, part: &Val) -> Result<bool, Fault> {
    let (text, part) = both(val, part, "startswith")?;
    charge(1 + part.len() / 64)?;
    Ok(text.starts_with(part))
}

fn ends(val: &Val, part: &Val) -> Result<bool, Fault> {
    let (text, part) = both(val, part, "endswith")?;
    charge(1 + part.len() / 64)?;
    Ok(text.ends_with(part))
}

fn without_start(val: Val, part: &Val) -> Answer {
    let (text, start) = both(&val, part, "startswith")?;
    charge(1 + text.len() / 64)?;
    ask(text.len())?;
    match text.strip_prefix(start) {
        Some(rest) if !start.is_empty() => Ok(Val::text(rest)),
        _ => Ok(val),
    }
}

fn without_end(val: Val, part: &Val) -> Answer {
    let (text, end) = both(&val, part, "endswith")?;
    charge(1 + text.len() / 64)?;
    ask(text.len())?;
    match text.strip_suffix(end) {
        Some(rest) if !end.is_empty() => Ok(Val::text(rest)),
        _ => Ok(val),
    }
}

fn split(val: &Val, separator: &Val) -> Answer {
    let (Some(text), Some(separator)) = (val.as_text(), separator.as_text()) else {
        return Err(Fault::raise("split input and separator must be strings"));
    };
    arithmetic::split(text, separator)
}

/// `reduce .[] as $i (null; (if . == null then "" else . + $separator end) + ($i, numbers and booleans as text, null and
/// false as nothing)) // ""`, in one pass while separator and elements are strings.
fn join(val: &Val, separator: &Val) -> Answer {
    let count = super::super::access::children(val)?;
    let Some(separator_text) = separator.as_text() else { return slow_join(val, separator, count) };
    let mut joined = String::new();
    let mut held = super::super::account::Held::nothing();
    for at in 0..count {
        charge(1)?;
        let Some(element) = super::super::access::child(val, at) else { break };
        if at > 0 {
            joined.push_str(separator_text);
        }
        match element.document() {
            Document::Null => {}
            Document::Str(text) => {
                charge(text.len() / 64)?;
                ask(text.len())?;
                joined.push_str(text);
            }
            Document::Bool(_) | Document::Number(_) => {
                joined.push_str(&super::super::text::to_json(&element)?);
            }
            Document::Surrogates(_) | Document::Arr(_) | Document::Obj(_) => {
                return arithmetic::add(Val::text(&joined), element);
            }
        }
        held.grow_to(joined.capacity())?;
    }
    ask(joined.len())?;
    Ok(Val::text(&joined))
}

fn slow_join(val: &Val, separator: &Val, count: usize) -> Answer {
    let mut joined = Val::NULL;
    for at in 0..count {
        charge(1)?;
        let Some(element) = super::super::access::child(val, at) else { break };
        let before =
            if joined.is_null() { Val::text("") } else { arithmetic::add(joined, separator.clone())? };
        let element = match element.document() {
            Document::Bool(_) | Document::Number(_) => super::super::text::to_text(&element)?,
            Document::Null => Val::text(""),
            _ => element,
        };
        joined = arithmetic::add(before, element)?;
    }
    Ok(if joined.is_true() { joined } else { Val::text("") })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    /// Answers of jq 1.8.2.
    #[test]
    fn of_one() {
        for (name, input, expected) in [
            ("explode", "\"😀é\"", "[128512,233]"),
            ("explode", "1", "explode input must be a string"),
            ("implode", "[65,66.7]", "\"AB\""),
            ("implode", "[-1,1114112,55296,1e10]", "\"\u{fffd}\u{fffd}\u{fffd}\u{fffd}\""),
            ("implode", "[\"a\"]", "string (\"a\") can't be imploded, unicode codepoint needs to be numeric"),
            ("implode", "1", "implode input must be an array"),
            ("ascii_upcase", "\"aé\"", "\"Aé\""),
            ("ascii_downcase", "1", "explode input must be a string"),
            ("trim", "\" a b\\t\\n\"", "\"a b\""),
            ("ltrim", "\" a \"", "\"a \""),
            ("rtrim", "1", "trim input must be a string"),
        ] {
            check(name, input, &[], expected);
        }
    }

    #[test]
    fn with_an_argument() {
        for (name, input, arg, expected) in [
            ("ltrimstr", "\"abc\"", "\"a\"", "\"bc\""),
            ("ltrimstr", "[]", "\"a\"", "startswith() requires string inputs"),
            ("rtrimstr", "\"abc\"", "1", "endswith() requires string inputs"),
            ("trimstr", "\"aba\"", "\"a\"", "\"b\""),
            ("startswith", "1", "\"a\"", "startswith() requires string inputs"),
            ("split", "\"a,b\"", "\",\"", "[\"a\",\"b\"]"),
            ("split", "\"aé\"", "\"\"", "[\"a\",\"é\"]"),
            ("split", "\"\"", "\",\"", "[]"),
            ("split", "\"a\"", "1", "split input and separator must be strings"),
            ("join", "[\"a\",1,null,true,\"b\"]", "\",\"", "\"a,1,,true,b\""),
            ("join", "[]", "\",\"", "\"\""),
            ("join", "[\"a\",\"b\"]", "null", "\"ab\""),
            ("join", "[\"a\",\"b\"]", "1", "string (\"a\") and number (1) cannot be added"),
            ("join", "[1,[2]]", "\",\"", "string (\"1,\") and array ([2]) cannot be added"),
            ("join", "1", "\",\"", "Cannot iterate over number (1)"),
        ] {
            check(name, input, &[arg], expected);
        }
    }
}
