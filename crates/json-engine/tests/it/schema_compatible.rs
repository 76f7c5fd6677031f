//! What a user of a schema registry changes, and what it says: backward as consumers of old documents see it, forward as
//! producers of new ones do.

use json_engine::ScanOptions;
use json_engine::convert::Source;
use json_engine::schema::{
    Compared, Compatibility, Draft, Formats, Judgement, Output, Reason, Registered, Schema, SchemaOptions,
    compatible,
};

use crate::budgets::budget;
use crate::shared::documented;

fn options(registered: &Registered) -> SchemaOptions<'_> {
    SchemaOptions { default_draft: Draft::default(), formats: Formats::Assert, registered }
}

fn allows(schema: &str, document: &str) -> bool {
    let (registered, scan) = (Registered::default(), ScanOptions::default());
    let schema = Schema::compile(schema.as_bytes(), &options(&registered), &scan, &budget()).unwrap();
    schema.check(document.as_bytes(), Source::Auto, Output::Flag, &scan, &budget()).unwrap().valid
}

/// Each reason as its pointer, with `?` where it is undecided. Every example breaks what it is said to break.
fn shown(old: &str, new: &str, wanted: Compatibility) -> String {
    let compared = compare(old, new, wanted);
    let one = |reason: &Reason| {
        assert_eq!(reason.pointer.rsplit('/').next(), Some(reason.rule.as_str()), "{reason:?}");
        match (&reason.example, reason.judgement) {
            (Some(example), Judgement::Breaks) => {
                let (narrow, wide) =
                    if reason.direction == Compatibility::Backward { (old, new) } else { (new, old) };
                assert!(allows(narrow, example) && !allows(wide, example), "{reason:?}");
                reason.pointer.clone()
            }
            (None, Judgement::Undecided) => format!("{}?", reason.pointer),
            (example, judgement) => panic!("{judgement:?} {example:?}"),
        }
    };
    compared.reasons.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Reasons against backward and against forward compatibility; none is compatible.
fn check(old: &str, new: &str, backward: &str, forward: &str) {
    assert_eq!(shown(old, new, Compatibility::Backward), backward, "backward {old} {new}");
    assert_eq!(shown(old, new, Compatibility::Forward), forward, "forward {old} {new}");
    let both = shown(old, new, Compatibility::Full);
    assert_eq!(both, [backward, forward].join(" ").trim(), "full {old} {new}");
}

#[test]
fn members_of_closed_objects() {
    let id = r#"{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"],"additionalProperties":false}"#;
    let optional = r#"{"type":"object","properties":{"id":{"type":"integer"},"n":{"type":"string"}},"required":["id"],"additionalProperties":false}"#;
    let required = r#"{"type":"object","properties":{"id":{"type":"integer"},"n":{"type":"string"}},"required":["id","n"],"additionalProperties":false}"#;
    check(id, optional, "", "/additionalProperties");
    check(optional, id, "/additionalProperties", "");
    check(id, required, "/required", "/additionalProperties");
    check(optional, required, "/required", "");
}

#[test]
fn members_of_open_objects() {
    let id = r#"{"properties":{"id":{"type":"integer"}}}"#;
    let named = r#"{"properties":{"id":{"type":"integer"},"n":{"type":"string"}}}"#;
    // An old document may have any `n`.
    check(id, named, "/properties/n/type", "");
    check(id, r#"{"properties":{"id":{"type":"integer"},"n":{}}}"#, "", "");
    check(
        id,
        r#"{"properties":{"id":{"type":"integer"}},"additionalProperties":false}"#,
        "/additionalProperties",
        "",
    );
    check(id, r#"{"properties":{"id":{"type":"integer"}},"required":["id"]}"#, "/required", "");
    check(id, r#"{"properties":{"id":{"type":"integer"}},"minProperties":1}"#, "/minProperties", "");
}

#[test]
fn types() {
    check(r#"{"type":"integer"}"#, r#"{"type":"number"}"#, "", "/type");
    check(r#"{"type":"integer"}"#, r#"{"type":["integer","null"]}"#, "", "/type");
    check(r#"{"type":"integer"}"#, r#"{"type":"string"}"#, "/type", "/type");
    check(r#"{"type":"integer"}"#, "true", "", "/type");
    check(r#"{"type":"integer"}"#, "{}", "", "/type");
}

#[test]
fn values_that_are_listed() {
    check(r#"{"enum":["a","b"]}"#, r#"{"enum":["a","b","c"]}"#, "", "/enum");
    check(r#"{"enum":["a","b"]}"#, r#"{"type":"string","minLength":1,"maxLength":1}"#, "", "/enum");
    check(r#"{"enum":[1,5,"x"]}"#, r#"{"minimum":1,"maximum":5,"multipleOf":1}"#, "", "/enum");
    check(r#"{"enum":[1,6]}"#, r#"{"maximum":5}"#, "/maximum", "/enum");
    check(r#"{"const":1}"#, r#"{"const":2}"#, "/const", "/const");
}

#[test]
fn ranges() {
    check(r#"{"minimum":0}"#, r#"{"minimum":-1}"#, "", "/minimum");
    check(r#"{"minimum":0}"#, r#"{"exclusiveMinimum":0}"#, "/exclusiveMinimum", "");
    check(r#"{"maximum":1.5}"#, r#"{"maximum":1.25}"#, "/maximum", "");
    check(r#"{"multipleOf":4}"#, r#"{"multipleOf":2}"#, "", "/multipleOf");
    check(r#"{"maxLength":3}"#, r#"{"maxLength":5}"#, "", "/maxLength");
    check(r#"{"minItems":1,"maxItems":3}"#, r#"{"minItems":2,"maxItems":2}"#, "/minItems /maxItems", "");
}

#[test]
fn elements() {
    check(r#"{"items":{"type":"integer"}}"#, r#"{"items":{"type":"number"}}"#, "", "/items/type");
    check("{}", r#"{"uniqueItems":true}"#, "/uniqueItems", "");
    check(r#"{"uniqueItems":true}"#, r#"{"uniqueItems":false}"#, "", "/uniqueItems");
}

/// A keyword of a schema that is referred to is named where it stands.
#[test]
fn references_are_followed() {
    let of = |name: &str, limit: u32| {
        format!(
            r##"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://example.com/{name}",
                "title":"{name}","$ref":"#/$defs/order","$defs":{{"order":{{"properties":{{"lines":{{"items":
                {{"$ref":"#/$defs/line","description":"a line"}}}}}}}},"line":{{"properties":{{"count":{{"type":"integer",
                "maximum":{limit}}}}}}}}}}}"##
        )
    };
    check(&of("a", 5), &of("b", 6), "", "/$defs/line/properties/count/maximum");
}

#[test]
fn definitions_of_draft_7_are_followed() {
    let of = |kinds: &str| {
        format!(
            r##"{{"$schema":"http://json-schema.org/draft-07/schema#","properties":{{"k":{{"$ref":"#/definitions/kind"}}}},
                "definitions":{{"kind":{{"enum":{kinds}}}}}}}"##
        )
    };
    check(&of(r#"["a"]"#), &of(r#"["a","b"]"#), "", "/definitions/kind/enum");
    let other = of(r#"["a"]"#).replace("draft-07", "draft-06");
    check(&of(r#"["a"]"#), &other, "/$schema?", "/$schema?");
}

#[test]
fn trees_that_refer_to_themselves_are_compared() {
    let of = |value: &str| {
        format!(r##"{{"type":"object","properties":{{"next":{{"$ref":"#"}},"v":{{"type":"{value}"}}}}}}"##)
    };
    check(&of("integer"), &of("number"), "", "/properties/v/type");
}

#[test]
fn combinations() {
    check(r#"{"type":"string"}"#, r#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "", "/type");
    check(r#"{"type":"string"}"#, r#"{"allOf":[{"maxLength":2}]}"#, "/allOf/0/maxLength", "/type");
    let either = r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#;
    check(either, r#"{"title":"t","oneOf":[{"type":"string"},{"type":"null"}]}"#, "", "");
}

#[test]
fn patterns_of_names() {
    let of = |limit: u32| {
        format!(r#"{{"patternProperties":{{"^x":{{"maximum":{limit}}}}},"additionalProperties":false}}"#)
    };
    check(&of(1), &of(2), "", "/patternProperties/^x/maximum?");
    check(
        &of(1),
        r#"{"patternProperties":{"^x":{"maximum":1},"^y":{}},"additionalProperties":{"type":"null"}}"#,
        "",
        "/additionalProperties",
    );
}

/// Whatever a keyword means, what is written the same means the same.
#[test]
fn what_stays_is_compatible() {
    for keyword in [
        r#""if":{"type":"integer"},"then":{"minimum":1},"else":{"type":"null"}"#,
        r#""contains":{"const":1},"minContains":2"#,
        r#""dependentSchemas":{"a":{"required":["b"]}}"#,
        r#""prefixItems":[{"type":"null"}],"items":false"#,
        r#""unknown":5"#,
    ] {
        let of = |limit: u32| format!(r#"{{"properties":{{"p":{{{keyword}}},"q":{{"maximum":{limit}}}}}}}"#);
        check(&of(2), &of(3), "", "/properties/q/maximum");
    }
    check(
        r#"{"contains":{"const":1}}"#,
        r#"{"contains":{"const":1},"minContains":2}"#,
        "/contains? /minContains",
        "/contains?",
    );
    let draft4 =
        r#"{"$schema":"http://json-schema.org/draft-04/schema#","minimum":1,"exclusiveMinimum":true}"#;
    check(draft4, draft4, "", "");
}

#[test]
fn what_the_page_shows_is_judged() {
    let rows = documented("schema.md", 6);
    assert!(rows.len() >= 5);
    let registered = Registered::default();
    for row in rows {
        let wanted = if row[2] == "backward" { Compatibility::Backward } else { Compatibility::Forward };
        let pair = (row[0].as_bytes(), row[1].as_bytes());
        let scan = ScanOptions::default();
        let compared = compatible(pair, wanted, &options(&registered), &scan, &budget()).unwrap();
        let reason = compared.reasons.first();
        let pointer = reason.map(|reason| reason.pointer.clone()).unwrap_or_default();
        let example = reason.and_then(|reason| reason.example.clone()).unwrap_or_default();
        let judgement = format!("{:?}", compared.judgement).to_lowercase();
        assert_eq!([judgement, pointer, example], row[3..], "{row:?}");
    }
}

const OPTIONAL: &str = r#"{"type":"object","properties":{"a":{"type":"integer","minimum":1}}}"#;

fn compare(old: &str, new: &str, wanted: Compatibility) -> Compared {
    let registered = Registered::default();
    let pair = (old.as_bytes(), new.as_bytes());
    compatible(pair, wanted, &options(&registered), &ScanOptions::default(), &budget()).unwrap()
}

/// Backward: the judgement and the first reason.
fn judged(old: &str, new: &str, expected: Judgement, pointer: &str) {
    let compared = compare(old, new, Compatibility::Backward);
    assert_eq!(compared.judgement, expected, "{old} {new} {compared:?}");
    let first = compared.reasons.first().map_or("", |reason| reason.pointer.as_str());
    assert_eq!(first, pointer, "{compared:?}");
    for reason in compared.reasons.iter().filter(|reason| reason.judgement == Judgement::Breaks) {
        let example = reason.example.as_ref().unwrap();
        assert!(allows(old, example) && !allows(new, example), "{reason:?}");
    }
}

#[test]
fn what_is_wider_is_compatible() {
    let wider = [
        (OPTIONAL, "{}"),
        (OPTIONAL, r#"{"properties":{"a":{"type":"number","exclusiveMinimum":0}}}"#),
        (r#"{"enum":["a","b"]}"#, r#"{"enum":["b","c","a"]}"#),
        (r#"{"const":1.0}"#, r#"{"type":["integer","null"]}"#),
        (r#"{"type":"string"}"#, r#"{"anyOf":[{"type":"null"},{"type":"string"}]}"#),
        (r#"{"anyOf":[{"const":1},{"const":"x"}]}"#, r#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#),
        (r#"{"type":"array","items":{"maxLength":3}}"#, r#"{"items":{"maxLength":4}}"#),
        (r#"{"multipleOf":10,"type":"integer"}"#, r#"{"multipleOf":2.5}"#),
        (
            r#"{"additionalProperties":false,"properties":{"a":true}}"#,
            r#"{"additionalProperties":{"type":"null"},"properties":{"a":{}}}"#,
        ),
        (
            r##"{"$defs":{"t":{"properties":{"n":{"$ref":"#/$defs/t"},"v":{"type":"integer"}}}},"$ref":"#/$defs/t"}"##,
            r##"{"properties":{"n":{"$ref":"#"},"v":{"type":"number"}}}"##,
        ),
    ];
    for (old, new) in wider {
        let compared = compare(old, new, Compatibility::Backward);
        assert_eq!(compared.judgement, Judgement::Compatible, "{old} {new} {compared:?}");
    }
}

#[test]
fn what_is_narrower_breaks_with_an_example() {
    judged(OPTIONAL, r#"{"required":["a"]}"#, Judgement::Breaks, "/required");
    judged(OPTIONAL, r#"{"properties":{"a":{"minimum":2}}}"#, Judgement::Breaks, "/properties/a/minimum");
    judged(OPTIONAL, r#"{"additionalProperties":false}"#, Judgement::Breaks, "/additionalProperties");
    judged(r#"{"type":"number"}"#, r#"{"type":"integer"}"#, Judgement::Breaks, "/type");
    judged(r#"{"enum":[1,2]}"#, r#"{"enum":[1]}"#, Judgement::Breaks, "/enum");
    judged(r#"{"type":"string","maxLength":9}"#, r#"{"maxLength":8}"#, Judgement::Breaks, "/maxLength");
    judged(
        r#"{"items":{"type":"integer"}}"#,
        r#"{"items":{"maximum":5}}"#,
        Judgement::Breaks,
        "/items/maximum",
    );
    judged("{}", r#"{"maxItems":3}"#, Judgement::Breaks, "/maxItems");
    judged("{}", r#"{"anyOf":[{"type":"null"}]}"#, Judgement::Breaks, "/anyOf");
}

#[test]
fn what_nobody_knows_is_undecided() {
    let pattern = r#"{"type":"string","pattern":"^z+q$"}"#;
    judged(pattern, r#"{"pattern":"^z+q?$"}"#, Judgement::Undecided, "/pattern");
    judged(pattern, pattern, Judgement::Compatible, "");
    let full = compare(OPTIONAL, "{}", Compatibility::Full);
    assert_eq!(full.judgement, Judgement::Breaks);
    assert!(full.reasons.iter().all(|reason| reason.direction == Compatibility::Forward));
}
