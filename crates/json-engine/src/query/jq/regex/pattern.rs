//! A pattern of Oniguruma (its syntax `PERL_NT`) in the syntax of the regex crate, and faults in Oniguruma's words.

use regex_automata::util::syntax::Config;
use regex_syntax::ast;

/// The pattern as the regex crate reads it: what that crate refuses and Oniguruma takes for a plain character is escaped.
pub(super) fn translated(pattern: &str, is_extended: bool) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut class_depth = 0_usize;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        rest = match character {
            '\\' => escape(after, class_depth > 0, &mut out),
            '[' => {
                class_depth += 1;
                class_start(after, &mut out)
            }
            ']' if class_depth > 0 => {
                class_depth -= 1;
                out.push(']');
                after
            }
            '{' if class_depth == 0 => repetition(after, &mut out),
            '#' if is_extended && class_depth == 0 => {
                let end = after.find('\n').unwrap_or(after.len());
                &after[end..]
            }
            character => {
                out.push(character);
                after
            }
        };
    }
    out
}

/// A class begins; a closing bracket first in it is a member.
fn class_start<'p>(after: &'p str, out: &mut String) -> &'p str {
    out.push('[');
    let (negation, after) = match after.strip_prefix('^') {
        Some(after) => ("^", after),
        None => ("", after),
    };
    out.push_str(negation);
    match after.strip_prefix(']') {
        Some(after) => {
            out.push_str("\\]");
            after
        }
        None => after,
    }
}

/// `{` begins a repetition, or is a plain character.
fn repetition<'p>(after: &'p str, out: &mut String) -> &'p str {
    let inside = after.split_once('}').map(|(inside, _)| inside);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let bounds = inside.map(|inside| inside.split_once(',').unwrap_or((inside, inside)));
    match bounds {
        Some(("", "")) | None => out.push_str("\\{"),
        Some((from, upto)) if is_digits(from) && is_digits(upto) => {
            out.push_str(if from.is_empty() { "{0" } else { "{" });
        }
        Some(_) => out.push_str("\\{"),
    }
    after
}

/// What follows a backslash.
fn escape<'p>(after: &'p str, is_in_class: bool, out: &mut String) -> &'p str {
    let Some(letter) = after.chars().next() else {
        out.push('\\');
        return after;
    };
    let rest = &after[letter.len_utf8()..];
    match letter {
        'Z' if !is_in_class => out.push_str("(?:\\n?\\z)"),
        'e' => out.push_str("\\x1B"),
        'R' if !is_in_class => out.push_str("(?:\\r\\n|[\\n\\x0B\\f\\r\\u{85}\\u{2028}\\u{2029}])"),
        // Back-references stay: they are not for automata.
        'A'
        | 'z'
        | 'b'
        | 'B'
        | 'd'
        | 'D'
        | 's'
        | 'S'
        | 'w'
        | 'W'
        | 'p'
        | 'P'
        | 'x'
        | 'n'
        | 't'
        | 'r'
        | 'f'
        | 'v'
        | 'a'
        | '0'..='9' => {
            out.push('\\');
            out.push(letter);
            // A name in braces is no repetition.
            if let ('p' | 'P' | 'x', Some(end)) = (letter, rest.find('}'))
                && rest.starts_with('{')
            {
                out.push_str(&rest[..=end]);
                return &rest[end + 1..];
            }
        }
        letter if letter.is_ascii_punctuation() => {
            out.push('\\');
            out.push(letter);
        }
        letter => out.push(letter),
    }
    rest
}

/// Where a translated pattern says `$`.
pub(super) fn ends(translated: &str) -> Vec<usize> {
    let (mut ends, mut class_depth, mut is_escaped) = (Vec::new(), 0_usize, false);
    for (at, byte) in translated.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'[' => class_depth += 1,
            b']' => class_depth = class_depth.saturating_sub(1),
            b'$' if class_depth == 0 => ends.push(at),
            _ => {}
        }
    }
    ends
}

/// A translated pattern for a search that can look ahead: `$` is a place before a line feed that ends the text, too.
pub(super) fn with_line_feed(translated: &str) -> String {
    let mut out = translated.to_owned();
    for at in ends(translated).into_iter().rev() {
        out.replace_range(at..=at, "(?=\\n?\\z)");
    }
    out
}

/// Whether a pattern has what no automaton can do: look-around, back-references, atomic groups.
pub(super) fn is_irregular(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    let is_reference = |pair: &[u8]| pair[0] == b'\\' && (pair[1].is_ascii_digit() || pair[1] == b'k');
    bytes.windows(2).any(is_reference)
        || ["(?=", "(?!", "(?<=", "(?<!", "(?>"].iter().any(|group| pattern.contains(group))
}

/// What is wrong with a pattern that cannot be compiled.
pub(super) fn fault(pattern: &str, syntax: Config) -> String {
    let mut parser = ast::parse::ParserBuilder::new();
    parser.ignore_whitespace(syntax.get_ignore_whitespace());
    let Err(error) = parser.build().parse(pattern) else {
        return "the pattern is too large".to_owned();
    };
    use ast::ErrorKind as Kind;
    let known = match error.kind() {
        Kind::GroupUnclosed => "end pattern with unmatched parenthesis",
        Kind::GroupUnopened => "unmatched close parenthesis",
        Kind::ClassUnclosed => "premature end of char-class",
        Kind::ClassRangeInvalid => "empty range in char class",
        Kind::EscapeUnexpectedEof => "end pattern at escape",
        Kind::RepetitionMissing => "target of repeat operator is not specified",
        Kind::RepetitionCountInvalid => "upper is smaller than lower in repeat range",
        Kind::GroupNameEmpty => "group name is empty",
        Kind::GroupNameInvalid => "invalid group name <>",
        Kind::UnsupportedBackreference => "back-references are not supported here",
        Kind::UnsupportedLookAround => "look-around is not supported here",
        other => return other.to_string(),
    };
    known.to_owned()
}
