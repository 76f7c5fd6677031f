//! Patterns of `match` and `search`: I-Regexp (RFC 9485) on an automaton that the budget can stop.

use crate::automaton::{Automaton, KEPT_TABLE_BYTES};

/// Bound on a compiled pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// Bound on all patterns of a program with their tables, in bytes.
const MAX_PROGRAM_PATTERN_BYTES: usize = 4 << 20;
/// Bound on the patterns alone. Compiling has no budget, and its time grows with them.
const MAX_COMPILED_BYTES: usize = 1 << 20;

/// The patterns of a program that is being compiled.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    bytes: usize,
    compiled: usize,
}

impl Patterns {
    /// About how many bytes they may come to hold, with their tables.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Compiles one more, as [`compile`] does. What is no pattern has had the time of the largest.
    pub(super) fn compile(&mut self, pattern: &str, span: Span) -> Result<Option<Automaton>, String> {
        if self.compiled >= MAX_COMPILED_BYTES || self.bytes >= MAX_PROGRAM_PATTERN_BYTES {
            let allowed = "1 MiB, 4 MiB with the tables of their searches";
            return Err(format!("the patterns of the program are too large together; allowed: {allowed}"));
        }
        let compiled = compile(pattern, span);
        let bytes = compiled.as_ref().map_or(MAX_PATTERN_BYTES / 4, Automaton::bytes);
        self.compiled += bytes;
        self.bytes += bytes + compiled.as_ref().map_or(0, |_| KEPT_TABLE_BYTES / 2);
        Ok(compiled)
    }
}

/// How much of the text a pattern must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// All of it: the function `match`.
    Whole,
    /// Any part: the function `search`.
    Part,
}

/// Compiles as section 5.3 of RFC 9485 maps it; `None` where it is no pattern or too large, which matches nothing.
pub(super) fn compile(pattern: &str, span: Span) -> Option<Automaton> {
    let translated = translate(pattern);
    let anchored = match span {
        Span::Whole => format!("\\A(?:{translated})\\z"),
        Span::Part => translated,
    };
    Automaton::compile(&anchored, MAX_PATTERN_BYTES)
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
    use crate::budget::{Budget, Meter};
    use std::sync::Arc;
    use std::time::Duration;

    fn check(pattern: &str, span: Span, text: &str, expected: bool) {
        let budget = Budget::new(Arc::new(|| Duration::ZERO), Duration::ZERO, 0);
        let meter = Meter::open(&budget).unwrap();
        let matches = compile(pattern, span).is_some_and(|a| a.matches(text, &meter).unwrap());
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

    /// A program of 64 KiB of such patterns once took seconds to compile, and a gigabyte.
    #[test]
    fn patterns_are_limited_together() {
        let compiled = |pattern: &str| {
            let mut patterns = Patterns::default();
            (0..10_000).find(|_| patterns.compile(pattern, Span::Part).is_err())
        };
        assert!(compiled("a").is_some_and(|count| (48..=64).contains(&count)));
        assert_eq!(compiled("(a{1000}){1000}"), Some(4));
        assert!(compiled("\\p{L}{20}").is_some_and(|count| (2..48).contains(&count)));
    }
}
