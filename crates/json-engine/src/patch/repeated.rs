//! Repeated members of an operation. RFC 6902 appendix A.13: such a patch is no patch, since readers disagree which one
//! counts. A [`Document`](crate::document::Document) keeps the last only, so the text is asked.

use std::ops::Range;

use crate::ScanOptions;
use crate::error::Error;
use crate::scan::{Container, Content, Sink, Spelling, scan};
use crate::write::unescape;

/// The members that RFC 6902 gives a meaning; others are ignored, repeated or not.
const NAMES: [&str; 4] = ["op", "path", "from", "value"];

/// A member that an operation has twice.
pub(super) struct Repeated {
    pub(super) operation: usize,
    pub(super) name: &'static str,
    pub(super) place: Range<usize>,
}

/// The first repeated member of an operation of `patch`, a valid text. One pass.
pub(super) fn find(patch: &[u8], options: &ScanOptions) -> Result<Option<Repeated>, Error> {
    let finder = Finder { text: patch, depth: 0, operation: 0, seen: [false; 4], found: None };
    let (finder, _) = scan(patch, options, finder)?;
    Ok(finder.found)
}

struct Finder<'t> {
    text: &'t [u8],
    depth: usize,
    operation: usize,
    seen: [bool; 4],
    found: Option<Repeated>,
}

impl Sink for Finder<'_> {
    fn key(&mut self, _spelling: Spelling, start: usize, end: usize) {
        if self.depth != 2 || self.found.is_some() {
            return;
        }
        let raw = &self.text[start + 1..end - 1];
        let name = if raw.contains(&b'\\') { unescape(raw) } else { raw.to_vec() };
        let Some(known) = NAMES.iter().position(|known| known.as_bytes() == name) else {
            return;
        };
        if std::mem::replace(&mut self.seen[known], true) {
            let (operation, name) = (self.operation, NAMES[known]);
            self.found = Some(Repeated { operation, name, place: start..end });
        }
    }

    fn open(&mut self, _kind: Container, _at: usize) {
        self.depth += 1;
        if self.depth == 2 {
            self.seen = [false; 4];
        }
    }

    fn close(&mut self, _kind: Container, _at: usize, _content: Content) {
        self.depth -= 1;
    }

    fn comma(&mut self) {
        if self.depth == 1 {
            self.operation += 1;
        }
    }
}
