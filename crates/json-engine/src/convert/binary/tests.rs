//! What holds for both binary formats, whatever the document and whatever the bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::prelude::*;

use crate::convert::build::Keep;
use crate::convert::foreign::Foreign;
use crate::convert::losses::Losses;
use crate::convert::{Content, Read, Reading, Writing};
use crate::document::{Document, Key, Number};
use crate::spans::Spans;
use crate::{Budget, Code, DuplicateKeys, Error, Limits, ScanOptions};

/// A reader and a writer of one format.
#[derive(Clone, Copy)]
struct Pair {
    read: fn(&[u8], &Reading<'_>) -> Result<Read, Error>,
    write: fn(&Document, &Writing<'_>, &mut Losses) -> Result<Vec<u8>, Error>,
}

const CBOR: Pair = Pair { read: crate::convert::cbor::read, write: crate::convert::cbor::write };
const MSGPACK: Pair = Pair { read: crate::convert::msgpack::read, write: crate::convert::msgpack::write };

fn budget() -> Budget {
    Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), 256 << 20)
}

impl Pair {
    /// Reads with these limits; gives the document with its spans, and what was lost.
    fn read_with(
        self,
        source: &[u8],
        foreign: Foreign,
        duplicate_keys: DuplicateKeys,
        limits: &Limits,
    ) -> Result<(Document, Spans, Losses), Error> {
        let budget = budget();
        let reading = Reading { limits, duplicate_keys, foreign, keep: Keep::Spans, budget: &budget };
        let Read { content, losses, .. } = (self.read)(source, &reading)?;
        match content {
            Content::One(document, Some(spans)) => Ok((document, spans, losses)),
            Content::One(_, None) | Content::Many(_) => panic!("one document with spans"),
        }
    }

    fn read(self, source: &[u8], foreign: Foreign) -> Result<Document, Error> {
        self.read_with(source, foreign, DuplicateKeys::Report, &Limits::default()).map(|read| read.0)
    }

    fn write(self, document: &Document, foreign: Foreign) -> (Vec<u8>, Losses) {
        let budget = budget();
        let writing = Writing { foreign, max_output_bytes: 64 << 20, budget: &budget };
        let mut losses = Losses::new(100);
        let bytes = (self.write)(document, &writing, &mut losses).unwrap();
        (bytes, losses)
    }
}

fn json(document: &Document) -> String {
    let mut text = Vec::new();
    crate::write::document(document, &mut text);
    String::from_utf8(text).unwrap()
}

fn parse(text: &str) -> Document {
    crate::parse::parse(text.as_bytes(), &ScanOptions::default()).unwrap().0
}

/// Equal, numbers by exact value and members in order.
fn same(left: &Document, right: &Document) -> bool {
    match (left, right) {
        (Document::Null, Document::Null) => true,
        (Document::Bool(left), Document::Bool(right)) => left == right,
        (Document::Number(left), Document::Number(right)) => left == right,
        (Document::Str(left), Document::Str(right)) => left == right,
        (Document::Arr(left), Document::Arr(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(left, right))
        }
        (Document::Obj(left), Document::Obj(right)) => {
            let both = |((a, x), (b, y)): ((&Key, &Document), (&Key, &Document))| a == b && same(x, y);
            left.len() == right.len() && left.iter().zip(right.iter()).all(both)
        }
        _ => false,
    }
}

/// Every span lies inside its parent's, and the shape is that of the document.
fn check_spans(document: &Document, spans: &Spans) {
    let children: Vec<&Document> = match document {
        Document::Arr(elements) => elements.iter().collect(),
        Document::Obj(members) => members.values().collect(),
        _ => Vec::new(),
    };
    // A scalar of the format whose form is an object has no places inside.
    if spans.child(0).is_none() {
        return;
    }
    assert!(spans.child(children.len()).is_none(), "{}", json(document));
    for (index, child) in children.into_iter().enumerate() {
        let inner = spans.child(index).unwrap();
        let (outer, place) = (spans.value(), inner.value());
        assert!(outer.start <= place.start && place.end <= outer.end, "{outer:?} {place:?}");
        check_spans(child, inner);
    }
}

fn strings() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{0,3}",
        any::<String>(),
        prop::sample::select(vec![
            "$bytes", "$tag", "$value", "$map", "$float", "$simple", "NaN", "AQI", "\0"
        ])
        .prop_map(str::to_owned),
        "[x]{20,40}",
    ]
}

fn documents() -> impl Strategy<Value = Document> {
    let literal = |text: String| Document::Number(Number::from_literal(&text));
    let double = any::<f64>().prop_filter("finite", |double| double.is_finite());
    let leaf = prop_oneof![
        Just(Document::Null),
        any::<bool>().prop_map(Document::Bool),
        any::<i64>().prop_map(|integer| Document::Number(Number::I64(integer))),
        any::<u64>().prop_map(move |integer| literal(integer.to_string())),
        (-300_i64..300).prop_map(|integer| Document::Number(Number::I64(integer))),
        double.prop_map(move |double| literal(zmij::Buffer::new().format_finite(double).to_owned())),
        any::<f32>()
            .prop_filter("finite", |single| single.is_finite())
            .prop_map(move |single| literal(zmij::Buffer::new().format_finite(f64::from(single)).to_owned())),
        strings().prop_map(|text| Document::Str(text.into())),
    ];
    leaf.prop_recursive(5, 64, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(|all| Document::Arr(Arc::new(all))),
            prop::collection::vec((strings(), inner), 0..6).prop_map(|all| {
                let members = all.into_iter().map(|(key, value)| (Key::Text(key.into()), value));
                Document::Obj(Arc::new(members.collect()))
            }),
        ]
    })
}

/// Bytes that often begin items, so that most sources go deep.
fn sources() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        any::<u8>(),
        prop::sample::select(vec![
            0x00, 0x20, 0x41, 0x61, 0x82, 0xa1, 0xa2, 0xc2, 0xc4, 0xc5, 0xd8, 0x20, 0xf6
        ]),
        prop::sample::select(vec![
            0x9f, 0xbf, 0x5f, 0x7f, 0xff, 0xff, 0xf9, 0xfb, 0x92, 0x81, 0xd6, 0xc7, 0xd4
        ]),
    ];
    prop::collection::vec(byte, 0..40)
}

/// What holds for any bytes at all.
fn check_source(pair: Pair, source: &[u8]) -> Result<(), TestCaseError> {
    let limits = Limits::default();
    let _ = pair.read(source, Foreign::Plain);
    let Ok((document, spans, _)) = pair.read_with(source, Foreign::Tagged, DuplicateKeys::Report, &limits)
    else {
        return Ok(());
    };
    check_spans(&document, &spans);
    let (written, losses) = pair.write(&document, Foreign::Tagged);
    prop_assert_eq!(losses.total(), 0, "{}", json(&document));
    let again = pair.read(&written, Foreign::Tagged).unwrap();
    prop_assert!(same(&document, &again), "{} {}", json(&document), json(&again));
    for end in 0..source.len() {
        prop_assert!(pair.read(&source[..end], Foreign::Plain).is_err());
    }
    Ok(())
}

fn check_document(pair: Pair, document: &Document) -> Result<(), TestCaseError> {
    for foreign in [Foreign::Plain, Foreign::Tagged] {
        let (written, losses) = pair.write(document, foreign);
        // By chance an object stands for a simple value or a tag, and MessagePack has none.
        let is_none = |code| matches!(code, Code::UndefinedAsNull | Code::TagDropped);
        if losses.kept().iter().any(|loss| is_none(loss.code)) {
            continue;
        }
        let read = pair.read(&written, foreign).unwrap();
        prop_assert!(same(document, &read), "{} {}", json(document), json(&read));
    }
    Ok(())
}

/// Time passes by a millisecond whenever somebody looks.
fn ticking() -> Budget {
    let looks = AtomicU64::new(0);
    let clock = move || Duration::from_millis(looks.fetch_add(1, Ordering::Relaxed));
    Budget::new(Arc::new(clock), Duration::from_millis(100), 1 << 30)
}

#[test]
fn a_long_bignum_that_is_allowed_stops_by_time() {
    let budget = ticking();
    let limits = Limits { max_number_digits: u32::MAX, ..Limits::default() };
    let reading = Reading {
        limits: &limits,
        duplicate_keys: DuplicateKeys::Report,
        foreign: Foreign::Plain,
        keep: Keep::Nothing,
        budget: &budget,
    };
    let bignum = [&[0xc2, 0x5a, 0x00, 0x10, 0x00, 0x00][..], &[0xff; 1 << 20]].concat();
    let outcome = (CBOR.read)(&bignum, &reading);
    assert!(matches!(outcome, Err(Error::Budget { allowed: 100, used: 101, .. })));

    let budget = ticking();
    let writing = Writing { foreign: Foreign::Plain, max_output_bytes: 1 << 30, budget: &budget };
    let digits = Document::Number(Number::from_literal(&"7".repeat(1_000_000)));
    let outcome = (CBOR.write)(&digits, &writing, &mut Losses::new(1));
    assert!(matches!(outcome, Err(Error::Budget { allowed: 100, used: 101, .. })));
}

#[test]
fn an_answer_has_a_limit() {
    let budget = budget();
    for pair in [CBOR, MSGPACK] {
        for (text, needed) in [("[1.1]", 10), (r#""abc""#, 4), ("[[],[]]", 3)] {
            for allowed in 0..=needed {
                let writing = Writing { foreign: Foreign::Plain, max_output_bytes: allowed, budget: &budget };
                let outcome = (pair.write)(&parse(text), &writing, &mut Losses::new(1));
                assert_eq!(outcome.is_ok(), allowed == needed, "{text} {allowed}");
            }
        }
    }
}

/// Spans of members, of pairs and of what is in a tag: the bytes that they stand in.
#[test]
fn places_in_maps_and_tags() {
    let limits = Limits::default();
    let check = |item: &[u8], pointer: &str, expected: std::ops::Range<usize>| {
        let (document, spans, _) =
            CBOR.read_with(item, Foreign::Tagged, DuplicateKeys::Report, &limits).unwrap();
        let pointer = crate::pointer::Pointer::parse(pointer).unwrap();
        assert_eq!(spans.find(&document, &pointer).unwrap().value(), expected);
    };
    let object = [0xa2, 0x61, b'a', 0x18, 0x18, 0x61, b'b', 0x80];
    check(&object, "/a", 3..5);
    check(&object, "/b", 7..8);
    let pairs = [0xa2, 0x61, b'a', 0x01, 0x81, 0x02, 0x82, 0x03, 0x04];
    check(&pairs, "/$map/0/1", 3..4);
    check(&pairs, "/$map/1", 4..9);
    check(&pairs, "/$map/1/0/0", 5..6);
    check(&pairs, "/$map/1/1/1", 8..9);
    let tag = [0xd8, 0x20, 0x61, b'a'];
    check(&tag, "/$value", 2..4);
    let twice = [0xa2, 0x61, b'a', 0x01, 0x61, b'a', 0x02];
    check(&twice, "/a", 6..7);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn a_document_comes_back_from_cbor(document in documents()) {
        check_document(CBOR, &document)?;
    }

    #[test]
    fn a_document_comes_back_from_msgpack(document in documents()) {
        check_document(MSGPACK, &document)?;
    }

    #[test]
    fn any_bytes_end_well_as_cbor(source in sources()) {
        check_source(CBOR, &source)?;
    }

    #[test]
    fn any_bytes_end_well_as_msgpack(source in sources()) {
        check_source(MSGPACK, &source)?;
    }

    #[test]
    fn integers_and_decimals_of_any_size_come_back_from_cbor(
        text in "-?(0|[1-9][0-9]{0,60})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,6})?"
    ) {
        let document = parse(&text);
        let (written, losses) = CBOR.write(&document, Foreign::Tagged);
        prop_assert_eq!(losses.total(), 0);
        prop_assert!(same(&document, &CBOR.read(&written, Foreign::Tagged).unwrap()));
        let (rounded, losses) = CBOR.write(&document, Foreign::Plain);
        if losses.total() == 0 {
            prop_assert!(same(&document, &CBOR.read(&rounded, Foreign::Plain).unwrap()));
        }
    }
}
