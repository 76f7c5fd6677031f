//! Settings that can and that cannot be used.

use cache_engine::ManualClock;
use chassis::Tasks;
use chassis::settings::{Sources, load};

use super::{Config, Watch};
use crate::App;

/// The settings with this one, or why they cannot be used.
fn with(key: &str, value: &str) -> Result<Config, String> {
    let flags = vec![(key.to_owned(), value.to_owned())];
    load(&Sources { flags, ..Sources::default() }).map_err(|error| error.to_string())
}

/// They were taken, and then every call was refused.
#[test]
fn limits_that_no_call_could_keep_are_refused() {
    let (number, time) = ("a whole number above zero", "such as 250ms or 2s, above zero");
    for (key, zero, allowed) in [
        ("store.max_value_bytes", "0", number),
        ("store.max_namespaces", "0", number),
        ("store.max_page_entries", "0", number),
        ("store.max_batch_items", "0", number),
        ("session.max_operations", "0", number),
        ("watch.max_keys", "0", number),
        ("watch.log_events", "0", number),
        ("watch.log_bytes", "0", number),
        ("load.max_takes", "0", number),
        ("load.max_lease_ttl", "0s", time),
        ("compute.max_lease", "0s", time),
        ("compute.deadline", "0s", time),
        ("documents.max_depth", "0", number),
        ("documents.max_nodes", "0", number),
        ("documents.memory_bytes", "0", number),
        ("documents.workers", "0", number),
        ("documents.time", "0s", time),
    ] {
        let told = with(key, zero).unwrap_err();
        let begin = format!("flag --set {key}: `{key}`: ");
        assert!(told.starts_with(&begin) && told.ends_with(allowed), "{told}");
        let least = if zero == "0" { "1" } else { "1ms" };
        with(key, least).unwrap();
    }
}

/// A heartbeat of no time would have been told without end.
#[test]
fn a_heartbeat_is_one_to_sixty_seconds() {
    for wrong in ["0s", "999ms", "61s"] {
        let told = with("watch.heartbeat", wrong).unwrap_err();
        let expected = format!(
            "flag --set watch.heartbeat: `watch.heartbeat`: {wrong} is no time of a heartbeat; allowed: 1s to 60s"
        );
        assert_eq!(told, expected);
    }
    for right in ["1s", "60s"] {
        with("watch.heartbeat", right).unwrap();
    }
}

#[test]
fn what_there_may_be_none_of_is_turned_off() {
    for key in ["session.max_sessions", "watch.max_watchers", "compute.max_flights", "load.max_leases"] {
        with(key, "0").unwrap();
    }
}

/// It was taken, and then every watch was refused as if others had taken all room.
#[test]
fn room_for_no_log_is_refused_unless_nobody_may_watch() {
    let check = |max_watchers, max_log_bytes, expected: Result<u64, &str>| {
        let watch = Watch { max_watchers, log_bytes: 1_000, max_log_bytes, ..Watch::default() };
        let told = watch.room_for_logs().map_err(|error| error.to_string());
        assert_eq!(told, expected.map_err(str::to_owned));
    };
    check(1, 1_000, Ok(1_000));
    check(0, 0, Ok(0));
    check(
        1,
        999,
        Err(
            "settings: watch.max_log_bytes is at least 1000, which is watch.log_bytes, not 999: every watch would be \
             refused; to have none, set watch.max_watchers to 0",
        ),
    );
}

#[test]
fn a_service_with_room_for_no_log_does_not_start() {
    let mut config = Config::default();
    config.watch.max_log_bytes = config.watch.log_bytes as u64 - 1;
    let app = App::new(config, Tasks::new(), ManualClock::new(std::time::SystemTime::UNIX_EPOCH));
    assert!(app.err().is_some_and(|error| error.to_string().contains("watch.max_log_bytes is at least")));
}
