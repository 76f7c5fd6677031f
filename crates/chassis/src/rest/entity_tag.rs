//! Entity tags (RFC 9110 section 8.8.3): the version of what is kept in quotes, always strong; and the conditions of a write
//! by them.

use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName};

use crate::failure::Failure;

/// What a conditional header names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// `*`: whatever is there.
    Any,
    /// One version.
    Version(u64),
}

/// On what a write depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// On nothing.
    Always,
    /// That something is there: `If-Match: *`.
    Present,
    /// That nothing is there: `If-None-Match: *`.
    Absent,
    /// That this version is there: `If-Match: "17"`.
    Version(u64),
}

/// The entity tag of a version.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// The tag of this header, if it is there: `*` or one version in quotes; anything else is `CONDITION_INVALID`.
pub fn tag(headers: &HeaderMap, name: HeaderName) -> Result<Option<Tag>, Failure> {
    let Some(value) = headers.get(&name) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(Some(Tag::Any));
    }
    let version = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match version.and_then(|digits| digits.parse().ok()) {
        Some(version) => Ok(Some(Tag::Version(version))),
        None => {
            let message = format!(
                "the header {name} holds no entity tag; allowed: * or one version in quotes, such as \"17\""
            );
            Err(Failure::invalid("CONDITION_INVALID", message).with("header", name))
        }
    }
}

/// The condition of a write, from `If-Match` and `If-None-Match`; more than one is `CONDITION_INVALID`.
pub fn precondition(headers: &HeaderMap) -> Result<Precondition, Failure> {
    match (tag(headers, IF_MATCH)?, tag(headers, IF_NONE_MATCH)?) {
        (None, None) => Ok(Precondition::Always),
        (Some(Tag::Any), None) => Ok(Precondition::Present),
        (Some(Tag::Version(version)), None) => Ok(Precondition::Version(version)),
        (None, Some(Tag::Any)) => Ok(Precondition::Absent),
        (None, Some(Tag::Version(_))) | (Some(_), Some(_)) => Err(Failure::invalid(
            "CONDITION_INVALID",
            "a write takes one condition; allowed: If-Match: *, If-Match: \"version\" or If-None-Match: *",
        )),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(headers: &[(HeaderName, &'static str)], expected: Option<Precondition>) {
        let pairs = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let found = precondition(&pairs.collect());
        assert_eq!(found.as_ref().ok(), expected.as_ref());
        if let Err(failure) = found {
            assert_eq!(failure.reason, "CONDITION_INVALID");
        }
    }

    #[test]
    fn a_write_takes_one_condition() {
        check(&[], Some(Precondition::Always));
        check(&[(IF_MATCH, "*")], Some(Precondition::Present));
        check(&[(IF_MATCH, " \"17\" ")], Some(Precondition::Version(17)));
        check(&[(IF_NONE_MATCH, "*")], Some(Precondition::Absent));
        check(&[(IF_NONE_MATCH, "\"17\"")], None);
        check(&[(IF_MATCH, "*"), (IF_NONE_MATCH, "*")], None);
    }

    #[test]
    fn a_header_that_holds_no_version_is_no_condition_that_holds() {
        for text in ["", "17", "\"\"", "\"", "\"x\"", "W/\"17\"", "\"1\", \"2\"", "\"18446744073709551616\""]
        {
            check(&[(IF_MATCH, text)], None);
        }
    }

    #[test]
    fn what_an_answer_says_can_be_asked_for() {
        let headers = [(IF_NONE_MATCH, etag(u64::MAX).parse().unwrap())].into_iter().collect();
        assert_eq!(tag(&headers, IF_NONE_MATCH).unwrap(), Some(Tag::Version(u64::MAX)));
    }
}
