//! fastjson_query_*: programs, compiled once, run on as many documents and threads as one likes.

use std::ffi::{CStr, c_char};

use json_engine::Error;
use json_engine::query::{Language, Query as Program};

use crate::buffer::Buffer;
use crate::code::{Code, Failure};
use crate::options::{Options, Settings};
use crate::report::{Notes, Report};
use crate::{border, choice};

/// Most variables of a program.
const MAX_VARIABLES: usize = 1_000;

/// A compiled program. Nothing changes it, so that any number of threads may run it at the same time.
#[derive(Debug)]
pub struct Query(Program);

/// A variable of a jq program.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name without the dollar sign, ended by a zero byte; NULL ends a list of variables.
    pub name: *const c_char,
    /// Its value: a JSON text.
    pub value: *const u8,
    /// Length of the value in bytes.
    pub value_len: usize,
}

/// Compiles a program of at most 64 KiB. `language` is FASTJSON_QUERY_LANGUAGE_*. `variables` is NULL, or a list of variables of a
/// jq program that ends with a name of NULL, at most 1,000. Fails with FASTJSON_INVALID_QUERY and the place in the program.
///
/// JSON Pointer, JSONPath and JMESPath take microseconds, jq a millisecond or less.
///
/// # Safety
/// `program` names `program_len` bytes, or anything where that is 0. What `out` names is written: a query that the caller frees
/// by fastjson_query_free; it is NULL where the call fails. `report` is NULL, or what it names is written: a report that the
/// caller frees by fastjson_report_free. Nothing is kept of the program and the variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_query_compile(
    language: u32,
    program: *const u8,
    program_len: usize,
    variables: *const Variable,
    out: *mut *mut Query,
    report: *mut *mut Report,
) -> Code {
    let work = || {
        let language = choice::language(language)?;
        // SAFETY: the caller vouches for the program.
        let program = text(unsafe { border::bytes("program", program, program_len) }?)?;
        // SAFETY: the caller vouches for the list.
        let variables = unsafe { listed(variables) }?;
        if language != Language::Jq && !variables.is_empty() {
            return Err(Failure::argument(
                "variables",
                "only programs of FASTJSON_QUERY_LANGUAGE_JQ have any",
            ));
        }
        let query = Program::compile_with(language, program, &variables)?;
        Ok((Box::into_raw(Box::new(Query(query))), Notes::default()))
    };
    // SAFETY: the caller vouches for both places.
    unsafe { border::answer(out, std::ptr::null_mut(), report, work) }
}

/// Runs a query on a JSON text. JSON Pointer and JMESPath give a value, JSONPath and jq an array of values, perhaps empty;
/// fastjson_report_hits says how many there are. jq runs on a thread of its own, for which the call waits.
///
/// # Safety
/// `query` came from fastjson_query_compile and is not freed before the call returns. `text` names `text_len` bytes, or
/// anything where that is 0. `options` is NULL or names what its struct_size says. What `out` names is written: the caller frees
/// it by fastjson_buffer_free; it is empty where the call fails. `report` is NULL, or what it names is written: a report that the
/// caller frees by fastjson_report_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_query_run(
    query: *const Query,
    text: *const u8,
    text_len: usize,
    options: *const Options,
    out: *mut Buffer,
    report: *mut *mut Report,
) -> Code {
    let work = || {
        // SAFETY: NULL or a living query, which is shared by reference only.
        let query = unsafe { query.as_ref() }.ok_or_else(|| Failure::argument("query", "NULL"))?;
        // SAFETY: the caller vouches for both.
        let (text, settings) = unsafe { (border::bytes("text", text, text_len)?, Settings::read(options)?) };
        let scan = settings.scan;
        let answer = query.0.run(text, &scan, &settings.program_budget())?;
        Ok((answer.text.into(), Notes { hits: answer.hits, ..Notes::of(answer.report) }))
    };
    // SAFETY: the caller vouches for both places.
    unsafe { border::answer(out, Buffer::EMPTY, report, work) }
}

/// Frees a query. NULL does nothing.
///
/// # Safety
/// `query` is NULL, or came from fastjson_query_compile, is not freed yet, and no thread runs it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_query_free(query: *mut Query) {
    if !query.is_null() {
        // SAFETY: it came from `Box::into_raw` in fastjson_query_compile and is freed once.
        drop(unsafe { Box::from_raw(query) });
    }
}

fn text(program: &[u8]) -> Result<&str, Failure> {
    std::str::from_utf8(program).map_err(|error| {
        let at = error.valid_up_to();
        let before = String::from_utf8_lossy(&program[..at]);
        let column = before.chars().count() as u64 + 1;
        let message = format!("byte {at} is not UTF-8");
        Failure::Engine(Error::Query { message, offset: at as u64, column, snippet: String::new() })
    })
}

/// The variables of a list that ends with a name of NULL.
///
/// # Safety
/// `list` is NULL or such a list, whose values name as many bytes as they say.
unsafe fn listed(list: *const Variable) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut variables = Vec::new();
    if list.is_null() {
        return Ok(variables);
    }
    for index in 0..=MAX_VARIABLES {
        // SAFETY: none before it was the end of the list.
        let Variable { name, value, value_len } = unsafe { *list.add(index) };
        if name.is_null() {
            return Ok(variables);
        }
        // SAFETY: a name that is not NULL ends with a zero byte, and the caller vouches for the value.
        let (name, value) = unsafe { (CStr::from_ptr(name), border::bytes("variables", value, value_len)?) };
        let name = name.to_str().map_err(|_| Failure::argument("variables", "a name is not UTF-8"))?;
        variables.push((name.to_owned(), value.to_vec()));
    }
    Err(Failure::argument("variables", format!("there are more than {MAX_VARIABLES}, or no name of NULL")))
}

/// What the header promises of a query.
const fn shared<T: Send + Sync>() {}
const _: () = shared::<Query>();
