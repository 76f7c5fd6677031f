//! The client of `rustcache.v1.CacheService` and `rustcache.v1.AdminService`.
//!
//! Promise: a method is an rpc: its deadline is that of the context, a repetition is made only where it cannot take effect twice.
//! Cost: that of the call; the request is cloned for a repetition, its bytes by reference count.

use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::admin_service_client::AdminServiceClient;
use fastjson_proto::rustcache::v1::cache_service_client::CacheServiceClient;
use tonic::transport::Channel;

use crate::call::{Effect, Peer};
use crate::session::{self, Frames};
use crate::stream::Answers;
use crate::{Config, Error};

/// Calls the cache. Clones are cheap and share the connections.
#[derive(Debug, Clone)]
pub struct CacheClient(Peer<Services>);

/// Both services over one connection.
#[derive(Debug, Clone)]
struct Services {
    cache: CacheServiceClient<Channel>,
    admin: AdminServiceClient<Channel>,
}

impl CacheClient {
    /// A client that connects when it is first used.
    ///
    /// # Errors
    /// [`Error::Address`] if the address of `config` is none.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(config: Config) -> Result<Self, Error> {
        let peer = Peer::new(config, |channel, decoding_bytes| Services {
            cache: CacheServiceClient::new(channel.clone()).max_decoding_message_size(decoding_bytes),
            admin: AdminServiceClient::new(channel).max_decoding_message_size(decoding_bytes),
        })?;
        Ok(Self(peer))
    }

    /// Reads an entry. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn get(&self, context: &Context, request: pb::GetRequest) -> Result<pb::GetResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.get(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Writes an entry if its condition holds. Repeated only when the server cannot have seen it, or when it has a
    /// request id: a write that is repeated gets a new version.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn set(&self, context: &Context, request: pb::SetRequest) -> Result<pb::SetResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.set(request).await };
        let effect = Effect::of_write(&request.request_id);
        self.0.call(context, effect, request, send).await
    }

    /// Removes an entry if its condition holds. Repeated only when the server cannot have seen it, or when it has
    /// a request id: the second removal would answer that there was nothing.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn delete(
        &self,
        context: &Context,
        request: pb::DeleteRequest,
    ) -> Result<pb::DeleteResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.delete(request).await };
        let effect = Effect::of_write(&request.request_id);
        self.0.call(context, effect, request, send).await
    }

    /// Gives an entry another life. Repeated only when the server cannot have seen it: the life would begin anew.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn touch(
        &self,
        context: &Context,
        request: pb::TouchRequest,
    ) -> Result<pb::TouchResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.touch(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Adds to a counter. Repeated only when the server cannot have seen it, or when it has a request id.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn increment(
        &self,
        context: &Context,
        request: pb::IncrementRequest,
    ) -> Result<pb::IncrementResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.increment(request).await };
        let effect = Effect::of_write(&request.request_id);
        self.0.call(context, effect, request, send).await
    }

    /// Writes many entries, each for itself. Repeated only when the server cannot have seen it.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn set_many(
        &self,
        context: &Context,
        request: pb::SetManyRequest,
    ) -> Result<pb::SetManyResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.set_many(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Removes many entries, each for itself. Repeated only when the server cannot have seen it.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn delete_many(
        &self,
        context: &Context,
        request: pb::DeleteManyRequest,
    ) -> Result<pb::DeleteManyResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.delete_many(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Makes absent what was written before. Repeated only when the server cannot have seen it: what was written
    /// meanwhile would go, too.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn invalidate_tags(
        &self,
        context: &Context,
        request: pb::InvalidateTagsRequest,
    ) -> Result<pb::InvalidateTagsResponse, Error> {
        let send =
            |mut services: Services, request| async move { services.cache.invalidate_tags(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Reads many entries. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn get_many(
        &self,
        context: &Context,
        request: pb::GetManyRequest,
    ) -> Result<pb::GetManyResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.get_many(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Reads an entry or has it computed. Repeated when the server was unavailable; by lease only when the server cannot
    /// have seen it: it would wait for itself.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn get_or_compute(
        &self,
        context: &Context,
        request: pb::GetOrComputeRequest,
    ) -> Result<pb::GetOrComputeResponse, Error> {
        let send =
            |mut services: Services, request| async move { services.cache.get_or_compute(request).await };
        let effect = if request.lease.is_some() { Effect::Write } else { Effect::None };
        self.0.call(context, effect, request, send).await
    }

    /// Says what came of a computation. Repeated only when the server cannot have seen it: the second time the lease is lost.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn complete_lease(
        &self,
        context: &Context,
        request: pb::CompleteLeaseRequest,
    ) -> Result<pb::CompleteLeaseResponse, Error> {
        let send =
            |mut services: Services, request| async move { services.cache.complete_lease(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Watches entries: what happens to them, as it happens. Lives as long as the context has time, or until it is
    /// dropped. Not repeated when it is lost: open it again with the last `sequence` as `resume_from`.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn watch(
        &self,
        context: &Context,
        request: pb::WatchRequest,
    ) -> Result<Answers<pb::WatchResponse>, Error> {
        let send = |mut services: Services, request| async move { services.cache.watch(request).await };
        self.0.stream(context, request, send).await
    }

    /// Opens a session: operations by the frame over one stream, answered in their order. It is on one connection, and when
    /// that is lost it has ended: what was not answered may have been done, which only the caller can judge, so it is not
    /// opened again here. Without a deadline in `context` it may last.
    ///
    /// # Errors
    /// As of every call: see [`Error`]; also from [`Answers::next`].
    pub async fn session(&self, context: &Context) -> Result<(Frames, Answers<pb::SessionResponse>), Error> {
        let send = |mut services: Services, request| async move { services.cache.session(request).await };
        let (frames, messages) = session::open();
        Ok((frames, self.0.stream(context, messages, send).await?))
    }

    /// Lists the limits of the server. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn get_limits(
        &self,
        context: &Context,
        request: pb::GetLimitsRequest,
    ) -> Result<pb::GetLimitsResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.get_limits(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Lists entries, a page at a time. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn scan(&self, context: &Context, request: pb::ScanRequest) -> Result<pb::ScanResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.scan(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Makes a namespace. Repeated only when the server cannot have seen it: the second time it exists.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn create_namespace(
        &self,
        context: &Context,
        request: pb::CreateNamespaceRequest,
    ) -> Result<pb::CreateNamespaceResponse, Error> {
        let send =
            |mut services: Services, request| async move { services.admin.create_namespace(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Changes settings of a namespace. Repeated when the server was unavailable: the settings are the same then.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn update_namespace(
        &self,
        context: &Context,
        request: pb::UpdateNamespaceRequest,
    ) -> Result<pb::UpdateNamespaceResponse, Error> {
        let send =
            |mut services: Services, request| async move { services.admin.update_namespace(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Deletes a namespace. Repeated only when the server cannot have seen it: one that was made anew would go, too.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn delete_namespace(
        &self,
        context: &Context,
        request: pb::DeleteNamespaceRequest,
    ) -> Result<pb::DeleteNamespaceResponse, Error> {
        let send =
            |mut services: Services, request| async move { services.admin.delete_namespace(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Lists the namespaces. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn list_namespaces(
        &self,
        context: &Context,
        request: pb::ListNamespacesRequest,
    ) -> Result<pb::ListNamespacesResponse, Error> {
        let send =
            |mut services: Services, request| async move { services.admin.list_namespaces(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Writes a snapshot. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn take_snapshot(
        &self,
        context: &Context,
        request: pb::TakeSnapshotRequest,
    ) -> Result<pb::TakeSnapshotResponse, Error> {
        let send =
            |mut services: Services, request| async move { services.admin.take_snapshot(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Lists the keys of a namespace that are used most. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn hot_keys(
        &self,
        context: &Context,
        request: pb::HotKeysRequest,
    ) -> Result<pb::HotKeysResponse, Error> {
        let send = |mut services: Services, request| async move { services.admin.hot_keys(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Says whether a key is there, and why, or what became of it. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn explain_key(
        &self,
        context: &Context,
        request: pb::ExplainKeyRequest,
    ) -> Result<pb::ExplainKeyResponse, Error> {
        let send = |mut services: Services, request| async move { services.admin.explain_key(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Lists the last calls that took long. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn slow_operations(
        &self,
        context: &Context,
        request: pb::SlowOperationsRequest,
    ) -> Result<pb::SlowOperationsResponse, Error> {
        let send =
            |mut services: Services, request| async move { services.admin.slow_operations(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Counts what namespaces hold and did. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn stats(
        &self,
        context: &Context,
        request: pb::StatsRequest,
    ) -> Result<pb::StatsResponse, Error> {
        let send = |mut services: Services, request| async move { services.admin.stats(request).await };
        self.0.call(context, Effect::None, request, send).await
    }
}
