//! The cache service with the calls that are served ahead of the generated server: sessions and batches of Gets, of which
//! that would make a message an item, and watches, for each of which it would keep a buffer.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use fastjson_proto::rustcache::v1 as pb;
use futures_util::stream::{Empty, empty};
use http::{Request, Response};
use parking_lot::Mutex;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{Grpc, NamedService, ServerStreamingService};
use tonic_prost::ProstCodec;

use super::get_many::GetMany;
use super::raw::Raw;
use super::{session, watch};
use crate::App;

const GET_MANY: &str = "/rustcache.v1.CacheService/GetMany";
const SESSION: &str = "/rustcache.v1.CacheService/Session";
const WATCH: &str = "/rustcache.v1.CacheService/Watch";

/// The generated server `S` with what goes ahead of it. Cloned for each call.
#[derive(Clone)]
pub(crate) struct Ahead<S> {
    app: Arc<App>,
    generated: S,
}

impl<S> Ahead<S> {
    pub(crate) fn new(app: App, generated: S) -> Self {
        Self { app: Arc::new(app), generated }
    }
}

impl<S: NamedService> NamedService for Ahead<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<axum::body::Body>> for Ahead<S>
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
        match request.uri().path() {
            GET_MANY => Box::pin(get_many(Arc::clone(&self.app), request)),
            SESSION => Box::pin(open_session(Arc::clone(&self.app), request)),
            WATCH => Box::pin(open_watch(Arc::clone(&self.app), request)),
            _ => self.generated.call(request),
        }
    }
}

async fn get_many(app: Arc<App>, request: Request<axum::body::Body>) -> Result<Response<Body>, Infallible> {
    Ok(raw(&app).unary(GetMany(app), request).await)
}

async fn open_session(
    app: Arc<App>,
    request: Request<axum::body::Body>,
) -> Result<Response<Body>, Infallible> {
    Ok(raw(&app).streaming(session::Begin(app), request).await)
}

/// Takes and gives encoded messages within the limits of all.
fn raw(app: &App) -> Grpc<Raw> {
    let limits = &app.config.server.limits;
    Grpc::new(Raw)
        .max_decoding_message_size(limits.decoding_bytes())
        .max_encoding_message_size(limits.encoding_bytes())
}

/// tonic reads the request and makes the head of the answer; its body, in which nothing is, makes way for ours.
async fn open_watch(app: Arc<App>, request: Request<axum::body::Body>) -> Result<Response<Body>, Infallible> {
    let codec = ProstCodec::<pb::WatchResponse, pb::WatchRequest>::new();
    let mut grpc = Grpc::new(codec).max_decoding_message_size(app.config.server.limits.decoding_bytes());
    let begun = Begun::default();
    let response = grpc.server_streaming(BeginWatch { app, begun: begun.clone() }, request).await;
    let told = begun.lock().take();
    Ok(match told {
        Some(told) => response.map(|_empty| Body::new(told)),
        None => response,
    })
}

/// A watch that was begun, for whoever makes the answer.
type Begun = Arc<Mutex<Option<watch::Told>>>;

struct BeginWatch {
    app: Arc<App>,
    begun: Begun,
}

impl ServerStreamingService<pb::WatchRequest> for BeginWatch {
    type Response = pb::WatchResponse;
    type ResponseStream = Empty<Result<pb::WatchResponse, Status>>;
    type Future = BoxFuture<tonic::Response<Self::ResponseStream>, Status>;

    fn call(&mut self, request: tonic::Request<pb::WatchRequest>) -> Self::Future {
        let (app, begun) = (Arc::clone(&self.app), Arc::clone(&self.begun));
        Box::pin(async move {
            let told = watch::begin(&app, request).await?;
            *begun.lock() = Some(told);
            Ok(tonic::Response::new(empty()))
        })
    }
}
