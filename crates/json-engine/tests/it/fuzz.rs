//! Whatever the bytes, no reader panics. Plain functions, so that a fuzzer can drive them too.

use json_engine::convert::{ConvertOptions, Foreign, Format, Source};
use proptest::prelude::*;

use crate::convert::run;

fn fuzz(data: &[u8], from: Source) {
    for to in Format::ALL {
        for foreign in [Foreign::Plain, Foreign::Tagged] {
            let how = ConvertOptions { from, foreign, ..ConvertOptions::to(to) };
            let Ok(converted) = run(data, &how) else { continue };
            // What was written is read again.
            let again = ConvertOptions { from: Source::Is(to), ..ConvertOptions::to(Format::Json) };
            let back = run(&converted.bytes, &again);
            assert!(
                back.is_ok(),
                "{to:?} {foreign:?} {:?} {back:?}",
                converted.bytes.escape_ascii().to_string()
            );
        }
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

pub(crate) fn fuzz_yaml(data: &[u8]) {
    fuzz(data, Source::Is(Format::Yaml));
}

pub(crate) fn fuzz_toml(data: &[u8]) {
    fuzz(data, Source::Is(Format::Toml));
}

pub(crate) fn fuzz_csv(data: &[u8]) {
    fuzz(data, Source::Is(Format::Csv));
}

pub(crate) fn fuzz_cbor(data: &[u8]) {
    fuzz(data, Source::Is(Format::Cbor));
}

pub(crate) fn fuzz_msgpack(data: &[u8]) {
    fuzz(data, Source::Is(Format::Msgpack));
}

pub(crate) fn fuzz_auto(data: &[u8]) {
    fuzz(data, Source::Auto);
}

/// Pieces of the grammars.
const PIECES: &[&[u8]] = &[
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
    b"&a",
    b"*a",
    b"!t",
    b"|",
    b">",
    b"?",
    b"---\n",
    b"...",
    b"  ",
    b"\"\"\"",
    b"1979-05-27",
    b"\x81",
    b"\xa1",
    b"\xc0",
    b"\xd9\x20",
    b"\x9f",
    b"\x5f",
    b"\xfb\x7f\xf0\0\0\0\0\0\0",
    b"\xcb",
    b"\xc7",
    b"\x61",
    b"\xa1a",
];

/// Inputs of such pieces, so that most come far.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        9 => prop::sample::select(PIECES).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|all| all.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

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

    #[test]
    fn yaml(data in pieces()) {
        fuzz_yaml(&data);
    }

    #[test]
    fn toml(data in pieces()) {
        fuzz_toml(&data);
    }

    #[test]
    fn csv(data in pieces()) {
        fuzz_csv(&data);
    }

    #[test]
    fn cbor(data in pieces()) {
        fuzz_cbor(&data);
    }

    #[test]
    fn msgpack(data in pieces()) {
        fuzz_msgpack(&data);
    }
}
