//! The search for an order.
//!
//! The idea: beginnings and ends of calls lie in a list by their time. Of the calls that begin before the first end, one must
//! be next: try one that fits, take it out of the list, go on; where none fits, put the last one back and try the next. A
//! set of calls that led to the same state before is not tried twice. A call that changes nothing never has to be put back:
//! where it fits, it may as well be next.
//!
//! Promise: finds an order if there is one. Cost: exponential in the calls that overlap at the worst, so few callers meet on a key.

use std::collections::HashSet;

use super::model::State;
use super::{Call, Violation};

/// No place.
const NONE: usize = usize::MAX;

/// Finds an order of `calls` of one key, which are sorted by their beginning.
pub(super) fn search(calls: &[Call]) -> Result<(), Box<Violation>> {
    let mut events = Events::of(calls);
    let mut taken = Taken::none_of(calls.len());
    let mut seen = HashSet::new();
    let (mut state, mut stack) = (State::default(), Vec::new());
    let (mut at, mut best) = (events.first(), (0, 0));
    while let Some(event) = at {
        let call = events.call(event);
        if events.is_end(event) {
            if stack.len() >= best.0 {
                best = (stack.len(), call);
            }
            let Some((back, before)) = put_back(&mut events, &mut taken, &mut stack, state) else {
                return Err(Box::new(violation(calls, best)));
            };
            state = before;
            at = events.after(back);
            continue;
        }
        let next = state.step(calls[call].asked, calls[call].answered);
        let fits = next.filter(|next| seen.insert((taken.with(call), *next)));
        let Some(next) = fits else {
            at = events.after(event);
            continue;
        };
        stack.push((event, state));
        taken.put(call);
        events.take_out(event);
        state = next;
        at = events.first();
    }
    Ok(())
}

/// Takes back the last call that changed something, and those behind it; gives its event and the state before it.
fn put_back(
    events: &mut Events,
    taken: &mut Taken,
    stack: &mut Vec<(usize, State)>,
    mut after: State,
) -> Option<(usize, State)> {
    loop {
        let (event, before) = stack.pop()?;
        events.put_in(event);
        taken.take(events.call(event));
        if before != after {
            return Some((event, before));
        }
        after = before;
    }
}

fn violation(calls: &[Call], (in_order, stuck): (usize, usize)) -> Violation {
    let stuck_at = calls[stuck];
    let beside = calls.iter().filter(|call| call.began < stuck_at.ended && stuck_at.began < call.ended);
    Violation { stuck_at, in_order, beside: beside.copied().collect() }
}

/// Beginnings and ends by their time, in a list whose elements can be taken out and put back in reverse order.
struct Events {
    /// The call of an event; those from `ends` on are ends, by the number of the call.
    calls: usize,
    next: Vec<usize>,
    previous: Vec<usize>,
    head: usize,
}

impl Events {
    /// The beginning of call `n` is event `n`, its end event `calls + n`.
    fn of(calls: &[Call]) -> Self {
        let count = calls.len();
        let begins = calls.iter().enumerate().map(|(call, seen)| (seen.began, call));
        let ends = calls.iter().enumerate().map(|(call, seen)| (seen.ended, count + call));
        let mut order: Vec<(u64, usize)> = begins.chain(ends).collect();
        order.sort_unstable();
        let (mut next, mut previous) = (vec![NONE; 2 * count], vec![NONE; 2 * count]);
        for pair in order.windows(2) {
            next[pair[0].1] = pair[1].1;
            previous[pair[1].1] = pair[0].1;
        }
        Self { calls: count, next, previous, head: order.first().map_or(NONE, |(_, event)| *event) }
    }

    fn first(&self) -> Option<usize> {
        (self.head != NONE).then_some(self.head)
    }

    fn after(&self, event: usize) -> Option<usize> {
        let next = self.next[event];
        (next != NONE).then_some(next)
    }

    fn is_end(&self, event: usize) -> bool {
        event >= self.calls
    }

    fn call(&self, event: usize) -> usize {
        event % self.calls
    }

    /// Takes out a beginning and its end.
    fn take_out(&mut self, begin: usize) {
        for event in [begin, begin + self.calls] {
            let (previous, next) = (self.previous[event], self.next[event]);
            self.link(previous, next);
        }
    }

    /// Puts back what was taken out last.
    fn put_in(&mut self, begin: usize) {
        for event in [begin + self.calls, begin] {
            let (previous, next) = (self.previous[event], self.next[event]);
            self.link(previous, event);
            self.link(event, next);
        }
    }

    fn link(&mut self, previous: usize, next: usize) {
        match previous {
            NONE => self.head = next,
            event => self.next[event] = next,
        }
        if next != NONE {
            self.previous[next] = previous;
        }
    }
}

/// A set of calls. Those that began first are nearly all in it, so its full words are counted and not kept in the memo.
struct Taken {
    words: Vec<u64>,
    full: usize,
}

impl Taken {
    fn none_of(calls: usize) -> Self {
        Self { words: vec![0; calls / 64 + 1], full: 0 }
    }

    fn put(&mut self, call: usize) {
        self.words[call / 64] |= 1 << (call % 64);
        while self.words.get(self.full) == Some(&u64::MAX) {
            self.full += 1;
        }
    }

    fn take(&mut self, call: usize) {
        self.words[call / 64] &= !(1 << (call % 64));
        self.full = self.full.min(call / 64);
    }

    /// The set with one more, as the memo keeps it.
    fn with(&mut self, call: usize) -> (usize, Box<[u64]>) {
        self.put(call);
        let rest = &self.words[self.full..];
        let used = rest.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        let kept = (self.full, rest[..used].into());
        self.take(call);
        kept
    }
}
