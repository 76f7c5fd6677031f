//! Keys of a map that is to be a mapping of YAML, where none stands twice (YAML 1.2.2 section 3.2.1.3).
//!
//! Cost: the JSON text of each key.

use std::collections::HashMap;

use super::frame::json;
use crate::Error;
use crate::budget::Meter;
use crate::document::Document;

type Pair<'d> = (&'d Document, &'d Document);

/// The pairs with each key once, the last value in the place of the first, as readers of YAML take them; and how many
/// pairs were dropped.
pub(super) fn unique<'d>(pairs: Vec<Pair<'d>>, meter: &Meter<'_>) -> Result<(Vec<Pair<'d>>, usize), Error> {
    let before = pairs.len();
    let (mut places, mut kept) = (HashMap::new(), Vec::<Pair<'d>>::with_capacity(before));
    let mut held = 0;
    for (key, value) in pairs {
        let text = json(key);
        held += text.len() as u64;
        meter.hold(text.len() as u64)?;
        meter.charge(1 + text.len() as u64 / 16)?;
        let place = *places.entry(text).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(present) => present.1 = value,
            None => kept.push((key, value)),
        }
    }
    meter.release(held);
    let dropped = before - kept.len();
    Ok((kept, dropped))
}
