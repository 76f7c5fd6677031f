//! Recipes whose steps feed each other, and streams of records on which each program hurts.

use fastjson_proto::fastjson::v1 as pb;
use pb::step::Step;

use super::documents::keys;
use super::{ANSWERED, Case, Request, TIME, array, json, nested};

pub(super) fn cases() -> Vec<Case> {
    let jq = |program: &str| query(pb::QueryLanguage::Jq, program);
    let jmespath = |program: &str| query(pb::QueryLanguage::Jmespath, program);
    let infer = || Step::InferSchema(pb::InferSchemaStep {});
    vec![
        run("recipe that doubles 32 times", "NODES_LIMIT", vec![jmespath("[@, @]"); 32]),
        run("recipe that doubles by jq 32 times", "NODES_LIMIT", vec![jq("[., .]"); 32]),
        run("recipe of a schema of a schema, 32 times", "DEPTH_LIMIT", vec![infer(); 32]),
        run(
            "recipe of yaml of json, 16 times",
            ANSWERED,
            (0..16)
                .flat_map(|_| {
                    [yaml(pb::Format::Json, pb::Format::Yaml), yaml(pb::Format::Yaml, pb::Format::Json)]
                })
                .collect(),
        ),
        run("recipe of a query and an endless one", TIME, vec![jq("."), infer(), jq("last(repeat(1))")]),
        run("recipe of 33 steps", "RECIPE_STEPS_LIMIT", vec![jq("."); 33]),
        run("recipe of an array and a copy bomb", "NODES_LIMIT", vec![jmespath("@"), copies()]),
        run("recipe of numbers and a doubling schema", ANSWERED, vec![jq("[range(100000)]"), infer()]),
        stream("stream of 10 endless records", TIME, jq("last(repeat(1))"), &"1\n".repeat(10)),
        stream(
            "stream of 10 records without measure",
            "PROGRAM_FAILED",
            jq("\"x\" * 1000000000"),
            &"1\n".repeat(10),
        ),
        stream(
            "stream of 10 records of deep recursion",
            "BUDGET_STACK",
            jq("def f: 1 + f; f"),
            &"1\n".repeat(10),
        ),
        stream(
            "stream of 10 records of 10,000 levels",
            "DEPTH_LIMIT",
            jq("."),
            &format!("{}\n", "[".repeat(10_000)).repeat(10),
        ),
        stream(
            "stream of a record of 5 MB",
            "RECORD_BYTES_LIMIT",
            jq("."),
            &format!("{:?}\n", "x".repeat(5_000_000)),
        ),
        transfer("transfer of 1,000,000 keys to canonical", ANSWERED, canonical(), keys(1_000_000)),
        transfer("transfer of a million levels", "DEPTH_LIMIT", canonical(), nested(1_000_000, "[", "", "]")),
        transfer(
            "transfer of 10,000,000 values to jq",
            "NODES_LIMIT",
            jq("length"),
            array(10_000_000, |_| "1".to_owned()),
        ),
    ]
}

fn recipe(steps: Vec<Step>) -> pb::Recipe {
    pb::Recipe { steps: steps.into_iter().map(|step| pb::Step { step: Some(step) }).collect() }
}

fn run(name: &str, expected: &'static str, steps: Vec<Step>) -> Case {
    let (input, recipe) = (json("[1]"), Some(recipe(steps)));
    let request = pb::RunRequest { input, recipe, ..Default::default() };
    Case::new(name, expected, Request::Run(Box::new(request)))
}

fn stream(name: &str, expected: &'static str, step: Step, records: &str) -> Case {
    Case::new(name, expected, Request::RunStream(recipe(vec![step]), records.to_owned().into()))
}

fn transfer(name: &str, expected: &'static str, step: Step, document: String) -> Case {
    Case::new(name, expected, Request::Transfer(recipe(vec![step]), document.into()))
}

fn query(language: pb::QueryLanguage, program: &str) -> Step {
    let (language, query) = (language.into(), program.to_owned());
    Step::Query(pb::QueryStep { language, query, ..Default::default() })
}

fn yaml(from: pb::Format, to: pb::Format) -> Step {
    Step::Convert(pb::ConvertStep { from: from.into(), to: to.into(), ..Default::default() })
}

fn canonical() -> Step {
    Step::Format(pb::FormatStep { style: pb::FormatStyle::Canonical.into(), ..Default::default() })
}

/// A patch that doubles an array again and again.
fn copies() -> Step {
    let patch = array(40, |_| r#"{"op":"copy","from":"","path":"/-"}"#.to_owned());
    Step::Patch(pb::PatchStep { patch })
}
