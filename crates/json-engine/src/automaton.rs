//! Automaton: a regular expression that is stepped here, byte by byte, so that no pattern and no text, however they fit
//! together, outlive the budget.
//!
//! It says whether a text matches, for JSONPath and schemas. jq has an engine of its own, since it asks where the groups of each
//! match stand and words its errors as Oniguruma does.
//!
//! Cost: a byte is one step in a table, and where the table lacks the step, the size of the pattern. Tables are kept with
//! the pattern and bounded.

use std::sync::Arc;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::util::start;

use crate::budget::Meter;
use crate::error::Error;

/// Bound on the table of a pattern, in bytes; a full one is begun anew.
const MAX_TABLE_BYTES: usize = 1 << 20;
/// Largest table that is kept for the next text, in bytes: what a hostile text filled is given back. Tables of plain patterns
/// are much smaller.
pub(crate) const KEPT_TABLE_BYTES: usize = 128 << 10;
/// Bytes between two charges.
const STRETCH: usize = 64;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Automaton {
    dfa: Arc<DFA>,
    tables: Arc<Pool<Cache, MakeTable>>,
    /// Units of work of a byte whose step is not in the table.
    weight: u64,
}

type MakeTable = Box<dyn Fn() -> Cache + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;

impl Automaton {
    /// Compiles a pattern in the syntax of the crate `regex`; `None` where it is none, where it would take more than
    /// `max_bytes`, and where an automaton cannot say what it says, as of words that are not ASCII.
    pub(crate) fn compile(pattern: &str, max_bytes: usize) -> Option<Automaton> {
        let dfa = DFA::builder()
            .configure(DFA::config().cache_capacity(MAX_TABLE_BYTES).skip_cache_capacity_check(true))
            .thompson(thompson::Config::new().nfa_size_limit(Some(max_bytes)))
            .build(pattern)
            .ok()?;
        let weight = dfa.get_nfa().states().len() as u64 / 32 + 1;
        let dfa = Arc::new(dfa);
        let maker = Arc::clone(&dfa);
        let tables = Arc::new(Pool::new(Box::new(move || maker.create_cache()) as MakeTable));
        Some(Automaton { dfa, tables, weight })
    }

    /// Memory that it takes without its tables, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.dfa.get_nfa().memory_usage()
    }

    /// Whether a part of `text` matches.
    pub(crate) fn matches(&self, text: &str, meter: &Meter<'_>) -> Result<bool, Error> {
        let mut table = self.tables.get();
        let outcome = self.step(text, &mut table, meter);
        if table.memory_usage() > KEPT_TABLE_BYTES {
            *table = self.dfa.create_cache();
        }
        outcome
    }

    fn step(&self, text: &str, table: &mut Cache, meter: &Meter<'_>) -> Result<bool, Error> {
        // An automaton that gives up on a text says that nothing matches; none that compiles does.
        let Ok(mut state) = self.dfa.start_state(table, &start::Config::new()) else {
            return Ok(false);
        };
        for stretch in text.as_bytes().chunks(STRETCH) {
            meter.charge(self.weight * stretch.len() as u64)?;
            for &byte in stretch {
                let Ok(next) = self.dfa.next_state(table, state, byte) else {
                    return Ok(false);
                };
                if next.is_tagged() && (next.is_match() || next.is_dead() || next.is_quit()) {
                    return Ok(next.is_match());
                }
                state = next;
            }
        }
        Ok(self.dfa.next_eoi_state(table, state).is_ok_and(|end| end.is_match()))
    }
}
