//! Writes with an id.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::world::{World, key, namespace, value};
use crate::{Condition, Draft, Error, Increment, REQUEST_ID_WINDOW, Receipt, RequestId, Store, Ttl, Write};

fn id(text: &str) -> RequestId {
    RequestId::new(text).expect("the suite uses valid ids")
}

fn set(text: &str, condition: Condition) -> Write {
    Write::Set { key: key("k"), draft: Draft::new(value(text), Ttl::NamespaceDefault), condition }
}

fn add(by: i64) -> Write {
    Write::Increment { key: key("n"), increment: Increment::by(by) }
}

async fn once<S: Store>(world: &World<S>, of: &str, write: Write) -> Result<Receipt, Error> {
    world.store.once(&namespace("default"), &id(of), write).await
}

pub(super) async fn a_write_that_is_sent_again_is_answered_as_the_first_time<S: Store>(world: World<S>) {
    let writes = [
        set("v", Condition::IfAbsent),
        set("w", Condition::IfAbsent),
        Write::Remove { key: key("k"), condition: Condition::Always },
        Write::Remove { key: key("other"), condition: Condition::Always },
        add(5),
    ];
    let mut receipts = Vec::new();
    for (number, write) in writes.iter().enumerate() {
        receipts.push(once(&world, &number.to_string(), write.clone()).await.expect("it works"));
    }
    let before = world.stats("default").await;
    for (number, write) in writes.iter().enumerate() {
        assert_eq!(once(&world, &number.to_string(), write.clone()).await, Ok(receipts[number]));
    }
    assert_eq!(world.stats("default").await, before, "nothing was done again");
    assert!(matches!(receipts[0], Receipt::Stored(_)) && matches!(receipts[1], Receipt::Conflict(_)));
    assert!(matches!(receipts[2], Receipt::Removed(_)) && receipts[3] == Receipt::Missing);
    assert!(matches!(receipts[4], Receipt::Counted(5, _)));
}

pub(super) async fn another_write_of_the_same_id_is_refused<S: Store>(world: World<S>) {
    once(&world, "id", set("v", Condition::Always)).await.expect("it works");
    let kept = world.get("k").await;
    for other in [set("w", Condition::Always), set("v", Condition::IfPresent), add(1)] {
        assert_eq!(once(&world, "id", other).await, Err(Error::RequestIdReused));
    }
    assert_eq!(world.get("k").await, kept);
    let elsewhere = world.store.once(&namespace("small"), &id("id"), add(1)).await;
    assert!(elsewhere.is_ok(), "an id belongs to its namespace");
}

pub(super) async fn an_id_is_forgotten_after_its_window<S: Store>(world: World<S>) {
    let number = async || match once(&world, "id", add(1)).await {
        Ok(Receipt::Counted(number, _)) => number,
        other => panic!("{other:?}"),
    };
    assert_eq!(number().await, 1);
    world.clock.advance(REQUEST_ID_WINDOW - Duration::from_nanos(1));
    assert_eq!(number().await, 1);
    world.clock.advance(Duration::from_nanos(1));
    assert_eq!(number().await, 2);
}

pub(super) async fn of_many_at_once_with_one_id_one_is_done<S: Store>(world: World<S>) {
    let callers = (0..16).map(|_| {
        let store = Arc::clone(&world.store);
        async move {
            for number in 0..50 {
                let receipt = store.once(&namespace("default"), &id(&number.to_string()), add(1)).await;
                assert!(matches!(receipt, Ok(Receipt::Counted(_, _))), "{receipt:?}");
            }
        }
    });
    callers.collect::<JoinSet<()>>().join_all().await;
    assert!(matches!(once(&world, "last", add(0)).await, Ok(Receipt::Counted(50, _))));
}
