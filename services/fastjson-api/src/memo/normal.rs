//! Steps in one form: what the contract takes as the default is written out, so that steps that mean the same are the same.
//!
//! Promise: two steps of one form give the same answer to every document. Cost: a copy of the step.

use fastjson_proto::fastjson::v1 as pb;
use pb::step::Step;

/// Spaces a level of the style pretty where a step names none.
const USUAL_INDENT: u32 = 2;

/// The step with all its defaults.
pub(super) fn written_out(step: &pb::Step) -> pb::Step {
    let mut step = step.clone();
    match &mut step.step {
        Some(Step::Validate(step)) => {
            or(&mut step.duplicate_keys, pb::DuplicateKeys::Report);
            or(&mut step.profile, pb::Profile::Json);
        }
        Some(Step::Format(step)) => format(step),
        Some(Step::Convert(step)) => convert(step),
        Some(Step::Diff(step)) => {
            or(&mut step.output, pb::DiffOutput::Patch);
            arrays(&mut step.arrays, &step.array_keys);
        }
        Some(Step::Merge(step)) => {
            if let Some(pb::merge_step::How::ThreeWay(other)) = &mut step.how {
                arrays(&mut other.arrays, &other.array_keys);
            }
        }
        Some(Step::CheckSchema(step)) => {
            or(&mut step.default_draft, pb::SchemaDraft::SchemaDraft202012);
            or(&mut step.formats, pb::SchemaFormats::Assert);
            // The schema that the version means stands beside it, by its hash.
            step.schema_version = None;
        }
        // A query names its language; the others have no choices.
        Some(Step::Query(_) | Step::Patch(_) | Step::InferSchema(_)) | None => {}
    }
    step
}

fn format(step: &mut pb::FormatStep) {
    or(&mut step.style, pb::FormatStyle::Pretty);
    or(&mut step.duplicate_keys, pb::DuplicateKeys::Report);
    or(&mut step.key_order, pb::KeyOrder::AsRead);
    or(&mut step.numbers, pb::Numbers::Exact);
    if step.style() == pb::FormatStyle::Pretty {
        step.indent.get_or_insert(USUAL_INDENT);
    }
}

fn convert(step: &mut pb::ConvertStep) {
    or(&mut step.from, pb::Format::Json);
    or(&mut step.fidelity, pb::Fidelity::Report);
    or(&mut step.foreign, pb::Foreign::Plain);
    or(&mut step.documents, pb::Documents::Array);
    let csv = step.csv.get_or_insert_default();
    if csv.delimiter.is_empty() {
        csv.delimiter = ",".to_owned();
    }
    or(&mut csv.header, pb::csv_options::Header::Present);
    or(&mut csv.cells, pb::csv_options::Cells::Text);
    or(&mut csv.paths, pb::csv_options::Paths::Flat);
}

fn arrays(arrays: &mut i32, keys: &[String]) {
    if keys.is_empty() {
        or(arrays, pb::Arrays::Lcs);
    }
}

/// The default in place of the unspecified value, which is 0 in all enums of the contract.
fn or<E: Into<i32>>(value: &mut i32, default: E) {
    if *value == 0 {
        *value = default.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> pb::Step {
        written_out(&client::json_mapping::decode("fastjson.v1.Step", text.as_bytes()).unwrap())
    }

    fn check(one: &str, other: &str) {
        assert_eq!(read(one), read(other), "{one} {other}");
    }

    #[test]
    fn a_default_means_the_same_whether_it_is_named_or_not() {
        check(
            r#"{"validate":{}}"#,
            r#"{"validate":{"duplicateKeys":"DUPLICATE_KEYS_REPORT","profile":"PROFILE_JSON"}}"#,
        );
        check(
            r#"{"format":{}}"#,
            r#"{"format":{"style":"FORMAT_STYLE_PRETTY","indent":2,"numbers":"NUMBERS_EXACT"}}"#,
        );
        check(
            r#"{"convert":{"to":"FORMAT_CSV"}}"#,
            r#"{"convert":{"from":"FORMAT_JSON","to":"FORMAT_CSV","csv":{"delimiter":",","cells":"CELLS_TEXT"}}}"#,
        );
        check(
            r#"{"diff":{"to":"1"}}"#,
            r#"{"diff":{"to":"1","output":"DIFF_OUTPUT_PATCH","arrays":"ARRAYS_LCS"}}"#,
        );
        check(
            r#"{"merge":{"threeWay":{"base":"1"}}}"#,
            r#"{"merge":{"threeWay":{"base":"1","arrays":"ARRAYS_LCS"}}}"#,
        );
        check(
            r#"{"checkSchema":{"schema":"true"}}"#,
            r#"{"checkSchema":{"schema":"true","defaultDraft":"SCHEMA_DRAFT_2020_12"}}"#,
        );
    }

    #[test]
    fn what_means_something_else_is_another_step() {
        let differ = |one: &str, other: &str| assert_ne!(read(one), read(other), "{one} {other}");
        differ(r#"{"format":{}}"#, r#"{"format":{"indent":0}}"#);
        differ(r#"{"format":{}}"#, r#"{"format":{"style":"FORMAT_STYLE_MINIFY"}}"#);
        differ(r#"{"convert":{"to":"FORMAT_JSON"}}"#, r#"{"convert":{"to":"FORMAT_JSON","indent":2}}"#);
        differ(r#"{"diff":{"to":"1"}}"#, r#"{"diff":{"to":"1","arrays":"ARRAYS_POSITION"}}"#);
    }
}
