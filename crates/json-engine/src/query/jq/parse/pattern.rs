//! Patterns: what stands behind `as`.

use super::Parser;
use crate::error::Error;
use crate::query::jq::ast::{Entry, ObjectKey, Pattern};
use crate::query::jq::lex::Kind;

impl Parser<'_> {
    /// `as pattern ?// pattern …`
    pub(super) fn patterns(&mut self) -> Result<Vec<Pattern>, Error> {
        self.expect_word("as")?;
        let mut patterns = vec![self.pattern()?];
        while self.eat("?//") {
            patterns.push(self.pattern()?);
        }
        Ok(patterns)
    }

    fn pattern(&mut self) -> Result<Pattern, Error> {
        self.nested(|parser| {
            if parser.eat("[") {
                let elements = parser.listed(Parser::pattern)?;
                parser.expect("]")?;
                return Ok(Pattern::Array(elements));
            }
            if parser.eat("{") {
                let entries = parser.listed(Parser::entry)?;
                parser.expect("}")?;
                return Ok(Pattern::Object(entries));
            }
            match parser.kind() {
                Kind::Variable(_) => Ok(Pattern::Variable(parser.variable()?)),
                _ => Err(parser.unexpected("a pattern")),
            }
        })
    }

    fn listed<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let mut list = vec![read(self)?];
        while self.eat(",") {
            list.push(read(self)?);
        }
        Ok(list)
    }

    fn entry(&mut self) -> Result<Entry, Error> {
        if let Kind::Variable(_) = self.kind() {
            let name = self.variable()?;
            let pattern = if self.eat(":") { Some(self.pattern()?) } else { None };
            return Ok(Entry { variable: Some(name.clone()), key: ObjectKey::Name(name), pattern });
        }
        let key = match self.kind() {
            Kind::Word(name) => {
                let name = (*name).into();
                self.advance();
                ObjectKey::Name(name)
            }
            Kind::TextStart | Kind::Format(_) => ObjectKey::Computed(self.key_text()?),
            Kind::Symbol("(") => ObjectKey::Computed(self.key_in_brackets()?),
            _ => return Err(self.unexpected("a key or a variable")),
        };
        self.expect(":")?;
        Ok(Entry { variable: None, key, pattern: Some(self.pattern()?) })
    }
}
