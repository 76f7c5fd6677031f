//! Keys without quotes: IdentifierName of ECMAScript 5.1, section 7.6. Letters beyond U+FFFF are letters here too.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, ClassUnicode, HirKind};

use super::Reader;
use crate::document::Key;
use crate::{Code, Error};

/// UnicodeLetter: what a name may begin with, beyond ASCII.
static LETTERS: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"[\p{L}\p{Nl}]"));
/// What it may go on with: combining marks, digits, connectors and the two joiners as well.
static PARTS: LazyLock<ClassUnicode> =
    LazyLock::new(|| class(r"[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}\x{200c}\x{200d}]"));

fn class(pattern: &str) -> ClassUnicode {
    let hir = regex_syntax::parse(pattern).expect("the two classes above are valid");
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => class,
        _ => ClassUnicode::empty(),
    }
}

fn holds(class: &ClassUnicode, character: char) -> bool {
    let ranges = class.ranges();
    let index = ranges.partition_point(|range| range.end() < character);
    ranges.get(index).is_some_and(|range| range.start() <= character)
}

fn is_start(character: char) -> bool {
    match character {
        'a'..='z' | 'A'..='Z' | '$' | '_' => true,
        '\0'..='\x7f' => false,
        other => holds(&LETTERS, other),
    }
}

pub(super) fn is_part(character: char) -> bool {
    match character {
        'a'..='z' | 'A'..='Z' | '$' | '_' | '0'..='9' => true,
        '\0'..='\x7f' => false,
        other => holds(&PARTS, other),
    }
}

impl Reader<'_> {
    /// Reads the key at the present place.
    pub(super) fn name(&mut self) -> Result<Key, Error> {
        let start = self.at;
        let (mut from, mut decoded) = (start, String::new());
        while let Some(character) = self.peek_char() {
            let fits = if self.at == start { is_start } else { is_part };
            if character == '\\' {
                decoded.push_str(&self.text[from..self.at]);
                decoded.push(self.name_escape(start, fits)?);
                self.at += 6;
                from = self.at;
            } else if fits(character) {
                self.at += character.len_utf8();
            } else {
                break;
            }
        }
        if self.at == start {
            return Err(self.no_key());
        }
        decoded.push_str(&self.text[from..self.at]);
        Ok(Key::Text(decoded.into()))
    }

    /// The character of the escape at the present place, which must fit where it stands.
    fn name_escape(&self, start: usize, fits: fn(char) -> bool) -> Result<char, Error> {
        let is_unicode = self.text.as_bytes().get(self.at + 1) == Some(&b'u');
        let character = match is_unicode {
            true => char::from_u32(self.digits(start, self.at, 4)?).filter(|c| fits(*c)),
            false => None,
        };
        character.ok_or_else(|| {
            let message = "an escape in a key without quotes is \\u and four hex digits of a letter";
            self.fail(Code::InvalidEscape, message, self.here())
        })
    }

    #[cold]
    fn no_key(&self) -> Error {
        let place = self.here();
        match self.peek_char() {
            None => self.ended(),
            Some('#') => self.fail(Code::Comment, "a comment begins with // or /*", place),
            Some(first) if is_part(first) || first == '-' => {
                let message = "a key without quotes begins with a letter, $ or _; write it in quotes";
                self.fail(Code::UnquotedKey, message, place)
            }
            Some(_) => self.unexpected(place),
        }
    }
}
