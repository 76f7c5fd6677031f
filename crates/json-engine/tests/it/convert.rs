//! Conversions as a whole: formats, streams, losses with their places, what `auto` takes a source for.

use json_engine::convert::{
    ConvertOptions, Converted, Documents, Fidelity, Foreign, Format, Layout, Source, convert, validate,
};
use json_engine::{Code, Error, Indent, Limits, ScanOptions};

use crate::budgets::{budget, ticking};
use crate::shared::{files, suite};

pub(crate) fn run(source: impl AsRef<[u8]>, how: &ConvertOptions) -> Result<Converted, Error> {
    convert(source.as_ref(), how, &ScanOptions::default(), &budget())
}

pub(crate) fn from_to(from: Format, to: Format) -> ConvertOptions {
    ConvertOptions { from: Source::Is(from), ..ConvertOptions::to(to) }
}

pub(crate) fn text(converted: Converted) -> String {
    String::from_utf8(converted.bytes).unwrap()
}

/// Losses and warnings as `CODE line:column pointer record`.
pub(crate) fn findings(converted: &Converted) -> Vec<String> {
    let one = |found: &json_engine::Diagnostic| {
        let (place, code) = (&found.start, found.code.as_str());
        format!("{code} {}:{} {} {}", place.line, place.column, place.json_pointer, place.record)
    };
    converted.report.diagnostics.iter().map(one).collect()
}

fn check(from: Format, source: &str, to: Format, expected: &str) {
    let converted = run(source, &from_to(from, to)).unwrap();
    assert_eq!(text(converted), expected, "{source}");
}

#[test]
fn json_to_json_keeps_every_byte_but_white_space() {
    check(
        Format::Json,
        r#"{ "a": 1.50, "\u0061": [1E2, -0, "\/\u00e9"] }"#,
        Format::Json,
        r#"{"a":1.50,"\u0061":[1E2,-0,"\/\u00e9"]}"#,
    );
}

#[test]
fn the_layout_is_that_of_format() {
    let pretty = Layout::Pretty(Indent::new(3).unwrap());
    for from in [Format::Json, Format::Json5] {
        let how = ConvertOptions { layout: pretty, ..from_to(from, Format::Json) };
        assert_eq!(
            text(run(r#"{"a":[1,{}]}"#, &how).unwrap()),
            "{\n   \"a\": [\n      1,\n      {}\n   ]\n}"
        );
    }
}

#[test]
fn streams() {
    check(Format::Json, "[1,[2],{\"a\":3}]", Format::Ndjson, "1\n[2]\n{\"a\":3}\n");
    check(Format::Json, "{\"a\":[1]}", Format::Ndjson, "{\"a\":[1]}\n");
    check(Format::Json, "[]", Format::Ndjson, "");
    check(Format::Ndjson, "1\n\n[2]\r\n", Format::Json, "[1,[2]]");
    check(Format::Ndjson, "1\n", Format::Json, "[1]");
    check(Format::Ndjson, "", Format::Json, "[]");
    check(Format::Ndjson, " 1\n2", Format::Ndjson, "1\n2\n");
}

#[test]
fn a_stream_where_one_document_is_wanted() {
    let how = ConvertOptions { documents: Documents::Refuse, ..from_to(Format::Ndjson, Format::Json) };
    assert_eq!(text(run("{}\n", &how).unwrap()), "{}");
    for several in ["", "1\n2"] {
        let refused = run(several, &how).unwrap_err();
        assert!(matches!(refused, Error::Option { name: "documents", .. }), "{refused:?}");
    }
}

#[test]
fn json5_is_only_read() {
    let refused = run("1", &from_to(Format::Json, Format::Json5)).unwrap_err();
    assert!(matches!(refused, Error::Option { name: "to", .. }), "{refused:?}");
}

#[test]
fn losses_have_places_in_the_source() {
    let converted =
        run("// one\n{a: [1, /* é */ NaN], a: 2}", &from_to(Format::Json5, Format::Json)).unwrap();
    assert_eq!(
        findings(&converted),
        [
            "COMMENT_DROPPED 1:1  0",
            "COMMENT_DROPPED 2:9 /a/1 0",
            "NON_FINITE_AS_NULL 2:17 /a/1 0",
            "DUPLICATE_DROPPED 2:23 /a 0"
        ]
    );
    assert_eq!(converted.report.diagnostics[1].snippet, "{a: [1, /* é */ NaN], a: 2}\n        ^");
    assert_eq!(converted.bytes, b"{\"a\":2}");
}

#[test]
fn a_duplicate_is_a_loss_where_the_text_is_not_kept() {
    let twice = r#"{"a":1,"\u0061":2}"#;
    let kept = run(twice, &from_to(Format::Json, Format::Json)).unwrap();
    assert_eq!(findings(&kept), ["DUPLICATE_KEY 1:8 /a 0"]);
    let dropped = run(twice, &from_to(Format::Json, Format::Ndjson)).unwrap();
    assert_eq!(findings(&dropped), ["DUPLICATE_DROPPED 1:8 /a 0"]);
    let strict = |to| ConvertOptions { fidelity: Fidelity::Strict, ..from_to(Format::Json, to) };
    assert!(run(twice, &strict(Format::Json)).is_ok());
    let Err(Error::Fidelity(report)) = run(twice, &strict(Format::Ndjson)) else { panic!("it is a loss") };
    assert_eq!((report.diagnostics_total, report.diagnostics.len()), (1, 1));
}

#[test]
fn strict_refuses_losses_and_lets_warnings_pass() {
    let strict = |from, to| ConvertOptions { fidelity: Fidelity::Strict, ..from_to(from, to) };
    let surrogate = run(r#"["\ud800"]"#, &strict(Format::Json, Format::Ndjson)).unwrap();
    assert_eq!(findings(&surrogate), ["LONE_SURROGATE 1:3 /0 0"]);
    let comment = run("[1 /* */]", &strict(Format::Json5, Format::Json)).unwrap();
    assert_eq!(findings(&comment), ["COMMENT_DROPPED 1:4 /1 0"]);
    let error = run("[1, NaN]", &strict(Format::Json5, Format::Json)).unwrap_err();
    assert!(
        error.to_string().starts_with("the conversion would lose something, 1 in all: line 1, column 5: "),
        "{error}"
    );
    // Also when no finding is kept.
    let mut options = ScanOptions::default();
    options.limits.max_diagnostics = 0;
    let how = strict(Format::Json5, Format::Json);
    let error = convert(b"[1, NaN]", &how, &options, &budget()).unwrap_err();
    assert!(matches!(error, Error::Fidelity(report) if report.diagnostics_total == 1));
}

#[test]
fn tagged_values_are_kept() {
    let how = ConvertOptions { foreign: Foreign::Tagged, ..from_to(Format::Json5, Format::Json) };
    let converted = run("[NaN,-Infinity]", &how).unwrap();
    assert_eq!(findings(&converted), [""; 0]);
    assert_eq!(text(converted), r#"[{"$float":"NaN"},{"$float":"-Infinity"}]"#);
}

#[test]
fn findings_of_a_stream_name_their_record() {
    let source = "1\n\n{\"a\":1,\n\"a\":2}";
    let error = run(source, &from_to(Format::Ndjson, Format::Json)).unwrap_err();
    let Error::Invalid(report) = error else { panic!("{error:?}") };
    let at = &report.diagnostics[0].start;
    assert_eq!((at.record, at.line, at.column, at.byte_offset), (2, 3, 8, 10));
    let source = "1\n\n{\"a\":1,\"a\":2}\n{\"b\":[\"\\udfff\"]}\n";
    let converted = run(source, &from_to(Format::Ndjson, Format::Json)).unwrap();
    assert_eq!(findings(&converted), ["DUPLICATE_DROPPED 3:8 /a 2", "LONE_SURROGATE 4:8 /b/0 3"]);
}

#[test]
fn stats_count_what_was_read() {
    let stats = |source: &str, from| run(source, &from_to(from, Format::Json)).unwrap().report.stats;
    let text = r#"{"a":[1,null,"x",true,{}]}"#;
    assert_eq!(stats(text, Format::Json5), stats(text, Format::Json));
}

pub(crate) fn sniffed(source: impl AsRef<[u8]>) -> Result<Format, Error> {
    run(source, &ConvertOptions::to(Format::Json)).map(|converted| converted.from)
}

#[test]
fn auto_knows_the_formats_of_this_reader() {
    for (source, expected) in [
        ("{\"a\":1}", Format::Json),
        (" true ", Format::Json),
        ("1\n2\n", Format::Ndjson),
        ("{\"a\":1}\n{\"a\":2}", Format::Ndjson),
        ("\n{\"a\":1}\r\n\r\n{\"a\":2}\r\n", Format::Ndjson),
        ("[1]\n", Format::Json),
        ("// c\n{a:1,}", Format::Json5),
        ("[0x10, 'a']", Format::Json5),
        ("{a:1}", Format::Json5),
        ("[1, /* two */ 2]", Format::Json5),
    ] {
        assert_eq!(sniffed(source), Ok(expected), "{source}");
    }
}

#[test]
fn auto_knows_every_format() {
    let sources: [(&[u8], Format); 26] = [
        (b"a: 1\n", Format::Yaml),
        (b"hello", Format::Yaml),
        (b"- a\n- b\n", Format::Yaml),
        (b"- a, b\n- c, d\n", Format::Yaml),
        (b"{a: b}", Format::Yaml),
        (b"[a, b]", Format::Yaml),
        (b"[a]", Format::Yaml),
        (b"--- 1\n--- 2\n", Format::Yaml),
        (b"# comment\na: [1, 2]\n", Format::Yaml),
        (b"a: x, y\nb: z, w\n", Format::Yaml),
        (b"NaN", Format::Yaml),
        (b"some, words", Format::Yaml),
        (b"a = 1\n", Format::Toml),
        (b"# c\n\n[t]\na = 1\n", Format::Toml),
        (b"[[t]]\na = 1\n[[t]]\n", Format::Toml),
        (b"a.\"b c\" = 1979-05-27\n", Format::Toml),
        (b"a,b\n1,2\n", Format::Csv),
        (b"a,b\r\n\"x\r\ny\",\"z\"\r\n", Format::Csv),
        (b"1,2\n3,4", Format::Csv),
        (b"\xd9\xd9\xf7\x01", Format::Cbor),
        (b"\xa1\x61a\x01", Format::Cbor),
        (b"\x83\x01\x02\x03", Format::Cbor),
        (b"\x00", Format::Cbor),
        (b"\x81\xa1a\x01", Format::Msgpack),
        (b"\x93\x01\x02\x03", Format::Msgpack),
        (b"\xdc\x00\x01\xc0", Format::Msgpack),
    ];
    for (source, expected) in sources {
        assert_eq!(sniffed(source), Ok(expected), "{}", source.escape_ascii());
    }
}

/// What a writer lost stands where its value stood, in every source.
#[test]
fn losses_of_writers_have_places() {
    let check = |from, source: &str, to, expected: &[&str]| {
        let converted = run(source, &from_to(from, to)).unwrap();
        assert_eq!(findings(&converted), expected, "{source} {}", String::from_utf8_lossy(&converted.bytes));
    };
    check(Format::Json, "{\"a\":1,\n \"b\":null}", Format::Toml, &["NULL_DROPPED 2:6 /b 0"]);
    check(Format::Yaml, "a: 1\nb: null\n", Format::Toml, &["NULL_DROPPED 2:4 /b 0"]);
    check(Format::Json5, "{a:null}", Format::Toml, &["NULL_DROPPED 1:4 /a 0"]);
    check(
        Format::Json,
        "[1,\n\"\\ud800\"]",
        Format::Yaml,
        &["SURROGATE_REPLACED 2:1 /1 0", "LONE_SURROGATE 2:2 /1 0"],
    );
    check(
        Format::Ndjson,
        "1\n\"\\ud800\"\n",
        Format::Yaml,
        &["SURROGATE_REPLACED 2:1  2", "LONE_SURROGATE 2:2  2"],
    );
    check(
        Format::Ndjson,
        "1\n\n[\"\\ud800\"]\n",
        Format::Cbor,
        &["SURROGATE_REPLACED 3:2 /0 2", "LONE_SURROGATE 3:3 /0 2"],
    );
    check(Format::Yaml, "a: 1\nb: 2\na: 3\n", Format::Json, &["DUPLICATE_DROPPED 3:1  0"]);
    check(Format::Yaml, "a: 1 # c\n", Format::Ndjson, &["COMMENT_DROPPED 1:6  0"]);
    check(Format::Toml, "a = 1\nd = 1979-05-27\n", Format::Json, &["DATETIME_AS_TEXT 2:5 /d 0"]);
}

/// The error of a source of which `auto` makes no sense is that of the likely format.
#[test]
fn auto_lets_the_likely_reader_say_what_is_wrong() {
    let code = |source: &[u8]| match sniffed(source) {
        Err(Error::Invalid(report)) => report.diagnostics[0].code.as_str(),
        other => panic!("{other:?}"),
    };
    assert_eq!(code(b""), "EMPTY_INPUT");
    assert_eq!(code(b" \n"), "EMPTY_INPUT");
    assert_eq!(code(b"{\"a\" 1}"), "MISSING_COLON");
    assert_eq!(code(b"\xef\xbb\xbf{}"), "BYTE_ORDER_MARK");
    assert_eq!(code(b"{\"a\":1}\n{\"b\":2}\n{\"c\":3"), "UNEXPECTED_END");
}

/// Every text that the suite calls JSON is JSON5 and the same document.
#[test]
fn the_suite_read_as_json5() {
    let Some(folder) = suite("jsontestsuite/test_parsing") else { return };
    let lines = |source: &[u8], from| run(source, &from_to(from, Format::Ndjson)).unwrap().bytes;
    let valid: Vec<_> = files(folder).into_iter().filter(|(name, _)| name.starts_with("y_")).collect();
    assert!(valid.len() > 90, "{}", valid.len());
    for (name, source) in valid {
        assert_eq!(lines(&source, Format::Json5), lines(&source, Format::Json), "{name}");
    }
}

#[test]
fn no_conversion_outlives_its_budget() {
    let source = format!("[{}]", vec!["[\"a\",1]"; 50_000].join(","));
    let reason = |from, memory_bytes| {
        let how = from_to(from, Format::Ndjson);
        match convert(source.as_bytes(), &how, &ScanOptions::default(), &ticking(memory_bytes)) {
            Err(Error::Budget { kind, .. }) => kind.reason(),
            other => panic!("{from:?}: {other:?}"),
        }
    };
    for from in [Format::Json, Format::Json5, Format::Ndjson] {
        assert_eq!(reason(from, 1 << 20), "BUDGET_MEMORY", "{from:?}");
    }
    assert_eq!(reason(Format::Json5, 1 << 30), "BUDGET_TIME");
}

#[test]
fn the_answer_is_limited() {
    let mut options = ScanOptions::default();
    options.limits.max_output_bytes = 6;
    for (to, layout) in [
        (Format::Json, Layout::Minify),
        (Format::Json, Layout::Pretty(Indent::default())),
        (Format::Ndjson, Layout::Minify),
    ] {
        let how = ConvertOptions { layout, ..from_to(Format::Json5, to) };
        let outcome = convert(b"['abcdef']", &how, &options, &budget());
        assert!(
            matches!(outcome, Err(Error::Limit { limit, allowed: 6, .. }) if limit.reason() == "OUTPUT_TOO_LARGE"),
            "{outcome:?}"
        );
    }
}

#[test]
fn the_source_is_limited() {
    let mut options = ScanOptions::default();
    options.limits.max_bytes = 3;
    for from in
        [Source::Auto, Source::Is(Format::Json), Source::Is(Format::Json5), Source::Is(Format::Ndjson)]
    {
        let how = ConvertOptions { from, ..ConvertOptions::to(Format::Json) };
        assert!(convert(b"[1]", &how, &options, &budget()).is_ok());
        let outcome = convert(b"[1] ", &how, &options, &budget());
        assert!(matches!(outcome, Err(Error::Limit { allowed: 3, actual: 4, .. })), "{outcome:?}");
    }
}

#[test]
fn to_judge_a_document_writes_nothing() {
    let options =
        ScanOptions { limits: Limits { max_output_bytes: 2, ..Limits::default() }, ..ScanOptions::default() };
    let judge = |text: &str, from: Source| validate(text.as_bytes(), from, &options, &budget()).unwrap();
    for (text, format) in
        [("a: [1, 2, 3]", Format::Yaml), ("a = [1, 2, 3]", Format::Toml), ("1\n[2]\n", Format::Ndjson)]
    {
        let report = judge(text, Source::Is(format));
        assert!(report.is_valid() && report.stats.numbers > 1, "{text} {report:?}");
    }
    let report = judge("a: 1\nb: [", Source::Is(Format::Yaml));
    assert!(!report.is_valid() && report.diagnostics[0].start.line >= 2, "{report:?}");
    let found_out = judge(r#"{"a":1,"a":[2]}"#, Source::Auto);
    assert_eq!(found_out.diagnostics[0].code, Code::DuplicateKey);
}
