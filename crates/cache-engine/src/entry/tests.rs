//! Stale entries, and the end of those that slide.

use std::time::SystemTime;

use super::*;
use crate::{Body, life::Dice};

const SECOND: Duration = Duration::from_secs(1);

fn at(seconds: u64) -> Timestamp {
    Timestamp::default().after(Duration::from_secs(seconds))
}

fn entry(life: Life) -> Entry {
    let span = life.begin(at(0), None, &Dice::seeded(SystemTime::UNIX_EPOCH));
    let value = Value::new(Body::text("v"), "").unwrap();
    Entry::new(value, Version::new(1).unwrap(), span, Box::default(), 1)
}

#[test]
fn of_the_readers_of_a_stale_entry_one_is_told_to_refresh_it() {
    let entry = entry(Life::default().fresh_for(5 * SECOND).unwrap());
    let ask = |seconds| entry.freshness(at(seconds));
    assert_eq!([ask(0), ask(4)], [Freshness::Fresh; 2]);
    assert_eq!([ask(5), ask(5), ask(14)], [Freshness::Refresh, Freshness::Stale, Freshness::Stale]);
    assert_eq!([ask(15), ask(15)], [Freshness::Refresh, Freshness::Stale], "the first may have died");
}

#[test]
fn what_slides_ends_after_its_last_use_and_at_the_latest_at_its_end() {
    let life = Life::from(Ttl::After(7 * SECOND)).sliding(3 * SECOND).unwrap();
    let entry = entry(life);
    assert_eq!(entry.expires_at(), Some(at(3)));
    entry.touch(at(2));
    assert_eq!((entry.expires_at(), entry.indexed_end()), (Some(at(5)), Some(at(3))));
    entry.reindex();
    assert_eq!(entry.indexed_end(), Some(at(5)));
    entry.touch(at(1));
    assert_eq!(entry.expires_at(), Some(at(5)), "a use that comes late shortens nothing");
    entry.touch(at(5));
    assert_eq!(entry.expires_at(), Some(at(7)));
}

#[test]
fn only_what_is_rare_is_charged_for_it() {
    assert_eq!(entry(Life::default()).extra_bytes(), 0);
    assert_eq!(entry(Life::default().sliding(SECOND).unwrap()).extra_bytes(), RARE_BYTES);
}
