//! The parser's cursor: characters, blank space, integers, strings, numbers.
//!
//! Promise: an error names the place in the program. Cost: a look at each character.

use crate::error::Error;
use crate::query::error;

/// Integers of a program stay within I-JSON (RFC 9535 section 2.1).
const MAX_INTEGER: i64 = (1 << 53) - 1;

pub(super) struct Lexer<'p> {
    pub(super) program: &'p str,
    pub(super) at: usize,
}

impl<'p> Lexer<'p> {
    pub(super) fn new(program: &'p str) -> Self {
        Lexer { program, at: 0 }
    }

    pub(super) fn rest(&self) -> &'p str {
        &self.program[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Steps over `token` if it stands here.
    pub(super) fn eat(&mut self, token: &str) -> bool {
        let is_here = self.rest().starts_with(token);
        if is_here {
            self.at += token.len();
        }
        is_here
    }

    pub(super) fn expect(&mut self, token: &str) -> Result<(), Error> {
        if self.eat(token) {
            return Ok(());
        }
        self.fail(&format!("'{token}' must stand here"))
    }

    pub(super) fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    pub(super) fn fail<T>(&self, message: &str) -> Result<T, Error> {
        self.fail_at(self.at, message)
    }

    pub(super) fn fail_at<T>(&self, at: usize, message: &str) -> Result<T, Error> {
        Err(error(self.program, at, message.to_owned()))
    }

    fn digits(&mut self) -> &'p str {
        let rest = self.rest();
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        self.at += length;
        &rest[..length]
    }

    /// An integer, if one begins here.
    pub(super) fn integer(&mut self) -> Result<Option<i64>, Error> {
        let start = self.at;
        let negative = self.eat("-");
        let digits = self.digits();
        if digits.is_empty() {
            return if negative { self.fail("a digit must follow '-'") } else { Ok(None) };
        }
        if digits.starts_with('0') && (digits.len() > 1 || negative) {
            return self.fail_at(start, "an integer has no leading zero, and 0 no sign");
        }
        match digits.parse::<i64>() {
            Ok(size) if size <= MAX_INTEGER => Ok(Some(if negative { -size } else { size })),
            Ok(_) | Err(_) => self.fail_at(start, "an integer is between -(2^53-1) and 2^53-1"),
        }
    }

    /// A JSON number, as its literal; one must begin here.
    pub(super) fn number(&mut self) -> Result<&'p str, Error> {
        let start = self.at;
        self.eat("-");
        let digits = self.digits();
        if digits.is_empty() || (digits.starts_with('0') && digits.len() > 1) {
            return self.fail_at(start, "a number has digits, without leading zeros");
        }
        if self.eat(".") && self.digits().is_empty() {
            return self.fail("a digit must follow '.'");
        }
        if self.eat("e") || self.eat("E") {
            let _signed = self.eat("+") || self.eat("-");
            if self.digits().is_empty() {
                return self.fail("an exponent has digits");
            }
        }
        Ok(&self.program[start..self.at])
    }

    /// A quoted string; `None` if none begins here.
    pub(super) fn string(&mut self) -> Result<Option<String>, Error> {
        let quote = match self.peek() {
            Some(quote @ ('"' | '\'')) => quote,
            _ => return Ok(None),
        };
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(character) = self.peek() else {
                return self.fail_at(start, "the string has no closing quote");
            };
            let here = self.at;
            self.at += character.len_utf8();
            match character {
                _ if character == quote => return Ok(Some(text)),
                '\\' => text.push(self.escape(quote)?),
                control if control < ' ' => {
                    return self.fail_at(here, "control characters are written as escapes");
                }
                other => text.push(other),
            }
        }
    }

    fn escape(&mut self, quote: char) -> Result<char, Error> {
        let Some(kind) = self.peek() else {
            return self.fail("an escape must follow '\\'");
        };
        let here = self.at;
        self.at += kind.len_utf8();
        match kind {
            'b' => Ok('\u{8}'),
            'f' => Ok('\u{c}'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            '/' | '\\' => Ok(kind),
            'u' => self.unicode(here),
            _ if kind == quote => Ok(kind),
            _ => self.fail_at(here, "this is no escape; allowed: b f n r t / \\ u and the quote"),
        }
    }

    fn unicode(&mut self, here: usize) -> Result<char, Error> {
        let high = self.unit()?;
        let scalar = match high {
            0xd800..0xdc00 if self.eat("\\u") => {
                let low = self.unit()?;
                if !(0xdc00..0xe000).contains(&low) {
                    return self.fail_at(here, "a low surrogate must follow the high one");
                }
                0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
            }
            other => other,
        };
        match char::from_u32(scalar) {
            Some(character) => Ok(character),
            None => self.fail_at(here, "a surrogate does not stand alone"),
        }
    }

    fn unit(&mut self) -> Result<u32, Error> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(unit) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
            return self.fail("four hex digits must follow '\\u'");
        };
        self.at += 4;
        Ok(unit)
    }
}
