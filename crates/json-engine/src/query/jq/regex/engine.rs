//! What runs a pattern: automata for what is regular, and a backtracking search with a limit for look-around,
//! back-references and atomic groups.
//!
//! Promise: a regular pattern is charged for each byte that it reads, whatever the text; a backtracking one takes at most
//! [`STEPS`] steps over a text of at most [`BACKTRACKED_BYTES`]. Cost: where a match stands is found by a lazy DFA, at a
//! gigabyte a second; its groups, and what the DFA gives up on, are found by [`pike`]. The caches stay with the pattern.

use std::cell::RefCell;
use std::ops::Range;

use regex_automata::nfa::thompson::{Config, NFA};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, PatternID, hybrid};

use super::super::account::charge;
use super::super::fault::Fault;
use super::pike::{self, Room};
use super::{Flags, pattern, stretches};

/// Largest automaton, in bytes.
const PATTERN_BYTES: usize = 1 << 20;
/// Room of each of the two lazy DFAs, in bytes; how often one is emptied before a search does without it.
const DFA_BYTES: usize = 256 << 10;
const DFA_CLEARS: usize = 2;
/// Texts that are not worth a lazy DFA, in states of the automaton times bytes.
const SMALL_WORK: usize = 16 << 10;
/// Longest text that the DFA reads in one go, in bytes; longer ones are read in stretches, at a third of the speed.
const UNSTOPPED_BYTES: usize = 4 << 20;
/// Bytes that the DFA reads in a unit of work.
const UNIT_BYTES: usize = 64;
/// Largest room of searches that stays with a pattern, in bytes.
const KEPT_ROOM_BYTES: usize = 256 << 10;
/// Most steps of one backtracking search, and the longest text for one, in bytes.
const STEPS: usize = 40_000;
const BACKTRACKED_BYTES: usize = 16 << 10;

/// Where the groups of a match stand, the whole match first.
pub(super) type Spans = Vec<Option<Range<usize>>>;

/// What a search is to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Where the match stands.
    Whole,
    /// Where its groups stand too.
    Groups,
}

/// A compiled pattern and its caches.
pub(super) enum Engine {
    Regular(Box<Regular>),
    Backtracking(Box<fancy_regex::Regex>),
}

pub(super) struct Regular {
    nfa: NFA,
    dfa: Option<hybrid::regex::Regex>,
    has_end: bool,
    caches: RefCell<Caches>,
}

#[derive(Default)]
struct Caches {
    room: Room,
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
        let backtracking = pattern::is_irregular(&translated)
            .then(|| backtracking(&pattern::with_line_feed(&translated), flags));
        match backtracking.flatten() {
            Some(regex) => Ok(Engine::Backtracking(Box::new(regex))),
            None => Err(Fault::raise(&format!("Regex failure: {}", pattern::fault(&translated, syntax)))),
        }
    }

    /// What it holds, in bytes, about; its caches are not counted.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Engine::Regular(regular) => regular.nfa.memory_usage(),
            Engine::Backtracking(regex) => regex.as_str().len() * 64,
        }
    }

    /// The names of the groups, the whole match first.
    pub(super) fn names(&self) -> Vec<Option<&str>> {
        match self {
            Engine::Regular(regular) => regular.nfa.group_info().pattern_names(PatternID::ZERO).collect(),
            Engine::Backtracking(regex) => regex.capture_names().collect(),
        }
    }

    /// The first match that begins at `from` or later: where it stands, and where its groups do if they are wanted.
    pub(super) fn find(&self, text: &str, from: usize, wanted: Wanted) -> Result<Option<Spans>, Fault> {
        match self {
            Engine::Regular(regular) => regular.find(text, from, wanted),
            Engine::Backtracking(regex) => backtrack(regex, text, from),
        }
    }
}

impl Regular {
    fn compile(pattern: &str, syntax: syntax::Config) -> Option<Regular> {
        // Empty matches stand within a character too, as jq goes on by bytes after one.
        let thompson = Config::new().nfa_size_limit(Some(PATTERN_BYTES)).utf8(false);
        let nfa = NFA::compiler().syntax(syntax).configure(thompson.clone()).build(pattern).ok()?;
        let config = hybrid::dfa::Config::new()
            .cache_capacity(DFA_BYTES)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(DFA_CLEARS))
            .unicode_word_boundary(true);
        let dfa =
            hybrid::regex::Regex::builder().syntax(syntax).thompson(thompson).dfa(config).build(pattern).ok();
        let has_end = !pattern::ends(pattern).is_empty();
        Some(Regular { nfa, dfa, has_end, caches: RefCell::default() })
    }

    /// `$` is the end of the text for an automaton. It is a place before a line feed there, too: such a match is one in the
    /// text without that. Of two that begin together the one in the whole text is taken, as greedy patterns would.
    fn find(&self, text: &str, from: usize, wanted: Wanted) -> Result<Option<Spans>, Fault> {
        let whole = self.find_in(text, from, wanted)?;
        let before = text.strip_suffix('\n').filter(|before| self.has_end && from <= before.len());
        let Some(before) = before else { return Ok(whole) };
        let start = |spans: &Option<Spans>| Some(spans.as_ref()?.first()?.as_ref()?.start);
        let shorter = self.find_in(before, from, wanted)?;
        let is_first = match (start(&shorter), start(&whole)) {
            (Some(shorter), Some(whole)) => shorter < whole,
            (shorter, _) => shorter.is_some(),
        };
        Ok(if is_first { shorter } else { whole })
    }

    fn find_in(&self, text: &str, from: usize, wanted: Wanted) -> Result<Option<Spans>, Fault> {
        let caches = &mut *self.caches.borrow_mut();
        let found = self.find_with(caches, text, from, wanted);
        if caches.room.bytes() > KEPT_ROOM_BYTES {
            caches.room = Room::default();
        }
        found
    }

    fn find_with(
        &self,
        caches: &mut Caches,
        text: &str,
        from: usize,
        wanted: Wanted,
    ) -> Result<Option<Spans>, Fault> {
        let width = 2 * match wanted {
            Wanted::Whole => 1,
            Wanted::Groups => self.nfa.group_info().group_len(PatternID::ZERO),
        };
        let mut search =
            pike::Search { nfa: &self.nfa, room: &mut caches.room, text: text.as_bytes(), width };
        let rest = text.len() - from;
        if self.nfa.states().len().saturating_mul(rest) <= SMALL_WORK {
            return search.find(from..text.len(), Anchored::No);
        }
        let Some(dfa) = &self.dfa else { return search.find(from..text.len(), Anchored::No) };
        let cache = caches.dfa.get_or_insert_with(|| dfa.create_cache());
        // Of a short match as of a long one it may have to read all to know.
        charge(1 + rest / UNIT_BYTES)?;
        let input = Input::new(text).range(from..);
        let found = match rest <= UNSTOPPED_BYTES {
            true => dfa.try_search(cache, &input).map(|found| found.map(|found| found.range())).ok(),
            false => stretches::find(dfa, cache, &input)?,
        };
        match found {
            Some(Some(found)) if width > 2 => search.find(found, Anchored::Yes),
            Some(found) => Ok(found.map(|found| vec![Some(found)])),
            None => search.find(from..text.len(), Anchored::No),
        }
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
