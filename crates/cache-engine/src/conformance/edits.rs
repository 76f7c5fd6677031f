//! Edits: values made of the ones that entries have.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::world::{World, key, namespace, stored, ttl, value};
use crate::{Clock, Condition, Current, Edit, Entry, Error, Receipt, RequestId, SetOutcome, Store, Write};

const CALLERS: usize = 8;
const EDITS: usize = 25;

/// One more stroke behind the value of `basis`.
fn stroke(basis: &Entry, asked: &str) -> Edit {
    let text = basis.value().body().as_text().expect("it was set as text");
    Edit { asked: asked.as_bytes().into(), basis: basis.version(), value: value(&format!("{text}|")) }
}

fn id(text: &str) -> RequestId {
    RequestId::new(text).expect("the suite uses valid ids")
}

async fn edit<S: Store>(world: &World<S>, edit: Edit) -> Result<SetOutcome, Error> {
    world.store.edit(&namespace("default"), &key("k"), edit).await
}

pub(super) async fn an_edit_takes_the_place_of_the_value_it_was_made_of<S: Store>(world: World<S>) {
    let first = world.put_for("k", 10).await;
    world.clock.advance(Duration::from_secs(4));
    let second = stored(edit(&world, stroke(&first, "a")).await.expect("it is small"));
    assert_eq!((second.value().body().as_text(), world.get("k").await), (Some("k|"), Some(second.clone())));
    assert!(second.version() > first.version());
    assert_eq!(second.remaining(world.clock.now()), Some(Duration::from_secs(6)), "it keeps its life");
    let lost = edit(&world, stroke(&first, "b")).await;
    assert_eq!(lost, Ok(SetOutcome::Conflict(Current::Version(second.version()))));
    world.remove("k", Condition::Always).await;
    assert_eq!(edit(&world, stroke(&second, "c")).await, Ok(SetOutcome::Conflict(Current::Missing)));
    let small = world.set_in("small", "k", value("v"), ttl(10), Condition::Always).await;
    let small = stored(small.expect("it is small"));
    let large = Edit { value: value(&"v".repeat(1_001)), ..stroke(&small, "d") };
    let refused = world.store.edit(&namespace("small"), &key("k"), large).await;
    assert_eq!(refused, Err(Error::ValueTooLarge { allowed: 1_000, actual: 1_001 }));
}

pub(super) async fn an_edit_that_is_sent_again_is_known_by_what_was_asked_for<S: Store>(world: World<S>) {
    let first = world.put("k").await;
    let write = |basis: &Entry, asked| Write::Edit { key: key("k"), edit: stroke(basis, asked) };
    let once = async |write| world.store.once(&namespace("default"), &id("id"), write).await;
    let receipt = async |write| world.store.receipt(&namespace("default"), &id("id"), &write).await;
    assert_eq!(receipt(write(&first, "a")).await, Ok(None));
    let second = world.put("k").await;
    let lost = once(write(&first, "a")).await;
    assert_eq!(lost, Ok(Receipt::Conflict(Current::Version(second.version()))));
    assert_eq!(receipt(write(&first, "a")).await, Ok(None), "it was not done and may be tried again");
    let done = once(write(&second, "a")).await;
    let third = world.get("k").await.expect("it was written");
    assert_eq!(done, Ok(Receipt::Stored(third.version())));
    assert_eq!(once(write(&third, "a")).await, done);
    assert_eq!(receipt(write(&third, "a")).await, done.map(Some));
    assert_eq!(receipt(write(&third, "b")).await, Err(Error::RequestIdReused));
    assert_eq!(world.get("k").await, Some(third));
}

pub(super) async fn no_edit_is_lost<S: Store>(world: World<S>) {
    world.put("k").await;
    let callers = (0..CALLERS).map(|_| {
        let store = Arc::clone(&world.store);
        async move {
            for _ in 0..EDITS {
                while !draw(&*store).await {}
            }
        }
    });
    callers.collect::<JoinSet<()>>().join_all().await;
    let last = world.get("k").await.expect("nobody removes it");
    assert_eq!(last.value().body().len(), 1 + CALLERS * EDITS);
}

/// Adds a stroke if nobody else did since the read.
async fn draw<S: Store>(store: &S) -> bool {
    let found = store.get(&namespace("default"), &key("k")).await.expect("a read works");
    let edit = stroke(&found.expect("nobody removes it"), "stroke");
    let outcome = store.edit(&namespace("default"), &key("k"), edit).await;
    matches!(outcome.expect("it is small"), SetOutcome::Stored(_))
}
