//! What the machine knows between two parts of a text.

use super::finding::pointer;
use super::repeated::Repeated;
use super::{Frame, Keys};
use crate::{Diagnostic, Report, ScanOptions, Severity, Stats};

/// What stands next, white space aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// The value of the whole text.
    Root,
    Value,
    /// The first element of an array, or its end.
    FirstElement,
    /// The first key of an object, or its end.
    FirstKey,
    Key,
    /// An element or key, behind a comma.
    AfterComma,
    Colon,
    /// A comma or a closing bracket.
    Separator,
    /// The end of the text.
    End,
}

/// What a machine knows between two parts.
pub(crate) struct Carried {
    pub(super) options: ScanOptions,
    /// Longest string or key, in bytes with its quotes.
    pub(super) max_token: usize,
    pub(super) next: Next,
    /// Where the last comma lies in the part.
    pub(super) comma: usize,
    pub(super) stack: Vec<Frame>,
    pub(super) keys: Keys,
    pub(super) repeated: Repeated,
    pub(super) report: Report,
}

impl Carried {
    pub(crate) fn new(options: &ScanOptions, max_token: usize) -> Carried {
        let max_depth = options.limits.max_depth.min(crate::MAX_DEPTH);
        let limits = crate::Limits { max_depth, ..options.limits };
        Carried {
            options: ScanOptions { limits, ..*options },
            max_token,
            next: Next::Root,
            comma: 0,
            stack: Vec::with_capacity(16),
            keys: Keys::default(),
            repeated: Repeated::default(),
            report: Report::default(),
        }
    }

    /// What was found so far.
    pub(crate) fn report(&self) -> &Report {
        &self.report
    }

    /// As [`Carried::report`], of a text of `bytes`.
    pub(crate) fn take_report(&mut self, bytes: u64) -> Report {
        let report = std::mem::take(&mut self.report);
        Report { stats: Stats { bytes, ..report.stats }, ..report }
    }

    /// Memory that is held, in bytes.
    pub(crate) fn held_bytes(&self) -> usize {
        self.keys.held_bytes() + self.repeated.held_bytes() + self.stack.capacity() * size_of::<Frame>()
    }

    /// From where on the text is needed yet, if the machine goes on at `at`.
    pub(super) fn needs_from(&self, at: usize) -> usize {
        if self.next == Next::AfterComma { self.comma } else { at }
    }

    /// JSON Pointer of what is read next, whose keys lie in `text`.
    pub(super) fn pointer(&self, text: &[u8]) -> String {
        let is_value = matches!(self.next, Next::Root | Next::Value | Next::FirstElement);
        match self.stack.split_last() {
            Some((Frame::Object(first), outer)) if !is_value => pointer(text, outer, &self.keys, *first),
            Some((Frame::Array(_), outer)) if !is_value => pointer(text, outer, &self.keys, self.keys.len()),
            Some(_) | None => pointer(text, &self.stack, &self.keys, self.keys.len()),
        }
    }

    /// The keys of the open objects, whose places follow the text when it moves.
    pub(super) fn keys(&mut self) -> &mut Keys {
        &mut self.keys
    }

    /// The text lies `bytes` nearer to the beginning.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.comma = self.comma.saturating_sub(bytes);
    }

    /// Adds the findings of a part, which come after all others: the first are kept, and the first error.
    pub(super) fn add(&mut self, found: Vec<Diagnostic>, total: u64) {
        let most = self.options.limits.max_diagnostics as usize;
        self.report.diagnostics_total += total;
        let kept = &mut self.report.diagnostics;
        for one in found {
            let is_first_error =
                one.severity == Severity::Error && kept.iter().all(|other| other.severity != Severity::Error);
            if kept.len() < most {
                kept.push(one);
            } else if is_first_error {
                kept.truncate(most.max(1) - 1);
                kept.push(one);
            }
        }
    }
}
