//! The JSON Schema test suite: every file of each draft that lies beside the project.

use std::path::Path;

use json_engine::ScanOptions;
use json_engine::convert::{Format, Source};
use json_engine::schema::{Draft, Formats, Output, Registered, Schema, SchemaOptions};
use serde_json::Value;

use crate::jsonpath_cts::budget;
use crate::shared::{documented, suite};

const REMOTE: &str = "http://localhost:1234/";

fn register(folder: &Path, uri: &str, registered: &mut Registered) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{uri}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            register(&path, &format!("{name}/"), registered);
            continue;
        }
        registered.add(&name, &std::fs::read(path).unwrap(), &ScanOptions::default()).unwrap();
    }
}

/// What the schema says, or that it is no schema.
fn verdict(schema: &Value, data: &Value, options: &SchemaOptions<'_>) -> Result<bool, String> {
    let (scan, text) = (ScanOptions::default(), serde_json::to_vec(schema).unwrap());
    let schema = Schema::compile(&text, options, &scan, &budget()).map_err(|error| error.to_string())?;
    let data = serde_json::to_vec(data).unwrap();
    let check = |output| {
        let verdict = schema.check(&data, Source::Is(Format::Json), output, &scan, &budget());
        verdict.map_err(|error| error.to_string())
    };
    let detailed = check(Output::Detailed)?;
    assert_eq!(check(Output::Flag)?.valid, detailed.valid);
    assert_eq!(detailed.report.is_valid(), detailed.valid, "{data:?}");
    Ok(detailed.valid)
}

/// The tests of a file that fail, and how many there are.
fn failing(bytes: &[u8], options: &SchemaOptions<'_>) -> (Vec<String>, usize) {
    let groups: Value = serde_json::from_slice(bytes).unwrap();
    let (mut failing, mut count) = (Vec::new(), 0);
    for group in groups.as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            count += 1;
            let happened = verdict(&group["schema"], &test["data"], options);
            if happened.as_ref().ok() != test["valid"].as_bool().as_ref() {
                failing.push(format!("{}: {}: {happened:?}", group["description"], test["description"]));
            }
        }
    }
    (failing, count)
}

fn check(draft: &str, default_draft: Draft, part: &str, formats: Formats) {
    let Some(root) = suite("json-schema") else { return };
    let mut registered = Registered::default();
    register(&root.join("remotes"), REMOTE, &mut registered);
    let options = SchemaOptions { default_draft, formats, registered: &registered };
    let folder = root.join("tests").join(draft).join(part);
    let (mut all, mut count) = (Vec::new(), 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.ends_with(".json") {
            continue;
        }
        let (failing, tests) = failing(&std::fs::read(&path).unwrap(), &options);
        count += tests;
        all.extend(failing.into_iter().map(|failing| format!("{name}: {failing}")));
    }
    assert!(all.is_empty(), "{} of {count}: {all:#?}", all.len());
    let part = if part.is_empty() { "required" } else { part };
    let row = [draft, part, &count.to_string(), "0"].map(str::to_owned).to_vec();
    assert!(documented("schema.md", 4).contains(&row), "docs/schema.md lacks {row:?}");
}

#[test]
fn required_2020_12() {
    check("draft2020-12", Draft::Draft202012, "", Formats::Annotate);
}

#[test]
fn required_7() {
    check("draft7", Draft::Draft7, "", Formats::Annotate);
}

#[test]
fn optional_2020_12() {
    check("draft2020-12", Draft::Draft202012, "optional", Formats::Assert);
}

#[test]
fn optional_7() {
    check("draft7", Draft::Draft7, "optional", Formats::Assert);
}

#[test]
fn formats_2020_12() {
    check("draft2020-12", Draft::Draft202012, "optional/format", Formats::Assert);
}

#[test]
fn formats_7() {
    check("draft7", Draft::Draft7, "optional/format", Formats::Assert);
}
