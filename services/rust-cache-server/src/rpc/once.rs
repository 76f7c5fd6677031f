//! Writes that may have an id, under which they take effect once.

use cache_engine::{NamespaceName, Receipt, RequestId, Store as _, Write};
use chassis::Failure;
use http::HeaderMap;

use crate::{App, documents, wire};

/// The header of REST that holds the id.
const HEADER: &str = "idempotency-key";

/// Does a write; an empty id means none.
pub(crate) async fn write(
    app: &App,
    namespace: &NamespaceName,
    id: &str,
    write: Write,
) -> Result<Receipt, Failure> {
    if matches!(write, Write::Set { .. } | Write::Increment { .. }) {
        documents::unchecked(app, namespace)?;
    }
    put(app, namespace, id, write).await
}

/// The same of what was checked.
pub(super) async fn put(
    app: &App,
    namespace: &NamespaceName,
    id: &str,
    write: Write,
) -> Result<Receipt, Failure> {
    let store = &app.store;
    let receipt = match write {
        write if !id.is_empty() => {
            let id = RequestId::new(id).map_err(wire::engine_failure)?;
            store.once(namespace, &id, write).await
        }
        Write::Set { key, draft, condition } => {
            store.set(namespace, key, draft, condition).await.map(Receipt::from)
        }
        Write::Remove { key, condition } => store.remove(namespace, &key, condition).await.map(Receipt::from),
        Write::Increment { key, increment } => {
            store.increment(namespace, &key, increment).await.map(Receipt::from)
        }
        Write::Edit { key, edit } => store.edit(namespace, &key, edit).await.map(Receipt::from),
    };
    receipt.map_err(wire::engine_failure)
}

/// The id of a REST call; without the header there is none.
pub(crate) fn id(headers: &HeaderMap) -> Result<&str, Failure> {
    let Some(value) = headers.get(HEADER) else { return Ok("") };
    match value.to_str() {
        Ok(id) if !id.is_empty() => Ok(id),
        Ok(_) | Err(_) => Err(Failure::invalid(
            "REQUEST_ID_INVALID",
            "the header Idempotency-Key holds no id; allowed: 1 to 64 visible characters",
        )),
    }
}
