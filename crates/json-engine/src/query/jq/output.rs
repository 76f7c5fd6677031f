//! The outputs of a program: their text, and their values where somebody goes on with them.
//!
//! Promise: an output that is too deep or makes the text too long ends the program at once. Cost: a visit a value, recursing
//! by its depth, at most [`MAX_DEPTH`].

use super::account::{Held, ask, charge, leaves_half};
use super::fault::Fault;
use super::machine::Machine;
use super::text::{WRITING, escape_delete, spelled_as_read};
use super::val::Val;
use crate::Report;
use crate::document::{Document, Members, Number};
use crate::error::{Error, LimitKind};
use crate::input::Wanted;
use crate::limits::MAX_DEPTH;
use crate::query::Answer;
use crate::write;

/// The outputs so far, as an array.
pub(super) struct Outputs {
    text: Vec<u8>,
    /// Their values, while they are wanted; charged like all others.
    values: Option<Vec<Val>>,
    hits: u64,
    allowed: u64,
}

impl Outputs {
    /// None yet; their text has at most `allowed` bytes.
    pub(super) fn new(wanted: Wanted, allowed: u64) -> Outputs {
        let values = (wanted == Wanted::Values).then(Vec::new);
        Outputs { text: vec![b'['], values, hits: 0, allowed }
    }

    /// Adds all that a machine gives.
    pub(super) fn add_all(&mut self, mut machine: Machine<'_>) -> Result<(), Fault> {
        while let Some(value) = machine.next()? {
            self.add(value.document())?;
            self.keep(value);
        }
        Ok(())
    }

    /// The text and, if they were kept, the values.
    pub(super) fn finish(mut self) -> (Answer, Option<Document>) {
        self.text.push(b']');
        let values = self.values.map(|values| Val::collect(values).into_document());
        (Answer { text: self.text, hits: self.hits, report: Report::default() }, values)
    }

    /// Keeps a value, unless the program would then have less than half of its memory.
    fn keep(&mut self, value: Val) {
        let Some(values) = &mut self.values else { return };
        if leaves_half(size_of_val(&values[..])) {
            values.push(value);
        } else {
            self.values = None;
        }
    }

    fn add(&mut self, output: &Document) -> Result<(), Fault> {
        if self.hits > 0 {
            self.text.push(b',');
        }
        self.hits += 1;
        let from = self.text.len();
        let (allowed, held) = (self.allowed, Held::nothing());
        let mut writer = Writer { out: &mut self.text, charged: from, allowed, held };
        writer.value(output, 0)?;
        escape_delete(&mut self.text, from);
        within(self.allowed, self.text.len())
    }
}

/// A value that is being written, without white space, its members in their order, numbers that nobody changed as they were
/// read.
struct Writer<'o> {
    out: &'o mut Vec<u8>,
    /// The text up to here is charged.
    charged: usize,
    allowed: u64,
    held: Held,
}

impl Writer<'_> {
    /// Writes a value that lies in `depth` containers.
    fn value(&mut self, document: &Document, depth: u32) -> Result<(), Fault> {
        match document {
            Document::Arr(elements) => self.elements(elements, depth + 1)?,
            Document::Obj(members) => self.members(members, depth + 1)?,
            Document::Str(text) | Document::Surrogates(text) => {
                ask(text.len().saturating_mul(WRITING))?;
                write::document(document, self.out);
            }
            Document::Number(Number::Literal(literal)) => {
                self.out.extend_from_slice(spelled_as_read(literal).as_bytes());
            }
            Document::Null | Document::Bool(_) | Document::Number(Number::I64(_)) => {
                write::document(document, self.out);
            }
        }
        self.written()
    }

    fn elements(&mut self, elements: &[Document], depth: u32) -> Result<(), Fault> {
        enter(depth)?;
        self.out.push(b'[');
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.value(element, depth)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn members(&mut self, members: &Members, depth: u32) -> Result<(), Fault> {
        enter(depth)?;
        self.out.push(b'{');
        for (index, (key, value)) in members.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            write::key(key, self.out);
            self.out.push(b':');
            self.value(value, depth)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Charges a value that was written, and what the text holds by now.
    fn written(&mut self) -> Result<(), Fault> {
        charge(1 + (self.out.len() - self.charged) / 64)?;
        self.charged = self.out.len();
        within(self.allowed, self.out.len())?;
        self.held.grow_with_text(self.out.capacity())
    }
}

fn enter(depth: u32) -> Result<(), Fault> {
    if depth > MAX_DEPTH {
        return Err(over(LimitKind::Depth, u64::from(MAX_DEPTH), u64::from(depth)));
    }
    Ok(())
}

fn within(allowed: u64, bytes: usize) -> Result<(), Fault> {
    let actual = bytes as u64;
    if actual > allowed { Err(over(LimitKind::Output, allowed, actual)) } else { Ok(()) }
}

#[cold]
fn over(limit: LimitKind, allowed: u64, actual: u64) -> Fault {
    Fault::from(Error::Limit { limit, allowed, actual, position: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    /// The text of the outputs, or the limit that ended them.
    fn text_of(outputs: &[Document], allowed: u64) -> Result<String, (LimitKind, u64, u64)> {
        let mut all = Outputs::new(Wanted::Text, allowed);
        for output in outputs {
            match all.add(output) {
                Ok(()) => {}
                Err(Fault::Stop(error)) => match *error {
                    Error::Limit { limit, allowed, actual, position: None } => {
                        return Err((limit, allowed, actual));
                    }
                    other => panic!("{other}"),
                },
                Err(Fault::Raise(value)) => panic!("{value:?}"),
            }
        }
        Ok(String::from_utf8(all.finish().0.text).unwrap())
    }

    fn read(text: &str) -> Document {
        parse::parse(text.as_bytes(), &crate::ScanOptions::default()).unwrap().0
    }

    /// As jq 1.8.2 writes them, which escapes DEL in keys too.
    #[test]
    fn values_are_written_as_jq_writes_them() {
        let text = "{\"a\u{7f}\":[1.50,-0,1E400,\"b\u{7f}\\u0001\",null],\"\\ud800\":{}}";
        let number = |literal: &str| Document::Number(Number::Literal(literal.into()));
        let outputs = [read(text), number("NaN"), number("-Infinity"), read("[]")];
        let expected = "[{\"a\\u007f\":[1.50,-0,1E400,\"b\\u007f\\u0001\",null],\"\\ud800\":{}},\
                        null,-1.7976931348623157e+308,[]]";
        assert_eq!(text_of(&outputs, 1000).unwrap(), expected);
    }

    #[test]
    fn the_deepest_output_is_written_and_one_deeper_is_refused() {
        let mut deep = Document::Null;
        for _ in 0..MAX_DEPTH {
            deep = Document::Arr(std::sync::Arc::new(vec![deep]));
        }
        assert!(text_of(std::slice::from_ref(&deep), 10_000).is_ok());
        let deeper = Document::Arr(std::sync::Arc::new(vec![deep]));
        let depth = u64::from(MAX_DEPTH);
        assert_eq!(text_of(&[deeper], 10_000).unwrap_err(), (LimitKind::Depth, depth, depth + 1));
    }

    #[test]
    fn a_text_at_its_limit_is_given_and_one_beyond_ends_within_the_output() {
        let outputs = [read("[1,22]"), read("[333,4444]")];
        assert_eq!(text_of(&outputs, 18).unwrap(), "[[1,22],[333,4444]]");
        assert_eq!(text_of(&outputs, 17).unwrap_err(), (LimitKind::Output, 17, 18));
        assert_eq!(
            text_of(&outputs, 10).unwrap_err(),
            (LimitKind::Output, 10, 12),
            "before the last element"
        );
    }
}
