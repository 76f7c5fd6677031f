//! Validate: the verdict alone, with every error that can be told apart and the fix of each.

use crate::scan::{Nobody, Restricted, judge};
use crate::{Error, Profile, Report, ScanOptions};

/// Judges `text`. An invalid text is an answer; only a breach of a limit before the first error is an error of the call.
///
/// Looks behind errors that are plain, such as a missing comma, and proposes a fix for each; stops at the first that is
/// not. One pass, memory by depth and by `max_diagnostics`.
pub fn validate(text: &[u8], options: &ScanOptions) -> Result<Report, Error> {
    match options.profile {
        Profile::Json => judge(text, options, Nobody),
        Profile::IJson => judge(text, options, Restricted),
    }
}
