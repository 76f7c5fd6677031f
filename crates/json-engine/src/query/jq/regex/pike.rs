//! Pike: a search that follows all ways through a pattern at once, byte by byte, and so knows where the groups stand.
//!
//! It works as Thompson's and Pike's machine (Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009).
//! Promise: each byte is charged what it takes, so that no pattern and no text, however they fit together, outlive the
//! budget; the ways that are open are held, not those that may be. Cost: some nanoseconds a byte and open way.

use std::ops::Range;

use regex_automata::Anchored;
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::StateID;

use super::super::account::{Held, charge};
use super::super::fault::Fault;
use super::engine::Spans;

/// A slot of a group that has not been passed.
const NOWHERE: usize = usize::MAX;
/// Looks at states that cost one unit of work.
const LOOKS: usize = 8;

/// The room of a search, kept with the pattern.
#[derive(Default)]
pub(super) struct Room {
    present: Ways,
    next: Ways,
    open: Vec<Step>,
    slots: Vec<usize>,
}

/// Ways that are open at one place of the text, the preferred first: a state and the slots of its groups each.
#[derive(Default)]
struct Ways {
    /// Where a state stands in `order`, if it does.
    seen: Vec<u32>,
    order: Vec<StateID>,
    states: Vec<StateID>,
    slots: Vec<usize>,
}

enum Step {
    Explore(StateID),
    /// A group is left on the way back: the slot, and what stood there.
    Restore(usize, usize),
}

impl Ways {
    fn clear(&mut self) {
        self.order.clear();
        self.states.clear();
        self.slots.clear();
    }

    /// Whether the state is new here. A place in `seen` counts only where `order` agrees, so that nothing is to be cleared.
    fn enter(&mut self, state: StateID) -> bool {
        let place = self.seen[state.as_usize()] as usize;
        if self.order.get(place) == Some(&state) {
            return false;
        }
        self.seen[state.as_usize()] = self.order.len() as u32;
        self.order.push(state);
        true
    }

    fn bytes(&self) -> usize {
        self.seen.len() * size_of::<u32>()
            + (self.order.capacity() + self.states.capacity()) * size_of::<StateID>()
            + self.slots.capacity() * size_of::<usize>()
    }
}

impl Room {
    fn prepare(&mut self, states: usize) {
        for ways in [&mut self.present, &mut self.next] {
            ways.clear();
            ways.seen.resize(states, 0);
        }
        self.open.clear();
    }

    /// Memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.present.bytes() + self.next.bytes() + self.open.capacity() * size_of::<Step>()
    }
}

/// A search of one text.
pub(super) struct Search<'s> {
    pub(super) nfa: &'s NFA,
    pub(super) room: &'s mut Room,
    pub(super) text: &'s [u8],
    /// How many slots are wanted, two a group: those of the first groups.
    pub(super) width: usize,
}

impl Search<'_> {
    /// The first match in `range`, the preferred of those that begin there.
    pub(super) fn find(&mut self, range: Range<usize>, anchored: Anchored) -> Result<Option<Spans>, Fault> {
        let mut held = Held::nothing();
        let mut best = None;
        self.room.prepare(self.nfa.states().len());
        for at in range.start..=range.end {
            let may_begin = best.is_none() && (!anchored.is_anchored() || at == range.start);
            if may_begin {
                self.room.slots.clear();
                self.room.slots.resize(self.width, NOWHERE);
                self.follow(self.nfa.start_anchored(), at)?;
            } else if self.room.present.states.is_empty() {
                break;
            }
            let byte = (at < range.end).then(|| self.text[at]);
            best = self.step(byte, at)?.or(best);
            held.grow_to(self.room.bytes())?;
        }
        Ok(best.map(|slots| slots.chunks_exact(2).map(span).collect()))
    }

    /// Goes over `byte`, which is at `at`; gives the slots where a way has come to its end.
    fn step(&mut self, byte: Option<u8>, at: usize) -> Result<Option<Vec<usize>>, Fault> {
        let ways = std::mem::take(&mut self.room.present);
        self.room.present = std::mem::take(&mut self.room.next);
        self.room.present.clear();
        let ended = self.step_each(&ways, byte, at);
        self.room.next = ways;
        ended
    }

    /// A way at its end cuts off those that are preferred less.
    fn step_each(&mut self, ways: &Ways, byte: Option<u8>, at: usize) -> Result<Option<Vec<usize>>, Fault> {
        charge(1 + ways.states.len() / LOOKS)?;
        for (way, state) in ways.states.iter().enumerate() {
            let slots = &ways.slots[way * self.width..(way + 1) * self.width];
            if matches!(self.nfa.state(*state), State::Match { .. }) {
                return Ok(Some(slots.to_vec()));
            }
            if let Some(next) = byte.and_then(|byte| after(self.nfa.state(*state), byte)) {
                self.room.slots.clear();
                self.room.slots.extend_from_slice(slots);
                self.follow(next, at + 1)?;
            }
        }
        Ok(None)
    }

    /// Opens the ways that lead on from `state` without a byte, at `at`.
    fn follow(&mut self, state: StateID, at: usize) -> Result<(), Fault> {
        let Room { present: ways, open, slots, .. } = &mut *self.room;
        let mut looks = 0;
        open.push(Step::Explore(state));
        while let Some(step) = open.pop() {
            let mut state = match step {
                Step::Explore(state) => state,
                Step::Restore(slot, before) => {
                    slots[slot] = before;
                    continue;
                }
            };
            while ways.enter(state) {
                looks += 1;
                state = match self.nfa.state(state) {
                    State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) | State::Match { .. } => {
                        ways.states.push(state);
                        ways.slots.extend_from_slice(slots);
                        looks += slots.len() / LOOKS;
                        break;
                    }
                    State::Fail => break,
                    State::Look { look, next } => {
                        if !self.nfa.look_matcher().matches(*look, self.text, at) {
                            break;
                        }
                        *next
                    }
                    State::Union { alternates } => {
                        looks += alternates.len();
                        let Some((first, others)) = alternates.split_first() else { break };
                        open.extend(others.iter().rev().map(|other| Step::Explore(*other)));
                        *first
                    }
                    State::BinaryUnion { alt1, alt2 } => {
                        open.push(Step::Explore(*alt2));
                        *alt1
                    }
                    State::Capture { next, slot, .. } => {
                        if let Some(place) = slots.get_mut(slot.as_usize()) {
                            open.push(Step::Restore(slot.as_usize(), std::mem::replace(place, at)));
                        }
                        *next
                    }
                };
            }
        }
        charge(looks / LOOKS)
    }
}

/// Where a state leads over a byte.
fn after(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(sparse) => sparse.matches_byte(byte),
        State::Dense(dense) => dense.matches_byte(byte),
        State::Look { .. }
        | State::Union { .. }
        | State::BinaryUnion { .. }
        | State::Capture { .. }
        | State::Fail
        | State::Match { .. } => None,
    }
}

fn span(slots: &[usize]) -> Option<Range<usize>> {
    let (start, end) = (slots[0], slots[1]);
    (start != NOWHERE && end != NOWHERE).then_some(start..end)
}
