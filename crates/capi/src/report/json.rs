//! Findings and counts in the JSON form of REST: the names, the order and the presence of the protobuf JSON mapping, integers as
//! numbers. The contract is proto/fastjson/v1/diagnostic.proto; a test keeps the names together.

use json_engine::{Diagnostic, Fix, Position, Report, Severity, Stats};
use serde::Serialize;

/// The kept findings as an array.
pub(super) fn diagnostics(report: &Report) -> String {
    written(&report.diagnostics.iter().map(DiagnosticForm::from).collect::<Vec<_>>())
}

/// The counts as an object.
pub(super) fn stats(stats: &Stats) -> String {
    written(&StatsForm::from(stats))
}

fn written(form: &impl Serialize) -> String {
    serde_json::to_string(form).expect("strings, numbers and fields with names have a JSON form")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DiagnosticForm<'d> {
    severity: &'static str,
    code: &'static str,
    message: &'d str,
    start: PositionForm<'d>,
    end: PositionForm<'d>,
    snippet: &'d str,
    schema_pointer: &'d str,
    keyword: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixForm<'d>>,
    causes: Vec<DiagnosticForm<'d>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PositionForm<'d> {
    byte_offset: u64,
    line: u64,
    column: u64,
    column_utf16: u64,
    json_pointer: &'d str,
    record: u64,
}

#[derive(Serialize)]
struct FixForm<'d> {
    start: u64,
    end: u64,
    replacement: &'d str,
}

#[derive(Serialize)]
struct StatsForm {
    bytes: u64,
    nodes: u64,
    depth: u32,
    objects: u64,
    arrays: u64,
    strings: u64,
    numbers: u64,
    booleans: u64,
    nulls: u64,
    members: u64,
}

impl<'d> From<&'d Diagnostic> for DiagnosticForm<'d> {
    fn from(finding: &'d Diagnostic) -> DiagnosticForm<'d> {
        DiagnosticForm {
            severity: match finding.severity {
                Severity::Error => "SEVERITY_ERROR",
                Severity::Warning => "SEVERITY_WARNING",
            },
            code: finding.code.as_str(),
            message: &finding.message,
            start: PositionForm::from(&finding.start),
            end: PositionForm::from(&finding.end),
            snippet: &finding.snippet,
            schema_pointer: &finding.schema_pointer,
            keyword: &finding.keyword,
            fix: finding.fix.as_ref().map(FixForm::from),
            causes: finding.causes.iter().map(DiagnosticForm::from).collect(),
        }
    }
}

impl<'d> From<&'d Position> for PositionForm<'d> {
    fn from(position: &'d Position) -> PositionForm<'d> {
        PositionForm {
            byte_offset: position.byte_offset,
            line: position.line,
            column: position.column,
            column_utf16: position.column_utf16,
            json_pointer: &position.json_pointer,
            record: position.record,
        }
    }
}

impl<'d> From<&'d Fix> for FixForm<'d> {
    fn from(fix: &'d Fix) -> FixForm<'d> {
        FixForm { start: fix.start, end: fix.end, replacement: &fix.replacement }
    }
}

impl From<&Stats> for StatsForm {
    fn from(stats: &Stats) -> StatsForm {
        StatsForm {
            bytes: stats.bytes,
            nodes: stats.nodes,
            depth: stats.depth,
            objects: stats.objects,
            arrays: stats.arrays,
            strings: stats.strings,
            numbers: stats.numbers,
            booleans: stats.booleans,
            nulls: stats.nulls,
            members: stats.members,
        }
    }
}
