//! The writer: rows of cells, each row ended by CR LF.

use crate::budget::Meter;
use crate::convert::Writing;
use crate::convert::foreign::{Foreign, Meaning, base64url, meaning};
use crate::convert::literal::with_replacements;
use crate::convert::losses::{Loss, Losses};
use crate::document::{Document, Key};
use crate::pointer::Written;
use crate::{Code, Error};

use super::layout::{Column, Kind, Layout, Step, layout};
use super::{BYTE_ORDER_MARK, Cells, CsvOptions, Header, is_typed};

/// Writes an array of objects, of arrays or of scalars as a table; a root that is no array is one row.
///
/// Losses: types under [`Cells::Text`], members that are missing, nested values that become JSON text, and a structure of
/// the rows that reading with the same options would not give back.
pub(in crate::convert) fn write(
    document: &Document,
    writing: &Writing<'_>,
    options: &CsvOptions,
    losses: &mut Losses,
) -> Result<Vec<u8>, Error> {
    options.check()?;
    let meter = Meter::open(writing.budget)?;
    let layout = layout(document, writing.foreign, options, &meter)?;
    let is_single = layout.columns.len() == 1;
    let root = match document {
        Document::Arr(_) => Root::Rows,
        _ => Root::Row,
    };
    let mut writer = Writer { out: Vec::new(), writing, options, losses, meter, is_single, root };
    writer.table(&layout)?;
    Ok(writer.out)
}

struct Writer<'w, 'o> {
    out: Vec<u8>,
    writing: &'w Writing<'o>,
    options: &'w CsvOptions,
    losses: &'w mut Losses,
    meter: Meter<'o>,
    /// Whether there is one column only, so that an empty cell must stand in quotes: a line without any byte is no row.
    is_single: bool,
    root: Root,
}

/// What the root of the document is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    Rows,
    Row,
}

/// The cell that is written now.
#[derive(Clone, Copy)]
struct At<'l, 'd> {
    row: usize,
    column: &'l Column<'d>,
}

impl Writer<'_, '_> {
    fn table(&mut self, layout: &Layout<'_>) -> Result<(), Error> {
        if layout.rows.is_empty() {
            return Ok(());
        }
        self.lose_structure(layout);
        if layout.columns.is_empty() {
            self.lose_root("the rows are empty; none is written");
            return Ok(());
        }
        if self.options.header == Header::Present {
            for (index, column) in layout.columns.iter().enumerate() {
                self.separate(index);
                self.text(&column.name, Cells::Text)?;
            }
            self.lose_keys(layout);
            self.out.extend_from_slice(b"\r\n");
        }
        for (row, document) in layout.rows.iter().enumerate() {
            for (index, column) in layout.columns.iter().enumerate() {
                self.separate(index);
                self.cell(At { row, column }, column.value(document))?;
            }
            self.out.extend_from_slice(b"\r\n");
        }
        self.check()
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push(self.options.delimiter);
        }
    }

    fn cell(&mut self, at: At<'_, '_>, value: Option<&Document>) -> Result<(), Error> {
        let Some(value) = value else {
            self.lose(at, Code::StructureChanged, "the value is missing; it is written as an empty cell");
            return self.empty();
        };
        if self.writing.foreign == Foreign::Tagged
            && let Some(meaning) = meaning(value)
        {
            return self.meaning(at, value, meaning);
        }
        match value {
            Document::Null => self.null(at),
            Document::Bool(true) => self.scalar(at, "true"),
            Document::Bool(false) => self.scalar(at, "false"),
            Document::Number(_) => self.scalar(at, &json(value)),
            Document::Str(text) => self.text(text, self.options.cells),
            Document::Surrogates(literal) => {
                self.lose(at, Code::SurrogateReplaced, SURROGATE);
                self.text(&with_replacements(literal), self.options.cells)
            }
            Document::Arr(_) | Document::Obj(_) => self.nested(at, value),
        }
    }

    /// An empty cell.
    fn empty(&mut self) -> Result<(), Error> {
        if self.is_single {
            self.out.extend_from_slice(b"\"\"");
        }
        self.check()
    }

    fn null(&mut self, at: At<'_, '_>) -> Result<(), Error> {
        if self.options.cells == Cells::Text || self.is_single {
            self.lose(
                at,
                Code::TypeDropped,
                "the null is written as an empty cell, which reads as empty text",
            );
        }
        self.empty()
    }

    /// A number or a boolean.
    fn scalar(&mut self, at: At<'_, '_>, literal: &str) -> Result<(), Error> {
        if self.options.cells == Cells::Text {
            self.lose(at, Code::TypeDropped, "the value is written as text; cells are read as text");
        }
        self.text(literal, Cells::Text)
    }

    fn nested(&mut self, at: At<'_, '_>, value: &Document) -> Result<(), Error> {
        self.lose(at, Code::StructureChanged, "the array or object is written as its JSON text");
        self.text(&json(value), self.options.cells)
    }

    fn meaning(&mut self, at: At<'_, '_>, value: &Document, meaning: Meaning<'_>) -> Result<(), Error> {
        match meaning {
            Meaning::Bytes(bytes) => {
                self.lose(at, Code::BytesAsText, "the bytes became base64url text");
                self.text(&base64url(&bytes), self.options.cells)
            }
            Meaning::Float(float) => {
                self.lose(at, Code::TypeDropped, "a float that is not finite became text");
                self.text(float.name(), self.options.cells)
            }
            Meaning::Datetime(text) => {
                self.lose(at, Code::DatetimeAsText, "the date or time became text");
                self.text(&text, self.options.cells)
            }
            Meaning::Tag(_, inner) => {
                self.lose(at, Code::TagDropped, "the tag was dropped");
                self.cell(at, Some(inner))
            }
            Meaning::Undefined | Meaning::Simple(_) => {
                self.lose(at, Code::UndefinedAsNull, "an undefined or simple value became null");
                self.null(at)
            }
            Meaning::Map(_) => self.nested(at, value),
        }
    }

    /// A cell that reads back as this text under `cells`; in quotes where it must be.
    fn text(&mut self, text: &str, cells: Cells) -> Result<(), Error> {
        let is_special = |byte: u8| byte == self.options.delimiter || matches!(byte, b'"' | b'\r' | b'\n');
        let is_mark = self.out.is_empty() && text.starts_with(BYTE_ORDER_MARK);
        let is_blank = self.is_single && text.is_empty();
        let would_be_typed = cells == Cells::Typed && is_typed(text);
        if !(is_mark || is_blank || would_be_typed || text.bytes().any(is_special)) {
            self.out.extend_from_slice(text.as_bytes());
            return self.check();
        }
        self.out.push(b'"');
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('"') {
            self.out.extend_from_slice(before.as_bytes());
            self.out.extend_from_slice(b"\"\"");
            rest = after;
        }
        self.out.extend_from_slice(rest.as_bytes());
        self.out.push(b'"');
        self.check()
    }

    /// Stops at the limit of the output and of the budget.
    fn check(&self) -> Result<(), Error> {
        self.meter.charge(1)?;
        self.writing.check_length(self.out.len())
    }
}

/// Losses.
impl Writer<'_, '_> {
    fn lose(&mut self, at: At<'_, '_>, code: Code, message: &str) {
        let pointer = || {
            let mut pointer = Written::default();
            if self.root == Root::Rows {
                pointer.index(at.row);
            }
            at.column.extend(&mut pointer);
            pointer.finish()
        };
        self.losses.add(|| Loss { code, message: message.to_owned(), pointer: pointer(), place: None });
    }

    /// What the options read back otherwise than it is in the document.
    fn lose_structure(&mut self, layout: &Layout<'_>) {
        if self.root == Root::Row {
            self.lose_root("the root is no array; it is written as the only row");
        }
        match (layout.kind, self.options.header) {
            (Kind::Objects, Header::Present) | (Kind::Arrays, Header::Absent) => {}
            (Kind::Objects, Header::Absent) => self.lose_root("the keys are not written: there is no header"),
            (Kind::Arrays, Header::Present) => {
                self.lose_root(
                    "the rows are arrays; the header numbers their elements, so they read as objects",
                );
            }
            (Kind::Values, _) => {
                self.lose_root("the rows are neither all objects nor all arrays; each is one cell")
            }
        }
    }

    /// Keys that are no text.
    fn lose_keys(&mut self, layout: &Layout<'_>) {
        for column in &layout.columns {
            let is_text = |step: &Step<'_>| !matches!(step, Step::Key(Key::Surrogates(_)));
            if !column.way.iter().all(is_text) {
                self.lose(At { row: 0, column }, Code::SurrogateReplaced, SURROGATE);
            }
        }
    }

    fn lose_root(&mut self, message: &str) {
        let loss = || Loss {
            code: Code::StructureChanged,
            message: message.to_owned(),
            pointer: String::new(),
            place: None,
        };
        self.losses.add(loss);
    }
}

const SURROGATE: &str = "half of a surrogate pair became U+FFFD: CSV holds only Unicode text";

fn json(value: &Document) -> String {
    let mut text = Vec::new();
    crate::write::document(value, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
