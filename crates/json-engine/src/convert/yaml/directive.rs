//! Directives: what stands before `---` (YAML 1.2.2 section 6.8).
//!
//! Cost: one search in what stands between two documents.

use std::ops::Range;

use granit_parser::YamlVersion;

use super::compose::{BYTE_ORDER_MARK, Composer};
use crate::{Code, Error};

impl Composer<'_> {
    /// Checks the directives of the document that begins at `place`.
    pub(super) fn check_directives(
        &self,
        version: Option<YamlVersion>,
        place: Range<usize>,
    ) -> Result<(), Error> {
        if let Some(version) = version.filter(|version| version.major != 1) {
            let message = format!("YAML {}.{}; readable is YAML 1", version.major, version.minor);
            return Err(self.invalid(Code::YamlSyntax, message, place));
        }
        let between = self.text.get(self.directives..place.start).unwrap_or_default();
        self.check_no_mark(between)?;
        let joined = between.lines().find_map(|line| {
            let handle = line.strip_prefix("%TAG")?.split_ascii_whitespace().next()?;
            (!is_handle(handle)).then_some(handle)
        });
        let Some(handle) = joined else {
            return Ok(());
        };
        let at = self.directives + (handle.as_ptr().addr() - between.as_ptr().addr());
        let message = "no blank stands between a tag handle and its prefix; allowed: `%TAG !name! prefix`";
        Err(self.invalid(Code::YamlSyntax, message.to_owned(), at..at + handle.len()))
    }

    /// A byte order mark stands before the first directive only (rules 202 and 209).
    fn check_no_mark(&self, between: &str) -> Result<(), Error> {
        let last = if self.has_marks { between.rfind(BYTE_ORDER_MARK) } else { None };
        let Some(mark) = last.filter(|mark| between[..*mark].lines().any(is_directive)) else {
            return Ok(());
        };
        let message = "a byte order mark stands behind a directive; allowed: before the first one";
        let at = self.directives + mark;
        Err(self.invalid(Code::YamlSyntax, message.to_owned(), at..at + BYTE_ORDER_MARK.len()))
    }
}

fn is_directive(line: &str) -> bool {
    line.trim_start_matches(BYTE_ORDER_MARK).starts_with('%')
}

/// `!`, `!!` or `!name!` (rules 89 to 92).
fn is_handle(handle: &str) -> bool {
    let name = handle.strip_prefix('!').map(|rest| rest.strip_suffix('!').unwrap_or(rest));
    let is_word = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    name.is_some_and(is_word)
}

#[cfg(test)]
mod tests {
    use crate::convert::Foreign;
    use crate::convert::yaml::tests::as_json;

    fn check(source: &str, is_valid: bool) {
        assert_eq!(as_json(source, Foreign::Plain).is_ok(), is_valid, "{source:?}");
    }

    #[test]
    fn a_byte_order_mark_stands_before_directives() {
        check("\u{feff}%YAML 1.2\n---\nc", true);
        check("a\n...\n\u{feff}# %\n\u{feff}%YAML 1.2\n---\nc", true);
        check("%YAML 1.2\n\u{feff}---\nc", false);
        check("\u{feff}%YAML 1.2\n# a\n\u{feff}%TAG !a! b\n---\nc", false);
    }

    #[test]
    fn a_blank_stands_behind_a_handle() {
        check("%TAG !a! b\n---\nc", true);
        check("%TAG\t!\ttag:e.org,2000: # c\n---\nc", true);
        check("%TAG !! tag:e.org,2000:\n---\n!!c d", true);
        check("%TAG !a!b\n---\nc", false);
        check("%TAG !!b\n---\nc", false);
        check("a\n...\n%YAML 1.2\n%TAG !a!tag:b\n---\n!a!c d", false);
        // It is text in a document.
        check("|\n a\n\n %TAG !a!b\n--- |\n%TAG !a!b\n", true);
    }
}
