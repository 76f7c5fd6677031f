//! The JSON Schema test suite: every file of each draft that lies beside the project.

use std::path::Path;

use json_engine::ScanOptions;
use json_engine::convert::{Format, Source};
use json_engine::query::{Language, Query};
use json_engine::schema::{Draft, Formats, Output, Registered, Schema, SchemaOptions};
use serde_json::Value;

use crate::budgets::budget;
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
fn verdict(schema: &[u8], data: &[u8], options: &SchemaOptions<'_>) -> Result<bool, String> {
    let scan = ScanOptions::default();
    let schema = Schema::compile(schema, options, &scan, &budget()).map_err(|error| error.to_string())?;
    let check = |output| {
        let verdict = schema.check(data, Source::Is(Format::Json), output, &scan, &budget());
        verdict.map_err(|error| error.to_string())
    };
    let detailed = check(Output::Detailed)?;
    assert_eq!(check(Output::Flag)?.valid, detailed.valid);
    assert_eq!(detailed.report.is_valid(), detailed.valid, "{data:?}");
    Ok(detailed.valid)
}

/// A value as it stands in the file, long numbers included.
fn text_at(file: &[u8], pointer: &str) -> Vec<u8> {
    let query = Query::compile(Language::Pointer, pointer).unwrap();
    query.run(file, &ScanOptions::default(), &budget()).unwrap().text
}

/// The tests of a file that fail, and how many there are.
fn failing(bytes: &[u8], options: &SchemaOptions<'_>) -> (Vec<String>, usize) {
    let groups: Value = serde_json::from_slice(bytes).unwrap();
    let (mut failing, mut count) = (Vec::new(), 0);
    for (at, group) in groups.as_array().unwrap().iter().enumerate() {
        let schema = text_at(bytes, &format!("/{at}/schema"));
        for (index, test) in group["tests"].as_array().unwrap().iter().enumerate() {
            count += 1;
            let data = text_at(bytes, &format!("/{at}/tests/{index}/data"));
            let happened = verdict(&schema, &data, options);
            if happened.as_ref().ok() != test["valid"].as_bool().as_ref() {
                failing.push(format!("{}: {}: {happened:?}", group["description"], test["description"]));
            }
        }
    }
    (failing, count)
}

fn check(draft: &str, default_draft: Draft, part: &str, formats: Formats) {
    let Some(root) = suite("json-schema") else { return };
    let count = all_hold(&root, (draft, part), default_draft, formats);
    let part = if part.is_empty() { "required" } else { part };
    let row = [draft, part, &count.to_string(), "0"].map(str::to_owned).to_vec();
    assert!(documented("schema.md", 4).contains(&row), "docs/schema.md lacks {row:?}");
}

/// Runs a part of the suite in `root`; how many tests it has.
fn all_hold(root: &Path, (draft, part): (&str, &str), default_draft: Draft, formats: Formats) -> usize {
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
    count
}

/// By hand: all drafts of the suite whose folder `JSON_SCHEMA_SUITE` names, as the source package of the Python library
/// `jsonschema` has it under `json`.
#[test]
fn all_drafts() {
    let Some(root) = std::env::var_os("JSON_SCHEMA_SUITE") else { return };
    let drafts = [
        ("draft4", Draft::Draft4),
        ("draft6", Draft::Draft6),
        ("draft7", Draft::Draft7),
        ("draft2019-09", Draft::Draft201909),
        ("draft2020-12", Draft::Draft202012),
    ];
    let parts =
        [("", Formats::Annotate), ("optional", Formats::Assert), ("optional/format", Formats::Assert)];
    for (draft, default_draft) in drafts {
        for (part, formats) in parts {
            let count = all_hold(Path::new(&root), (draft, part), default_draft, formats);
            eprintln!("{draft} {part}: {count}");
        }
    }
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
