//! Scans.

use std::{collections::BTreeMap, time::Duration};

use super::world::{World, key, namespace, stored, value};
use crate::{Condition, Cursor, Draft, Error, Life, Page, Scan, Scope, Store, Tag, Tags, Ttl};

fn scan(prefix: &str, tag: Option<&str>) -> Scan {
    let tag = tag.map(|tag| Tag::new(tag).expect("the suite uses valid tags"));
    Scan { prefix: prefix.to_owned(), tag, page_size: 7, cursor: None }
}

async fn page<S: Store>(world: &World<S>, of: &Scan) -> Page {
    let page = world.store.scan(&namespace("default"), of).await.expect("the cursor is of this scan");
    assert!(page.found.len() <= of.page_size);
    page
}

/// How often each key is listed; `between` is called after each page.
async fn listed<S: Store>(
    world: &World<S>,
    mut of: Scan,
    between: impl AsyncFn(usize),
) -> BTreeMap<String, u32> {
    let mut times = BTreeMap::new();
    for number in 0.. {
        let page = page(world, &of).await;
        for found in page.found {
            *times.entry(found.key.as_str().to_owned()).or_default() += 1;
        }
        let Some(next) = page.next else { break };
        of.cursor = Some(next);
        between(number).await;
    }
    times
}

async fn put<S: Store>(world: &World<S>, name: &str, of: &[&str]) {
    let tags = Tags::new(of).expect("the suite uses valid tags");
    let draft = Draft { tags, ..Draft::new(value(name), Ttl::NamespaceDefault) };
    let set = world.store.set(&namespace("default"), key(name), draft, Condition::Always).await;
    stored(set.expect("a small write works"));
}

fn once(names: impl IntoIterator<Item = String>) -> BTreeMap<String, u32> {
    names.into_iter().map(|name| (name, 1)).collect()
}

pub(super) async fn every_entry_is_listed_once<S: Store>(world: World<S>) {
    assert_eq!(page(&world, &scan("", None)).await, Page::default());
    for number in 0..100 {
        world.put(&number.to_string()).await;
    }
    let times = listed(&world, scan("", None), async |_| ()).await;
    assert_eq!(times, once((0..100).map(|number| number.to_string())));
    let entry = world.get("1").await;
    let page = page(&world, &Scan { page_size: 1_000, ..scan("1", None) }).await;
    let one = page.found.into_iter().find(|found| found.key == key("1"));
    assert_eq!(one.map(|found| found.entry), entry, "it is listed as it is");
}

pub(super) async fn only_what_is_asked_for_is_listed<S: Store>(world: World<S>) {
    put(&world, "a:1", &["red"]).await;
    put(&world, "a:2", &["red", "blue"]).await;
    put(&world, "b:1", &["red"]).await;
    put(&world, "a:3", &[]).await;
    world.put_for("a:expired", 1).await;
    world.clock.advance(Duration::from_secs(1));
    put(&world, "a:void", &["void"]).await;
    let void = Scope::Tags(Tags::new(&["void"]).expect("a valid tag"));
    world.store.invalidate(&namespace("default"), void).await.expect("a known namespace");
    let check = async |prefix, tag, expected: &[&str]| {
        let times = listed(&world, scan(prefix, tag), async |_| ()).await;
        assert_eq!(times, once(expected.iter().map(|&name| name.to_owned())), "{prefix} {tag:?}");
    };
    check("", None, &["a:1", "a:2", "a:3", "b:1"]).await;
    check("a:", None, &["a:1", "a:2", "a:3"]).await;
    check("a:", Some("red"), &["a:1", "a:2"]).await;
    check("", Some("blue"), &["a:2"]).await;
    check("", Some("void"), &[]).await;
    check("c", None, &[]).await;
}

pub(super) async fn a_listed_entry_is_not_used<S: Store>(world: World<S>) {
    let life = Life::default().sliding(Duration::from_secs(2)).expect("a valid duration");
    let draft = Draft { life, ..Draft::new(value("v"), Ttl::NamespaceDefault) };
    let set = world.store.set(&namespace("default"), key("k"), draft, Condition::Always).await;
    stored(set.expect("a small write works"));
    let before = world.stats("default").await;
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(page(&world, &scan("", None)).await.found.len(), 1);
    assert_eq!(world.stats("default").await, before);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.get("k").await, None, "a scan does not put off its end");
}

pub(super) async fn what_stays_is_listed_once_whatever_is_written<S: Store>(world: World<S>) {
    let stays = |number: usize| format!("stays-{number}");
    let goes = |number: usize| format!("goes-{number}");
    for number in 0..60 {
        world.put(&stays(number)).await;
        world.put(&goes(number)).await;
    }
    let times = listed(&world, scan("", None), async |number| {
        world.put(&stays(number)).await;
        world.remove(&goes(number), Condition::Always).await;
        world.remove(&goes(number + 20), Condition::Always).await;
        world.put(&goes(number + 20)).await;
        world.put(&format!("comes-{number}")).await;
    });
    let times = times.await;
    for number in 0..60 {
        assert_eq!(times.get(&stays(number)), Some(&1), "{number}");
    }
}

pub(super) async fn a_cursor_belongs_to_its_scan<S: Store>(world: World<S>) {
    for number in 0..100 {
        put(&world, &format!("a{number}"), &["t"]).await;
    }
    let cursor = page(&world, &scan("a", None)).await.next;
    assert!(cursor.is_some(), "there is more than one page");
    let check = async |room: &str, scan: Scan, text: Option<&str>| {
        let given = text.map(|text| Cursor::new(text).expect("it is short"));
        let scan = Scan { cursor: given.or_else(|| cursor.clone()), ..scan };
        let answer = world.store.scan(&namespace(room), &scan).await;
        assert_eq!(answer, Err(Error::CursorInvalid), "{room} {scan:?}");
    };
    check("default", scan("a1", None), None).await;
    check("default", scan("a", Some("t")), None).await;
    check("short", scan("a", None), None).await;
    for text in
        ["x", "0", "0.0", "0.0.0", "0.0.0.0", ".", "..", "ffffffffffffffffff.1.1", "0.a1", "1.", "é.1"]
    {
        check("default", scan("a", None), Some(text)).await;
    }
    let twice = Scan { cursor: cursor.clone(), ..scan("a", None) };
    assert_eq!(page(&world, &twice).await, page(&world, &twice).await, "a page can be asked for again");
}
