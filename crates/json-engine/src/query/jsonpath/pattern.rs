//! Patterns of `match` and `search`: I-Regexp (RFC 9485) on an automaton that is stepped here, byte by byte, so that no
//! pattern and no text, however they fit together, outlive the budget.
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

/// Bound on a compiled pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;
/// Bound on the table of a pattern, in bytes; a full one is begun anew.
const MAX_TABLE_BYTES: usize = 1 << 20;

/// How much of the text a pattern must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// All of it: the function `match`.
    Whole,
    /// Any part: the function `search`.
    Part,
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(super) struct Automaton {
    dfa: Arc<DFA>,
    tables: Arc<Pool<Cache, MakeTable>>,
    /// Units of work of a byte whose step is not in the table.
    weight: u64,
}

type MakeTable = Box<dyn Fn() -> Cache + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;

impl Automaton {
    /// Compiles as section 5.3 of RFC 9485 maps it; `None` where it is no pattern or too large, which matches nothing.
    pub(super) fn compile(pattern: &str, span: Span) -> Option<Automaton> {
        let translated = translate(pattern);
        let anchored = match span {
            Span::Whole => format!("\\A(?:{translated})\\z"),
            Span::Part => translated,
        };
        let dfa = DFA::builder()
            .configure(DFA::config().cache_capacity(MAX_TABLE_BYTES).skip_cache_capacity_check(true))
            .thompson(thompson::Config::new().nfa_size_limit(Some(MAX_PATTERN_BYTES)))
            .build(&anchored)
            .ok()?;
        let weight = dfa.get_nfa().states().len() as u64 / 32 + 1;
        let dfa = Arc::new(dfa);
        let maker = Arc::clone(&dfa);
        let tables = Arc::new(Pool::new(Box::new(move || maker.create_cache()) as MakeTable));
        Some(Automaton { dfa, tables, weight })
    }

    /// Whether it matches `text`.
    pub(super) fn matches(&self, text: &str, meter: &Meter<'_>) -> Result<bool, Error> {
        let mut table = self.tables.get();
        // An automaton that gives up on a text says that nothing matches; none of an I-Regexp's does.
        let Ok(mut state) = self.dfa.start_state(&mut table, &start::Config::new()) else {
            return Ok(false);
        };
        for &byte in text.as_bytes() {
            meter.charge(self.weight)?;
            let Ok(next) = self.dfa.next_state(&mut table, state, byte) else {
                return Ok(false);
            };
            if next.is_tagged() && (next.is_match() || next.is_dead() || next.is_quit()) {
                return Ok(next.is_match());
            }
            state = next;
        }
        Ok(self.dfa.next_eoi_state(&mut table, state).is_ok_and(|end| end.is_match()))
    }
}

/// `.` matches all but line ends; the rest of the grammar means the same.
fn translate(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len() + 8);
    let (mut escaped, mut in_class) = (false, false);
    for character in pattern.chars() {
        match character {
            '.' if !escaped && !in_class => {
                translated.push_str("[^\\n\\r]");
                continue;
            }
            '[' if !escaped => in_class = true,
            ']' if !escaped => in_class = false,
            _ => {}
        }
        escaped = character == '\\' && !escaped;
        translated.push(character);
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{Budget, Clock};
    use std::time::Duration;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Duration {
            Duration::ZERO
        }
    }

    fn check(pattern: &str, span: Span, text: &str, expected: bool) {
        let budget = Budget::new(Arc::new(Still), Duration::ZERO, 0);
        let meter = Meter::open(&budget).unwrap();
        let matches = Automaton::compile(pattern, span).is_some_and(|a| a.matches(text, &meter).unwrap());
        assert_eq!(matches, expected, "{pattern} {span:?} {text}");
    }

    #[test]
    fn whole_and_part() {
        check("b+", Span::Part, "abbc", true);
        check("b+", Span::Whole, "abbc", false);
        check("a|abbc", Span::Whole, "abbc", true);
        check("", Span::Whole, "", true);
        check("", Span::Part, "x", true);
        check("c", Span::Part, "abc", true);
        check("\\p{Lu}.[^é]", Span::Whole, "Äöü", true);
        check("a.b", Span::Whole, "a\nb", false);
        check("[.]", Span::Whole, "x", false);
        check("(", Span::Part, "(", false);
        check("(a{1000}){1000}", Span::Part, "a", false);
    }
}
