//! What runs a pattern: automata for what is regular, and a backtracking search with a limit for look-around,
//! back-references and atomic groups.
//!
//! Promise: a regular pattern costs the length of the text while its lazy DFA lasts, else at most [`WORK`]; a backtracking
//! one at most [`STEPS`] steps over a text of at most [`BACKTRACKED_BYTES`]. Cost: the caches stay with the pattern.

use std::cell::RefCell;
use std::ops::Range;

use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{Config, NFA};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, PatternID, hybrid};

use super::super::account::charge;
use super::super::fault::Fault;
use super::{Flags, pattern};

/// Largest automaton, in bytes.
const PATTERN_BYTES: usize = 1 << 20;
/// Room of each of the two lazy DFAs, in bytes; how often one is emptied before a search does without it.
const DFA_BYTES: usize = 256 << 10;
const DFA_CLEARS: usize = 2;
/// Texts that are not worth a lazy DFA, in states of the automaton times bytes.
const SMALL_WORK: usize = 16 << 10;
/// Most states times bytes of one search without the DFA; about a second.
const WORK: usize = 100_000_000;
/// Most steps of one backtracking search, and the longest text for one, in bytes.
const STEPS: usize = 40_000;
const BACKTRACKED_BYTES: usize = 16 << 10;

/// Where the groups of a match stand, the whole match first.
pub(super) type Spans = Vec<Option<Range<usize>>>;

/// A compiled pattern and its caches.
pub(super) enum Engine {
    Regular(Box<Regular>),
    Backtracking(Box<fancy_regex::Regex>),
}

pub(super) struct Regular {
    vm: PikeVM,
    dfa: Option<hybrid::regex::Regex>,
    caches: RefCell<Caches>,
}

struct Caches {
    vm: pikevm::Cache,
    captures: Captures,
    dfa: Option<hybrid::regex::Cache>,
}

impl Engine {
    /// Compiles a pattern of Oniguruma. Fails in its words.
    pub(super) fn compile(pattern: &str, flags: Flags) -> Result<Engine, Fault> {
        let syntax = syntax::Config::new()
            .case_insensitive(flags.ignore_case)
            .ignore_whitespace(flags.extended)
            .dot_matches_new_line(flags.dot_all);
        let translated = pattern::translated(pattern, flags.extended);
        if let Some(regular) = Regular::compile(&translated, syntax) {
            return Ok(Engine::Regular(Box::new(regular)));
        }
        let backtracking = pattern::is_irregular(&translated).then(|| backtracking(&translated, flags));
        match backtracking.flatten() {
            Some(regex) => Ok(Engine::Backtracking(Box::new(regex))),
            None => Err(Fault::raise(&format!("Regex failure: {}", pattern::fault(&translated, syntax)))),
        }
    }

    /// What it holds, in bytes, about; its caches are not counted.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Engine::Regular(regular) => regular.vm.get_nfa().memory_usage(),
            Engine::Backtracking(regex) => regex.as_str().len() * 64,
        }
    }

    /// The names of the groups, the whole match first.
    pub(super) fn names(&self) -> Vec<Option<&str>> {
        match self {
            Engine::Regular(regular) => {
                regular.vm.get_nfa().group_info().pattern_names(PatternID::ZERO).collect()
            }
            Engine::Backtracking(regex) => regex.capture_names().collect(),
        }
    }

    /// The first match that begins at `from` or later.
    pub(super) fn find(&self, text: &str, from: usize) -> Result<Option<Spans>, Fault> {
        match self {
            Engine::Regular(regular) => regular.find(text, from),
            Engine::Backtracking(regex) => backtrack(regex, text, from),
        }
    }
}

impl Regular {
    fn compile(pattern: &str, syntax: syntax::Config) -> Option<Regular> {
        // Empty matches stand within a character too, as jq goes on by bytes after one.
        let thompson = Config::new().nfa_size_limit(Some(PATTERN_BYTES)).utf8(false);
        let nfa = NFA::compiler().syntax(syntax).configure(thompson.clone()).build(pattern).ok()?;
        let vm = PikeVM::new_from_nfa(nfa).ok()?;
        let config = hybrid::dfa::Config::new()
            .cache_capacity(DFA_BYTES)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(DFA_CLEARS))
            .unicode_word_boundary(true);
        let dfa =
            hybrid::regex::Regex::builder().syntax(syntax).thompson(thompson).dfa(config).build(pattern).ok();
        let caches = Caches { vm: vm.create_cache(), captures: vm.create_captures(), dfa: None };
        Some(Regular { vm, dfa, caches: RefCell::new(caches) })
    }

    fn find(&self, text: &str, from: usize) -> Result<Option<Spans>, Fault> {
        let caches = &mut *self.caches.borrow_mut();
        let states = self.vm.get_nfa().states().len();
        let work = states.saturating_mul(text.len() - from);
        if work <= SMALL_WORK {
            return Ok(self.captured(caches, text, from..text.len(), Anchored::No));
        }
        let Some(found) = self.fast(caches, text, from) else {
            if work > WORK {
                return Err(Fault::raise(
                    "Regex failure: the pattern is too costly for a text of this length",
                ));
            }
            charge(work / 8)?;
            return Ok(self.captured(caches, text, from..text.len(), Anchored::No));
        };
        charge(1 + found.as_ref().map_or(text.len(), |found| found.end).saturating_sub(from) / 8)?;
        let Some(found) = found else { return Ok(None) };
        if caches.captures.group_len() == 1 {
            return Ok(Some(vec![Some(found)]));
        }
        let work = states.saturating_mul(found.len());
        if work > WORK {
            return Err(Fault::raise("Regex failure: the pattern is too costly for a match of this length"));
        }
        charge(work / 8)?;
        Ok(self.captured(caches, text, found, Anchored::Yes))
    }

    /// The match of the lazy DFA; `None` when it gave up.
    fn fast(&self, caches: &mut Caches, text: &str, from: usize) -> Option<Option<Range<usize>>> {
        let dfa = self.dfa.as_ref()?;
        let cache = caches.dfa.get_or_insert_with(|| dfa.create_cache());
        let found = dfa.try_search(cache, &Input::new(text).range(from..)).ok()?;
        Some(found.map(|found| found.range()))
    }

    fn captured(
        &self,
        caches: &mut Caches,
        text: &str,
        range: Range<usize>,
        anchored: Anchored,
    ) -> Option<Spans> {
        let input = Input::new(text).anchored(anchored).range(range);
        self.vm.captures(&mut caches.vm, input, &mut caches.captures);
        let captures = &caches.captures;
        captures.is_match().then(|| captures.iter().map(|group| group.map(|span| span.range())).collect())
    }
}

fn backtracking(pattern: &str, flags: Flags) -> Option<fancy_regex::Regex> {
    fancy_regex::RegexBuilder::new(pattern)
        .case_insensitive(flags.ignore_case)
        .ignore_whitespace(flags.extended)
        .dot_matches_new_line(flags.dot_all)
        .backtrack_limit(STEPS)
        .delegate_size_limit(PATTERN_BYTES)
        .build()
        .ok()
}

fn backtrack(regex: &fancy_regex::Regex, text: &str, from: usize) -> Result<Option<Spans>, Fault> {
    if text.len() > BACKTRACKED_BYTES {
        let message = format!("Regex failure: look-around takes texts of at most {BACKTRACKED_BYTES} bytes");
        return Err(Fault::raise(&message));
    }
    // It knows no places within a character.
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let found = regex.captures_from_pos(text, from);
    super::super::account::look()?;
    match found {
        Ok(Some(found)) => {
            Ok(Some((0..found.len()).map(|group| found.get(group).map(|found| found.range())).collect()))
        }
        Ok(None) => Ok(None),
        Err(_) => Err(Fault::raise("Regex failure: retry-limit-in-match over")),
    }
}
