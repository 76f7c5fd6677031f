//! Both stores pass the suite.

use std::sync::Arc;

use cache_engine::{
    LocalStore, ManualClock, MapKind, ModelStore, NamespaceConfig, Store, StoreLimits, conformance,
};

fn check<S: Store>(make: impl Fn(Vec<NamespaceConfig>, Arc<ManualClock>) -> S) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    runtime.block_on(conformance::check_all(make));
}

#[test]
fn the_local_store_conforms() {
    check(|configs, clock| LocalStore::new(configs, clock).unwrap());
}

#[test]
fn the_local_store_of_compact_maps_conforms() {
    let limits = StoreLimits { map: MapKind::Compact, ..StoreLimits::default() };
    check(|configs, clock| LocalStore::with_limits(configs, limits, clock).unwrap());
}

#[test]
fn the_model_conforms() {
    check(|configs, clock| ModelStore::new(configs, clock).unwrap());
}

#[test]
fn a_namespace_that_is_configured_twice_is_refused() {
    let clock = Arc::new(ManualClock::default());
    let twice = vec![NamespaceConfig::default(), NamespaceConfig::default()];
    let error = LocalStore::new(twice, clock).err().unwrap();
    assert_eq!(
        (error.reason(), error.to_string().as_str()),
        ("NAMESPACE_INVALID", "namespace \"default\": it is there twice")
    );
}
