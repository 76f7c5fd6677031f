//! What begins as TOML: a rule over the first two lines that say something.

/// Whether the first line that says something is `key = …`, or is `[table]` and the next is one of both.
pub(super) fn is_toml(beginning: &[u8]) -> bool {
    let says = |line: &&[u8]| !line.is_empty() && !line.starts_with(b"#");
    let mut lines = beginning.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(says);
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    is_assignment(first) || (is_table(first) && (is_table(second) || is_assignment(second)))
}

fn is_assignment(line: &[u8]) -> bool {
    let Some(equals) = memchr::memchr(b'=', line) else {
        return false;
    };
    is_key(line[..equals].trim_ascii())
}

fn is_table(line: &[u8]) -> bool {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
    let array = line.strip_prefix(b"[[").and_then(|rest| rest.strip_suffix(b"]]"));
    let name = array.or_else(|| line.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")));
    name.is_some_and(is_key)
}

/// A dotted key, of words or in quotes.
fn is_key(key: &[u8]) -> bool {
    let quoted = matches!(key.first(), Some(b'"' | b'\'')) && key.len() > 1 && key.last() == key.first();
    let is_bare = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-. \t\"'".contains(byte);
    let words = key.split(|byte| *byte == b'.').map(<[u8]>::trim_ascii);
    let is_word = |word: &[u8]| {
        !word.is_empty() && (matches!(word[0], b'"' | b'\'') || !word.iter().any(u8::is_ascii_whitespace))
    };
    quoted || (key.iter().all(is_bare) && words.into_iter().all(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_as_toml() {
        let check = |text: &str, expected| assert_eq!(is_toml(text.as_bytes()), expected, "{text}");
        check("a = 1", true);
        check("# c\n\n  a.b . 'c d' = [1]\n", true);
        check("\"a b\" = {}", true);
        check("[table]\nkey = 1", true);
        check("[[array.of.tables]] # c\r\nkey = 1", true);
        check("[a]\n[b]\n", true);
        // One bracket alone is a sequence of YAML, or JSON5.
        check("[a]", false);
        check("[1,\n2]", false);
        check("a: b = c", false);
        check("some words = 1", false);
        check("= 1", false);
        check("", false);
        check("a..b = 1", false);
    }
}
