//! The client of `rustcache.v1.LoadService`, and layers that limit the callers of a service by it.
//!
//! Promise: what takes something is not repeated once it may have arrived. Cost: that of the call.

mod concurrency;
mod gate;
mod rate_limit;
mod refusal;
mod when_down;

use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::load_service_client::LoadServiceClient;
use tonic::transport::Channel;

use crate::call::{Effect, Peer};
use crate::{Config, Error};

pub use concurrency::{Concurrency, ConcurrencyLayer};
pub use gate::{GateLayer, Gated, Kept};
pub use rate_limit::{Rate, RateLimitLayer};
pub use when_down::WhenDown;

/// Asks for tokens and leases. Clones are cheap and share the connections.
#[derive(Debug, Clone)]
pub struct LoadClient(Peer<LoadServiceClient<Channel>>);

impl LoadClient {
    /// A client that connects when it is first used.
    ///
    /// # Errors
    /// [`Error::Address`] if the address of `config` is none.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(config: Config) -> Result<Self, Error> {
        let peer = Peer::new(config, |channel, decoding_bytes| {
            LoadServiceClient::new(channel).max_decoding_message_size(decoding_bytes)
        })?;
        Ok(Self(peer))
    }

    /// Takes tokens. Repeated only when the server cannot have seen it: it would take again.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn take_tokens(
        &self,
        context: &Context,
        request: pb::TakeTokensRequest,
    ) -> Result<pb::TakeTokensResponse, Error> {
        let send = |mut client: LoadServiceClient<Channel>, request| async move {
            client.take_tokens(request).await
        };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Gets a lease. Repeated only when the server cannot have seen it: it would be another lease.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn acquire_lease(
        &self,
        context: &Context,
        request: pb::AcquireLeaseRequest,
    ) -> Result<pb::AcquireLeaseResponse, Error> {
        let send = |mut client: LoadServiceClient<Channel>, request| async move {
            client.acquire_lease(request).await
        };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Makes a lease last longer. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn renew_lease(
        &self,
        context: &Context,
        request: pb::RenewLeaseRequest,
    ) -> Result<pb::RenewLeaseResponse, Error> {
        let send = |mut client: LoadServiceClient<Channel>, request| async move {
            client.renew_lease(request).await
        };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Ends a lease. Repeated when the server was unavailable; a repetition may find it ended already.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn release_lease(
        &self,
        context: &Context,
        request: pb::ReleaseLeaseRequest,
    ) -> Result<pb::ReleaseLeaseResponse, Error> {
        let send = |mut client: LoadServiceClient<Channel>, request| async move {
            client.release_lease(request).await
        };
        self.0.call(context, Effect::None, request, send).await
    }
}
