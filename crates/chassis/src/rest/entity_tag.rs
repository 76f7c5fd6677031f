//! Entity tags (RFC 9110 section 8.8.3): the version of what is kept in quotes, always strong; and the conditions of a write
//! by them.

use axum::response::{IntoResponse as _, Response};
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, StatusCode};

use crate::failure::Failure;

/// What a conditional header names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
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
fn tag(headers: &HeaderMap, name: HeaderName) -> Result<Option<Tag>, Failure> {
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
        None => Err(no_tag(name, "* or one version in quotes, such as \"17\"")),
    }
}

/// The answer to a GET whose `If-None-Match` names what is there: 304 with its entity tag; `None` where it names nothing or others.
/// A list is taken, and a weak tag is that of its version, since proxies make them so (RFC 9110 section 13.1.2); what is no
/// entity tag is `CONDITION_INVALID`.
pub fn unchanged(headers: &HeaderMap, version: u64) -> Result<Option<Response>, Failure> {
    let there = etag(version);
    let mut is_known = false;
    for value in headers.get_all(IF_NONE_MATCH) {
        for tag in value.to_str().unwrap_or_default().split(',').map(str::trim) {
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            let is_tag = opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"');
            if tag != "*" && !is_tag {
                return Err(no_tag(IF_NONE_MATCH, "* or entity tags, such as \"17\""));
            }
            is_known |= tag == "*" || opaque == there;
        }
    }
    Ok(is_known.then(|| (StatusCode::NOT_MODIFIED, [(ETAG, there)]).into_response()))
}

fn no_tag(header: HeaderName, allowed: &str) -> Failure {
    let message = format!("the header {header} holds no entity tag; allowed: {allowed}");
    Failure::invalid("CONDITION_INVALID", message).with("header", header)
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

    #[track_caller]
    fn check_get(tags: &[&'static str], expected: Option<bool>) {
        let pairs = tags.iter().map(|tag| (IF_NONE_MATCH, HeaderValue::from_static(tag)));
        let found = unchanged(&pairs.collect(), 17);
        assert_eq!(found.as_ref().ok().map(Option::is_some), expected);
        if let Err(failure) = found {
            assert_eq!(failure.reason, "CONDITION_INVALID");
        }
    }

    /// A proxy that compresses makes the tag weak, and its caller was refused.
    #[test]
    fn a_get_with_the_tag_of_what_is_there_is_answered_with_304() {
        check_get(&[], Some(false));
        check_get(&["*"], Some(true));
        check_get(&["\"17\""], Some(true));
        check_get(&["W/\"17\""], Some(true));
        check_get(&["\"16\", W/\"17\""], Some(true));
        check_get(&["\"15\"", "\"17\""], Some(true));
        check_get(&["\"16\"", "\"of another server\""], Some(false));
        for text in ["", "17", "\"", "\"17\",", "\"17\", 18"] {
            check_get(&[text], None);
        }
    }

    #[test]
    fn what_an_answer_says_can_be_asked_for() {
        let headers = [(IF_NONE_MATCH, etag(u64::MAX).parse().unwrap())].into_iter().collect();
        assert_eq!(tag(&headers, IF_NONE_MATCH).unwrap(), Some(Tag::Version(u64::MAX)));
    }
}
