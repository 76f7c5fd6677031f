//! Formats: which of the usual formats a string has.

use std::sync::LazyLock;

use jsonschema::{Validator, options_for};
use serde_json::json;

use crate::schema::node::{Own, Place};

/// The formats that are looked for; of several that fit the first is named.
pub(super) const NAMES: [&str; 6] = ["date-time", "date", "uuid", "ipv4", "email", "uri"];
/// Longest string that is looked at, in bytes.
const LONGEST: usize = 1024;

static CHECKS: LazyLock<Vec<Option<Validator<Own>>>> = LazyLock::new(|| {
    let check = |name: &&str| {
        options_for::<Own>().should_validate_formats(true).build(&json!({ "format": name })).ok()
    };
    NAMES.iter().map(check).collect()
});

/// Which of the formats in `candidates` the string at `place` has, a bit each.
pub(super) fn of(place: Place<'_>, text: &str, candidates: u8) -> u8 {
    if text.is_empty() || text.len() > LONGEST {
        return 0;
    }
    let has = |bit: &usize| CHECKS[*bit].as_ref().is_some_and(|check| check.is_valid(place));
    let bits = (0..NAMES.len()).filter(|bit| candidates & (1 << bit) != 0);
    bits.filter(has).fold(0, |all, bit| all | 1 << bit)
}
