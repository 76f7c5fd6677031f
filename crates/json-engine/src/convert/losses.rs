//! Losses: what a conversion could not keep, each with its place; and warnings about the source beside them.

use std::ops::Range;

use crate::{Code, Severity};

/// One loss or warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    /// What kind it is; one of the codes that `docs/convert.md` lists.
    pub(crate) code: Code,
    /// What was lost and what stands there now. Echoes no key or value over 64 bytes.
    pub(crate) message: String,
    /// JSON Pointer of the value in the document.
    pub(crate) pointer: String,
    /// Bytes of the source; a writer does not know them and leaves them to the spans of the document.
    pub(crate) place: Option<Range<usize>>,
}

/// The first losses and warnings, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Losses {
    kept: Vec<Loss>,
    total: u64,
    warnings: u64,
    most: usize,
    /// Before each pointer: the place of the document in a stream.
    prefix: String,
}

impl Losses {
    /// An empty list that keeps `most` losses and counts all.
    pub(crate) fn new(most: u32) -> Losses {
        Losses { kept: Vec::new(), total: 0, warnings: 0, most: most as usize, prefix: String::new() }
    }

    /// Adds a loss; what it says is made only if it is kept.
    pub(crate) fn add(&mut self, loss: impl FnOnce() -> Loss) {
        self.total += 1;
        if self.kept.len() < self.most {
            let loss = loss();
            let pointer =
                if self.prefix.is_empty() { loss.pointer } else { self.prefix.clone() + &loss.pointer };
            self.kept.push(Loss { pointer, ..loss });
        }
    }

    /// Adds a warning: nothing is lost, yet readers may disagree about the source. Strict fidelity lets it pass.
    pub(crate) fn warn(&mut self, warning: impl FnOnce() -> Loss) {
        self.warnings += 1;
        self.add(warning);
    }

    /// What is added from now on is about the document of this index of a stream: pointers begin with it.
    pub(crate) fn enter(&mut self, index: usize) {
        self.prefix = format!("/{index}");
    }

    /// Counts losses of which no more is known.
    pub(crate) fn count(&mut self, losses: u64) {
        self.total += losses;
    }

    /// Sets where those that were kept stand in the source.
    pub(crate) fn set_places(&mut self, places: Vec<Range<usize>>) {
        for (loss, place) in self.kept.iter_mut().zip(places) {
            loss.place = Some(place);
        }
    }

    /// Those that were kept, in the order in which they were met.
    pub(crate) fn kept(&self) -> &[Loss] {
        &self.kept
    }

    /// How many there are in all, warnings included.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// How many losses there are, warnings not counted.
    pub(crate) fn lost(&self) -> u64 {
        self.total - self.warnings
    }
}

impl Loss {
    /// A loss is never an error by itself; strict fidelity makes it one.
    pub(crate) const SEVERITY: Severity = Severity::Warning;
}
