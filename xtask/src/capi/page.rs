//! The programs of docs/capi.md, each with what it prints.

use anyhow::{Context as _, Result};

/// A program of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program<'p> {
    pub(super) text: &'p str,
    /// What the block behind it, marked `text`, says.
    pub(super) prints: &'p str,
}

/// The program that a block marked with this language holds.
pub(super) fn program<'p>(page: &'p str, language: &str) -> Result<Program<'p>> {
    let (text, rest) = block(page, language).with_context(|| format!("no block is marked `{language}`"))?;
    let (prints, _) = block(rest, "text")
        .with_context(|| format!("no block marked `text` follows the one in {language}"))?;
    Ok(Program { text, prints })
}

/// The first block with this mark, and what follows it.
fn block<'p>(page: &'p str, mark: &str) -> Option<(&'p str, &'p str)> {
    let (_, rest) = page.split_once(&format!("\n```{mark}\n"))?;
    rest.split_once("```\n")
}

#[cfg(test)]
mod tests {
    use super::{Program, program};

    #[test]
    fn a_program_has_what_it_prints() {
        let page = "# A\n\n```c\nint a;\n```\n\nSays:\n\n```text\n1\n```\n";
        assert_eq!(program(page, "c").unwrap(), Program { text: "int a;\n", prints: "1\n" });
        assert!(program(page, "python").is_err());
        assert!(program("\n```c\nint a;\n```\n", "c").is_err());
    }
}
