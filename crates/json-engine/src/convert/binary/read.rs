//! The reader that both formats share: items, one after the other, until the document is complete.

use std::marker::PhantomData;

use super::Step;
use super::source::Source;
use super::tree::Tree;
use crate::convert::{Read, Reading};
use crate::{Code, Error};

/// A binary format, as its reader sees it.
pub(crate) trait Items: Sized {
    /// The code of every error of the format.
    const MALFORMED: Code;

    /// Reads one item, or the head of one that holds others.
    fn item(reader: &mut Reader<'_, Self>) -> Step;
}

/// What is read, and the document that it becomes.
pub(crate) struct Reader<'s, F> {
    pub(crate) source: Source<'s>,
    pub(crate) tree: Tree<'s>,
    format: PhantomData<F>,
}

/// Reads one item, and nothing behind it.
pub(crate) fn read<F: Items>(source: &[u8], reading: &Reading<'_>) -> Result<Read, Error> {
    let items = Source::new(source, reading.limits, F::MALFORMED)?;
    let mut reader = Reader::<F> { source: items, tree: Tree::new(source, reading)?, format: PhantomData };
    match reader.document() {
        Ok(()) => Ok(reader.tree.finish()),
        Err(error) => Err(reader.tree.explain(*error)),
    }
}

impl<F: Items> Reader<'_, F> {
    fn document(&mut self) -> Step {
        while !self.tree.is_complete() {
            F::item(self)?;
        }
        self.source.end()
    }
}
