//! What happens to every request before and after its handler: context, limits, deadline, panic, metrics.
//!
//! One function rather than a tower of layers, since each step is a few lines and a unary Get pays for all of them. Promise: an
//! answer for every request, by its deadline, also after a panic. Order: origin, header bytes, context, deadline, place,
//! handler, status. Cost: the header sum, one look-up, two clocks, one boxed body.

mod admit;
mod body;
mod cors;
mod held;
mod meter;
mod routes;
mod status;
mod unknown;

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use context::Deadline;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body::Body as _;
use metrics::counter;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{BoxError, Layer, Service as _, service_fn};
use tower_http::cors::CorsLayer;
use tracing::Instrument;

use self::admit::{Admitted, Gate};
use self::body::Watched;
use self::held::Outgoing;
pub(crate) use self::held::{Held, Received};
use self::meter::{Call, Meters};
use self::routes::Route;
use crate::config::Config;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::service::Service;

/// The whole service behind one function; clones share it.
#[derive(Clone)]
pub(crate) struct Stack(Arc<Inner>);

struct Inner {
    name: &'static str,
    router: Router,
    /// Full names of the gRPC services.
    services: Vec<&'static str>,
    meters: Meters,
    gate: Gate,
    /// Absent where no page of another origin may call.
    cors: Option<CorsLayer>,
    draining: CancellationToken,
}

impl Stack {
    /// Routes of `service`, which must hold health and reflection already.
    pub(crate) fn new(
        service: Service,
        config: &Config,
        draining: CancellationToken,
    ) -> Result<Self, prost::DecodeError> {
        Ok(Self(Arc::new(Inner {
            name: service.name,
            meters: Meters::of(&service.descriptors, &service.grpc_services)?,
            services: service.grpc_services.clone(),
            gate: Gate::new(service.name, &config.limits),
            cors: cors::layer(&config.cors),
            router: routes::assemble(service, &config.limits),
            draining,
        })))
    }

    /// Answers any request; what a browser may send also tells the page's origin whether it may read the answer.
    pub(crate) async fn answer<B>(self, request: Request<B>, connection: Connection) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError> + std::fmt::Display,
    {
        match self.0.cors.clone().filter(|_| cors::concerns(&request)) {
            // Boxed: the future of every call is as large as its largest way, and is copied when it is spawned.
            Some(cors) => Box::pin(self.answer_page(cors, request, connection)).await,
            None if cors::is_preflight(&request) => self.refuse_page(Instant::now()),
            None => self.translate(request, connection).await,
        }
    }

    /// Every answer goes through the layer, refusals too, so that a page can read why it was refused.
    async fn answer_page<B>(
        self,
        cors: CorsLayer,
        request: Request<B>,
        connection: Connection,
    ) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError> + std::fmt::Display,
    {
        let arrived = Instant::now();
        let (stack, is_preflight) = (self.clone(), cors::is_preflight(&request));
        let inside = service_fn(move |request| {
            let stack = self.clone();
            async move { Ok::<_, Infallible>(stack.translate(request, connection).await) }
        });
        let response = match cors.layer(inside).call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        if !is_preflight {
            return response;
        }
        if !response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
            return stack.refuse_page(arrived);
        }
        meter::count_rest(stack.0.name, cors::ROUTE, response.status(), arrived);
        response
    }

    /// A browser goes no further; who looks for the reason finds it.
    fn refuse_page(&self, arrived: Instant) -> Response<Body> {
        let mut response = cors::refused().into_response();
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
        meter::count_rest(self.0.name, cors::ROUTE, response.status(), arrived);
        response
    }

    /// grpc-web is translated on the way in and out, so that everything inside is gRPC or REST.
    async fn translate<B>(self, request: Request<B>, connection: Connection) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError> + std::fmt::Display,
    {
        if !content_type(request.headers()).starts_with(b"application/grpc-web") {
            return self.handle(request.map(Body::new), Some(connection)).await;
        }
        let mut web: GrpcWebService<Self> = GrpcWebLayer::new().layer(self);
        match Box::pin(web.call(request)).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }

    async fn handle(&self, request: Request<Body>, connection: Option<Connection>) -> Response<Body> {
        let arrived = Instant::now();
        let rpc = self.0.meters.rpc(request.uri().path());
        if content_type(request.headers()).starts_with(b"application/grpc") {
            let mut call = Call::new(Arc::clone(rpc.unwrap_or_else(|| self.0.meters.unknown())), arrived);
            let unknown = match rpc {
                Some(_) => None,
                None => unknown::failure(&self.0.services, &self.0.meters, request.uri().path()),
            };
            return match unknown {
                Some(failure) => refuse(failure, &mut call),
                None => self.handle_rpc(request, connection, call).await,
            };
        }
        if rpc.is_some() {
            return not_grpc().into_response();
        }
        self.handle_rest(request, arrived).await
    }

    async fn handle_rpc(
        &self,
        mut request: Request<Body>,
        connection: Option<Connection>,
        mut call: Call,
    ) -> Response<Body> {
        let drain = admit::is_infrastructure(request.uri().path()).then(|| self.0.draining.clone());
        let admitted = match self.0.gate.admit(&request) {
            Ok(admitted) => admitted,
            Err(failure) => return refuse(failure, &mut call),
        };
        if let Some(connection) = connection.filter(|_| call.is_answered_by_a_stream()) {
            request.extensions_mut().insert(connection);
        }
        let held = call.is_unary().then(|| admitted.ledger.hold());
        if let Some(held) = held.clone() {
            request = request.map(|body| Body::new(Received::new(body, held)));
        }
        let asked = admitted.asked;
        let mut response = match self.run_handler(request, admitted).await {
            Ok(response) => response,
            Err(failure) => return refuse(failure, &mut call),
        };
        if response.headers().contains_key(status::GRPC_STATUS) {
            status::remap(response.headers_mut());
            call.end(status::code_of(response.headers()));
            return response;
        }
        let drain = drain.map(CancellationToken::cancelled_owned);
        let outgoing = held.map(Outgoing::new);
        response.map(|body| Body::new(Watched::new(body, Some(call), asked, drain, outgoing)))
    }

    async fn handle_rest(&self, mut request: Request<Body>, arrived: Instant) -> Response<Body> {
        let method = request.method().clone();
        let outcome = match self.0.gate.admit(&request) {
            Ok(admitted) => {
                let (asked, held) = (admitted.asked, admitted.ledger.hold());
                request.extensions_mut().insert(held.clone());
                self.run_handler(request, admitted).await.map(|response| watch_body(response, asked, held))
            }
            Err(failure) => Err(failure),
        };
        let response = match outcome {
            Ok(response) => response,
            Err(failure) => failure.into_response(),
        };
        let response = routes::as_problem(response);
        let route = response.extensions().get::<Route>().map_or("unknown", |route| route.as_str());
        meter::count_rest(self.0.name, &format!("{method} {route}"), response.status(), arrived);
        response
    }

    /// One of the trace that the caller began: the same identifiers go to the peer.
    fn span(&self, path: &str, admitted: &Admitted) -> tracing::Span {
        let context = &admitted.context;
        tracing::debug_span!(
            "request",
            server = self.0.name,
            path,
            trace = format_args!("{:032x}", context.trace.trace_id),
            span = format_args!("{:016x}", context.trace.span_id),
            parent = format_args!("{:016x}", admitted.parent.span_id),
            caller = context.caller.as_ref().map(|caller| caller.name()),
        )
    }

    /// The handler within its deadline and its place; a panic is a failure like any other.
    async fn run_handler(
        &self,
        mut request: Request<Body>,
        admitted: Admitted,
    ) -> Result<Response<Body>, Failure> {
        let span = self.span(request.uri().path(), &admitted);
        let Admitted { context, deadline, timeout, place: _place, .. } = admitted;
        request.extensions_mut().insert(context);
        let mut router = self.0.router.clone();
        // The router is dropped after an unwind and shares nothing mutable with other calls.
        let handler = AssertUnwindSafe(async move { router.call(request).await }).catch_unwind();
        match tokio::time::timeout_at(deadline.instant().into(), handler.instrument(span)).await {
            Ok(Ok(Ok(response))) => Ok(response),
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_panic)) => Err(panicked()),
            Err(_elapsed) => Err(Failure::deadline(format!("no answer within the deadline of {timeout:?}"))),
        }
    }
}

/// An answer of REST whose end is not known has the deadline of its caller; one that is long is counted.
fn watch_body(response: Response<Body>, asked: Option<Deadline>, held: Held) -> Response<Body> {
    match response.body().size_hint().exact() {
        None if asked.is_none() => response,
        None => response.map(|body| Body::new(Watched::new(body, None, asked, None, None))),
        Some(bytes) if held::is_short(bytes) => response,
        Some(_) => {
            response.map(|body| Body::new(Watched::new(body, None, None, None, Some(Outgoing::new(held)))))
        }
    }
}

/// What a panic in a handler or in its response stream is answered with; the hook printed where it happened.
fn panicked() -> Failure {
    counter!("panics_total").increment(1);
    tracing::error!("handler panicked");
    Failure::internal("PANIC", "the server failed on this call; it was logged and other calls go on")
}

fn refuse(failure: Failure, call: &mut Call) -> Response<Body> {
    call.end(failure.code);
    Status::from(failure).into_http()
}

/// gRPC over HTTP/2: a server answers 415 to any other content type.
fn not_grpc() -> Failure {
    Failure::invalid(
        "CONTENT_TYPE",
        "this is a gRPC method; allowed: content-type application/grpc or grpc-web",
    )
    .http(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

fn content_type(headers: &HeaderMap) -> &[u8] {
    headers.get(header::CONTENT_TYPE).map_or(b"", |value| value.as_bytes())
}

/// For the grpc-web translation, which wants a tower service; the only path that boxes its future.
impl<B> tower::Service<Request<B>> for Stack
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let stack = self.clone();
        Box::pin(async move { Ok(stack.handle(request.map(Body::new), None).await) })
    }
}
