//! Documents: too deep, too many, numbers without end, lengths that lie, in every format.

use fastjson_proto::fastjson::v1 as pb;
use pb::Format::{Cbor, Csv, Json, Json5, Msgpack, Ndjson, Toml, Yaml};

use super::{ANSWERED, Case, Request, array, input, json, nested};

const INVALID: &str = "DOCUMENT_INVALID";
const DIGITS: &str = "NUMBER_DIGITS_LIMIT";

pub(super) fn cases() -> Vec<Case> {
    [deep(), announced(), numbers(), many(), styles()].into_iter().flatten().collect()
}

fn convert(
    name: &str,
    expected: &'static str,
    (from, to): (pb::Format, pb::Format),
    bytes: impl Into<Vec<u8>>,
) -> Case {
    let request = pb::ConvertRequest { input: input(bytes, from), to: to.into(), ..Default::default() };
    Case::new(name, expected, Request::Convert(Box::new(request)))
}

fn deep() -> Vec<Case> {
    let case = |name: &str, from, bytes: Vec<u8>| convert(name, "DEPTH_LIMIT", (from, Json), bytes);
    let million = |unit: &str| unit.repeat(1_000_000).into_bytes();
    let validate = pb::ValidateRequest { input: json("[".repeat(4_000_000)), ..Default::default() };
    vec![
        Case::new("validate of 4,000,000 [", "DEPTH_LIMIT", Request::Validate(Box::new(validate))),
        case("json5 of a million levels", Json5, million("{a:")),
        case("ndjson of a million levels", Ndjson, million("[")),
        case("yaml of a million [", Yaml, million("[")),
        case("yaml of a million - ", Yaml, million("- ")),
        case("yaml of a million ? ", Yaml, million("? ")),
        case("toml of a million [", Toml, [b"a = ".to_vec(), million("[")].concat()),
        case("toml of a key of a million parts", Toml, [million("a."), b"a = 1".to_vec()].concat()),
        case("cbor of a million arrays", Cbor, vec![0x81; 1_000_000]),
        case("cbor of a million arrays without length", Cbor, vec![0x9f; 1_000_000]),
        case("cbor of a million maps", Cbor, [0xa1, 0x00].repeat(1_000_000)),
        case("msgpack of a million arrays", Msgpack, vec![0x91; 1_000_000]),
    ]
}

/// Lengths that are announced and not there.
fn announced() -> Vec<Case> {
    let cbor =
        |name: &str, head: u8| convert(name, INVALID, (Cbor, Json), [[head].as_slice(), &[0xff; 8]].concat());
    let pack = |name: &str, head: u8| {
        convert(name, INVALID, (Msgpack, Json), [[head].as_slice(), &[0xff; 4]].concat())
    };
    vec![
        cbor("cbor array of 2^64 - 1", 0x9b),
        cbor("cbor map of 2^64 - 1", 0xbb),
        cbor("cbor bytes of 2^64 - 1", 0x5b),
        cbor("cbor text of 2^64 - 1", 0x7b),
        convert("cbor array of 2^40", INVALID, (Cbor, Json), vec![0x9b, 0, 0, 1, 0, 0, 0, 0, 0, 1]),
        pack("msgpack array of 2^32 - 1", 0xdd),
        pack("msgpack map of 2^32 - 1", 0xdf),
        pack("msgpack bytes of 2^32 - 1", 0xc6),
        pack("msgpack text of 2^32 - 1", 0xdb),
    ]
}

fn numbers() -> Vec<Case> {
    let digits = "7".repeat(1_000_000);
    let bignum = [vec![0xc2, 0x5a, 0, 6, 0x1a, 0x80], vec![0xff; 400_000]].concat();
    vec![
        convert("json number of a million digits", DIGITS, (Json, Yaml), digits.clone()),
        convert("json5 number of a million digits", DIGITS, (Json5, Json), format!("0x{digits}")),
        convert("yaml number of a million digits", DIGITS, (Yaml, Json), digits.clone()),
        convert("toml number of a million digits", DIGITS, (Toml, Json), format!("a = {digits}")),
        convert("cbor number of 400,000 bytes", DIGITS, (Cbor, Json), bignum),
        convert(
            "cbor fraction of exponent 2^63",
            ANSWERED,
            (Cbor, Json),
            vec![0xc4, 0x82, 0x1b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        ),
        convert(
            "json 1e999999999 to cbor",
            ANSWERED,
            (Json, Cbor),
            array(1_000, |_| "1e999999999".to_owned()),
        ),
        convert("json 1e999999999 to toml", ANSWERED, (Json, Toml), r#"{"a":1e999999999}"#),
    ]
}

fn many() -> Vec<Case> {
    let columns = "a,".repeat(1_000_000);
    let rows = array(100_000, |at| format!(r#"{{"k{at}":1}}"#));
    vec![
        convert("csv of a million columns", "NODES_LIMIT", (Csv, Json), columns),
        convert(
            "csv of 3,000,000 empty cells",
            "NODES_LIMIT",
            (Csv, Json),
            format!("a\n{}", ",".repeat(3_000_000)),
        ),
        convert("json to a csv of 100,000 columns and rows", "OUTPUT_TOO_LARGE", (Json, Csv), rows),
        convert("yaml billion laughs", "NODES_LIMIT", (Yaml, Json), laughs()),
        convert(
            "yaml of 200,000 anchors",
            ANSWERED,
            (Yaml, Json),
            (0..100_000).map(|at| format!("- &a{at} x\n- *a{at}\n")).collect::<String>(),
        ),
        convert("yaml of 4 MB of !", INVALID, (Yaml, Json), "!".repeat(4_000_000)),
        convert(
            "toml of 100,000 tables in tables",
            ANSWERED,
            (Toml, Json),
            (0..100_000).map(|at| format!("[a.b{at}]\n")).collect::<String>(),
        ),
        convert("ndjson of 1,000,000 documents", "NODES_LIMIT", (Ndjson, Json), "1\n".repeat(1_000_001)),
        convert("auto on 4 MB of {", "DEPTH_LIMIT", (pb::Format::Auto, Json), "{".repeat(4_000_000)),
    ]
}

fn laughs() -> String {
    let name = |at: u8| char::from(b'a' + at);
    let line =
        |at: u8| format!("{0}: &{0} [{1}]\n", name(at + 1), vec![format!("*{}", name(at)); 9].join(","));
    format!("a: &a [lol]\n{}", (0..12).map(line).collect::<String>())
}

fn styles() -> Vec<Case> {
    let format = |name: &str, expected, style: pb::FormatStyle, text: String| {
        let (input, style, indent) = (json(text), style.into(), Some(16));
        let request = pb::FormatRequest { input, style, indent, ..Default::default() };
        Case::new(name, expected, Request::Format(Box::new(request)))
    };
    let validate = |name: &str, text: Vec<u8>| {
        let request = pb::ValidateRequest { input: json(text), ..Default::default() };
        Case::new(name, ANSWERED, Request::Validate(Box::new(request)))
    };
    let same = || format!("{{{}}}", vec![r#""":1"#; 600_000].join(","));
    let long = array(900, |_| "1".repeat(4_000));
    let indented = array(10_000, |_| nested(100, "[", "1", "]"));
    vec![
        format("canonical of 300,000 keys", ANSWERED, pb::FormatStyle::Canonical, keys(300_000)),
        format("hash of one key 600,000 times", INVALID, pb::FormatStyle::Hash, same()),
        format("canonical of numbers of 4,000 digits", DIGITS, pb::FormatStyle::Canonical, long),
        format("pretty of 10,000 towers of 100 levels", "NODES_LIMIT", pb::FormatStyle::Pretty, indented),
        validate("validate of one key 600,000 times", same().into()),
        validate("validate of 4 MB of 0xff", vec![0xff; 4_000_000]),
        validate("validate of 4 MB of commas", nested(1, "[", &",".repeat(4_000_000), "]").into()),
        validate(
            "validate of 4 MB of lone surrogates",
            format!("{:?}", "~").replace('~', &r"\ud800".repeat(650_000)).into(),
        ),
    ]
}

/// An object of so many keys that begin alike.
pub(super) fn keys(count: usize) -> String {
    let members: Vec<_> = (0..count).map(|at| format!(r#""{:x}":1"#, at * 7)).collect();
    format!("{{{}}}", members.join(","))
}
