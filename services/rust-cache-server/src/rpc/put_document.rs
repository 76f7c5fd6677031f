//! PutDocument: a write of what is a document.

use cache_engine::{Draft, Receipt, Tags, Value, Write};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use super::document::target;
use super::once;
use crate::documents::{self, Demands, Held, JSON, Named};
use crate::{App, wire};

/// `rustcache.v1.DocumentService/PutDocument`.
pub(crate) async fn call(
    app: &App,
    request: pb::PutDocumentRequest,
) -> Result<pb::PutDocumentResponse, Failure> {
    let target = target(&request.namespace, &request.key)?;
    let condition = wire::condition(request.condition)?;
    let value = typed(wire::value(request.value.as_ref())?)?;
    let named = Named { name: request.schema, version: request.schema_version };
    let demands = Demands::of(app, &target.namespace, named).await?;
    let held = documents::parse(app, value.body().to_bytes()).await?;
    check(app, &value, &held, demands).await?;
    let draft = Draft {
        value,
        life: wire::life(request.expiry.unwrap_or_default(), &*app.clock)?,
        tags: Tags::new(&request.tags).map_err(wire::engine_failure)?,
        cost: None,
    };
    let write = Write::Set { key: target.key.clone(), draft, condition };
    let outcome = match once::put(app, &target.namespace, &request.request_id, write).await? {
        Receipt::Stored(version) => {
            app.documents.keep(&target, version.get(), held);
            pb::put_document_response::Outcome::Stored(pb::Stored { version: version.get() })
        }
        Receipt::Conflict(current) => pb::put_document_response::Outcome::Conflict(wire::current(current)),
        Receipt::Removed(_) | Receipt::Counted(..) | Receipt::Missing => return Err(wire::foreign_receipt()),
    };
    Ok(pb::PutDocumentResponse { outcome: Some(outcome) })
}

async fn check(app: &App, value: &Value, held: &Held, demands: Demands) -> Result<(), Failure> {
    if demands.is_empty() {
        return Ok(());
    }
    let (options, allowance) = (app.documents.options(), app.documents.allowance());
    let (text, document) = (value.body().to_bytes(), held.document.clone());
    documents::run_program(app, move || demands.check(&document, &text, &options, allowance)).await?
}

/// A document without a media type is JSON.
fn typed(value: Value) -> Result<Value, Failure> {
    if value.content_type().is_empty() {
        return Value::new(value.into_body(), JSON).map_err(wire::engine_failure);
    }
    Ok(value)
}
