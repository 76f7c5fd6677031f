//! Range: `minimum` and its kin, which stand together, so that a number is read once for all of them.
//!
//! Whether a value is valid is asked of every keyword of a schema in turn, until one says no: the first of the bounds answers
//! for all, and the others say yes. A report asks each for itself. Promise: exact for every number.

use serde_json::{Map, Value};

use super::carry::exact;
use super::keywords::shown;
use super::node::Place;
use crate::document::{Document, Number};
use crate::number::Bound;

/// The keywords; the first that a schema has answers for all.
const KEYWORDS: [&str; 4] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

/// The bound of one keyword, and those that it answers for.
pub(super) struct Range {
    own: Limit,
    all: Vec<Limit>,
}

struct Limit {
    side: Side,
    bound: Bound,
}

enum Side {
    AtLeast,
    AtMost,
    Above,
    Below,
}

impl Range {
    /// That of `keyword` in the schema `parent`; `None` where it is no bound.
    pub(super) fn of(keyword: &str, parent: &Map<String, Value>) -> Option<Range> {
        let own = Limit::of(keyword, parent)?;
        let limit = |name: &&str| Limit::of(name, parent);
        let mut before = KEYWORDS.iter().take_while(|name| **name != keyword);
        let is_first = before.all(|name| limit(name).is_none());
        let all = if is_first { KEYWORDS.iter().filter_map(limit).collect() } else { Vec::new() };
        Some(Range { own, all })
    }

    /// Whether the number is within the bound of this keyword.
    pub(super) fn holds_itself(&self, number: &Number) -> bool {
        self.own.allows(number)
    }

    /// Whether the value is within all the bounds that this keyword answers for.
    pub(super) fn holds_in_turn(&self, value: &Place<'_>) -> bool {
        if self.all.is_empty() {
            return true;
        }
        let (Document::Number(number), _) = value.look() else {
            return true;
        };
        self.all.iter().all(|limit| limit.allows(number))
    }

    /// What is wrong with a number outside of it.
    pub(super) fn message(&self) -> String {
        let side = match self.own.side {
            Side::AtLeast => "less",
            Side::AtMost => "greater",
            Side::Above => "not greater",
            Side::Below => "not less",
        };
        format!("the number is {side} than {}", shown(self.own.bound.number()))
    }
}

impl Limit {
    fn of(keyword: &str, parent: &Map<String, Value>) -> Option<Limit> {
        // Draft 4 says by a boolean whether `minimum` itself is allowed.
        let excludes = |name: &str| parent.get(name) == Some(&Value::Bool(true));
        let side = match keyword {
            "minimum" if excludes("exclusiveMinimum") => Side::Above,
            "minimum" => Side::AtLeast,
            "maximum" if excludes("exclusiveMaximum") => Side::Below,
            "maximum" => Side::AtMost,
            "exclusiveMinimum" => Side::Above,
            "exclusiveMaximum" => Side::Below,
            _ => return None,
        };
        match exact(parent, keyword, parent.get(keyword)?) {
            Document::Number(number) => Some(Limit { side, bound: Bound::of(number) }),
            _ => None,
        }
    }

    fn allows(&self, number: &Number) -> bool {
        let order = self.bound.order(number);
        match self.side {
            Side::AtLeast => order.is_ge(),
            Side::AtMost => order.is_le(),
            Side::Above => order.is_gt(),
            Side::Below => order.is_lt(),
        }
    }
}
