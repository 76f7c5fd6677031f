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
mod defined;
mod fault;
mod formats;
mod lex;
mod machine;
mod natives;
mod op;
mod parse;
mod reading;
mod regex;
mod sort;
mod text;
mod val;

use std::sync::Arc;

use crate::budget::Budget;
use crate::document::{Document, Key, Members};
use crate::error::{Error, LimitKind};
use crate::limits::MAX_DEPTH;
use crate::query::{Answer, VALUE_BYTES};
use crate::{Report, ScanOptions, parse as parse_json};

use fault::Fault;
use machine::{Inputs, Machine};
use op::Program;
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

    /// Runs it on a text of one document; the answer is the array of its results.
    pub(crate) fn run(&self, text: &[u8], options: &ScanOptions, budget: &Budget) -> Result<Answer, Error> {
        budget.check_time()?;
        let (document, report) = parse_json::parse(text, options)?;
        let held = report.stats.nodes.saturating_mul(VALUE_BYTES).saturating_add(report.stats.bytes);
        self.run_on((document, report), held, &mut std::iter::empty(), options, budget)
    }

    /// Runs it on a document that holds so many bytes; `input` reads from `inputs`.
    fn run_on(
        &self,
        (document, report): (Document, Report),
        held: u64,
        inputs: Inputs<'_>,
        options: &ScanOptions,
        budget: &Budget,
    ) -> Result<Answer, Error> {
        let _account = account::Run::open(budget);
        account::hold(usize::try_from(held).unwrap_or(usize::MAX));
        let machine = Machine::new(&self.0, Val::of(document), inputs);
        let (text, hits) = results(machine, options.limits.max_output_bytes).map_err(failed)?;
        Ok(Answer { text, hits, report })
    }
}

/// All outputs as an array.
fn results(mut machine: Machine<'_>, allowed: u64) -> Result<(Vec<u8>, u64), Fault> {
    let (mut out, mut hits) = (vec![b'['], 0);
    while let Some(value) = machine.next()? {
        if !is_within(value.document(), MAX_DEPTH) {
            let (allowed, actual) = (u64::from(MAX_DEPTH), u64::from(MAX_DEPTH) + 1);
            return Err(Fault::from(Error::Limit {
                limit: LimitKind::Depth,
                allowed,
                actual,
                position: None,
            }));
        }
        if hits > 0 {
            out.push(b',');
        }
        hits += 1;
        text::json(value.document(), &mut out)?;
        if out.len() as u64 > allowed {
            let actual = out.len() as u64;
            return Err(Fault::from(Error::Limit {
                limit: LimitKind::Output,
                allowed,
                actual,
                position: None,
            }));
        }
    }
    out.push(b']');
    Ok((out, hits))
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

/// Whether a value has no more than `depth` levels.
fn is_within(document: &Document, depth: u32) -> bool {
    match document {
        Document::Arr(elements) => depth > 0 && elements.iter().all(|element| is_within(element, depth - 1)),
        Document::Obj(members) => depth > 0 && members.values().all(|value| is_within(value, depth - 1)),
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => true,
    }
}

/// The variables by name, and `$ARGS` with all of them.
fn bindings(vars: &[(String, Vec<u8>)]) -> Result<Vec<(String, Document)>, Error> {
    let mut bound = Vec::with_capacity(vars.len() + 1);
    let mut named = Members::default();
    for (name, text) in vars {
        let (value, _) = parse_json::parse(text, &ScanOptions::default())?;
        named.insert(Key::Text(name.as_str().into()), value.clone());
        bound.push((name.clone(), value));
    }
    let object = |members: Members| Document::Obj(Arc::new(members));
    let key = |name: &str| Key::Text(name.into());
    let args = [(key("positional"), Document::Arr(Arc::default())), (key("named"), object(named))];
    bound.push(("ARGS".to_owned(), object(args.into_iter().collect())));
    Ok(bound)
}
