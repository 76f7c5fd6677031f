//! New inputs from old ones: pieces of the grammars, pieces of other inputs, flipped bits, and values of JSON.
//!
//! Promise: the same randomness gives the same input. Cost: linear in the input, which stays under [`MAX_BYTES`].

use fastrand::Rng;

use super::targets::BETWEEN;

/// Longest input.
pub(crate) const MAX_BYTES: usize = 4_096;

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
    b"\r\n",
    b" ",
    b"\t",
    b"\"",
    b"'",
    b"\\",
    b"\\u",
    b"\\x",
    b"\\U",
    b"d83d",
    b"\\ud800",
    b"\\udc00",
    b"41",
    b"de00",
    b"a",
    b"b",
    b"$",
    b"true",
    b"false",
    b"null",
    b"~",
    b"NaN",
    b".nan",
    b".inf",
    b"Infinity",
    b"inf",
    b"-",
    b"+",
    b".",
    b"0",
    b"-0",
    b"0x",
    b"0o",
    b"0b1",
    b"1",
    b"9e9",
    b"1e400",
    b"1e-400",
    b"e",
    b"E",
    b"_",
    b"9007199254740993",
    b"18446744073709551616",
    b"-9223372036854775808",
    b"0.30000000000000004",
    b"//",
    b"/*",
    b"*/",
    b"#",
    b" #",
    b"=",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\xc2\x85",
    b"\xc3\xa9",
    b"\xf0\x9f\x98\x80",
    b"\xef\xbf\xbf",
    b"\xff",
    b"\0",
    b"\x7f",
    b"- ",
    b"? ",
    b": ",
    b"a,b\n",
    b"&a ",
    b"*a",
    b"!t ",
    b"!!str ",
    b"!!int ",
    b"!!float ",
    b"!!binary ",
    b"!!map ",
    b"!!null ",
    b"! ",
    b"!<x> ",
    b"<<",
    b"|",
    b">",
    b"|-\n",
    b">+\n",
    b"|2\n",
    b"?",
    b"---\n",
    b"...\n",
    b"%YAML 1.2\n",
    b"  ",
    b"\"\"\"",
    b"'''",
    b"\"\"",
    b"1979-05-27",
    b"T07:32:00Z",
    b"07:32:00.5",
    b"+01:00",
    b"[[a]]\n",
    b"[a.b]\n",
    b"a = 1\n",
    b"a.b = ",
    b"{\"$bytes\":\"AA\"}",
    b"{\"$tag\":1,\"$value\":",
    b"{\"$map\":[[",
    b"{\"$float\":\"NaN\"}",
    b"{\"$datetime\":\"1979-05-27\"}",
    b"{\"$simple\":3}",
    b"{\"$undefined\":true}",
    b"\"$bytes\"",
    b"\"$map\"",
    b"\"id\":1,",
    b"\"op\":",
    b"\"add\"",
    b"\"move\"",
    b"\"copy\"",
    b"\"test\"",
    b"\"remove\"",
    b"\"replace\"",
    b"\"path\":",
    b"\"from\":",
    b"\"value\":",
    b"\"/a\"",
    b"\"/a/0\"",
    b"\"/a/-\"",
    b"/~0",
    b"/~1",
    b"$..",
    b"[?",
    b"@.a",
    b"==",
    b"<=",
    b"&&",
    b"||",
    b"!",
    b"(",
    b")",
    b"*",
    b"count(",
    b"length(",
    b"match(",
    b"search(",
    b"value(",
    b"[1:2]",
    b"[::-1]",
    b"..",
    b"\x81",
    b"\xa1",
    b"\xc0",
    b"\xd9\x20",
    b"\x9f",
    b"\x5f",
    b"\x7f\x61a\xff",
    b"\xbf",
    b"\xfb\x7f\xf0\0\0\0\0\0\0",
    b"\xf9\x7e\0",
    b"\xfa\x3f\x80\0\0",
    b"\xc2\x41\x01",
    b"\xc3\x49\x01\0\0\0\0\0\0\0\0",
    b"\xc4\x82\x20\x01",
    b"\xc5\x82\x20\x01",
    b"\xd8\x20",
    b"\xd9\xd9\xf7",
    b"\xf7",
    b"\xf8\x20",
    b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xcb",
    b"\xca",
    b"\xcf",
    b"\xd3",
    b"\xc7\x04\xff",
    b"\xd6\xff\0\0\0\0",
    b"\xd7\xff",
    b"\xc7\x0c\xff",
    b"\xd4\x05\0",
    b"\xc4\x01a",
    b"\xdc\0\x01",
    b"\xde\0\x01",
    b"\x61",
    b"\xa1a",
];

/// An input made of `corpus`, which has at least one.
pub(crate) fn mutated(rng: &mut Rng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut input = corpus[rng.usize(..corpus.len())].clone();
    for _ in 0..=upto(rng, 4) {
        edit(rng, &mut input, corpus);
    }
    input.truncate(MAX_BYTES);
    input
}

fn edit(rng: &mut Rng, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
    let at = rng.usize(..=input.len());
    let span = at..input.len().min(at + upto(rng, 7));
    match rng.u8(..11) {
        0..=2 => insert(input, at, rng.choice(PIECES).copied().unwrap_or_default()),
        3 => drop(input.splice(span, rng.choice(PIECES).copied().unwrap_or_default().iter().copied())),
        4 => drop(input.drain(span)),
        5 => {
            let copy = input[span].to_vec();
            insert(input, at, &copy);
        }
        6 => {
            let other = &corpus[rng.usize(..corpus.len())];
            let start = rng.usize(..=other.len());
            let end = other.len().min(start + rng.usize(..64));
            insert(input, at, &other[start..end]);
        }
        7 if at < input.len() => input[at] ^= 1 << rng.u8(..8),
        8 if at < input.len() => input[at] = rng.u8(..),
        9 => {
            let mut value = Vec::new();
            json(rng, 3, &mut value);
            let value_at = place_of_value(input, at);
            drop(input.splice(value_at, value));
        }
        _ => {
            // The same thing many times: loops and limits.
            let piece = rng.choice(PIECES).copied().unwrap_or_default();
            insert(input, at, &piece.repeat(upto(rng, 9)));
        }
    }
}

/// A number below 2^`bits`, small ones more often.
fn upto(rng: &mut Rng, bits: u32) -> usize {
    let most = 1 << rng.u32(..bits);
    rng.usize(..most)
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if input.len() + bytes.len() <= MAX_BYTES {
        drop(input.splice(at..at, bytes.iter().copied()));
    }
}

/// From `at` to the next byte that could stand behind a value.
fn place_of_value(input: &[u8], at: usize) -> std::ops::Range<usize> {
    let start =
        input[at..].iter().position(|byte| b":,[\n".contains(byte)).map_or(at, |ahead| at + ahead + 1);
    let end = input[start..].iter().position(|byte| b",]}\n\xff".contains(byte) || *byte == BETWEEN);
    start..end.map_or(start, |ahead| start + ahead)
}

/// Writes a value of JSON, at most `depth` levels deep.
fn json(rng: &mut Rng, depth: u32, out: &mut Vec<u8>) {
    const SCALARS: &[&str] = &[
        "null",
        "true",
        "0",
        "-0",
        "1",
        "2",
        "1.0",
        "1e2",
        "-1.5E-3",
        "18446744073709551615",
        "1e400",
        "\"a\"",
        "\"\"",
        "\"no\"",
        "\"1\"",
        "\"~\"",
        "\"a: b\"",
        "\" x\"",
        "\"\\n\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"é\"",
        "\"2001-01-01\"",
        "\"- a\"",
        "\"#\"",
        "\"a\\nb\\n\"",
    ];
    const KEYS: &[&str] =
        &["a", "b", "id", "name", "", "$bytes", "$map", "0", "a.b", "\\ud800", "é", "<<", "no"];
    let count = rng.usize(..4);
    match if depth == 0 { 0 } else { rng.u8(..4) } {
        0 | 1 => out.extend(SCALARS[rng.usize(..SCALARS.len())].as_bytes()),
        2 => {
            out.push(b'[');
            for index in 0..count {
                out.extend(if index > 0 { &b","[..] } else { b"" });
                json(rng, depth - 1, out);
            }
            out.push(b']');
        }
        _ => {
            out.push(b'{');
            for index in 0..count {
                let key = KEYS[rng.usize(..KEYS.len())];
                out.extend(format!("{}\"{key}\":", if index > 0 { "," } else { "" }).as_bytes());
                json(rng, depth - 1, out);
            }
            out.push(b'}');
        }
    }
}
