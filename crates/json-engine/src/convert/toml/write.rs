//! The writer: of each table first what stands on lines, then its tables.

mod members;
mod value;

use crate::budget::Meter;
use crate::convert::Writing;
use crate::convert::losses::{Loss, Losses};
use crate::document::Document;
use crate::pointer::Written;
use crate::{Code, Error};

use super::shape::{Shape, shape};
use super::text;
use members::Member;

/// Writes a document whose root is an object; anything else is an `Error::Option`.
///
/// Losses: nulls are left out, numbers that neither 64-bit integers nor doubles hold are marked, members that stood behind
/// a table move before it, tagged forms but dates, infinities and NaN become plain. Recurses by the depth of the document.
pub(in crate::convert) fn write(
    document: &Document,
    writing: &Writing<'_>,
    losses: &mut Losses,
) -> Result<Vec<u8>, Error> {
    if shape(document, writing.foreign) != Shape::Table {
        return Err(Error::Option {
            name: "to",
            message: "the root of TOML is a table, that of the document is no object".to_owned(),
            allowed: "an object at the root",
        });
    }
    let meter = Meter::open(writing.budget)?;
    let mut writer =
        Writer { out: Vec::new(), header: Vec::new(), steps: Vec::new(), writing, losses, meter };
    let members = writer.members(document);
    writer.table(members)?;
    Ok(writer.out)
}

struct Writer<'d, 'w, 'o> {
    out: Vec<u8>,
    /// The name of the present table as headers spell it.
    header: Vec<u8>,
    /// The way from the root to the present value.
    steps: Vec<Step<'d>>,
    writing: &'w Writing<'o>,
    losses: &'w mut Losses,
    meter: Meter<'o>,
}

/// One step of a JSON Pointer.
#[derive(Clone, Copy)]
enum Step<'d> {
    Key(&'d str),
    Index(usize),
    /// The value of a pair of a `$map` form.
    Pair(usize),
}

impl<'d> Writer<'d, '_, '_> {
    /// The lines of a table, then the tables in it.
    fn table(&mut self, members: Vec<Member<'d>>) -> Result<(), Error> {
        self.lines(&members)?;
        for member in members {
            let (outer, steps) = (self.header.len(), self.steps.len());
            self.steps.push(member.step);
            match member.shape {
                Shape::Nothing | Shape::Inline => {}
                Shape::Table => self.one(member)?,
                Shape::Tables => self.several(member)?,
            }
            self.steps.truncate(steps);
            self.header.truncate(outer);
        }
        Ok(())
    }

    fn lines(&mut self, members: &[Member<'d>]) -> Result<(), Error> {
        let mut is_behind_table = false;
        for member in members {
            self.steps.push(member.step);
            match member.shape {
                Shape::Nothing => self.lose_null(member.value),
                Shape::Table | Shape::Tables => is_behind_table = true,
                Shape::Inline => {
                    if is_behind_table {
                        self.lose(
                            Code::OrderChanged,
                            "the value moved before the tables, where TOML wants it",
                        );
                    }
                    text::key(&member.name, &mut self.out);
                    self.out.extend_from_slice(b" = ");
                    self.value(member.value)?;
                    self.out.push(b'\n');
                }
            }
            self.steps.pop();
        }
        Ok(())
    }

    fn name(&mut self, name: &str) {
        if !self.header.is_empty() {
            self.header.push(b'.');
        }
        text::key(name, &mut self.header);
    }

    /// `[name]` and what belongs to it; the header is left out where the headers of inner tables imply it.
    fn one(&mut self, member: Member<'d>) -> Result<(), Error> {
        self.name(&member.name);
        let members = self.members(member.value);
        let has = |shapes: &[Shape]| members.iter().any(|member| shapes.contains(&member.shape));
        if has(&[Shape::Inline]) || !has(&[Shape::Table, Shape::Tables]) {
            self.header(b"[", b"]\n")?;
        }
        self.table(members)
    }

    /// `[[name]]` and what belongs to it, once an element.
    fn several(&mut self, member: Member<'d>) -> Result<(), Error> {
        self.name(&member.name);
        let Document::Arr(elements) = self.untag(member.value) else {
            return Ok(());
        };
        let steps = self.steps.len();
        for (index, element) in elements.iter().enumerate() {
            self.steps.push(Step::Index(index));
            self.header(b"[[", b"]]\n")?;
            let members = self.members(element);
            self.table(members)?;
            self.steps.truncate(steps);
        }
        Ok(())
    }

    fn header(&mut self, open: &[u8], close: &[u8]) -> Result<(), Error> {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
        self.out.extend_from_slice(open);
        self.out.extend_from_slice(&self.header);
        self.out.extend_from_slice(close);
        self.check()
    }

    /// Stops at the limit of the output and of the budget.
    fn check(&self) -> Result<(), Error> {
        self.meter.charge(1)?;
        self.writing.check_length(self.out.len())
    }

    fn lose(&mut self, code: Code, message: &str) {
        let steps = &self.steps;
        self.losses.add(|| Loss { code, message: message.to_owned(), pointer: pointer(steps), place: None });
    }
}

fn pointer(steps: &[Step<'_>]) -> String {
    let mut pointer = Written::default();
    for step in steps {
        match step {
            Step::Key(key) => pointer.key(key),
            Step::Index(index) => pointer.index(*index),
            Step::Pair(index) => pointer.form(&format!("/$map/{index}/1")),
        }
    }
    pointer.finish()
}
