//! The keywords that compare values, by exact value: the library's own compare doubles and 64-bit integers.
//!
//! Promise: bounds, `multipleOf`, `const` and `enum` are exact for every number; a divisor has at most 18 digits. Cost: a
//! comparison; `enum` looks strings up and compares the rest one by one.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;
use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError};
use serde_json::{Map, Value};

use super::carry::{EXACT, exact};
use super::node::{Own, Place};
use super::{Draft, Options};
use crate::document::{Document, Number};
use crate::equal::same;
use crate::number::{Divisor, Fixed};
use crate::pointer::cut;

/// What a value must be.
enum Rule {
    AtLeast(Limit),
    AtMost(Limit),
    Above(Limit),
    Below(Limit),
    Multiple(Number, Divisor),
    Const(Document),
    Enum(Listed),
    Anything,
}

/// A bound, and what it is compared by where both sides are short.
struct Limit {
    number: Number,
    fixed: Option<Fixed>,
}

impl Limit {
    fn of(number: Number) -> Limit {
        Limit { fixed: Fixed::of(&number), number }
    }

    /// The order of `number` and the bound.
    fn order(&self, number: &Number) -> Ordering {
        match (self.fixed, Fixed::of(number)) {
            (Some(limit), Some(fixed)) => fixed.compare(limit),
            (None, _) | (_, None) => number.cmp(&self.number),
        }
    }
}

/// The values of an `enum`.
struct Listed {
    texts: HashSet<Arc<str>, RandomState>,
    others: Vec<Document>,
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

fn rule<'v>(
    keyword: &str,
    parent: &Map<String, Value>,
    value: &'v Value,
) -> Result<Rule, ValidationError<'v>> {
    let value = exact(parent, keyword, value);
    // Draft 4 says by a boolean whether `minimum` itself is allowed.
    let excludes = |name: &str| parent.get(name) == Some(&Value::Bool(true));
    Ok(match (keyword, value) {
        ("const", value) => Rule::Const(value),
        ("enum", Document::Arr(values)) => Rule::Enum(Listed::of(&values)),
        ("minimum", Document::Number(limit)) if excludes("exclusiveMinimum") => Rule::Above(Limit::of(limit)),
        ("maximum", Document::Number(limit)) if excludes("exclusiveMaximum") => Rule::Below(Limit::of(limit)),
        ("minimum", Document::Number(limit)) => Rule::AtLeast(Limit::of(limit)),
        ("maximum", Document::Number(limit)) => Rule::AtMost(Limit::of(limit)),
        ("exclusiveMinimum", Document::Number(limit)) => Rule::Above(Limit::of(limit)),
        ("exclusiveMaximum", Document::Number(limit)) => Rule::Below(Limit::of(limit)),
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
        let mut listed = Listed { texts: HashSet::default(), others: Vec::new() };
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
    fn holds(&self, place: &Place<'_>) -> bool {
        let (document, run) = place.look();
        let equals = |other: &Document| match run {
            Some(run) => run.expect(same(document, other, run.meter())),
            // A name, which is a string.
            None => matches!((document, other), (Document::Str(left), Document::Str(right)) if left == right),
        };
        match (self, document) {
            (Rule::Const(value), _) => equals(value),
            (Rule::Enum(listed), Document::Str(text)) => listed.texts.contains(text),
            (Rule::Enum(listed), _) => listed.others.iter().any(equals),
            (Rule::AtLeast(limit), Document::Number(number)) => limit.order(number).is_ge(),
            (Rule::AtMost(limit), Document::Number(number)) => limit.order(number).is_le(),
            (Rule::Above(limit), Document::Number(number)) => limit.order(number).is_gt(),
            (Rule::Below(limit), Document::Number(number)) => limit.order(number).is_lt(),
            (Rule::Multiple(_, divisor), Document::Number(number)) => divisor.divides(number),
            (
                Rule::AtLeast(_)
                | Rule::AtMost(_)
                | Rule::Above(_)
                | Rule::Below(_)
                | Rule::Multiple(..)
                | Rule::Anything,
                _,
            ) => true,
        }
    }

    fn message(&self) -> String {
        match self {
            Rule::AtLeast(limit) => format!("the number is less than {}", shown(&limit.number)),
            Rule::AtMost(limit) => format!("the number is greater than {}", shown(&limit.number)),
            Rule::Above(limit) => format!("the number is not greater than {}", shown(&limit.number)),
            Rule::Below(limit) => format!("the number is not less than {}", shown(&limit.number)),
            Rule::Multiple(number, _) => format!("the number is no multiple of {}", shown(number)),
            Rule::Const(_) => "the value is not the one that is allowed".to_owned(),
            Rule::Enum(listed) => {
                let count = listed.texts.len() + listed.others.len();
                format!("the value is none of the {count} that are allowed")
            }
            Rule::Anything => String::new(),
        }
    }
}

fn shown(number: &Number) -> String {
    let mut out = Vec::new();
    number.write(&mut out);
    cut(&String::from_utf8_lossy(&out))
}

impl<'i> Keyword<'i, Own> for Rule {
    fn validate(&self, instance: Place<'i>) -> Result<(), ValidationError<'i>> {
        if self.holds(&instance) { Ok(()) } else { Err(ValidationError::custom(self.message())) }
    }

    fn is_valid(&self, instance: Place<'i>) -> bool {
        self.holds(&instance)
    }
}
