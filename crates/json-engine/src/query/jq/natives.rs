//! Filters in Rust that the standard library of jaq lacks, or words otherwise than jq.

use jaq_core::box_iter::box_once;
use jaq_core::native::{Filter, Fun, bome, run, unary, v};
use jaq_core::{Error, Native, RunPtr, ValR};

use super::Kind;
use super::access::{has, indices, without};
use super::account::charge;
use super::text::{described, shown, to_json};
use super::val::{Val, compare};
use crate::document::Document;
use crate::{ScanOptions, parse};

/// Those of jaq that reach out of the sandbox, or are replaced here or in the prelude.
const DROPPED: &[&str] = &[
    "env",
    "now",
    "halt",
    "debug_empty",
    "stderr_empty",
    "strflocaltime",
    "localtime",
    "matches",
    "split_matches",
    "split_",
    "todateiso8601",
    "fromdateiso8601",
    "group_by",
    "keys_unsorted",
    "sort",
    "reverse",
    "ltrimstr",
    "rtrimstr",
    "startswith",
    "endswith",
    "implode",
    "explode",
    "utf8bytelength",
];

/// All native filters, under the names that the prelude expects.
pub(super) fn all() -> impl Iterator<Item = Fun<Kind>> {
    let library = jaq_core::funs::<Kind>().chain(jaq_std::funs::<Kind>());
    let kept = library.filter(|(name, _, _)| !DROPPED.contains(name));
    // The prelude puts checks before these, under their own names.
    let renamed = jaq_core::funs::<Kind>().filter_map(|(name, arguments, filter)| {
        let name = match (name, arguments.len()) {
            ("range", 3) => "range_by",
            ("limit", _) => "limit_of",
            ("skip", _) => "skip_of",
            _ => return None,
        };
        Some((name, arguments, filter))
    });
    kept.chain(renamed).chain([tick()]).chain(simple()).chain(with_argument())
}

/// Charges and passes its input on, as a value, a path and an update.
fn tick() -> Fun<Kind> {
    let tick = Native::<Kind>::new(|cv| {
        charge(1);
        box_once(Ok(cv.1))
    });
    let tick = tick.with_paths(|cv| {
        charge(1);
        box_once(Ok(cv.1))
    });
    (
        "__tick",
        v(0),
        tick.with_update(|cv, f| {
            charge(1);
            f(cv.1)
        }),
    )
}

fn simple() -> impl Iterator<Item = Fun<Kind>> {
    let filters: [Filter<RunPtr<Kind>>; 16] = [
        ("type", v(0), |cv| bome(Ok(Val::text(cv.1.kind())))),
        ("length", v(0), |cv| bome(length(&cv.1))),
        ("tojson", v(0), |cv| bome(Ok(Val::text(&to_json(&cv.1))))),
        ("fromjson", v(0), |cv| bome(from_json(&cv.1))),
        ("tonumber", v(0), |cv| bome(to_number(cv.1))),
        ("toboolean", v(0), |cv| bome(to_boolean(cv.1))),
        ("keys_unsorted", v(0), |cv| bome(keys(&cv.1))),
        ("sort", v(0), |cv| bome(sort(&cv.1))),
        ("reverse", v(0), |cv| bome(reverse(&cv.1))),
        ("implode", v(0), |cv| bome(implode(&cv.1))),
        ("explode", v(0), |cv| bome(explode(&cv.1))),
        ("utf8bytelength", v(0), |cv| bome(byte_length(&cv.1))),
        ("infinite", v(0), |_| bome(Ok(Val::double(f64::INFINITY)))),
        ("nan", v(0), |_| bome(Ok(Val::double(f64::NAN)))),
        ("isnan", v(0), |cv| bome(is_number(&cv.1, f64::is_nan))),
        ("isinfinite", v(0), |cv| bome(is_number(&cv.1, f64::is_infinite))),
    ];
    filters.into_iter().map(run::<Kind>)
}

fn with_argument() -> impl Iterator<Item = Fun<Kind>> {
    let filters: [Filter<RunPtr<Kind>>; 12] = [
        ("has", v(1), |cv| unary(cv, |val, key| has(&val, &key))),
        ("contains", v(1), |cv| unary(cv, |whole, part| contains(&whole, &part))),
        ("indices", v(1), |cv| unary(cv, |whole, part| indices(&whole, &part))),
        ("bsearch", v(1), |cv| unary(cv, |array, target| search(&array, &target))),
        ("delpaths", v(1), |cv| unary(cv, |val, paths| delete(val, &paths))),
        ("flatten_to", v(1), |cv| unary(cv, |val, depth| flatten(&val, &depth))),
        ("sorted_by_key", v(1), |cv| unary(cv, |val, keys| group(&val, &keys))),
        ("startswith", v(1), |cv| {
            unary(cv, |text, start| ends(&text, &start, "startswith", |text, start| text.starts_with(start)))
        }),
        ("endswith", v(1), |cv| {
            unary(cv, |text, end| ends(&text, &end, "endswith", |text, end| text.ends_with(end)))
        }),
        ("ltrimstr", v(1), |cv| {
            unary(cv, |text, start| Ok(trimmed(text, &start, |text, start| text.strip_prefix(start))))
        }),
        ("rtrimstr", v(1), |cv| {
            unary(cv, |text, end| Ok(trimmed(text, &end, |text, end| text.strip_suffix(end))))
        }),
        ("match_all", v(2), |mut cv| {
            let flags = cv.0.pop_var();
            let pattern = cv.0.pop_var();
            bome(super::regex::matches(&cv.1, &pattern, &flags))
        }),
    ];
    filters.into_iter().map(run::<Kind>)
}

fn elements<'v>(val: &'v Val, message: &str) -> Result<&'v [Document], Error<Val>> {
    match val.document() {
        Document::Arr(elements) => Ok(elements),
        _ => Err(Error::str(format!("{} {message}", described(val)))),
    }
}

fn length(val: &Val) -> ValR<Val> {
    match val.document() {
        Document::Null => Ok(Val::integer(0)),
        Document::Bool(_) => Err(Error::str(format!("{} has no length", described(val)))),
        Document::Number(_) => {
            let double = val.as_double().unwrap_or(0.0);
            if double < 0.0 { -val.clone() } else { Ok(val.clone()) }
        }
        Document::Str(text) | Document::Surrogates(text) => {
            charge(text.len() as u64 / 64);
            Ok(Val::from(text.chars().count()))
        }
        Document::Arr(elements) => Ok(Val::from(elements.len())),
        Document::Obj(members) => Ok(Val::from(members.len())),
    }
}

fn from_json(val: &Val) -> ValR<Val> {
    let Document::Str(text) = val.document() else {
        return Err(Error::str(format!("{} cannot be parsed as JSON", described(val))));
    };
    if text.trim() == "nan" || text.trim() == "NaN" {
        return Ok(Val::double(f64::NAN));
    }
    let options = ScanOptions::default();
    charge(text.len() as u64 / 16);
    super::account::hold(text.len() * 4);
    match parse::parse(text.as_bytes(), &options) {
        Ok((document, _)) => Ok(Val::of(document)),
        Err(error) => Err(Error::str(format!("{error} (while parsing '{}')", shown(val).trim_matches('"')))),
    }
}

fn to_number(val: Val) -> ValR<Val> {
    match val.document() {
        Document::Number(_) => Ok(val),
        Document::Str(text) => {
            let is_plain = text
                .starts_with(|first: char| first.is_ascii_digit() || first == '-' || first == '.')
                && text.ends_with(|last: char| last.is_ascii_digit() || last == '.');
            match text.parse::<f64>() {
                Ok(_) if is_plain && !text.starts_with('-') => jaq_core::ValT::from_num(text),
                Ok(double) if is_plain => match text.parse::<i64>() {
                    Ok(integer) if integer != 0 => Ok(Val::integer(integer)),
                    Ok(_) | Err(_) => Ok(Val::double(double)),
                },
                _ => Err(Error::str(format!("{} cannot be parsed as a number", described(&val)))),
            }
        }
        _ => Err(Error::str(format!("{} cannot be parsed as a number", described(&val)))),
    }
}

fn to_boolean(val: Val) -> ValR<Val> {
    match val.document() {
        Document::Bool(_) => Ok(val),
        Document::Str(text) if &**text == "true" => Ok(true.into()),
        Document::Str(text) if &**text == "false" => Ok(false.into()),
        _ => Err(Error::str(format!("{} cannot be parsed as a boolean", described(&val)))),
    }
}

fn is_number(val: &Val, test: impl Fn(f64) -> bool) -> ValR<Val> {
    match val.as_double() {
        Some(double) => Ok(test(double).into()),
        None => Err(Error::str(format!("{} number required", described(val)))),
    }
}

fn keys(val: &Val) -> ValR<Val> {
    match val.document() {
        Document::Obj(members) => Ok(members.keys().map(|key| Val::of(key.clone().into())).collect()),
        Document::Arr(elements) => Ok((0..elements.len()).map(Val::from).collect()),
        _ => Err(Error::str(format!("{} has no keys", described(val)))),
    }
}

fn sort(val: &Val) -> ValR<Val> {
    let mut sorted = elements(val, "cannot be sorted, as it is not an array")?.to_vec();
    sorted.sort_by(compare);
    Ok(Val::array(sorted))
}

fn reverse(val: &Val) -> ValR<Val> {
    match val.document() {
        Document::Null => Ok(Val::array(Vec::new())),
        Document::Str(text) => Ok(Val::text(&text.chars().rev().collect::<String>())),
        Document::Arr(elements) => {
            charge(elements.len() as u64 / 8);
            Ok(Val::array(elements.iter().rev().cloned().collect()))
        }
        _ => Err(Error::str(format!("Cannot reverse {}", described(val)))),
    }
}

fn implode(val: &Val) -> ValR<Val> {
    let Document::Arr(points) = val.document() else {
        return Err(Error::str("implode input must be an array"));
    };
    let mut text = String::new();
    for point in points.iter() {
        charge(1);
        let Some(double) = Val::of(point.clone()).as_double() else {
            return Err(Error::str("Unicode codepoint must be numeric"));
        };
        text.push(char::from_u32(double as u32).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Ok(Val::text(&text))
}

fn explode(val: &Val) -> ValR<Val> {
    match val.document() {
        Document::Str(text) => Ok(text.chars().map(|character| Val::integer(character as i64)).collect()),
        _ => Err(Error::str(format!("{} cannot be exploded", described(val)))),
    }
}

fn byte_length(val: &Val) -> ValR<Val> {
    match val.document() {
        Document::Str(text) => Ok(Val::from(text.len())),
        _ => Err(Error::str(format!("{} only strings have UTF-8 byte length", described(val)))),
    }
}

fn contains(whole: &Val, part: &Val) -> ValR<Val> {
    if whole.kind() != part.kind() {
        let (whole, part) = (described(whole), described(part));
        return Err(Error::str(format!("{whole} and {part} cannot have their containment checked")));
    }
    Ok(holds(whole.document(), part.document()).into())
}

fn holds(whole: &Document, part: &Document) -> bool {
    charge(1);
    match (whole, part) {
        (Document::Obj(whole), Document::Obj(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| holds(whole, part)))
        }
        (Document::Arr(whole), Document::Arr(part)) => {
            part.iter().all(|part| whole.iter().any(|whole| holds(whole, part)))
        }
        (Document::Str(whole), Document::Str(part)) => {
            charge(whole.len() as u64 / 64);
            whole.contains(&**part)
        }
        (whole, part) => compare(whole, part).is_eq(),
    }
}

fn search(array: &Val, target: &Val) -> ValR<Val> {
    let elements = elements(array, "cannot be searched from")?;
    let place = elements.binary_search_by(|element| compare(element, target.document()));
    Ok(Val::integer(place.map_or_else(|at| -1 - at as i64, |at| at as i64)))
}

fn delete(val: Val, paths: &Val) -> ValR<Val> {
    let mut paths = elements(paths, "is not an array of paths")?.to_vec();
    paths.sort_by(compare);
    // From the last, so that places before it stay what they are.
    paths.into_iter().rev().try_fold(val, |val, path| match path {
        Document::Arr(path) => without(val, &path),
        _ => Err(Error::str("Path must be specified as an array")),
    })
}

fn flatten(val: &Val, depth: &Val) -> ValR<Val> {
    let children: Vec<Document> = match val.document() {
        Document::Arr(elements) => elements.to_vec(),
        Document::Obj(members) => members.values().cloned().collect(),
        _ => return Err(Error::str(format!("Cannot iterate over {}", described(val)))),
    };
    let mut flat = Vec::new();
    flatten_into(&children, depth.as_double().unwrap_or(0.0), &mut flat);
    Ok(Val::array(flat))
}

fn flatten_into(elements: &[Document], depth: f64, flat: &mut Vec<Document>) {
    for element in elements {
        charge(1);
        match element {
            Document::Arr(inner) if depth > 0.0 => flatten_into(inner, depth - 1.0, flat),
            other => flat.push(other.clone()),
        }
    }
}

fn group(val: &Val, keys: &Val) -> ValR<Val> {
    let values = elements(val, "cannot be grouped, as it is not an array")?;
    let keys = elements(keys, "is not an array")?;
    let mut pairs: Vec<(&Document, &Document)> = keys.iter().zip(values).collect();
    pairs.sort_by(|(left, _), (right, _)| compare(left, right));
    let groups = pairs.chunk_by(|(left, _), (right, _)| compare(left, right).is_eq());
    Ok(groups.map(|group| Val::array(group.iter().map(|(_, value)| (*value).clone()).collect())).collect())
}

fn ends(text: &Val, part: &Val, name: &str, test: impl Fn(&str, &str) -> bool) -> ValR<Val> {
    match (text.document(), part.document()) {
        (Document::Str(text), Document::Str(part)) => Ok(test(text, part).into()),
        _ => Err(Error::str(format!("{name}() requires string inputs"))),
    }
}

fn trimmed(text: Val, part: &Val, strip: impl for<'t> Fn(&'t str, &str) -> Option<&'t str>) -> Val {
    let rest = match (text.document(), part.document()) {
        (Document::Str(text), Document::Str(part)) => strip(text, part).map(Val::text),
        _ => None,
    };
    rest.unwrap_or(text)
}
