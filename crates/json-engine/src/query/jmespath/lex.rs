//! Program to tokens, each with its place.
//!
//! Promise: an error names the place in the program. Cost: one pass.

use super::{Fault, literal};
use crate::document::{Document, Key};
use crate::error::Error;
use crate::query::operator::Operator;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'p> {
    Name(&'p str),
    Quoted(Key),
    Number(i64),
    Literal(Constant),
    Compare(Operator),
    Dot,
    Star,
    Flatten,
    Filter,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    Comma,
    Colon,
    Pipe,
    Or,
    And,
    Ampersand,
    Not,
    Current,
    End,
}

/// A literal; tokens compare by kind only, so no two of these are equal.
#[derive(Debug, Clone)]
pub(super) struct Constant(pub(super) Document);

impl PartialEq for Constant {
    fn eq(&self, _: &Constant) -> bool {
        false
    }
}

/// Tokens that are spelled one way, longer ones before their beginnings.
const FIXED: [(&str, Token<'static>); 24] = [
    ("[]", Token::Flatten),
    ("[?", Token::Filter),
    ("||", Token::Or),
    ("&&", Token::And),
    ("==", Token::Compare(Operator::Eq)),
    ("!=", Token::Compare(Operator::Ne)),
    ("<=", Token::Compare(Operator::Le)),
    (">=", Token::Compare(Operator::Ge)),
    ("<", Token::Compare(Operator::Lt)),
    (">", Token::Compare(Operator::Gt)),
    ("[", Token::OpenBracket),
    ("]", Token::CloseBracket),
    ("{", Token::OpenBrace),
    ("}", Token::CloseBrace),
    ("(", Token::OpenParen),
    (")", Token::CloseParen),
    (".", Token::Dot),
    ("*", Token::Star),
    (",", Token::Comma),
    (":", Token::Colon),
    ("|", Token::Pipe),
    ("&", Token::Ampersand),
    ("!", Token::Not),
    ("@", Token::Current),
];

/// The tokens of a program with their offsets; the last is [`Token::End`].
pub(super) fn tokens(program: &str) -> Result<Vec<(Token<'_>, usize)>, Error> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        let rest = program[at..].trim_start_matches([' ', '\t', '\n', '\r']);
        at = program.len() - rest.len();
        if rest.is_empty() {
            tokens.push((Token::End, at));
            return Ok(tokens);
        }
        let (token, length) = token(program, at)?;
        tokens.push((token, at));
        at += length;
    }
}

/// The token at `at` and its length.
fn token(program: &str, at: usize) -> Result<(Token<'_>, usize), Error> {
    let rest = &program[at..];
    let fail = |message: &str| Err(Fault::Syntax.at(program, at, message));
    match rest.as_bytes()[0] {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
            let length =
                rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            Ok((Token::Name(&rest[..length]), length))
        }
        b'-' | b'0'..=b'9' => number(program, at),
        quote @ (b'"' | b'\'' | b'`') => {
            let Some(end) = closing(rest.as_bytes(), quote) else {
                return fail("the quote is not closed");
            };
            match constant(quote, &rest[..=end]) {
                Some(token) => Ok((token, end + 1)),
                None if quote == b'"' => fail("a name in quotes is a JSON string"),
                None => fail("between backticks stands JSON of at most 64 levels and 1,000 digits a number"),
            }
        }
        _ => match FIXED.iter().find(|(text, _)| rest.starts_with(text)) {
            Some((text, token)) => Ok((token.clone(), text.len())),
            None if rest.starts_with('=') => fail("values are compared by '=='"),
            None => fail("no token begins like this"),
        },
    }
}

/// An index beyond 64 bits is as far out as the farthest.
fn number(program: &str, at: usize) -> Result<(Token<'_>, usize), Error> {
    let rest = &program[at..];
    let unsigned = rest.strip_prefix('-').unwrap_or(rest);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Err(Fault::Syntax.at(program, at, "a digit must follow '-'"));
    }
    let length = rest.len() - unsigned.len() + digits;
    let farthest = if rest.starts_with('-') { i64::MIN } else { i64::MAX };
    Ok((Token::Number(rest[..length].parse().unwrap_or(farthest)), length))
}

/// Where the quote that `text` begins with is closed; a backslash takes the byte behind it along.
fn closing(text: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(quote, b'\\', text.get(at..)?)?;
        if text[at] == quote {
            return Some(at);
        }
        at += 2;
    }
}

fn constant(quote: u8, quoted: &str) -> Option<Token<'_>> {
    let inside = &quoted[1..quoted.len() - 1];
    match quote {
        b'"' => literal::name(quoted).map(Token::Quoted),
        b'\'' => Some(Token::Literal(Constant(literal::raw(inside)))),
        _ => literal::json(inside).map(|value| Token::Literal(Constant(value))),
    }
}
