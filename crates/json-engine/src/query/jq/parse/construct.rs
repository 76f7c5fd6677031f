//! Strings, arrays and objects.

use std::sync::Arc;

use super::Parser;
use crate::document::{Document, Members, Number};
use crate::error::Error;
use crate::query::error as query_error;
use crate::query::jq::ast::{Access, AccessKind, Ast, Named, ObjectKey, OnError, Part, Stage};
use crate::query::jq::lex::Kind;
use crate::query::jq::text::described;
use crate::query::jq::val::Val;

impl Parser<'_> {
    /// A string, perhaps with a format before it.
    pub(super) fn key_text(&mut self) -> Result<Ast, Error> {
        let mut format = None;
        if let Kind::Format(name) = self.kind() {
            format = Some(self.named(name));
            self.advance();
        }
        self.text(format)
    }

    pub(super) fn text(&mut self, format: Option<Named>) -> Result<Ast, Error> {
        if *self.kind() != Kind::TextStart {
            return Err(self.unexpected("a string"));
        }
        self.advance();
        let mut parts = Vec::new();
        loop {
            match self.kind() {
                Kind::Text(text) => {
                    parts.push(Part::Text(text.as_str().into()));
                    self.advance();
                }
                Kind::InterpolationStart => {
                    self.advance();
                    parts.push(Part::Value(self.pipe()?));
                    if *self.kind() != Kind::InterpolationEnd {
                        return Err(self.unexpected("\")\""));
                    }
                    self.advance();
                }
                Kind::TextEnd => {
                    self.advance();
                    break;
                }
                _ => return Err(self.unexpected("the end of a string")),
            }
        }
        Ok(match parts.as_slice() {
            [] => Ast::Const(Document::Str("".into())),
            [Part::Text(text)] => Ast::Const(Document::Str(text.clone())),
            _ => Ast::Text { format, parts },
        })
    }

    pub(super) fn array(&mut self) -> Result<Ast, Error> {
        self.expect("[")?;
        if self.eat("]") {
            return Ok(Ast::Const(Document::Arr(Arc::default())));
        }
        let inner = self.pipe()?;
        self.expect("]")?;
        Ok(Ast::Array(Box::new(inner)))
    }

    pub(super) fn object(&mut self) -> Result<Ast, Error> {
        self.expect("{")?;
        let mut members = Vec::new();
        while !self.eat("}") {
            members.push(self.member()?);
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        if members.is_empty() {
            return Ok(Ast::Const(Document::Obj(Arc::new(Members::default()))));
        }
        Ok(Ast::Object(members))
    }

    fn member(&mut self) -> Result<(ObjectKey, Ast), Error> {
        let (key, default) = self.key()?;
        if self.eat(":") {
            return Ok((key, self.member_value()?));
        }
        match default {
            Some((name, value)) => Ok((name, value)),
            None => Err(self.unexpected("\":\"")),
        }
    }

    /// A key, and the member that it stands for when no value follows.
    fn key(&mut self) -> Result<(ObjectKey, Option<(ObjectKey, Ast)>), Error> {
        match self.kind() {
            Kind::Variable(name) => {
                let value = self.named_variable(name);
                let name: Arc<str> = (*name).into();
                self.advance();
                Ok((ObjectKey::Computed(value.clone()), Some((ObjectKey::Name(name), value))))
            }
            Kind::Word(name) => {
                let name: Arc<str> = (*name).into();
                self.advance();
                let value = read(Ast::Const(Document::Str(name.clone())));
                Ok((ObjectKey::Name(name.clone()), Some((ObjectKey::Name(name), value))))
            }
            Kind::TextStart | Kind::Format(_) => {
                let text = self.key_text()?;
                let key = match &text {
                    Ast::Const(Document::Str(name)) => ObjectKey::Name(name.clone()),
                    _ => ObjectKey::Computed(text.clone()),
                };
                Ok((key.clone(), Some((key, read(text)))))
            }
            Kind::Symbol("(") => Ok((ObjectKey::Computed(self.key_in_brackets()?), None)),
            _ => Err(self.unexpected("a key (brackets around it if it is an expression)")),
        }
    }

    /// `(key)`; a constant that is no string is refused at once.
    pub(super) fn key_in_brackets(&mut self) -> Result<Ast, Error> {
        self.expect("(")?;
        let at = self.at();
        let key = self.pipe()?;
        self.expect(")")?;
        match &key {
            Ast::Const(Document::Str(_)) => Ok(key),
            Ast::Const(other) => {
                let message = format!("Cannot use {} as object key", described(&Val::of(other.clone())));
                Err(query_error(self.program, at, message))
            }
            _ => Ok(key),
        }
    }

    /// Pipes are part of it, commas are not.
    fn member_value(&mut self) -> Result<Ast, Error> {
        let mut stages = vec![Stage::Run(self.nested(|parser| parser.expression(super::ABOVE_COMMA))?)];
        while self.eat("|") {
            stages.push(Stage::Run(self.nested(|parser| parser.expression(super::ABOVE_COMMA))?));
        }
        match stages.pop() {
            Some(Stage::Run(only)) if stages.is_empty() => Ok(only),
            last => {
                stages.extend(last);
                Ok(Ast::Pipe(stages))
            }
        }
    }

    /// `$name`; `$__loc__` is the place itself.
    pub(super) fn named_variable(&self, name: &str) -> Ast {
        if name != "__loc__" {
            return Ast::Variable(self.named(name));
        }
        let line = self.program[..self.at()].matches('\n').count() as i64 + 1;
        let key = |name: &str| crate::document::Key::Text(name.into());
        let file = (key("file"), Document::Str("<top-level>".into()));
        let line = (key("line"), Document::Number(Number::I64(line)));
        Ast::Const(Document::Obj(Arc::new([file, line].into_iter().collect())))
    }
}

/// `.[key]`
fn read(key: Ast) -> Ast {
    let access = Access { kind: AccessKind::Index(key), on_error: OnError::Raise };
    Ast::Access(Box::new(Ast::Identity), vec![access])
}
