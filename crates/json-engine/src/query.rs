//! Queries: a program, compiled once, and what it selects from a document.
//!
//! Promise: a program that compiles ends on every document, within its budget. Cost: a parse of the document, except for
//! a pointer, which is found while the text is judged.

mod find;
mod jmespath;
mod jq;
mod jsonpath;
mod located;
mod operator;
mod select;

use std::sync::Arc;

use crate::answer::{check_output, written};
use crate::budget::{Budget, Meter};
use crate::document::Document;
use crate::error::{Error, LimitKind};
use crate::input::{Input, Wanted};
use crate::pointer::{Pointer, locate_with_report};
use crate::{Report, ScanOptions, write};

pub use find::Found;
use jmespath::JmesPath;
use jq::Jq;
use jsonpath::Path;
pub use located::{Hit, Located};
pub use select::Selected;

/// Longest program, in bytes.
pub const MAX_PROGRAM_BYTES: usize = 64 << 10;

/// The languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JSON Pointer, RFC 6901.
    Pointer,
    /// JSONPath, RFC 9535.
    JsonPath,
    /// JMESPath, jmespath.org/specification.html.
    JmesPath,
    /// jq, as version 1.8 has it; docs/jq.md says where it differs.
    Jq,
}

/// A compiled program.
#[derive(Debug, Clone)]
pub struct Query(Program);

#[derive(Debug, Clone)]
enum Program {
    Pointer(Pointer),
    JsonPath(Path),
    JmesPath(JmesPath),
    Jq(Jq),
}

/// What a query selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// For pointer the value as it stands in the text; for JSONPath and jq an array of values, for JMESPath the value,
    /// without white space.
    pub text: Vec<u8>,
    /// How many values were selected; for JMESPath 1, null included.
    pub hits: u64,
    /// Warnings about the document.
    pub report: Report,
}

impl Query {
    /// Compiles `program`. Fails with [`Error::Query`] at the place in the program, or on its length.
    pub fn compile(language: Language, program: &str) -> Result<Query, Error> {
        Query::compile_with(language, program, &[])
    }

    /// As [`Query::compile`], with variables for jq: `("x", b"1")` is `$x` and has the value of that JSON text. The other
    /// languages have none and ignore them.
    pub fn compile_with(
        language: Language,
        program: &str,
        vars: &[(String, Vec<u8>)],
    ) -> Result<Query, Error> {
        if program.len() > MAX_PROGRAM_BYTES {
            let (allowed, actual) = (MAX_PROGRAM_BYTES as u64, program.len() as u64);
            return Err(Error::Limit { limit: LimitKind::QueryBytes, allowed, actual, position: None });
        }
        match language {
            Language::Pointer => Pointer::parse(program).map(Program::Pointer).map(Query),
            Language::JsonPath => Path::parse(program).map(Program::JsonPath).map(Query),
            Language::JmesPath => JmesPath::parse(program).map(Program::JmesPath).map(Query),
            Language::Jq => Jq::compile(program, vars).map(Program::Jq).map(Query),
        }
    }

    /// The language it was written in.
    pub fn language(&self) -> Language {
        match self.0 {
            Program::Pointer(_) => Language::Pointer,
            Program::JsonPath(_) => Language::JsonPath,
            Program::JmesPath(_) => Language::JmesPath,
            Program::Jq(_) => Language::Jq,
        }
    }

    /// Whether it asks for documents beside the one that it runs on; nothing else that a program reaches is outside it.
    pub fn takes_further_inputs(&self) -> bool {
        match &self.0 {
            Program::Jq(program) => program.takes_further_inputs(),
            Program::Pointer(_) | Program::JsonPath(_) | Program::JmesPath(_) => false,
        }
    }

    /// About how many bytes its patterns may come to hold, beside what grows with the program; at most 4 MiB.
    pub fn pattern_bytes(&self) -> usize {
        match &self.0 {
            Program::JsonPath(path) => path.pattern_bytes(),
            Program::Pointer(_) | Program::JmesPath(_) | Program::Jq(_) => 0,
        }
    }

    /// Runs a jq program on each document of `text`, which is NDJSON: `input` and `inputs` take the next ones, as they do in
    /// the program jq. The answer is the array of all results. Fails as [`Query::run`], and with [`Error::Option`] for the
    /// other languages, which have no inputs.
    pub fn run_inputs(&self, text: &[u8], options: &ScanOptions, budget: &Budget) -> Result<Answer, Error> {
        match &self.0 {
            Program::Jq(program) => program.run_inputs(text, options, budget),
            Program::Pointer(_) | Program::JsonPath(_) | Program::JmesPath(_) => {
                let message = "it has no inputs".to_owned();
                Err(Error::Option { name: "lang", message, allowed: "jq" })
            }
        }
    }

    /// Runs it on `text`. Fails on an invalid text, on limits, over the budget, for pointer when nothing is there, and
    /// for JMESPath on a value of a type that a function does not take.
    pub fn run(&self, text: &[u8], options: &ScanOptions, budget: &Budget) -> Result<Answer, Error> {
        self.run_input(&mut Input::of(text), Wanted::Text, options, budget).map(|(answer, _)| answer)
    }

    /// As [`Query::run`]; gives the values of the answer too where they are wanted and at hand.
    pub(crate) fn run_input(
        &self,
        input: &mut Input<'_>,
        wanted: Wanted,
        options: &ScanOptions,
        budget: &Budget,
    ) -> Result<(Answer, Option<Document>), Error> {
        match &self.0 {
            Program::Pointer(pointer) => {
                let (range, report) = locate_with_report(input.text(), pointer, options)?;
                Ok((Answer { text: input.text()[range].to_vec(), hits: 1, report }, None))
            }
            Program::JsonPath(path) => run_path(path, input, wanted, options, budget),
            Program::JmesPath(program) => run_jmespath(program, input, options, budget),
            Program::Jq(program) => program.run(input, wanted, options, budget),
        }
    }

    /// Whether it works on values; else on the text alone.
    pub(crate) fn works_on_values(&self) -> bool {
        match &self.0 {
            Program::Pointer(_) => false,
            Program::JsonPath(_) | Program::JmesPath(_) | Program::Jq(_) => true,
        }
    }
}

fn run_jmespath(
    program: &JmesPath,
    input: &mut Input<'_>,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<(Answer, Option<Document>), Error> {
    let meter = Meter::open(budget)?;
    let (document, report) = input.take_charged(options, &meter)?;
    let value = program.evaluate(&document, &options.limits, &meter)?;
    let text = written(&value, options.limits.max_output_bytes, &meter)?;
    Ok((Answer { text, hits: 1, report }, Some(value)))
}

fn run_path(
    path: &Path,
    input: &mut Input<'_>,
    wanted: Wanted,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<(Answer, Option<Document>), Error> {
    let meter = Meter::open(budget)?;
    let (document, report) = input.take_charged(options, &meter)?;
    let values = path.select(&document, &meter)?;
    let mut out = vec![b'['];
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write::document(value, &mut out);
        check_output(out.len() as u64, options.limits.max_output_bytes)?;
    }
    out.push(b']');
    let answer = Answer { text: out, hits: values.len() as u64, report };
    // More of them than a document may have values are of no use.
    let is_wanted = wanted == Wanted::Values && answer.hits <= options.limits.max_nodes;
    let array = || Document::Arr(Arc::new(values.into_iter().cloned().collect()));
    Ok((answer, is_wanted.then(array)))
}

/// An error at a byte of a program.
pub(crate) fn error(program: &str, offset: usize, message: String) -> Error {
    let mut offset = offset.min(program.len());
    while !program.is_char_boundary(offset) {
        offset -= 1;
    }
    let from =
        (offset.saturating_sub(30)..=offset).find(|at| program.is_char_boundary(*at)).unwrap_or(offset);
    let to = (offset..=program.len().min(offset + 30))
        .rev()
        .find(|at| program.is_char_boundary(*at))
        .unwrap_or(offset);
    let shown =
        |part: &str| -> String { part.chars().map(|c| if c.is_control() { '·' } else { c }).collect() };
    let before = shown(&program[from..offset]);
    let snippet = format!("{before}{}\n{}^", shown(&program[offset..to]), " ".repeat(before.chars().count()));
    let column = program[..offset].chars().count() as u64 + 1;
    Error::Query { message, offset: offset as u64, column, snippet }
}
