//! The suite that every [`Store`] must pass: what the trait promises, as checks that panic when it does not hold.
//!
//! Each check gets a fresh store of the [`namespaces`] and a clock that it moves itself. Run it inside a tokio runtime
//! of several threads, so that the race checks race:
//!
//! ```
//! # use std::sync::Arc;
//! use cache_engine::{LocalStore, conformance};
//!
//! let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
//! runtime.block_on(conformance::check_all(|configs, clock| LocalStore::new(configs, clock).unwrap()));
//! ```

mod conditions;
mod counters;
mod counts;
mod edits;
mod expiry;
mod limits;
mod lives;
mod namespaces;
mod once;
mod races;
mod reads;
mod scan;
mod tags;
mod versions;
mod watches;
mod world;

use std::sync::Arc;

use crate::{ManualClock, NamespaceConfig, Store};

pub use self::world::namespaces;

/// Runs every check over stores that `make` gives; panics at the first that fails.
///
/// # Panics
/// If the store does not do what [`Store`] promises.
pub async fn check_all<S, M>(make: M)
where
    S: Store,
    M: Fn(Vec<NamespaceConfig>, Arc<ManualClock>) -> S,
{
    let fresh = || world::World::new(&make);
    reads::an_entry_comes_back_as_it_was_set(fresh()).await;
    reads::many_come_back_in_order(fresh()).await;
    reads::namespaces_are_apart(fresh()).await;
    reads::an_unknown_namespace_is_an_error_everywhere(fresh()).await;
    conditions::a_write_happens_only_if_its_condition_holds(fresh()).await;
    conditions::a_removal_happens_only_if_its_condition_holds(fresh()).await;
    versions::a_version_is_never_used_again(fresh()).await;
    versions::versions_grow_over_a_restart(&make).await;
    expiry::an_entry_is_gone_at_the_end_of_its_life(fresh()).await;
    expiry::the_namespace_gives_the_default(fresh()).await;
    expiry::a_write_starts_a_new_life(fresh()).await;
    expiry::an_expired_entry_counts_as_absent(fresh()).await;
    limits::a_value_may_be_as_large_as_its_namespace_says(fresh()).await;
    limits::an_entry_larger_than_its_namespace_is_refused(fresh()).await;
    counts::every_operation_is_counted(fresh()).await;
    counts::live_bytes_return_to_zero(fresh()).await;
    counts::a_row_for_each_namespace_by_name(fresh()).await;
    races::no_conditional_increment_is_lost(fresh()).await;
    races::one_of_many_writers_finds_the_key_absent(fresh()).await;
    races::one_of_many_removals_removes(fresh()).await;
    check_operations(fresh).await;
    check_watches(fresh, &make).await;
}

async fn check_operations<S: Store>(fresh: impl Fn() -> world::World<S>) {
    lives::an_entry_that_slides_lives_while_it_is_read(fresh()).await;
    lives::an_entry_that_slides_has_no_default_end(fresh()).await;
    lives::a_touch_gives_another_life_and_nothing_else(fresh()).await;
    lives::a_touch_happens_only_if_its_condition_holds(fresh()).await;
    lives::one_reader_of_a_stale_entry_is_told_to_refresh_it(fresh()).await;
    lives::jitter_ends_a_life_sooner_and_never_later(fresh()).await;
    counters::a_counter_counts_from_where_it_was(fresh()).await;
    counters::a_counter_keeps_its_life_and_media_type(fresh()).await;
    counters::an_increment_that_fails_changes_nothing(fresh()).await;
    counters::no_increment_is_lost(fresh()).await;
    tags::a_tag_invalidates_what_has_it_and_nothing_else(fresh()).await;
    tags::an_invalidated_entry_counts_as_absent(fresh()).await;
    tags::a_touched_or_counted_entry_keeps_its_tags(fresh()).await;
    tags::what_was_written_before_is_gone_after(fresh()).await;
    once::a_write_that_is_sent_again_is_answered_as_the_first_time(fresh()).await;
    once::another_write_of_the_same_id_is_refused(fresh()).await;
    once::an_id_is_forgotten_after_its_window(fresh()).await;
    once::of_many_at_once_with_one_id_one_is_done(fresh()).await;
    edits::an_edit_takes_the_place_of_the_value_it_was_made_of(fresh()).await;
    edits::an_edit_that_is_sent_again_is_known_by_what_was_asked_for(fresh()).await;
    edits::no_edit_is_lost(fresh()).await;
    check_rooms(fresh).await;
}

async fn check_rooms<S: Store>(fresh: impl Fn() -> world::World<S>) {
    namespaces::a_namespace_is_there_once_it_is_made(fresh()).await;
    namespaces::a_change_holds_for_what_comes(fresh()).await;
    namespaces::settings_out_of_range_change_nothing(fresh()).await;
    namespaces::a_deleted_namespace_is_gone_with_all_it_held(fresh()).await;
    namespaces::versions_go_on_when_a_namespace_is_made_anew(fresh()).await;
    scan::every_entry_is_listed_once(fresh()).await;
    scan::only_what_is_asked_for_is_listed(fresh()).await;
    scan::a_listed_entry_is_not_used(fresh()).await;
    scan::what_stays_is_listed_once_whatever_is_written(fresh()).await;
    scan::a_cursor_belongs_to_its_scan(fresh()).await;
}

async fn check_watches<S, M>(fresh: impl Fn() -> world::World<S>, make: &M)
where
    S: Store,
    M: Fn(Vec<NamespaceConfig>, Arc<ManualClock>) -> S,
{
    watches::every_change_is_told_in_its_order(fresh()).await;
    watches::an_invalidation_is_told_once_with_its_scope(fresh()).await;
    watches::a_watch_goes_on_where_it_ended(fresh()).await;
    watches::a_namespace_that_is_deleted_ends_its_watches(fresh()).await;
    watches::a_watch_does_not_go_on_in_a_later_namespace_of_that_name(fresh()).await;
    watches::a_watch_does_not_go_on_over_a_restart(make).await;
}
