//! Validate: the verdict alone.

use crate::scan::{Nobody, scan};
use crate::{Error, Report, ScanOptions};

/// Judges `text`. An invalid text is an answer; only a breach of a limit is an error. One pass, memory by depth.
pub fn validate(text: &[u8], options: &ScanOptions) -> Result<Report, Error> {
    scan(text, options, Nobody).map(|(Nobody, report)| report)
}
