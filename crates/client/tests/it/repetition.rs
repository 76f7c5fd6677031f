//! Which calls are repeated, and how often.

use std::future::Future;

use client::{CacheClient, Config, Error, JsonClient};
use context::Context;
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use prost::Message as _;
use tonic::{Code, Status};

use crate::server::{Script, Server};

/// Against a server that is unavailable twice.
async fn twice_unavailable() -> (Server, JsonClient, CacheClient, Context) {
    let server = Server::start(Script::Refuse(2, Status::unavailable("shutting down"))).await;
    let json = JsonClient::new(server.config()).unwrap();
    let cache = CacheClient::new(server.config()).unwrap();
    (server, json, cache, Context::background())
}

async fn check_repeated<T: std::fmt::Debug>(server: Server, call: impl Future<Output = Result<T, Error>>) {
    call.await.unwrap();
    assert_eq!(server.calls(), 3);
}

async fn check_not_repeated<T: std::fmt::Debug>(
    server: Server,
    call: impl Future<Output = Result<T, Error>>,
) {
    match call.await {
        Err(Error::Unavailable { peer, message, .. }) => {
            assert_eq!((peer, message.as_str()), (server.config().address, "shutting down"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(server.calls(), 1);
}

fn stored() -> Option<json::StoreAs> {
    Some(json::StoreAs::default())
}

#[tokio::test]
async fn rpcs_without_effect_are_repeated() {
    let (server, json, _, context) = twice_unavailable().await;
    check_repeated(server, json.validate(&context, json::ValidateRequest::default())).await;
    let (server, json, _, context) = twice_unavailable().await;
    check_repeated(server, json.format(&context, json::FormatRequest::default())).await;
    let (server, json, _, context) = twice_unavailable().await;
    check_repeated(server, json.query(&context, json::QueryRequest::default())).await;
    let (server, json, _, context) = twice_unavailable().await;
    check_repeated(server, json.run(&context, json::RunRequest::default())).await;
    let (server, json, _, context) = twice_unavailable().await;
    check_repeated(server, json.get_limits(&context, json::GetLimitsRequest::default())).await;
    let (server, _, cache, context) = twice_unavailable().await;
    check_repeated(server, cache.get(&context, cache::GetRequest::default())).await;
    let (server, _, cache, context) = twice_unavailable().await;
    check_repeated(server, cache.get_many(&context, cache::GetManyRequest::default())).await;
    let (server, _, cache, context) = twice_unavailable().await;
    check_repeated(server, cache.get_or_compute(&context, cache::GetOrComputeRequest::default())).await;
    let (server, _, cache, context) = twice_unavailable().await;
    check_repeated(server, cache.get_limits(&context, cache::GetLimitsRequest::default())).await;
}

#[tokio::test]
async fn writes_are_not_repeated() {
    let (server, _, cache, context) = twice_unavailable().await;
    check_not_repeated(server, cache.set(&context, cache::SetRequest::default())).await;
    let (server, _, cache, context) = twice_unavailable().await;
    check_not_repeated(server, cache.delete(&context, cache::DeleteRequest::default())).await;
    let (server, json, _, context) = twice_unavailable().await;
    let request = json::FormatRequest { store_as: stored(), ..Default::default() };
    check_not_repeated(server, json.format(&context, request)).await;
    let (server, json, _, context) = twice_unavailable().await;
    let request = json::QueryRequest { store_as: stored(), ..Default::default() };
    check_not_repeated(server, json.query(&context, request)).await;
    let (server, json, _, context) = twice_unavailable().await;
    let request = json::RunRequest { store_as: stored(), ..Default::default() };
    check_not_repeated(server, json.run(&context, request)).await;
}

/// How many calls a server got that refuses all of them with `status`, and what the client made of it.
async fn refused(status: Status, retries: u8) -> (usize, Error) {
    let server = Server::start(Script::Refuse(usize::MAX, status)).await;
    let client = JsonClient::new(Config { retries, ..server.config() }).unwrap();
    let error = client.validate(&Context::background(), json::ValidateRequest::default()).await.unwrap_err();
    (server.calls(), error)
}

#[tokio::test]
async fn repetition_is_bounded() {
    for retries in [0, 1, 3] {
        let (calls, error) = refused(Status::unavailable("down"), retries).await;
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
        assert_eq!(calls, usize::from(retries) + 1);
    }
}

#[tokio::test]
async fn a_refusal_is_passed_on_and_not_repeated() {
    for code in
        [Code::InvalidArgument, Code::NotFound, Code::ResourceExhausted, Code::Internal, Code::Unknown]
    {
        let (calls, error) = refused(Status::new(code, "no"), 2).await;
        assert_eq!(error.rejection().map(|rejection| rejection.code), Some(code));
        assert_eq!((calls, error.to_string().as_str()), (1, "no"));
    }
}

#[tokio::test]
async fn a_server_whose_peer_is_down_is_not_asked_again() {
    let info = tonic_types::pb::ErrorInfo { reason: "PEER_UNAVAILABLE".to_owned(), ..Default::default() };
    let any = prost_types::Any {
        type_url: "type.googleapis.com/google.rpc.ErrorInfo".to_owned(),
        value: info.encode_to_vec(),
    };
    let rich = tonic_types::pb::Status { details: vec![any], ..Default::default() };
    let status = Status::with_details(Code::Unavailable, "cache down", rich.encode_to_vec().into());
    let (calls, error) = refused(status, 2).await;
    assert_eq!(calls, 1);
    assert_eq!(error.rejection().unwrap().reason, "PEER_UNAVAILABLE");
}
