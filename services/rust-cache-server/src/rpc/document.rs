//! `rustcache.v1.DocumentService`: its list, and what its rpcs share.

use cache_engine::{Condition, RequestId};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::document_service_server::DocumentService;
use prost::Message;
use tonic::{Request, Response, Status};

use super::{Rpc, get_document, merge_document, patch_document, put_document};
use crate::documents::{Once, Target};
use crate::latency::Operation;
use crate::wire;

#[tonic::async_trait]
impl DocumentService for Rpc {
    async fn get_document(
        &self,
        request: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<pb::GetDocumentResponse>, Status> {
        let asked = self.asked(&request);
        let call = get_document::call(&self.app, request.into_inner());
        self.timed(Operation::GetDocument, || asked, call).await
    }

    async fn put_document(
        &self,
        request: Request<pb::PutDocumentRequest>,
    ) -> Result<Response<pb::PutDocumentResponse>, Status> {
        let asked = self.asked(&request);
        let call = put_document::call(&self.app, request.into_inner());
        self.timed(Operation::PutDocument, || asked, call).await
    }

    async fn patch_document(
        &self,
        request: Request<pb::PatchDocumentRequest>,
    ) -> Result<Response<pb::PatchDocumentResponse>, Status> {
        let asked = self.asked(&request);
        let call = patch_document::call(&self.app, request.into_inner());
        self.timed(Operation::PatchDocument, || asked, call).await
    }

    async fn merge_document(
        &self,
        request: Request<pb::MergeDocumentRequest>,
    ) -> Result<Response<pb::MergeDocumentResponse>, Status> {
        let asked = self.asked(&request);
        let call = merge_document::call(&self.app, request.into_inner());
        self.timed(Operation::MergeDocument, || asked, call).await
    }
}

/// The entry that a request names.
pub(super) fn target(namespace: &str, key: &str) -> Result<Target, Failure> {
    Ok(Target { namespace: wire::namespace(namespace)?, key: wire::key(key)? })
}

/// The bytes of a patch.
pub(super) fn patch(patch: Option<pb::DocumentPatch>) -> Result<bytes::Bytes, Failure> {
    match patch.and_then(|patch| patch.body) {
        Some(pb::document_patch::Body::Text(text)) => Ok(text.into()),
        Some(pb::document_patch::Body::Data(bytes)) => Ok(bytes),
        None => Err(Failure::invalid("PATCH_MISSING", "the patch has no body; allowed: text or data")),
    }
}

/// On what a change depends.
pub(super) fn condition(condition: Option<pb::Condition>) -> Result<Condition, Failure> {
    changing(wire::condition(condition)?)
}

/// The same, of what is to be changed.
pub(super) fn changing(condition: Condition) -> Result<Condition, Failure> {
    match condition {
        Condition::IfAbsent => Err(Failure::invalid(
            "CONDITION_INVALID",
            "what is absent cannot be changed; allowed: always, if_present or if_version",
        )),
        held @ (Condition::Always | Condition::IfPresent | Condition::IfVersion(_)) => Ok(held),
    }
}

/// The id of a change, with the whole of what was asked for; the name of the rpc tells requests of one shape apart.
pub(super) fn once(id: &str, rpc: &str, request: &impl Message) -> Result<Option<Once>, Failure> {
    if id.is_empty() {
        return Ok(None);
    }
    let id = RequestId::new(id).map_err(wire::engine_failure)?;
    let words = [rpc.as_bytes(), &request.encode_to_vec()].concat().into();
    Ok(Some(Once { id, words }))
}

#[cfg(test)]
mod tests;
