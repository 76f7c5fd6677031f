//! The keywords that compare values, by exact value: the library's own compare doubles and 64-bit integers.
//!
//! Promise: bounds, `multipleOf`, `const` and `enum` are exact for every number; a divisor has at most 18 digits. Cost: a
//! comparison, one reading of a number for all its bounds; `enum` looks strings up and compares the rest one by one.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;
use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError};
use serde_json::{Map, Value};

use super::carry::{EXACT, exact};
use super::node::{Own, Place};
use super::range::Range;
use super::run::Run;
use super::{Draft, Options};
use crate::document::{Document, Number};
use crate::equal::same;
use crate::number::Divisor;
use crate::pointer::cut;

/// What a value must be.
#[derive(Debug)]
pub(super) enum Rule {
    Range(Range),
    Multiple(Number, Divisor),
    Const(Document),
    Enum(Listed),
    Anything,
}

/// The values of an `enum`.
#[derive(Debug)]
pub(super) struct Listed {
    texts: HashSet<Arc<str>, RandomState>,
    others: Vec<Document>,
    /// The first of them, for a message.
    told: String,
}

/// The options with these keywords in place of the library's.
pub(super) fn add(options: Options, draft: Draft) -> Options {
    let names = EXACT.iter().filter(|name| **name != "const" || draft != Draft::Draft4);
    names.fold(options, |options, name| {
        options.with_keyword(*name, move |parent, value, _: Location| {
            rule(name, parent, value).map(|rule| Box::new(rule) as Box<dyn for<'i> Keyword<'i, Own>>)
        })
    })
}

/// The rule of `keyword` in the schema `parent`; fails where `value` is none for it.
pub(super) fn rule<'v>(
    keyword: &str,
    parent: &Map<String, Value>,
    value: &'v Value,
) -> Result<Rule, ValidationError<'v>> {
    if let Some(range) = Range::of(keyword, parent) {
        return Ok(Rule::Range(range));
    }
    Ok(match (keyword, exact(parent, keyword, value)) {
        ("const", value) => Rule::Const(value),
        ("enum", Document::Arr(values)) => Rule::Enum(Listed::of(&values)),
        ("multipleOf", Document::Number(number)) => match Divisor::of(&number) {
            Some(divisor) => Rule::Multiple(number, divisor),
            None => {
                let message = "multipleOf is a positive number of at most 18 digits";
                return Err(ValidationError::custom(message));
            }
        },
        _ => Rule::Anything,
    })
}

impl Listed {
    fn of(values: &[Document]) -> Listed {
        let told = told_first(values);
        let mut listed = Listed { texts: HashSet::default(), others: Vec::new(), told };
        for value in values {
            match value {
                Document::Str(text) => drop(listed.texts.insert(text.clone())),
                other => listed.others.push(other.clone()),
            }
        }
        listed
    }
}

impl Rule {
    #[inline(never)]
    fn holds(&self, place: &Place<'_>) -> bool {
        let (document, run) = place.look();
        let equals = |other: &Document| match run {
            Some(run) => run.expect(same(document, other, run.meter())),
            // A name, which is a string.
            None => matches!((document, other), (Document::Str(left), Document::Str(right)) if left == right),
        };
        match (self, document) {
            (Rule::Const(value), _) => equals(value),
            (Rule::Enum(listed), Document::Str(text)) => {
                run.inspect(|run| run.charge(text.len() as u64 / 64));
                listed.texts.contains(text)
            }
            (Rule::Enum(listed), _) => listed.others.iter().any(equals),
            (Rule::Range(range), Document::Number(number)) => range.holds_itself(number),
            (Rule::Multiple(_, divisor), Document::Number(number)) => divisor.divides(number),
            (Rule::Range(_) | Rule::Multiple(..) | Rule::Anything, _) => true,
        }
    }

    /// Whether it can fail where others of its schema hold.
    pub(super) fn decides(&self) -> bool {
        match self {
            Rule::Range(range) => range.decides(),
            Rule::Multiple(..) | Rule::Const(_) | Rule::Enum(_) => true,
            Rule::Anything => false,
        }
    }

    /// Whether it holds, as it is asked of all keywords of a schema in turn. A look at a number is charged by the caller.
    #[inline]
    pub(super) fn is_kept<'d>(&self, document: &'d Document, run: &'d Run<'_>) -> bool {
        match (self, document) {
            (Rule::Range(range), Document::Number(number)) => range.holds_in_turn(number),
            (Rule::Range(_), _) => true,
            (Rule::Multiple(..) | Rule::Const(_) | Rule::Enum(_) | Rule::Anything, _) => {
                self.holds(&Place::root(document, run))
            }
        }
    }

    fn message(&self) -> String {
        match self {
            Rule::Range(range) => range.message(),
            Rule::Multiple(number, _) => format!("the number is no multiple of {}", shown(number)),
            Rule::Const(value) => format!("the value is not the one that is allowed: {}", told(value)),
            Rule::Enum(listed) => {
                let count = listed.texts.len() + listed.others.len();
                format!("the value is none of the {count} that are allowed: {}", listed.told)
            }
            Rule::Anything => String::new(),
        }
    }
}

/// Bytes of values that a message tells; those that do not fit are three dots.
const TOLD_BYTES: usize = 120;

/// The first values between commas.
fn told_first(values: &[Document]) -> String {
    let mut text = String::new();
    for value in values {
        let next = told(value);
        if text.len() + next.len() > TOLD_BYTES && !text.is_empty() {
            text.push_str(", …");
            break;
        }
        let comma = if text.is_empty() { "" } else { ", " };
        text.push_str(comma);
        text.push_str(&next);
    }
    text
}

/// A value for a message, at most 64 bytes of a text.
fn told(value: &Document) -> String {
    match value {
        Document::Null => "null".to_owned(),
        Document::Bool(value) => value.to_string(),
        Document::Number(number) => shown(number),
        Document::Str(text) => format!("{:?}", cut(text)),
        Document::Surrogates(_) => "a string with half of a surrogate pair".to_owned(),
        Document::Arr(_) => "an array".to_owned(),
        Document::Obj(_) => "an object".to_owned(),
    }
}

/// A number for a message.
pub(super) fn shown(number: &Number) -> String {
    let mut out = Vec::new();
    number.write(&mut out);
    cut(&String::from_utf8_lossy(&out))
}

impl<'i> Keyword<'i, Own> for Rule {
    fn validate(&self, instance: Place<'i>) -> Result<(), ValidationError<'i>> {
        if self.holds(&instance) { Ok(()) } else { Err(ValidationError::custom(self.message())) }
    }

    fn is_valid(&self, instance: Place<'i>) -> bool {
        match self {
            Rule::Range(range) if range.decides() => match instance.look() {
                (Document::Number(number), _) => range.holds_in_turn(number),
                _ => true,
            },
            Rule::Range(_) => true,
            Rule::Multiple(..) | Rule::Const(_) | Rule::Enum(_) | Rule::Anything => self.holds(&instance),
        }
    }
}
