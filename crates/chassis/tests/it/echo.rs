//! `test.Echo`, a gRPC service written by hand: the message of `grpc.health.v1` comes back as it went.
//!
//! Methods: `Echo`; `Wait` until told; `Never`; `Panic`; `Stream` one message and then nothing, for ever.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use prost::Message;
use prost_types::{
    DescriptorProto, FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto, ServiceDescriptorProto,
};
use tokio::sync::Notify;
use tonic::Status;
use tonic::server::{Grpc, NamedService, ServerStreamingService, UnaryService};
use tonic_health::pb::HealthCheckRequest as Text;
use tonic_prost::ProstCodec;

/// Tells when `Wait` was entered and when it may go on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turnstile {
    pub(crate) entered: Arc<Notify>,
    pub(crate) release: Arc<Notify>,
}

impl Turnstile {
    pub(crate) async fn pass(&self) {
        self.entered.notify_one();
        self.release.notified().await;
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Echo {
    pub(crate) turnstile: Turnstile,
    pub(crate) max_decoding: usize,
}

impl NamedService for Echo {
    const NAME: &'static str = "test.Echo";
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl tower::Service<Request> for Echo {
    type Response = Response;
    type Error = Infallible;
    type Future = Boxed<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move {
            let codec = ProstCodec::<Text, Text>::default();
            let mut grpc = Grpc::new(codec).max_decoding_message_size(echo.max_decoding);
            Ok(match request.uri().path().rsplit('/').next() {
                Some("Stream") => grpc.server_streaming(Stream, request).await.into_response(),
                Some(method) => grpc.unary(Unary(echo, method.to_owned()), request).await.into_response(),
                None => unreachable!("routed by path"),
            })
        })
    }
}

struct Unary(Echo, String);

impl UnaryService<Text> for Unary {
    type Response = Text;
    type Future = Boxed<Result<tonic::Response<Text>, Status>>;

    fn call(&mut self, request: tonic::Request<Text>) -> Self::Future {
        let (turnstile, method) = (self.0.turnstile.clone(), self.1.clone());
        Box::pin(async move {
            match method.as_str() {
                "Echo" => {}
                "Wait" => turnstile.pass().await,
                "Never" => std::future::pending().await,
                "Panic" => panic!("asked to"),
                _ => return Err(Status::unimplemented("no such method")),
            }
            Ok(tonic::Response::new(request.into_inner()))
        })
    }
}

struct Stream;

impl ServerStreamingService<Text> for Stream {
    type Response = Text;
    type ResponseStream = BoxStream<'static, Result<Text, Status>>;
    type Future = Boxed<Result<tonic::Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: tonic::Request<Text>) -> Self::Future {
        let first = stream::iter([Ok(request.into_inner())]);
        Box::pin(async move { Ok(tonic::Response::new(first.chain(stream::pending()).boxed())) })
    }
}

/// What a build script would have made.
pub(crate) fn descriptors() -> &'static [u8] {
    let method = |name: &str| MethodDescriptorProto {
        name: Some(name.to_owned()),
        input_type: Some(".test.Text".to_owned()),
        output_type: Some(".test.Text".to_owned()),
        server_streaming: Some(name == "Stream"),
        ..Default::default()
    };
    let file = FileDescriptorProto {
        name: Some("test.proto".to_owned()),
        package: Some("test".to_owned()),
        message_type: vec![DescriptorProto { name: Some("Text".to_owned()), ..Default::default() }],
        service: vec![ServiceDescriptorProto {
            name: Some("Echo".to_owned()),
            method: ["Echo", "Wait", "Never", "Panic", "Stream"].map(method).into(),
            ..Default::default()
        }],
        syntax: Some("proto3".to_owned()),
        ..Default::default()
    };
    Box::leak(FileDescriptorSet { file: vec![file] }.encode_to_vec().into_boxed_slice())
}
