//! MergeDocument: a change by a merge patch, RFC 7396.

use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use super::document::{condition, once, patch, target};
use crate::documents::{self, Change, Demands, Named, Outcome, Wanted};
use crate::{App, wire};

/// `rustcache.v1.DocumentService/MergeDocument`.
pub(crate) async fn call(
    app: &App,
    mut request: pb::MergeDocumentRequest,
) -> Result<pb::MergeDocumentResponse, Failure> {
    let target = target(&request.namespace, &request.key)?;
    let condition = condition(request.condition)?;
    let id = std::mem::take(&mut request.request_id);
    let once = once(&id, "MergeDocument", &request)?;
    let named = Named { name: request.schema, version: request.schema_version };
    let demands = Demands::of(app, &target.namespace, named).await?;
    let change = Wanted { how: Change::merge(app, patch(request.patch)?).await?, demands };
    let outcome = documents::change(app, &target, condition, once.as_ref(), change).await?;
    Ok(pb::MergeDocumentResponse { outcome: Some(answer(outcome)) })
}

fn answer(outcome: Outcome) -> pb::merge_document_response::Outcome {
    match outcome {
        Outcome::Changed(version, size_bytes) => {
            let changed = pb::Changed { version: version.get(), size_bytes };
            pb::merge_document_response::Outcome::Changed(changed)
        }
        Outcome::Conflict(current) => pb::merge_document_response::Outcome::Conflict(wire::current(current)),
        Outcome::Missing => pb::merge_document_response::Outcome::Missing(pb::Missing {}),
    }
}
