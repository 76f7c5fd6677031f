//! JSON work as a service: gRPC package `fastjson.v1` and its REST routes.
//!
//! A request goes `chassis` -> `rpc/<verb>` -> `documents` (fetch what is named by reference) -> `compute` (inline or
//! pool) -> `json-engine`, and back through `wire`.
//!
//! Promise: no input stalls or kills the process; every failure names its reason and its limit.

pub mod app;
mod compiled;
pub mod compute;
pub mod config;
mod costs;
mod documents;
mod gathered;
mod limits;
mod local;
mod memo;
mod quota;
mod recipes;
mod registry;
mod rpc;
mod schemas;
mod stream;
mod transfer;
mod wire;

pub use app::App;
pub use config::Config;
pub use local::{Local, LocalStream};

use std::future::Future;
use std::sync::Arc;

use fastjson_proto::fastjson::v1::json_service_server::JsonServiceServer;
use fastjson_proto::fastjson::v1::recipe_service_server::RecipeServiceServer;
use fastjson_proto::fastjson::v1::schema_service_server::SchemaServiceServer;
use tokio::net::TcpListener;

/// Name of the service in metrics, hop marks and settings.
pub const NAME: &str = "fastjson-api";

/// Why the service ended other than by a complete drain.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings cannot be used; mend them.
    #[error("settings: {0}")]
    Config(String),
    /// The process did not serve or drain as it should.
    #[error(transparent)]
    Serve(#[from] chassis::Error),
}

/// Serves on `listener` until `shutdown` resolves, then drains. Needs no peer to start.
pub async fn run(
    config: Config,
    listener: TcpListener,
    admin: Option<TcpListener>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let server = config.server.clone();
    let tasks = chassis::Tasks::new();
    let app = App::new(config, tasks.clone())?;
    let rpc = Arc::new(rpc::Rpc::new(app.clone()));
    let (decoding, encoding) = (server.limits.decoding_bytes(), server.limits.encoding_bytes());
    let json = JsonServiceServer::from_arc(Arc::clone(&rpc))
        .max_decoding_message_size(decoding)
        .max_encoding_message_size(encoding);
    let schemas = SchemaServiceServer::from_arc(Arc::clone(&rpc))
        .max_decoding_message_size(decoding)
        .max_encoding_message_size(encoding);
    let recipes = RecipeServiceServer::from_arc(rpc)
        .max_decoding_message_size(decoding)
        .max_encoding_message_size(encoding);
    let service = chassis::Service::new(NAME)
        .tasks(tasks)
        .grpc(json)
        .grpc(schemas)
        .grpc(recipes)
        .rest(rpc::routes(app))
        .descriptors(fastjson_proto::DESCRIPTORS);
    chassis::run(server, listener, admin, service, shutdown).await?;
    Ok(())
}
