//! Who does the JSON work: a server, or this process.

use client::JsonClient;
use context::Context;
use fastjson_api::Local;
use fastjson_proto::fastjson::v1 as pb;

use crate::Common;
use crate::error::Error;

/// A way to have work done, until the time that the command line gives is over.
pub(crate) struct Backend {
    worker: Worker,
    context: Context,
}

enum Worker {
    Server(JsonClient),
    Local(Box<Local>),
}

impl Backend {
    /// As the command line says.
    pub(crate) fn new(common: &Common) -> Result<Self, Error> {
        let worker = if common.local { local(common)? } else { server(common)? };
        Ok(Self { worker, context: common.context() })
    }

    pub(crate) async fn validate(&self, request: pb::ValidateRequest) -> Result<pb::ValidateResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.validate(&self.context, request).await?),
            Worker::Local(local) => Ok(local.validate(&self.context, request).await?),
        }
    }

    pub(crate) async fn format(&self, request: pb::FormatRequest) -> Result<pb::FormatResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.format(&self.context, request).await?),
            Worker::Local(local) => Ok(local.format(&self.context, request).await?),
        }
    }

    pub(crate) async fn query(&self, request: pb::QueryRequest) -> Result<pb::QueryResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.query(&self.context, request).await?),
            Worker::Local(local) => Ok(local.query(&self.context, request).await?),
        }
    }

    pub(crate) async fn convert(&self, request: pb::ConvertRequest) -> Result<pb::ConvertResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.convert(&self.context, request).await?),
            Worker::Local(local) => Ok(local.convert(&self.context, request).await?),
        }
    }

    pub(crate) async fn patch(&self, request: pb::PatchRequest) -> Result<pb::PatchResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.patch(&self.context, request).await?),
            Worker::Local(local) => Ok(local.patch(&self.context, request).await?),
        }
    }

    pub(crate) async fn merge(&self, request: pb::MergeRequest) -> Result<pb::MergeResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.merge(&self.context, request).await?),
            Worker::Local(local) => Ok(local.merge(&self.context, request).await?),
        }
    }

    pub(crate) async fn diff(&self, request: pb::DiffRequest) -> Result<pb::DiffResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.diff(&self.context, request).await?),
            Worker::Local(local) => Ok(local.diff(&self.context, request).await?),
        }
    }

    pub(crate) async fn check_schema(
        &self,
        request: pb::CheckSchemaRequest,
    ) -> Result<pb::CheckSchemaResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.check_schema(&self.context, request).await?),
            Worker::Local(local) => Ok(local.check_schema(&self.context, request).await?),
        }
    }

    pub(crate) async fn infer_schema(
        &self,
        request: pb::InferSchemaRequest,
    ) -> Result<pb::InferSchemaResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.infer_schema(&self.context, request).await?),
            Worker::Local(local) => Ok(local.infer_schema(&self.context, request).await?),
        }
    }

    pub(crate) async fn run(&self, request: pb::RunRequest) -> Result<pb::RunResponse, Error> {
        match &self.worker {
            Worker::Server(client) => Ok(client.run(&self.context, request).await?),
            Worker::Local(local) => Ok(local.run(&self.context, request).await?),
        }
    }
}

fn server(common: &Common) -> Result<Worker, Error> {
    Ok(Worker::Server(JsonClient::new(client::Config::at(&common.json_addr))?))
}

/// References are fetched from the cache that the command line names; programs may take the whole time it gives.
fn local(common: &Common) -> Result<Worker, Error> {
    let mut config =
        fastjson_api::Config { cache: client::Config::at(&common.cache_addr), ..Default::default() };
    config.limits.program_time = common.timeout;
    config.limits.document_time = common.timeout;
    let local = Local::new(config).map_err(|error| Error::Usage(error.to_string()))?;
    Ok(Worker::Local(Box::new(local)))
}
