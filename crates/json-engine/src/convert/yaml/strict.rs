//! What YAML 1.2.2 forbids and the parser lets pass, found where a node begins.
//!
//! Cost: a look at the blanks before a collection; a plain scalar is looked through only if it is not as it stands there.

use std::ops::Range;

use granit_parser::{ScalarStyle, StructureStyle};

use super::compose::{BYTE_ORDER_MARK, Composer};
use super::frame::{Body, Open};
use crate::{Code, Error};

impl Composer<'_> {
    /// Checks what stands before a collection that begins at `start`.
    pub(super) fn check_start(&self, style: StructureStyle, start: usize) -> Result<(), Error> {
        let before = &self.text.as_bytes()[..start.min(self.text.len())];
        match style {
            StructureStyle::Flow => self.check_separation(before),
            _ => {
                self.check_indentation(before)?;
                self.check_line_of_value(before)
            }
        }
    }

    /// A block stands on the line of `:` only where `?` began its key (rules 192 and 194).
    fn check_line_of_value(&self, before: &[u8]) -> Result<(), Error> {
        let Some(Open { body: Body::Mapping(_, Some((_, key))), .. }) = self.open.last() else {
            return Ok(());
        };
        let at = before.trim_ascii_end().len().saturating_sub(1);
        let is_on_line = before.get(at) == Some(&b':') && !before[at..].contains(&b'\n');
        // An absent key lies before its `:`.
        if !is_on_line || *key != (at..at) || is_explicit(&before[..at]) {
            return Ok(());
        }
        let message =
            "a block begins on the line of `:` and nothing is before it; allowed: `?` on a line before";
        Err(self.invalid(Code::YamlSyntax, message.to_owned(), at..at + 1))
    }

    /// Checks the text of a scalar against how it stands there.
    pub(super) fn check_scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        place: &Range<usize>,
    ) -> Result<(), Error> {
        match style {
            ScalarStyle::Plain => {
                self.check_marks(place)?;
                self.check_plain(text, place)
            }
            ScalarStyle::Literal | ScalarStyle::Folded => self.check_marks(place),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => self.check_continuation(place),
        }
    }

    /// A byte order mark is no character of a text that is not quoted (rule 27).
    fn check_marks(&self, place: &Range<usize>) -> Result<(), Error> {
        let source = self.text.get(place.clone()).filter(|_| self.has_marks);
        let Some(mark) = source.and_then(|source| source.find(BYTE_ORDER_MARK)) else {
            return Ok(());
        };
        let message = "a byte order mark stands in a text; in double quotes `\\uFEFF` does";
        let at = place.start + mark;
        Err(self.invalid(Code::YamlSyntax, message.to_owned(), at..at + BYTE_ORDER_MARK.len()))
    }

    /// Only spaces indent a block (section 6.1), on a line of its own and behind the indicator of the block around it.
    fn check_indentation(&self, before: &[u8]) -> Result<(), Error> {
        let blanks = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let (line, indentation) = before.split_at(before.len() - blanks);
        let indents = matches!(line.last(), None | Some(b'\n' | b'\r' | b'-' | b'?' | b':'));
        match memchr::memchr(b'\t', indentation) {
            Some(tab) if indents => {
                let (message, at) = ("a tab indents a block; only spaces do".to_owned(), line.len() + tab);
                Err(self.invalid(Code::YamlSyntax, message, at..at + 1))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Something separates an anchor from its node (section 6.9).
    fn check_separation(&self, before: &[u8]) -> Result<(), Error> {
        let at = before.len();
        let is_bracket = matches!(self.text.as_bytes().get(at), Some(b'[' | b'{'));
        let is_separate = matches!(
            before.last(),
            None | Some(b' ' | b'\t' | b'\n' | b'\r' | b'[' | b'{' | b',' | b':' | b'?' | 0xbf)
        );
        if is_separate || !is_bracket {
            return Ok(());
        }
        let message = "nothing separates the bracket from what is before it; a space does".to_owned();
        Err(self.invalid(Code::YamlSyntax, message, at..at + 1))
    }

    /// A comment ends a plain scalar, also one behind a tab (section 6.6), and `?` alone is none (section 7.3.3).
    fn check_plain(&self, text: &str, place: &Range<usize>) -> Result<(), Error> {
        let next = self.text.as_bytes().get(place.end);
        if text == "?" && matches!(next, Some(b',' | b'[' | b']' | b'{' | b'}')) {
            let message = "`?` alone is no text; in quotes it is".to_owned();
            return Err(self.invalid(Code::YamlSyntax, message, place.clone()));
        }
        let source = self.text.as_bytes().get(place.clone()).unwrap_or_default();
        if source.len() <= text.len() {
            return Ok(());
        }
        let comment = memchr::memchr_iter(b'#', source).find(|at| {
            at.checked_sub(1).is_some_and(|before| matches!(source[before], b' ' | b'\t' | b'\n' | b'\r'))
        });
        match comment {
            Some(at) => {
                let at = place.start + at;
                let message = "a comment ends the text before it, and more text follows".to_owned();
                Err(self.invalid(Code::YamlSyntax, message, at..at + 1))
            }
            None => Ok(()),
        }
    }
}

/// Whether the absent key of the `:` behind `before` has its `?`: in the same column, on the last line before that says
/// something, with no more behind it than properties.
fn is_explicit(before: &[u8]) -> bool {
    let mut lines = before.rsplit(|byte| matches!(byte, b'\n' | b'\r'));
    let indentation = lines.next().unwrap_or_default();
    if !indentation.iter().all(|byte| *byte == b' ') {
        return false;
    }
    let says_nothing = |line: &&[u8]| matches!(line.trim_ascii().first(), None | Some(b'#' | b'&' | b'!'));
    let last = lines.find(|line| !says_nothing(line)).unwrap_or_default();
    let behind = last.get(indentation.len()..).and_then(|rest| rest.strip_prefix(b"?"));
    behind.is_some_and(|behind| says_nothing(&behind))
}

#[cfg(test)]
mod tests {
    use crate::convert::Foreign;
    use crate::convert::yaml::tests::as_json;

    fn check(source: &str, expected: Result<&str, &str>) {
        let read = as_json(source, Foreign::Plain);
        match (&read, expected) {
            (Ok(read), Ok(expected)) => assert_eq!(read, expected, "{source:?}"),
            (Err(error), Err(message)) => {
                assert!(format!("{error:?}").contains(message), "{source:?} {error:?}")
            }
            _ => panic!("{source:?} {read:?}"),
        }
    }

    #[test]
    fn a_tab_indents_no_compact_block() {
        for source in ["-\ta: b", "- \ta: b", "- -\ta: b", "-\t\"a\": b", "-\t[a]: b", "? \ta: b"] {
            check(source, Err(""));
        }
        check("-\ta", Ok(r#"["a"]"#));
        check("-\t[a]", Ok(r#"[["a"]]"#));
        check("-\t{a: b}", Ok(r#"[{"a":"b"}]"#));
        check("a\t:\tb\nc:\t'd'", Ok(r#"{"a":"b","c":"d"}"#));
        check("a:\t# c\n  b: c", Ok(r#"{"a":{"b":"c"}}"#));
    }

    #[test]
    fn a_block_on_the_line_of_a_colon_has_a_question_mark_before() {
        for source in [
            ": a: b",
            ": - a",
            "x: 1\n: a: b",
            "- : a: b",
            "? : a: b",
            "k:\n  : - a",
            "? a\n: b\n: c: d",
            "?\n  : a: b",
            "&x : a: b",
        ] {
            check(source, Err(""));
        }
        check(":\n  a: b", Ok(r#"{"":{"a":"b"}}"#));
        check(": [a]\nb: c", Ok(r#"{"":["a"],"b":"c"}"#));
        check("? # c\n\n# d\n: a: b", Ok(r#"{"":{"a":"b"}}"#));
        check("? &x !!null\n: - a", Ok(r#"{"":["a"]}"#));
        check("- ?\n   &x\n  : a: b", Ok(r#"[{"":{"a":"b"}}]"#));
        check("? x\n: a: b\n? \"\"\n: - c", Ok(r#"{"x":{"a":"b"},"":["c"]}"#));
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        for source in ["a: b\u{feff}", "|\n a\u{feff}\n"] {
            check(source, Err("byte order mark"));
        }
        check("\u{feff}- \"\u{feff}\"\n- '\u{feff}a'", Ok("[\"\u{feff}\",\"\u{feff}a\"]"));
        check("\u{feff}a\n...\n\u{feff}b", Ok(r#""a" "b""#));
    }

    #[test]
    fn an_anchor_stands_apart_from_a_bracket() {
        check("&a[x]", Err("separates the bracket"));
        check("&a{x: 1}", Err("separates the bracket"));
        check("[&a [x],{\"y\":[1]},[[2]],{? [3]}]", Ok(r#"[["x"],{"y":[1]},[[2]],{"[3]":null}]"#));
        check("\u{feff}[1]", Ok("[1]"));
        check("\u{feff}{a: 1}\n...\n\u{feff}[1]", Ok(r#"{"a":1} [1]"#));
    }

    #[test]
    fn a_comment_behind_a_tab_ends_a_text() {
        check("a: b\n\t# c\n  d", Err("a comment ends"));
        check("a: b\n\n  c#d\n  e", Ok(r#"{"a":"b\nc#d e"}"#));
        check("[a\n  b#c  ,\n d]", Ok(r#"["a b#c","d"]"#));
    }

    #[test]
    fn a_question_mark_alone_is_no_text() {
        for source in ["[?]", "[-]", "[:x, ?]", "{a: ?}", "{a: b, ?}"] {
            check(source, Err(""));
        }
        check("?: a\n-: b\n:: c", Ok(r#"{"?":"a","-":"b",":":"c"}"#));
        check("[?a, -1, :x, '?']", Ok(r#"["?a",-1,":x","?"]"#));
        check("-\n-\n", Ok("[null,null]"));
    }
}
