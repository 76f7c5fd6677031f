//! What the tests of both binary formats stand on: conversions from hexadecimal bytes to JSON and back.

use json_engine::convert::{ConvertOptions, Foreign, Format, Source, convert};
use json_engine::{Code, DuplicateKeys, Error, Limits, Report, ScanOptions};

use crate::budgets::budget;

/// A binary format.
#[derive(Clone, Copy)]
pub(crate) struct Binary(pub(crate) Format);

impl Binary {
    /// JSON of a source, and what was lost.
    pub(crate) fn read_with(
        self,
        source: &[u8],
        foreign: Foreign,
        options: &ScanOptions,
    ) -> Result<(String, Report), Error> {
        let how = ConvertOptions { from: Source::Is(self.0), foreign, ..ConvertOptions::to(Format::Json) };
        let converted = convert(source, &how, options, &budget())?;
        Ok((String::from_utf8(converted.bytes).unwrap(), converted.report))
    }

    pub(crate) fn read(self, source: &str, foreign: Foreign) -> Result<(String, Report), Error> {
        self.read_with(&hex(source), foreign, &ScanOptions::default())
    }

    /// The bytes of a JSON text in hexadecimal, and what was lost.
    pub(crate) fn write(self, text: &str, foreign: Foreign) -> (String, Report) {
        let how = ConvertOptions { from: Source::Is(Format::Json), foreign, ..ConvertOptions::to(self.0) };
        let converted = convert(text.as_bytes(), &how, &ScanOptions::default(), &budget()).unwrap();
        (unhex(&converted.bytes), converted.report)
    }

    /// Both ways: a source, its tagged JSON, and the bytes that this is written as. No beginning of the source is one.
    pub(crate) fn check(self, source: &str, expected: &str, written: &str) {
        let (json, report) = self.read(source, Foreign::Tagged).unwrap();
        assert_eq!((json.as_str(), report.diagnostics_total), (expected, 0), "{source}");
        let bytes = hex(source);
        for end in 0..bytes.len().min(300) {
            let cut = self.read_with(&bytes[..end], Foreign::Plain, &ScanOptions::default());
            assert!(matches!(cut, Err(Error::Invalid(_))), "{source} cut at {end}");
        }
        let (back, report) = self.write(expected, Foreign::Tagged);
        assert_eq!((back.as_str(), report.diagnostics_total), (written, 0), "{expected}");
    }

    pub(crate) fn check_plain(self, source: &str, expected: &str, lost: &[(Code, &str)]) {
        let (json, report) = self.read(source, Foreign::Plain).unwrap();
        assert_eq!((json.as_str(), codes(&report)), (expected, lost.to_vec()), "{source}");
    }

    pub(crate) fn check_written(self, text: &str, foreign: Foreign, expected: &str, lost: &[(Code, &str)]) {
        let (written, report) = self.write(text, foreign);
        assert_eq!((written.as_str(), codes(&report)), (expected, lost.to_vec()), "{text}");
    }

    /// Refused at this byte, whatever the form.
    pub(crate) fn check_malformed(self, source: &str, code: Code, at: u64) {
        for foreign in [Foreign::Plain, Foreign::Tagged] {
            let error = self.read(source, foreign).unwrap_err();
            assert_eq!(place(&error), (code, at), "{source}");
        }
    }

    /// Limit, what is allowed and what was there.
    pub(crate) fn limit(self, source: &[u8], foreign: Foreign, limits: Limits) -> (&'static str, u64, u64) {
        let options = ScanOptions { limits, ..ScanOptions::default() };
        let error = self.read_with(source, foreign, &options).unwrap_err();
        let Error::Limit { limit, allowed, actual, .. } = error else { panic!("{error:?}") };
        (limit.reason(), allowed, actual)
    }

    pub(crate) fn check_duplicates_refused(self, source: &str) {
        for foreign in [Foreign::Plain, Foreign::Tagged] {
            let options = ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..ScanOptions::default() };
            let error = self.read_with(&hex(source), foreign, &options).unwrap_err();
            assert_eq!(place(&error).0, Code::DuplicateKey, "{source}");
        }
    }
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

pub(crate) fn unhex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was lost, in the order of the source; that a surrogate stands alone is the JSON reader's to say.
fn codes(report: &Report) -> Vec<(Code, &str)> {
    let losses = report.diagnostics.iter().filter(|found| found.code != Code::LoneSurrogate);
    losses.map(|found| (found.code, found.start.json_pointer.as_str())).collect()
}

/// Code and byte of an error.
fn place(error: &Error) -> (Code, u64) {
    let Error::Invalid(report) = error else { panic!("{error:?}") };
    (report.diagnostics[0].code, report.diagnostics[0].start.byte_offset)
}
