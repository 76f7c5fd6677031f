//! The verdict: findings with their pointers, and how a scan ends.
//!
//! The pointer of a finding names the innermost value that holds its place; a value begins where it must stand. Commas,
//! colons, keys and comments belong to their container.

use super::fault::{Expected, Halt, Step, Stop, instead_of};
use super::finding::{self, Finding};
use super::{Frame, Kind, Scanner, Sink};
use crate::{DuplicateKeys, Error, Fix, Report, Severity};

impl<S: Sink> Scanner<'_, S> {
    /// A warning at the present place.
    pub(super) fn warn(&mut self, kind: Kind, start: usize, end: usize) {
        self.report(Severity::Warning, kind, start, end);
    }

    /// A finding at the present place that does not stop the machine.
    pub(super) fn report(&mut self, severity: Severity, kind: Kind, start: usize, end: usize) {
        if self.findings.count(severity, start) {
            let pointer = self.pointer();
            self.findings.keep(Finding { severity, kind, start, end, pointer, fix: None });
        }
    }

    /// The fault that stopped the machine, and what would mend it.
    pub(super) fn find(&mut self, stop: &Stop, fix: Option<Fix>) {
        let Stop { kind, start, end, expected } = *stop;
        let severity = Severity::Error;
        if self.findings.count(severity, start) {
            let in_value = expected == Expected::Value && kind != Kind::Comment;
            let pointer = if in_value { self.pointer() } else { self.container() };
            self.findings.keep(Finding { severity, kind, start, end, pointer, fix });
        }
    }

    /// Reports what [`Keys::some_twice`](super::keys::Keys::some_twice) found in the innermost container.
    #[cold]
    pub(super) fn report_duplicates(&mut self, first: usize) {
        self.sink.twice();
        let (severity, kind) = match self.options.duplicate_keys {
            DuplicateKeys::Report => (Severity::Warning, Kind::DuplicateKey),
            DuplicateKeys::Reject => (Severity::Error, Kind::DuplicateKey),
            DuplicateKeys::First | DuplicateKeys::Last => (Severity::Warning, Kind::DuplicateDropped),
        };
        let outer = self.stack.len() - 1;
        let mut parent = None;
        for (start, end) in self.keys.twice() {
            if !self.findings.count(severity, start) {
                continue;
            }
            let parent = parent
                .get_or_insert_with(|| finding::pointer(self.text, &self.stack[..outer], &self.keys, first));
            let pointer = finding::join(parent, &self.text[start..end]);
            // A key that was mended may have no quotes.
            let quotes = usize::from(matches!(self.text[start - 1], b'"' | b'\''));
            let (start, end) = (start - quotes, end + quotes);
            self.findings.keep(Finding { severity, kind, start, end, pointer, fix: None });
        }
    }

    /// Pointer of the present value; in a key, of its object.
    pub(super) fn pointer(&self) -> String {
        if self.in_key {
            return self.container();
        }
        finding::pointer(self.text, &self.stack, &self.keys, self.keys.len())
    }

    /// Pointer of the innermost container.
    fn container(&self) -> String {
        let (outer, end) = match self.stack.split_last() {
            Some((Frame::Object(first), outer)) => (outer, *first),
            Some((Frame::Array(_), outer)) => (outer, self.keys.len()),
            None => (&[][..], 0),
        };
        finding::pointer(self.text, outer, &self.keys, end)
    }

    /// `text` is the whole, also where only a part was read.
    pub(super) fn finish(mut self, text: &[u8], outcome: Step) -> Result<(S, Report), Error> {
        if let Err(halt) = self.with_cut(outcome) {
            match *halt {
                Halt::Invalid(stop) => self.find(&stop, None),
                Halt::Limit { limit, allowed, actual, at } => {
                    let position = Some(finding::position(text, at, self.pointer()));
                    return Err(Error::Limit { limit, allowed, actual, position });
                }
                Halt::Told => {}
            }
            self.leave_all();
        }
        let report = self.findings.into_report(text, self.stats);
        Ok((self.sink, report))
    }

    /// What ended the scan: the bytes that are not UTF-8, where nothing is wrong before them.
    pub(super) fn with_cut(&self, outcome: Step) -> Step {
        if !self.is_cut || !self.ended_by_cut(&outcome) {
            return outcome;
        }
        let bad = self.text.len();
        instead_of(self.expected_at_cut(&outcome), Kind::InvalidUtf8, bad, bad + 1)
    }

    /// Compares the keys of the objects that an error left open.
    fn leave_all(&mut self) {
        while let Some(&frame) = self.stack.last() {
            if let Frame::Object(first) = frame {
                self.leave_object(first);
            }
            self.stack.pop();
        }
    }

    fn expected_at_cut(&self, outcome: &Step) -> Expected {
        match outcome.as_ref().map_err(|halt| &**halt) {
            Err(Halt::Invalid(stop)) => stop.expected,
            Ok(()) | Err(Halt::Limit { .. } | Halt::Told) => Expected::Separator,
        }
    }

    /// Whether the scan found nothing but the end of what it was given.
    fn ended_by_cut(&self, outcome: &Step) -> bool {
        match outcome.as_ref().map_err(|halt| &**halt) {
            Ok(()) => true,
            Err(Halt::Invalid(stop)) => self.is_at_cut(stop),
            Err(Halt::Limit { .. } | Halt::Told) => false,
        }
    }

    /// Whether the bytes that are not UTF-8 are the fault, since nothing is wrong before them.
    pub(super) fn is_at_cut(&self, stop: &Stop) -> bool {
        let read = &self.text[stop.start..];
        let is_begun = match stop.kind {
            Kind::InvalidLiteral => {
                [&b"true"[..], b"false", b"null"].iter().any(|word| word.starts_with(read))
            }
            Kind::NumberIncomplete => read.first() != Some(&b'.'),
            kind => matches!(kind, Kind::EmptyInput | Kind::UnexpectedEnd | Kind::UnterminatedString),
        };
        self.is_cut && stop.end == self.text.len() && is_begun
    }
}
