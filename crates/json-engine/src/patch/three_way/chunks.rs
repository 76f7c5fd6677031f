//! Arrays by chunks, as diff3 does it: elements that stand unchanged on all sides hold the rest apart; each chunk
//! between two of them is merged by itself.

use std::ops::Range;
use std::sync::Arc;

use super::{ConflictKind, Merge, Versions};
use crate::document::Document;
use crate::error::Error;
use crate::patch::classes::Node;
use crate::patch::sequence::common;

/// The same stretch on all sides.
struct Chunk {
    base: Range<usize>,
    ours: Range<usize>,
    theirs: Range<usize>,
}

impl Merge<'_, '_> {
    /// Merges three arrays chunk by chunk.
    pub(super) fn by_chunks(
        &mut self,
        base: &Node<'_>,
        ours: &Node<'_>,
        theirs: &Node<'_>,
    ) -> Result<Document, Error> {
        let in_ours = self.places(base, ours)?;
        let in_theirs = self.places(base, theirs)?;
        let mut out = Vec::new();
        let (mut base_from, mut ours_from, mut theirs_from) = (0, 0, 0);
        let stable = (0..base.children.len()).filter_map(|at| Some((at, in_ours[at]?, in_theirs[at]?)));
        let end = (base.children.len(), ours.children.len(), theirs.children.len());
        for (base_at, ours_at, theirs_at) in stable.chain([end]) {
            let chunk =
                Chunk { base: base_from..base_at, ours: ours_from..ours_at, theirs: theirs_from..theirs_at };
            self.chunk(&chunk, [base, ours, theirs], &mut out)?;
            out.extend(ours.children.get(ours_at).map(|element| element.document.clone()));
            (base_from, ours_from, theirs_from) = (base_at + 1, ours_at + 1, theirs_at + 1);
        }
        Ok(Document::Arr(Arc::new(out)))
    }

    /// Where each element of `base` stands in `side`, if it is there.
    fn places(&self, base: &Node<'_>, side: &Node<'_>) -> Result<Vec<Option<usize>>, Error> {
        let mut places = vec![None; base.children.len()];
        for (at, place) in common(&base.classes(), &side.classes(), self.meter)?.pairs {
            places[at] = Some(place);
        }
        Ok(places)
    }

    fn chunk(
        &mut self,
        chunk: &Chunk,
        [base, ours, theirs]: [&Node<'_>; 3],
        out: &mut Vec<Document>,
    ) -> Result<(), Error> {
        let base = &base.children[chunk.base.clone()];
        let ours = &ours.children[chunk.ours.clone()];
        let theirs = &theirs.children[chunk.theirs.clone()];
        self.meter.charge((base.len() + ours.len() + theirs.len()) as u64)?;
        let same = |left: &[Node<'_>], right: &[Node<'_>]| {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.class == right.class)
        };
        if same(ours, theirs) || same(theirs, base) {
            out.extend(ours.iter().map(|element| element.document.clone()));
            return Ok(());
        }
        if same(ours, base) {
            out.extend(theirs.iter().map(|element| element.document.clone()));
            return Ok(());
        }
        if ours.len() == base.len() && theirs.len() == base.len() {
            for ((base, ours), theirs) in base.iter().zip(ours).zip(theirs) {
                self.push(Versions { base: Some(base), ours: Some(ours), theirs: Some(theirs) }, out)?;
            }
            return Ok(());
        }
        let before = self.place.enter_index(out.len());
        let kind = if base.is_empty() { ConflictKind::BothAdded } else { ConflictKind::BothChanged };
        self.conflict(kind, [base, ours, theirs].map(array));
        self.place.leave(before);
        out.extend(ours.iter().map(|element| element.document.clone()));
        Ok(())
    }
}

/// A stretch as an array, as far as an excerpt can show.
fn array(elements: &[Node<'_>]) -> Option<Document> {
    Some(Document::Arr(Arc::new(elements.iter().take(65).map(|element| element.document.clone()).collect())))
}
