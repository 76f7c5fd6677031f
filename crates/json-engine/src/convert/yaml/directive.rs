//! Directives: what stands before `---` (YAML 1.2.2 section 6.8).
//!
//! Cost: one search in what stands between two documents.

use std::ops::Range;

use granit_parser::YamlVersion;

use super::compose::Composer;
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
