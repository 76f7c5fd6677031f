//! Keys and strings as TOML spells them.

/// From this length on a text with line feeds is written over several lines.
const LONG: usize = 40;

/// Appends a key: bare where the grammar allows it, else quoted.
pub(super) fn key(key: &str, out: &mut Vec<u8>) {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !key.is_empty() && key.bytes().all(is_bare) {
        return out.extend_from_slice(key.as_bytes());
    }
    basic(key, out);
}

/// Appends a string: one basic string, or a multi-line one for a long text with line feeds. Both are exact.
pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    if text.len() >= LONG && memchr::memchr(b'\n', text.as_bytes()).is_some() {
        return multi_line(text, out);
    }
    basic(text, out);
}

fn basic(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escape(text, out, |byte, _| byte >= 0x20 && byte != 0x7f && byte != b'"' && byte != b'\\');
    out.push(b'"');
}

/// A line feed right behind the opening quotes is not part of the text. A quote stands bare unless another or the end
/// follows, so that three never meet.
fn multi_line(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"\"\"\n");
    escape(text, out, |byte, next| match byte {
        b'\n' | b'\t' => true,
        b'"' => next.is_some_and(|next| *next != b'"'),
        b'\\' | 0x7f => false,
        other => other >= 0x20,
    });
    out.extend_from_slice(b"\"\"\"");
}

/// Appends `text`; a byte that may not stand `bare`, given the byte behind it, is escaped.
fn escape(text: &str, out: &mut Vec<u8>, bare: impl Fn(u8, Option<&u8>) -> bool) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if bare(*byte, bytes.get(at + 1)) {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            control => out.extend_from_slice(format!("\\u{control:04X}").as_bytes()),
        }
    }
    out.extend_from_slice(&bytes[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: fn(&str, &mut Vec<u8>), text: &str, expected: &str) {
        let mut out = Vec::new();
        write(text, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn keys() {
        check(key, "a-B_9", "a-B_9");
        check(key, "", r#""""#);
        check(key, "a.b", r#""a.b""#);
        check(key, "é\"", r#""é\"""#);
    }

    #[test]
    fn strings() {
        check(string, "a\tb\u{7f}\u{1}\\", r#""a\tb\u007F\u0001\\""#);
        let text = format!("{}\n\"x\" \"\"\"y\r\n\"", "z".repeat(40));
        let expected = format!("\"\"\"\n{}\n\"x\" \\\"\\\"\"y\\r\n\\\"\"\"\"", "z".repeat(40));
        check(string, &text, &expected);
    }
}
