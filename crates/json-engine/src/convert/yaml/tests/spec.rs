//! The examples of YAML 1.2.2 and texts that it forbids, by chapter.

mod rules;
mod styles;
mod suite;

use super::as_json;
use crate::Error;
use crate::convert::Foreign;

/// Every `(source, JSON of its documents)` of `table` is read so; all that are not are told at once.
fn check(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(source, json)| match as_json(source, Foreign::Plain) {
            Ok(read) if read == *json => None,
            read => Some(format!("{source}\n  gave {read:?}\n  not  {json}")),
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn check_forbidden(sources: &[&str]) {
    let accepted: Vec<String> = sources
        .iter()
        .filter_map(|source| match as_json(source, Foreign::Plain) {
            Err(Error::Invalid(_)) => None,
            read => Some(format!("{source:?} gave {read:?}")),
        })
        .collect();
    assert!(accepted.is_empty(), "{}", accepted.join("\n"));
}

const CHAPTER_2_COLLECTIONS_AND_STRUCTURES: &[(&str, &str)] = &[
    ("- Mark McGwire\n- Sammy Sosa\n- Ken Griffey\n", r#"["Mark McGwire","Sammy Sosa","Ken Griffey"]"#),
    (
        "hr:  65    # Home runs\navg: 0.278 # Batting average\nrbi: 147   # Runs Batted In\n",
        r#"{"hr":65,"avg":0.278,"rbi":147}"#,
    ),
    (
        "american:\n- Boston Red Sox\n- Detroit Tigers\nnational:\n- New York Mets\n",
        r#"{"american":["Boston Red Sox","Detroit Tigers"],"national":["New York Mets"]}"#,
    ),
    (
        "-\n  name: Mark McGwire\n  hr:   65\n-\n  name: Sammy Sosa\n  hr:   63\n",
        r#"[{"name":"Mark McGwire","hr":65},{"name":"Sammy Sosa","hr":63}]"#,
    ),
    (
        "- [name        , hr, avg  ]\n- [Mark McGwire, 65, 0.278]\n",
        r#"[["name","hr","avg"],["Mark McGwire",65,0.278]]"#,
    ),
    (
        "Mark McGwire: {hr: 65, avg: 0.278}\nSammy Sosa: {\n    hr: 63,\n    avg: 0.288,\n }\n",
        r#"{"Mark McGwire":{"hr":65,"avg":0.278},"Sammy Sosa":{"hr":63,"avg":0.288}}"#,
    ),
    (
        "# Ranking of 1998 home runs\n---\n- Mark McGwire\n- Sammy Sosa\n\n# Team ranking\n---\n- Chicago Cubs\n",
        r#"["Mark McGwire","Sammy Sosa"] ["Chicago Cubs"]"#,
    ),
    (
        "---\ntime: 20:03:20\nplayer: Sammy Sosa\naction: strike (miss)\n...\n---\ntime: 20:03:47\n...\n",
        r#"{"time":"20:03:20","player":"Sammy Sosa","action":"strike (miss)"} {"time":"20:03:47"}"#,
    ),
    (
        "---\nhr: # 1998 hr ranking\n- Mark McGwire\n- Sammy Sosa\n# 1998 rbi ranking\nrbi:\n- Sammy Sosa\n",
        r#"{"hr":["Mark McGwire","Sammy Sosa"],"rbi":["Sammy Sosa"]}"#,
    ),
    (
        "---\nhr:\n- Mark McGwire\n# Following node labeled SS\n- &SS Sammy Sosa\nrbi:\n- *SS # Subsequent occurrence\n- Ken Griffey\n",
        r#"{"hr":["Mark McGwire","Sammy Sosa"],"rbi":["Sammy Sosa","Ken Griffey"]}"#,
    ),
    (
        "? - Detroit Tigers\n  - Chicago cubs\n: - 2001-07-23\n\n? [ New York Yankees,\n    Atlanta Braves ]\n: [ 2001-07-02, 2001-08-12,\n    2001-08-14 ]\n",
        r#"{"[\"Detroit Tigers\",\"Chicago cubs\"]":["2001-07-23"],"[\"New York Yankees\",\"Atlanta Braves\"]":["2001-07-02","2001-08-12","2001-08-14"]}"#,
    ),
    (
        "---\n# Products purchased\n- item    : Super Hoop\n  quantity: 1\n- item    : Basketball\n  quantity: 4\n",
        r#"[{"item":"Super Hoop","quantity":1},{"item":"Basketball","quantity":4}]"#,
    ),
];

#[test]
fn chapter_2_collections_and_structures() {
    check(CHAPTER_2_COLLECTIONS_AND_STRUCTURES);
}

const CHAPTER_2_SCALARS_AND_TAGS: &[(&str, &str)] = &[
    ("# ASCII Art\n--- |\n  \\//||\\/||\n  // ||  ||__\n", r#""\\//||\\/||\n// ||  ||__\n""#),
    (
        "--- >\n  Mark McGwire's\n  year was crippled\n  by a knee injury.\n",
        r#""Mark McGwire's year was crippled by a knee injury.\n""#,
    ),
    (
        ">\n Sammy Sosa completed another\n fine season with great stats.\n \n   63 Home Runs\n   0.288 Batting Average\n \n What a year!\n",
        r#""Sammy Sosa completed another fine season with great stats.\n\n  63 Home Runs\n  0.288 Batting Average\n\nWhat a year!\n""#,
    ),
    (
        "name: Mark McGwire\naccomplishment: >\n  Mark set a major league\n  home run record in 1998.\nstats: |\n  65 Home Runs\n  0.278 Batting Average\n",
        r#"{"name":"Mark McGwire","accomplishment":"Mark set a major league home run record in 1998.\n","stats":"65 Home Runs\n0.278 Batting Average\n"}"#,
    ),
    (
        "unicode: \"Sosa did fine.\\u263A\"\ncontrol: \"\\b1998\\t1999\\t2000\\n\"\nhex esc: \"\\x0d\\x0a is \\r\\n\"\n\nsingle: '\"Howdy!\" he cried.'\nquoted: ' # Not a ''comment''.'\ntie-fighter: '|\\-*-/|'\n",
        r#"{"unicode":"Sosa did fine.☺","control":"\b1998\t1999\t2000\n","hex esc":"\r\n is \r\n","single":"\"Howdy!\" he cried.","quoted":" # Not a 'comment'.","tie-fighter":"|\\-*-/|"}"#,
    ),
    (
        "plain:\n  This unquoted scalar\n  spans many lines.\n\nquoted: \"So does this\n  quoted scalar.\\n\"\n",
        r#"{"plain":"This unquoted scalar spans many lines.","quoted":"So does this quoted scalar.\n"}"#,
    ),
    (
        "canonical: 12345\ndecimal: +12345\noctal: 0o14\nhexadecimal: 0xC\n",
        r#"{"canonical":12345,"decimal":12345,"octal":12,"hexadecimal":12}"#,
    ),
    (
        "canonical: 1.23015e+3\nexponential: 12.3015e+02\nfixed: 1230.15\nnegative infinity: -.inf\nnot a number: .nan\n",
        r#"{"canonical":1.23015e+3,"exponential":12.3015e+02,"fixed":1230.15,"negative infinity":null,"not a number":null}"#,
    ),
    (
        "null:\nbooleans: [ true, false ]\nstring: '012345'\n",
        r#"{"null":null,"booleans":[true,false],"string":"012345"}"#,
    ),
    (
        "canonical: 2001-12-15T02:59:43.1Z\niso8601: 2001-12-14t21:59:43.10-05:00\nspaced: 2001-12-14 21:59:43.10 -5\ndate: 2002-12-14\n",
        r#"{"canonical":"2001-12-15T02:59:43.1Z","iso8601":"2001-12-14t21:59:43.10-05:00","spaced":"2001-12-14 21:59:43.10 -5","date":"2002-12-14"}"#,
    ),
    (
        "---\nnot-date: !!str 2002-04-28\n\npicture: !!binary |\n R0lGODlhDAAMAIQAAP//9/X17unp5WZmZgAAAOfn515eXv\n Pz7Y6OjuDg4J+fn5OTk6enp56enmlpaWNjY6Ojo4SEhP/++f39\n\napplication specific tag: !something |\n The semantics of the tag\n above may be different for\n different documents.\n",
        "{\"not-date\":\"2002-04-28\",\"picture\":\"R0lGODlhDAAMAIQAAP//9/X17unp5WZmZgAAAOfn515eXv\\nPz7Y6OjuDg4J+fn5OTk6enp56enmlpaWNjY6Ojo4SEhP/++f39\\n\",\"application specific tag\":\"The semantics of the tag\\nabove may be different for\\ndifferent documents.\\n\"}",
    ),
    (
        "%TAG ! tag:clarkevans.com,2002:\n--- !shape\n  # Use the ! handle for presenting\n  # tag:clarkevans.com,2002:circle\n- !circle\n  center: &ORIGIN {x: 73, y: 129}\n  radius: 7\n- !line\n  start: *ORIGIN\n  finish: { x: 89, y: 102 }\n",
        r#"[{"center":{"x":73,"y":129},"radius":7},{"start":{"x":73,"y":129},"finish":{"x":89,"y":102}}]"#,
    ),
    (
        "# Sets are represented as a\n# Mapping where each key is\n# associated with a null value\n--- !!set\n? Mark McGwire\n? Sammy Sosa\n? Ken Griffey\n",
        r#"{"Mark McGwire":null,"Sammy Sosa":null,"Ken Griffey":null}"#,
    ),
    (
        "--- !!omap\n- Mark McGwire: 65\n- Sammy Sosa: 63\n- Ken Griffey: 58\n",
        r#"[{"Mark McGwire":65},{"Sammy Sosa":63},{"Ken Griffey":58}]"#,
    ),
    (
        "--- !<tag:clarkevans.com,2002:invoice>\ninvoice: 34843\ndate   : 2001-01-23\nbill-to: &id001\n  given  : Chris\n  address:\n    lines: |\n      458 Walkman Dr.\n      Suite #292\n    postal  : 48046\nship-to: *id001\ntotal: 4443.52\ncomments:\n  Late afternoon is best.\n  Backup contact is Nancy\n  Billsmer @ 338-4338.\n",
        r#"{"invoice":34843,"date":"2001-01-23","bill-to":{"given":"Chris","address":{"lines":"458 Walkman Dr.\nSuite #292\n","postal":48046}},"ship-to":{"given":"Chris","address":{"lines":"458 Walkman Dr.\nSuite #292\n","postal":48046}},"total":4443.52,"comments":"Late afternoon is best. Backup contact is Nancy Billsmer @ 338-4338."}"#,
    ),
    (
        "---\nTime: 2001-11-23 15:01:42 -5\nWarning:\n  This is an error message\n  for the log file\n---\nDate: 2001-11-23 15:03:17 -5\nStack:\n  - file: TopClass.py\n    code: |\n      x = MoreObject(\"345\\n\")\n  - file: MoreClass.py\n    code: |-\n      foo = bar\n",
        r#"{"Time":"2001-11-23 15:01:42 -5","Warning":"This is an error message for the log file"} {"Date":"2001-11-23 15:03:17 -5","Stack":[{"file":"TopClass.py","code":"x = MoreObject(\"345\\n\")\n"},{"file":"MoreClass.py","code":"foo = bar"}]}"#,
    ),
];

#[test]
fn chapter_2_scalars_and_tags() {
    check(CHAPTER_2_SCALARS_AND_TAGS);
}

const CHAPTER_5_CHARACTERS: &[(&str, &str)] = &[
    ("\u{feff}# Comment only.", ""),
    (
        "sequence:\n- one\n- two\nmapping:\n  ? sky\n  : blue\n  sea : green",
        r#"{"sequence":["one","two"],"mapping":{"sky":"blue","sea":"green"}}"#,
    ),
    ("anchored: !local &anchor value\nalias: *anchor", r#"{"anchored":"value","alias":"value"}"#),
    (
        "literal: |\n  some\n  text\nfolded: >\n  some\n  text\n",
        r#"{"literal":"some\ntext\n","folded":"some text\n"}"#,
    ),
    ("single: 'text'\ndouble: \"text\"", r#"{"single":"text","double":"text"}"#),
    ("%YAML 1.2\n--- text\n", r#""text""#),
    (
        "|\n  Line break (no glyph)\n  Line break (glyphed)\n",
        r#""Line break (no glyph)\nLine break (glyphed)\n""#,
    ),
    (
        "# Tabs and spaces\nquoted: \"Quoted \t\"\nblock:\t|\n  void main() {\n  \tprintf(\"Hello, world!\\n\");\n  }\n",
        r#"{"quoted":"Quoted \t","block":"void main() {\n\tprintf(\"Hello, world!\\n\");\n}\n"}"#,
    ),
    (
        "- \"Fun with \\\\\"\n- \"\\\" \\a \\b \\e \\f\"\n- \"\\n \\r \\t \\v \\0\"\n- \"\\  \\_ \\N \\L \\P \\\n  \\x41 \\u0041 \\U00000041\"\n",
        "[\"Fun with \\\\\",\"\\\" \\u0007 \\b \\u001b \\f\",\"\\n \\r \\t \\u000b \\u0000\",\"  \u{a0} \u{85} \u{2028} \u{2029} A A A\"]",
    ),
    ("a: \"\\/\"\r\nb: |\r\n  c\r\n  d\r\n", r#"{"a":"/","b":"c\nd\n"}"#),
];

const CHAPTER_5_CHARACTERS_FORBIDDEN: &[&str] = &[
    "- Invalid use of BOM\n\u{feff}\n- Inside a document.",
    "commercial-at: @text\n",
    "grave-accent: `text",
    "Bad escapes:\n  \"\\c\n  \\xq-\"",
    "a: \"\u{1}\"",
    "a: b\u{0}c",
    "\u{7f}",
    "\u{1}",
    "'\u{8}'",
    "# \u{7}",
    "|\n  \u{7}",
    "\u{fffe}",
];

#[test]
fn chapter_5_characters() {
    check(CHAPTER_5_CHARACTERS);
    check_forbidden(CHAPTER_5_CHARACTERS_FORBIDDEN);
}

const CHAPTER_6_STRUCTURE: &[(&str, &str)] = &[
    (
        "  # Leading comment line spaces are\n  # neither content nor indentation.\n    \nNot indented:\n By one space: |\n    By four\n      spaces\n Flow style: [    # Leading spaces\n   By two,        # in flow style\n  Also by two,    # are neither\n  \tStill by two   # content nor\n    ]             # indentation.\n",
        r#"{"Not indented":{"By one space":"By four\n  spaces\n","Flow style":["By two","Also by two","Still by two"]}}"#,
    ),
    ("? a\n: -\tb\n  -  -\tc\n     - d\n", r#"{"a":["b",["c","d"]]}"#),
    ("- foo:\t bar\n- - baz\n  -\tbaz\n", r#"[{"foo":"bar"},["baz","baz"]]"#),
    (
        "plain: text\n  lines\nquoted: \"text\n  \tlines\"\nblock: |\n  text\n   \tlines\n",
        r#"{"plain":"text lines","quoted":"text lines","block":"text\n \tlines\n"}"#,
    ),
    (
        "Folding:\n  \"Empty line\n   \t\n  as a line feed\"\nClipped empty lines: |\n  a\n ",
        r#"{"Folding":"Empty line\nas a line feed","Clipped empty lines":"a\n"}"#,
    ),
    (">-\n  trimmed\n  \n \n\n  as\n  space\n", r#""trimmed\n\n\nas space""#),
    (">\n  foo \n \n  \t bar\n\n  baz\n", r#""foo \n\n\t bar\n\nbaz\n""#),
    (">\n  a\n\n  b\n   c\n", r#""a\nb\n c\n""#),
    ("\"\n  foo \n \n  \t bar\n\n  baz\n\"", r#"" foo\nbar\nbaz ""#),
    ("key:    # Comment\n  value", r#"{"key":"value"}"#),
    ("  # Comment\n   \n\n\n", ""),
    ("key:    # Comment\n        # lines\n  value\n\n\n", r#"{"key":"value"}"#),
    (
        "{ first: Sammy, last: Sosa }:\n# Statistics:\n  hr:  # Home runs\n     65\n  avg: # Average\n   0.278",
        r#"{"{\"first\":\"Sammy\",\"last\":\"Sosa\"}":{"hr":65,"avg":0.278}}"#,
    ),
    ("%FOO  bar baz # Should be ignored\n               # with a warning.\n--- \"foo\"", r#""foo""#),
    ("%YAML 1.3 # Attempt parsing\n           # with a warning\n---\n\"foo\"", r#""foo""#),
    ("%TAG !yaml! tag:yaml.org,2002:\n---\n!yaml!str \"foo\"", r#""foo""#),
    (
        "# Private\n!foo \"bar\"\n...\n# Global\n%TAG ! tag:example.com,2000:app/\n---\n!foo \"bar\"",
        r#""bar" "bar""#,
    ),
    ("%TAG !! tag:example.com,2000:app/\n---\n!!int 1 - 3 # Interval, not integer", r#""1 - 3""#),
    ("%TAG !e! tag:example.com,2000:app/\n---\n!e!foo \"bar\"", r#""bar""#),
    (
        "%TAG !m! !my-\n--- # Bulb here\n!m!light fluorescent\n...\n%TAG !m! !my-\n--- # Color here\n!m!light green",
        r#""fluorescent" "green""#,
    ),
    ("!!str &a1 \"foo\":\n  !!str bar\n&a2 baz : *a1", r#"{"foo":"bar","baz":"foo"}"#),
    ("!<tag:yaml.org,2002:str> foo :\n  !<!bar> baz", r#"{"foo":"baz"}"#),
    (
        "%TAG !e! tag:example.com,2000:app/\n---\n- !local foo\n- !!str bar\n- !e!tag%21 baz\n",
        r#"["foo","bar","baz"]"#,
    ),
    ("# Assuming conventional resolution:\n- \"12\"\n- 12\n- ! 12\n", r#"["12",12,"12"]"#),
    (
        "First occurrence: &anchor Value\nSecond occurrence: *anchor",
        r#"{"First occurrence":"Value","Second occurrence":"Value"}"#,
    ),
];

const CHAPTER_6_STRUCTURE_FORBIDDEN: &[&str] = &[
    "%YAML 1.2\n%YAML 1.1\nfoo",
    "%YAML 1.2\n%YAML 1.1\n---\nfoo",
    "%TAG ! !foo\n%TAG ! !foo\nbar",
    "%TAG ! !foo\n%TAG ! !foo\n---\nbar",
    "- !<!> foo\n- !<$:?> bar",
    "%TAG !e! tag:example,2000:app/\n---\n- !e! foo\n- !h!bar baz",
    "%YAML 1.2\n",
    "%YAML\n---\na",
    "%TAG !a\n---\na",
    "a: b\n%YAML 1.2\n---\nc",
    "a\n\tb: c",
    "a:\n\tb: c",
    "-\t- a",
    "?\t- a",
    "\t- a",
    " \t- a",
    "\ta: b",
    "---\n\t- a",
    "---\n \ta: b",
    "a:\n\t- b",
    "a:\n \tb: c",
    "key: value#not\n# c\n  bad",
    "[a, b]#comment",
    "\"a\"#comment",
    "&a &b c",
    "!a !b c",
    "&a *b",
];

#[test]
fn chapter_6_structure() {
    check(CHAPTER_6_STRUCTURE);
    check_forbidden(CHAPTER_6_STRUCTURE_FORBIDDEN);
}
