//! Stretches: the search of a lazy DFA in a long text, which is stepped here so that the budget can stop it.
//!
//! Cost: a look-up a byte; the crate's own loop is three times as fast and does not stop.

use std::ops::Range;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::hybrid::{LazyStateID, regex};
use regex_automata::{Anchored, Input};

use super::super::account::charge;
use super::super::fault::Fault;

/// Bytes between two charges, and what a charge of them is.
const STRETCH: usize = 4096;
const UNITS: usize = 256;

/// The first match of `input`: `None` where the DFA gives up, `Some(None)` where nothing matches.
pub(super) fn find(
    dfa: &regex::Regex,
    cache: &mut regex::Cache,
    input: &Input<'_>,
) -> Result<Option<Option<Range<usize>>>, Fault> {
    let (forward, reverse) = cache.as_parts_mut();
    let end = match end(dfa.forward(), forward, input)? {
        Some(Some(end)) => end,
        Some(None) => return Ok(Some(None)),
        None => return Ok(None),
    };
    let back = input.clone().range(input.start()..end).anchored(Anchored::Yes);
    Ok(start(dfa.reverse(), reverse, &back)?.map(|start| start.map(|start| start..end)))
}

/// Where the match ends.
fn end(dfa: &DFA, cache: &mut Cache, input: &Input<'_>) -> Result<Option<Option<usize>>, Fault> {
    let Ok(mut state) = dfa.start_state_forward(cache, input) else { return Ok(None) };
    let mut last = None;
    let mut at = input.start();
    for stretch in input.haystack()[input.get_range()].chunks(STRETCH) {
        charge(UNITS)?;
        for &byte in stretch {
            let Ok(next) = dfa.next_state(cache, state, byte) else { return Ok(None) };
            match ended(next) {
                Ended::No => {}
                Ended::Matches => last = Some(at),
                Ended::Dead => return Ok(Some(last)),
                Ended::GivesUp => return Ok(None),
            }
            state = next;
            at += 1;
        }
    }
    let Ok(end) = dfa.next_eoi_state(cache, state) else { return Ok(None) };
    Ok(Some(if end.is_match() { Some(at) } else { last }))
}

/// Where the match begins whose end is that of `input`.
fn start(dfa: &DFA, cache: &mut Cache, input: &Input<'_>) -> Result<Option<Option<usize>>, Fault> {
    let Ok(mut state) = dfa.start_state_reverse(cache, input) else { return Ok(None) };
    let mut last = None;
    let mut at = input.end();
    for stretch in input.haystack()[input.get_range()].rchunks(STRETCH) {
        charge(UNITS)?;
        for &byte in stretch.iter().rev() {
            let Ok(next) = dfa.next_state(cache, state, byte) else { return Ok(None) };
            match ended(next) {
                Ended::No => {}
                Ended::Matches => last = Some(at),
                Ended::Dead => return Ok(Some(last)),
                Ended::GivesUp => return Ok(None),
            }
            state = next;
            at -= 1;
        }
    }
    // What stands before the text matters to a look back.
    let before = at.checked_sub(1).map(|before| input.haystack()[before]);
    let end = match before {
        Some(byte) => dfa.next_state(cache, state, byte),
        None => dfa.next_eoi_state(cache, state),
    };
    let Ok(end) = end else { return Ok(None) };
    Ok(Some(if end.is_match() { Some(at) } else { last }))
}

/// What a state says; a match is told one byte late.
enum Ended {
    No,
    Matches,
    Dead,
    GivesUp,
}

#[inline(always)]
fn ended(state: LazyStateID) -> Ended {
    match state {
        state if !state.is_tagged() => Ended::No,
        state if state.is_match() => Ended::Matches,
        state if state.is_dead() => Ended::Dead,
        state if state.is_quit() => Ended::GivesUp,
        _ => Ended::No,
    }
}
