//! A drain lets what is in flight finish and takes nothing new.

use std::time::Duration;

use chassis::Error;
use chassis::config::Limits;
use tokio::net::TcpStream;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::server::{Server, call, get_text, http, reason, status_of, text};

#[tokio::test]
async fn a_grpc_call_in_flight_finishes() {
    let mut server = Server::start(Limits::default());
    let channel = server.channel().await;
    let turnstile = server.turnstile.clone();
    let (answer, ()) = tokio::join!(call(&channel, "/test.Echo/Wait", text("in flight")), async {
        turnstile.entered.notified().await;
        assert_eq!(get_text(server.admin, "/readyz").await.0, 200);
        server.begin_drain().await;
        assert_eq!(get_text(server.admin, "/readyz").await, (503, "draining\n".to_owned()));
        assert_eq!(get_text(server.admin, "/healthz").await.0, 200);
        TcpStream::connect(server.addr).await.expect_err("nobody listens");
        turnstile.release.notify_one();
    });
    assert_eq!(answer.unwrap().into_inner().service, "in flight");
    server.ended().await.unwrap();
}

#[tokio::test]
async fn a_rest_call_in_flight_finishes() {
    let mut server = Server::start(Limits::default());
    let turnstile = server.turnstile.clone();
    let (answer, ()) = tokio::join!(http(server.addr, "GET", "/wait", "", b""), async {
        turnstile.entered.notified().await;
        server.begin_drain().await;
        turnstile.release.notify_one();
    });
    assert_eq!((status_of(&answer.0), answer.1.as_slice()), (200, b"done".as_slice()));
    server.ended().await.unwrap();
}

#[tokio::test]
async fn a_task_is_waited_for() {
    let mut server = Server::start(Limits::default());
    let (tasks, turnstile) = (server.tasks.clone(), server.turnstile.clone());
    let task = tasks.spawn("sweeper", {
        let (tasks, turnstile) = (tasks.clone(), turnstile.clone());
        async move {
            tasks.draining().await;
            turnstile.pass().await;
        }
    });
    server.begin_drain().await;
    turnstile.entered.notified().await;
    assert!(!task.is_finished());
    turnstile.release.notify_one();
    server.ended().await.unwrap();
    assert!(task.is_finished());
}

#[tokio::test]
async fn watchers_of_health_hear_not_serving_and_do_not_hold_up_the_drain() {
    let mut server = Server::start(Limits::default());
    let mut client = HealthClient::new(server.channel().await);
    let request = HealthCheckRequest { service: "test.Echo".to_owned() };
    let mut watch = client.watch(request).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    server.begin_drain().await;
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    let end = watch.message().await.unwrap_err();
    assert_eq!((end.code(), reason(&end).as_str()), (Code::Unavailable, "DRAINING"));
    server.ended().await.unwrap();
}

#[tokio::test]
async fn a_drain_that_takes_too_long_is_cut_off_and_says_what_was_left() {
    let mut server = Server::start(Limits { drain_timeout: Duration::from_millis(30), ..Limits::default() });
    let channel = server.channel().await;
    let turnstile = server.turnstile.clone();
    let (answer, ()) = tokio::join!(call(&channel, "/test.Echo/Wait", text("x")), async {
        turnstile.entered.notified().await;
        server.begin_drain().await;
    });
    answer.unwrap_err();
    let error = server.ended().await.unwrap_err();
    assert!(matches!(error, Error::DrainTimeout { connections: 1, tasks: 0 }), "{error}");
}
