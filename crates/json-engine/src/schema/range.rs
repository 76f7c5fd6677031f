//! Range: `minimum` and its kin, which stand together, so that a number is read once for all of them.
//!
//! Whether a value is valid is asked of every keyword of a schema in turn, until one says no: the first of the bounds answers
//! for all, and the others say yes. A report asks each for itself. Promise: exact for every number. Cost: of an integer of 64 bits two
//! comparisons; of most other numbers a look at their first bytes, and two.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::carry::exact;
use super::keywords::shown;
use crate::document::{Document, Number};
use crate::number::{Bound, Gap, Seen};

/// The keywords; the first that a schema has answers for all.
const KEYWORDS: [&str; 4] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

/// The bound of one keyword, and those that it answers for.
#[derive(Debug)]
pub(super) struct Range {
    own: Limit,
    all: Vec<Limit>,
    /// The integers within all of them.
    integers: RangeInclusive<i64>,
    /// What else is seen to be within all of them.
    gap: Gap,
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
        let all: Vec<Limit> = if is_first { KEYWORDS.iter().filter_map(limit).collect() } else { Vec::new() };
        let (integers, gap) = (integers(&all), all.iter().fold(Gap::ALL, |gap, limit| limit.narrow(gap)));
        Some(Range { own, all, integers, gap })
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
    #[inline]
    pub(super) fn holds_in_turn(&self, number: &Number) -> bool {
        if let Number::I64(integer) = number {
            return self.integers.contains(integer);
        }
        let seen = Seen::of(number);
        seen.is_in(self.gap) || self.all.iter().all(|limit| limit.allows(seen))
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

    /// What of `gap` it allows.
    fn narrow(&self, gap: Gap) -> Gap {
        match self.side {
            Side::AtLeast | Side::Above => gap.above(&self.bound),
            Side::AtMost | Side::Below => gap.below(&self.bound),
        }
    }

    fn allows_integer(&self, integer: i64) -> bool {
        self.allows(Seen::of(&Number::I64(integer)))
    }

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

/// The integers that all of them allow: those of each are found by halves, since it allows all beyond one point.
fn integers(limits: &[Limit]) -> RangeInclusive<i64> {
    let (mut least, mut most) = (i64::MIN, i64::MAX);
    for limit in limits {
        let is_lower = matches!(limit.side, Side::AtLeast | Side::Above);
        let kept = if is_lower { i64::MAX } else { i64::MIN };
        if !limit.allows_integer(kept) {
            return RangeInclusive::new(1, 0);
        }
        if is_lower {
            least = least.max(last_allowed(limit, kept, i64::MIN));
        } else {
            most = most.min(last_allowed(limit, kept, i64::MAX));
        }
    }
    least..=most
}

/// The last integer that a limit allows, from one that it allows towards the end on its side.
fn last_allowed(limit: &Limit, mut allowed: i64, end: i64) -> i64 {
    if limit.allows_integer(end) {
        return end;
    }
    let mut refused = end;
    while allowed.abs_diff(refused) > 1 {
        let middle = allowed.midpoint(refused);
        if limit.allows_integer(middle) { allowed = middle } else { refused = middle }
    }
    allowed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether each of the bounds allows it, by a comparison of all digits.
    fn is_within(schema: &Map<String, Value>, number: &Number) -> bool {
        KEYWORDS.iter().filter_map(|keyword| Limit::of(keyword, schema)).all(|limit| {
            let order = number.cmp(limit.bound.number());
            match limit.side {
                Side::AtLeast => order.is_ge(),
                Side::AtMost => order.is_le(),
                Side::Above => order.is_gt(),
                Side::Below => order.is_lt(),
            }
        })
    }

    fn number() -> impl Strategy<Value = String> {
        prop_oneof![
            "-?(0|[1-9][0-9]{0,2})(\\.[0-9]{1,3})?",
            "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,9})?([eE]-?[0-9]{1,2})?",
            Just("9223372036854775807".to_owned()),
            Just("-9223372036854775808".to_owned()),
            Just("9223372036854775806.5".to_owned()),
            Just("-9223372036854775808.5".to_owned()),
            Just("1e300".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn what_a_range_holds_is_within_each_of_its_bounds(
            bounds in prop::collection::vec((0..KEYWORDS.len(), number()), 1..4),
            numbers in prop::collection::vec(number(), 1..8),
            step in -1_i64..=1,
        ) {
            let mut schema = Map::new();
            for (keyword, bound) in &bounds {
                schema.insert(KEYWORDS[*keyword].to_owned(), serde_json::from_str(bound).expect("a number"));
            }
            let first = KEYWORDS.iter().find(|keyword| schema.contains_key(**keyword)).expect("one at least");
            let range = Range::of(first, &schema).expect("a bound");
            let mut seen: Vec<Number> = numbers.iter().map(|number| Number::from_literal(number)).collect();
            // The bounds themselves, and integers beside them.
            seen.extend(bounds.iter().map(|(_, bound)| Number::from_literal(bound)));
            let ends = [*range.integers.start(), *range.integers.end()];
            seen.extend(ends.map(|end| Number::I64(end.saturating_add(step))));
            for number in &seen {
                prop_assert_eq!(range.holds_in_turn(number), is_within(&schema, number), "{:?}", number);
            }
        }
    }
}
