//! The contract and the header: the same names, the same numbers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::call::{options, validate};

/// Enums of the contract that the header has, by the beginning of their names.
const ENUMS: &[&str] = &[
    "DUPLICATE_KEYS_",
    "PROFILE_",
    "FORMAT_",
    "KEY_ORDER_",
    "NUMBERS_",
    "FIDELITY_",
    "FOREIGN_",
    "DOCUMENTS_",
    "QUERY_LANGUAGE_",
];
/// Enums inside of `CsvOptions`, whose names do not say so.
const CSV_ENUMS: &[&str] = &["HEADER_", "CELLS_", "PATHS_"];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Lines `NAME = number;` of a proto.
fn numbers(proto: &str) -> BTreeMap<String, u32> {
    let value = |line: &str| {
        let (name, number) = line.trim().strip_suffix(';')?.split_once(" = ")?;
        let is_enum_value =
            name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        is_enum_value.then(|| Some((name.to_owned(), number.parse().ok()?))).flatten()
    };
    proto.lines().filter_map(value).collect()
}

/// Lines `#define NAME number` of the header.
fn defines(header: &str) -> BTreeMap<String, u32> {
    let value = |line: &str| {
        let (name, number) = line.strip_prefix("#define FASTJSON_")?.split_once(' ')?;
        Some((name.to_owned(), number.parse().ok()?))
    };
    header.lines().filter_map(value).collect()
}

/// Whether a value of an enum is one that a caller chooses; of CSV by the name that the header gives it.
fn is_choice(name: &str) -> bool {
    let name = name.strip_prefix("CSV_").unwrap_or(name);
    ENUMS.iter().chain(CSV_ENUMS).any(|prefix| name.starts_with(prefix))
}

#[test]
fn choices_have_the_names_and_numbers_of_the_contract() {
    let protos = ["input", "recipe"].map(|name| read(&format!("../../proto/fastjson/v1/{name}.proto")));
    let of_header = |name: String| {
        let is_csv = CSV_ENUMS.iter().any(|prefix| name.starts_with(prefix));
        if is_csv { format!("CSV_{name}") } else { name }
    };
    let mut contract: BTreeMap<String, u32> =
        numbers(&protos.concat()).into_iter().map(|(name, number)| (of_header(name), number)).collect();
    contract.retain(|name, _| is_choice(name));
    let mut header = defines(&read("include/fastjson.h"));
    header.retain(|name, _| is_choice(name));
    assert_eq!(header, contract);
}

/// The fields of a message, in order and as the JSON mapping names them.
fn fields(proto: &str, message: &str) -> Vec<String> {
    let (_, rest) = proto.split_once(&format!("message {message} {{\n")).unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let field = |line: &str| {
        let (left, _) = line.trim().strip_suffix(';')?.split_once(" = ")?;
        Some(camel(left.rsplit_once(' ')?.1))
    };
    body.lines().filter_map(field).collect()
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |all, word| all + &word[..1].to_uppercase() + &word[1..])
}

fn keys(value: &Value) -> Vec<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn findings_have_the_fields_of_the_contract() {
    let proto = read("../../proto/fastjson/v1/diagnostic.proto");
    let outcome = validate(b"[1,]", 0, &options());
    let finding = &outcome.diagnostics[0];
    let mut expected = fields(&proto, "Diagnostic");
    // Only recipes have steps.
    expected.retain(|field| field != "step");
    assert_eq!(keys(finding), expected);
    assert_eq!(keys(&finding["start"]), fields(&proto, "Position"));
    assert_eq!(keys(&finding["fix"]), fields(&proto, "Fix"));
    assert_eq!(keys(&outcome.stats), fields(&proto, "DocumentStats"));
}
