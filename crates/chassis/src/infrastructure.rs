//! What every service serves besides its own: `grpc.health.v1` and reflection in both versions (grpcurl 1.8 and
//! grpcio still ask for v1alpha).
//!
//! Promise: what is listed is served, and what is served is listed. Cost: the descriptors are decoded once, at the start.

use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};
use tonic_reflection::server::{Builder, Error as ReflectionError};

use crate::service::Service;

/// Adds reflection over the service's descriptors, those of health and of the `google.rpc` error details. Only what is
/// served is listed: a descriptor set can hold services of the peer.
pub(crate) fn add_reflection(service: Service) -> Result<Service, ReflectionError> {
    let service = service
        .descriptors(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .descriptors(tonic_types::pb::FILE_DESCRIPTOR_SET);
    let v1 = configure(&service).build_v1()?;
    let v1alpha = configure(&service).build_v1alpha()?;
    Ok(service
        .grpc(v1)
        .grpc(v1alpha)
        .descriptors(tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET)
        .descriptors(tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET))
}

fn configure(service: &Service) -> Builder<'static> {
    let sets = service.descriptors.iter();
    let builder =
        sets.fold(Builder::configure(), |builder, set| builder.register_encoded_file_descriptor_set(set));
    let own = service.grpc_services.iter().copied();
    own.chain(["grpc.reflection.v1.ServerReflection"])
        .fold(builder, |builder, name| builder.with_service_name(name))
}

/// Who is asked for: the process as a whole and each gRPC service.
pub(crate) struct Health {
    reporter: HealthReporter,
    names: Vec<&'static str>,
}

/// Adds `grpc.health.v1`, serving.
pub(crate) async fn add_health(service: Service) -> (Service, Health) {
    let (reporter, server) = health_reporter();
    let health = Health { reporter, names: service.grpc_services.clone() };
    health.set(ServingStatus::Serving).await;
    (service.grpc(server), health)
}

impl Health {
    /// Says the same of the whole and of each service.
    pub(crate) async fn set(&self, status: ServingStatus) {
        for name in std::iter::once("").chain(self.names.iter().copied()) {
            self.reporter.set_service_status(name, status).await;
        }
    }
}
