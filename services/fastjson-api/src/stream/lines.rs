//! NDJSON that arrives in pieces, cut anywhere, as batches of whole lines.
//!
//! Promise: where the stream is cut changes nothing of what comes out but the size of the batches. Cost: what lies within a
//! piece is not copied; a line over several pieces is copied once. One look at each line, to number it.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// How much of a stream lies before a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Before {
    /// Records.
    pub(super) records: u64,
    /// Bytes.
    pub(super) bytes: u64,
    /// Ends of lines: LF, CR LF or CR.
    pub(super) lines: u64,
}

/// Whole lines, and where they begin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Batch {
    /// Each is whole lines, the last of the stream perhaps without its end.
    pub(super) pieces: VecDeque<Bytes>,
    /// What lies before the first of them.
    pub(super) before: Before,
    /// Length of them all.
    pub(super) bytes: usize,
}

/// The lines of a stream.
#[derive(Debug)]
pub(super) struct Lines {
    /// The beginning of a line that is not complete.
    rest: BytesMut,
    whole: VecDeque<Bytes>,
    whole_bytes: usize,
    /// What is in batches already.
    before: Before,
    most: usize,
    is_broken: bool,
}

impl Lines {
    /// A stream whose lines have at most `most` bytes, line ends not counted.
    pub(super) fn new(most: usize) -> Lines {
        Lines {
            rest: BytesMut::new(),
            whole: VecDeque::new(),
            whole_bytes: 0,
            before: Before::default(),
            most,
            is_broken: false,
        }
    }

    /// Takes the next piece of the stream.
    pub(super) fn push(&mut self, mut piece: Bytes) {
        let Some(last) = memchr::memrchr(b'\n', &piece) else {
            self.rest.extend_from_slice(&piece);
            return;
        };
        if !self.rest.is_empty() {
            let first = memchr::memchr(b'\n', &piece).unwrap_or(last);
            self.rest.extend_from_slice(&piece.split_to(first + 1));
            let line = self.rest.split().freeze();
            self.push_whole(line);
            if first == last {
                self.rest.extend_from_slice(&piece);
                return;
            }
            self.push_lines(piece, last - first - 1);
            return;
        }
        self.push_lines(piece, last);
    }

    /// Takes `piece`, whose last line ends at `last`.
    fn push_lines(&mut self, mut piece: Bytes, last: usize) {
        let lines = piece.split_to(last + 1);
        self.push_whole(lines);
        self.rest.extend_from_slice(&piece);
    }

    fn push_whole(&mut self, lines: Bytes) {
        self.whole_bytes += lines.len();
        self.whole.push_back(lines);
    }

    /// The stream is over: what is left is its last line.
    pub(super) fn finish(&mut self) {
        if !self.rest.is_empty() {
            let line = self.rest.split().freeze();
            self.push_whole(line);
        }
    }

    /// Bytes of whole lines that are in no batch yet.
    pub(super) fn ready(&self) -> usize {
        self.whole_bytes
    }

    /// All bytes that are held.
    pub(super) fn held(&self) -> usize {
        self.whole_bytes + self.rest.len()
    }

    /// Whether a line is longer than allowed; no batch will hold it or what follows.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken || (self.whole.is_empty() && self.rest.len() > self.most)
    }

    /// Records in batches so far.
    pub(super) fn records(&self) -> u64 {
        self.before.records
    }

    /// The next whole lines: about `bytes` of them or, where there are no more, fewer.
    pub(super) fn take(&mut self, bytes: usize) -> Option<Batch> {
        let mut batch = Batch { before: self.before, ..Batch::default() };
        while batch.bytes < bytes && !self.is_broken {
            let Some(piece) = self.whole.pop_front() else { break };
            let wanted = (bytes - batch.bytes).min(piece.len()) - 1;
            let end = memchr::memchr(b'\n', &piece[wanted..]).map_or(piece.len(), |at| wanted + at + 1);
            let taken = self.survey(&piece[..end]);
            if end < piece.len() && !self.is_broken {
                self.whole.push_front(piece.slice(end..));
            }
            self.whole_bytes -= taken;
            batch.bytes += taken;
            if taken > 0 {
                batch.pieces.push_back(piece.slice(..taken));
            }
        }
        if self.is_broken {
            self.whole.clear();
            self.rest.clear();
            self.whole_bytes = 0;
        }
        (batch.bytes > 0).then_some(batch)
    }

    /// Counts what `lines` hold up to one that is too long; says how many bytes those are.
    fn survey(&mut self, lines: &[u8]) -> usize {
        let mut start = 0;
        while start < lines.len() {
            let end = memchr::memchr(b'\n', &lines[start..]).map_or(lines.len(), |at| start + at);
            if end - start > self.most {
                self.is_broken = true;
                break;
            }
            self.before.records += u64::from(!is_blank(&lines[start..end]));
            start = lines.len().min(end + 1);
        }
        self.before.bytes += start as u64;
        self.before.lines += line_ends(&lines[..start]);
        start
    }
}

impl Batch {
    /// The next line without its end, if it is a record, and what lies before it; blank lines are passed over.
    pub(super) fn next(&mut self) -> Option<(Bytes, Before)> {
        while let Some(piece) = self.pieces.front_mut() {
            let end = memchr::memchr(b'\n', piece).map_or(piece.len(), |at| at + 1);
            let line = piece.split_to(end);
            if piece.is_empty() {
                self.pieces.pop_front();
            }
            let before = self.before;
            self.bytes -= line.len();
            self.before.bytes += line.len() as u64;
            self.before.lines += line_ends(&line);
            let bare = line.strip_suffix(b"\n").unwrap_or(&line);
            let bare = bare.strip_suffix(b"\r").unwrap_or(bare).len();
            if !is_blank(&line) {
                self.before.records += 1;
                return Some((line.slice(..bare), before));
            }
        }
        None
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// How many lines end in `text`, which does not end between CR and LF.
fn line_ends(text: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', text).count();
    let returns = memchr::memchr_iter(b'\r', text).filter(|at| text.get(at + 1) != Some(&b'\n')).count();
    (feeds + returns) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    type Record = (String, Before);

    /// All records, and whether a line is too long.
    fn read(pieces: &[&[u8]], most: usize, batch_bytes: usize) -> (Vec<Record>, bool) {
        let mut lines = Lines::new(most);
        for piece in pieces {
            lines.push(Bytes::copy_from_slice(piece));
        }
        lines.finish();
        let mut records = Vec::new();
        while let Some(mut batch) = lines.take(batch_bytes) {
            while let Some((line, before)) = batch.next() {
                records.push((String::from_utf8(line.to_vec()).unwrap(), before));
            }
            assert_eq!(batch.bytes, 0);
        }
        (records, lines.is_broken())
    }

    fn check(text: &str, most: usize, expected: (Vec<Record>, bool)) {
        let text = text.as_bytes();
        assert_eq!(read(&[text], most, 1 << 20), expected);
        for cut in 0..=text.len() {
            for batch_bytes in [1, 7, 1 << 20] {
                assert_eq!(read(&[&text[..cut], &text[cut..]], most, batch_bytes), expected, "at {cut}");
            }
        }
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(read(&bytes, most, 5), expected, "byte by byte");
    }

    fn record(line: &str, records: u64, bytes: u64, lines: u64) -> Record {
        (line.to_owned(), Before { records, bytes, lines })
    }

    #[test]
    fn where_a_stream_is_cut_changes_nothing() {
        check("", 9, (vec![], false));
        check("\n \n\t\r\n", 9, (vec![], false));
        check("1", 9, (vec![record("1", 0, 0, 0)], false));
        let expected = vec![record("[1]", 0, 0, 0), record(" 2", 1, 6, 2), record("3\r4", 2, 9, 3)];
        check("[1]\r\n\n 2\n3\r4\n", 9, (expected.clone(), false));
        check("[1]\r\n\n 2\n3\r4", 9, (expected, false));
        check(
            "1\n\r5\n6",
            9,
            (vec![record("1", 0, 0, 0), record("\r5", 1, 2, 1), record("6", 2, 5, 3)], false),
        );
    }

    #[test]
    fn a_line_that_is_too_long_ends_the_stream_behind_the_lines_before_it() {
        check("1234\n1\n", 4, (vec![record("1234", 0, 0, 0), record("1", 1, 5, 1)], false));
        check("1\n12345\n1\n", 4, (vec![record("1", 0, 0, 0)], true));
        check("1\n12345", 4, (vec![record("1", 0, 0, 0)], true));
        check("12345\n", 4, (vec![], true));
    }

    #[test]
    fn lines_within_a_piece_are_not_copied() {
        let piece = Bytes::from_static(b"1\n2\n3");
        let mut lines = Lines::new(9);
        lines.push(piece.clone());
        assert_eq!((lines.ready(), lines.held()), (4, 5));
        let batch = lines.take(64).unwrap();
        assert_eq!(batch.pieces[0].as_ptr(), piece.as_ptr());
    }
}
