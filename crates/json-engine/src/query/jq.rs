//! jq: programs of version 1.8, on Documents, within a budget; all of it our own (docs/adr/0002-own-jq.md).
//!
//! The file list reads as the way of a program: `lex parse ast`, then `compile` with the builtins of `defined` and `natives`
//! to the instructions of `op`, which the `machine` runs on `val`ues; `account` keeps the budget.
//!
//! Promise: no program outlives its budget of time, memory and stack or reaches anything but its input; numbers that are
//! not touched are written as they were read. Cost: tens of microseconds a compilation, well under one to begin a run.

mod access;
mod account;
mod arithmetic;
mod ast;
mod compare;
mod compile;
mod dates;
mod decimal;
mod defined;
mod fault;
mod formats;
mod growth;
mod lex;
mod machine;
mod natives;
mod op;
mod output;
mod parse;
mod reading;
mod regex;
mod sort;
mod text;
mod val;

use std::sync::Arc;

use crate::budget::Budget;
use crate::convert::build::Keep;
use crate::convert::{self, Content, Format, Source};
use crate::document::{Document, Key, Members};
use crate::error::Error;
use crate::input::{Input, Wanted};
use crate::query::Answer;
use crate::{Report, ScanOptions, Stats, parse as parse_json};

use fault::Fault;
use machine::Machine;
use op::Program;
use output::Outputs;
use val::Val;

/// A compiled program; copies share it.
#[derive(Debug, Clone)]
pub(crate) struct Jq(Arc<Program>);

impl Jq {
    /// Compiles a program with variables, each a name without `$` and a JSON text. Fails with [`Error::Query`].
    pub(crate) fn compile(program: &str, vars: &[(String, Vec<u8>)]) -> Result<Jq, Error> {
        let bound = bindings(vars)?;
        compile::compile(program, &bound).map(Arc::new).map(Jq)
    }

    /// Whether `input` stands in it or in a builtin that it uses.
    pub(crate) fn takes_further_inputs(&self) -> bool {
        self.0.code.iter().any(|op| matches!(op, op::Op::Input))
    }

    /// Runs it on one document; the answer is the array of its results. Its values are given too where they are wanted and do not
    /// take much of the memory.
    pub(crate) fn run(
        &self,
        input: &mut Input<'_>,
        wanted: Wanted,
        options: &ScanOptions,
        budget: &Budget,
    ) -> Result<(Answer, Option<Document>), Error> {
        budget.check_time()?;
        let (document, report) = input.take(options)?;
        let outputs = Outputs::new(wanted, options.limits.max_output_bytes);
        let (answer, values) = self.run_on(vec![document], &report.stats, outputs, budget)?;
        Ok((Answer { report, ..answer }, values))
    }

    /// Runs it on each document of an NDJSON text, as the program jq does: `input` takes the next one away. The answer is the
    /// array of all results; an error that the program does not catch ends it.
    pub(crate) fn run_inputs(
        &self,
        text: &[u8],
        options: &ScanOptions,
        budget: &Budget,
    ) -> Result<Answer, Error> {
        let (_, content) = convert::read(text, Source::Is(Format::Ndjson), Keep::Nothing, options, budget)?;
        let stats = convert::stats(&content, text.len());
        let documents = match content {
            Content::One(document, _) => vec![document],
            Content::Many(all) => all.into_iter().map(|(document, _)| document).collect(),
        };
        let outputs = Outputs::new(Wanted::Text, options.limits.max_output_bytes);
        let (answer, _) = self.run_on(documents, &stats, outputs, budget)?;
        Ok(Answer { report: Report { stats, ..Report::default() }, ..answer })
    }

    fn run_on(
        &self,
        documents: Vec<Document>,
        stats: &Stats,
        mut outputs: Outputs,
        budget: &Budget,
    ) -> Result<(Answer, Option<Document>), Error> {
        let _account = account::Run::open(budget);
        account::hold_values(stats.nodes, stats.bytes);
        let mut inputs = documents.into_iter();
        while let Some(document) = inputs.next() {
            let machine = Machine::new(&self.0, Val::of(document), &mut inputs);
            outputs.add_all(machine).map_err(failed)?;
        }
        Ok(outputs.finish())
    }
}

/// A fault that nothing caught, as the outcome.
fn failed(fault: Fault) -> Error {
    let value = match fault {
        Fault::Stop(error) => return *error,
        Fault::Raise(value) => value,
    };
    let message = match value.document() {
        Document::Str(text) => text.to_string(),
        _ => match text::to_json(&value) {
            Ok(text) => format!("{text} (not a string)"),
            Err(Fault::Stop(error)) => return *error,
            Err(Fault::Raise(_)) => "an error that has no text".to_owned(),
        },
    };
    let end = (0..=512.min(message.len())).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
    Error::Program { message: format!("the program failed: {}", &message[..end]) }
}

/// The variables by name, and `$ARGS` with all of them.
fn bindings(vars: &[(String, Vec<u8>)]) -> Result<Vec<(String, Document)>, Error> {
    let mut bound = Vec::with_capacity(vars.len() + 1);
    let mut named = Members::default();
    for (name, text) in vars {
        let (value, _) = parse_json::parse(text, &ScanOptions::default())
            .map_err(|error| Error::Part { part: "args", error: Box::new(error) })?;
        named.insert(Key::Text(name.as_str().into()), value.clone());
        bound.push((name.clone(), value));
    }
    let object = |members: Members| Document::Obj(Arc::new(members));
    let key = |name: &str| Key::Text(name.into());
    let args = [(key("positional"), Document::Arr(Arc::default())), (key("named"), object(named))];
    bound.push(("ARGS".to_owned(), object(args.into_iter().collect())));
    Ok(bound)
}
