//! Strings without their escapes, as jq's own reader takes them.

use super::Step;

/// The text of the inside of a string.
pub(super) fn unescaped(raw: &[u8]) -> Step<String> {
    let mut out: Vec<u8> = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\\' => {
                let Some((&kind, after)) = rest.split_first() else {
                    return Err("Expected escape character at end of string");
                };
                rest = after;
                match kind {
                    b'\\' | b'"' | b'/' => out.push(kind),
                    b'b' => out.push(8),
                    b'f' => out.push(12),
                    b't' => out.push(b'\t'),
                    b'n' => out.push(b'\n'),
                    b'r' => out.push(b'\r'),
                    b'u' => {
                        let character = unicode_escape(&mut rest)?;
                        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    _ => return Err("Invalid escape"),
                }
            }
            0..0x20 => {
                return Err("Invalid string: control characters from U+0000 through U+001F must be escaped");
            }
            byte => out.push(byte),
        }
    }
    Ok(String::from_utf8(out).unwrap_or_else(|lossy| String::from_utf8_lossy(lossy.as_bytes()).into_owned()))
}

fn unicode_escape(rest: &mut &[u8]) -> Step<char> {
    const NO_PAIR: &str = "Invalid \\uXXXX\\uXXXX surrogate pair escape";
    let unit = hex(rest, "Invalid \\uXXXX escape")?;
    if !(0xD800..0xDC00).contains(&unit) {
        return Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    *rest = rest.strip_prefix(b"\\u").ok_or(NO_PAIR)?;
    let low = hex(rest, NO_PAIR).map_err(|_| NO_PAIR)?;
    if !(0xDC00..0xE000).contains(&low) {
        return Err(NO_PAIR);
    }
    let character = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    Ok(char::from_u32(character).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn hex(rest: &mut &[u8], too_short: &'static str) -> Step<u32> {
    let (digits, after) = rest.split_at_checked(4).ok_or(too_short)?;
    *rest = after;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16).ok_or("Invalid characters in \\uXXXX escape")?;
        Ok(unit * 16 + digit)
    })
}
