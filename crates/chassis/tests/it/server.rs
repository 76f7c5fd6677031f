//! A server on free ports, and the two clients that talk to it: tonic, and HTTP/1.1 by hand.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::{get, post};
use chassis::config::{Config, Limits};
use chassis::failure::Failure;
use chassis::rest::{Params, Payload};
use chassis::{Error, Service, Tasks};
use hyper::client::conn::http2::handshake;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use tonic_health::pb::HealthCheckRequest as Text;
use tonic_prost::ProstCodec;

use crate::echo::{self, Echo, Turnstile};

pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) turnstile: Turnstile,
    /// The server's own.
    pub(crate) tasks: Tasks,
    shutdown: Option<oneshot::Sender<()>>,
    ended: JoinHandle<Result<(), Error>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    indent: u8,
}

impl Server {
    pub(crate) fn start(limits: Limits) -> Self {
        Self::start_as(Config { limits, ..Config::on_ports(0, 0) })
    }

    pub(crate) fn start_as(config: Config) -> Self {
        let any = "127.0.0.1:0".parse().unwrap();
        let (listener, admin) = (chassis::listen(any).unwrap(), chassis::listen(any).unwrap());
        let (turnstile, tasks) = (Turnstile::default(), Tasks::new());
        let echo = Echo { turnstile: turnstile.clone(), max_decoding: config.limits.decoding_bytes() };
        let service = Service::new("echo")
            .grpc(echo)
            .rest(rest(turnstile.clone()))
            .descriptors(echo::descriptors())
            .tasks(tasks.clone());
        let (shutdown, asked) = oneshot::channel::<()>();
        let (addr, admin_addr) = (listener.local_addr().unwrap(), admin.local_addr().unwrap());
        let running = chassis::run(config, listener, Some(admin), service, async {
            // Err: the test dropped the server, which stops it too.
            let _either_way = asked.await;
        });
        let ended = Tasks::new().spawn("server", running);
        Self { addr, admin: admin_addr, turnstile, tasks, shutdown: Some(shutdown), ended }
    }

    /// Begins the drain and waits until it has begun.
    pub(crate) async fn begin_drain(&mut self) {
        self.shutdown.take().unwrap().send(()).unwrap();
        self.tasks.draining().await;
    }

    pub(crate) async fn ended(self) -> Result<(), Error> {
        self.ended.await.unwrap()
    }

    pub(crate) async fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.addr)).unwrap().connect().await.unwrap()
    }
}

fn rest(turnstile: Turnstile) -> Router {
    Router::new()
        .route("/echo", post(async |Payload(body): Payload| body))
        .route("/length", post(async |body: axum::body::Bytes| body.len().to_string()))
        .route("/params", get(async |Params(wanted): Params<Wanted>| wanted.indent.to_string()))
        .route("/never", get(async || std::future::pending::<()>().await))
        .route(
            "/panic",
            get(async || {
                if true {
                    panic!("asked to")
                }
            }),
        )
        .route(
            "/fail",
            get(async || -> Result<(), Failure> { Err(Failure::exhausted("BUDGET_TIME", "100ms are over")) }),
        )
        .route(
            "/wait",
            get(move || {
                let turnstile = turnstile.clone();
                async move {
                    turnstile.pass().await;
                    "done"
                }
            }),
        )
}

pub(crate) fn text(text: &str) -> Request<Text> {
    Request::new(Text { service: text.to_owned() })
}

pub(crate) fn with(mut request: Request<Text>, name: &'static str, value: &str) -> Request<Text> {
    request.metadata_mut().insert(name, value.parse().unwrap());
    request
}

pub(crate) async fn call(
    channel: &Channel,
    path: &'static str,
    request: Request<Text>,
) -> Result<Response<Text>, Status> {
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    grpc.unary(request, http::uri::PathAndQuery::from_static(path), ProstCodec::default()).await
}

/// [`call`] without tonic's channel, which ends a call by itself when `grpc-timeout` is over and so would race with
/// the server.
pub(crate) async fn call_patiently(
    addr: SocketAddr,
    path: &'static str,
    request: Request<Text>,
) -> Result<Response<Text>, Status> {
    let io = TokioIo::new(TcpStream::connect(addr).await.unwrap());
    let (sender, connection) = handshake::<_, _, tonic::body::Body>(TokioExecutor::new(), io).await.unwrap();
    Tasks::new().spawn("client", connection);
    let service = tower::service_fn(move |request| sender.clone().send_request(request));
    let origin = http::Uri::try_from(format!("http://{addr}")).unwrap();
    let mut grpc = tonic::client::Grpc::with_origin(service, origin);
    grpc.ready().await.unwrap();
    grpc.unary(request, http::uri::PathAndQuery::from_static(path), ProstCodec::default()).await
}

/// One HTTP/1.1 exchange on its own connection: the head in lower case, the body as it came.
pub(crate) async fn http(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses by the head alone may close before the body is out.
    let _refused_early = stream.write_all(body).await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a head") + 4;
    (String::from_utf8_lossy(&answer[..end]).to_lowercase(), answer[end..].to_vec())
}

/// Status code and body of a GET.
pub(crate) async fn get_text(addr: SocketAddr, path: &str) -> (u16, String) {
    let (head, body) = http(addr, "GET", path, "", b"").await;
    (status_of(&head), String::from_utf8(body).unwrap())
}

pub(crate) fn status_of(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

/// The problem in a body, after checking that the head says it is one.
pub(crate) fn problem(answer: &(String, Vec<u8>)) -> serde_json::Value {
    assert!(answer.0.contains("content-type: application/problem+json\r\n"), "{}", answer.0);
    let problem: serde_json::Value = serde_json::from_slice(&answer.1).unwrap();
    assert_eq!(problem["status"], status_of(&answer.0));
    problem
}

pub(crate) fn reason(status: &Status) -> String {
    Failure::from_status(status).reason.clone().into_owned()
}
