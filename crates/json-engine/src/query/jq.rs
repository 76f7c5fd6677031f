//! jq: programs of version 1.8, run by jaq on Documents, within a budget.
//!
//! A program is parsed, gets ticks put in (`rewrite`), is compiled once and runs on a thread of its own, whose stack is
//! large enough for the recursion that the budget allows.
//!
//! Promise: no program outlives its budget of time, memory and stack or reaches anything but its input; numbers that are
//! not touched are written as they were read. Cost: a thread a run; a few hundred microseconds a compilation.

mod access;
mod account;
mod arithmetic;
mod natives;
mod regex;
mod rewrite;
mod standard;
mod text;
mod val;

use std::sync::{Arc, OnceLock};

use jaq_core::load::lex::{Lexer, Token};
use jaq_core::load::parse::{Def, Parser, Term};
use jaq_core::load::{Arena, File, Loader, parse as parse_jq, span};
use jaq_core::{Compiler, Ctx, DataT, Filter, Lut, Vars};

use crate::budget::Budget;
use crate::document::{Document, Key, Members};
use crate::error::{Error, LimitKind};
use crate::limits::MAX_DEPTH;
use crate::query::{Answer, VALUE_BYTES, error as query_error};
use crate::{ScanOptions, parse};

use val::Val;

/// Most brackets of a program that are open at once.
const MAX_NESTING: usize = 256;
/// Definitions of jaq that are refused, or replaced by the prelude.
const DROPPED: &[&str] = &[
    "stderr",
    "debug",
    "halt",
    "halt_error",
    "test",
    "scan_",
    "scan",
    "match",
    "capture",
    "capture_of_match",
    "split",
    "splits",
    "sub",
    "gsub",
    "todate",
    "fromdate",
    "type",
    "nan",
    "infinite",
    "isnan",
    "isinfinite",
    "nth",
    "limit",
    "unique",
    "unique_by",
    "@htmld",
    "delpaths",
];

/// What jaq runs on: values that are Documents, no data beside the program.
struct Kind;

impl DataT for Kind {
    type V<'a> = Val;
    type Data<'a> = &'a Lut<Kind>;
}

/// A compiled program.
#[derive(Clone)]
pub(crate) struct Jq {
    filter: Arc<Filter<Kind>>,
    vars: Arc<[Document]>,
}

impl std::fmt::Debug for Jq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jq").field("vars", &self.vars).finish_non_exhaustive()
    }
}

impl Jq {
    /// Compiles a program with variables, each a name without `$` and a JSON text. Fails with [`Error::Query`].
    pub(crate) fn compile(program: &str, vars: &[(String, Vec<u8>)]) -> Result<Jq, Error> {
        check_nesting(program)?;
        let vars = bindings(vars)?;
        let names: Vec<String> = vars.iter().map(|(name, _)| format!("${name}")).collect();
        // The parser recurses by the nesting of the program.
        let filter = on_thread(|| compile(program, &names))?;
        Ok(Jq { filter: Arc::new(filter), vars: vars.into_iter().map(|(_, value)| value).collect() })
    }

    /// Runs it; the answer is the array of its results.
    pub(crate) fn run(&self, text: &[u8], options: &ScanOptions, budget: &Budget) -> Result<Answer, Error> {
        budget.check_time()?;
        let (document, report) = parse::parse(text, options)?;
        let bytes = report.stats.nodes.saturating_mul(VALUE_BYTES).saturating_add(report.stats.bytes);
        let allowed = options.limits.max_output_bytes;
        let (text, hits) = on_thread(|| {
            account::caught(budget, || {
                account::hold(usize::try_from(bytes).unwrap_or(usize::MAX));
                self.results(document, allowed)
            })
        })?;
        Ok(Answer { text, hits, report })
    }

    fn results(&self, document: Document, allowed: u64) -> Result<(Vec<u8>, u64), Error> {
        let vars = Vars::new(self.vars.iter().map(|value| Val::of(value.clone())));
        let context = Ctx::<Kind>::new(&self.filter.lut, vars);
        let (mut out, mut hits) = (vec![b'['], 0);
        for result in self.filter.id.run((context, Val::of(document))) {
            let value = match result {
                Ok(value) => value,
                Err(exception) => {
                    return Err(failed(exception.get_err().map_or(Val::NULL, |e| e.into_val())));
                }
            };
            account::charge(1);
            if !is_within(value.document(), MAX_DEPTH) {
                let (allowed, actual) = (u64::from(MAX_DEPTH), u64::from(MAX_DEPTH) + 1);
                return Err(Error::Limit { limit: LimitKind::Depth, allowed, actual, position: None });
            }
            if hits > 0 {
                out.push(b',');
            }
            hits += 1;
            text::json(value.document(), &mut out);
            if out.len() as u64 > allowed {
                let actual = out.len() as u64;
                return Err(Error::Limit { limit: LimitKind::Output, allowed, actual, position: None });
            }
        }
        out.push(b']');
        Ok((out, hits))
    }
}

/// An error that the program did not catch.
fn failed(value: Val) -> Error {
    let message = match value.document() {
        Document::Str(text) => text.to_string(),
        _ => format!("{} (not a string)", text::to_json(&value)),
    };
    let end = (0..=512.min(message.len())).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
    let message = format!("the program failed: {}", &message[..end]);
    Error::Program { message }
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

/// Runs `work` where the stack is large.
fn on_thread<T: Send>(work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(account::THREAD_BYTES).spawn_scoped(scope, work);
        let Ok(thread) = thread else {
            let kind = crate::BudgetKind::Stack;
            let allowed = account::THREAD_BYTES as u64;
            return Err(Error::Budget { kind, allowed, used: 0 });
        };
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn bindings(vars: &[(String, Vec<u8>)]) -> Result<Vec<(String, Document)>, Error> {
    let mut bound = Vec::with_capacity(vars.len() + 2);
    let mut named = Members::default();
    for (name, text) in vars {
        let (value, _) = parse::parse(text, &ScanOptions::default())?;
        named.insert(Key::Text(name.as_str().into()), value.clone());
        bound.push((name.clone(), value));
    }
    let object = |members: Members| Document::Obj(Arc::new(members));
    let key = |name: &str| Key::Text(name.into());
    let args = [(key("positional"), Document::Arr(Arc::default())), (key("named"), object(named))];
    bound.push(("ARGS".to_owned(), object(args.into_iter().collect())));
    let line = Document::Number(crate::document::Number::I64(1));
    let place = [(key("file"), Document::Str("<top-level>".into())), (key("line"), line)];
    bound.push(("__loc__".to_owned(), object(place.into_iter().collect())));
    Ok(bound)
}

/// A cheap look before a parser that recurses: strings are not told apart, so it may only overestimate.
fn check_nesting(program: &str) -> Result<(), Error> {
    let mut open = 0_usize;
    for (at, byte) in program.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_NESTING {
            return Err(query_error(program, at, format!("more than {MAX_NESTING} brackets are open")));
        }
    }
    Ok(())
}

fn compile(program: &str, names: &[String]) -> Result<Filter<Kind>, Error> {
    let main = parsed(program)?;
    let main = Def { name: "__main", args: Vec::new(), body: rewrite::term(main) };
    let arena = Arena::default();
    let definitions = prelude().iter().cloned().chain([main]);
    let unloaded = |_| query_error(program, 0, "the program cannot be loaded".to_owned());
    let modules =
        Loader::new(definitions).load(&arena, File { code: "__main", path: () }).map_err(unloaded)?;
    let compiler = Compiler::default().with_funs(natives::all());
    compiler.with_global_vars(names.iter().map(String::as_str)).compile(modules).map_err(|errors| {
        let undefined = errors.into_iter().flat_map(|(_, undefined)| undefined).collect::<Vec<_>>();
        undefined_error(program, &undefined)
    })
}

fn parsed(program: &str) -> Result<Term<&str>, Error> {
    let tokens = Lexer::new(program).lex().map_err(|errors| {
        let (expected, rest) =
            errors.into_iter().next().map_or(("token", ""), |(expected, rest)| (expected.as_str(), rest));
        let at = if rest.is_empty() { program.len() } else { span(program, rest).start };
        query_error(program, at, format!("a {expected} was expected"))
    })?;
    if let Some(Token(word @ ("import" | "include"), _)) = tokens.first() {
        return Err(query_error(program, 0, format!("{word} is refused: programs have no modules here")));
    }
    Parser::new(&tokens).parse(|parser| parser.term()).map_err(|errors| {
        let first = errors.into_iter().next();
        let (expected, found) = first.map_or(("term", None), |(expected, found)| (expected.as_str(), found));
        let at = found.map_or(program.len(), |Token(text, _)| span(program, text).start);
        query_error(program, at, format!("{} was expected", named(expected)))
    })
}

fn named(expected: &str) -> String {
    match expected {
        "term" | "variable" | "pattern" | "key" | "identifier" | "string" => format!("a {expected}"),
        "nothing" => "the end of the program".to_owned(),
        other => format!("{other:?}"),
    }
}

fn undefined_error(program: &str, undefined: &[(&str, jaq_core::compile::Undefined)]) -> Error {
    let within = program.as_bytes().as_ptr_range();
    let own = undefined.iter().find(|(name, _)| within.contains(&name.as_ptr()));
    let Some((name, kind)) = own.or_else(|| undefined.first()) else {
        return query_error(program, 0, "the program cannot be compiled".to_owned());
    };
    let at = if within.contains(&name.as_ptr()) { span(program, name).start } else { 0 };
    let name = name.get(..64).unwrap_or(name);
    let what = match kind {
        jaq_core::compile::Undefined::Filter(arity) => format!("{name}/{arity} is not defined"),
        other => format!("the {} {name} is not defined", other.as_str()),
    };
    query_error(program, at, what)
}

/// The definitions of the standard library, with ticks; read once.
fn prelude() -> &'static [Def<&'static str>] {
    static PRELUDE: OnceLock<Vec<Def<&'static str>>> = OnceLock::new();
    PRELUDE.get_or_init(|| {
        let library = jaq_core::defs().chain(jaq_std::defs());
        let library = library.filter(|definition| !DROPPED.contains(&definition.name));
        let own = parse_jq(include_str!("jq/prelude.jq"), |parser| parser.defs());
        let own = own.expect("the prelude is part of the program and every test reads it");
        library.chain(own).map(rewrite::definition).collect()
    })
}
