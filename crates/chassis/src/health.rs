//! Asking a server whether it serves: `grpc.health.v1`, the one function behind every `health` subcommand.
//!
//! Promise: a verdict, or why there is none, within the time that is given. Cost: one connection, closed again.

use std::time::Duration;

use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// What a server said about itself or about one of its services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serving {
    /// Takes calls.
    Serving,
    /// Draining or not ready.
    NotServing,
    /// Answered, without a verdict.
    Unknown,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The address is not one; fix it.
    #[error("`{address}` is not an address; allowed: host:port or http://host:port")]
    Address {
        /// As given.
        address: String,
    },
    /// Nobody answered there in time; try later.
    #[error("no answer from {address} within {timeout:?}: {why}")]
    Unreachable {
        /// As given.
        address: String,
        /// How long was waited at the most.
        timeout: Duration,
        /// What went wrong on the way.
        why: String,
    },
    /// The server knows no such service; fix the name.
    #[error("the server at {address} has no service `{service}`")]
    UnknownService {
        /// As given.
        address: String,
        /// As given.
        service: String,
    },
}

/// Asks the server at `address` (`host:port` or `http://host:port`) about itself, or about `service` by its full gRPC
/// name. Takes at most `timeout`; opens one connection and closes it.
pub async fn check(address: &str, service: Option<&str>, timeout: Duration) -> Result<Serving, CheckError> {
    let unreachable = |why: String| CheckError::Unreachable { address: address.to_owned(), timeout, why };
    match tokio::time::timeout(timeout, ask(address, service.unwrap_or_default())).await {
        Ok(Ok(serving)) => Ok(serving),
        Ok(Err(Trouble::Address)) => Err(CheckError::Address { address: address.to_owned() }),
        Ok(Err(Trouble::UnknownService)) => Err(CheckError::UnknownService {
            address: address.to_owned(),
            service: service.unwrap_or_default().to_owned(),
        }),
        Ok(Err(Trouble::Other(why))) => Err(unreachable(why)),
        Err(_) => Err(unreachable("timed out".to_owned())),
    }
}

enum Trouble {
    Address,
    UnknownService,
    Other(String),
}

async fn ask(address: &str, service: &str) -> Result<Serving, Trouble> {
    let uri = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let endpoint = Endpoint::from_shared(uri).map_err(|_| Trouble::Address)?;
    if endpoint.uri().port().is_none() {
        return Err(Trouble::Address);
    }
    let channel = endpoint.connect().await.map_err(|error| Trouble::Other(root_cause(&error)))?;
    let request = HealthCheckRequest { service: service.to_owned() };
    match HealthClient::new(channel).check(request).await {
        Ok(response) => Ok(match response.into_inner().status() {
            ServingStatus::Serving => Serving::Serving,
            ServingStatus::NotServing => Serving::NotServing,
            ServingStatus::Unknown | ServingStatus::ServiceUnknown => Serving::Unknown,
        }),
        Err(status) if status.code() == tonic::Code::NotFound => Err(Trouble::UnknownService),
        Err(status) => Err(Trouble::Other(status.message().to_owned())),
    }
}

/// tonic's own message is «transport error»; what a person needs is at the end of the chain.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
