//! Input: what an operation is given: a text, and its values where somebody has read or made them already.
//!
//! Promise: whoever asks for the values gets what a parse of the text gives, findings and errors included. Cost: a parse; a
//! visit a value where they were made, nothing where they were read.

use crate::budget::Meter;
use crate::document::{Document, Number};
use crate::number::integer;
use crate::{Error, Limits, Profile, Report, ScanOptions, Stats, parse};

/// Most characters of an integer of 64 bits.
const INTEGER_CHARACTERS: u32 = 20;

/// A text and what is known of its values.
pub(crate) struct Input<'t> {
    text: &'t [u8],
    values: Values,
}

/// The values of a text, as far as they are at hand.
#[derive(Default)]
pub(crate) struct Values {
    read: Option<Read>,
    made: Option<Document>,
}

/// Values as they were read.
struct Read {
    document: Document,
    report: Report,
    options: ScanOptions,
}

/// What of an answer is of use to whoever comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Its text.
    Text,
    /// Its values beside the text.
    Values,
}

impl Values {
    /// Those of a text that was written from `document`, if that is at hand.
    pub(crate) fn of(document: Option<Document>) -> Values {
        Values { read: None, made: document }
    }
}

impl<'t> Input<'t> {
    /// A text of which nothing is known.
    pub(crate) fn of(text: &'t [u8]) -> Input<'t> {
        Input::with(text, Values::default())
    }

    /// A text with its values.
    pub(crate) fn with(text: &'t [u8], values: Values) -> Input<'t> {
        Input { text, values }
    }

    /// What is at hand of its values still.
    pub(crate) fn into_values(self) -> Values {
        self.values
    }

    /// The text.
    pub(crate) fn text(&self) -> &'t [u8] {
        self.text
    }

    /// The values and what a parse has to say of them. They are handed over, so that who changes them does not copy them.
    pub(crate) fn take(&mut self, options: &ScanOptions) -> Result<(Document, Report), Error> {
        let Values { read, made } = std::mem::take(&mut self.values);
        if let Some(read) = read.filter(|read| read.options == *options) {
            return Ok((read.document, read.report));
        }
        let made = made.and_then(|made| Some((plain(&made, self.text, options)?, made)));
        match made {
            Some((report, document)) => Ok((document, report)),
            None => parse::parse(self.text, options),
        }
    }

    /// As [`Input::take`], on an account: their memory is charged, and a reading that used up the time ends here.
    pub(crate) fn take_charged(
        &mut self,
        options: &ScanOptions,
        meter: &Meter<'_>,
    ) -> Result<(Document, Report), Error> {
        let (document, report) = self.take(options)?;
        meter.hold_values(&report.stats)?;
        meter.check()?;
        Ok((document, report))
    }

    /// As [`Input::take_charged`], for who only looks at them; who comes next finds them read.
    pub(crate) fn look(
        &mut self,
        options: &ScanOptions,
        meter: &Meter<'_>,
    ) -> Result<(&Document, &Report), Error> {
        let (document, report) = self.take_charged(options, meter)?;
        let read = self.values.read.insert(Read { document, report, options: *options });
        Ok((&read.document, &read.report))
    }
}

/// What a parse would say of `text`, which was written from `document`; `None` where it would find something, give other
/// values or stop at a limit, so that the text has to be read after all.
fn plain(document: &Document, text: &[u8], options: &ScanOptions) -> Option<Report> {
    let (limits, bytes) = (&options.limits, text.len() as u64);
    let allows_integers = limits.max_number_digits >= INTEGER_CHARACTERS;
    if options.profile != Profile::Json || bytes > limits.max_bytes || !allows_integers {
        return None;
    }
    let mut stats = Stats { bytes, ..Stats::default() };
    visit(document, 0, limits, &mut stats)?;
    Some(Report { stats, ..Report::default() })
}

/// Counts a value and what is below it. Recurses by `max_depth`, at most 512.
fn visit(document: &Document, depth: u32, limits: &Limits, stats: &mut Stats) -> Option<()> {
    stats.count(document, depth);
    let is_within = stats.nodes <= limits.max_nodes && stats.depth <= limits.max_depth.min(crate::MAX_DEPTH);
    if !is_within {
        return None;
    }
    match document {
        Document::Null | Document::Bool(_) | Document::Str(_) | Document::Number(Number::I64(_)) => Some(()),
        Document::Number(Number::Literal(literal)) => is_plain(literal.as_str(), limits).then_some(()),
        Document::Surrogates(_) => None,
        Document::Arr(elements) => {
            elements.iter().try_for_each(|element| visit(element, depth + 1, limits, stats))
        }
        Document::Obj(members) => members.iter().try_for_each(|(key, value)| {
            key.as_text()?;
            visit(value, depth + 1, limits, stats)
        }),
    }
}

/// Whether a parse keeps the literal of a number. Those of jq's NaN and infinities are not written; an integer of 64 bits is
/// kept as that; more bytes than there may be digits are left to the parser, which counts them.
fn is_plain(literal: &str, limits: &Limits) -> bool {
    let is_number = literal.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit());
    is_number && literal.len() as u64 <= u64::from(limits.max_number_digits) && integer(literal).is_none()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::Budget;

    /// No parser takes this text.
    const NO_JSON: &[u8] = b"?";

    fn read(text: &str) -> Document {
        parse::parse(text.as_bytes(), &ScanOptions::default()).unwrap().0
    }

    fn budget() -> Budget {
        Budget::new(Arc::new(|| Duration::ZERO), Duration::ZERO, 1 << 20)
    }

    fn limited(change: impl FnOnce(&mut Limits)) -> ScanOptions {
        let mut options = ScanOptions::default();
        change(&mut options.limits);
        options
    }

    /// Whether the values that were made are given, and the text not read.
    fn is_taken(document: Document, options: &ScanOptions) -> bool {
        Input::with(NO_JSON, Values::of(Some(document))).take(options).is_ok()
    }

    #[test]
    fn values_that_were_made_are_not_read_from_their_text() {
        let text = r#"{"a":[1,-0,1.50,1E400,123456789012345678901234567890,"x\n",null,true],"b":{}}"#;
        let (document, report) = parse::parse(text.as_bytes(), &ScanOptions::default()).unwrap();
        assert!(is_taken(document.clone(), &ScanOptions::default()));
        let mut input = Input::with(text.as_bytes(), Values::of(Some(document)));
        let budget = budget();
        let (_, same) = input.look(&ScanOptions::default(), &Meter::open(&budget).unwrap()).unwrap();
        assert_eq!(*same, report, "what is said of them is what a parse says");
        assert!(Input::with(NO_JSON, input.into_values()).take(&ScanOptions::default()).is_ok());
    }

    #[test]
    fn what_a_parse_would_find_or_change_is_read() {
        let number = |literal: &str| Document::Number(Number::Literal(literal.into()));
        for literal in ["NaN", "Infinity", "-Infinity", "100000000000000000", "-7"] {
            assert!(!is_taken(number(literal), &ScanOptions::default()), "{literal}");
        }
        assert!(!is_taken(read(r#"["\ud800"]"#), &ScanOptions::default()));
        assert!(!is_taken(read(r#"{"\ud800":1}"#), &ScanOptions::default()));
        let ijson = ScanOptions { profile: Profile::IJson, ..ScanOptions::default() };
        assert!(!is_taken(read("1"), &ijson));
    }

    #[test]
    fn what_breaks_a_limit_is_read() {
        let check = |text: &str, most: fn(&mut Limits), less: fn(&mut Limits)| {
            assert!(is_taken(read(text), &limited(most)), "{text}");
            assert!(!is_taken(read(text), &limited(less)), "{text}");
        };
        check("[1,[2]]", |limits| limits.max_nodes = 4, |limits| limits.max_nodes = 3);
        check(r#"{"a":[{}]}"#, |limits| limits.max_depth = 3, |limits| limits.max_depth = 2);
        let digits = |limits: &mut Limits| limits.max_number_digits = 20;
        check("1.2345678901234567890", |limits| limits.max_number_digits = 21, digits);
        check("1", digits, |limits| limits.max_number_digits = 19);
        check("1", |limits| limits.max_bytes = 1, |limits| limits.max_bytes = 0);
    }

    #[test]
    fn values_are_charged_by_their_number_and_the_length_of_their_text() {
        let text = br#"{"a":[1,"x",{}]}"#;
        let held = 5 * crate::document::VALUE_BYTES + text.len() as u64;
        let take = |memory_bytes, mut input: Input<'_>| {
            let budget = Budget::new(Arc::new(|| Duration::ZERO), Duration::ZERO, memory_bytes);
            let meter = Meter::open(&budget).unwrap();
            input.take_charged(&ScanOptions::default(), &meter).map(|_| meter.held())
        };
        for made in [None, Some(read(r#"{"a":[1,"x",{}]}"#))] {
            let input = || Input::with(text, Values::of(made.clone()));
            assert_eq!(take(held, input()).unwrap(), held);
            assert!(matches!(
                take(held - 1, input()),
                Err(Error::Budget { kind: crate::BudgetKind::Memory, .. })
            ));
        }
    }

    #[test]
    fn values_that_were_read_otherwise_are_read_again() {
        let first = ScanOptions { duplicate_keys: crate::DuplicateKeys::First, ..ScanOptions::default() };
        let mut input = Input::of(br#"{"a":1,"a":2}"#);
        input.look(&first, &Meter::open(&budget()).unwrap()).unwrap();
        let (document, _) = input.take(&ScanOptions::default()).unwrap();
        let mut out = Vec::new();
        crate::write::document(&document, &mut out);
        assert_eq!(out, br#"{"a":2}"#);
    }
}
