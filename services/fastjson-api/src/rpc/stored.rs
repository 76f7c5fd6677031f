//! What SchemaService and RecipeService share: names in addresses, conditions, pages, texts.

mod condition;
mod page;

use axum::extract::{FromRequestParts, Path};
use chassis::Failure;
use http::request::Parts;
use serde::Deserialize;

use crate::registry::{self, Entry, Kind, Name, Store};

pub(crate) use condition::{condition, expected, no_condition, precondition, read, written};
pub(crate) use page::{MAX_PAGE, Page, PageOptions, list};

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

/// Deletes a version of a name, or all; gives how many there were.
pub(crate) async fn delete(
    store: &dyn Store,
    kind: Kind,
    name: &str,
    version: Option<u64>,
) -> Result<u64, Failure> {
    let name = Name::parse(name)?;
    store.delete(&name, version).await.map_err(|error| registry::failure(kind, error))
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
