//! A text that comes in pieces: it is what it is whole.

use std::hash::{DefaultHasher, Hasher as _};

use json_engine::{
    Code, Diagnostic, Error, Feed, FeedLimits, FeedStyle, Formatted, Indent, Profile, Report, ScanOptions,
    Severity, Style, format, validate,
};

use super::{Seen, is_bound, shown};

/// How far the scanner looks ahead; the machine stops that much before the end of what is there.
pub(crate) const AHEAD: usize = 4 << 10;

/// Cut in three at places that the text itself picks, with enough behind it that it is read up to the first cut alone.
pub(crate) fn fuzz_pieces(data: &[u8]) -> Seen {
    let mut seen = Seen::default();
    let mut hasher = DefaultHasher::new();
    hasher.write(data);
    let picked = hasher.finish() as usize;
    let (first, gap) = (picked % (data.len() + 1), (picked >> 32) % 64);
    let behind = [&b" "[..], b"x", b"\"", b"]", b"\n,1", b"*/"][(picked >> 48) % 6];
    let long = [data, &behind.repeat((AHEAD + 200) / behind.len() + 1)].concat();
    let cut = AHEAD + first;
    let end = (cut + gap).min(long.len());
    for style in [FeedStyle::Keep, FeedStyle::Minify, FeedStyle::Pretty(Indent::default())] {
        let expected = without_length(whole(&long, style, &ScanOptions::default()));
        let pieces = [&long[..cut], &long[cut..end], &long[end..]];
        let happened = without_length(fed(pieces, style, &ScanOptions::default(), FeedLimits::default()));
        if let Err(error) = &expected {
            seen.error("pieces", error);
            // At which of several limits a text stops may depend on where it is cut.
            if is_bound(error) {
                assert!(happened.as_ref().is_err_and(is_bound), "{style:?} of {}", shown(data));
                continue;
            }
        }
        assert_eq!(happened, expected, "{style:?} of {} cut at {cut} and {end}", shown(data));
    }
    seen
}

/// The answer and the report of `pieces`.
pub(crate) fn fed<'p>(
    pieces: impl IntoIterator<Item = &'p [u8]>,
    style: FeedStyle,
    options: &ScanOptions,
    limits: FeedLimits,
) -> Result<(Vec<u8>, Report), Error> {
    let mut feed = Feed::new(style, options, limits);
    let mut answer = Vec::new();
    for piece in pieces {
        feed.push(piece);
        while let Some(piece) = feed.next_piece()? {
            answer.extend_from_slice(&piece);
        }
    }
    feed.close();
    while let Some(piece) = feed.next_piece()? {
        answer.extend_from_slice(&piece);
    }
    assert!(feed.is_complete());
    Ok((answer, feed.into_report()))
}

/// What the same text gives whole.
pub(crate) fn whole(
    text: &[u8],
    style: FeedStyle,
    options: &ScanOptions,
) -> Result<(Vec<u8>, Report), Error> {
    let style = match style {
        FeedStyle::Keep => {
            let report = validate(text, options)?;
            let minified =
                format(text, &Style::Minify.into(), &ScanOptions { profile: Profile::Json, ..*options });
            return minified.map(|_| (text.to_vec(), report));
        }
        FeedStyle::Minify => Style::Minify,
        FeedStyle::Pretty(indent) => Style::Pretty(indent),
    };
    let Formatted { text, report, .. } = format(text, &style.into(), options)?;
    Ok((text, report))
}

/// How many bytes a text has, where a long comment in it ends and what stands behind its first error is not known when it fails
/// before its end.
pub(crate) fn without_length(outcome: Result<(Vec<u8>, Report), Error>) -> Result<(Vec<u8>, Report), Error> {
    match outcome {
        Err(Error::Invalid(mut report)) => {
            report.stats.bytes = 0;
            let first = report.diagnostics.iter().position(|found| found.severity == Severity::Error);
            report.diagnostics.truncate(first.map_or(0, |first| first + 1));
            // Only who goes on behind the error knows that a key which it stands in is there twice.
            let error = report.diagnostics.last().map_or(0, |first| first.start.byte_offset);
            let is_known =
                |found: &Diagnostic| found.severity == Severity::Error || found.end.byte_offset <= error;
            report.diagnostics.retain(is_known);
            report.diagnostics_total = report.diagnostics.len() as u64;
            for found in report.diagnostics.iter_mut().filter(|found| found.code == Code::Comment) {
                // Of a comment that is longer than the machine looks ahead, where it ends may not be known.
                if found.end.byte_offset - found.start.byte_offset > AHEAD as u64 / 2 {
                    found.end = found.start.clone();
                    found.fix = None;
                }
            }
            Err(Error::Invalid(report))
        }
        other => other,
    }
}
