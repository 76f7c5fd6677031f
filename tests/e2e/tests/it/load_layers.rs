//! The layers of the client around an axum service and a tonic service.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use client::{ConcurrencyLayer, Config, LoadClient, RateLimitLayer, WhenDown, pb};
use context::Context;
use http::{Request, StatusCode};
use pb::load_service_server::{LoadService, LoadServiceServer};
use testkit::Pair;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tower::ServiceExt as _;

/// The program of docs/load.md.
#[path = "../../../../examples/limit-callers/main.rs"]
#[allow(dead_code, reason = "its main listens on a port of its own")]
mod limit_callers;

/// One request an hour.
fn hourly() -> pb::RateLimit {
    let period = Some(prost_types::Duration { seconds: 3_600, nanos: 0 });
    pb::RateLimit { tokens: 1, period, burst: None }
}

fn caller(request: &http::request::Parts) -> Option<String> {
    Some(request.headers.get("x-api-key")?.to_str().ok()?.to_owned())
}

/// The status, and the seconds of `Retry-After`.
async fn ask(app: &Router, key: Option<&str>) -> (StatusCode, Option<u64>) {
    let mut request = Request::get("/");
    if let Some(key) = key {
        request = request.header("x-api-key", key);
    }
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let after = response.headers().get("retry-after").map(|after| after.to_str().unwrap().parse().unwrap());
    (response.status(), after)
}

#[tokio::test]
async fn three_lines_limit_the_callers_of_an_axum_service() {
    let pair = Pair::start().await;
    let layer = RateLimitLayer::new(pair.load_client(), hourly(), caller).patience(Duration::from_secs(5));
    let app = Router::new().route("/", get(async || "hello")).layer(layer);
    assert_eq!(ask(&app, Some("ada")).await, (StatusCode::OK, None));
    assert_eq!(ask(&app, Some("ada")).await, (StatusCode::TOO_MANY_REQUESTS, Some(3_600)));
    assert_eq!(ask(&app, Some("bob")).await.0, StatusCode::OK, "each caller has a limit of its own");
    for _ in 0..3 {
        assert_eq!(ask(&app, None).await.0, StatusCode::OK, "no key, no limit");
    }
    pair.stop().await;
}

#[tokio::test]
async fn the_program_of_the_page_limits_its_callers() {
    let page = include_str!("../../../../docs/load.md");
    let program = include_str!("../../../../examples/limit-callers/main.rs");
    let shown = page.split_once("```rust\n").and_then(|(_, behind)| behind.split_once("```")).unwrap().0;
    for line in shown.lines() {
        assert!(program.lines().any(|own| own.trim() == line.trim()), "{line}");
    }
    let pair = Pair::start().await;
    let app = limit_callers::app(hourly(), &format!("http://{}", pair.cache.address)).unwrap();
    // A call that the server was too slow for is admitted.
    let mut answers = Vec::new();
    while answers.last().is_none_or(|(status, _)| *status == StatusCode::OK) && answers.len() < 100 {
        answers.push(ask(&app, Some("ada")).await);
    }
    assert_eq!(answers[0], (StatusCode::OK, None));
    assert_eq!(answers.pop(), Some((StatusCode::TOO_MANY_REQUESTS, Some(3_600))));
    pair.stop().await;
}

#[tokio::test]
async fn while_the_cache_server_is_down_the_layer_does_what_it_was_told() {
    let address = testkit::bind().local_addr().unwrap(); // nobody listens there any more
    let client = LoadClient::new(Config::at(format!("http://{address}"))).unwrap();
    let app = |when_down| {
        let rate = RateLimitLayer::new(client.clone(), hourly(), caller).when_down(when_down);
        let bound = ConcurrencyLayer::new(client.clone(), 1, caller).when_down(when_down);
        [
            Router::new().route("/", get(async || "hello")).layer(rate),
            Router::new().route("/", get(async || "hello")).layer(bound),
        ]
    };
    for app in app(WhenDown::Admit) {
        assert_eq!(ask(&app, Some("ada")).await, (StatusCode::OK, None));
        assert_eq!(ask(&app, Some("ada")).await, (StatusCode::OK, None));
    }
    for app in app(WhenDown::Refuse) {
        assert_eq!(ask(&app, Some("ada")).await, (StatusCode::SERVICE_UNAVAILABLE, Some(1)));
    }
}

/// A request that is at work until it is let go.
struct Gate {
    began: Semaphore,
    open: Semaphore,
}

impl Gate {
    const fn new() -> Self {
        Self { began: Semaphore::const_new(0), open: Semaphore::const_new(0) }
    }

    /// Waits until one more request is at work.
    async fn began(&self) {
        self.began.acquire().await.unwrap().forget();
    }
}

/// A service whose requests are at work until the gate opens.
fn gated(layer: ConcurrencyLayer, gate: &'static Gate) -> Router {
    let work = async move || {
        gate.began.add_permits(1);
        gate.open.acquire().await.unwrap().forget();
        "done"
    };
    Router::new().route("/", get(work)).layer(layer.patience(Duration::from_secs(5)))
}

#[tokio::test]
async fn so_many_requests_are_at_work_at_the_same_time() {
    static GATE: Gate = Gate::new();
    let pair = Pair::start().await;
    let layer = ConcurrencyLayer::new(pair.load_client(), 1, caller);
    let (impatient, patient) =
        (gated(layer.clone(), &GATE), gated(layer.wait(Duration::from_secs(20)), &GATE));
    let app = impatient.clone();
    let mut requests = JoinSet::new();
    requests.spawn(async move { ask(&app, Some("ada")).await.0 });
    GATE.began().await;
    let (status, after) = ask(&impatient, Some("ada")).await;
    assert!(status == StatusCode::TOO_MANY_REQUESTS && after.unwrap() <= 30, "{status} {after:?}");
    requests.spawn(async move { ask(&patient, Some("ada")).await.0 });
    GATE.open.add_permits(2);
    assert_eq!(requests.join_all().await, [StatusCode::OK, StatusCode::OK]);
    pair.stop().await;
}

#[tokio::test]
async fn a_request_that_is_dropped_frees_its_place() {
    static GATE: Gate = Gate::new();
    let pair = Pair::start().await;
    let layer = ConcurrencyLayer::new(pair.load_client(), 1, caller).wait(Duration::from_secs(20));
    let app = gated(layer, &GATE);
    tokio::select! {
        answer = ask(&app, Some("ada")) => panic!("{answer:?}"),
        () = GATE.began() => {}
    }
    GATE.open.add_permits(1);
    assert_eq!(ask(&app, Some("ada")).await.0, StatusCode::OK);
    pair.stop().await;
}

/// A download was once over for the layer when its first byte was not even out.
#[tokio::test]
async fn a_response_that_is_not_out_yet_is_at_work() {
    let pair = Pair::start().await;
    let layer = ConcurrencyLayer::new(pair.load_client(), 1, caller).patience(Duration::from_secs(5));
    let (chunks, body) = tokio::sync::mpsc::channel::<Result<String, std::convert::Infallible>>(1);
    let body = Body::from_stream(ReceiverStream::new(body));
    let body = Arc::new(Mutex::new(Some(body)));
    let work = move || std::future::ready(body.lock().unwrap().take().unwrap_or_default());
    let app = |layer| Router::new().route("/", get(work.clone())).layer(layer);
    let (impatient, patient) = (app(layer.clone()), app(layer.wait(Duration::from_secs(20))));
    let request = Request::get("/").header("x-api-key", "ada").body(Body::empty()).unwrap();
    let first = impatient.clone().oneshot(request).await.unwrap();
    assert_eq!(ask(&impatient, Some("ada")).await.0, StatusCode::TOO_MANY_REQUESTS);
    chunks.send(Ok("all of it".to_owned())).await.unwrap();
    drop(chunks);
    let all = axum::body::to_bytes(first.into_body(), 100).await.unwrap();
    assert_eq!(all, "all of it");
    assert_eq!(ask(&patient, Some("ada")).await.0, StatusCode::OK);
    pair.stop().await;
}

/// A gRPC service of somebody.
struct Theirs;

#[tonic::async_trait]
impl LoadService for Theirs {
    async fn take_tokens(
        &self,
        _: tonic::Request<pb::TakeTokensRequest>,
    ) -> Result<tonic::Response<pb::TakeTokensResponse>, tonic::Status> {
        Ok(tonic::Response::new(pb::TakeTokensResponse::default()))
    }

    async fn acquire_lease(
        &self,
        _: tonic::Request<pb::AcquireLeaseRequest>,
    ) -> Result<tonic::Response<pb::AcquireLeaseResponse>, tonic::Status> {
        Err(tonic::Status::unimplemented("they have one rpc only"))
    }

    async fn renew_lease(
        &self,
        _: tonic::Request<pb::RenewLeaseRequest>,
    ) -> Result<tonic::Response<pb::RenewLeaseResponse>, tonic::Status> {
        Err(tonic::Status::unimplemented("they have one rpc only"))
    }

    async fn release_lease(
        &self,
        _: tonic::Request<pb::ReleaseLeaseRequest>,
    ) -> Result<tonic::Response<pb::ReleaseLeaseResponse>, tonic::Status> {
        Err(tonic::Status::unimplemented("they have one rpc only"))
    }
}

#[tokio::test]
async fn a_tonic_service_answers_with_reason_and_delay() {
    let pair = Pair::start().await;
    let everybody = |_: &http::request::Parts| Some("everybody".to_owned());
    let layer = RateLimitLayer::new(pair.load_client(), hourly(), everybody).patience(Duration::from_secs(5));
    let listener = testkit::bind();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let mut served = JoinSet::new();
    served.spawn(
        tonic::transport::Server::builder()
            .layer(layer)
            .add_service(LoadServiceServer::new(Theirs))
            .serve_with_incoming_shutdown(TcpListenerStream::new(listener), async { stopped.await.unwrap() }),
    );
    let theirs = LoadClient::new(Config::at(format!("http://{address}"))).unwrap();
    let call = async || theirs.take_tokens(&Context::background(), pb::TakeTokensRequest::default()).await;
    call().await.unwrap();
    let refused = call().await.unwrap_err().rejection().unwrap();
    assert_eq!((refused.code, refused.reason.as_str()), (tonic::Code::ResourceExhausted, "RATE_LIMITED"));
    assert!(refused.retry_after.unwrap() > Duration::from_secs(3_500), "{refused:?}");
    stop.send(()).unwrap();
    drop(theirs);
    served.join_next().await.unwrap().unwrap().unwrap();
    pair.stop().await;
}
