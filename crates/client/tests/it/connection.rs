//! Servers that are not there, come late, go and come back.

use std::num::NonZeroU8;
use std::time::{Duration, Instant};

use client::{CacheClient, Config, Error, JsonClient};
use context::Context;
use fastjson_proto::fastjson::v1::ValidateRequest;
use fastjson_proto::rustcache::v1::{GetRequest, SetRequest, get_response, value};

use crate::server::{Script, Server, bind, config, reserve};

async fn validate(client: &JsonClient) -> Result<(), Error> {
    client.validate(&Context::background(), ValidateRequest::default()).await.map(drop)
}

fn one_channel(config: Config) -> Config {
    Config { channels: NonZeroU8::MIN, ..config }
}

#[tokio::test]
async fn a_server_that_is_down_is_named_at_once() {
    let socket = reserve();
    let config = config(socket.local_addr().unwrap());
    let started = Instant::now();
    match validate(&JsonClient::new(config.clone()).unwrap()).await {
        Err(Error::Unavailable { peer, message, .. }) => {
            assert_eq!(peer, config.address);
            assert!(message.contains("refused"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_server_that_closes_every_connection_is_unavailable() {
    let listener = reserve().listen(16).unwrap();
    let client = JsonClient::new(config(listener.local_addr().unwrap())).unwrap();
    let close_all = async {
        loop {
            drop(listener.accept().await.unwrap());
        }
    };
    tokio::select! {
        outcome = validate(&client) => assert!(matches!(outcome, Err(Error::Unavailable { .. })), "{outcome:?}"),
        () = close_all => {}
    }
}

#[tokio::test]
async fn a_server_that_starts_after_its_client_is_found() {
    let socket = reserve();
    let client = JsonClient::new(config(socket.local_addr().unwrap())).unwrap();
    assert!(matches!(validate(&client).await, Err(Error::Unavailable { .. })));
    let server = Server::on(socket.listen(16).unwrap(), Script::Answer);
    validate(&client).await.unwrap();
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn a_server_that_restarts_loses_no_call_not_even_a_write() {
    let first = Server::start(Script::Answer).await;
    let address = first.address;
    let client = CacheClient::new(one_channel(first.config())).unwrap();
    client.set(&Context::background(), SetRequest::default()).await.unwrap();
    first.stop().await;
    let second = Server::on(bind(address).listen(16).unwrap(), Script::Answer);
    client.set(&Context::background(), SetRequest::default()).await.unwrap();
    assert_eq!(second.calls(), 1);
}

#[tokio::test]
async fn calls_go_over_the_channels_in_turn() {
    let server = Server::start(Script::Answer).await;
    let client = JsonClient::new(Config { channels: NonZeroU8::new(3).unwrap(), ..server.config() }).unwrap();
    for _ in 0..9 {
        validate(&client).await.unwrap();
    }
    assert_eq!((server.calls(), server.connections()), (9, 3));
}

/// The length of the value of a Get, or the code of the status.
async fn get_value(bytes: usize) -> Result<usize, tonic::Code> {
    let server = Server::start(Script::Value(bytes)).await;
    let client = CacheClient::new(server.config()).unwrap();
    match client.get(&Context::background(), GetRequest::default()).await {
        Ok(response) => match response.outcome {
            Some(get_response::Outcome::Found(entry)) => match entry.value.and_then(|value| value.body) {
                Some(value::Body::Data(data)) => Ok(data.len()),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        },
        Err(Error::Status(status)) => Err(status.code()),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_of_the_limit_passes_and_a_larger_one_is_refused() {
    assert_eq!(get_value(4 << 20).await, Ok(4 << 20));
    assert_eq!(get_value(5 << 20).await, Err(tonic::Code::OutOfRange));
}
