//! The client of `rustcache.v1.DocumentService`.
//!
//! Promise and cost: those of [`CacheClient`](crate::CacheClient); a change is repeated only where it never arrived.

use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::document_service_client::DocumentServiceClient;
use tonic::transport::Channel;

use crate::call::{Effect, Peer};
use crate::{Config, Error};

type Service = DocumentServiceClient<Channel>;

/// Reads documents in part and changes them where they lie. Clones are cheap and share the connections.
#[derive(Debug, Clone)]
pub struct DocumentClient(Peer<Service>);

impl DocumentClient {
    /// A client that connects when it is first used.
    ///
    /// # Errors
    /// [`Error::Address`] if the address of `config` is none.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(config: Config) -> Result<Self, Error> {
        let peer = Peer::new(config, |channel, decoding_bytes| {
            DocumentServiceClient::new(channel).max_decoding_message_size(decoding_bytes)
        })?;
        Ok(Self(peer))
    }

    /// Reads a document, whole or by paths. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn get(
        &self,
        context: &Context,
        request: pb::GetDocumentRequest,
    ) -> Result<pb::GetDocumentResponse, Error> {
        let send = |mut service: Service, request| async move { service.get_document(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Writes a document. Repeated only when the server cannot have seen it, or when it has a request id.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn put(
        &self,
        context: &Context,
        request: pb::PutDocumentRequest,
    ) -> Result<pb::PutDocumentResponse, Error> {
        let send = |mut service: Service, request| async move { service.put_document(request).await };
        let effect = Effect::of_write(&request.request_id);
        self.0.call(context, effect, request, send).await
    }

    /// Changes a document by a JSON Patch. Repeated only when the server cannot have seen it, or when it has a request id.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn patch(
        &self,
        context: &Context,
        request: pb::PatchDocumentRequest,
    ) -> Result<pb::PatchDocumentResponse, Error> {
        let send = |mut service: Service, request| async move { service.patch_document(request).await };
        let effect = Effect::of_write(&request.request_id);
        self.0.call(context, effect, request, send).await
    }

    /// Changes a document by a merge patch. Repeated only when the server cannot have seen it, or when it has a request id.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn merge(
        &self,
        context: &Context,
        request: pb::MergeDocumentRequest,
    ) -> Result<pb::MergeDocumentResponse, Error> {
        let send = |mut service: Service, request| async move { service.merge_document(request).await };
        let effect = Effect::of_write(&request.request_id);
        self.0.call(context, effect, request, send).await
    }
}
