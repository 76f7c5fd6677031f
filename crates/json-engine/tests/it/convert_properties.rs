//! What holds for every document that is converted.

use json_engine::convert::{ConvertOptions, Converted, Foreign, Format};
use proptest::prelude::*;

use crate::convert::{findings, from_to, run, sniffed, text};
use crate::properties::texts;

/// The same but for numbers that are spelled as a float here and as an integer there.
fn alike(left: &serde_json::Value, right: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Number, Object};
    match (left, right) {
        (Number(left), Number(right)) => left.as_f64() == right.as_f64(),
        (Array(left), Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike(left, right))
        }
        (Object(left), Object(right)) => {
            let same = |((left, a), (right, b)): ((&String, _), (&String, _))| left == right && alike(a, b);
            left.len() == right.len() && left.iter().zip(right).all(same)
        }
        (left, right) => left == right,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn json_comes_back_from_ndjson(source in texts()) {
        let canonical = text(run(&source, &from_to(Format::Json5, Format::Json)).unwrap());
        let lines = run(&source, &from_to(Format::Json, Format::Ndjson)).unwrap();
        let back = text(run(&lines.bytes, &from_to(Format::Ndjson, Format::Json)).unwrap());
        let expected = if canonical.starts_with('[') { canonical } else { format!("[{canonical}]") };
        prop_assert_eq!(back, expected);
    }

    /// The same document, whichever reader takes it; and JSON alone loses nothing.
    #[test]
    fn every_json_text_is_json5(source in texts()) {
        let by_json = run(&source, &from_to(Format::Json, Format::Ndjson)).unwrap();
        let by_json5 = run(&source, &from_to(Format::Json5, Format::Ndjson)).unwrap();
        prop_assert_eq!(by_json.report.stats.depth, by_json5.report.stats.depth);
        let codes = |converted: &Converted| {
            let mut codes: Vec<_> = findings(converted).iter().map(|one| one.split(' ').next().unwrap().to_owned()).collect();
            codes.sort();
            codes.dedup();
            codes
        };
        prop_assert_eq!(codes(&by_json), codes(&by_json5));
        prop_assert_eq!(by_json.bytes, by_json5.bytes);
    }

    /// Where no loss is reported, the document comes back: with every digit from text, with its values from binary formats.
    #[test]
    fn what_loses_nothing_comes_back(source in texts(), foreign in prop::sample::select(vec![Foreign::Plain, Foreign::Tagged])) {
        for format in [Format::Yaml, Format::Toml, Format::Cbor, Format::Msgpack] {
            let there = ConvertOptions { foreign, ..from_to(Format::Json, format) };
            let Ok(converted) = run(&source, &there) else {
                prop_assert!(format == Format::Toml, "{:?}", run(&source, &there));
                continue;
            };
            if converted.report.diagnostics_total > 0 {
                continue;
            }
            let back = ConvertOptions { foreign, ..from_to(format, Format::Json) };
            let back = text(run(&converted.bytes, &back).unwrap());
            let canonical = text(run(&source, &from_to(Format::Json5, Format::Json)).unwrap());
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text);
            match (format, value(&back), value(&canonical)) {
                (Format::Yaml, _, _) => prop_assert_eq!(&back, &canonical),
                (_, Ok(left), Ok(right)) => prop_assert!(alike(&left, &right), "{:?}: {} {}", format, back, canonical),
                (_, _, _) => {}
            }
        }
    }

    #[test]
    fn auto_takes_json_for_json(source in texts()) {
        prop_assert_eq!(sniffed(&source), Ok(Format::Json));
    }
}
