//! Whatever the bytes, no reader panics. Plain functions, so that a fuzzer can drive them too.

use json_engine::convert::{ConvertOptions, Fidelity, Foreign, Format, Source};
use proptest::prelude::*;

use crate::convert::run;

fn fuzz(data: &[u8], from: Source) {
    for (to, foreign) in [(Format::Json, Foreign::Plain), (Format::Ndjson, Foreign::Tagged)] {
        let how = ConvertOptions { from, foreign, ..ConvertOptions::to(to) };
        let Ok(converted) = run(data, &how) else { continue };
        // What was written is read again, and has lost nothing on the way.
        let again = ConvertOptions { from: Source::Is(to), fidelity: Fidelity::Strict, ..how };
        let back = run(&converted.bytes, &again);
        let has_twins =
            converted.report.diagnostics.iter().any(|found| found.code.as_str() == "DUPLICATE_KEY");
        assert!(has_twins || back.is_ok(), "{back:?}");
    }
}

pub(crate) fn fuzz_json(data: &[u8]) {
    fuzz(data, Source::Is(Format::Json));
}

pub(crate) fn fuzz_json5(data: &[u8]) {
    fuzz(data, Source::Is(Format::Json5));
}

pub(crate) fn fuzz_ndjson(data: &[u8]) {
    fuzz(data, Source::Is(Format::Ndjson));
}

pub(crate) fn fuzz_auto(data: &[u8]) {
    fuzz(data, Source::Auto);
}

/// Pieces of the grammars, so that most inputs come far.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = vec![
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b"\n",
        b"\r",
        b" ",
        b"\"",
        b"'",
        b"\\",
        b"\\u",
        b"\\x",
        b"d83d",
        b"41",
        b"de00",
        b"a",
        b"$",
        b"true",
        b"null",
        b"NaN",
        b"-",
        b"+",
        b".",
        b"0",
        b"0x",
        b"1",
        b"9e9",
        b"e",
        b"//",
        b"/*",
        b"*/",
        b"#",
        b"=",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
        b"\xc3\xa9",
        b"\xff",
        b"\0",
        b"- ",
        b"a,b\n",
    ];
    let piece = prop_oneof![
        9 => prop::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|all| all.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn json(data in pieces()) {
        fuzz_json(&data);
    }

    #[test]
    fn json5(data in pieces()) {
        fuzz_json5(&data);
    }

    #[test]
    fn ndjson(data in pieces()) {
        fuzz_ndjson(&data);
    }

    #[test]
    fn auto(data in pieces()) {
        fuzz_auto(&data);
    }
}
