//! Limits of a namespace.

use super::world::{World, stored};
use crate::{Body, Condition, Error, Store, Ttl, Value};

pub(super) async fn a_value_may_be_as_large_as_its_namespace_says<S: Store>(world: World<S>) {
    let set = async |bytes, condition| {
        let value = Value::new(Body::data(vec![0; bytes]), "").expect("no media type");
        world.set_in("small", "k", value, Ttl::NamespaceDefault, condition).await
    };
    let refused = Err(Error::ValueTooLarge { allowed: 1_000, actual: 1_001 });
    assert_eq!(set(1_001, Condition::Always).await, refused);
    assert_eq!(set(1_001, Condition::IfPresent).await, refused, "whatever the condition");
    stored(set(1_000, Condition::Always).await.expect("as large as allowed"));
    let stats = world.stats("small").await;
    assert_eq!((stats.entries, stats.sets, stats.conflicts), (1, 1, 0));
}

pub(super) async fn an_entry_larger_than_its_namespace_is_refused<S: Store>(world: World<S>) {
    let set = async |bytes| {
        let value = Value::new(Body::data(vec![0; bytes]), "").expect("no media type");
        world.set_in("tight", "k", value, Ttl::NamespaceDefault, Condition::Always).await
    };
    stored(set(4_000).await.expect("it fits"));
    let error = set(6_400).await.expect_err("it cannot fit, with its key and overhead");
    assert_eq!(error.reason(), "CAPACITY");
}
