//! The lines of a quoted text behind its first: only spaces indent them (YAML 1.2.2 rules 63 and 69).
//!
//! The parser asks for one space less behind `-` and `?` than it should. Cost: a look at the line ends of a quoted text.

use std::ops::Range;

use super::compose::Composer;
use super::frame::{Body, Open};
use crate::{Code, Error};

impl Composer<'_> {
    /// Checks the quoted text at `place`.
    pub(super) fn check_continuation(&self, place: &Range<usize>) -> Result<(), Error> {
        let source = self.text.as_bytes().get(place.clone()).unwrap_or_default();
        if memchr::memchr(b'\t', source).is_none() {
            return Ok(());
        }
        let Some(indentation) = self.indentation() else {
            return Ok(());
        };
        for end in memchr::memchr2_iter(b'\n', b'\r', source) {
            let line = &source[end + 1..];
            let spaces = line.iter().take_while(|byte| **byte == b' ').count();
            let text = line.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
            let is_blank = matches!(text, None | Some(b'\n' | b'\r'));
            if spaces <= indentation && line.get(spaces) == Some(&b'\t') && !is_blank {
                let (message, at) =
                    ("a tab indents a line of a text; only spaces do", place.start + end + 1 + spaces);
                return Err(self.invalid(Code::YamlSyntax, message.to_owned(), at..at + 1));
            }
        }
        Ok(())
    }

    /// The column of the indicator before the present node, if it is `-` or `?`: more spaces indent its lines.
    fn indentation(&self) -> Option<usize> {
        let open = self.open.last()?;
        let indicator = match open {
            Open { body: Body::Sequence(_), .. } => b'-',
            Open { body: Body::Mapping(_, None), .. } => b'?',
            Open { body: Body::Mapping(_, Some(_)), .. } => return None,
        };
        // A sequence begins with its first `-`.
        let begins = self.text.as_bytes().get(open.start) == Some(&indicator);
        let before = self.text.as_bytes().get(..open.start + usize::from(begins))?.trim_ascii_end();
        let before = before.strip_suffix(&[indicator])?;
        if !matches!(before.last(), None | Some(b' ' | b'\t' | b'\n' | b'\r')) {
            return None;
        }
        let line = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
        Some(before.len() - line)
    }
}

#[cfg(test)]
mod tests {
    use crate::convert::Foreign;
    use crate::convert::yaml::tests::as_json;

    fn check(source: &str, expected: Option<&str>) {
        assert_eq!(as_json(source, Foreign::Plain).ok().as_deref(), expected, "{source:?}");
    }

    #[test]
    fn a_tab_indents_no_line_of_a_quoted_text() {
        for source in [
            "? \"a\n\tb\"",
            "? 'a\n\tb'\n: c",
            "? &x \"a\n\tb\"",
            "?\n \"a\n\tb\"",
            "- \"a\n\tb\"",
            "- 'a\r\n\t'",
            "- ? \"a\n  \tb\"",
            "? - \"a\n  \tb\"",
            "k:\n- \"a\n\n\tb\"",
        ] {
            check(source, None);
        }
    }

    #[test]
    fn a_tab_behind_enough_spaces_separates() {
        check("\"a\n\tb\"", Some(r#""a b""#));
        check("- \"a\n \tb\"", Some(r#"["a b"]"#));
        check("- \"a\n\t\n b\"", Some(r#"["a\nb"]"#));
        check("? \"a\n \tb\"", Some(r#"{"a b":null}"#));
        check("- ? 'a\n   \tb'", Some(r#"[{"a b":null}]"#));
        check("&k k: \"a\n \tb\"", Some(r#"{"k":"a b"}"#));
        check("--- [\"a\n\tb\"]", Some(r#"["a b"]"#));
        check("- [\"a\n \tb\"]", Some(r#"[["a b"]]"#));
        check("[\"a\n\tb\"]", Some(r#"["a b"]"#));
    }
}
