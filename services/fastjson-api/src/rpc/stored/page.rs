//! Pages of a list: where one ends the next goes on.

use chassis::Failure;
use serde::Deserialize;

use crate::registry::{self, Kind, Name, Store, Version};

/// Most rows of a page.
pub(crate) const MAX_PAGE: u32 = 1_000;

/// Rows of a page whose caller names none.
const DEFAULT_PAGE: u32 = 100;

/// Query parameters of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
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
        return Err(registry::not_found(kind, &name, None));
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
