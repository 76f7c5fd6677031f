//! What is computed under a guard is stored only while nobody wrote its key.

use std::{sync::Arc, time::Duration};

use cache_engine::{
    Body, Condition, Derived, Draft, Guard, Increment, LocalStore, ManualClock, NamespaceConfig,
    NamespaceName, Scope, Store, Tags, Ttl, Value,
};

use crate::{key, ready};

struct World {
    store: LocalStore,
    clock: Arc<ManualClock>,
}

fn draft(text: &str, tags: &[&str]) -> Draft {
    let value = Value::new(Body::text(text), "").unwrap();
    Draft { tags: Tags::new(tags).unwrap(), ..Draft::new(value, Ttl::NamespaceDefault) }
}

fn team() -> NamespaceName {
    NamespaceName::parse("team").unwrap()
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::default());
        let config = NamespaceConfig::new(team());
        Self { store: LocalStore::new(vec![config], clock.clone()).unwrap(), clock }
    }

    fn guard(&self) -> Guard {
        self.store.guard(&team(), &key("k")).unwrap()
    }

    fn set(&self, at: &str, draft: Draft) {
        ready(self.store.set(&team(), key(at), draft, Condition::Always)).unwrap();
    }

    fn remove(&self, at: &str) {
        ready(self.store.remove(&team(), &key(at), Condition::Always)).unwrap();
    }

    fn invalidate(&self, tags: &[&str]) {
        let scope = if tags.is_empty() { Scope::All } else { Scope::Tags(Tags::new(tags).unwrap()) };
        ready(self.store.invalidate(&team(), scope)).unwrap();
    }

    /// Stores what was computed; says whether it is there.
    fn store(&self, guard: &Guard, tags: &[&str]) -> bool {
        match self.store.set_guarded(&team(), &key("k"), draft("computed", tags), guard).unwrap() {
            Derived::Stored(entry) => {
                assert_eq!(self.get().as_deref(), Some("computed"));
                let found = ready(self.store.get(&team(), &key("k"))).unwrap().unwrap();
                assert_eq!(found.version(), entry.version());
                true
            }
            Derived::Overtaken => {
                assert_ne!(self.get().as_deref(), Some("computed"));
                false
            }
        }
    }

    fn get(&self) -> Option<String> {
        let found = ready(self.store.get(&team(), &key("k"))).unwrap();
        found.map(|entry| String::from_utf8(entry.value().body().to_bytes().to_vec()).unwrap())
    }
}

/// Whether what is computed with the tag `t` is stored, if that happens meanwhile.
fn check(meanwhile: impl FnOnce(&World), expected: bool) {
    let world = World::new();
    let guard = world.guard();
    meanwhile(&world);
    assert_eq!(world.store(&guard, &["t"]), expected);
}

#[test]
fn what_was_written_or_removed_meanwhile_is_not_written_over() {
    check(|_| {}, true);
    check(|world| world.set("k", draft("newer", &[])), false);
    check(|world| world.remove("k"), false);
    check(|world| (world.set("k", draft("newer", &[])), world.remove("k")).0, false);
    check(|world| drop(ready(world.store.increment(&team(), &key("k"), Increment::by(1))).unwrap()), false);
    check(|world| (world.set("other", draft("v", &[])), world.remove("other")).0, true);
    // A condition that does not hold changes nothing.
    check(
        |world| {
            drop(ready(world.store.set(&team(), key("k"), draft("v", &[]), Condition::IfPresent)).unwrap())
        },
        true,
    );
}

#[test]
fn what_was_invalidated_meanwhile_is_not_stored() {
    check(|world| world.invalidate(&[]), false);
    check(|world| world.invalidate(&["t"]), false);
    check(|world| world.invalidate(&["u"]), true);
    // Tags that no entry has are forgotten now and then; then it is not stored to be sure.
    check(|world| (0..5_000).for_each(|number| world.invalidate(&["t", &number.to_string()])), false);
    let world = World::new();
    world.invalidate(&["t"]);
    (0..5_000).for_each(|number| world.invalidate(&[&number.to_string()]));
    assert!(world.store(&world.guard(), &["t"]), "it was computed afterwards");
}

#[test]
fn an_entry_that_ended_by_itself_is_computed_anew() {
    let world = World::new();
    let ttl = Ttl::After(Duration::from_secs(1));
    world.set("k", Draft { life: ttl.into(), ..draft("stale", &[]) });
    let guard = world.guard();
    world.clock.advance(Duration::from_secs(2));
    assert!(world.store(&guard, &[]));
    assert!(!world.store.stands(&team(), &key("k"), &guard).unwrap(), "a guard is good for one");
}

#[test]
fn an_invalidation_that_comes_later_takes_what_was_computed() {
    let world = World::new();
    assert!(world.store(&world.guard(), &["t"]));
    world.invalidate(&["t"]);
    assert_eq!(world.get(), None);
}

#[test]
fn a_guard_of_a_namespace_that_was_deleted_is_none_of_its_successor() {
    let world = World::new();
    let guard = world.guard();
    ready(world.store.delete_namespace(&team())).unwrap();
    assert!(world.store.set_guarded(&team(), &key("k"), draft("computed", &[]), &guard).is_err());
    ready(world.store.create_namespace(NamespaceConfig::new(team()))).unwrap();
    assert!(!world.store(&guard, &[]));
}
