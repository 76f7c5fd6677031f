//! A server that does not answer is left alone for moments, and found again when it is back.

use std::num::NonZeroU8;
use std::time::Duration;

use client::{BreakerConfig, Config, Error, JsonClient};
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1::ValidateRequest;
use tokio::io::AsyncWriteExt as _;
use tonic::Status;

use crate::server::{Script, Server, config, reserve};

/// Opens at the second failure; the back-off is long enough for a test to look at it.
fn guarded(config: Config, backoff: Duration) -> Config {
    let failures = NonZeroU8::new(2).unwrap();
    let breaker = BreakerConfig { failures, backoff, max_backoff: backoff, ..BreakerConfig::default() };
    Config { breaker: Some(breaker), retries: 0, ..config }
}

const LONG: Duration = Duration::from_secs(3_600);

async fn validate(client: &JsonClient) -> Result<(), Error> {
    let deadline = Some(Deadline::after(Duration::from_millis(200)));
    client
        .validate(&Context { deadline, ..Context::background() }, ValidateRequest::default())
        .await
        .map(drop)
}

#[track_caller]
fn check_left_alone(outcome: Result<(), Error>) {
    match outcome {
        Err(Error::Unavailable { retry_after: Some(after), .. }) => assert!(after <= LONG, "{after:?}"),
        other => panic!("{other:?}"),
    }
}

/// How many calls a server got that refuses all with `status`, of five.
async fn calls_that_arrive(status: Status) -> usize {
    let server = Server::start(Script::Refuse(usize::MAX, status)).await;
    let client = JsonClient::new(guarded(server.config(), LONG)).unwrap();
    for _ in 0..5 {
        validate(&client).await.unwrap_err();
    }
    server.calls()
}

#[tokio::test]
async fn a_server_that_is_unavailable_is_left_alone() {
    assert_eq!(calls_that_arrive(Status::unavailable("shutting down")).await, 2);
}

#[tokio::test]
async fn a_server_that_refuses_is_asked_every_time() {
    for status in [
        Status::invalid_argument("no"),
        Status::resource_exhausted("no"),
        Status::internal("no"),
        Status::deadline_exceeded("too long"),
        Status::unauthenticated("who?"),
    ] {
        assert_eq!(calls_that_arrive(status).await, 5);
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_left_alone() {
    let server = Server::start(Script::Hang).await;
    let client = JsonClient::new(guarded(server.config(), LONG)).unwrap();
    for _ in 0..2 {
        let outcome = validate(&client).await;
        assert!(matches!(outcome, Err(Error::Deadline { .. })), "{outcome:?}");
    }
    check_left_alone(validate(&client).await);
    assert_eq!(server.calls(), 2);
}

#[tokio::test]
async fn callers_in_a_hurry_shut_out_nobody() {
    let server = Server::start(Script::Hang).await;
    let client = JsonClient::new(guarded(server.config(), LONG)).unwrap();
    for _ in 0..5 {
        let hurry =
            Context { deadline: Some(Deadline::after(Duration::from_millis(5))), ..Context::background() };
        let outcome = client.validate(&hurry, ValidateRequest::default()).await;
        assert!(matches!(outcome, Err(Error::Deadline { .. })), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_server_that_comes_back_is_found() {
    let socket = reserve();
    let client =
        JsonClient::new(guarded(config(socket.local_addr().unwrap()), Duration::from_millis(20))).unwrap();
    for _ in 0..3 {
        let outcome = validate(&client).await;
        assert!(matches!(outcome, Err(Error::Unavailable { .. })), "{outcome:?}");
    }
    let server = Server::on(socket.listen(16).unwrap(), Script::Answer);
    // As long as it is left alone a call costs nothing, and the server has none.
    while let Err(error) = validate(&client).await {
        assert!(matches!(error, Error::Unavailable { retry_after: Some(_), .. }), "{error:?}");
        tokio::task::yield_now().await;
    }
    assert_eq!(server.calls(), 1);
    validate(&client).await.unwrap();
}

#[tokio::test]
async fn something_else_that_listens_there_is_named_and_left_alone() {
    let listener = reserve().listen(16).unwrap();
    let client = JsonClient::new(guarded(config(listener.local_addr().unwrap()), LONG)).unwrap();
    let talk = async {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            connection.write_all(b"220 mail.example ESMTP ready, and a line long enough\r\n").await.unwrap();
            // Kept open: an end would be another fault.
            std::mem::forget(connection);
        }
    };
    let calls = async {
        for _ in 0..2 {
            let outcome = validate(&client).await;
            assert!(matches!(outcome, Err(Error::Garbage { .. })), "{outcome:?}");
        }
        check_left_alone(validate(&client).await);
    };
    tokio::select! {
        () = talk => {}
        () = calls => {}
    }
}
