//! Regular expressions: syntax and meaning of Oniguruma, as jq sets it up.
//!
//! Promise: no pattern holds the program longer than its budget allows; what would is refused, with an error that the
//! program may catch. Cost: a pattern is compiled once a thread while it is among the last used.

mod engine;
mod pattern;
mod pike;
mod stretches;

use std::cell::RefCell;
use std::rc::Rc;

use super::account::{ask, charge, reserve};
use super::fault::{Answer, Fault};
use super::text::described;
use super::val::Val;
use crate::document::{Document, Key, Members};
use engine::{Engine, Spans, Wanted};

/// Patterns that a thread keeps, and the largest automaton that is worth it, in bytes.
const KEPT: usize = 16;
const KEPT_BYTES: usize = 64 << 10;
/// Longest pattern, in bytes: compiling cannot be stopped and takes a microsecond or two a byte.
const PATTERN_TEXT_BYTES: usize = 16 << 10;

/// What the letters of a search mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Flags {
    all: bool,
    ignore_case: bool,
    extended: bool,
    /// A dot is a line feed too.
    dot_all: bool,
    /// Empty matches do not count.
    no_empty: bool,
}

impl Flags {
    fn of(letters: &Val) -> Result<Flags, Fault> {
        let mut flags = Flags::default();
        let letters = match letters.document() {
            Document::Null => return Ok(flags),
            Document::Str(letters) => letters,
            _ => return Err(Fault::raise(&format!("{} is not a string", described(letters)))),
        };
        for letter in letters.chars() {
            match letter {
                'g' => flags.all = true,
                'i' => flags.ignore_case = true,
                'x' => flags.extended = true,
                // Single-line mode is how anchors work here anyway; the longest match is not looked for.
                's' | 'l' => {}
                'p' => flags.dot_all = true,
                'n' => flags.no_empty = true,
                _ => return Err(Fault::raise(&format!("{letters} is not a valid modifier string"))),
            }
        }
        Ok(flags)
    }
}

/// `_match_impl`: the matches of a pattern as jq describes them, or with `is_test` only whether there is one.
pub(super) fn matches(val: &Val, pattern: &Val, letters: &Val, is_test: &Val) -> Answer {
    let Document::Str(text) = val.document() else {
        return Err(Fault::raise(&format!("{} cannot be matched, as it is not a string", described(val))));
    };
    let Document::Str(pattern) = pattern.document() else {
        return Err(Fault::raise(&format!("{} is not a string", described(pattern))));
    };
    let flags = Flags::of(letters)?;
    let engine = compiled(pattern, flags)?;
    reserve(text.len())?;
    let wanted = if is_test.is_true() { Wanted::Whole } else { Wanted::Groups };
    let mut search = Search { engine: &engine, text, flags, wanted, at: 0, place: Place::default() };
    if wanted == Wanted::Whole {
        return Ok(search.next()?.is_some().into());
    }
    let names = engine.names();
    let mut found = Val::array(Vec::new());
    while let Some(spans) = search.next()? {
        found.push(search.described_match(&spans, &names)?);
        if !flags.all {
            break;
        }
    }
    Ok(found)
}

type Kept = (Box<str>, Flags, Rc<Engine>);

thread_local! {
    /// The patterns used last, the latest at the end.
    static PATTERNS: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

fn compiled(pattern: &str, flags: Flags) -> Result<Rc<Engine>, Fault> {
    let key = Flags { all: false, no_empty: false, ..flags };
    let kept = PATTERNS.with_borrow_mut(|patterns| {
        let at = patterns.iter().rposition(|(kept, flags, _)| &**kept == pattern && *flags == key)?;
        patterns[at..].rotate_left(1);
        patterns.last().map(|(_, _, engine)| engine.clone())
    });
    if let Some(engine) = kept {
        charge(1 + pattern.len() / 64)?;
        return Ok(engine);
    }
    if pattern.len() > PATTERN_TEXT_BYTES {
        let message = format!("Regex failure: the pattern has more than {PATTERN_TEXT_BYTES} bytes");
        return Err(Fault::raise(&message));
    }
    charge(200 + pattern.len() * 4)?;
    let engine = Rc::new(Engine::compile(pattern, flags)?);
    charge(engine.bytes() / 64)?;
    if engine.bytes() + pattern.len() <= KEPT_BYTES {
        PATTERNS.with_borrow_mut(|patterns| {
            if patterns.len() == KEPT {
                patterns.remove(0);
            }
            patterns.push((pattern.into(), key, engine.clone()));
        });
    }
    Ok(engine)
}

/// A search that goes on after each match.
struct Search<'s> {
    engine: &'s Engine,
    text: &'s str,
    flags: Flags,
    wanted: Wanted,
    at: usize,
    place: Place,
}

impl Search<'_> {
    /// The next match. After an empty one the search goes on at the next byte.
    fn next(&mut self) -> Result<Option<Spans>, Fault> {
        while self.at <= self.text.len() {
            charge(8)?;
            let Some(spans) = self.engine.find(self.text, self.at, self.wanted)? else { break };
            let whole = spans.first().cloned().flatten().unwrap_or_default();
            self.at = if whole.is_empty() { whole.end + 1 } else { whole.end };
            if !(whole.is_empty() && self.flags.no_empty) {
                return Ok(Some(spans));
            }
        }
        self.at = self.text.len() + 1;
        Ok(None)
    }

    fn described_match(&mut self, spans: &Spans, names: &[Option<&str>]) -> Answer {
        let start = spans.first().and_then(Option::as_ref).map_or(0, |span| span.start);
        charge(1 + start.saturating_sub(self.place.byte) / 16)?;
        let found: usize = spans.iter().flatten().map(ExactSizeIterator::len).sum();
        charge(found / 16)?;
        reserve(found)?;
        ask(found.saturating_mul(2))?;
        self.place = self.place.at(self.text, start);
        let mut captures = Val::array(Vec::new());
        for (group, name) in names.iter().enumerate().skip(1) {
            charge(4)?;
            captures.push(self.described(spans, group, "name", name.map_or(Val::NULL, Val::text)));
        }
        Ok(self.described(spans, 0, "captures", captures))
    }

    /// A group as an object, with one member more.
    fn described(&self, spans: &Spans, group: usize, name: &'static str, last: Val) -> Val {
        let span = spans.get(group).cloned().flatten();
        let part = span.clone().map(|span| self.text.get(span).unwrap_or_default());
        let offset = span.map_or(-1, |span| self.place.at(self.text, span.start).characters as i64);
        let length = Val::count(part.map_or(0, |part| part.chars().count()));
        let string = part.map_or(Val::NULL, Val::text);
        // jq writes the string first where a group is empty, save the whole match.
        let is_empty = group > 0 && part.is_none_or(str::is_empty);
        let (second, third) = if is_empty {
            (("string", string), ("length", length))
        } else {
            (("length", length), ("string", string))
        };
        let members = [("offset", Val::integer(offset)), second, third, (name, last)];
        let members = members.map(|(name, value)| (Key::Text(name.into()), value.into_document()));
        Val::object(Members::of_distinct(members.into()))
    }
}

/// A byte and how many characters begin before it.
#[derive(Default, Clone, Copy)]
struct Place {
    byte: usize,
    characters: usize,
}

impl Place {
    fn at(self, text: &str, byte: usize) -> Place {
        let (from, upto) = (self.byte.min(byte), self.byte.max(byte));
        let begins = |byte: &&u8| !matches!(**byte, 0x80..0xC0);
        let between = text.as_bytes()[from..upto].iter().filter(begins).count();
        let characters =
            if byte >= self.byte { self.characters + between } else { self.characters - between };
        Place { byte, characters }
    }
}

#[cfg(test)]
mod tests {
    use super::super::natives::tests::check;

    fn check_offsets(text: &str, pattern: &str, flags: &str, expected: &str) {
        let (text, pattern) = (serde_json::to_string(text).unwrap(), serde_json::to_string(pattern).unwrap());
        let args = [
            super::super::natives::tests::value(&pattern),
            super::super::natives::tests::value(&format!("{flags:?}")),
            super::Val::FALSE,
        ];
        let native = super::super::natives::find("_match_impl", 3).unwrap();
        let found = match (native.run)(super::super::natives::tests::value(&text), &args) {
            Ok(found) => found,
            other => panic!("{}", super::super::natives::tests::shown_answer(other)),
        };
        let offsets: Vec<String> = found
            .as_elements()
            .unwrap()
            .iter()
            .map(|found| {
                format!(
                    "{:?}",
                    super::super::access::field(&super::Val::of(found.clone()), "offset")
                        .unwrap()
                        .as_integer()
                        .unwrap()
                )
            })
            .collect();
        assert_eq!(format!("[{}]", offsets.join(",")), expected, "{text} {pattern} {flags}");
    }

    /// Answers of jq 1.8.2.
    #[test]
    fn offsets() {
        check_offsets("test ABC abc", "abc", "gi", "[5,9]");
        check_offsets("test ABC abc", "\\b", "g", "[0,4,5,8,9,12]");
        check_offsets("test ABC abc", "", "gn", "[]");
        check_offsets("test ABC abc", "(a)|", "gn", "[9]");
        check_offsets("aéb😀c", "", "g", "[0,1,2,2,3,4,4,4,4,5]");
        check_offsets("aéb😀c", ".", "g", "[0,1,2,3,4]");
        check_offsets("a\nb\nc", "^", "g", "[0]");
        check_offsets("a\nb", "a.b", "s", "[]");
        check_offsets("a\nb\n", "$", "g", "[3,4]");
        check_offsets("a\nb", "$", "g", "[3]");
        check_offsets("ab\n", "b$", "", "[1]");
        check_offsets("ab\n\n", "b$", "", "[]");
        check_offsets("ab\n", "\\s*$", "g", "[2,3]");
        check_offsets("a$b\n", "[$]b|\\$$", "g", "[1]");
        check_offsets("ab\n", "(?<=a)b$", "", "[1]");
        check_offsets("a\nb", "a.b", "p", "[0]");
        check_offsets("a\nb", "(?s)a.b", "", "[0]");
        check_offsets("test", "\\h", "", "[]");
        check_offsets("A B", "a b", "xi", "[]");
        check_offsets("a{b", "a{b", "", "[0]");
        check_offsets("aaa", "a{,2}", "g", "[0,2,3]");
        check_offsets("a/b", "\\/", "", "[1]");
        check_offsets("1é", "\\p{L}\\x{e9}?", "g", "[1]");
        check_offsets("qux", "(?=u)", "g", "[1]");
        check_offsets("abab", "(ab)\\1", "", "[0]");
        check_offsets("xa a", "(?<!x)a", "", "[3]");
    }

    /// Once took the size of the pattern times the length of the text in one step that nothing could stop, and a place for
    /// each group of each state of the pattern.
    #[test]
    fn large_patterns_on_long_texts_stop_within_a_step() {
        let clock = std::sync::Arc::new(super::super::natives::tests::Looks::default());
        let budget = crate::Budget::new(clock.clone(), std::time::Duration::from_millis(50), 64 << 20);
        let mut random = fastrand::Rng::with_seed(7);
        let letters: String = (0..400_000).map(|_| if random.bool() { 'a' } else { 'b' }).collect();
        let text = super::Val::text(&(letters + "é"));
        for pattern in ["(a|b)*a(a|b){200}c", "((a|b)*a(a|b){200})c", "(?:\\b\\w|\\W)*é"] {
            clock.restart();
            let _run = super::super::account::Run::open(&budget);
            let found =
                super::matches(&text, &super::Val::text(pattern), &super::Val::NULL, &super::Val::TRUE);
            let stopped = super::super::natives::tests::shown_answer(found);
            assert!(stopped.starts_with("stopped: "), "{pattern}: {stopped}");
        }
        let groups = super::Val::text(&"(a)".repeat(4_000));
        let found = super::matches(&super::Val::text("b"), &groups, &super::Val::NULL, &super::Val::FALSE);
        assert_eq!(super::super::natives::tests::shown_answer(found), "[]");
    }

    /// The texts of each pattern are long enough for each way of searching.
    #[test]
    fn long_texts_are_searched_as_short_ones() {
        for (unit, pattern, flags, expected) in
            [("ab", "(a)(?<x>b)?$", "", "a"), ("é ", "\\b(é)\\b $", "", "é"), ("ab", "a(b|ba)$", "l", "a")]
        {
            for times in [3, 20_000, 3_000_000] {
                let text = super::Val::text(&unit.repeat(times));
                let values = [super::Val::text(pattern), super::Val::text(flags), super::Val::FALSE];
                let native = super::super::natives::find("_match_impl", 3).unwrap();
                let found = (native.run)(text, &values);
                let found = super::super::natives::tests::shown_answer(found);
                let offset = (times - 1) * unit.chars().count();
                assert!(found.starts_with(&format!("[{{\"offset\":{offset},")), "{found}");
                assert!(found.contains(expected), "{found}");
            }
        }
    }

    #[test]
    fn descriptions_and_errors() {
        for (text, pattern, flags, expected) in [
            (
                "\"b\"",
                "\"(?<x>a)|(b)\"",
                "null",
                r#"[{"offset":0,"length":1,"string":"b","captures":[{"offset":-1,"string":null,"length":0,"name":"x"},{"offset":0,"length":1,"string":"b","name":null}]}]"#,
            ),
            (
                "\"b\"",
                "\"(?<x>)b\"",
                "null",
                r#"[{"offset":0,"length":1,"string":"b","captures":[{"offset":0,"string":"","length":0,"name":"x"}]}]"#,
            ),
            ("1", "\"a\"", "null", "number (1) cannot be matched, as it is not a string"),
            ("\"a\"", "1", "null", "number (1) is not a string"),
            ("\"a\"", "\"a\"", "1", "number (1) is not a string"),
            ("\"a\"", "\"a\"", "\"zg\"", "zg is not a valid modifier string"),
            ("\"a\"", "\"(\"", "null", "Regex failure: end pattern with unmatched parenthesis"),
            ("\"a\"", "\"[\"", "null", "Regex failure: premature end of char-class"),
            ("\"a\"", "\"*\"", "null", "Regex failure: target of repeat operator is not specified"),
            ("\"a\"", "\"a)\"", "null", "Regex failure: unmatched close parenthesis"),
            ("\"a\"", "\"\\\\\"", "null", "Regex failure: end pattern at escape"),
        ] {
            check("_match_impl", text, &[pattern, flags, "false"], expected);
        }
        let pattern = |bytes: usize| format!("{:?}", "a".repeat(bytes));
        check("_match_impl", "\"b\"", &[&pattern(16 << 10), "null", "true"], "false");
        let message = "Regex failure: the pattern has more than 16384 bytes";
        check("_match_impl", "\"b\"", &[&pattern((16 << 10) + 1), "null", "true"], message);
    }
}
