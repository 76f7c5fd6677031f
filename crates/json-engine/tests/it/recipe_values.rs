//! Values that a step hands to the next one change nothing: a recipe gives what its steps give one by one, each on the text
//! of the one before.

use json_engine::convert::{ConvertOptions, Fidelity, Format, Source};
use json_engine::patch::{DiffOptions, Patch, ThreeWayOptions};
use json_engine::query::Language;
use json_engine::recipe::{Recipe, RecipeAnswer, Step, StepError};
use json_engine::{Budget, DuplicateKeys, Limits, Profile, ScanOptions, Style};
use proptest::prelude::*;

use crate::budgets::{budget, budget_of};
use crate::properties::texts;
use crate::recipes::{query, schema};

/// Programs whose answers are values as they were read, values of their own, and what JSON has no text for.
const JQ: &[&str] = &[
    ".",
    ".[]?",
    "[.. | numbers]",
    ".a? // .",
    "[., .]",
    "map(del(.a?))?",
    "[.. | strings]",
    "[.[]? | tostring]",
    "[nan, infinite, -infinite, -0, 1e17, 1e17 + 0, 0.1 + 0.2, 100000000000000000000 + 1]",
    "\"\\u007f\\u0000\"",
    "empty",
    ".. |= .",
    "length",
];

fn converts() -> Vec<Step> {
    let json = Source::Is(Format::Json);
    let to = |from, to| ConvertOptions { from, ..ConvertOptions::to(to) };
    let strict = ConvertOptions { fidelity: Fidelity::Strict, ..to(json, Format::Yaml) };
    [
        to(json, Format::Ndjson),
        to(json, Format::Yaml),
        to(json, Format::Csv),
        to(json, Format::Toml),
        to(json, Format::Json),
        to(Source::Auto, Format::Msgpack),
        strict,
    ]
    .map(Step::Convert)
    .to_vec()
}

/// All kinds of steps; those that hand values on and those that take them are many.
fn every_step() -> Vec<Step> {
    let patch = |text: &str| Step::Patch(Patch::parse(text.as_bytes(), &ScanOptions::default()).unwrap());
    let validate = |duplicate_keys, profile| Step::Validate { duplicate_keys, profile };
    let jq = JQ.iter().map(|program| query(Language::Jq, program));
    let paths = ["$", "$..*", "$[0]", "$[?@.a]"].map(|path| query(Language::JsonPath, path));
    let jmes = ["@", "[0]", "a", "[@, @]", "length(@)"].map(|path| query(Language::JmesPath, path));
    let others = [
        query(Language::Pointer, ""),
        query(Language::Pointer, "/0"),
        patch(r#"[{"op":"replace","path":"","value":{"a":1.50}}]"#),
        patch(r#"[{"op":"add","path":"/0","value":[1]},{"op":"copy","from":"","path":"/0"}]"#),
        Step::Merge(br#"{"a":null,"b":{"c":1E2}}"#.to_vec()),
        Step::ThreeWay {
            base: br#"{"a":1}"#.to_vec(),
            theirs: br#"{"a":2,"b":[]}"#.to_vec(),
            how: ThreeWayOptions::default(),
        },
        Step::Diff { to: br#"{"a":1}"#.to_vec(), how: DiffOptions::default() },
        schema(r#"{"type":["array","object"]}"#),
        schema("true"),
        Step::InferSchema,
        validate(DuplicateKeys::Report, Profile::IJson),
        validate(DuplicateKeys::Reject, Profile::Json),
        Step::Format { how: Style::Minify.into(), duplicate_keys: DuplicateKeys::Report },
        Step::Format { how: Style::Canonical.into(), duplicate_keys: DuplicateKeys::First },
    ];
    jq.chain(paths).chain(jmes).chain(others).chain(converts()).collect()
}

/// Documents with members that the steps name.
fn documents() -> impl Strategy<Value = String> {
    let members = (texts(), texts(), texts()).prop_map(|(a, b, again)| {
        format!(r#" {{"a": {a}, "b":[{b}, {{"a":{again}}}], "a":{again}, "\ud800":1}}"#)
    });
    prop_oneof![texts(), members, texts().prop_map(|one| format!("[{one} ,{{\"a\":{one}}}]"))]
}

fn limits() -> impl Strategy<Value = Limits> {
    let usual = Limits::default();
    prop::sample::select(vec![
        usual,
        usual,
        Limits { max_nodes: 12, ..usual },
        Limits { max_depth: 3, ..usual },
        Limits { max_number_digits: 5, ..usual },
        Limits { max_output_bytes: 64, ..usual },
        Limits { max_bytes: 120, ..usual },
    ])
}

/// The steps one by one, each on the text of the one before.
fn one_by_one(
    recipe: &Recipe,
    text: &[u8],
    options: &ScanOptions,
    budget: &Budget,
) -> Result<RecipeAnswer, StepError> {
    let mut whole = recipe.run_part(0..0, text, options, budget)?;
    for step in 0..recipe.step_count() {
        let part = recipe.run_part(step..step + 1, &whole.text, options, budget)?;
        whole.steps.extend(part.steps);
        whole.diagnostics.extend(part.diagnostics);
        whole.diagnostics_total += part.diagnostics_total;
        (whole.text, whole.format) = (part.text, part.format);
    }
    Ok(whole)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn a_recipe_gives_what_its_steps_give_one_by_one(
        text in documents(),
        steps in prop::collection::vec(prop::sample::select(every_step()), 1..6),
        limits in limits(),
        duplicate_keys in prop::sample::select(vec![DuplicateKeys::Report, DuplicateKeys::First]),
    ) {
        // Each part has room for as many findings.
        let limits = Limits { max_diagnostics: 1_000, ..limits };
        let options = ScanOptions { limits, duplicate_keys, ..ScanOptions::default() };
        let recipe = Recipe::new(steps).unwrap();
        let whole = recipe.run(text.as_bytes(), &options, &budget());
        prop_assert_eq!(whole, one_by_one(&recipe, text.as_bytes(), &options, &budget()));
    }
}

#[test]
fn who_hands_values_to_whom_is_told() {
    let check = |steps: &[&Step], reads: &[bool], hands: &[bool]| {
        let recipe = Recipe::new(steps.iter().copied().cloned().collect()).unwrap();
        let all = 0..recipe.step_count();
        assert_eq!(all.clone().map(|step| recipe.reads_document(step)).collect::<Vec<_>>(), reads);
        assert_eq!(all.map(|step| recipe.hands_values(step)).collect::<Vec<_>>(), hands);
    };
    let (jq, pointer) = (&query(Language::Jq, "."), &query(Language::Pointer, ""));
    let check_schema = &schema("true");
    let validate = &Step::Validate { duplicate_keys: DuplicateKeys::Report, profile: Profile::Json };
    let convert = |from| Step::Convert(ConvertOptions { from, ..ConvertOptions::to(Format::Ndjson) });
    let (ndjson, sniffed) = (&convert(Source::Is(Format::Json)), &convert(Source::Auto));
    check(&[check_schema, jq, ndjson], &[true, false, false], &[true, true, false]);
    check(&[jq, validate, jq], &[true, false, false], &[true, true, false]);
    check(&[validate, jq, pointer, jq], &[false, true, false, true], &[false, false, false, false]);
    check(&[jq, sniffed], &[true, true], &[false, false]);
    let to_json =
        &Step::Convert(ConvertOptions { from: Source::Is(Format::Json), ..ConvertOptions::to(Format::Json) });
    check(&[jq, to_json, jq], &[true, false, true], &[false, false, false]);
    check(&[&Step::InferSchema, jq], &[true, true], &[false, false]);
}

/// Values are handed on where there is memory for them beside what the program holds.
#[test]
fn a_program_has_no_less_memory_because_somebody_wants_its_values() {
    let many = "(\"x\" * 100000) as $x | range(5000) | tostring + ($x | .[:0])";
    let run = |steps: Vec<Step>| {
        Recipe::new(steps).unwrap().run(b"null", &ScanOptions::default(), &budget_of(400_000))
    };
    let alone = run(vec![query(Language::Jq, many)]).unwrap();
    assert_eq!(run(vec![query(Language::Jq, "length")]).unwrap().text, b"[0]");
    let counted = run(vec![query(Language::Jq, many), query(Language::Jq, "length")]).unwrap();
    assert_eq!((counted.steps[0].output_bytes, &counted.text[..]), (alone.text.len() as u64, &b"[5000]"[..]));
}
