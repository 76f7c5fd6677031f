//! Namespaces that come, change and go.

use std::time::Duration;

use super::world::{World, key, namespace, stored, value};
use crate::{
    Clock, Condition, Entry, Error, NamespaceChange, NamespaceConfig, NamespaceName, Scope, Store, Ttl,
};

fn team() -> NamespaceConfig {
    NamespaceConfig {
        capacity_bytes: 1 << 20,
        default_ttl: Some(Duration::from_secs(5)),
        max_value_bytes: 1_000,
        ..NamespaceConfig::new(namespace("team"))
    }
}

async fn make<S: Store>(world: &World<S>) {
    let made = world.store.create_namespace(team()).await;
    assert_eq!(made, Ok(team()));
}

async fn put<S: Store>(world: &World<S>, text: &str) -> Result<Entry, Error> {
    let set = world.set_in("team", "k", value(text), Ttl::NamespaceDefault, Condition::Always).await;
    set.map(stored)
}

async fn names<S: Store>(world: &World<S>) -> Vec<NamespaceName> {
    let configs = world.store.namespaces().await.expect("a list works");
    configs.into_iter().map(|config| config.name).collect()
}

pub(super) async fn a_namespace_is_there_once_it_is_made<S: Store>(world: World<S>) {
    let before = names(&world).await;
    assert_eq!(put(&world, "v").await, Err(Error::NamespaceNotFound { name: namespace("team") }));
    make(&world).await;
    let entry = put(&world, "v").await.expect("it is there");
    assert_eq!(entry.remaining(world.clock.now()), Some(Duration::from_secs(5)));
    assert_eq!(world.store.get(&namespace("team"), &key("k")).await, Ok(Some(entry)));
    let again = world.store.create_namespace(team()).await;
    assert_eq!(again, Err(Error::NamespaceExists { name: namespace("team") }));
    let after = names(&world).await;
    assert!(after.is_sorted() && after.len() == before.len() + 1 && after.contains(&namespace("team")));
    assert_eq!(world.stats("team").await.entries, 1);
}

pub(super) async fn a_change_holds_for_what_comes<S: Store>(world: World<S>) {
    make(&world).await;
    let early = put(&world, "v").await.expect("it is small");
    let change = NamespaceChange {
        default_ttl: Some(None),
        max_value_bytes: Some(3),
        max_entries: Some(Some(1_000_000)),
        ..NamespaceChange::default()
    };
    let expected =
        NamespaceConfig { default_ttl: None, max_value_bytes: 3, max_entries: Some(1_000_000), ..team() };
    assert_eq!(world.store.update_namespace(&namespace("team"), change).await, Ok(expected));
    assert_eq!(early.remaining(world.clock.now()), Some(Duration::from_secs(5)), "what lives keeps its life");
    assert_eq!(put(&world, "long").await, Err(Error::ValueTooLarge { allowed: 3, actual: 4 }));
    assert_eq!(put(&world, "new").await.expect("it is small").expires_at(), None);
    let nobody = world.store.update_namespace(&namespace("nobody"), NamespaceChange::default()).await;
    assert_eq!(nobody, Err(Error::NamespaceNotFound { name: namespace("nobody") }));
}

pub(super) async fn settings_out_of_range_change_nothing<S: Store>(world: World<S>) {
    let none = NamespaceConfig { capacity_bytes: 0, ..team() };
    let refused = world.store.create_namespace(none).await.expect_err("it holds nothing");
    assert_eq!(refused.reason(), "NAMESPACE_INVALID");
    make(&world).await;
    let change = NamespaceChange { max_value_bytes: Some(0), default_ttl: Some(None), ..Default::default() };
    let refused = world.store.update_namespace(&namespace("team"), change).await.expect_err("no value fits");
    assert_eq!(refused.reason(), "NAMESPACE_INVALID");
    let unchanged = world.store.update_namespace(&namespace("team"), NamespaceChange::default()).await;
    assert_eq!(unchanged, Ok(team()));
}

pub(super) async fn a_deleted_namespace_is_gone_with_all_it_held<S: Store>(world: World<S>) {
    make(&world).await;
    put(&world, "v").await.expect("it is small");
    world.put("k").await;
    let team_name = namespace("team");
    assert_eq!(world.store.delete_namespace(&team_name).await, Ok(()));
    let gone = || Error::NamespaceNotFound { name: namespace("team") };
    assert_eq!(world.store.get(&team_name, &key("k")).await, Err(gone()));
    assert_eq!(world.store.invalidate(&team_name, Scope::All).await, Err(gone()));
    assert_eq!(world.store.delete_namespace(&team_name).await, Err(gone()));
    assert!(!names(&world).await.contains(&team_name));
    make(&world).await;
    assert_eq!(world.store.get(&team_name, &key("k")).await, Ok(None));
    let default = NamespaceName::default();
    let protected = Err(Error::NamespaceProtected { name: default.clone() });
    assert_eq!(world.store.delete_namespace(&default).await, protected);
    assert!(world.get("k").await.is_some());
}

pub(super) async fn versions_go_on_when_a_namespace_is_made_anew<S: Store>(world: World<S>) {
    let mut last = None;
    for _ in 0..3 {
        make(&world).await;
        for _ in 0..10 {
            let version = put(&world, "v").await.expect("it is small").version();
            assert!(last < Some(version), "{last:?} {version:?}");
            last = Some(version);
        }
        world.store.delete_namespace(&namespace("team")).await.expect("it is there");
    }
}
