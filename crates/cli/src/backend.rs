//! Who does the JSON work: a server, or this process.

use client::JsonClient;
use fastjson_api::Local;
use fastjson_proto::fastjson::v1 as pb;

use crate::Common;
use crate::error::Error;

pub(crate) enum Backend {
    Server(JsonClient, Common),
    Local(Box<Local>),
}

impl Backend {
    /// As the command line says.
    pub(crate) fn new(common: &Common) -> Result<Self, Error> {
        if common.local {
            let local = Local::new(fastjson_api::Config::default())
                .map_err(|error| Error::Usage(error.to_string()))?;
            return Ok(Self::Local(Box::new(local)));
        }
        Ok(Self::Server(JsonClient::new(client::Config::at(&common.json_addr))?, common.clone()))
    }

    pub(crate) async fn validate(&self, request: pb::ValidateRequest) -> Result<pb::ValidateResponse, Error> {
        match self {
            Self::Server(client, common) => Ok(client.validate(&common.context(), request).await?),
            Self::Local(local) => Ok(local.validate(request).await?),
        }
    }

    pub(crate) async fn format(&self, request: pb::FormatRequest) -> Result<pb::FormatResponse, Error> {
        match self {
            Self::Server(client, common) => Ok(client.format(&common.context(), request).await?),
            Self::Local(local) => Ok(local.format(request).await?),
        }
    }

    pub(crate) async fn query(&self, request: pb::QueryRequest) -> Result<pb::QueryResponse, Error> {
        match self {
            Self::Server(client, common) => Ok(client.query(&common.context(), request).await?),
            Self::Local(local) => Ok(local.query(request).await?),
        }
    }

    pub(crate) async fn run(&self, request: pb::RunRequest) -> Result<pb::RunResponse, Error> {
        match self {
            Self::Server(client, common) => Ok(client.run(&common.context(), request).await?),
            Self::Local(local) => Ok(local.run(request).await?),
        }
    }
}
