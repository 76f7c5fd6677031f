//! The client of `rustcache.v1.CacheService` and `rustcache.v1.AdminService`.

use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::admin_service_client::AdminServiceClient;
use fastjson_proto::rustcache::v1::cache_service_client::CacheServiceClient;
use tonic::transport::Channel;

use crate::call::{Effect, Peer};
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

    /// Writes an entry if its condition holds. Repeated only when the server cannot have seen it:
    /// a write that is repeated gets a new version.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn set(&self, context: &Context, request: pb::SetRequest) -> Result<pb::SetResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.set(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Removes an entry if its condition holds. Repeated only when the server cannot have seen it:
    /// the second removal would answer that there was nothing.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn delete(
        &self,
        context: &Context,
        request: pb::DeleteRequest,
    ) -> Result<pb::DeleteResponse, Error> {
        let send = |mut services: Services, request| async move { services.cache.delete(request).await };
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

    /// Reads an entry or has it computed. Repeated when the server was unavailable.
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
        self.0.call(context, Effect::None, request, send).await
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
