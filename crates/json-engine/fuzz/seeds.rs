//! Where inputs begin: small texts of each format, kept here, and the suites beside the project where they are at hand.
//!
//! Cost: reading the suites, once.

use std::path::Path;

use json_engine::convert::{ConvertOptions, Foreign, Format, Source, convert};
use json_engine::{Budget, ScanOptions};
use serde_json::Value;

use super::targets::{BETWEEN, Target};

/// Longest seed; longer ones are left out, since small inputs run often.
const MAX_SEED_BYTES: usize = 2_000;

const JSON: &[&str] = &[
    r#"{"a":[1,2.50,-0,1E2,12345678901234567890123,1e999,0.1],"b":{"c":null,"d":true},"\u00e9":"\ud83d\ude00"}"#,
    r#"[{"id":1,"name":"a","v":[1,2]},{"id":2,"name":"b","v":[]},{"id":3}]"#,
    r#"{"a":1,"a":2,"\ud800":"\udc00","":"\\\"\n\u0000"}"#,
    r#"{"$bytes":"AAEC"}"#,
    r#"[{"$tag":32,"$value":"x"},{"$tag":"!t","$value":[1]},{"$float":"NaN"},{"$undefined":true},{"$simple":99}]"#,
    r#"{"t":{"$datetime":"1979-05-27T07:32:00Z"},"d":{"$datetime":"1979-05-27"},"m":{"$map":[[1,2],[[3],"x"]]}}"#,
    "[1 2,3,]\n{a:'b' \"c\" 1}",
    "{a:1,'b':2,/* x */}",
];

const JSON5: &[&str] = &[
    "// c\n{a:'x\\x41\\\n',$b_:+.5,c:[0xFF,-Infinity,NaN,1.,],/* d */\"e\":\"\\u0041\\v\\0\",}",
    "[1,2,]",
    "'\\ud83d\\ude00'",
];

const YAML: &[&str] = &[
    "a: 1\nb:\n  - x\n  - 'y''z'\n  - \"\\x41\\u00e9\\n\"\nc: &k {d: ~, e: .inf}\nf: *k\n<<: *k\n",
    "%YAML 1.2\n---\n? [1, 2]\n: !!binary AAEC\n? |\n  lit\n\n  eral\n: >-\n  fol\n  ded\n...\n---\n!t x\n",
    "- 0x1F\n- 0o17\n- 1e3\n- -.5\n- 2001-12-14t21:59:43.10-05:00\n- no\n- null\n- !!str 1\n- !!float 1\n- # c\n",
    "a:\n- b:\n    c: |2+\n        x\n\n  d: \"e\n    f\"\n",
    "%TAG !e! tag:e,2000:\n--- !e!x\n- !<tag:y> 1\n- ! 2\n",
];

const TOML: &[&str] = &[
    "a = 1\nb.c = 'x'\n[t]\nd = [1, 2.5, inf, nan,]\ne = {f = true, \"g h\" = \"\"\"\n\\u00e9\\\n  \"\"\"}\n[[u]]\nv = 1979-05-27T07:32:00.5-07:00\n[[u]]\n[u.w]\nx = 0xff_ff\n",
    "a = '''\nx'y''z'''\nb = 07:32:00\nc = 1979-05-27\nd = 1979-05-27 07:32\ne = -9223372036854775808\nf = 1_000e-3\ng = {\n h = 1, # c\n}\n",
];

const CSV: &[&str] = &[
    "id,user.name,user.tags.0,user.tags.1\r\n1,\"Ann, \"\"A\"\"\",x,y\r\n2,,true,1e5\r\n",
    "a,b\n1,\n\"\",null\n",
    "a\\.b,a.c,0\n\"x\ny\",2,-0\n",
];

const PATCH: &[&str] = &[
    r#"{"a":[1,2,{"b":"c"}],"d":null}~[{"op":"add","path":"/a/-","value":{"x":1}},{"op":"remove","path":"/d"},{"op":"replace","path":"/a/0","value":9}]"#,
    r#"{"a":{"b":1}}~[{"op":"move","from":"/a/b","path":"/c"},{"op":"copy","from":"/c","path":"/a/d"},{"op":"test","path":"/c","value":1.0},{"op":"add","path":"","value":[]}]"#,
];

const PAIRS: &[&str] = &[
    r#"{"a":1,"b":{"c":[1,2,3],"d":null}}~{"b":{"c":[1,3,4]},"e":"f"}~{"a":2,"b":{"c":[0,1,2,3],"d":null}}"#,
    r#"[{"id":1,"v":1},{"id":2,"v":2},{"id":3,"v":3}]~[{"id":3,"v":3},{"id":1,"v":9},{"id":4}]~[{"id":2,"v":2},{"id":1,"v":1}]"#,
    r#"[1,2,3,4,5,1]~[5,1,3,3,2]~[1,2,3,4,6]"#,
];

const JSONPATH: &[&str] = &[
    r#"$..a[?@.b>1&&!(@.c=='x'||count(@.*)<2)]['d',1:5:-2,-1].*~{"a":[{"b":2,"c":"y","d":[1,2]}],"e":{"a":[]}}"#,
    r#"$[?match(@.b,'a.[x-z]+\\d*')||search(@,"[^a]")||length(value(@..b))>=1.5e0]~[{"b":"abx1"},"zz"]"#,
    r#"/a/0/b~{"a":[{"b":1}]}"#,
];

const JQ: &[&str] = &[
    r#"def f($a; g): [.[] | g as [$x, {y: $z}] ?// $x | select($x > $a) // empty]; f(1; .b) | "\(length)-\(@base64)"~[{"b":[2,{"y":3}]},{"b":4}]"#,
    r#"label $out | foreach .a[] as $i (0; . + $i; if . > 3 then ., break $out else empty end)~{"a":[1,2,3]}"#,
    r#".a[1:] |= map(. * 2) | .b += 1 | del(.c, .a[0]?) | to_entries | group_by(.key) | [limit(2; .[])]~{"a":[1,2,3],"b":0.5,"c":{}}"#,
    r#"[paths(type == "number") as $p | try getpath($p) catch .], (reduce range(5) as $i ([]; .[$i] = $i) | .[-1:] , tojson)~[1,{"a":[2]}]"#,
    r#"[.[] | test("a+"; "x"), sub("(?<n>\\d)"; "<\(.n)>"), ascii_downcase, (tonumber? // "no"), ltrimstr("a"), splits(",")]~["a,1","A2"]"#,
];

const JMESPATH: &[&str] = &[
    r#"a[?b>=`2` && !(c=='x')].{d:d[1:5:-2],"e":*.f|[0]}[]~{"a":[{"b":2,"c":"y","d":[1,2]}],"e":{"a":[]}}"#,
    r#"sort_by(@, &b)[*].[b, to_string(@), join('-', keys(@))] || not_null(@)~[{"b":2},{"b":1}]"#,
    r#"[sum([*].v), max_by(@,&v), map(&length(to_string(v)), @), merge([0],{x:`1`})]~[{"v":1.5},{"v":2}]"#,
];

const SCHEMA: &[&str] = &[
    r##"{"type":"object","required":["a"],"properties":{"a":{"$ref":"#/$defs/d"}},"additionalProperties":false,"$defs":{"d":{"minimum":1,"multipleOf":0.5}}}~{"a":1.5,"b":[]}~{"properties":{"a":{"type":"number"}}}"##,
    r#"{"anyOf":[{"type":"string","pattern":"^a(?=b).*$","maxLength":4},{"items":{"enum":[1,"x",null]},"uniqueItems":true,"contains":{"const":1}}]}~[1,"x",2,1]~{"oneOf":[{"type":"array"},{"const":"ab"}]}"#,
    r##"{"patternProperties":{"^[a-z]{2,3}$":{"format":"date"}},"propertyNames":{"minLength":2},"unevaluatedProperties":{"$ref":"#"},"if":{"minProperties":2},"then":{"dependentRequired":{"ab":["cd"]}}}~{"ab":"2020-02-30","x":{}}~true"##,
];

/// The seeds of a target.
pub(crate) fn seeds(target: &Target, suites: &Path) -> Vec<Vec<u8>> {
    let mut seeds = own(target.name);
    match target.name {
        "json" | "pieces" | "json5" | "ndjson" | "auto" => {
            seeds.extend(texts(&suites.join("jsontestsuite/test_parsing")))
        }
        "patch" => seeds.extend(records(&suites.join("json-patch/tests.json"), "/", ["doc", "patch"])),
        "merge" => seeds.extend(records(&suites.join("json-patch/tests.json"), "/", ["doc", "expected"])),
        "diff" | "three_way" => {
            seeds.extend(records(&suites.join("json-patch/tests.json"), "/", ["doc", "expected"]));
        }
        "jsonpath" => {
            let file = suites.join("jsonpath-cts/cts.json");
            seeds.extend(records(&file, "/tests", ["selector", "document"]));
        }
        _ => {}
    }
    seeds.retain(|seed| seed.len() <= MAX_SEED_BYTES);
    seeds
}

fn own(target: &str) -> Vec<Vec<u8>> {
    let lines = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
    let several = |texts: &[&str]| {
        let with_mark = |byte: u8| if byte == b'~' { BETWEEN } else { byte };
        texts.iter().map(|text| text.bytes().map(with_mark).collect()).collect::<Vec<Vec<u8>>>()
    };
    match target {
        "json" | "pieces" => lines(JSON),
        "json5" => lines(&[JSON, JSON5].concat()),
        "ndjson" => JSON.iter().map(|text| format!("{text}\n[1]\r\n\n\"x\"").into_bytes()).collect(),
        "yaml" => [lines(YAML), written(Format::Yaml)].concat(),
        "toml" => [lines(TOML), written(Format::Toml)].concat(),
        "csv" => lines(CSV),
        "cbor" => written(Format::Cbor),
        "msgpack" => written(Format::Msgpack),
        "patch" => several(PATCH),
        "jsonpath" => several(JSONPATH),
        "jq" => several(JQ),
        "jmespath" => several(JMESPATH),
        "schema" => several(SCHEMA),
        "auto" => lines(&[JSON, JSON5, YAML, TOML, CSV].concat()),
        _ => several(PAIRS),
    }
}

/// The seeds of JSON and YAML, written in another format.
fn written(to: Format) -> Vec<Vec<u8>> {
    let json = JSON.iter().map(|text| (Format::Json, *text));
    let sources = json.chain(YAML.iter().map(|text| (Format::Yaml, *text)));
    let write = |(from, text): (Format, &str)| {
        let how =
            ConvertOptions { from: Source::Is(from), foreign: Foreign::Tagged, ..ConvertOptions::to(to) };
        let budget = Budget::new(
            std::sync::Arc::new(|| std::time::Duration::ZERO),
            std::time::Duration::from_secs(1),
            1 << 24,
        );
        convert(text.as_bytes(), &how, &ScanOptions::default(), &budget).ok().map(|written| written.bytes)
    };
    sources.filter_map(write).collect()
}

/// Every file of a folder; a folder that is missing has none.
fn texts(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// Two members of every record of a suite.
fn records(file: &Path, place: &str, members: [&str; 2]) -> Vec<Vec<u8>> {
    let Ok(text) = std::fs::read(file) else { return Vec::new() };
    let Ok(suite) = serde_json::from_slice::<Value>(&text) else { return Vec::new() };
    let list = if place == "/" { Some(&suite) } else { suite.pointer(place) };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pair = |record: &Value| {
        let first = text(record.get(members[0])?).into_bytes();
        let second = record.get(members[1])?.to_string().into_bytes();
        Some([&first[..], &[BETWEEN], &second].concat())
    };
    list.and_then(Value::as_array).into_iter().flatten().filter_map(pair).collect()
}
