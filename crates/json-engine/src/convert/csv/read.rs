//! The reader: rows to objects or arrays.

use std::ops::Range;

use crate::budget::Meter;
use crate::convert::allowance::{breach, check_length};
use crate::convert::build::Builder;
use crate::convert::literal::{count_digits, is_number};
use crate::convert::losses::{Loss, Losses};
use crate::convert::{Content, Read, Reading};
use crate::document::{Document, Number};
use crate::error::LimitKind;
use crate::scan::diagnostic_at;
use crate::{Code, Error, Severity};

use super::plan::{Group, NoPlan};
use super::rows::{Cell, Fault, Quotes, Rows};
use super::{Cells, CsvOptions, Header};

/// Bytes that are charged for a cell besides its text.
const CELL_BYTES: u64 = 64;

/// Reads a table: an array of objects with a header, of arrays without one. A byte order mark before it is skipped.
///
/// Fails with `Error::Invalid` (one diagnostic: `CSV_SYNTAX` or `INVALID_UTF8`, whose position has the record) or at a
/// limit. There are no losses; a quote inside a cell without quotes is a warning.
pub(in crate::convert) fn read(
    source: &[u8],
    reading: &Reading<'_>,
    options: &CsvOptions,
) -> Result<Read, Error> {
    options.check()?;
    check_length(source, reading.limits)?;
    let text = match simdutf8::compat::from_utf8(source) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let fault = Fault { message: "the bytes are not UTF-8".to_owned(), place: at..at + 1 };
            return Err(invalid(source, Code::InvalidUtf8, fault, 0));
        }
    };
    let builder = Builder::new(reading.limits, reading.keep, reading.duplicate_keys);
    let rows = Rows::new(text, options.delimiter);
    let meter = Meter::open(reading.budget)?;
    let losses = Losses::new(reading.limits.max_diagnostics);
    let mut table = Table { source, reading, options, builder, rows, meter, losses };
    table.builder.open_array(0)?;
    table.fill()?;
    table.builder.close(source.len());
    let (document, spans) = table.builder.finish().unwrap_or((Document::Null, None));
    Ok(Read { content: Content::One(document, spans), losses: table.losses, stats: None })
}

struct Table<'s, 'r, 'o> {
    source: &'s [u8],
    reading: &'r Reading<'o>,
    options: &'r CsvOptions,
    builder: Builder,
    rows: Rows<'s>,
    meter: Meter<'o>,
    losses: Losses,
}

impl<'s> Table<'s, '_, '_> {
    fn fill(&mut self) -> Result<(), Error> {
        let mut cells = Vec::new();
        let plan = match self.options.header {
            Header::Absent => None,
            Header::Present => {
                if !self.row(&mut cells)? {
                    return Ok(());
                }
                Some(self.plan(&cells)?)
            }
        };
        let mut width = plan.is_some().then_some(cells.len());
        while self.row(&mut cells)? {
            let expected = *width.get_or_insert(cells.len());
            if cells.len() != expected {
                return Err(self.ragged(&cells, expected));
            }
            self.meter.hold(cells.len() as u64 * CELL_BYTES)?;
            match &plan {
                Some(plan) => self.object(plan, &cells)?,
                None => self.array(&cells)?,
            }
        }
        self.meter.check()
    }

    /// Reads a row; says whether there is one.
    fn row(&mut self, cells: &mut Vec<Cell<'s>>) -> Result<bool, Error> {
        let most = self.reading.limits.max_nodes;
        if let Err(fault) = self.rows.next(cells, most) {
            return Err(self.fault(fault));
        }
        if let Some(last) = cells.last()
            && cells.len() as u64 > most
        {
            return Err(breach(LimitKind::Nodes, most, cells.len() as u64, last.place.start));
        }
        self.warn_of_stray_quote();
        self.meter.charge(1 + cells.len() as u64)?;
        Ok(!cells.is_empty())
    }

    fn warn_of_stray_quote(&mut self) {
        let Some(at) = self.rows.stray_quote else {
            return;
        };
        let headers = u64::from(self.options.header == Header::Present);
        // The header is no element of the array.
        let pointer = match self.rows.record.checked_sub(headers + 1) {
            Some(index) => format!("/{index}"),
            None => String::new(),
        };
        self.losses.warn(|| Loss {
            code: Code::CsvSyntax,
            message:
                "a quote inside a cell without quotes is read as text; RFC 4180 has the whole cell in quotes"
                    .to_owned(),
            pointer,
            place: Some(at..at + 1),
        });
    }

    fn plan(&self, header: &[Cell<'_>]) -> Result<Group, Error> {
        Group::new(header, self.options.paths, &self.builder.allowance).map_err(|no| match no {
            NoPlan::Fault(fault) => self.fault(fault),
            NoPlan::Limit(error) => error,
        })
    }

    fn object(&mut self, plan: &Group, cells: &[Cell<'s>]) -> Result<(), Error> {
        let row = extent(cells);
        let (kind, digits) = (self.options.cells, self.reading.limits.max_number_digits);
        plan.build(&mut self.builder, &row, &mut |column| value(&cells[column], kind, digits))
    }

    fn array(&mut self, cells: &[Cell<'s>]) -> Result<(), Error> {
        let row = extent(cells);
        self.builder.open_array(row.start)?;
        for cell in cells {
            let (value, place) = value(cell, self.options.cells, self.reading.limits.max_number_digits)?;
            self.builder.value(value, place, 1)?;
        }
        self.builder.close(row.end);
        Ok(())
    }

    fn ragged(&self, cells: &[Cell<'_>], expected: usize) -> Error {
        let row = extent(cells);
        // The first cell that is too many, or the end of the row.
        let place = cells.get(expected).map_or(row.end..row.end, |cell| cell.place.clone());
        let message = format!("the row has {} cells; allowed: {expected}, as in the first row", cells.len());
        self.fault(Fault { message, place })
    }

    fn fault(&self, fault: Fault) -> Error {
        invalid(self.source, Code::CsvSyntax, fault, self.rows.record)
    }
}

fn extent(cells: &[Cell<'_>]) -> Range<usize> {
    let (first, last) = (cells.first(), cells.last());
    first.map_or(0, |cell| cell.place.start)..last.map_or(0, |cell| cell.place.end)
}

fn value(cell: &Cell<'_>, cells: Cells, max_digits: u32) -> Result<(Document, Range<usize>), Error> {
    let text = &*cell.text;
    let is_text = cells == Cells::Text || cell.quotes == Quotes::Quoted;
    let value = match text {
        _ if is_text => Document::Str(text.into()),
        "" => Document::Null,
        "true" => Document::Bool(true),
        "false" => Document::Bool(false),
        _ if is_number(text) => {
            let (allowed, digits) = (u64::from(max_digits), count_digits(text));
            if digits > allowed {
                return Err(breach(LimitKind::NumberDigits, allowed, digits, cell.place.start));
            }
            Document::Number(Number::from_literal(text))
        }
        _ => Document::Str(text.into()),
    };
    Ok((value, cell.place.clone()))
}

fn invalid(source: &[u8], code: Code, fault: Fault, record: u64) -> Error {
    let mut diagnostic = diagnostic_at(source, (Severity::Error, code), fault.message, fault.place, "");
    diagnostic.start.record = record;
    diagnostic.end.record = record;
    Error::invalid(diagnostic, source.len())
}
