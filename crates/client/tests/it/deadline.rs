//! How long a call may take, and what travels with it.

use std::time::{Duration, Instant};

use client::{Config, Error, JsonClient};
use context::{Context, Deadline, TraceContext};
use fastjson_proto::fastjson::v1::ValidateRequest;
use tonic::Status;

use crate::server::{Script, Server, config, reserve};

const SHORT: Duration = Duration::from_millis(150);

async fn check_deadline(config: Config, context: Context) {
    let peer_address = config.address.clone();
    let client = JsonClient::new(config).unwrap();
    let started = Instant::now();
    match client.validate(&context, ValidateRequest::default()).await {
        Err(Error::Deadline { peer, waited }) => {
            assert_eq!(peer, peer_address);
            assert!(waited <= started.elapsed(), "{waited:?}");
        }
        other => panic!("{other:?}"),
    }
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

fn within(timeout: Duration) -> Context {
    Context { deadline: Some(Deadline::after(timeout)), ..Context::background() }
}

#[tokio::test]
async fn a_listener_that_never_answers_ends_at_the_deadline_of_the_context() {
    let listener = reserve().listen(16).unwrap();
    check_deadline(config(listener.local_addr().unwrap()), within(SHORT)).await;
}

#[tokio::test]
async fn a_listener_that_never_answers_ends_at_the_default_deadline() {
    let listener = reserve().listen(16).unwrap();
    let config = Config { deadline: SHORT, ..config(listener.local_addr().unwrap()) };
    check_deadline(config, Context::background()).await;
}

#[tokio::test]
async fn a_handler_that_never_answers_ends_at_the_deadline() {
    let server = Server::start(Script::Hang).await;
    check_deadline(server.config(), within(SHORT)).await;
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn an_expired_deadline_sends_nothing() {
    let server = Server::start(Script::Answer).await;
    check_deadline(server.config(), within(Duration::ZERO)).await;
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn the_deadline_of_the_server_is_a_deadline_and_is_not_repeated() {
    let server = Server::start(Script::Refuse(9, Status::deadline_exceeded("late"))).await;
    check_deadline(server.config(), Context::background()).await;
    assert_eq!(server.calls(), 1);
}

/// The last call named a little less than this, since time had passed.
#[track_caller]
fn check_timeout(server: &Server, given: Duration) {
    let text = server.header("grpc-timeout").unwrap();
    let micros: u64 = text.strip_suffix('u').unwrap().parse().unwrap();
    assert!(Duration::from_micros(micros) < given, "{text}");
    assert!(Duration::from_micros(micros) > given / 2, "{text}");
}

#[tokio::test]
async fn deadline_hop_and_trace_travel() {
    let server = Server::start(Script::Answer).await;
    let client = JsonClient::new(server.config()).unwrap();
    let peer = within(Duration::from_secs(60)).for_peer("rust-cache-server").unwrap();
    client.validate(&peer, ValidateRequest::default()).await.unwrap();
    assert_eq!(server.header("x-fastjson-hop").as_deref(), Some("rust-cache-server"));
    let traceparent = server.header("traceparent").unwrap();
    assert_eq!(TraceContext::parse(traceparent.as_bytes()), Some(peer.trace));
    check_timeout(&server, Duration::from_secs(60));
}

#[tokio::test]
async fn the_default_deadline_travels_too_and_a_first_call_has_no_hop() {
    let server = Server::start(Script::Answer).await;
    let client = JsonClient::new(server.config()).unwrap();
    client.validate(&Context::background(), ValidateRequest::default()).await.unwrap();
    check_timeout(&server, Duration::from_secs(5));
    assert_eq!(server.header("x-fastjson-hop"), None);
}
