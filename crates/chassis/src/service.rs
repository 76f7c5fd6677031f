//! What is served: gRPC services, REST routes, descriptors, tasks.
//!
//! Promise: what is put in is served on one port, whatever the order. Cost: none after the start.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use tonic::server::NamedService;

use crate::tasks::Tasks;

/// One service as the chassis sees it; built by adding to it.
#[derive(Debug, Clone)]
pub struct Service {
    pub(crate) name: &'static str,
    pub(crate) grpc_services: Vec<&'static str>,
    pub(crate) grpc: Router,
    pub(crate) rest: Router,
    pub(crate) descriptors: Vec<&'static [u8]>,
    pub(crate) tasks: Tasks,
}

impl Service {
    /// An empty service of this name (as in metrics and hop marks: `fastjson-api`).
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            grpc_services: Vec::new(),
            grpc: Router::new(),
            rest: Router::new(),
            descriptors: Vec::new(),
            tasks: Tasks::new(),
        }
    }

    /// Adds a generated tonic server. Set its `max_decoding_message_size` to
    /// [`crate::config::Limits::decoding_bytes`].
    #[must_use]
    pub fn grpc<S>(mut self, service: S) -> Self
    where
        S: tower::Service<Request, Error = Infallible> + NamedService + Clone + Send + Sync + 'static,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        self.grpc_services.push(S::NAME);
        self.grpc = self.grpc.route_service(&format!("/{}/{{*rpc}}", S::NAME), service);
        self
    }

    /// Adds REST routes. They need no fallback: an unknown path is 404 and a wrong method 405, both as problems.
    #[must_use]
    pub fn rest(mut self, routes: Router) -> Self {
        self.rest = self.rest.merge(routes);
        self
    }

    /// Adds an encoded `FileDescriptorSet` for reflection and for the names in metrics.
    #[must_use]
    pub fn descriptors(mut self, encoded: &'static [u8]) -> Self {
        self.descriptors.push(encoded);
        self
    }

    /// Uses these tasks, which drain waits for.
    #[must_use]
    pub fn tasks(mut self, tasks: Tasks) -> Self {
        self.tasks = tasks;
        self
    }
}
