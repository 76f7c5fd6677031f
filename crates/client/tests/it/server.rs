//! A server of both services that answers by a script and remembers what it heard.

use std::collections::HashSet;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use client::Config;
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::fastjson::v1::json_service_server::{JsonService, JsonServiceServer};
use fastjson_proto::rustcache::v1 as cache;
use fastjson_proto::rustcache::v1::cache_service_server::{CacheService, CacheServiceServer};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_stream::Empty;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming, async_trait};

/// What the server does with the nth call, counted from 0.
#[derive(Clone)]
pub(crate) enum Script {
    /// Answers.
    Answer,
    /// Refuses this many calls with this status, then answers.
    Refuse(usize, Status),
    /// Never answers.
    Hang,
    /// Answers a Get with a value of this many bytes.
    Value(usize),
}

#[derive(Default)]
struct Heard {
    metadata: Vec<MetadataMap>,
    callers: HashSet<SocketAddr>,
}

#[derive(Clone)]
struct Service {
    script: Script,
    heard: Arc<Mutex<Heard>>,
}

impl Service {
    async fn answer<M, T: Default>(&self, request: Request<M>) -> Result<Response<T>, Status> {
        let call = {
            let mut heard = self.heard.lock().unwrap();
            heard.callers.extend(request.remote_addr());
            heard.metadata.push(request.metadata().clone());
            heard.metadata.len() - 1
        };
        match &self.script {
            Script::Refuse(times, status) if call < *times => Err(status.clone()),
            Script::Answer | Script::Value(_) | Script::Refuse(..) => Ok(Response::new(T::default())),
            Script::Hang => pending().await,
        }
    }
}

/// A running server; it stops when this is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Heard>>,
    stop: Option<oneshot::Sender<()>>,
    tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(script: Script) -> Self {
        Self::on(reserve().listen(16).unwrap(), script)
    }

    pub(crate) fn on(listener: TcpListener, script: Script) -> Self {
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let service = Service { script, heard: Arc::clone(&heard) };
        let (stop, stopped) = oneshot::channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            tonic::transport::Server::builder()
                .add_service(JsonServiceServer::new(service.clone()))
                .add_service(CacheServiceServer::new(service).max_encoding_message_size(usize::MAX))
                .serve_with_incoming_shutdown(TcpListenerStream::new(listener), async {
                    stopped.await.unwrap_or_default();
                })
                .await
                .unwrap();
        });
        Self { address, heard, stop: Some(stop), tasks }
    }

    /// Ends after the calls under way.
    pub(crate) async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.tasks.join_next().await.unwrap().unwrap();
    }

    pub(crate) fn config(&self) -> Config {
        config(self.address)
    }

    pub(crate) fn calls(&self) -> usize {
        self.heard.lock().unwrap().metadata.len()
    }

    pub(crate) fn connections(&self) -> usize {
        self.heard.lock().unwrap().callers.len()
    }

    /// A header of the last call.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let heard = self.heard.lock().unwrap();
        heard.metadata.last().unwrap().get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}

/// A port of ours on which nobody listens yet.
pub(crate) fn reserve() -> TcpSocket {
    bind("127.0.0.1:0".parse().unwrap())
}

pub(crate) fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

pub(crate) fn config(address: SocketAddr) -> Config {
    Config::at(format!("http://{address}"))
}

#[async_trait]
impl JsonService for Service {
    async fn validate(
        &self,
        request: Request<json::ValidateRequest>,
    ) -> Result<Response<json::ValidateResponse>, Status> {
        self.answer(request).await
    }

    async fn format(
        &self,
        request: Request<json::FormatRequest>,
    ) -> Result<Response<json::FormatResponse>, Status> {
        self.answer(request).await
    }

    async fn query(
        &self,
        request: Request<json::QueryRequest>,
    ) -> Result<Response<json::QueryResponse>, Status> {
        self.answer(request).await
    }

    async fn convert(
        &self,
        request: Request<json::ConvertRequest>,
    ) -> Result<Response<json::ConvertResponse>, Status> {
        self.answer(request).await
    }

    async fn patch(
        &self,
        request: Request<json::PatchRequest>,
    ) -> Result<Response<json::PatchResponse>, Status> {
        self.answer(request).await
    }

    async fn merge(
        &self,
        request: Request<json::MergeRequest>,
    ) -> Result<Response<json::MergeResponse>, Status> {
        self.answer(request).await
    }

    async fn diff(
        &self,
        request: Request<json::DiffRequest>,
    ) -> Result<Response<json::DiffResponse>, Status> {
        self.answer(request).await
    }

    async fn check_schema(
        &self,
        request: Request<json::CheckSchemaRequest>,
    ) -> Result<Response<json::CheckSchemaResponse>, Status> {
        self.answer(request).await
    }

    async fn infer_schema(
        &self,
        request: Request<json::InferSchemaRequest>,
    ) -> Result<Response<json::InferSchemaResponse>, Status> {
        self.answer(request).await
    }

    async fn run(&self, request: Request<json::RunRequest>) -> Result<Response<json::RunResponse>, Status> {
        self.answer(request).await
    }

    type RunStreamStream = Empty<Result<json::RunStreamResponse, Status>>;

    async fn run_stream(
        &self,
        request: Request<Streaming<json::RunStreamRequest>>,
    ) -> Result<Response<Self::RunStreamStream>, Status> {
        self.answer::<_, ()>(request).await.map(|_| Response::new(tokio_stream::empty()))
    }

    type TransferStream = Empty<Result<json::TransferResponse, Status>>;

    async fn transfer(
        &self,
        request: Request<Streaming<json::TransferRequest>>,
    ) -> Result<Response<Self::TransferStream>, Status> {
        self.answer::<_, ()>(request).await.map(|_| Response::new(tokio_stream::empty()))
    }

    async fn explain(
        &self,
        request: Request<json::ExplainRequest>,
    ) -> Result<Response<json::ExplainResponse>, Status> {
        self.answer(request).await
    }

    async fn get_limits(
        &self,
        request: Request<json::GetLimitsRequest>,
    ) -> Result<Response<json::GetLimitsResponse>, Status> {
        self.answer(request).await
    }
}

#[async_trait]
impl CacheService for Service {
    async fn get(&self, request: Request<cache::GetRequest>) -> Result<Response<cache::GetResponse>, Status> {
        let mut response = self.answer::<_, cache::GetResponse>(request).await?;
        if let Script::Value(bytes) = self.script {
            let body = Some(cache::value::Body::Data(vec![b'x'; bytes].into()));
            let value = Some(cache::Value { body, ..cache::Value::default() });
            let entry = cache::Entry { value, ..cache::Entry::default() };
            response.get_mut().outcome = Some(cache::get_response::Outcome::Found(entry));
        }
        Ok(response)
    }

    async fn set(&self, request: Request<cache::SetRequest>) -> Result<Response<cache::SetResponse>, Status> {
        self.answer(request).await
    }

    async fn delete(
        &self,
        request: Request<cache::DeleteRequest>,
    ) -> Result<Response<cache::DeleteResponse>, Status> {
        self.answer(request).await
    }

    async fn touch(
        &self,
        request: Request<cache::TouchRequest>,
    ) -> Result<Response<cache::TouchResponse>, Status> {
        self.answer(request).await
    }

    async fn increment(
        &self,
        request: Request<cache::IncrementRequest>,
    ) -> Result<Response<cache::IncrementResponse>, Status> {
        self.answer(request).await
    }

    async fn set_many(
        &self,
        request: Request<cache::SetManyRequest>,
    ) -> Result<Response<cache::SetManyResponse>, Status> {
        self.answer(request).await
    }

    async fn delete_many(
        &self,
        request: Request<cache::DeleteManyRequest>,
    ) -> Result<Response<cache::DeleteManyResponse>, Status> {
        self.answer(request).await
    }

    async fn invalidate_tags(
        &self,
        request: Request<cache::InvalidateTagsRequest>,
    ) -> Result<Response<cache::InvalidateTagsResponse>, Status> {
        self.answer(request).await
    }

    async fn scan(
        &self,
        request: Request<cache::ScanRequest>,
    ) -> Result<Response<cache::ScanResponse>, Status> {
        self.answer(request).await
    }

    async fn get_many(
        &self,
        request: Request<cache::GetManyRequest>,
    ) -> Result<Response<cache::GetManyResponse>, Status> {
        self.answer(request).await
    }

    async fn get_or_compute(
        &self,
        request: Request<cache::GetOrComputeRequest>,
    ) -> Result<Response<cache::GetOrComputeResponse>, Status> {
        self.answer(request).await
    }

    async fn complete_lease(
        &self,
        request: Request<cache::CompleteLeaseRequest>,
    ) -> Result<Response<cache::CompleteLeaseResponse>, Status> {
        self.answer(request).await
    }

    type WatchStream = Empty<Result<cache::WatchResponse, Status>>;

    async fn watch(&self, _: Request<cache::WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        Err(Status::unimplemented("no watches here"))
    }

    type SessionStream = tokio_stream::Empty<Result<cache::SessionResponse, Status>>;

    async fn session(
        &self,
        _: Request<tonic::Streaming<cache::SessionRequest>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        Err(Status::unimplemented("not used here"))
    }

    async fn get_limits(
        &self,
        request: Request<cache::GetLimitsRequest>,
    ) -> Result<Response<cache::GetLimitsResponse>, Status> {
        self.answer(request).await
    }
}
