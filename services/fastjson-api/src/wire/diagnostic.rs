//! Findings of the engine in the words of the contract.

use fastjson_proto::fastjson::v1 as pb;
use json_engine::{Diagnostic, Fix, Position, Report, Severity, Stats};

/// All kept findings of a report.
pub(crate) fn diagnostics(report: &Report) -> Vec<pb::Diagnostic> {
    report.diagnostics.iter().map(|finding| diagnostic(finding, None)).collect()
}

/// One finding, with the step of the recipe that made it.
pub(crate) fn diagnostic(finding: &Diagnostic, step: Option<u32>) -> pb::Diagnostic {
    let severity = match finding.severity {
        Severity::Error => pb::Severity::Error,
        Severity::Warning => pb::Severity::Warning,
    };
    pb::Diagnostic {
        severity: severity.into(),
        code: finding.code.as_str().to_owned(),
        message: finding.message.clone(),
        start: Some(position(&finding.start)),
        end: Some(position(&finding.end)),
        snippet: finding.snippet.clone(),
        schema_pointer: finding.schema_pointer.clone(),
        keyword: finding.keyword.clone(),
        step,
        fix: finding.fix.as_ref().map(fix),
    }
}

fn fix(fix: &Fix) -> pb::Fix {
    pb::Fix { start: fix.start, end: fix.end, replacement: fix.replacement.clone() }
}

/// A place.
/// A place in the words of the contract.
pub(crate) fn position(position: &Position) -> pb::Position {
    pb::Position {
        byte_offset: position.byte_offset,
        line: position.line,
        column: position.column,
        column_utf16: position.column_utf16,
        json_pointer: position.json_pointer.clone(),
        record: position.record,
    }
}

/// What a document holds.
pub(crate) fn stats(stats: &Stats) -> pb::DocumentStats {
    pb::DocumentStats {
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
