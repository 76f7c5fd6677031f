//! Who does the JSON work: a server, or this process.

use client::{JsonClient, SchemaClient};
use context::Context;
use fastjson_api::{Local, LocalStream};
use fastjson_proto::fastjson::v1 as pb;
use tokio_stream::{Stream, StreamExt as _};

use crate::Common;
use crate::error::Error;

/// A way to have work done, until the time that the command line gives is over.
pub(crate) struct Backend {
    worker: Worker,
    context: Context,
}

enum Worker {
    Server(Box<(JsonClient, SchemaClient)>),
    Local(Box<Local>),
}

impl Backend {
    /// As the command line says.
    pub(crate) fn new(common: &Common) -> Result<Self, Error> {
        let worker = if common.local { Worker::Local(Box::new(local(common)?)) } else { server(common)? };
        Ok(Self { worker, context: common.context() })
    }

    pub(crate) async fn validate(&self, request: pb::ValidateRequest) -> Result<pb::ValidateResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.validate(&self.context, request).await?),
            Worker::Local(local) => Ok(local.validate(&self.context, request).await?),
        }
    }

    pub(crate) async fn format(&self, request: pb::FormatRequest) -> Result<pb::FormatResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.format(&self.context, request).await?),
            Worker::Local(local) => Ok(local.format(&self.context, request).await?),
        }
    }

    pub(crate) async fn query(&self, request: pb::QueryRequest) -> Result<pb::QueryResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.query(&self.context, request).await?),
            Worker::Local(local) => Ok(local.query(&self.context, request).await?),
        }
    }

    pub(crate) async fn convert(&self, request: pb::ConvertRequest) -> Result<pb::ConvertResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.convert(&self.context, request).await?),
            Worker::Local(local) => Ok(local.convert(&self.context, request).await?),
        }
    }

    pub(crate) async fn patch(&self, request: pb::PatchRequest) -> Result<pb::PatchResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.patch(&self.context, request).await?),
            Worker::Local(local) => Ok(local.patch(&self.context, request).await?),
        }
    }

    pub(crate) async fn merge(&self, request: pb::MergeRequest) -> Result<pb::MergeResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.merge(&self.context, request).await?),
            Worker::Local(local) => Ok(local.merge(&self.context, request).await?),
        }
    }

    pub(crate) async fn diff(&self, request: pb::DiffRequest) -> Result<pb::DiffResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.diff(&self.context, request).await?),
            Worker::Local(local) => Ok(local.diff(&self.context, request).await?),
        }
    }

    pub(crate) async fn check_schema(
        &self,
        request: pb::CheckSchemaRequest,
    ) -> Result<pb::CheckSchemaResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.check_schema(&self.context, request).await?),
            Worker::Local(local) => Ok(local.check_schema(&self.context, request).await?),
        }
    }

    pub(crate) async fn infer_schema(
        &self,
        request: pb::InferSchemaRequest,
    ) -> Result<pb::InferSchemaResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.infer_schema(&self.context, request).await?),
            Worker::Local(local) => Ok(local.infer_schema(&self.context, request).await?),
        }
    }

    pub(crate) async fn check_compatibility(
        &self,
        request: pb::CheckCompatibilityRequest,
    ) -> Result<pb::CheckCompatibilityResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.1.check_compatibility(&self.context, request).await?),
            Worker::Local(local) => Ok(local.check_compatibility(&self.context, request).await?),
        }
    }

    /// A stream lasts as long as its input, so that the time of the command line is not for it.
    pub(crate) async fn run_stream(
        &self,
        messages: impl Stream<Item = pb::RunStreamRequest> + Send + 'static,
    ) -> Result<Answers<pb::RunStreamResponse>, Error> {
        let context = Context { deadline: None, ..self.context.clone() };
        match &self.worker {
            Worker::Server(clients) => {
                Ok(Answers::Server(Box::new(clients.0.run_stream(&context, messages).await?)))
            }
            Worker::Local(local) => Ok(Answers::Local(local.run_stream(&context, messages).await?)),
        }
    }

    pub(crate) async fn transfer(
        &self,
        messages: impl Stream<Item = pb::TransferRequest> + Send + 'static,
    ) -> Result<Answers<pb::TransferResponse>, Error> {
        match &self.worker {
            Worker::Server(clients) => {
                Ok(Answers::Server(Box::new(clients.0.transfer(&self.context, messages).await?)))
            }
            Worker::Local(local) => Ok(Answers::Local(local.transfer(&self.context, messages).await?)),
        }
    }

    pub(crate) async fn explain(&self, request: pb::ExplainRequest) -> Result<pb::ExplainResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.explain(&self.context, request).await?),
            Worker::Local(local) => Ok(local.explain(&self.context, request).await?),
        }
    }

    pub(crate) async fn run(&self, request: pb::RunRequest) -> Result<pb::RunResponse, Error> {
        match &self.worker {
            Worker::Server(clients) => Ok(clients.0.run(&self.context, request).await?),
            Worker::Local(local) => Ok(local.run(&self.context, request).await?),
        }
    }
}

/// Answers of a stream, from wherever they come.
pub(crate) enum Answers<T> {
    Server(Box<client::Answers<T>>),
    Local(LocalStream<T>),
}

impl<T> Answers<T> {
    /// The next; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Result<T, Error>> {
        match self {
            Answers::Server(answers) => answers.next().await.map(|answer| Ok(answer?)),
            Answers::Local(answers) => answers.next().await.map(|answer| Ok(answer?)),
        }
    }
}

fn server(common: &Common) -> Result<Worker, Error> {
    let config = client::Config::at(&common.json_addr);
    Ok(Worker::Server(Box::new((JsonClient::new(config.clone())?, SchemaClient::new(config)?))))
}

/// The service in this process. References are fetched from the cache that the command line names; programs may take the
/// whole time it gives.
pub(crate) fn local(common: &Common) -> Result<Local, Error> {
    let mut config =
        fastjson_api::Config { cache: client::Config::at(&common.cache_addr), ..Default::default() };
    config.limits.program_time = common.timeout;
    config.limits.document_time = common.timeout;
    config.registry = common.registry();
    config.transfer.time = common.timeout;
    Local::new(config).map_err(|error| Error::Usage(error.to_string()))
}
