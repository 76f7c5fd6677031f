//! What looks like a table: a rule over the rows of a beginning. One pass over it.

use std::ops::Range;

/// Whether there are two rows or more, each with the same number of cells, two at the least, and none begins as YAML does.
pub(super) fn is_csv(beginning: &[u8], is_whole: bool, delimiter: u8) -> bool {
    let (mut cells, mut count) = (0, 0);
    for row in (Rows { text: beginning, at: 0, delimiter }) {
        // The last row of a beginning is cut.
        if !is_whole && row.place.end >= beginning.len() {
            break;
        }
        let line = &beginning[row.place];
        if line.trim_ascii().is_empty() {
            continue;
        }
        let differs = count > 0 && row.cells != cells;
        if row.cells < 2 || differs || is_yaml(&line[..row.first_cell]) {
            return false;
        }
        (cells, count) = (row.cells, count + 1);
    }
    count > 1
}

/// Whether a row's first cell is the beginning of an item, a marker, or a key of YAML.
fn is_yaml(cell: &[u8]) -> bool {
    let is_quoted = cell.starts_with(b"\"");
    let begins = [b"- ".as_slice(), b"---", b"%", b"? ", b"#", b"{", b"["];
    let is_key = memchr::memmem::find(cell, b": ").is_some() || cell.trim_ascii_end().ends_with(b":");
    !is_quoted && (begins.iter().any(|begin| cell.trim_ascii_start().starts_with(begin)) || is_key)
}

struct Row {
    place: Range<usize>,
    cells: usize,
    /// Length of the first cell in bytes, quotes included.
    first_cell: usize,
}

/// Rows of text in cells, quotes understood as RFC 4180 has them.
struct Rows<'t> {
    text: &'t [u8],
    at: usize,
    delimiter: u8,
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let (mut inside, mut cells, mut first_cell) = (false, 1, None);
        let mut length = rest.len();
        for (at, &byte) in rest.iter().enumerate() {
            if byte == b'"' {
                inside = !inside;
            } else if byte == b'\n' && !inside {
                length = at;
                break;
            } else if byte == self.delimiter && !inside {
                cells += 1;
                first_cell = first_cell.or(Some(at));
            }
        }
        self.at = start + length + 1;
        Some(Row { place: start..start + length, cells, first_cell: first_cell.unwrap_or(length) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_csv() {
        let check =
            |text: &str, expected| assert_eq!(is_csv(text.as_bytes(), true, b','), expected, "{text}");
        check("a,b\n1,2\n", true);
        check("a,b\r\n\"1,\n2\",\"\"\"\"\r\n", true);
        check("\"a: b\",c\n1,2", true);
        check("a,b\n1,2\n\n", true);
        check("a,b", false);
        check("a\nb\n", false);
        check("a,b\n1,2,3\n", false);
        check("- a, b\n- c, d", false);
        check("a: b, c\nd: e, f", false);
        check("---,\n1,", false);
        check("", false);
    }

    /// A row that the end of the beginning cuts says nothing.
    #[test]
    fn a_cut_row_is_not_judged() {
        let cut = |text: &str| is_csv(text.as_bytes(), false, b';');
        assert!(cut("a;b\n1;2\n3"));
        assert!(!cut("a;b\n1;2;3\n3"));
    }
}
