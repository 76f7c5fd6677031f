//! Kinds of findings of the scanner, and what each says.

use super::finding::{boundary, shown};
use crate::Code;
use crate::number::ecmascript;

/// What the scanner can find. Readers and writers of other formats have codes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ByteOrderMark,
    Comment,
    ControlCharacter,
    DuplicateDropped,
    DuplicateKey,
    EmptyInput,
    InvalidEscape,
    InvalidLiteral,
    InvalidNumber,
    InvalidUtf8,
    LeadingZero,
    LoneSurrogate,
    MismatchedBracket,
    MissingColon,
    MissingComma,
    MissingValue,
    NanOrInfinity,
    Noncharacter,
    NumberIncomplete,
    NumberOverflow,
    NumberPlusSign,
    NumberRounded,
    NumberUnsafe,
    SingleQuoted,
    TrailingComma,
    TrailingContent,
    UnexpectedCharacter,
    UnexpectedEnd,
    UnquotedKey,
    UnterminatedString,
}

impl Kind {
    pub(super) fn code(self) -> Code {
        match self {
            Kind::ByteOrderMark => Code::ByteOrderMark,
            Kind::Comment => Code::Comment,
            Kind::ControlCharacter => Code::ControlCharacter,
            Kind::DuplicateDropped => Code::DuplicateDropped,
            Kind::DuplicateKey => Code::DuplicateKey,
            Kind::EmptyInput => Code::EmptyInput,
            Kind::InvalidEscape => Code::InvalidEscape,
            Kind::InvalidLiteral => Code::InvalidLiteral,
            Kind::InvalidNumber => Code::InvalidNumber,
            Kind::InvalidUtf8 => Code::InvalidUtf8,
            Kind::LeadingZero => Code::LeadingZero,
            Kind::LoneSurrogate => Code::LoneSurrogate,
            Kind::MismatchedBracket => Code::MismatchedBracket,
            Kind::MissingColon => Code::MissingColon,
            Kind::MissingComma => Code::MissingComma,
            Kind::MissingValue => Code::MissingValue,
            Kind::NanOrInfinity => Code::NanOrInfinity,
            Kind::Noncharacter => Code::Noncharacter,
            Kind::NumberIncomplete => Code::NumberIncomplete,
            Kind::NumberOverflow => Code::NumberUnsafe,
            Kind::NumberPlusSign => Code::NumberPlusSign,
            Kind::NumberRounded => Code::NumberRounded,
            Kind::NumberUnsafe => Code::NumberUnsafe,
            Kind::SingleQuoted => Code::SingleQuoted,
            Kind::TrailingComma => Code::TrailingComma,
            Kind::TrailingContent => Code::TrailingContent,
            Kind::UnexpectedCharacter => Code::UnexpectedCharacter,
            Kind::UnexpectedEnd => Code::UnexpectedEnd,
            Kind::UnquotedKey => Code::UnquotedKey,
            Kind::UnterminatedString => Code::UnterminatedString,
        }
    }

    #[allow(clippy::too_many_lines, reason = "a total match that says one sentence a kind")]
    /// What was found at `start..end` and what was allowed. Echoes at most 64 bytes of the text.
    pub(super) fn message(self, text: &[u8], start: usize, end: usize) -> String {
        let found = excerpt(text, start, end);
        match self {
            Kind::ByteOrderMark => {
                "the text begins with a byte order mark; JSON begins with its value".to_owned()
            }
            Kind::Comment => "comments are not part of JSON; remove it".to_owned(),
            Kind::ControlCharacter => {
                let byte = text.get(start).copied().unwrap_or_default();
                format!(
                    "the control character U+{byte:04X} stands bare in a string; write it as \\u{byte:04x}"
                )
            }
            Kind::DuplicateKey => {
                format!("the key {found} stands in this object already; the last one counts")
            }
            Kind::DuplicateDropped => {
                format!("the key {found} stands in this object already; only one of the members is kept")
            }
            Kind::EmptyInput => "there is no value; a JSON text is one value".to_owned(),
            Kind::InvalidEscape => {
                format!(
                    "{found} is not an escape; allowed: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u and four hex digits"
                )
            }
            Kind::InvalidLiteral => format!("{found} is not a value; allowed words: true, false, null"),
            Kind::InvalidNumber => format!("{found} is not a decimal number; JSON knows no other base"),
            Kind::InvalidUtf8 => "the bytes are not valid UTF-8; JSON is UTF-8".to_owned(),
            Kind::LeadingZero => "a number has no leading zero".to_owned(),
            Kind::LoneSurrogate => format!("{found} is half of a surrogate pair; readers disagree about it"),
            Kind::MismatchedBracket => format!("{found} closes a bracket of the other kind"),
            Kind::MissingColon => format!("found {found} where ':' must follow the key"),
            Kind::MissingComma => "a ',' is missing before this".to_owned(),
            Kind::MissingValue => format!("found {found} where a value must stand"),
            Kind::NanOrInfinity => format!("{found} is not a JSON number; allowed: decimal digits"),
            Kind::Noncharacter => {
                format!("{found} is a noncharacter, which Unicode never assigns; RFC 7493 forbids it")
            }
            Kind::NumberIncomplete => format!("the number {found} is incomplete; a digit must follow"),
            Kind::NumberOverflow => {
                format!("{found} lies outside of what doubles can hold; at most 1.7976931348623157e+308")
            }
            Kind::NumberPlusSign => "a number has no plus sign".to_owned(),
            Kind::NumberRounded => {
                format!("no double has the value {found}; {} is written", nearest(text, start, end))
            }
            Kind::NumberUnsafe => {
                format!("readers that use doubles get another number than {found}; write it as a string")
            }
            Kind::SingleQuoted => "strings stand in double quotes".to_owned(),
            Kind::TrailingComma => {
                "trailing comma: a value must follow ',' or the bracket must close without it".to_owned()
            }
            Kind::TrailingContent => {
                "there is more after the end of the value; a JSON text is one value".to_owned()
            }
            Kind::UnexpectedCharacter => {
                format!("found {found} where a value, a key or a separator must stand")
            }
            Kind::UnexpectedEnd => "the text ends before the value is complete".to_owned(),
            Kind::UnquotedKey => format!("the key {found} stands without quotes; write \"{found}\""),
            Kind::UnterminatedString => "the string has no closing quote on its line".to_owned(),
        }
    }
}

/// The text of the double that is nearest to a number.
fn nearest(text: &[u8], start: usize, end: usize) -> String {
    let mut out = Vec::new();
    ecmascript::write(&text[start..end], &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// At most 64 bytes of the text, for a message.
pub(crate) fn excerpt(text: &[u8], start: usize, end: usize) -> String {
    let end = end.min(text.len());
    let cut = boundary(text, end.min(start + 60)).min(end);
    if cut < end { format!("{}…", shown(&text[start..cut])) } else { shown(&text[start..cut]) }
}
