//! Text to Document with the place of each value: the scanner drives the builder that every other reader drives.

use crate::convert::build::{Builder, Keep};
use crate::document::{Document, Key, Number};
use crate::scan::{Checked, Container, Content, Scalar, Sink, Spelling, scan_checked};
use crate::spans::Spans;
use crate::{Error, Report, ScanOptions};

use super::Strings;

/// As [`parse`](super::parse); says too where each value stands in a source in which the text begins at `base`. Of duplicate members the place is that of the one that
/// counts. Costs about twice a parse, and 56 bytes a value.
pub(crate) fn parse_with_spans(
    text: &[u8],
    base: usize,
    options: &ScanOptions,
) -> Result<(Document, Spans, Report), Error> {
    let checked = Checked::new(text, options)?;
    let sink = Spanned {
        strings: Strings { text: checked.valid(), scratch: Vec::new() },
        builder: Builder::new(&options.limits, Keep::Spans, options.duplicate_keys),
        base,
        failed: None,
    };
    let (sink, report) = scan_checked(&checked, options, sink)?;
    if !report.is_valid() {
        return Err(Error::Invalid(Box::new(report)));
    }
    if let Some(failed) = sink.failed {
        return Err(failed);
    }
    let (document, spans) = sink.builder.finish().expect("a valid text is one complete value");
    Ok((document, spans.unwrap_or_default(), report))
}

struct Spanned<'t> {
    base: usize,
    strings: Strings<'t>,
    builder: Builder,
    /// The builder has the limits of the scanner, so it never fails first.
    failed: Option<Error>,
}

impl Spanned<'_> {
    fn keep<T>(&mut self, outcome: Result<T, Error>) {
        if let Err(error) = outcome {
            self.failed.get_or_insert(error);
        }
    }
}

impl Sink for Spanned<'_> {
    fn scalar(&mut self, kind: Scalar, start: usize, end: usize) {
        let value = match kind {
            Scalar::Null => Document::Null,
            Scalar::True => Document::Bool(true),
            Scalar::False => Document::Bool(false),
            Scalar::Number(_) => Document::Number(Number::at(self.strings.text, start, end)),
            Scalar::String(spelling) => {
                self.strings.read(spelling, start, end).map_or_else(Document::Surrogates, Document::Str)
            }
        };
        let outcome = self.builder.value(value, self.base + start..self.base + end, 1);
        self.keep(outcome);
    }

    fn key(&mut self, spelling: Spelling, start: usize, end: usize) {
        let key = self.strings.read(spelling, start, end).map_or_else(Key::Surrogates, Key::Text);
        self.builder.key(key, self.base + start..self.base + end);
    }

    fn open(&mut self, kind: Container, at: usize) {
        let outcome = match kind {
            Container::Array => self.builder.open_array(self.base + at),
            Container::Object => self.builder.open_object(self.base + at),
        };
        self.keep(outcome);
    }

    fn close(&mut self, _kind: Container, at: usize, _content: Content) {
        self.builder.close(self.base + at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;
    use crate::pointer::Pointer;
    use crate::write;

    /// The text of the value that `pointer` names, and of its key.
    fn check(text: &str, pointer: &str, value: &str, key: &str) {
        let (document, spans, _) = parse_with_spans(text.as_bytes(), 0, &ScanOptions::default()).unwrap();
        let found = spans.find(&document, &Pointer::parse(pointer).unwrap()).unwrap();
        assert_eq!((&text[found.value()], &text[found.key()]), (value, key), "{pointer}");
    }

    #[test]
    fn each_value_has_its_place() {
        let text = r#" {"a": [1, {"b\u0063": "x\n"}], "d":{}, "é" : true } "#;
        check(text, "", text.trim(), "");
        check(text, "/a", r#"[1, {"b\u0063": "x\n"}]"#, r#""a""#);
        check(text, "/a/0", "1", "");
        check(text, "/a/1/bc", r#""x\n""#, r#""b\u0063""#);
        check(text, "/d", "{}", r#""d""#);
        check(text, "/é", "true", r#""é""#);
    }

    #[test]
    fn of_duplicates_the_place_is_that_of_the_one_that_counts() {
        let text = r#"{"a":[1],"b":2,"\u0061":[3,4]}"#;
        check(text, "/a/1", "4", "");
        check(text, "/a", "[3,4]", r#""\u0061""#);
        check(text, "/b", "2", r#""b""#);
    }

    #[test]
    fn the_document_is_that_of_a_plain_parse() {
        let text = br#"{"a":1,"b":[1E2,-0,"\ud800",null],"a":{"c":{}}}"#;
        let written = |document: &Document| {
            let mut out = Vec::new();
            write::document(document, &mut out);
            out
        };
        let options = ScanOptions::default();
        let (plain, report) = parse(text, &options).unwrap();
        let (spanned, _, same) = parse_with_spans(text, 0, &options).unwrap();
        assert_eq!((written(&plain), report), (written(&spanned), same));
        assert!(matches!(parse_with_spans(b"[1,", 0, &options), Err(Error::Invalid(_))));
    }
}
