//! The command blocks of a Markdown text.

use anyhow::{Result, bail, ensure};

/// What is done with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Each command must exit with 0.
    Run,
    /// Each command must exit with something else.
    Fails,
    /// The command goes on in the background until the end of the text.
    Up,
    /// Nothing is run.
    Skip,
}

/// A fenced block of commands.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) mode: Mode,
    pub(super) commands: Vec<Shown>,
}

/// A command as the text shows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Its line in the text, from 1.
    pub(super) line: usize,
    pub(super) script: String,
    /// The lines that the text says it prints.
    pub(super) output: Vec<String>,
}

/// Other names of a block of commands; refused, since nothing would check what such a block says.
const UNCHECKED: [&str; 5] = ["sh", "bash", "shell", "zsh", "terminal"];

/// Finds the blocks that are marked `console`.
pub(super) fn parse(text: &str) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<(usize, &str)> =
            lines.by_ref().take_while(|(_, line)| !line.starts_with("```")).collect();
        let words: Vec<&str> = info.split_whitespace().collect();
        match words.as_slice() {
            ["console"] => blocks.push(block(Mode::Run, &body)?),
            ["console", tag] => blocks.push(block(mode(tag, index + 1)?, &body)?),
            [language, ..] if UNCHECKED.contains(language) => {
                bail!(
                    "line {}: commands stand in ```console blocks, which are run; this is ```{language}",
                    index + 1
                )
            }
            _ => {}
        }
    }
    Ok(blocks)
}

fn mode(tag: &str, line: usize) -> Result<Mode> {
    match tag {
        "fails" => Ok(Mode::Fails),
        "up" => Ok(Mode::Up),
        "skip" => Ok(Mode::Skip),
        other => bail!("line {line}: `console {other}` is not known; allowed: fails, up, skip"),
    }
}

fn block(mode: Mode, body: &[(usize, &str)]) -> Result<Block> {
    let mut commands: Vec<Shown> = Vec::new();
    let mut continues = false;
    for (index, line) in body {
        if let Some(script) = line.strip_prefix("$ ") {
            commands.push(Shown { line: index + 1, script: script.to_owned(), output: Vec::new() });
            continues = script.ends_with('\\');
            continue;
        }
        let Some(command) = commands.last_mut() else {
            bail!("line {}: a console block begins with `$ ` and a command", index + 1)
        };
        let more = line.strip_prefix("> ").filter(|_| command.output.is_empty());
        if continues || more.is_some() {
            let part = more.unwrap_or(line);
            command.script.push('\n');
            command.script.push_str(part);
            continues = part.ends_with('\\');
        } else {
            command.output.push((*line).to_owned());
        }
    }
    ensure!(mode != Mode::Up || commands.len() == 1, "a `console up` block holds one command");
    Ok(Block { mode, commands })
}

#[cfg(test)]
mod tests {
    use super::{Mode, parse};

    fn check(text: &str, mode: Mode, expected: &[(usize, &str, &[&str])]) {
        let blocks = parse(text).unwrap();
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].mode, mode);
        let found: Vec<_> =
            blocks[0].commands.iter().map(|c| (c.line, c.script.as_str(), c.output.clone())).collect();
        let expected: Vec<_> =
            expected.iter().map(|(l, s, o)| (*l, *s, o.iter().map(|o| (*o).to_owned()).collect())).collect();
        assert_eq!(found, expected);
    }

    fn refuse(text: &str, part: &str) {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn commands_and_what_they_print() {
        check(
            "Text\n```console\n$ a b\none\n\ntwo\n$ c\n```\n",
            Mode::Run,
            &[(3, "a b", &["one", "", "two"]), (7, "c", &[])],
        );
    }

    #[test]
    fn a_command_over_several_lines() {
        check("```console\n$ a \\\n    b\nout\n```", Mode::Run, &[(2, "a \\\n    b", &["out"])]);
        check("```console\n$ cat <<E\n> x\n> E\nx\n```", Mode::Run, &[(2, "cat <<E\nx\nE", &["x"])]);
    }

    #[test]
    fn tags() {
        check("```console skip\n$ a\n```", Mode::Skip, &[(2, "a", &[])]);
        check("```console fails\n$ a\n```", Mode::Fails, &[(2, "a", &[])]);
        check("```console up\n$ a\nready\n```", Mode::Up, &[(2, "a", &["ready"])]);
    }

    #[test]
    fn other_blocks_are_passed_over() {
        assert!(parse("```json\n$ a\n```\n```\n$ b\n```").unwrap().is_empty());
    }

    #[test]
    fn what_would_go_unchecked_is_refused() {
        refuse("```sh\nls\n```", "line 1");
        refuse("```console twice\n$ a\n```", "allowed: fails, up, skip");
        refuse("```console\nls\n```", "line 2");
        refuse("```console up\n$ a\n$ b\n```", "one command");
    }
}
