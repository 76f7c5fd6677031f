//! The keyword `pattern`, on an automaton that the budget can stop; the library's own match cannot be stopped.
//!
//! Promise: a pattern means what ECMA 262 says, as far as the library's translation goes. Cost: a step a byte. Look-around,
//! back-references and words beyond ASCII need an engine that goes back, which is only let at texts that it ends with soon.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError};
use serde_json::{Map, Value};

use super::effort::states;
use super::node::{Own, Place};
use super::run::Run;
use super::{BACKTRACK_STEPS, Options, PATTERN_BYTES};
use crate::automaton::Automaton;
use crate::document::Document;
use crate::pointer::cut;

/// Most bytes times states that an engine is let at which cannot be stopped.
pub(super) const UNSTOPPABLE: u64 = 1 << 24;

/// The patterns of a schema by their text, each of which is compiled once. Cloning costs one reference count.
#[derive(Clone, Default)]
pub(super) struct Patterns(Arc<Mutex<HashMap<String, Arc<Pattern>>>>);

/// A pattern, and how it is matched.
#[derive(Debug)]
pub(super) struct Pattern {
    shown: String,
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Steps(Automaton),
    /// Goes back; how many states it has.
    Backtracks(Box<fancy_regex::Regex>, u64),
}

/// What came of a match.
enum Outcome {
    Matches,
    Differs,
    Stopped,
}

/// The options with this keyword in place of the library's; what it compiles is added to `patterns`.
pub(super) fn add(options: Options, patterns: Patterns) -> Options {
    options.with_keyword("pattern", move |_: &Map<String, Value>, value, _: Location| {
        let text = value.as_str().unwrap_or_default();
        match patterns.find(text) {
            Some(pattern) => Ok(Box::new(pattern) as Box<dyn for<'i> Keyword<'i, Own>>),
            None => {
                Err(ValidationError::custom(format!("{:?} is no pattern, or too large a one", cut(text))))
            }
        }
    })
}

impl Patterns {
    /// The pattern of this text; `None` where it is none, or too large a one.
    pub(super) fn find(&self, text: &str) -> Option<Arc<Pattern>> {
        // Whoever panicked left whole patterns.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = known.get(text) {
            return Some(Arc::clone(pattern));
        }
        let pattern = Arc::new(Pattern { shown: cut(text), engine: compile(text)? });
        known.insert(text.to_owned(), Arc::clone(&pattern));
        Some(pattern)
    }
}

fn compile(pattern: &str) -> Option<Engine> {
    let translated = jsonschema_regex::to_rust_regex(pattern).ok()?;
    if let Some(automaton) = Automaton::compile(&translated, PATTERN_BYTES) {
        return Some(Engine::Steps(automaton));
    }
    let regex = fancy_regex::RegexBuilder::new(&translated)
        .backtrack_limit(BACKTRACK_STEPS)
        .delegate_size_limit(PATTERN_BYTES)
        .delegate_dfa_size_limit(PATTERN_BYTES)
        .build();
    regex.ok().map(|regex| Engine::Backtracks(Box::new(regex), states(pattern)))
}

impl Pattern {
    /// Whether a text certainly matches.
    pub(super) fn matches(&self, text: &str, run: &Run<'_>) -> bool {
        matches!(self.on_text(text, Some(run)), Outcome::Matches)
    }

    fn on(&self, place: &Place<'_>) -> Outcome {
        let (document, run) = place.look();
        match document {
            Document::Str(text) => self.on_text(text, run),
            Document::Surrogates(literal) => self.on_text(&super::node::replaced(literal), run),
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Arr(_)
            | Document::Obj(_) => Outcome::Matches,
        }
    }

    fn on_text(&self, text: &str, run: Option<&Run<'_>>) -> Outcome {
        let matches = match (&self.engine, run) {
            (Engine::Steps(automaton), Some(run)) => run.expect(automaton.matches(text, run.meter())),
            // A name that the library makes up is short.
            (Engine::Steps(_), None) => return Outcome::Stopped,
            (Engine::Backtracks(regex, states), run) => {
                if states.saturating_mul(text.len() as u64) > UNSTOPPABLE {
                    return Outcome::Stopped;
                }
                run.inspect(|run| run.charge(states.saturating_mul(text.len() as u64) / 64));
                // It is known to panic on some patterns.
                match catch_unwind(AssertUnwindSafe(|| regex.is_match(text))) {
                    Ok(Ok(matches)) => matches,
                    Ok(Err(_)) | Err(_) => return Outcome::Stopped,
                }
            }
        };
        if matches { Outcome::Matches } else { Outcome::Differs }
    }
}

impl<'i> Keyword<'i, Own> for Arc<Pattern> {
    fn validate(&self, instance: Place<'i>) -> Result<(), ValidationError<'i>> {
        let message = match self.on(&instance) {
            Outcome::Matches => return Ok(()),
            Outcome::Differs => format!("the string does not match {:?}", self.shown),
            Outcome::Stopped => "the pattern could not be tried within its limits".to_owned(),
        };
        Err(ValidationError::custom(message))
    }

    fn is_valid(&self, instance: Place<'i>) -> bool {
        matches!(self.on(&instance), Outcome::Matches)
    }
}
