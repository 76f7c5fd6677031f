//! Chapters 7 to 10: flow, block, documents, schemas.

use super::{check, check_forbidden};

const CHAPTER_7_FLOW_STYLES: &[(&str, &str)] = &[
    (
        "First occurrence: &anchor Foo\nSecond occurrence: *anchor\nOverride anchor: &anchor Bar\nReuse anchor: *anchor\n",
        r#"{"First occurrence":"Foo","Second occurrence":"Foo","Override anchor":"Bar","Reuse anchor":"Bar"}"#,
    ),
    ("{\n  foo : !!str,\n  !!str : bar,\n}\n", r#"{"foo":"","":"bar"}"#),
    ("{\n  ? foo :,\n  : bar,\n}\n", r#"{"foo":null,"":"bar"}"#),
    (
        "'implicit block key' : [\n  'implicit flow key' : value,\n ]",
        r#"{"implicit block key":[{"implicit flow key":"value"}]}"#,
    ),
    (
        "\"folded \nto a space,\t\n \nto a line feed, or \t\\\n \\ \tnon-content\"",
        r#""folded to a space,\nto a line feed, or \t \tnon-content""#,
    ),
    (
        "\" 1st non-empty\n\n 2nd non-empty \n\t3rd non-empty \"",
        r#"" 1st non-empty\n2nd non-empty 3rd non-empty ""#,
    ),
    ("'here''s to \"quotes\"'", r#""here's to \"quotes\"""#),
    (
        "' 1st non-empty\n\n 2nd non-empty \n\t3rd non-empty '",
        r#"" 1st non-empty\n2nd non-empty 3rd non-empty ""#,
    ),
    (
        "# Outside flow collection:\n- ::vector\n- \": - ()\"\n- Up, up, and away!\n- -123\n- https://example.com/foo#bar\n# Inside flow collection:\n- [ ::vector,\n  \": - ()\",\n  \"Up, up and away!\",\n  -123,\n  https://example.com/foo#bar ]",
        r#"["::vector",": - ()","Up, up, and away!",-123,"https://example.com/foo#bar",["::vector",": - ()","Up, up and away!",-123,"https://example.com/foo#bar"]]"#,
    ),
    (
        "implicit block key : [\n  implicit flow key : value,\n ]",
        r#"{"implicit block key":[{"implicit flow key":"value"}]}"#,
    ),
    ("1st non-empty\n\n 2nd non-empty \n\t3rd non-empty", r#""1st non-empty\n2nd non-empty 3rd non-empty""#),
    ("- [ one, two, ]\n- [three ,four]", r#"[["one","two"],["three","four"]]"#),
    (
        "[\n\"double\n quoted\", 'single\n           quoted',\nplain\n text, [ nested ],\nsingle: pair,\n]",
        r#"["double quoted","single quoted","plain text",["nested"],{"single":"pair"}]"#,
    ),
    (
        "- { one : two , three: four , }\n- {five: six,seven : eight}",
        r#"[{"one":"two","three":"four"},{"five":"six","seven":"eight"}]"#,
    ),
    ("{\n? explicit: entry,\nimplicit: entry,\n?\n}", r#"{"explicit":"entry","implicit":"entry","":null}"#),
    (
        "{\nunquoted : \"separate\",\nhttps://foo.com,\nomitted value:,\n: omitted key,\n}",
        r#"{"unquoted":"separate","https://foo.com":null,"omitted value":null,"":"omitted key"}"#,
    ),
    (
        "{\n\"adjacent\":value,\n\"readable\": value,\n\"empty\":\n}",
        r#"{"adjacent":"value","readable":"value","empty":null}"#,
    ),
    ("[\nfoo: bar\n]", r#"[{"foo":"bar"}]"#),
    ("[\n? foo\n bar : baz\n]", r#"[{"foo bar":"baz"}]"#),
    (
        "- [ YAML : separate ]\n- [ : empty key entry ]\n- [ {JSON: like}:adjacent ]",
        r#"[[{"YAML":"separate"}],[{"":"empty key entry"}],[{"{\"JSON\":\"like\"}":"adjacent"}]]"#,
    ),
    ("- [ a, b ]\n- { a: b }\n- \"a\"\n- 'b'\n- c", r#"[["a","b"],{"a":"b"},"a","b","c"]"#),
    ("- !!str \"a\"\n- 'b'\n- &anchor \"c\"\n- *anchor\n- !!str", r#"["a","b","c","c",""]"#),
    ("{\"a\":1,\"b\":[true,null,\"x\\u00e9\\ud83d\\ude00\"]}", "{\"a\":1,\"b\":[true,null,\"xé😀\"]}"),
    ("{\"a\":1,\n\t\"b\":\n\t[\t1,\n\t2\n\t]\n}", r#"{"a":1,"b":[1,2]}"#),
    ("[a\n, b]", r#"["a","b"]"#),
    ("{a, b: , c: d}", r#"{"a":null,"b":null,"c":"d"}"#),
    ("[?x, -y, :z]", r#"["?x","-y",":z"]"#),
    ("a: [b,\n c]", r#"{"a":["b","c"]}"#),
];

const CHAPTER_7_FLOW_STYLES_FORBIDDEN: &[&str] = &[
    "[\nfoo\n bar: invalid,\n]",
    "[a, , b]",
    "[, a]",
    "[a, b",
    "[a]]",
    "{a: b",
    "{a: b}}",
    "[a}",
    "[-]",
    "[a, -]",
    "- [-, -]",
    "'a",
    "\"a",
    "'a' b",
    "\"a\" \"b\"",
    "\"a\n---\nb\"",
    "'a\n...\nb'",
    "a: 'b\nc'",
    "a: [b,\nc]",
    "a: {\nb: c}",
    "a: [\n]",
    "a: b: c",
    "a: 'b': c",
    "a: [b]: c",
    "[a b: c\n d: e]",
    "{a: b c: d}",
    "\"a\nb\": c",
    "\"\\ud800\"",
    "\"\\U00110000\"",
    "*a b",
    "a: - b",
    "[a: b: c]",
    "{ a: 1, b: [ }",
];

#[test]
fn chapter_7_flow_styles() {
    check(CHAPTER_7_FLOW_STYLES);
    check_forbidden(CHAPTER_7_FLOW_STYLES_FORBIDDEN);
    let long = "x".repeat(1_100);
    check_forbidden(&[&format!("[\"foo...{long}...bar\": invalid]"), &format!("{long}: invalid")]);
}

const CHAPTER_8_BLOCK_STYLES: &[(&str, &str)] = &[
    (
        "- | # Empty header\n literal\n- >1 # Indentation indicator\n  folded\n- |+ # Chomping indicator\n keep\n\n- >1- # Both indicators\n  strip\n",
        r#"["literal\n"," folded\n","keep\n\n"," strip"]"#,
    ),
    (
        "- |\n detected\n- >\n \n  \n  # detected\n- |1\n  explicit\n- >\n \t\n detected\n",
        r#"["detected\n","\n\n# detected\n"," explicit\n","\t\ndetected\n"]"#,
    ),
    (
        "strip: |-\n  text\nclip: |\n  text\nkeep: |+\n  text\n",
        r#"{"strip":"text","clip":"text\n","keep":"text\n"}"#,
    ),
    (
        " # Strip\n  # Comments:\nstrip: |-\n  # text\n  \n # Clip\n  # comments:\n\nclip: |\n  # text\n \n # Keep\n  # comments:\n\nkeep: |+\n  # text\n\n # Trail\n  # comments.\n",
        r##"{"strip":"# text","clip":"# text\n","keep":"# text\n\n"}"##,
    ),
    ("strip: >-\n\nclip: >\n\nkeep: |+\n\n", r#"{"strip":"","clip":"","keep":"\n"}"#),
    ("|\n literal\n \ttext\n\n\n", r#""literal\n\ttext\n""#),
    ("|\n \n  \n  literal\n   \n  \n  text\n\n # Comment\n", r#""\n\nliteral\n \n\ntext\n""#),
    (">\n folded\n text\n\n\n", r#""folded text\n""#),
    (
        ">\n\n folded\n line\n\n next\n line\n   * bullet\n\n   * list\n   * lines\n\n last\n line\n\n# Comment\n",
        r#""\nfolded line\nnext line\n  * bullet\n\n  * list\n  * lines\n\nlast line\n""#,
    ),
    ("block sequence:\n  - one\n  - two : three\n", r#"{"block sequence":["one",{"two":"three"}]}"#),
    (
        "- # Empty\n- |\n block node\n- - one # Compact\n  - two # sequence\n- one: two # Compact mapping\n",
        r#"[null,"block node\n",["one","two"],{"one":"two"}]"#,
    ),
    ("block mapping:\n key: value\n", r#"{"block mapping":{"key":"value"}}"#),
    (
        "? explicit key # Empty value\n? |\n  block key\n: - one # Explicit compact\n  - two # block value\n",
        r#"{"explicit key":null,"block key\n":["one","two"]}"#,
    ),
    (
        "plain key: in-line value\n: # Both empty\n\"quoted key\":\n- entry\n",
        r#"{"plain key":"in-line value","":null,"quoted key":["entry"]}"#,
    ),
    (
        "- sun: yellow\n- ? earth: blue\n  : moon: white\n",
        r#"[{"sun":"yellow"},{"{\"earth\":\"blue\"}":{"moon":"white"}}]"#,
    ),
    (
        "-\n  \"flow in block\"\n- >\n Block scalar\n- !!map # Block collection\n  foo : bar\n",
        r#"["flow in block","Block scalar\n",{"foo":"bar"}]"#,
    ),
    ("literal: |2\n  value\nfolded:\n   !foo\n  >1\n value\n", r#"{"literal":"value\n","folded":"value\n"}"#),
    (
        "sequence: !!seq\n- entry\n- !!seq\n - nested\nmapping: !!map\n foo: bar\n",
        r#"{"sequence":["entry",["nested"]],"mapping":{"foo":"bar"}}"#,
    ),
    ("a:\n- b\n-\n- - c\nd:\n", r#"{"a":["b",null,["c"]],"d":null}"#),
    ("a: |\n\n\n  b\n", r#"{"a":"\n\nb\n"}"#),
    ("? a\n? b\n: c\n", r#"{"a":null,"b":"c"}"#),
    ("a : b\nc   :\n  d\n", r#"{"a":"b","c":"d"}"#),
    ("|\n", r#""""#),
    ("|+\n\n\n", r#""\n\n""#),
    ("- |\n  a", r#"["a\n"]"#),
];

const CHAPTER_8_BLOCK_STYLES_FORBIDDEN: &[&str] = &[
    "- |\n  \n \n text\n- b",
    "- >\n  text\n text",
    "- |2\n text",
    "- |0\n a",
    "- |10\n a",
    "- |x\n a",
    "- | a\n b",
    "- |#c\n a",
    "a:\n  - b\n c",
    "a:\n    b: 1\n  c: 2",
    "a: b\n  c: d",
    "- a\nb: c",
    "a: b\n- c",
    "- a\n  - b: c\n - d",
    "a\nb: c",
    "- - a\n - b",
    "a:\n  b\nc",
    "|\n    \n  a",
    "&a\n- b\n&c\n- d",
    "a: ! b: c",
];

#[test]
fn chapter_8_block_styles() {
    check(CHAPTER_8_BLOCK_STYLES);
    check_forbidden(CHAPTER_8_BLOCK_STYLES_FORBIDDEN);
}

const CHAPTER_9_DOCUMENTS: &[(&str, &str)] = &[
    ("%YAML 1.2\n---\nDocument\n... # Suffix", r#""Document""#),
    (
        "Bare\ndocument\n...\n# No document\n...\n|\n%!PS-Adobe-2.0 # Not the first line\n",
        r##""Bare document" "%!PS-Adobe-2.0 # Not the first line\n""##,
    ),
    ("---\n{ matches\n% : 20 }\n...\n---\n# Empty\n...\n", r#"{"matches %":20} null"#),
    ("%YAML 1.2\n--- |\n%!PS-Adobe-2.0\n...\n---\n# Empty\n...\n", r#""%!PS-Adobe-2.0\n" null"#),
    ("Document\n---\n# Empty\n...\n%YAML 1.2\n---\nmatches %: 20\n", r#""Document" null {"matches %":20}"#),
    ("--- a\n--- b\n", r#""a" "b""#),
    ("---\n---\n", "null null"),
    ("...\n", ""),
    ("a\n...\n...\n", r#""a""#),
    ("a\n...\n\u{feff}---\nb", r#""a" "b""#),
    ("--- # c\na", r#""a""#),
    ("---\ta", r#""a""#),
    ("---a", r#""---a""#),
];

const CHAPTER_9_DOCUMENTS_FORBIDDEN: &[&str] = &[
    "a: b\n... c",
    "--- a: b",
    "--- - a",
    "%YAML 1.2 foo\n---\na",
    "%YAML 1.2\n...\n",
    "a\n...\nb: c\nd",
    "{a\n--- b}",
    "[a,\n...\n]",
    "---\n[a]\n]",
    "%TAG !p! tag:example.com,2011:\n--- !p!A\na: b\n--- !p!B\nc: d",
];

#[test]
fn chapter_9_documents() {
    check(CHAPTER_9_DOCUMENTS);
    check_forbidden(CHAPTER_9_DOCUMENTS_FORBIDDEN);
}

const CHAPTER_10_SCHEMAS: &[(&str, &str)] = &[
    (
        "Block style: !!map\n  Clark : Evans\n  Ingy  : döt Net\nFlow style: !!map { Clark: Evans }",
        r#"{"Block style":{"Clark":"Evans","Ingy":"döt Net"},"Flow style":{"Clark":"Evans"}}"#,
    ),
    (
        "Block style: !!seq\n- Clark Evans\nFlow style: !!seq [ Clark Evans ]",
        r#"{"Block style":["Clark Evans"],"Flow style":["Clark Evans"]}"#,
    ),
    (
        "Block style: !!str |-\n  String: just a theory.\nFlow style: !!str \"String: just a theory.\"",
        r#"{"Block style":"String: just a theory.","Flow style":"String: just a theory."}"#,
    ),
    (
        "!!null null: value for null key\nkey with null value: !!null null",
        r#"{"null":"value for null key","key with null value":null}"#,
    ),
    (
        "negative: !!int -12\nzero: !!int 0\nBoolean: !!bool true",
        r#"{"negative":-12,"zero":0,"Boolean":true}"#,
    ),
    (
        "negative: !!float -1\nzero: !!float 0\npositive: !!float 2.3e4\ninfinity: !!float .inf\nnot a number: !!float .nan",
        r#"{"negative":-1,"zero":0,"positive":2.3e4,"infinity":null,"not a number":null}"#,
    ),
    (
        "A null: null\nBooleans: [ true, True, false, FALSE ]\nIntegers: [ 0, 0o7, 0x3A, -19 ]\nFloats: [\n  0., -0.0, .5, +12e03, -2E+05 ]\nAlso floats: [\n  .inf, -.Inf, +.INF, .NAN ]",
        r#"{"A null":null,"Booleans":[true,true,false,false],"Integers":[0,7,58,-19],"Floats":[0.0,-0.0,0.5,12e03,-2E+05],"Also floats":[null,null,null,null]}"#,
    ),
];

#[test]
fn chapter_10_schemas() {
    check(CHAPTER_10_SCHEMAS);
}
