//! The cache service with its sessions: takes those before the generated server does, since that would make a message of
//! each frame.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{Grpc, NamedService, StreamingService};
use tonic::{Status, Streaming};

use super::Answers;
use super::codec::Raw;
use crate::App;

const PATH: &str = "/rustcache.v1.CacheService/Session";

/// The generated server `S` and sessions.
#[derive(Clone)]
pub(crate) struct WithSessions<S> {
    app: App,
    generated: S,
}

impl<S> WithSessions<S> {
    pub(crate) fn new(app: App, generated: S) -> Self {
        Self { app, generated }
    }
}

impl<S: NamedService> NamedService for WithSessions<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<axum::body::Body>> for WithSessions<S>
where
    S: Service<
            Request<axum::body::Body>,
            Response = Response<Body>,
            Error = Infallible,
            Future = BoxFuture<Response<Body>, Infallible>,
        >,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Response<Body>, Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.generated.poll_ready(context)
    }

    fn call(&mut self, request: Request<axum::body::Body>) -> Self::Future {
        if request.uri().path() != PATH {
            return self.generated.call(request);
        }
        let app = self.app.clone();
        Box::pin(async move {
            let limits = &app.config.server.limits;
            let mut grpc = Grpc::new(Raw)
                .max_decoding_message_size(limits.decoding_bytes())
                .max_encoding_message_size(limits.encoding_bytes());
            Ok(grpc.streaming(Begin(app), request).await)
        })
    }
}

/// Opens a session.
struct Begin(App);

impl StreamingService<Bytes> for Begin {
    type Response = Bytes;
    type ResponseStream = Answers;
    type Future = Ready<Result<tonic::Response<Answers>, Status>>;

    fn call(&mut self, request: tonic::Request<Streaming<Bytes>>) -> Self::Future {
        let trace_id = chassis::context_of(request.extensions()).trace.trace_id;
        let begun = super::begin(&self.0, trace_id, request.into_inner());
        ready(begun.map(tonic::Response::new).map_err(Status::from))
    }
}
