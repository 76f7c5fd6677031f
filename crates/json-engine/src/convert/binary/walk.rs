//! The walk over a document that both binary writers share; a [`Target`] says which bytes a value is.
//!
//! Promise: recurses by the depth of the document, at most 512. Cost: one visit a value.

use std::sync::Arc;

use super::Step;
use super::output::{Output, Token};
use crate::Code;
use crate::convert::foreign::{self, Foreign, Meaning, NonFinite, Tag};
use crate::document::{Document, Key, Members, Number};
use crate::write::unescape;

/// A binary format, as its writer sees it. A length or count of 4 GiB or more cannot come: documents are smaller.
pub(crate) trait Target {
    fn null(&self, out: &mut Output<'_, '_>) -> Step;
    fn boolean(&self, boolean: bool, out: &mut Output<'_, '_>) -> Step;
    fn number(&self, number: &Number, out: &mut Output<'_, '_>) -> Step;
    fn text(&self, text: &str, out: &mut Output<'_, '_>) -> Step;
    fn bytes(&self, bytes: &[u8], out: &mut Output<'_, '_>) -> Step;
    fn float(&self, float: NonFinite, out: &mut Output<'_, '_>) -> Step;
    /// A date or time, spelled as [`Meaning::Datetime`] says.
    fn datetime(&self, text: &str, out: &mut Output<'_, '_>) -> Step;
    /// Undefined, or a simple value.
    fn simple(&self, simple: Option<u8>, out: &mut Output<'_, '_>) -> Step;
    /// A tag and, where the format says so, its value; otherwise the value follows.
    fn tag(&self, tag: &Tag, value: &Document, out: &mut Output<'_, '_>) -> Step<Tagged>;
    fn array(&self, count: usize, out: &mut Output<'_, '_>) -> Step;
    fn map(&self, count: usize, out: &mut Output<'_, '_>) -> Step;
}

/// What of a tagged value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagged {
    Whole,
    ValueFollows,
}

/// Writes `document`.
pub(crate) fn walk<'d>(
    target: &impl Target,
    document: &'d Document,
    form: Foreign,
    out: &mut Output<'_, 'd>,
) -> Step {
    out.meter.charge(1)?;
    match document {
        Document::Null => target.null(out),
        Document::Bool(boolean) => target.boolean(*boolean, out),
        Document::Number(number) => target.number(number, out),
        Document::Str(text) => target.text(text, out),
        Document::Surrogates(literal) => {
            lose_surrogates(out);
            target.text(&replaced(literal), out)
        }
        Document::Arr(elements) => {
            target.array(elements.len(), out)?;
            out.enter();
            for (index, element) in elements.iter().enumerate() {
                out.step(Token::Index(index));
                walk(target, element, form, out)?;
            }
            out.leave();
            Ok(())
        }
        Document::Obj(members) => {
            let meaning = if form == Foreign::Tagged { foreign::meaning(document) } else { None };
            match meaning {
                Some(meaning) => self::meaning(target, meaning, out),
                None => object(target, members, form, out),
            }
        }
    }
}

fn object<'d>(target: &impl Target, members: &'d Members, form: Foreign, out: &mut Output<'_, 'd>) -> Step {
    if members.keys().any(|key| key.as_text().is_none()) {
        return object_of_text(target, members, form, out);
    }
    target.map(members.len(), out)?;
    out.enter();
    for (key, value) in members {
        out.step(Token::Key(key));
        target.text(key.literal(), out)?;
        walk(target, value, form, out)?;
    }
    out.leave();
    Ok(())
}

/// An object some of whose keys are no text. Two of them can become one; then the last counts, in the place of the first.
#[cold]
fn object_of_text<'d>(
    target: &impl Target,
    members: &'d Members,
    form: Foreign,
    out: &mut Output<'_, 'd>,
) -> Step {
    let mut texts: indexmap::IndexMap<Arc<str>, (&'d Key, &'d Document), foldhash::fast::RandomState> =
        indexmap::IndexMap::default();
    out.enter();
    for (key, value) in members {
        out.step(Token::Key(key));
        let text = match key {
            Key::Text(text) => Arc::clone(text),
            Key::Surrogates(literal) => {
                lose_surrogates(out);
                replaced(literal).into()
            }
        };
        if texts.insert(text, (key, value)).is_some() {
            let message = "with U+FFFD the key is that of another member; the last one was kept";
            out.lose(Code::DuplicateDropped, || message.to_owned());
        }
    }
    target.map(texts.len(), out)?;
    for (text, (key, value)) in &texts {
        out.step(Token::Key(key));
        target.text(text, out)?;
        walk(target, value, form, out)?;
    }
    out.leave();
    Ok(())
}

fn meaning<'d>(target: &impl Target, meaning: Meaning<'d>, out: &mut Output<'_, 'd>) -> Step {
    match meaning {
        Meaning::Bytes(bytes) => target.bytes(&bytes, out),
        Meaning::Float(float) => target.float(float, out),
        Meaning::Datetime(text) => target.datetime(&text, out),
        Meaning::Undefined => target.simple(None, out),
        Meaning::Simple(simple) => target.simple(Some(simple), out),
        Meaning::Tag(tag, value) => {
            if target.tag(&tag, value, out)? == Tagged::Whole {
                return Ok(());
            }
            out.enter();
            out.step(Token::Name("$value"));
            walk(target, value, Foreign::Tagged, out)?;
            out.leave();
            Ok(())
        }
        Meaning::Map(pairs) => map(target, &pairs, out),
    }
}

fn map<'d>(target: &impl Target, pairs: &[(&'d Document, &'d Document)], out: &mut Output<'_, 'd>) -> Step {
    target.map(pairs.len(), out)?;
    out.enter();
    out.step(Token::Name("$map"));
    out.enter();
    for (index, (key, value)) in pairs.iter().enumerate() {
        out.step(Token::Index(index));
        out.enter();
        for (half, document) in [key, value].into_iter().enumerate() {
            out.step(Token::Index(half));
            walk(target, document, Foreign::Tagged, out)?;
        }
        out.leave();
    }
    out.leave();
    out.leave();
    Ok(())
}

fn lose_surrogates(out: &mut Output<'_, '_>) {
    out.lose(Code::SurrogateReplaced, || "half of a surrogate pair became U+FFFD".to_owned());
}

/// The text of an escaped literal, with U+FFFD for each surrogate that stands alone.
fn replaced(literal: &str) -> String {
    let wtf8 = unescape(literal.as_bytes());
    let mut text = String::with_capacity(wtf8.len());
    for chunk in wtf8.utf8_chunks() {
        text.push_str(chunk.valid());
        // A surrogate is three bytes, each of them a chunk's end; the first alone stands for it.
        if chunk.invalid().first() == Some(&0xed) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}
