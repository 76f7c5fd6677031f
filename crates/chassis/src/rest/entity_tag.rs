//! Entity tags (RFC 9110 section 8.8.3): the version of what is kept in quotes, always strong; and the conditions of a write
//! by them.
//!
//! Promise: a tag that this server did not give never holds, and is no fault of its caller. Cost: one walk over the header; one
//! text for an answer with a tag.

mod list;

use axum::response::{IntoResponse as _, Response};
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, StatusCode};

use self::list::{NoTag, Tag, tags};
use crate::failure::Failure;

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
    /// On what never holds: `If-Match` names tags, none of which this server gives, such as those of another one or weak ones.
    Foreign,
}

/// The entity tag of a version.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// The answer to a GET whose `If-None-Match` names what is there: 304 with its entity tag; `None` where it names nothing or others.
/// A list is taken, and a weak tag is that of its version, since proxies make them so (RFC 9110 section 13.1.2); what is no
/// entity tag is `CONDITION_INVALID`.
pub fn unchanged(headers: &HeaderMap, version: u64) -> Result<Option<Response>, Failure> {
    let mut is_known = false;
    for tag in tags(headers, IF_NONE_MATCH) {
        is_known |= match tag {
            Ok(Tag::Any) => true,
            Ok(Tag::Strong(opaque) | Tag::Weak(opaque)) => version_of(opaque) == Some(version),
            Err(NoTag) => return Err(no_tag(IF_NONE_MATCH)),
        };
    }
    Ok(is_known.then(|| (StatusCode::NOT_MODIFIED, [(ETAG, etag(version))]).into_response()))
}

/// The condition of a write, from `If-Match` and `If-None-Match`; more than one, and more than one version, is `CONDITION_INVALID`.
pub fn precondition(headers: &HeaderMap) -> Result<Precondition, Failure> {
    match (headers.contains_key(IF_MATCH), headers.contains_key(IF_NONE_MATCH)) {
        (false, false) => Ok(Precondition::Always),
        (true, false) => matched(headers),
        (false, true) => not_matched(headers),
        (true, true) => Err(too_many()),
    }
}

/// Tags of others are passed over: none of them is that of what is there. Comparison is strong (RFC 9110 section 13.1.1).
fn matched(headers: &HeaderMap) -> Result<Precondition, Failure> {
    let mut found = None;
    for tag in tags(headers, IF_MATCH) {
        let named = match tag {
            Ok(Tag::Any) => Precondition::Present,
            Ok(Tag::Strong(opaque)) => {
                version_of(opaque).map_or(Precondition::Foreign, Precondition::Version)
            }
            Ok(Tag::Weak(_)) => Precondition::Foreign,
            Err(NoTag) => return Err(no_tag(IF_MATCH)),
        };
        found = match (found, named) {
            (None | Some(Precondition::Foreign), named) => Some(named),
            (some, Precondition::Foreign) => some,
            (Some(one), other) if one == other => Some(one),
            (Some(_), _) => return Err(too_many()),
        };
    }
    found.ok_or_else(|| no_tag(IF_MATCH))
}

fn not_matched(headers: &HeaderMap) -> Result<Precondition, Failure> {
    let mut tags = tags(headers, IF_NONE_MATCH);
    match (tags.next(), tags.next()) {
        (Some(Ok(Tag::Any)), None) => Ok(Precondition::Absent),
        (Some(Err(NoTag)) | None, _) | (_, Some(Err(NoTag))) => Err(no_tag(IF_NONE_MATCH)),
        (Some(Ok(_)), _) => Err(too_many()),
    }
}

/// The version of which this is the tag. Only as [`etag`] writes it: `"017"` is the tag of something else.
fn version_of(opaque: &[u8]) -> Option<u64> {
    let is_written_so = matches!(opaque, [b'0'] | [b'1'..=b'9', ..]) && opaque.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(opaque).ok().filter(|_| is_written_so)?.parse().ok()
}

fn too_many() -> Failure {
    Failure::invalid(
        "CONDITION_INVALID",
        "a write takes one condition; allowed: If-Match: *, If-Match: \"version\" or If-None-Match: *",
    )
}

fn no_tag(header: HeaderName) -> Failure {
    let message = format!(
        "the header {header} holds what is no entity tag; allowed: * or entity tags in quotes, such as \"17\""
    );
    Failure::invalid("CONDITION_INVALID", message).with("header", header)
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
        check(&[(IF_MATCH, "\"17\", \"17\"")], Some(Precondition::Version(17)));
        check(&[(IF_MATCH, "\"1\", \"2\"")], None);
        check(&[(IF_MATCH, "\"1\", *")], None);
        check(&[(IF_MATCH, "\"1\""), (IF_MATCH, "\"2\"")], None);
        check(&[(IF_NONE_MATCH, "*")], Some(Precondition::Absent));
        check(&[(IF_NONE_MATCH, "\"17\"")], None);
        check(&[(IF_MATCH, "*"), (IF_NONE_MATCH, "*")], None);
    }

    #[test]
    fn a_header_that_holds_no_tag_is_no_condition() {
        for text in ["", ",", "17", "\"", "\"1", "\"1\" \"2\"", "\"1\", 2"] {
            check(&[(IF_MATCH, text)], None);
            check(&[(IF_NONE_MATCH, text)], None);
        }
    }

    /// They were 400: whoever keeps the tags of several servers was told that it cannot write a header.
    #[test]
    fn the_tag_of_another_server_is_a_condition_that_does_not_hold() {
        for text in ["\"x\"", "\"a,b\"", "\"\"", "\"017\"", "\"+17\"", "W/\"17\"", "\"18446744073709551616\""]
        {
            check(&[(IF_MATCH, text)], Some(Precondition::Foreign));
        }
        check(&[(IF_MATCH, "\"a,b\", \"17\", W/\"18\"")], Some(Precondition::Version(17)));
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
        check_get(&["\"a,b\", \"017\""], Some(false));
        check_get(&["\"a,17\", \"17\","], Some(true));
        for text in ["17", "\"", "\"17\", 18"] {
            check_get(&[text], None);
        }
    }

    #[test]
    fn what_an_answer_says_can_be_asked_for() {
        let headers = [(IF_NONE_MATCH, etag(u64::MAX).parse().unwrap())].into_iter().collect();
        assert!(unchanged(&headers, u64::MAX).unwrap().is_some());
        let headers = [(IF_MATCH, etag(u64::MAX).parse().unwrap())].into_iter().collect();
        assert_eq!(precondition(&headers).unwrap(), Precondition::Version(u64::MAX));
    }
}
