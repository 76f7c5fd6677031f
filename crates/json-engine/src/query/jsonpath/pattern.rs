//! Patterns of `match` and `search`: I-Regexp (RFC 9485) on an automaton that the budget can stop.

use crate::automaton::Automaton;

/// Bound on a compiled pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

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
    use crate::budget::{Budget, Clock, Meter};
    use std::sync::Arc;
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
}
