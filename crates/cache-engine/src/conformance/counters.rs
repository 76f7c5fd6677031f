//! Counters.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::world::{World, key, namespace, ttl, value};
use crate::{Clock, Condition, Counted, Error, Increment, Store, Ttl};

async fn add<S: Store>(world: &World<S>, name: &str, increment: Increment) -> Result<Counted, Error> {
    world.store.increment(&namespace("default"), &key(name), increment).await
}

pub(super) async fn a_counter_counts_from_where_it_was<S: Store>(world: World<S>) {
    let check = async |increment, expected: i64| {
        let counted = add(&world, "n", increment).await.expect("it is a number");
        assert_eq!((counted.number, world.get("n").await), (expected, Some(counted.entry.clone())));
        assert_eq!(counted.entry.value().body().as_text(), Some(expected.to_string().as_str()));
        counted.entry.version()
    };
    let first = check(Increment::by(5).starting_at(10), 15).await;
    let second = check(Increment::by(-20).starting_at(10), -5).await;
    assert!(second > first);
    world.remove("n", Condition::Always).await;
    assert!(check(Increment::by(1), 1).await > second);
}

pub(super) async fn a_counter_keeps_its_life_and_media_type<S: Store>(world: World<S>) {
    let room = world.set_in("default", "n", value("41"), ttl(10), Condition::Always).await;
    room.expect("a small write works");
    world.clock.advance(Duration::from_secs(4));
    let living = |seconds| Increment::by(1).living(ttl(seconds).into());
    let counted = add(&world, "n", living(60)).await.expect("it is a number");
    assert_eq!((counted.number, counted.entry.value().content_type()), (42, "text/plain"));
    assert_eq!(counted.entry.remaining(world.clock.now()), Some(Duration::from_secs(6)));
    world.clock.advance(Duration::from_secs(6));
    let anew = add(&world, "n", living(60)).await.expect("it has expired");
    assert_eq!((anew.number, anew.entry.remaining(world.clock.now())), (1, Some(Duration::from_secs(60))));
}

pub(super) async fn an_increment_that_fails_changes_nothing<S: Store>(world: World<S>) {
    let text = world.set("text", Ttl::NamespaceDefault, Condition::Always).await;
    let bounded = Increment::by(6).within(0, 10).expect("0 is below 10");
    let overflow = Err(Error::IncrementOverflow { min: 0, max: 10 });
    assert_eq!(add(&world, "text", Increment::by(1)).await, Err(Error::NotANumber { actual: 4 }));
    assert_eq!(super::world::stored(text), world.get("text").await.expect("it was written"));
    let six = add(&world, "n", bounded).await.expect("6 is within 10");
    assert_eq!(add(&world, "n", bounded).await, overflow);
    assert_eq!(world.get("n").await, Some(six.entry));
    assert_eq!(add(&world, "new", bounded.starting_at(5)).await, overflow);
    assert_eq!(world.get("new").await, None);
    assert_eq!(world.stats("default").await.sets, 2);
}

pub(super) async fn no_increment_is_lost<S: Store>(world: World<S>) {
    let callers = (0..16).map(|_| {
        let store = Arc::clone(&world.store);
        async move {
            for _ in 0..100 {
                store.increment(&namespace("default"), &key("n"), Increment::by(1)).await.expect("a number");
            }
        }
    });
    callers.collect::<JoinSet<()>>().join_all().await;
    let counted = add(&world, "n", Increment::by(0)).await.expect("a number");
    assert_eq!(counted.number, 1_600);
}
