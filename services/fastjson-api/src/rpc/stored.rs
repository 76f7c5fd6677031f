//! What SchemaService and RecipeService share: names in addresses, conditions, pages, texts with their versions.

use axum::extract::{FromRequestParts, Path};
use axum::response::IntoResponse as _;
use chassis::Failure;
use chassis::rest::Answer;
use http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderName, StatusCode};
use serde::Deserialize;

use crate::registry::{self, Entry, Expected, Kind, Name, Put, Store, Version};

/// Most rows of a page.
pub(crate) const MAX_PAGE: u32 = 1_000;

/// Rows of a page whose caller names none.
const DEFAULT_PAGE: u32 = 100;

/// `{name}` in an address, percent-decoded.
#[derive(Debug)]
pub(crate) struct Named(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(name)| Self(name)).map_err(|rejection| {
            Failure::invalid("NAME_INVALID", rejection.body_text()).with("allowed", "a name, percent-encoded")
        })
    }
}

/// `?version=`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionOption {
    pub(crate) version: Option<u64>,
}

/// Query parameters of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(crate) struct PageOptions {
    pub(crate) prefix: String,
    pub(crate) page_size: Option<u32>,
    pub(crate) page_token: String,
}

/// Which rows of a list.
#[derive(Debug)]
pub(crate) struct Page {
    /// Whose versions; empty means the newest of each name.
    pub(crate) name: String,
    pub(crate) prefix: String,
    pub(crate) page_size: Option<u32>,
    pub(crate) page_token: String,
}

/// The rows of a page, and where to go on.
pub(crate) async fn list(
    store: &dyn Store,
    kind: Kind,
    page: Page,
) -> Result<(Vec<Version>, String), Failure> {
    let size = page.page_size.unwrap_or(DEFAULT_PAGE);
    if !(1..=MAX_PAGE).contains(&size) {
        let message = format!("page_size is {size}; allowed: 1 to {MAX_PAGE}");
        return Err(Failure::invalid("OPTION_INVALID", message).with("option", "page_size"));
    }
    // One row more tells whether there is another page.
    let count = size as usize + 1;
    let (mut rows, token_of): (_, fn(&Version) -> String) = if page.name.is_empty() {
        let rows = store.names(&page.prefix, &after_name(&page.page_token)?, count).await;
        (rows.map_err(|error| registry::failure(kind, error))?, |row| row.entry.name.as_str().to_owned())
    } else {
        (versions(store, kind, &page, count).await?, |row| row.entry.version.to_string())
    };
    if rows.len() < count {
        return Ok((rows, String::new()));
    }
    rows.truncate(size as usize);
    let next = rows.last().map(token_of).unwrap_or_default();
    Ok((rows, next))
}

async fn versions(store: &dyn Store, kind: Kind, page: &Page, count: usize) -> Result<Vec<Version>, Failure> {
    if !page.prefix.is_empty() {
        let message = "name and prefix are set; allowed: one of them";
        return Err(Failure::invalid("OPTION_INVALID", message).with("option", "prefix"));
    }
    let name = Name::parse(&page.name)?;
    let after = match page.page_token.as_str() {
        "" => 0,
        token => token.parse().map_err(|_| no_token())?,
    };
    let rows = store.versions(&name, after, count).await.map_err(|error| registry::failure(kind, error))?;
    if rows.is_empty() && after == 0 {
        return Err(registry::not_found(kind, None));
    }
    Ok(rows)
}

fn after_name(token: &str) -> Result<String, Failure> {
    match token {
        "" => Ok(String::new()),
        token => Name::of(token).map(|name| name.as_str().to_owned()).ok_or_else(no_token),
    }
}

fn no_token() -> Failure {
    let message = "page_token is none that this list gave; allowed: next_page_token of the page before";
    Failure::invalid("OPTION_INVALID", message).with("option", "page_token")
}

/// The condition of a call over gRPC.
pub(crate) fn expected(version: Option<u64>) -> Expected {
    match version {
        None => Expected::Any,
        Some(0) => Expected::Absent,
        Some(version) => Expected::Newest(version),
    }
}

/// The condition of a write over REST, from `If-Match` and `If-None-Match`.
pub(crate) fn condition(headers: &HeaderMap) -> Result<Expected, Failure> {
    match (tag(headers, IF_MATCH)?, tag(headers, IF_NONE_MATCH)?) {
        (None, None) => Ok(Expected::Any),
        (Some(Tag::Any), None) => Ok(Expected::Present),
        (Some(Tag::Version(version)), None) => Ok(Expected::Newest(version)),
        (None, Some(Tag::Any)) => Ok(Expected::Absent),
        (None, Some(Tag::Version(_))) | (Some(_), Some(_)) => Err(Failure::invalid(
            "CONDITION_INVALID",
            "a write takes one condition; allowed: If-Match: *, If-Match: \"version\" or If-None-Match: *",
        )),
    }
}

/// Refuses a condition where none is looked at.
pub(crate) fn no_condition(headers: &HeaderMap) -> Result<(), Failure> {
    match (headers.get(IF_MATCH), headers.get(IF_NONE_MATCH)) {
        (None, None) => Ok(()),
        (Some(_), _) | (_, Some(_)) => {
            let message = "a deletion takes no condition; allowed: neither If-Match nor If-None-Match";
            Err(Failure::invalid("CONDITION_INVALID", message))
        }
    }
}

/// What a conditional header names.
enum Tag {
    Any,
    Version(u64),
}

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
        None => {
            let message = format!(
                "the header {name} holds no entity tag; allowed: * or one version in quotes, such as \"17\""
            );
            Err(Failure::invalid("CONDITION_INVALID", message).with("header", name))
        }
    }
}

/// A condition of a header that did not hold is 412.
pub(crate) fn precondition(failure: Failure) -> Failure {
    if failure.reason == "VERSION_CONFLICT" { failure.http(StatusCode::PRECONDITION_FAILED) } else { failure }
}

/// Refuses a text that is longer than `allowed`.
pub(crate) fn check_bytes(kind: Kind, actual: usize, allowed: usize) -> Result<(), Failure> {
    if actual <= allowed {
        return Ok(());
    }
    let (reason, limit) = match kind {
        Kind::Schema => ("SCHEMA_BYTES_LIMIT", "registry.max_schema_bytes"),
        Kind::Recipe => ("RECIPE_BYTES_LIMIT", "registry.max_recipe_bytes"),
    };
    let message = format!("the {} has {actual} bytes; allowed: {allowed}", kind.word());
    Err(Failure::invalid(reason, message)
        .with("limit", limit)
        .with("allowed", allowed)
        .with("actual", actual))
}

/// The text of an entry. What is registered was JSON and so is UTF-8.
pub(crate) fn text(entry: &Entry) -> Result<String, Failure> {
    String::from_utf8(entry.text.to_vec()).map_err(|_| {
        Failure::internal("ANSWER_NOT_UTF8", "what is registered is not UTF-8 by a fault of the server")
    })
}

/// A version as the answer of a GET; 304 where the caller has it.
pub(crate) fn read(version: &Version, headers: &HeaderMap, media_type: &'static str) -> Answer {
    let number = version.entry.version;
    let etag = (ETAG, etag(number));
    match tag(headers, IF_NONE_MATCH)? {
        Some(Tag::Any) => return Ok((StatusCode::NOT_MODIFIED, [etag]).into_response()),
        Some(Tag::Version(known)) if known == number => {
            return Ok((StatusCode::NOT_MODIFIED, [etag]).into_response());
        }
        Some(Tag::Version(_)) | None => {}
    }
    let mut response = ([etag], version.entry.text.clone()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(media_type));
    Ok(response)
}

/// The answer of a PUT: 201 with a new version.
pub(crate) fn written(put: &Put, answer: Answer) -> Answer {
    let status = if put.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let etag = [(ETAG, etag(put.version.entry.version))];
    Ok((status, etag, answer?).into_response())
}

/// An entity tag is the version in quotes (RFC 9110 section 8.8.3), always strong.
fn etag(version: u64) -> String {
    format!("\"{version}\"")
}
