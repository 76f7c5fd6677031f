//! What each draft of JSON Schema says in its own way; drafts 7 and 2020-12 are judged by their suite besides.

use json_engine::ScanOptions;
use json_engine::convert::{Format, Source};
use json_engine::schema::{Draft, Formats, Output, Registered, Schema, SchemaOptions};

use crate::budgets::budget;

use Draft::{Draft4, Draft6, Draft7, Draft201909, Draft202012};

const ALL: &[Draft] = &[Draft4, Draft6, Draft7, Draft201909, Draft202012];
const UP_TO_7: &[Draft] = &[Draft4, Draft6, Draft7];
const FROM_6: &[Draft] = &[Draft6, Draft7, Draft201909, Draft202012];
const FROM_2019: &[Draft] = &[Draft201909, Draft202012];
const BEFORE_2020: &[Draft] = &[Draft4, Draft6, Draft7, Draft201909];

/// In each of the drafts the schema takes the first documents and refuses the others.
fn check(drafts: &[Draft], schema: &str, valid: &[&str], invalid: &[&str]) {
    let (registered, scan) = (Registered::default(), ScanOptions::default());
    for &default_draft in drafts {
        let how = SchemaOptions { default_draft, formats: Formats::Assert, registered: &registered };
        let compiled = Schema::compile(schema.as_bytes(), &how, &scan, &budget());
        let compiled = compiled.unwrap_or_else(|error| panic!("{default_draft:?} {schema}: {error}"));
        for (documents, expected) in [(valid, true), (invalid, false)] {
            for document in documents {
                let json = Source::Is(Format::Json);
                let verdict = compiled.check(document.as_bytes(), json, Output::Flag, &scan, &budget());
                assert_eq!(verdict.unwrap().valid, expected, "{default_draft:?} {schema}: {document}");
            }
        }
    }
}

fn check_refused(drafts: &[Draft], schema: &str) {
    let (registered, scan) = (Registered::default(), ScanOptions::default());
    for &default_draft in drafts {
        let how = SchemaOptions { default_draft, formats: Formats::Assert, registered: &registered };
        let compiled = Schema::compile(schema.as_bytes(), &how, &scan, &budget());
        assert!(compiled.is_err(), "{default_draft:?} takes {schema}");
    }
}

#[test]
fn bounds() {
    check(&[Draft4], r#"{"minimum":1.1,"exclusiveMinimum":true}"#, &["1.2", "\"x\""], &["1.1", "0.6"]);
    check(&[Draft4], r#"{"maximum":3,"exclusiveMaximum":true}"#, &["2.2"], &["3", "3.0", "3.5"]);
    check(&[Draft4], r#"{"maximum":3,"exclusiveMaximum":false}"#, &["3", "3.0"], &["3.5"]);
    check(FROM_6, r#"{"exclusiveMinimum":1.1}"#, &["1.2", "null"], &["1.1", "0.6"]);
    check(FROM_6, r#"{"exclusiveMaximum":3.0}"#, &["2.2"], &["3", "3.5"]);
    check(FROM_6, r#"{"minimum":1,"exclusiveMinimum":1}"#, &["1.0001"], &["1", "0"]);
    check_refused(FROM_6, r#"{"maximum":3,"exclusiveMaximum":true}"#);
    check_refused(&[Draft4], r#"{"exclusiveMaximum":3}"#);
    check(ALL, r#"{"maximum":18446744073709551615}"#, &["18446744073709551600"], &["18446744073709551616"]);
    check(
        ALL,
        r#"{"minimum":-18446744073709551615}"#,
        &["-18446744073709551600"],
        &["-18446744073709551616"],
    );
    check(ALL, r#"{"multipleOf":0.0001}"#, &["0.0075"], &["0.00751"]);
    check(ALL, r#"{"type":"integer","multipleOf":0.123456789}"#, &[], &["1e308"]);
    check_refused(ALL, r#"{"multipleOf":0}"#);
}

#[test]
fn types() {
    check(&[Draft4], r#"{"type":"integer"}"#, &["1", "-0"], &["1.0", "1e2", "1.1", "\"1\""]);
    check(FROM_6, r#"{"type":"integer"}"#, &["1", "1.0", "1e2", "10e-1"], &["1.1", "\"1\"", "15e-1"]);
    check(ALL, r#"{"type":["integer","string"]}"#, &["1", "\"x\""], &["1.5", "null", "[]"]);
    check(FROM_6, "true", &["1", "{}"], &[]);
    check(FROM_6, "false", &[], &["1", "{}"]);
    check_refused(&[Draft4], "true");
    check_refused(ALL, r#"{"type":"number or so"}"#);
    check_refused(ALL, r#"{"type":"any"}"#);
}

#[test]
fn references() {
    for draft in UP_TO_7 {
        // What stands beside a reference is ignored.
        let beside = r##"{"definitions":{"r":{"type":"array"}},"properties":{"a":{"$ref":"#/definitions/r","maxItems":2}}}"##;
        check(&[*draft], beside, &[r#"{"a":[1,2,3]}"#], &[r#"{"a":"x"}"#]);
    }
    let beside = r##"{"$defs":{"r":{"type":"array"}},"properties":{"a":{"$ref":"#/$defs/r","maxItems":2}}}"##;
    check(FROM_2019, beside, &[r#"{"a":[1,2]}"#], &[r#"{"a":[1,2,3]}"#, r#"{"a":"x"}"#]);
    check(
        ALL,
        r##"{"properties":{"a":{"$ref":"#"}},"additionalProperties":false}"##,
        &[r#"{"a":{"a":{}}}"#],
        &[r#"{"a":{"b":1}}"#],
    );
    let first = r##"{"items":[{"type":"integer"},{"$ref":"#/items/0"}]}"##;
    check(BEFORE_2020, first, &["[1,2]"], &[r#"[1,"x"]"#]);
    let escaped = r##"{"definitions":{"a~b":{"type":"integer"},"a/b":{"type":"string"},"a%b":{"type":"null"}},
        "properties":{"t":{"$ref":"#/definitions/a~0b"},"s":{"$ref":"#/definitions/a~1b"},"p":{"$ref":"#/definitions/a%25b"}}}"##;
    check(ALL, escaped, &[r#"{"t":1,"s":"x","p":null}"#], &[r#"{"t":"x"}"#, r#"{"s":1}"#, r#"{"p":1}"#]);
    let named = r##"{"properties":{"$ref":{"type":"string"}}}"##;
    check(ALL, named, &[r#"{"$ref":"a"}"#], &[r#"{"$ref":2}"#]);
    check_refused(ALL, r##"{"$ref":"#/definitions/none"}"##);
}

#[test]
fn identifiers() {
    let with = |id: &str| {
        let schema = r##"{"ID":"http://example.com/root.json","definitions":{"a":{"ID":"item.json","type":"integer"}},
            "properties":{"a":{"$ref":"item.json"},"b":{"$ref":"http://example.com/item.json"}}}"##;
        schema.replace("ID", id)
    };
    let (valid, invalid) = (&[r#"{"a":1,"b":2}"#], &[r#"{"a":"x"}"#, r#"{"b":"x"}"#]);
    check(&[Draft4], &with("id"), valid, invalid);
    check(FROM_6, &with("$id"), valid, invalid);
    let anchored =
        r##"{"definitions":{"a":{"ID":"#foo","type":"integer"}},"properties":{"a":{"$ref":"#foo"}}}"##;
    check(&[Draft4], &anchored.replace("ID", "id"), &[r#"{"a":1}"#], &[r#"{"a":"x"}"#]);
    check(&[Draft6, Draft7], &anchored.replace("ID", "$id"), &[r#"{"a":1}"#], &[r#"{"a":"x"}"#]);
    let anchor = r##"{"$defs":{"a":{"$anchor":"foo","type":"integer"}},"properties":{"a":{"$ref":"#foo"}}}"##;
    check(FROM_2019, anchor, &[r#"{"a":1}"#], &[r#"{"a":"x"}"#]);
    // A name is no keyword, and a value no schema.
    check(&[Draft4], r#"{"properties":{"id":{"type":"string"}}}"#, &[r#"{"id":"x"}"#], &[r#"{"id":1}"#]);
    check(FROM_6, r##"{"enum":[{"$id":"#a b","x":1}]}"##, &[r##"{"$id":"#a b","x":1}"##], &["1"]);
}

#[test]
fn recursive_references() {
    let tree = r##"{"$id":"http://example.com/tree","$recursiveAnchor":true,"type":"object",
        "properties":{"value":{},"nodes":{"type":"array","items":{"$recursiveRef":"#"}}}}"##;
    let strict = r##"{"$id":"http://example.com/strict","$recursiveAnchor":true,"$ref":"tree","unevaluatedProperties":false,
        "$defs":{"tree":TREE}}"##;
    let schema = strict.replace("TREE", tree);
    check(
        &[Draft201909],
        &schema,
        &[r#"{"value":1,"nodes":[{"value":2,"nodes":[]}]}"#],
        &[r#"{"other":1}"#, r#"{"nodes":[{"other":1}]}"#],
    );
    // Without the anchor it is a plain reference.
    check(
        &[Draft201909],
        &schema.replacen(r#""$recursiveAnchor":true,"#, "", 1),
        &[r#"{"nodes":[{"other":1}]}"#],
        &[r#"{"other":1}"#],
    );
    let dynamic = r##"{"$id":"http://example.com/strict","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false,
        "$defs":{"tree":{"$id":"tree","$dynamicAnchor":"node","properties":{"value":{},"nodes":{"items":{"$dynamicRef":"#node"}}}}}}"##;
    check(
        &[Draft202012],
        dynamic,
        &[r#"{"value":1,"nodes":[{"value":2}]}"#],
        &[r#"{"nodes":[{"other":1}]}"#],
    );
}

#[test]
fn elements() {
    let tuple = r#"{"items":[{"type":"integer"},{"type":"string"}],"additionalItems":{"type":"null"}}"#;
    check(BEFORE_2020, tuple, &["[]", "[1]", "[1,\"x\",null]"], &["[\"x\"]", "[1,1]", "[1,\"x\",2]"]);
    check(BEFORE_2020, r#"{"items":[{}],"additionalItems":false}"#, &["[1]"], &["[1,2]"]);
    check(BEFORE_2020, r#"{"additionalItems":false}"#, &["[1,2]"], &[]);
    check(BEFORE_2020, r#"{"items":{},"additionalItems":false}"#, &["[1,2]"], &[]);
    check(
        &[Draft202012],
        r#"{"prefixItems":[{"type":"integer"}],"items":false}"#,
        &["[1]"],
        &["[1,2]", "[null]"],
    );
    check_refused(&[Draft202012], r#"{"items":[{}]}"#);
    check(UP_TO_7, r#"{"prefixItems":[{"type":"integer"}]}"#, &["[null]"], &[]);
    check(FROM_6, r#"{"contains":{"const":1}}"#, &["[0,1.0]", "{}"], &["[]", "[2]"]);
    check(&[Draft4], r#"{"contains":{"enum":[1]}}"#, &["[]"], &[]);
    check(FROM_2019, r#"{"contains":{"const":1},"minContains":2}"#, &["[1,1]", "[1,2,1]"], &["[1]", "[]"]);
    check(FROM_2019, r#"{"contains":{"const":1},"minContains":0}"#, &["[]", "[2]"], &[]);
    check(FROM_2019, r#"{"contains":{"const":1},"maxContains":1}"#, &["[1]", "[2,1]"], &["[]", "[1,1]"]);
    check(
        FROM_2019,
        r#"{"contains":{"const":1},"minContains":0,"maxContains":1}"#,
        &["[]", "[1]"],
        &["[1,1]"],
    );
    check(FROM_2019, r#"{"minContains":1,"maxContains":1}"#, &["[]", "[1,2]"], &[]);
    check(&[Draft6, Draft7], r#"{"contains":{"const":1},"minContains":2}"#, &["[1]"], &["[]"]);
    check(
        ALL,
        r#"{"uniqueItems":true}"#,
        &["[1,true]", "[0,false]", "[[1],[true]]"],
        &["[1,1.0]", r#"[{"a":1,"b":2},{"b":2,"a":1}]"#],
    );
    check(FROM_2019, r#"{"unevaluatedItems":false}"#, &["[]"], &["[1]"]);
    check(FROM_2019, r#"{"allOf":[{"items":{}}],"unevaluatedItems":false}"#, &["[1,2]"], &[]);
    check(&[Draft201909], r#"{"items":[{}],"unevaluatedItems":false}"#, &["[1]"], &["[1,2]"]);
    check(&[Draft202012], r#"{"contains":{"const":1},"unevaluatedItems":false}"#, &["[1]"], &["[1,2]"]);
}

#[test]
fn members() {
    let old = r#"{"dependencies":{"a":["b"],"c":{"minProperties":3}}}"#;
    check(ALL, old, &["{}", r#"{"a":1,"b":2}"#, r#"{"b":1}"#, r#"{"c":1,"d":2,"e":3}"#, "[]"], &[]);
    check(UP_TO_7, old, &[], &[r#"{"a":1}"#, r#"{"c":1}"#]);
    let new = r#"{"dependentRequired":{"a":["b"]},"dependentSchemas":{"c":{"minProperties":3}}}"#;
    check(FROM_2019, new, &["{}", r#"{"a":1,"b":2}"#], &[r#"{"a":1}"#, r#"{"c":1}"#]);
    check(UP_TO_7, new, &[r#"{"a":1}"#, r#"{"c":1}"#], &[]);
    check(FROM_6, r#"{"propertyNames":{"maxLength":3}}"#, &["{}", r#"{"abc":1}"#], &[r#"{"abcd":1}"#]);
    check(FROM_6, r#"{"propertyNames":false}"#, &["{}", "[1]"], &[r#"{"a":1}"#]);
    check(&[Draft4], r#"{"propertyNames":{"maxLength":3}}"#, &[r#"{"abcd":1}"#], &[]);
    check(FROM_6, r#"{"required":[]}"#, &["{}"], &[]);
    check_refused(&[Draft4], r#"{"required":[]}"#);
    check(ALL, r#"{"required":["__proto__","toString"]}"#, &[r#"{"__proto__":1,"toString":2}"#], &["{}"]);
    check(
        ALL,
        r#"{"properties":{"a":{}},"patternProperties":{"^v":{}},"additionalProperties":{"type":"boolean"}}"#,
        &[r#"{"a":1,"vroom":2,"x":true}"#],
        &[r#"{"x":1}"#],
    );
    check(
        FROM_2019,
        r#"{"allOf":[{"properties":{"a":{}}}],"if":{"required":["b"]},"then":{"properties":{"b":{}}},"unevaluatedProperties":false}"#,
        &[r#"{"a":1}"#, r#"{"a":1,"b":2}"#],
        &[r#"{"c":1}"#, r#"{"b":1,"c":2}"#],
    );
    check(FROM_2019, r#"{"unevaluatedProperties":{"type":"string"}}"#, &[r#"{"a":"x"}"#], &[r#"{"a":1}"#]);
    check(
        FROM_2019,
        r#"{"not":{"properties":{"a":{}},"required":["a"]},"unevaluatedProperties":false}"#,
        &["{}"],
        &[r#"{"b":1}"#],
    );
}

#[test]
fn branches_and_values() {
    let conditional = r#"{"if":{"exclusiveMaximum":0},"then":{"minimum":-10},"else":{"multipleOf":2}}"#;
    check(&[Draft7, Draft201909, Draft202012], conditional, &["-1", "4"], &["-100", "3"]);
    check(&[Draft6], conditional, &["-100", "3"], &[]);
    check(FROM_6, r#"{"const":{"a":[1,false]}}"#, &[r#"{"a":[1.0,false]}"#], &[r#"{"a":[1,0]}"#]);
    check(&[Draft4], r#"{"const":1}"#, &["2"], &[]);
    check(
        ALL,
        r#"{"enum":[6,"foo",[],true,{"foo":12}]}"#,
        &["6.0", "[]", r#"{"foo":12}"#],
        &["null", "1", r#"{"foo":12,"b":1}"#],
    );
    check(ALL, r#"{"oneOf":[{"type":"integer"},{"minimum":2}]}"#, &["1", "2.5"], &["3", "1.5"]);
    check(ALL, r#"{"not":{"anyOf":[{"type":"null"},{"type":"array"}]}}"#, &["1"], &["null", "[]"]);
    check(
        &[Draft7],
        r#"{"contentEncoding":"base64","contentMediaType":"application/json"}"#,
        &["\"eyJmIjoiYiJ9\""],
        &[],
    );
    check(
        FROM_2019,
        r#"{"contentEncoding":"base64","contentMediaType":"application/json"}"#,
        &["\"%\""],
        &[],
    );
    check(FROM_6, r#"{"default":1,"examples":[2],"title":"t"}"#, &["null"], &[]);
}

#[test]
fn formats() {
    let format = |name: &str| format!(r#"{{"format":"{name}"}}"#);
    for (drafts, name, valid, invalid) in [
        (
            ALL,
            "date-time",
            &["\"1963-06-19T08:30:06.283185Z\"", "1"][..],
            &["\"1990-02-31T15:59:59Z\"", "\"2013-350T01:01:01\""][..],
        ),
        (ALL, "email", &["\"joe@example.com\""], &["\"2962\""]),
        (ALL, "ipv4", &["\"192.168.0.1\""], &["\"127.0.0.0.1\"", "\"256.1.1.1\"", "\"087.10.0.1\""]),
        (
            ALL,
            "ipv6",
            &["\"::1\"", "\"::ffff:1.2.3.4\""],
            &["\"12345::\"", "\"1::2::3\"", "\"fe80::1%eth0\""],
        ),
        (ALL, "hostname", &["\"www.example.com\""], &["\"-a.com\"", "\"a_b.com\""]),
        (ALL, "uri", &["\"http://a.b/c?d#e\""], &["\"//a.b\"", "\"a b\""]),
        (FROM_6, "uri-reference", &["\"/abc\"", "\"//a.b\""], &["\"\\\\\\\\a\""]),
        (FROM_6, "uri-template", &["\"http://a/{b}/c\""], &["\"http://a/{b\""]),
        (FROM_6, "json-pointer", &["\"/a~0b/c~1d\"", "\"\""], &["\"/a~\"", "\"a\""]),
        (
            &[Draft7, Draft201909, Draft202012],
            "date",
            &["\"1963-06-19\""],
            &["\"06/19/1963\"", "\"2021-02-29\""],
        ),
        (
            &[Draft7, Draft201909, Draft202012],
            "time",
            &["\"08:30:06Z\""],
            &["\"08:30:06 PST\"", "\"24:00:00Z\""],
        ),
        (&[Draft7, Draft201909, Draft202012], "regex", &["\"([abc])+\\\\s+$\""], &["\"^(abc]\""]),
        (
            &[Draft7, Draft201909, Draft202012],
            "relative-json-pointer",
            &["\"1\"", "\"0/a\"", "\"0#\""],
            &["\"/a\"", "\"-1/a\""],
        ),
        (
            FROM_2019,
            "uuid",
            &["\"2EB8AA08-AA98-11EA-B4AA-73B441D16380\""],
            &["\"2eb8aa08aa9811eab4aa73b441d16380\""],
        ),
        (FROM_2019, "duration", &["\"P4DT12H30M5S\"", "\"P1W\""], &["\"PT1D\"", "\"P\"", "\"P1Y2W\""]),
        // What a draft does not know, it does not assert.
        (&[Draft4], "json-pointer", &["\"a\""], &[]),
        (UP_TO_7, "uuid", &["\"x\""], &[]),
        (ALL, "unheard-of", &["\"x\""], &[]),
    ] {
        check(drafts, &format(name), valid, invalid);
    }
}
