//! The size of a pattern: about how many states its automaton has, from its syntax alone.
//!
//! Promise: seldom fewer than there are; nothing recurses by the pattern beyond [`NESTING`]. Cost: a parse of the
//! pattern.

use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{Ast, ClassSet, ClassSetItem, RepetitionKind, RepetitionRange};

/// States of a class of Unicode, as `\p{L}`.
const UNICODE: u64 = 400;
/// States of a character, or of a range of them: its bytes.
const CHARACTER: u64 = 4;
/// Deepest nesting.
const NESTING: u32 = 100;

/// States that a pattern is taken to have whose syntax is not understood here.
const UNKNOWN: u64 = 16_000;

/// About how many states there are, seldom fewer.
pub(in crate::schema) fn states(pattern: &str) -> u64 {
    // What is no pattern is refused by the compiler.
    let Ok(translated) = jsonschema_regex::to_rust_regex(pattern) else {
        return 1;
    };
    match ParserBuilder::new().nest_limit(NESTING).build().parse(&plain(&translated)) {
        Ok(ast) => of(&ast),
        Err(_) => UNKNOWN,
    }
}

/// Recurses by the nesting, at most [`NESTING`].
fn of(ast: &Ast) -> u64 {
    let sum = |all: &[Ast]| all.iter().map(of).fold(1, u64::saturating_add);
    match ast {
        Ast::Empty(_) | Ast::Flags(_) | Ast::Assertion(_) => 1,
        Ast::Literal(_) | Ast::Dot(_) => CHARACTER,
        Ast::ClassPerl(_) | Ast::ClassUnicode(_) => UNICODE,
        Ast::ClassBracketed(class) => set(&class.kind),
        Ast::Repetition(repeated) => of(&repeated.ast).saturating_mul(times(&repeated.op.kind)),
        Ast::Group(group) => of(&group.ast),
        Ast::Alternation(several) => sum(&several.asts),
        Ast::Concat(several) => sum(&several.asts),
    }
}

fn times(kind: &RepetitionKind) -> u64 {
    match kind {
        RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore | RepetitionKind::OneOrMore => 1,
        RepetitionKind::Range(RepetitionRange::Exactly(count) | RepetitionRange::AtLeast(count)) => {
            u64::from(*count).max(1)
        }
        RepetitionKind::Range(RepetitionRange::Bounded(_, most)) => u64::from(*most).max(1),
    }
}

fn set(class: &ClassSet) -> u64 {
    match class {
        ClassSet::Item(only) => item(only),
        ClassSet::BinaryOp(both) => set(&both.lhs).saturating_add(set(&both.rhs)),
    }
}

fn item(of: &ClassSetItem) -> u64 {
    match of {
        ClassSetItem::Empty(_) => 0,
        ClassSetItem::Literal(_) | ClassSetItem::Range(_) | ClassSetItem::Ascii(_) => CHARACTER,
        ClassSetItem::Unicode(_) | ClassSetItem::Perl(_) => UNICODE,
        ClassSetItem::Bracketed(class) => set(&class.kind),
        ClassSetItem::Union(several) => several.items.iter().map(item).fold(0, u64::saturating_add),
    }
}

/// The pattern without look-around and back-references, which this syntax lacks; they count as groups and characters.
fn plain(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let looks = ["(?=", "(?!", "(?<=", "(?<!"];
        if let Some(open) = looks.iter().find(|open| rest.starts_with(**open)) {
            out.push_str("(?:");
            rest = &rest[open.len()..];
        } else if first == '\\' {
            rest = escape(&rest[1..], &mut out);
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// Writes the escape whose backslash stands before `rest`; gives what follows it.
fn escape<'p>(rest: &'p str, out: &mut String) -> &'p str {
    let Some(kind) = rest.chars().next() else {
        out.push_str("\\\\");
        return rest;
    };
    let behind = &rest[kind.len_utf8()..];
    match kind {
        // A name of Unicode that is not known to this syntax may be known to another.
        'p' | 'P' if behind.starts_with('{') => {
            out.push_str("\\pL");
            behind.split_once('}').map_or("", |(_, behind)| behind)
        }
        'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' | 'n' | 'r' | 't' | 'f' | 'v' => {
            out.extend(['\\', kind]);
            behind
        }
        kind if kind.is_alphanumeric() => {
            out.push('a');
            behind
        }
        kind => {
            out.extend(['\\', kind]);
            behind
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: u64) {
        assert_eq!(states(pattern), expected, "{pattern}");
    }

    #[test]
    fn repetitions_multiply() {
        check("^abc$", 15);
        check("^[a-z]{1,100}$", 403);
        check("((a{1,10}){1,10}){5}", 2000);
        check(r"\p{L}{3}", 1200);
        check(r"[[\]a]", 12);
    }

    #[test]
    fn look_around_counts_as_what_it_holds() {
        check("(?=a{100})b", 405);
        check(r"(a)\1", 9);
    }
}
