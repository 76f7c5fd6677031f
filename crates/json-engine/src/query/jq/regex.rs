//! Regular expressions: syntax and meaning of the regex crate where Oniguruma has the same, without look-around.
//!
//! Promise: a search costs the length of the text times the size of the pattern; a product that is too large is refused.

use jaq_core::{Error, ValR};
use regex_automata::nfa::thompson::pikevm::{Cache, PikeVM};
use regex_automata::nfa::thompson::{Config, NFA};
use regex_automata::util::{captures::Captures, syntax};
use regex_automata::{Anchored, Input};

use super::account::charge;
use super::text::described;
use super::val::Val;
use crate::document::{Document, Key, Members};

/// Largest automaton, in bytes.
const PATTERN_BYTES: usize = 1 << 20;
/// Most states times bytes of text of one search; about a second.
const WORK: usize = 100_000_000;

/// The matches of a pattern, as jq describes them: one, or with the flag g all.
pub(super) fn matches(val: &Val, pattern: &Val, flags: &Val) -> ValR<Val> {
    let Document::Str(text) = val.document() else {
        return Err(Error::str(format!("{} cannot be matched, as it is not a string", described(val))));
    };
    let (Document::Str(pattern), Document::Str(flags)) = (pattern.document(), flags.document()) else {
        return Err(Error::str(format!("{} not a string or array", pattern.kind())));
    };
    if let Some(flag) = flags.chars().find(|flag| !"gixsnpl".contains(*flag)) {
        return Err(Error::str(format!("{flags} is not a valid modifier string: {flag}")));
    }
    let vm = compile(pattern, flags)?;
    if vm.get_nfa().states().len().saturating_mul(text.len()) > WORK {
        return Err(Error::str("the regex is too costly for a text of this length"));
    }
    let (all, skips_empty) = (flags.contains('g'), flags.contains('n') || flags.contains('p'));
    Ok(search(&vm, text, all, skips_empty))
}

fn compile(pattern: &str, flags: &str) -> Result<PikeVM, Error<Val>> {
    let syntax = syntax::Config::new()
        .case_insensitive(flags.contains('i'))
        .ignore_whitespace(flags.contains('x'))
        .dot_matches_new_line(flags.contains('s') || flags.contains('p'));
    let invalid =
        |error: String| Error::str(format!("{pattern} (at offset 0) is not a valid regex: {error}"));
    let nfa = NFA::compiler()
        .syntax(syntax)
        .configure(Config::new().nfa_size_limit(Some(PATTERN_BYTES)))
        .build(pattern)
        .map_err(|error| invalid(error.to_string()))?;
    PikeVM::new_from_nfa(nfa).map_err(|error| invalid(error.to_string()))
}

fn search(vm: &PikeVM, text: &str, all: bool, skips_empty: bool) -> Val {
    let mut cache = vm.create_cache();
    let mut found = vm.create_captures();
    let mut place = Place::default();
    let mut matches = Vec::new();
    let mut at = 0;
    while at <= text.len() && find(vm, &mut cache, text, at, &mut found) {
        let Some(whole) = found.get_match() else { break };
        charge((vm.get_nfa().states().len() * (whole.end() - at + 1)) as u64 / 8);
        let next = text[whole.end()..].chars().next().map_or(1, char::len_utf8);
        at = if whole.is_empty() { whole.end() + next } else { whole.end() };
        if !(skips_empty && whole.is_empty()) {
            matches.push(described_match(vm, text, &found, &mut place));
        }
        if !all {
            break;
        }
    }
    matches.into_iter().collect()
}

fn find(vm: &PikeVM, cache: &mut Cache, text: &str, at: usize, found: &mut Captures) -> bool {
    vm.captures(cache, Input::new(text).anchored(Anchored::No).range(at..), found);
    found.is_match()
}

/// A byte and how many characters stand before it.
#[derive(Default, Clone, Copy)]
struct Place {
    byte: usize,
    characters: usize,
}

impl Place {
    fn characters_at(&self, text: &str, byte: usize) -> usize {
        self.characters + text[self.byte..byte].chars().count()
    }
}

fn described_match(vm: &PikeVM, text: &str, found: &Captures, place: &mut Place) -> Val {
    let whole = found.get_group(0).unwrap_or_else(|| (0..0).into());
    *place = Place { characters: place.characters_at(text, whole.start), byte: whole.start };
    let names = vm.get_nfa().group_info().pattern_names(regex_automata::PatternID::ZERO);
    let groups = names.enumerate().skip(1);
    let captures = groups.map(|(group, name)| {
        let mut described = group_members(text, found, group, *place);
        described.push(("name", name.map_or(Val::NULL, Val::text)));
        object(described)
    });
    let captures: Val = captures.collect();
    let mut described = group_members(text, found, 0, *place);
    described.push(("captures", captures));
    object(described)
}

fn group_members(text: &str, found: &Captures, group: usize, place: Place) -> Vec<(&'static str, Val)> {
    let Some(span) = found.get_group(group) else {
        return vec![("offset", Val::integer(-1)), ("length", Val::integer(0)), ("string", Val::NULL)];
    };
    let string = &text[span.range()];
    vec![
        ("offset", Val::from(place.characters_at(text, span.start))),
        ("length", Val::from(string.chars().count())),
        ("string", Val::text(string)),
    ]
}

fn object(members: Vec<(&'static str, Val)>) -> Val {
    let members = members.into_iter().map(|(key, value)| (Key::Text(key.into()), value.into_document()));
    Val::object(members.collect::<Members>())
}
