//! What was set comes back, and only where it was set.

use super::world::{World, key, namespace, value};
use crate::{Body, Condition, Draft, Error, Store, Ttl, Value};

pub(super) async fn an_entry_comes_back_as_it_was_set<S: Store>(world: World<S>) {
    assert_eq!(world.get("k").await, None);
    let check = async |body: Body, content_type: &str| {
        let value = Value::new(body, content_type).expect("a short media type");
        let outcome = world.set_in("", "k", value.clone(), Ttl::NamespaceDefault, Condition::Always).await;
        let entry = super::world::stored(outcome.expect("a small write works"));
        assert_eq!(entry.value(), &value);
        assert_eq!(entry.expires_at(), None);
        assert_eq!(world.get("k").await, Some(entry));
    };
    check(Body::text("né\0"), "text/plain; charset=utf-8").await;
    check(Body::data([0xff, 0xfe]), "").await;
    check(Body::text(""), "").await;
    check(Body::data([]), "application/octet-stream").await;
}

pub(super) async fn many_come_back_in_order<S: Store>(world: World<S>) {
    let (a, b) = (world.put("a").await, world.put("b").await);
    let keys = ["b", "missing", "a", "b"].map(key);
    let found = world.store.get_many(&namespace("default"), &keys).await;
    assert_eq!(found, Ok(vec![Some(b.clone()), None, Some(a), Some(b)]));
    assert_eq!(world.store.get_many(&namespace("default"), &[]).await, Ok(vec![]));
}

pub(super) async fn namespaces_are_apart<S: Store>(world: World<S>) {
    let entry = world.put("k").await;
    assert_eq!(world.store.get(&namespace("small"), &key("k")).await, Ok(None));
    let removal = world.store.remove(&namespace("small"), &key("k"), Condition::Always).await;
    assert_eq!(removal, Ok(crate::RemoveOutcome::Missing));
    assert_eq!(world.get("k").await, Some(entry));
}

pub(super) async fn an_unknown_namespace_is_an_error_everywhere<S: Store>(world: World<S>) {
    let name = namespace("nowhere");
    let expected = Error::NamespaceNotFound { name: name.clone() };
    let (store, k) = (&world.store, key("k"));
    assert_eq!(store.get(&name, &k).await, Err(expected.clone()));
    assert_eq!(store.get_many(&name, &[]).await, Err(expected.clone()));
    assert_eq!(store.remove(&name, &k, Condition::Always).await, Err(expected.clone()));
    assert_eq!(store.stats(Some(&name)).await, Err(expected.clone()));
    let set = store.set(&name, k, Draft::new(value("v"), Ttl::NamespaceDefault), Condition::Always).await;
    assert_eq!(set, Err(expected));
}
