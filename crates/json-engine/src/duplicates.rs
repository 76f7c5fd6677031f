//! Dropping duplicate members from a text, as `DuplicateKeys::First` and `Last` ask for.
//!
//! The members that stay keep their bytes and their order. Cost: one scan where no key stands twice; else one more, with
//! memory for the members of the open objects, and the shorter text.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use crate::scan::{Container, Content, Nobody, Scalar, Sink, Spelling, scan};
use crate::write::unescape;
use crate::{Code, DuplicateKeys, Error, Report, ScanOptions};

/// `text` without the members that `options` drop, with what a scan of `text` reports; all of it under
/// [`DuplicateKeys::Report`] and [`DuplicateKeys::Reject`]. Fails on an invalid text and on a breach of a limit.
pub(crate) fn without_duplicates<'t>(
    text: &'t [u8],
    options: &ScanOptions,
) -> Result<(Cow<'t, [u8]>, Report), Error> {
    let (Nobody, report) = scan(text, options, Nobody)?;
    if !report.is_valid() {
        return Err(Error::Invalid(Box::new(report)));
    }
    let drops = match options.duplicate_keys {
        DuplicateKeys::Report | DuplicateKeys::Reject => false,
        // A finding that was counted and not kept may be one.
        DuplicateKeys::First | DuplicateKeys::Last => {
            report.diagnostics_total > report.diagnostics.len() as u64
                || report.diagnostics.iter().any(|found| found.code == Code::DuplicateDropped)
        }
    };
    if !drops {
        return Ok((text.into(), report));
    }
    let cutter = Cutter { text, keeps: options.duplicate_keys, open: Vec::new(), cuts: Vec::new() };
    let (cutter, _) = scan(text, options, cutter)?;
    Ok((without(text, cutter.cuts).into(), report))
}

/// `text` without `cuts`, some of which lie in others.
fn without(text: &[u8], mut cuts: Vec<Range<usize>>) -> Vec<u8> {
    cuts.sort_by_key(|cut| cut.start);
    let mut kept = Vec::with_capacity(text.len());
    let mut from = 0;
    for cut in cuts {
        kept.extend_from_slice(text.get(from..cut.start).unwrap_or_default());
        from = from.max(cut.end);
    }
    kept.extend_from_slice(&text[from..]);
    kept
}

/// Notes where members stand, and what of them to cut.
struct Cutter<'t> {
    text: &'t [u8],
    keeps: DuplicateKeys,
    /// The members of each open object so far; an open array has none.
    open: Vec<Vec<Member>>,
    cuts: Vec<Range<usize>>,
}

struct Member {
    key: Range<usize>,
    /// Where its value ends.
    end: usize,
}

impl Cutter<'_> {
    fn end_value(&mut self, end: usize) {
        if let Some(member) = self.open.last_mut().and_then(|members| members.last_mut()) {
            member.end = end;
        }
    }

    fn cut(&mut self, members: &[Member]) {
        let kept = self.kept(members);
        if kept.len() == members.len() {
            return;
        }
        // Each cut takes the comma behind the member, but behind the last kept the one before.
        let mut from = 0;
        for &index in &kept {
            if from < index {
                self.cuts.push(members[from].key.start..members[index].key.start);
            }
            from = index + 1;
        }
        if let (Some(last), Some(&index)) = (members.last(), kept.last()) {
            self.cuts.extend((from < members.len()).then(|| members[index].end..last.end));
        }
    }

    /// Indices of the members that stay, in order.
    fn kept(&self, members: &[Member]) -> Vec<usize> {
        let mut seen = HashSet::with_capacity(members.len());
        let mut is_new = |index: &usize| {
            let key = &members[*index].key;
            seen.insert(unescape(&self.text[key.start + 1..key.end - 1]))
        };
        if self.keeps == DuplicateKeys::First {
            return (0..members.len()).filter(is_new).collect();
        }
        let mut kept: Vec<usize> = (0..members.len()).rev().filter(&mut is_new).collect();
        kept.reverse();
        kept
    }
}

impl Sink for Cutter<'_> {
    fn scalar(&mut self, _kind: Scalar, _start: usize, end: usize) {
        self.end_value(end);
    }

    fn key(&mut self, _spelling: Spelling, start: usize, end: usize) {
        if let Some(members) = self.open.last_mut() {
            members.push(Member { key: start..end, end });
        }
    }

    fn open(&mut self, _kind: Container, _at: usize) {
        self.open.push(Vec::new());
    }

    fn close(&mut self, _kind: Container, at: usize, _content: Content) {
        if let Some(members) = self.open.pop() {
            self.cut(&members);
        }
        self.end_value(at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, first: &str, last: &str) {
        for (duplicate_keys, expected) in [(DuplicateKeys::First, first), (DuplicateKeys::Last, last)] {
            let options = ScanOptions { duplicate_keys, ..ScanOptions::default() };
            let (kept, _) = without_duplicates(text.as_bytes(), &options).unwrap();
            assert_eq!(String::from_utf8_lossy(&kept), expected, "{text} {duplicate_keys:?}");
        }
    }

    #[test]
    fn members_go_with_their_commas() {
        check(r#"{"a":1, "a":2}"#, r#"{"a":1}"#, r#"{"a":2}"#);
        check(r#"{"a":1 , "b":2 , "\u0061":3 }"#, r#"{"a":1 , "b":2 }"#, r#"{"b":2 , "\u0061":3 }"#);
        check(r#"{"x":0,"a":1,"a":2,"a":3,"y":4}"#, r#"{"x":0,"a":1,"y":4}"#, r#"{"x":0,"a":3,"y":4}"#);
        check(
            r#"[{"a":{"b":1,"b":2}},{"a":[]},{}]"#,
            r#"[{"a":{"b":1}},{"a":[]},{}]"#,
            r#"[{"a":{"b":2}},{"a":[]},{}]"#,
        );
        check(r#"{"a":{"b":1,"b":2},"a":[{"c":3,"c":4}]}"#, r#"{"a":{"b":1}}"#, r#"{"a":[{"c":4}]}"#);
    }
}
