//! What is kept, and what is overtaken.

use std::time::Duration;

use super::*;

fn entry(version: u64, bytes: usize, tags: &[&str]) -> Arc<pb::Entry> {
    let body = Some(pb::value::Body::Data(vec![0; bytes].into()));
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    let value = Some(pb::Value { body, content_type: String::new() });
    Arc::new(pb::Entry { value, version, tags, ..Default::default() })
}

fn started(max_bytes: usize) -> Map {
    let map = Map::new(max_bytes);
    map.start();
    map
}

fn later() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

fn put(map: &Map, key: &str, version: u64, tags: &[&str]) {
    map.depart(key).unwrap().land(&entry(version, 0, tags), later());
}

fn version(map: &Map, key: &str) -> Option<u64> {
    map.get(key, Instant::now()).map(|entry| entry.version)
}

fn event(kind: pb::EventKind, key: &str, version: u64, tags: &[&str]) -> pb::Event {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    pb::Event { sequence: 1, kind: kind.into(), key: key.to_owned(), version, tags }
}

#[test]
fn nothing_is_kept_without_a_watch() {
    let map = Map::new(1 << 20);
    assert!(map.depart("k").is_none());
    map.start();
    put(&map, "k", 1, &[]);
    assert_eq!(version(&map, "k"), Some(1));
    map.stop();
    assert_eq!(version(&map, "k"), None);
    assert!(map.depart("k").is_none());
}

#[test]
fn an_event_removes_what_is_older() {
    let map = started(1 << 20);
    put(&map, "k", 5, &["t"]);
    map.tell(&event(pb::EventKind::Set, "k", 5, &[]));
    map.tell(&event(pb::EventKind::Deleted, "k", 4, &[]));
    map.tell(&event(pb::EventKind::Invalidated, "", 9, &["other"]));
    map.tell(&event(pb::EventKind::Invalidated, "", 5, &["t"]));
    assert_eq!(version(&map, "k"), Some(5), "it is what these events speak of, or later");
    for gone in [
        event(pb::EventKind::Set, "k", 6, &[]),
        event(pb::EventKind::Touched, "k", 5, &[]),
        event(pb::EventKind::Evicted, "k", 5, &[]),
        event(pb::EventKind::Invalidated, "", 6, &["t"]),
        event(pb::EventKind::Invalidated, "", 6, &[]),
    ] {
        let map = started(1 << 20);
        put(&map, "k", 5, &["t"]);
        map.tell(&gone);
        assert_eq!(version(&map, "k"), None, "{gone:?}");
        assert_eq!((map.stats().bytes, map.stats().told), (0, 1));
    }
}

#[test]
fn an_answer_that_an_event_overtook_is_not_kept() {
    for (overtaker, kept) in [
        (event(pb::EventKind::Set, "k", 6, &[]), false),
        (event(pb::EventKind::Set, "k", 5, &[]), true),
        (event(pb::EventKind::Expired, "k", 5, &[]), false),
        (event(pb::EventKind::Expired, "k", 4, &[]), true),
        (event(pb::EventKind::Set, "other", 6, &[]), true),
        (event(pb::EventKind::Invalidated, "", 6, &["t"]), false),
        (event(pb::EventKind::Invalidated, "", 6, &[]), false),
        (event(pb::EventKind::Invalidated, "", 4, &[]), true),
    ] {
        let map = started(1 << 20);
        let flight = map.depart("k").unwrap();
        map.tell(&overtaker);
        flight.land(&entry(5, 0, &["t"]), later());
        assert_eq!(version(&map, "k").is_some(), kept, "{overtaker:?}");
        assert_eq!(map.stats().overtaken, u64::from(!kept));
    }
}

#[test]
fn an_answer_of_an_earlier_watch_is_not_kept() {
    let map = started(1 << 20);
    let flight = map.depart("k").unwrap();
    map.start();
    flight.land(&entry(5, 0, &[]), later());
    assert_eq!(version(&map, "k"), None);
}

#[test]
fn of_two_answers_the_newer_is_kept() {
    let map = started(1 << 20);
    let (slow, fast) = (map.depart("k").unwrap(), map.depart("k").unwrap());
    fast.land(&entry(6, 0, &[]), later());
    slow.land(&entry(5, 0, &[]), later());
    assert_eq!(version(&map, "k"), Some(6));
}

#[test]
fn an_entry_is_gone_at_its_end() {
    let map = started(1 << 20);
    let now = Instant::now();
    map.depart("k").unwrap().land(&entry(1, 0, &[]), now + Duration::from_secs(1));
    assert!(map.get("k", now).is_some());
    assert!(map.get("k", now + Duration::from_secs(1)).is_none());
    assert_eq!(map.stats().entries, 0);
}

#[test]
fn bytes_are_bounded_and_what_is_used_stays() {
    let map = started(16 * 10_000);
    put(&map, "used", 1, &[]);
    for number in 0..5_000_u64 {
        let key = number.to_string();
        map.depart(&key).unwrap().land(&entry(number, 700, &[]), later());
        assert!(map.stats().bytes <= 16 * 10_000);
        assert!(map.get("used", Instant::now()).is_some(), "{number}");
    }
    assert!(map.stats().entries > 100);
    put(&map, "large", 1, &[]);
    map.depart("large").unwrap().land(&entry(2, 20_000, &[]), later());
    assert_eq!(version(&map, "large"), None, "it has no room even alone");
}

#[test]
fn nothing_is_left_behind() {
    let map = started(1 << 30);
    for number in 1..10_000 {
        put(&map, "k", number, &[]);
        drop(map.depart("cancelled"));
        map.tell(&event(pb::EventKind::Deleted, "k", number, &[]));
    }
    let left: Vec<_> = map.shards.iter().map(|shard| shard.lock().left_behind()).collect();
    assert!(left.iter().all(|(queue, flights)| *queue < 100 && *flights == 0), "{left:?}");
    assert_eq!((map.stats().entries, map.stats().bytes), (0, 0));
}
