//! Histories by hand, and a map with a race in it.

use std::sync::{Barrier, Mutex};

use super::*;

fn call(began: u64, ended: u64, asked: Asked, answered: Answered) -> Call {
    Call { key: 0, began, ended, asked, answered }
}

fn check_all(history: &[Call], expected: bool) {
    assert_eq!(check(history).is_ok(), expected, "{history:#?}");
}

const SET_1: Asked = Asked::Set(1, Condition::Always);
const SET_2: Asked = Asked::Set(2, Condition::Always);

#[test]
fn calls_one_after_the_other() {
    check_all(&[], true);
    let history = [
        call(0, 1, Asked::Get, Answered::Missing),
        call(2, 3, SET_1, Answered::Stored(10)),
        call(4, 5, Asked::Get, Answered::Found(1, 10)),
        call(6, 7, Asked::Increment(4), Answered::Counted(5, 11)),
        call(8, 9, Asked::Set(7, Condition::IfVersion(10)), Answered::Conflict(Some(11))),
        call(10, 11, Asked::Set(7, Condition::IfVersion(11)), Answered::Stored(12)),
        call(12, 13, Asked::Set(8, Condition::IfAbsent), Answered::Conflict(Some(12))),
        call(14, 15, Asked::Delete(Condition::IfVersion(11)), Answered::Conflict(Some(12))),
        call(16, 17, Asked::Delete(Condition::Always), Answered::Deleted(12)),
        call(18, 19, Asked::Delete(Condition::Always), Answered::Missing),
        call(20, 21, Asked::Set(8, Condition::IfAbsent), Answered::Stored(13)),
    ];
    check_all(&history, true);
    for left_out in [1, 3, 5, 8] {
        let mut history = history.to_vec();
        history.remove(left_out);
        check_all(&history, false);
    }
}

#[test]
fn a_read_beside_a_write_sees_either() {
    for seen in [Answered::Missing, Answered::Found(1, 10)] {
        check_all(&[call(0, 3, SET_1, Answered::Stored(10)), call(1, 2, Asked::Get, seen)], true);
    }
    check_all(
        &[
            call(0, 9, SET_1, Answered::Stored(10)),
            call(1, 2, Asked::Get, Answered::Found(1, 10)),
            call(3, 4, Asked::Get, Answered::Missing),
        ],
        false,
    );
}

#[test]
fn a_stale_read_is_found() {
    let history = [
        call(0, 1, SET_1, Answered::Stored(10)),
        call(2, 3, SET_2, Answered::Stored(11)),
        call(4, 5, Asked::Get, Answered::Found(1, 10)),
    ];
    let violation = check(&history).unwrap_err();
    assert_eq!((violation.stuck_at, violation.in_order), (history[2], 2));
}

#[test]
fn a_version_that_comes_twice_or_goes_back_is_found() {
    let set = |began, version| call(began, began + 1, SET_1, Answered::Stored(version));
    check_all(&[set(0, 10), set(2, 10)], false);
    check_all(&[set(0, 10), set(2, 9)], false);
    let deleted = call(2, 3, Asked::Delete(Condition::Always), Answered::Deleted(10));
    check_all(&[set(0, 10), deleted, set(4, 10)], false);
}

#[test]
fn keys_are_judged_apart_and_the_depth_is_told() {
    let other = |one: Call| Call { key: 1, ..one };
    let history = [
        call(0, 5, SET_1, Answered::Stored(10)),
        call(1, 4, SET_2, Answered::Stored(9)),
        other(call(2, 3, Asked::Get, Answered::Missing)),
    ];
    assert_eq!(check(&history), Ok(Judged { calls: 3, keys: 2, most_at_once: 2 }));
}

#[test]
fn many_calls_at_once_are_no_puzzle() {
    let reads =
        |first: u64, seen| (0..300).map(move |n| call(first + n, 10_000 + first + n, Asked::Get, seen));
    let mut history: Vec<Call> = reads(1_000, Answered::Found(1, 10)).collect();
    history.push(call(0, 20_000, SET_1, Answered::Stored(10)));
    history.push(call(1, 20_001, SET_2, Answered::Stored(11)));
    history.extend(reads(2_000, Answered::Found(2, 11)));
    check_all(&history, true);
    history.push(call(30_000, 30_001, Asked::Get, Answered::Found(1, 10)));
    check_all(&history, false);
}

/// A counter whose addition looks and writes under two locks.
struct Racy {
    held: Mutex<(i64, u64)>,
    moments: Moments,
}

impl Racy {
    fn increment(&self, between: impl FnOnce()) -> Call {
        let began = self.moments.next();
        let seen = *self.held.lock().unwrap();
        between();
        let mut held = self.held.lock().unwrap();
        *held = (seen.0 + 1, held.1 + 1);
        let answered = Answered::Counted(held.0, held.1);
        drop(held);
        call(began, self.moments.next(), Asked::Increment(1), answered)
    }
}

#[test]
fn a_map_with_a_race_is_rejected() {
    let racy = Racy { held: Mutex::new((0, 0)), moments: Moments::default() };
    let both_have_looked = Barrier::new(2);
    let mut history: Vec<Call> = (0..20).map(|_| racy.increment(|| ())).collect();
    check_all(&history, true);
    let wait = || {
        both_have_looked.wait();
    };
    std::thread::scope(|scope| {
        let racing = [(); 2].map(|()| scope.spawn(|| racy.increment(wait)));
        history.extend(racing.map(|thread| thread.join().unwrap()));
    });
    history.push(racy.increment(|| ()));
    check_all(&history, false);
}
