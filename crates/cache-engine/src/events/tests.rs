//! The log alone.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Wake, Waker},
};

use super::{pump::WOKEN_BY_A_WRITE, *};
use crate::{Tags, epochs::Epochs};

fn publisher(limits: EventLimits) -> Publisher {
    Publisher::new(limits, Arc::new(Epochs::new()), Arc::default(), 0)
}

fn tell(publisher: &Publisher, number: u64) {
    publisher.log().invalidated(&Scope::All, Version::new(number).unwrap());
}

fn watch(publisher: &Publisher, resume: Option<u64>) -> Subscription {
    publisher.log().subscribe(EventFilter::All, resume, || {}).unwrap()
}

/// The versions of what is told now, or what is lost.
fn told(watcher: &mut Subscription) -> Result<Vec<u64>, Discontinuity> {
    let Some(batch) = watcher.try_next() else { return Ok(vec![]) };
    assert_eq!(batch.sequence, watcher.sequence());
    batch.lost.map_or_else(|| Ok(batch.events.iter().map(|event| event.version.get()).collect()), Err)
}

#[test]
fn nothing_is_held_before_somebody_watches() {
    let publisher = publisher(EventLimits::default());
    tell(&publisher, 1);
    let mut watcher = watch(&publisher, None);
    tell(&publisher, 2);
    assert_eq!(told(&mut watcher), Ok(vec![2]));
    assert_eq!(told(&mut watcher), Ok(vec![]));
}

#[test]
fn a_watcher_that_is_too_far_behind_is_told_so() {
    let publisher = publisher(EventLimits { events: 3, bytes: usize::MAX });
    let mut watcher = watch(&publisher, None);
    let first = watcher.sequence() + 1;
    (1..=3).for_each(|number| tell(&publisher, number));
    assert_eq!(told(&mut watcher), Ok(vec![1, 2, 3]));
    (4..=7).for_each(|number| tell(&publisher, number));
    assert_eq!(told(&mut watcher), Err(Discontinuity { from: first + 3, to: first + 7 }));
    tell(&publisher, 8);
    assert_eq!(told(&mut watcher), Ok(vec![8]));
}

#[test]
fn the_log_is_bounded_in_bytes() {
    let publisher = publisher(EventLimits { events: usize::MAX, bytes: 10 * EVENT_BYTES });
    let _watcher = watch(&publisher, None);
    (1..=1_000).for_each(|number| tell(&publisher, number));
    assert_eq!(publisher.log().state.lock().ring.held(), (10, 10 * EVENT_BYTES));
}

#[test]
fn a_watcher_resumes_while_the_log_reaches_back() {
    let publisher = publisher(EventLimits { events: 3, bytes: usize::MAX });
    let watcher = watch(&publisher, None);
    let last = watcher.sequence();
    drop(watcher);
    (1..=3).for_each(|number| tell(&publisher, number));
    assert_eq!(told(&mut watch(&publisher, Some(last))), Ok(vec![1, 2, 3]));
    assert_eq!(told(&mut watch(&publisher, Some(last + 1))), Ok(vec![2, 3]));
    assert_eq!(told(&mut watch(&publisher, Some(last + 3))), Ok(vec![]));
    tell(&publisher, 4);
    assert!(told(&mut watch(&publisher, Some(last))).is_err());
    for foreign in [0, last + 5, u64::MAX] {
        assert!(told(&mut watch(&publisher, Some(foreign))).is_err(), "{foreign}");
    }
}

#[test]
fn a_log_that_nobody_watches_any_longer_is_given_up_and_does_not_pretend() {
    let publisher = publisher(EventLimits { events: 3, bytes: usize::MAX });
    let watcher = watch(&publisher, None);
    tell(&publisher, 1);
    drop(watcher);
    (2..=4).for_each(|number| tell(&publisher, number));
    assert!(publisher.log().is_recording(), "the moment at which it went is still held");
    tell(&publisher, 5);
    assert!(!publisher.log().is_recording());
    assert_eq!(publisher.log().state.lock().ring.held(), (0, 0));
    let left_out = publisher.log().state.lock().ring.next() - 1;
    tell(&publisher, 6);
    for seen in [left_out - 1, left_out - 2] {
        assert!(told(&mut watch(&publisher, Some(seen))).is_err(), "{seen}");
    }
}

#[test]
fn a_filter_passes_what_may_concern_it() {
    let entry = |key: &str, now: &[&str], before: &[&str]| Event {
        sequence: 1,
        kind: EventKind::Set,
        subject: Subject::Entry {
            key: Key::new(key).unwrap(),
            tags: Some(Arc::new(EventTags { now: list(now), before: list(before) })),
        },
        version: Version::new(1).unwrap(),
    };
    let scope = |scope| Event { subject: Subject::Scope(scope), ..entry("k", &[], &[]) };
    let tags = |names: &[&str]| Tags::new(names).unwrap();
    let keys = EventFilter::Keys(HashSet::from([Key::new("user:1").unwrap()]));
    let (prefix, tagged) = (EventFilter::Prefix("user:".into()), EventFilter::Tags(tags(&["red", "blue"])));
    let check = |event: &Event, expected: [bool; 4]| {
        let passes = [&EventFilter::All, &keys, &prefix, &tagged].map(|filter| filter.passes(event));
        assert_eq!(passes, expected, "{event:?}");
    };
    check(&entry("user:1", &[], &[]), [true, true, true, false]);
    check(&entry("user:2", &["green"], &[]), [true, false, true, false]);
    check(&entry("page:1", &["blue"], &[]), [true, false, false, true]);
    check(&entry("page:1", &["green"], &["red"]), [true, false, false, true]);
    check(&scope(Scope::All), [true; 4]);
    check(&scope(Scope::Tags(tags(&["red"]))), [true; 4]);
    check(&scope(Scope::Tags(tags(&["green"]))), [true; 4]);
}

fn list(names: &[&str]) -> Box<[Tag]> {
    names.iter().map(|name| Tag::new(name).unwrap()).collect()
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Watchers that wait, and the count of those woken.
fn waiting(publisher: &Publisher, number: usize) -> (Vec<Subscription>, Arc<Count>) {
    let count = Arc::new(Count::default());
    let waker = Waker::from(Arc::clone(&count));
    let mut watchers: Vec<_> = (0..number).map(|_| watch(publisher, None)).collect();
    for watcher in &mut watchers {
        assert_eq!(watcher.poll_next(&mut Context::from_waker(&waker)), Poll::Pending);
        assert_eq!(watcher.poll_next(&mut Context::from_waker(&waker)), Poll::Pending, "twice is once");
    }
    (watchers, count)
}

#[test]
fn without_a_pump_a_write_wakes_all() {
    let publisher = publisher(EventLimits::default());
    let (mut watchers, count) = waiting(&publisher, 100);
    tell(&publisher, 1);
    tell(&publisher, 2);
    assert_eq!(count.0.load(Ordering::SeqCst), 100);
    assert!(watchers.iter_mut().all(|watcher| told(watcher) == Ok(vec![1, 2])));
}

#[test]
fn with_a_pump_many_are_woken_in_batches() {
    let pump = Arc::new(Pump::default());
    let publisher = Publisher::new(EventLimits::default(), Arc::new(Epochs::new()), Arc::clone(&pump), 0);
    let mut due = Box::pin(pump.due());
    let mut idle = Context::from_waker(Waker::noop());
    assert!(due.as_mut().poll(&mut idle).is_pending());
    let (_watchers, count) = waiting(&publisher, WOKEN_BY_A_WRITE + 12);
    tell(&publisher, 1);
    assert_eq!(count.0.load(Ordering::SeqCst), 0);
    assert!(due.as_mut().poll(&mut idle).is_ready());
    let late = Arc::new(Count::default());
    let mut latest = watch(&publisher, None);
    let waker = Waker::from(Arc::clone(&late));
    assert!(latest.poll_next(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!([10, 10, 10].map(|limit| publisher.log().wake(limit)), [10, 10, 0]);
    assert_eq!(count.0.load(Ordering::SeqCst), 20);
    assert_eq!(late.0.load(Ordering::SeqCst), 0, "for it there is nothing yet");
}

#[test]
fn a_namespace_that_goes_ends_its_watches() {
    let publisher = publisher(EventLimits::default());
    let (mut watchers, count) = waiting(&publisher, 2);
    drop(publisher);
    assert_eq!(count.0.load(Ordering::SeqCst), 2);
    let ended = watchers[0].poll_next(&mut Context::from_waker(Waker::noop()));
    assert_eq!(ended, Poll::Ready(None));
}

#[test]
fn watchers_of_a_group_are_woken_together() {
    let publisher = publisher(EventLimits::default());
    let order = Arc::new(parking_lot::Mutex::new(Vec::new()));
    struct Note(usize, Arc<parking_lot::Mutex<Vec<usize>>>);
    impl Wake for Note {
        fn wake(self: Arc<Self>) {
            self.1.lock().push(self.0);
        }
    }
    let mut watchers: Vec<_> =
        [7, 5, 7, 0, 5].map(|group| watch(&publisher, None).in_group(group)).into_iter().collect();
    let wait = |watchers: &mut Vec<Subscription>| {
        for (number, watcher) in watchers.iter_mut().enumerate() {
            let waker = Waker::from(Arc::new(Note(number, Arc::clone(&order))));
            while watcher.poll_next(&mut Context::from_waker(&waker)).is_ready() {}
        }
    };
    for _ in 0..2 {
        wait(&mut watchers);
        tell(&publisher, 1);
        let woken = std::mem::take(&mut *order.lock());
        let at = |number| woken.iter().position(|woken| *woken == number).unwrap();
        assert_eq!(woken.len(), 5);
        assert_eq!(
            (at(2), at(4)),
            (at(0) + 1, at(1) + 1),
            "{woken:?}: next to each other, and as they waited"
        );
    }
}
