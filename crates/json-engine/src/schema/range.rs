//! Range: `minimum` and its kin, which stand together, so that a number is read once for all of them.
//!
//! Whether a value is valid is asked of every keyword of a schema in turn, until one says no: the first of the bounds answers
//! for all, and the others say yes. A report asks each for itself. Promise: exact for every number.

use serde_json::{Map, Value};

use super::carry::exact;
use super::keywords::shown;
use crate::document::{Document, Number};
use crate::number::{Bound, Seen};

/// The keywords; the first that a schema has answers for all.
const KEYWORDS: [&str; 4] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

/// The bound of one keyword, and those that it answers for.
#[derive(Debug)]
pub(super) struct Range {
    own: Limit,
    all: Vec<Limit>,
}

#[derive(Debug)]
struct Limit {
    side: Side,
    bound: Bound,
}

#[derive(Debug)]
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

    /// Whether it answers for any bound.
    pub(super) fn decides(&self) -> bool {
        !self.all.is_empty()
    }

    /// Whether the number is within the bound of this keyword.
    pub(super) fn holds_itself(&self, number: &Number) -> bool {
        self.own.allows(Seen::of(number))
    }

    /// Whether the number is within all the bounds that this keyword answers for.
    pub(super) fn holds_in_turn(&self, number: &Number) -> bool {
        let seen = Seen::of(number);
        self.all.iter().all(|limit| limit.allows(seen))
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

    #[inline]
    fn allows(&self, seen: Seen<'_>) -> bool {
        let order = self.bound.order_seen(seen);
        match self.side {
            Side::AtLeast => order.is_ge(),
            Side::AtMost => order.is_le(),
            Side::Above => order.is_gt(),
            Side::Below => order.is_lt(),
        }
    }
}
