//! A text that comes in pieces is what it is in one piece.

use json_engine::{
    BudgetKind, DuplicateKeys, Error, Feed, FeedLimits, FeedStyle, Indent, LimitKind, Limits, Report,
    ScanOptions, Style, format,
};
use proptest::prelude::*;

use crate::fuzz::targets::pieces::{AHEAD, fed, whole, without_length};
use crate::properties::{mutated, nearly_json, texts};
use crate::shared::{files, suite};

fn options() -> ScanOptions {
    let limits = Limits { max_nodes: 1 << 30, ..Limits::default() };
    ScanOptions { limits, ..ScanOptions::default() }
}

const STYLES: [FeedStyle; 2] = [FeedStyle::Keep, FeedStyle::Minify];

fn check_cut(text: &[u8], cut: usize, style: FeedStyle, expected: &Result<(Vec<u8>, Report), Error>) {
    let (before, behind) = text.split_at(cut.min(text.len()));
    let happened = without_length(fed([before, behind], style, &options(), FeedLimits::default()));
    let shown = String::from_utf8_lossy(&text[..text.len().min(200)]);
    assert_eq!(&happened, expected, "{shown:?} cut at {cut} as {style:?}");
}

/// `text` and enough behind it that the machine stops before each of its bytes once.
fn check(text: &[u8], behind: &str) {
    let mut long = text.to_vec();
    long.extend(behind.bytes().cycle().take(AHEAD + 200));
    let pretty = FeedStyle::Pretty(Indent::default());
    for style in STYLES.into_iter().chain([pretty]) {
        let expected = without_length(whole(&long, style, &options()));
        for at in 0..=text.len() {
            check_cut(&long, AHEAD + at, style, &expected);
        }
        let expected = without_length(whole(text, style, &options()));
        for cut in 0..=text.len() {
            check_cut(text, cut, style, &expected);
        }
    }
}

#[test]
fn json_test_suite_cut_at_each_byte() {
    let Some(folder) = suite("jsontestsuite/test_parsing") else { return };
    for (_, text) in files(folder).into_iter().filter(|(_, text)| text.len() < 2_000) {
        check(&text, " ");
    }
}

#[test]
fn where_a_fault_looks_back_and_ahead() {
    let blank = " ".repeat(300);
    for text in [
        "[1, /* x */ ]".to_owned(),
        format!("[1,{blank}/* x */{blank}]"),
        format!("{{\"a,\":{blank}/**/}}"),
        format!("[1,{blank}]"),
        "{\"a\":1\r\n\"b\":2}".to_owned(),
        "[\"a\\ud800\", \"\\ude00\"]".to_owned(),
        "{\"é\":[{\"b\":1,\"c\":2,\"b\":3}], \"é\":\r4}".to_owned(),
        "[\"tab\there\", 1]".to_owned(),
        "{\"a\": tru}".to_owned(),
        "[01]".to_owned(),
        "\u{feff}[]".to_owned(),
        "[NaN, 1]".to_owned(),
        "{\"a\":[{\"b\":1,\"c\":[1 2]}]}".to_owned(),
        format!("{{\"a\":[1{blank}2]}}"),
        format!("{{\"a\":1{blank}\"b\":2}}"),
        format!("{{\"a\"{}1}}", " ".repeat(60)),
        "{\"a\": {'b': 1}}".to_owned(),
        format!("{{\"a\":{blank}'it\"s'}}"),
        format!("[1{blank}, {{b{blank}: 2}}]"),
        "[1, \"\\x41\"]".to_owned(),
        "[1 // 2\n, 3]".to_owned(),
        "[1] // 2".to_owned(),
        "[1] /* 2".to_owned(),
        "{\"a\":1,\"\\a\":2}".to_owned(),
    ] {
        check(text.as_bytes(), " ");
        check(text.as_bytes(), "x\n");
    }
    check(b"[\"\xc3\x28\"]", " ");
    check(b"[1, 2]\xff", " ");
    check(b"[1, # 2\xff\n, 3]", " ");
    check(b"[1 /* 2 */\xff]", " ");
    check(b"[\"\xe2\x82", "\u{20ac}");
}

/// Each of these texts is mended by the fix that its pieces give: its place is that in the whole text.
#[test]
fn the_fix_of_the_first_error_mends_the_text() {
    let before = "{\"key\": [1, \"\u{e9}\", {}],\n \"x\": true}, ".repeat(2_000);
    for (fault, mended) in [
        ("{\"a\":[1 2]}", "{\"a\":[1, 2]}"),
        ("{\"a\" 1}", "{\"a\": 1}"),
        ("{'a': 1}", "{\"a\": 1}"),
        ("{a: 1}", "{\"a\": 1}"),
        ("[1, ]", "[1 ]"),
        ("[+.5]", "[0.5]"),
        ("[\"\t\"]", "[\"\\t\"]"),
        ("[1 /* 2 */]", "[1 ]"),
    ] {
        let text = format!("[{before}{fault}, 3]");
        let outcome =
            fed(text.as_bytes().chunks(5_000), FeedStyle::Minify, &options(), FeedLimits::default());
        let Err(Error::Invalid(report)) = outcome else { panic!("{fault} is no JSON") };
        let fix = report.diagnostics[0].fix.as_ref().unwrap();
        let place = fix.start as usize..fix.end as usize;
        assert!(place.start > before.len(), "{fault}: {fix:?}");
        let mut happened = text;
        happened.replace_range(place, &fix.replacement);
        let compact = |text: &str| format(text.as_bytes(), &Style::Minify.into(), &options()).unwrap().text;
        assert_eq!(compact(&happened), compact(&format!("[{before}{mended}, 3]")), "{fault}");
    }
}

/// Tokens that are longer than the machine looks ahead.
#[test]
fn long_tokens_in_small_pieces() {
    let long = "x\\n\u{e9}".repeat(5_000);
    let digits = "1".repeat(900);
    let blank = " \r\n\t".repeat(4_000);
    for text in [
        format!("{{\"{long}\":\"{long}\",\"{long}\":[{digits},{blank}true{blank}]{blank}}}"),
        format!("[\"{long}"),
        format!("[\"{long}\t\"]"),
        format!("[\"{long}\",{blank}]"),
        format!("[{}]", "7".repeat(9_000)),
        format!("[{}", "7".repeat(9_000)),
        format!("[-{}e]", "7".repeat(900)),
    ] {
        for style in STYLES {
            let expected = without_length(whole(text.as_bytes(), style, &options()));
            for length in [1, 7, 1_000, 5_000, 1 << 20] {
                let pieces = text.as_bytes().chunks(length);
                let happened = without_length(fed(pieces, style, &options(), FeedLimits::default()));
                assert_eq!(happened, expected, "{:?}… in pieces of {length}", &text[..20]);
            }
        }
    }
}

#[test]
fn duplicate_keys_of_large_and_nested_objects_are_found_when_they_are_far_apart() {
    let member =
        |index: usize| format!("\"key {index}\": {{\"a\": [{index}], \"\\u0061\": \"{}\"}}", "y".repeat(50));
    let members: Vec<String> = (0..3_000).map(|index| member(index % 2_990)).collect();
    let text = format!("{{{}}}", members.join(",\n"));
    for duplicate_keys in [DuplicateKeys::Report, DuplicateKeys::Reject] {
        let limits = Limits { max_diagnostics: 10_000, ..options().limits };
        let options = ScanOptions { duplicate_keys, limits, ..options() };
        for length in [1_000, 50_000] {
            let happened =
                fed(text.as_bytes().chunks(length), FeedStyle::Minify, &options, FeedLimits::default());
            let expected = whole(text.as_bytes(), FeedStyle::Minify, &options);
            match (happened, expected) {
                (Ok(happened), Ok(expected)) => {
                    assert_eq!(happened.1.diagnostics_total, 3_010);
                    assert!(happened == expected, "the reports differ");
                }
                (Err(Error::Invalid(happened)), Err(Error::Invalid(expected))) => {
                    assert_eq!(happened.diagnostics[0], expected.diagnostics[0]);
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

fn reason(outcome: Result<(Vec<u8>, Report), Error>) -> (&'static str, u64, Option<String>) {
    match outcome.unwrap_err() {
        Error::Limit { limit, allowed, position, .. } => (
            limit.reason(),
            allowed,
            position.map(|at| format!("{}:{} {}", at.line, at.column, at.json_pointer)),
        ),
        Error::Budget { kind: kind @ BudgetKind::Memory, allowed, .. } => (kind.reason(), allowed, None),
        other => panic!("{other}"),
    }
}

#[test]
fn each_limit_one_past_it() {
    let limits = |max_token_bytes, max_held_bytes| FeedLimits { max_token_bytes, max_held_bytes };
    let pieces = |text: &str| text.as_bytes().chunks(1_000).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let run =
        |text: &str, style, limits| fed(pieces(text).iter().map(Vec::as_slice), style, &options(), limits);
    let small = limits(10_000, 1 << 20);
    let string =
        |length: usize| format!("{{\"a\": [\n\"{}\"{} ,1]}}", "x".repeat(length), " ".repeat(50_000));
    assert!(run(&string(9_000), FeedStyle::Keep, small).is_ok());
    let (reason_, allowed, place) = reason(run(&string(60_000), FeedStyle::Keep, small));
    assert_eq!((reason_, allowed, place.as_deref()), (LimitKind::Token.reason(), 10_000, Some("2:1 /a/0")));
    let keys: Vec<String> = (0..9_000).map(|index| format!("\"{index:0>100}\":0")).collect();
    let object = format!("{{{}}}", keys.join(","));
    let roomy = limits(10_000, 4 << 20);
    assert!(run(&object, FeedStyle::Minify, roomy).is_ok());
    assert_eq!(reason(run(&object, FeedStyle::Minify, small)).0, "BUDGET_MEMORY");
    let array = format!("{}1{}", "[".repeat(129), "]".repeat(129));
    assert_eq!(reason(run(&array, FeedStyle::Keep, small)).0, "DEPTH_LIMIT");
    let options = ScanOptions { limits: Limits { max_output_bytes: 10, ..Limits::default() }, ..options() };
    let outcome = fed([&b"[1,2,3,4,5]"[..]], FeedStyle::Keep, &options, small);
    assert_eq!(reason(outcome), ("OUTPUT_TOO_LARGE", 10, None));
}

/// A few bytes ask for megabytes of indentation.
#[test]
fn pretty_gives_its_answer_before_it_goes_on() {
    let depth = 500;
    let text = format!("{}{}1{}", "[".repeat(depth), "[],".repeat(10_000), "]".repeat(depth));
    let limits = Limits { max_depth: 512, max_output_bytes: 1 << 30, ..options().limits };
    let options = ScanOptions { limits, ..options() };
    let mut feed = Feed::new(FeedStyle::Pretty(Indent::new(16).unwrap()), &options, FeedLimits::default());
    feed.push(text.as_bytes());
    feed.close();
    let (mut given, mut most) = (0, 0);
    while let Some(piece) = feed.next_piece().unwrap() {
        (given, most) = (given + piece.len(), most.max(feed.held_bytes() + piece.len()));
    }
    assert!(given > 80 << 20 && most < 1 << 20, "{given} bytes, {most} of them at once");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn any_text_is_what_it_is_wherever_it_is_cut(
        text in prop_oneof![texts().prop_map(String::into_bytes), mutated(), nearly_json()],
        behind in prop::sample::select(vec![" ", "x", "\"", "]", "\n,1"]),
    ) {
        check(&text, behind);
    }

    #[test]
    fn so_is_it_in_many_pieces(
        text in prop_oneof![texts().prop_map(String::into_bytes), mutated()],
        copies in 1..200_usize,
        length in 1..9_000_usize,
    ) {
        let all = [b"[".to_vec(), [&text[..], b",\n"].concat().repeat(copies), text, b"]".to_vec()].concat();
        for style in STYLES {
            let happened = without_length(fed(all.chunks(length), style, &options(), FeedLimits::default()));
            prop_assert_eq!(happened, without_length(whole(&all, style, &options())));
        }
    }
}
