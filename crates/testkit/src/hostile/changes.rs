//! Patches that copy themselves, comparisons of long arrays, samples that agree in nothing.

use fastjson_proto::fastjson::v1 as pb;

use super::documents::keys;
use super::{ANSWERED, Case, Request, TIME, array, json, nested};

pub(super) fn cases() -> Vec<Case> {
    [patches(), diffs(), merges(), samples()].into_iter().flatten().collect()
}

fn patches() -> Vec<Case> {
    let case = |name: &str, expected, document: String, operations: String| {
        let request =
            pb::PatchRequest { input: json(document), patch: json(operations), ..Default::default() };
        Case::new(name, expected, Request::Patch(Box::new(request)))
    };
    let long = || array(900_000, |_| "1".to_owned());
    let copies = array(40, |at| format!(r#"{{"op":"copy","from":"","path":"/a{at}"}}"#));
    let appended = array(40, |_| r#"{"op":"copy","from":"","path":"/-"}"#.to_owned());
    let first = |what: &str| array(10_000, |_| what.to_owned());
    let deeper = array(200, |_| r#"{"op":"copy","from":"","path":"/a"}"#.to_owned());
    vec![
        case("patch of 40 copies of the whole into itself", "NODES_LIMIT", "{}".to_owned(), copies),
        case("patch of 40 copies of the whole to its end", "NODES_LIMIT", "[1]".to_owned(), appended),
        case("patch of 200 copies, each a level deeper", "DEPTH_LIMIT", "{}".to_owned(), deeper),
        case(
            "patch of 10,000 adds before 900,000 elements",
            TIME,
            long(),
            first(r#"{"op":"add","path":"/0","value":1}"#),
        ),
        case(
            "patch of 10,000 removals before 900,000 elements",
            TIME,
            long(),
            first(r#"{"op":"remove","path":"/0"}"#),
        ),
        case(
            "patch of 10,000 moves over 900,000 elements",
            TIME,
            long(),
            first(r#"{"op":"move","from":"/899999","path":"/0"}"#),
        ),
        case(
            "patch of 10,000 copies of 400,000 elements",
            TIME,
            format!(r#"{{"a":{0},"b":{0}}}"#, array(400_000, |_| "1".to_owned())),
            array(10_000, |_| r#"{"op":"copy","from":"/a","path":"/c"}"#.to_owned()),
        )
        .or("NODES_LIMIT"),
        case(
            "patch of 10,001 operations",
            "PATCH_OPERATIONS_LIMIT",
            "[1]".to_owned(),
            array(10_001, |_| r#"{"op":"test","path":"/0","value":1}"#.to_owned()),
        ),
    ]
}

fn diffs() -> Vec<Case> {
    let case = |name: &str, from: String, to: String, output: pb::DiffOutput| {
        let output = output.into();
        let request = pb::DiffRequest { from: json(from), to: json(to), output, ..Default::default() };
        Case::new(name, ANSWERED, Request::Diff(Box::new(request)))
    };
    let up = || array(300_000, |at| at.to_string());
    let down = || array(300_000, |at| (299_999 - at).to_string());
    let bits = |factor: usize| array(20_000, |at| (((at * factor) >> 7) & 1).to_string());
    let towers = |inner: &'static str| array(5_000, |_| nested(100, "[", inner, "]"));
    vec![
        case("diff of 300,000 numbers and their reverse", up(), down(), pb::DiffOutput::Patch),
        case("diff of 20,000 zeros and ones", bits(0x9e37_79b9), bits(0x85eb_ca6b), pb::DiffOutput::Patch),
        case("diff of 5,000 towers of 100 levels", towers("1"), towers("2"), pb::DiffOutput::Text),
        case("diff of 300,000 keys and none", keys(300_000), "{}".to_owned(), pb::DiffOutput::MergePatch),
    ]
}

fn merges() -> Vec<Case> {
    let case = |name: &str, (ours, base, theirs): (String, String, String), arrays: pb::Arrays| {
        let (arrays, array_keys) = (arrays.into(), vec!["id".to_owned()]);
        let array_keys = if arrays == i32::from(pb::Arrays::Keyed) { array_keys } else { Vec::new() };
        let three_way = pb::ThreeWay { base: json(base), theirs: json(theirs), arrays, array_keys };
        let how = Some(pb::merge_request::How::ThreeWay(three_way));
        let request = pb::MergeRequest { input: json(ours), how, ..Default::default() };
        Case::new(name, ANSWERED, Request::Merge(Box::new(request)))
    };
    let rotated = |by: usize| array(100_000, |at| ((at + by) % 100_000).to_string());
    let keyed = |by: usize| array(50_000, |at| format!(r#"{{"id":{}}}"#, (at * by) % 50_000));
    let texts = || (rotated(50_000), rotated(0), rotated(25_000));
    vec![
        case("three-way merge of 100,000 rotated numbers", texts(), pb::Arrays::Lcs),
        case(
            "three-way merge of 50,000 shuffled objects",
            (keyed(7_919), keyed(1), keyed(104_729)),
            pb::Arrays::Keyed,
        ),
        case(
            "three-way merge of 100,000 conflicts",
            (rotated(1), rotated(0), rotated(2)),
            pb::Arrays::Position,
        ),
    ]
}

fn samples() -> Vec<Case> {
    let case = |name: &str, expected: &'static str, samples: Vec<String>| {
        let samples = samples.into_iter().filter_map(json).collect();
        let request = pb::InferSchemaRequest { samples, store_as: None };
        Case::new(name, expected, Request::InferSchema(Box::new(request)))
    };
    // As many names a place as are listed each.
    let named = |value: &dyn Fn(usize) -> String| {
        let members: Vec<String> =
            (0..256).map(|at| format!(r#""a long name {at}":{}"#, value(at))).collect();
        format!("{{{}}}", members.join(","))
    };
    let squared = named(&|_| named(&|_| "1".to_owned()));
    vec![
        case("infer a schema of 256 names in each of 256 places", "OUTPUT_TOO_LARGE", vec![squared]),
        case("infer a schema of 200,000 keys", ANSWERED, vec![keys(200_000)]),
        case(
            "infer a schema of 100,000 objects without a common key",
            ANSWERED,
            vec![array(100_000, |at| format!(r#"{{"{at}":1}}"#))],
        ),
    ]
}
