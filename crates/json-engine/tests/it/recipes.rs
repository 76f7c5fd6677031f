//! Recipes: steps in order, each on the answer of the one before.

use std::sync::Arc;

use json_engine::convert::{ConvertOptions, Format, Source};
use json_engine::patch::{DiffOptions, Patch, ThreeWayOptions};
use json_engine::query::{Language, Query};
use json_engine::recipe::{MAX_STEPS, Recipe, RecipeAnswer, Step, StepError};
use json_engine::schema::{Draft, Formats, Registered, Schema, SchemaOptions};
use json_engine::{
    Code, DuplicateKeys, Error, FormatOptions, Indent, KeyOrder, Numbers, Profile, ScanOptions, Style,
};

use crate::budgets::budget;

fn validate() -> Step {
    Step::Validate { duplicate_keys: DuplicateKeys::Report, profile: Profile::Json }
}

fn format(style: Style) -> Step {
    Step::Format { how: style.into(), duplicate_keys: DuplicateKeys::Report }
}

pub(crate) fn query(language: Language, program: &str) -> Step {
    Step::Query(Query::compile(language, program).unwrap())
}

fn run(steps: Vec<Step>, text: &str) -> Result<RecipeAnswer, StepError> {
    Recipe::new(steps).unwrap().run(text.as_bytes(), &ScanOptions::default(), &budget())
}

fn check(steps: Vec<Step>, text: &str, expected: &str) {
    let names: Vec<&str> = steps.iter().map(Step::name).collect();
    let answer = run(steps, text).unwrap();
    assert_eq!(String::from_utf8(answer.text).unwrap(), expected, "{names:?}");
    assert_eq!(answer.steps.iter().map(|cost| cost.name).collect::<Vec<_>>(), names);
    assert_eq!(answer.steps.last().unwrap().output_bytes, expected.len() as u64);
}

#[test]
fn each_step_works_on_the_answer_of_the_one_before() {
    let text = r#"{"a": [1.50, 2, {"b": 1E2}]}"#;
    check(vec![validate()], text, text);
    check(vec![query(Language::Pointer, "/a"), query(Language::JsonPath, "$[2].b")], text, "[1E2]");
    let pretty = format(Style::Pretty(Indent::new(1).unwrap()));
    check(vec![query(Language::JsonPath, "$.a[:2]"), pretty, validate()], text, "[\n 1.50,\n 2\n]");
    check(vec![format(Style::Minify)], text, r#"{"a":[1.50,2,{"b":1E2}]}"#);
}

/// A configuration in YAML goes through a patch and comes out as TOML.
#[test]
fn documents_change_and_are_converted() {
    let options = ScanOptions::default();
    let from_yaml = ConvertOptions { from: Source::Is(Format::Yaml), ..ConvertOptions::to(Format::Json) };
    let patch = Patch::parse(br#"[{"op":"replace","path":"/port","value":8080}]"#, &options).unwrap();
    let steps = vec![
        Step::Convert(from_yaml),
        Step::Patch(patch),
        Step::Merge(br#"{"debug":null,"name":"b"}"#.to_vec()),
        Step::Convert(ConvertOptions { from: Source::Is(Format::Json), ..ConvertOptions::to(Format::Toml) }),
    ];
    let answer = run(steps, "name: a\nport: 80\ndebug: true\n").unwrap();
    assert_eq!(String::from_utf8(answer.text).unwrap(), "name = \"b\"\nport = 8080\n");
    assert_eq!(answer.format, Some(Format::Toml));
    let diff = Step::Diff { to: b"[1,3]".to_vec(), how: DiffOptions::default() };
    check(vec![diff], "[1,2]", r#"[{"op":"replace","path":"/1","value":3}]"#);
}

pub(crate) fn schema(text: &str) -> Step {
    let registered = Registered::default();
    let how = SchemaOptions {
        default_draft: Draft::Draft202012,
        formats: Formats::Assert,
        registered: &registered,
    };
    let compiled = Schema::compile(text.as_bytes(), &how, &ScanOptions::default(), &budget()).unwrap();
    Step::CheckSchema(Arc::new(compiled))
}

#[test]
fn a_schema_lets_the_document_pass_or_ends_the_recipe_at_the_place() {
    let integers = r#"{"items":{"type":"integer"}}"#;
    check(vec![schema(integers), query(Language::Pointer, "/1")], "[1, 2]", "2");
    let failed = run(vec![validate(), schema(integers)], "[1,\n \"2\"]").unwrap_err();
    let Error::Invalid(report) = &failed.error else { panic!("{failed}") };
    let finding = &report.diagnostics[0];
    let place = (finding.start.line, finding.start.column, finding.start.json_pointer.as_str());
    assert_eq!((failed.step, place, finding.code), (1, (2, 2, "/1"), Code::SchemaViolation));
}

#[test]
fn a_schema_is_inferred_from_the_document() {
    let answer = run(vec![query(Language::Pointer, "/a"), Step::InferSchema], r#"{"a":true}"#).unwrap();
    let schema = String::from_utf8(answer.text).unwrap();
    assert!(schema.contains(r#""type":"boolean""#), "{schema}");
}

/// Two people changed one configuration.
#[test]
fn another_version_is_merged_and_its_conflicts_are_warnings() {
    let three_way = |theirs: &str| Step::ThreeWay {
        base: br#"{"port":80,"name":"a"}"#.to_vec(),
        theirs: theirs.as_bytes().to_vec(),
        how: ThreeWayOptions::default(),
    };
    check(
        vec![three_way(r#"{"port":80,"name":"b"}"#)],
        r#"{"port":81,"name":"a"}"#,
        r#"{"port":81,"name":"b"}"#,
    );
    let answer = run(vec![three_way(r#"{"port":82,"name":"a"}"#)], r#"{"port":81,"name":"a"}"#).unwrap();
    assert_eq!(answer.text, br#"{"port":81,"name":"a"}"#);
    let [(0, warning)] = &answer.diagnostics[..] else { panic!("{:?}", answer.diagnostics) };
    assert_eq!((warning.code, warning.start.column), (Code::MergeConflict, 9));
    assert_eq!(warning.message, "both sides changed the value: from 80 to 81, which stays, and to 82");
}

#[test]
fn a_step_that_fails_is_named() {
    let check = |steps: Vec<Step>, text: &str, step: usize, expected: fn(&Error) -> bool| {
        let failed = run(steps, text).unwrap_err();
        assert!(failed.step == step && expected(&failed.error), "{failed}");
    };
    check(vec![validate()], "[1,]", 0, |error| matches!(error, Error::Invalid(_)));
    let missing = vec![validate(), query(Language::Pointer, "/b")];
    check(missing, r#"{"a":1}"#, 1, |error| matches!(error, Error::PointerNotFound { .. }));
    let reject =
        vec![validate(), Step::Validate { duplicate_keys: DuplicateKeys::Reject, profile: Profile::Json }];
    check(reject, r#"{"a":1,"a":2}"#, 1, |error| matches!(error, Error::Invalid(_)));
}

#[test]
fn a_warning_is_given_once_by_the_first_step_that_meets_it() {
    let steps = vec![validate(), format(Style::Minify), query(Language::Pointer, ""), validate()];
    let answer = run(steps, r#"{ "a":1, "a":2 }"#).unwrap();
    let said: Vec<_> =
        answer.diagnostics.iter().map(|(step, found)| (*step, found.start.byte_offset)).collect();
    // The answer of a query is another document, and its warnings are its own.
    assert_eq!((said, answer.diagnostics_total), (vec![(0, 9), (3, 7)], 2));
}

#[test]
fn one_to_thirty_two_steps() {
    assert!(matches!(Recipe::new(Vec::new()), Err(Error::Option { name: "steps", .. })));
    assert!(Recipe::new(vec![validate(); MAX_STEPS]).is_ok());
    let long = Recipe::new(vec![validate(); MAX_STEPS + 1]);
    assert!(matches!(long, Err(Error::Limit { limit, .. }) if limit.reason() == "RECIPE_STEPS_LIMIT"));
}

/// What one part gives and the next goes on from is what the whole recipe gives.
#[test]
fn parts_of_a_recipe_add_up_to_it() {
    let text = r#"{"a": [1.50, 123456789012345678901234567890], "a": [2, 123456789012345678901234567891]}"#;
    let to_yaml = ConvertOptions { from: Source::Is(Format::Json), ..ConvertOptions::to(Format::Yaml) };
    let rounded =
        FormatOptions { style: Style::Minify, key_order: KeyOrder::AsRead, numbers: Numbers::Double };
    let rounded = Step::Format { how: rounded, duplicate_keys: DuplicateKeys::Report };
    let steps = vec![validate(), rounded, query(Language::Jq, ".a"), Step::Convert(to_yaml)];
    let recipe = Recipe::new(steps).unwrap();
    let (options, budget) = (ScanOptions::default(), budget());
    let whole = recipe.run(text.as_bytes(), &options, &budget).unwrap();
    assert!(whole.diagnostics_total > 0, "there is something to add up");
    for cut in 0..=recipe.step_count() {
        let first = recipe.run_part(0..cut, text.as_bytes(), &options, &budget).unwrap();
        let rest = recipe.run_part(cut..usize::MAX, &first.text, &options, &budget).unwrap();
        let warnings = [first.diagnostics, rest.diagnostics].concat();
        assert_eq!((rest.text, rest.format), (whole.text.clone(), whole.format), "cut at {cut}");
        assert_eq!(warnings, whole.diagnostics, "cut at {cut}");
        assert_eq!(first.diagnostics_total + rest.diagnostics_total, whole.diagnostics_total);
    }
}

#[test]
fn a_program_that_asks_for_further_inputs_is_told() {
    let check = |program: &str, expected: Option<usize>| {
        let recipe = Recipe::new(vec![validate(), query(Language::Jq, program)]).unwrap();
        assert_eq!(recipe.first_changing_step(), expected, "{program}");
    };
    check(".input | {input: 1} | .[\"inputs\"]?", None);
    check("def input: 1; input", None);
    check("{a:input}", Some(1));
    check("\"\\(input)\"", Some(1));
    check("reduce inputs as $x (0; . + $x)", Some(1));
    check("input_filename, input_line_number, $__loc__, debug", None);
}

/// What jq of version 1.8 has that depends on more than the document is not there, or is the same for all.
#[test]
fn no_program_sees_the_time_the_machine_or_another_call() {
    for outside in [
        "now",
        "env",
        "$ENV",
        "$__prog_args",
        "$__prog_name",
        "halt",
        "halt_error",
        "stderr",
        "get_search_list",
        "rand",
        "splits(1) | now",
        "modulemeta",
        "input(1)",
    ] {
        assert!(Query::compile(Language::Jq, outside).is_err(), "{outside}");
    }
    let local = query(Language::Jq, "0 | localtime == gmtime and strflocaltime(\"%H %Z\") == \"00 UTC\"");
    let ran = Recipe::new(vec![local]).unwrap().run(b"null", &ScanOptions::default(), &budget()).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&ran.text).trim(),
        "[true]",
        "the time zone of the machine is not seen"
    );
}
