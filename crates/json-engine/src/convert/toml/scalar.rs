//! Scalars: strings, booleans, numbers by their text, dates and times.

use std::borrow::Cow;
use std::ops::Range;
use std::str::FromStr;

use toml_datetime::Datetime;
use toml_parser::decoder::ScalarKind;
use toml_parser::lexer::TokenKind;
use toml_parser::{ParseError, Raw, Span};

use crate::Code;
use crate::convert::datetime;
use crate::convert::foreign::{self, Foreign, NonFinite};
use crate::convert::literal::is_number;
use crate::convert::losses::Loss;
use crate::document::{Document, Number};

use super::fault::{Halt, decoded, syntax};
use super::grammar::Reader;
use super::integer::decimal;
use super::tree::Place;

impl<'s> Reader<'s, '_> {
    /// Reads the scalar that comes next into `place`.
    pub(super) fn scalar(&mut self, place: Place) -> Result<(), Halt> {
        let token = self.present.kind();
        let raw = match token {
            TokenKind::BasicString
            | TokenKind::LiteralString
            | TokenKind::MlBasicString
            | TokenKind::MlLiteralString => {
                let raw = self.source.get(self.present).expect("a token lies in its text");
                self.advance_over(raw)?
            }
            TokenKind::Atom | TokenKind::Dot => self.bare()?,
            _ => return Err(self.unexpected("a value")),
        };
        let (raw, range) = raw;
        let (mut text, mut error) = (Cow::Borrowed(""), None::<ParseError>);
        let kind = raw.decode_scalar(&mut text, &mut error);
        decoded(error, &range)?;
        self.version.check_escapes(token, raw.as_str(), &range)?;
        let value = match kind {
            ScalarKind::String => Document::Str(text.into()),
            ScalarKind::Boolean(value) => Document::Bool(value),
            ScalarKind::DateTime => return self.datetime(place, &text, range),
            ScalarKind::Float => return self.float(place, &text, range),
            ScalarKind::Integer(radix) => {
                let digits = decimal(&text, radix, &self.tree.allowance, &self.meter, &range)?;
                Document::Number(Number::from_literal(&digits))
            }
        };
        Ok(self.tree.fill(place, value, range, 0)?)
    }

    fn advance_over(&mut self, raw: Raw<'s>) -> Result<(Raw<'s>, Range<usize>), Halt> {
        let range = self.place();
        self.advance()?;
        Ok((raw, range))
    }

    /// A word with the dots in it, and with the time behind a date and one space.
    fn bare(&mut self) -> Result<(Raw<'s>, Range<usize>), Halt> {
        let input = self.source.input();
        let start = self.present.span().start();
        let mut end = start;
        loop {
            while let TokenKind::Atom | TokenKind::Dot = self.present.kind() {
                end = self.present.span().end();
                self.advance()?;
            }
            let time_follows = matches!(input.as_bytes()[end..], [b' ', b'0'..=b'9', ..]);
            if !is_date(&input[start..end]) || !time_follows {
                break;
            }
            self.advance()?;
        }
        let raw = Raw::new_unchecked(&input[start..end], None, Span::new_unchecked(start, end));
        Ok((raw, start..end))
    }

    fn datetime(&mut self, place: Place, text: &str, range: Range<usize>) -> Result<(), Halt> {
        Datetime::from_str(text).map_err(|error| syntax(error.to_string(), range.clone()))?;
        self.version.check_seconds(text, &range)?;
        if self.foreign == Foreign::Tagged {
            return Ok(self.tree.fill(place, foreign::datetime(text), range, 1)?);
        }
        let (tree, at) = (&self.tree, range.clone());
        self.losses.add(|| Loss {
            code: Code::DatetimeAsText,
            message: "the date or time became text".to_owned(),
            pointer: tree.pointer_to(place),
            place: Some(at),
        });
        Ok(self.tree.fill(place, Document::Str(datetime::spelled(text).into()), range, 0)?)
    }

    fn float(&mut self, place: Place, text: &str, range: Range<usize>) -> Result<(), Halt> {
        let literal = text.strip_prefix('+').unwrap_or(text);
        let special = match literal {
            "inf" => NonFinite::Infinity,
            "-inf" => NonFinite::NegativeInfinity,
            "nan" | "-nan" => NonFinite::Nan,
            _ => return self.finite(place, literal, range),
        };
        if self.foreign == Foreign::Tagged {
            return Ok(self.tree.fill(place, foreign::float(special), range, 1)?);
        }
        let (tree, at) = (&self.tree, range.clone());
        self.losses.add(|| Loss {
            code: Code::NonFiniteAsNull,
            message: format!("`{literal}` became null: JSON has no such number"),
            pointer: tree.pointer_to(place),
            place: Some(at),
        });
        Ok(self.tree.fill(place, Document::Null, range, 0)?)
    }

    fn finite(&mut self, place: Place, literal: &str, range: Range<usize>) -> Result<(), Halt> {
        if !is_number(literal) {
            return Err(syntax(
                "not a float; allowed: such as `1.5`, `-2e10`, `inf`, `nan`".to_owned(),
                range,
            ));
        }
        self.tree.allowance.literal(literal, range.start)?;
        Ok(self.tree.fill(place, Document::Number(Number::from_literal(literal)), range, 0)?)
    }
}

/// Whether `text` has the form of a date, to which a time may follow behind a space.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
