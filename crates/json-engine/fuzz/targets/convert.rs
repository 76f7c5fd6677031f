//! Every reader: what it reads, each writer writes, and that is read again; without a loss it is the same.

use json_engine::convert::{
    Cells, ConvertOptions, Converted, CsvOptions, Fidelity, Foreign, Format, Header, Paths, Source, convert,
    validate,
};
use json_engine::{Error, Limits, ScanOptions};

use super::{Seen, budget, is_bound, is_same, shown};

/// A table repeats its header in each row and YAML its anchors, so that 2 kB become 1 MB. An input is converted some 60 times;
/// with this limit that takes less than the second from which an input counts as slow.
const MAX_OUTPUT_BYTES: u64 = 128 << 10;

pub(crate) fn fuzz_json5(data: &[u8]) -> Seen {
    fuzz(data, Format::Json5)
}

pub(crate) fn fuzz_ndjson(data: &[u8]) -> Seen {
    fuzz(data, Format::Ndjson)
}

pub(crate) fn fuzz_yaml(data: &[u8]) -> Seen {
    fuzz(data, Format::Yaml)
}

/// What TOML 1.0 allows, 1.1 reads the same.
pub(crate) fn fuzz_toml(data: &[u8]) -> Seen {
    if let Ok(older) = run(data, &from_to(Format::Toml10, Format::Json)) {
        let newer = run(data, &from_to(Format::Toml, Format::Json)).map(|converted| converted.bytes);
        assert_eq!(newer, Ok(older.bytes), "{}", shown(data));
    }
    fuzz(data, Format::Toml)
}

/// Once for each way to spell a table.
pub(crate) fn fuzz_csv(data: &[u8]) -> Seen {
    let mut seen = Seen::default();
    for header in [Header::Present, Header::Absent] {
        for cells in [Cells::Text, Cells::Typed] {
            for paths in [Paths::Flat, Paths::Nested] {
                let csv = CsvOptions { header, cells, paths, ..CsvOptions::default() };
                let how = ConvertOptions { csv, ..from_to(Format::Csv, Format::Csv) };
                round_trip(data, &how, &mut seen);
            }
        }
    }
    check(data, Format::Csv, &mut seen);
    seen
}

pub(crate) fn fuzz_cbor(data: &[u8]) -> Seen {
    fuzz(data, Format::Cbor)
}

pub(crate) fn fuzz_msgpack(data: &[u8]) -> Seen {
    fuzz(data, Format::Msgpack)
}

/// The format that is found out is one that reads the source.
pub(crate) fn fuzz_auto(data: &[u8]) -> Seen {
    let mut seen = Seen::default();
    let how = ConvertOptions { foreign: Foreign::Tagged, ..ConvertOptions::to(Format::Json) };
    match run(data, &how) {
        Ok(converted) => {
            seen.note(("auto", converted.from));
            let told = ConvertOptions { from: Source::Is(converted.from), ..how };
            let again = run(data, &told).expect("the format that was found out reads it");
            assert_eq!(again, converted, "{}", shown(data));
        }
        Err(error) => seen.error("auto", &error),
    }
    seen
}

fn fuzz(data: &[u8], from: Format) -> Seen {
    let mut seen = Seen::default();
    check(data, from, &mut seen);
    seen
}

/// From `from` to all that are written, with both forms of what JSON does not have.
pub(super) fn check(data: &[u8], from: Format, seen: &mut Seen) {
    let verdict = match validate(data, Source::Is(from), &ScanOptions::default(), &budget()) {
        Ok(report) => {
            seen.report(from.name(), &report);
            report.is_valid()
        }
        Err(error) => {
            assert!(is_bound(&error), "{error}");
            return seen.error(from.name(), &error);
        }
    };
    for foreign in [Foreign::Plain, Foreign::Tagged] {
        for to in Format::ALL {
            let how = ConvertOptions { foreign, ..from_to(from, to) };
            let is_valid = round_trip(data, &how, seen);
            assert!(is_valid.is_none_or(|valid| valid == verdict), "{how:?} judges {}", shown(data));
            if !verdict {
                break;
            }
        }
    }
}

/// Converts and reads what was written; gives whether the source is valid, if that came out.
fn round_trip(data: &[u8], how: &ConvertOptions, seen: &mut Seen) -> Option<bool> {
    let lossy = match run(data, how) {
        Ok(converted) => converted,
        Err(Error::Invalid(report)) => {
            seen.report("invalid", &report);
            return Some(false);
        }
        Err(error) => {
            // Of the choices only the target json5 is none; the others fit by how they are made here.
            let is_target = matches!(error, Error::Option { name: "to", .. });
            assert!(is_target || is_bound(&error), "{how:?} of {}: {error}", shown(data));
            return None;
        }
    };
    seen.report(how.to.name(), &lossy.report);
    read_again(data, &lossy, how)?;
    let strict = ConvertOptions { fidelity: Fidelity::Strict, ..*how };
    match run(data, &strict) {
        Ok(exact) if may_normalise(data, how) => drop(exact),
        Ok(exact) => {
            assert_eq!(shown(&exact.bytes), shown(&lossy.bytes), "strict {how:?} of {}", shown(data));
            same_again(data, &exact, how);
        }
        Err(error) => assert!(matches!(error, Error::Fidelity(_)), "strict {how:?}: {error}"),
    }
    Some(true)
}

/// What was written can be read, whatever was lost.
fn read_again(data: &[u8], written: &Converted, how: &ConvertOptions) -> Option<()> {
    let back = ConvertOptions { from: Source::Is(how.to), to: Format::Json, ..*how };
    match run(&written.bytes, &back) {
        Ok(_) => Some(()),
        Err(error) => {
            let texts = (shown(data), shown(&written.bytes));
            assert!(is_bound(&error), "{how:?} made of {} what is none, {}: {error}", texts.0, texts.1);
            None
        }
    }
}

/// Without a loss the value of what was written is that of the source.
fn same_again(data: &[u8], written: &Converted, how: &ConvertOptions) {
    let whole = ConvertOptions { foreign: tagged_unless_json(how), fidelity: Fidelity::Report, ..*how };
    let Ok(first) = run(data, &ConvertOptions { to: Format::Json, ..whole }) else { return };
    if has_number_tag(&first.bytes) {
        return;
    }
    let back = ConvertOptions { from: Source::Is(how.to), to: Format::Json, ..whole };
    let Ok(second) = run(&written.bytes, &back) else { return };
    let is_equal = is_same(&first.bytes, &second.bytes) || is_stream_of_one(how, &first, &second);
    let texts = (shown(&first.bytes), shown(&written.bytes), shown(&second.bytes));
    assert!(
        is_equal,
        "{how:?} of {}: {} was written as {} and is {} again",
        shown(data),
        texts.0,
        texts.1,
        texts.2
    );
}

/// JSON can spell what has a form of its own as a tag or a map, such as tag 2 on bytes, which is a number, or `$map` of
/// keys that are text, which is an object; and a time without seconds, which is written with them. That is written right
/// and comes back in its own form.
fn may_normalise(data: &[u8], how: &ConvertOptions) -> bool {
    let is_odd = |window: &[u8]| matches!(window, b"$tag" | b"$map" | b"$dat" | b"\\u00" | b"\\x24");
    how.foreign == Foreign::Tagged && data.windows(4).any(is_odd)
}

/// A bigfloat of a bigfloat is no number and keeps its tag; the inner one is written as the integer that it is, which makes
/// the outer one a number of the same value. So it is with all tags that numbers and dates have.
fn has_number_tag(json: &[u8]) -> bool {
    let text = String::from_utf8_lossy(json);
    ["0", "2", "3", "4", "5", "1004"].iter().any(|tag| text.contains(&format!("\"$tag\":{tag},")))
}

/// Between formats that are not JSON nothing takes a plain form.
fn tagged_unless_json(how: &ConvertOptions) -> Foreign {
    let is_json = |format| matches!(format, Format::Json | Format::Json5 | Format::Ndjson);
    let from_json = matches!(how.from, Source::Is(format) if is_json(format));
    if from_json || is_json(how.to) { how.foreign } else { Foreign::Tagged }
}

/// A document that is no array becomes a stream of one, which reads as an array of one.
fn is_stream_of_one(how: &ConvertOptions, first: &Converted, second: &Converted) -> bool {
    if !matches!(how.to, Format::Ndjson | Format::Yaml) {
        return false;
    }
    is_same(&[b"[", &first.bytes[..], b"]"].concat(), &second.bytes)
        || is_same(&[b"[", &second.bytes[..], b"]"].concat(), &first.bytes)
}

pub(super) fn run(data: &[u8], how: &ConvertOptions) -> Result<Converted, Error> {
    let limits = Limits { max_output_bytes: MAX_OUTPUT_BYTES, ..Limits::default() };
    convert(data, how, &ScanOptions { limits, ..ScanOptions::default() }, &budget())
}

pub(super) fn from_to(from: Format, to: Format) -> ConvertOptions {
    ConvertOptions { from: Source::Is(from), ..ConvertOptions::to(to) }
}
