//! Schemas: any schema on any document, and compared with itself and another.

use json_engine::convert::Source;
use json_engine::schema::{
    Compatibility, Draft, Formats, Judgement, Output, Registered, Schema, SchemaOptions, Verdict, compatible,
};
use json_engine::{Error, ScanOptions};

use super::{Seen, is_bound, parts, shown, ticking};

const DRAFTS: [Draft; 5] =
    [Draft::Draft202012, Draft::Draft201909, Draft::Draft7, Draft::Draft6, Draft::Draft4];

/// A schema, a document and another schema. All outputs agree on the verdict, failures have places in the document, and an
/// example that breaks compatibility does.
pub(crate) fn fuzz_schema(data: &[u8]) -> Seen {
    let [schema, document, other] = parts(data);
    let mut seen = Seen::default();
    for draft in DRAFTS {
        let Some(compiled) = compile(schema, draft, &mut seen) else { continue };
        check(&compiled, schema, document, &mut seen);
    }
    compare((schema, schema), &mut seen);
    compare((schema, other), &mut seen);
    seen
}

fn options(default_draft: Draft, registered: &Registered) -> SchemaOptions<'_> {
    SchemaOptions { default_draft, formats: Formats::Assert, registered }
}

fn compile(text: &[u8], draft: Draft, seen: &mut Seen) -> Option<Schema> {
    let registered = Registered::default();
    match Schema::compile(text, &options(draft, &registered), &ScanOptions::default(), &ticking()) {
        Ok(schema) => Some(schema),
        Err(Error::Part { part: "schema", error }) => {
            seen.error("schema", &error);
            None
        }
        Err(error) => panic!("{error}: {}", shown(text)),
    }
}

fn check(schema: &Schema, text: &[u8], document: &[u8], seen: &mut Seen) {
    let run = |output| schema.check(document, Source::Auto, output, &ScanOptions::default(), &ticking());
    let mut verdicts: Vec<Verdict> = Vec::new();
    for output in [Output::Flag, Output::Basic, Output::Detailed] {
        match run(output) {
            Ok(verdict) => verdicts.push(verdict),
            Err(error) => seen.error("check", &error),
        }
    }
    for verdict in &verdicts {
        assert_eq!(verdict.valid, verdicts[0].valid, "{} of {}", shown(text), shown(document));
        for found in &verdict.report.diagnostics {
            let (start, end) = (found.start.byte_offset, found.end.byte_offset);
            assert!(start <= end && end <= document.len() as u64, "{found:?} of {}", shown(document));
            seen.note((&found.keyword, found.message.len().checked_ilog2()));
        }
    }
    if let [_, basic, detailed] = &verdicts[..] {
        assert_eq!(basic.report.diagnostics_total, detailed.report.diagnostics_total, "{}", shown(text));
        assert_eq!(basic.report.is_valid(), basic.valid, "{} of {}", shown(text), shown(document));
    }
}

fn compare((old, new): (&[u8], &[u8]), seen: &mut Seen) {
    let registered = Registered::default();
    let (options, scan) = (options(Draft::Draft202012, &registered), ScanOptions::default());
    let compared = match compatible((old, new), Compatibility::Backward, &options, &scan, &ticking()) {
        Ok(compared) => compared,
        Err(error) => return seen.error("compare", &error),
    };
    seen.note(("compared", format!("{:?}", compared.judgement), compared.reasons.len().min(8)));
    if old == new {
        assert_eq!(compared.judgement, Judgement::Compatible, "{}", shown(old));
    }
    let [Some(old), Some(new)] = [old, new].map(|text| compile(text, Draft::Draft202012, seen)) else {
        return;
    };
    for example in compared.reasons.iter().filter_map(|reason| reason.example.as_deref()) {
        let allowed = |schema: &Schema| {
            let verdict = schema.check(example.as_bytes(), Source::Auto, Output::Flag, &scan, &ticking());
            verdict.map(|verdict| verdict.valid)
        };
        match (allowed(&old), allowed(&new)) {
            (Ok(before), Ok(after)) => assert!(before && !after, "{example} shows nothing"),
            (Err(error), _) | (_, Err(error)) => assert!(is_bound(&error), "{error}: {example}"),
        }
    }
}
