//! A concurrent in-memory cache that knows JSON: gRPC package `rustcache.v1` and its REST routes.
//!
//! A request goes `chassis` -> `rpc/<verb>` -> `cache-engine`, and back through `wire`; a miss that can be computed goes
//! `rpc/get_or_compute` -> `loader` -> fastjson-api.
//!
//! Promise: every outcome is typed, every failure names its reason and its limit, and what needs no peer works without
//! one.

pub mod app;
pub mod config;
mod latency;
mod limits;
mod loader;
mod report;
mod rpc;
mod watch;
mod wire;

pub use app::App;
pub use config::Config;

use std::future::Future;
use std::sync::Arc;

use cache_engine::SystemClock;
use chassis::Tasks;
use fastjson_proto::rustcache::v1::admin_service_server::AdminServiceServer;
use fastjson_proto::rustcache::v1::cache_service_server::CacheServiceServer;
use fastjson_proto::rustcache::v1::load_service_server::LoadServiceServer;
use tokio::net::TcpListener;

/// Name of the service in metrics, hop marks and settings.
pub const NAME: &str = "rust-cache-server";

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
    let tasks = Tasks::new();
    let app = App::new(config, tasks.clone(), Arc::new(SystemClock::new()))?;
    app.keep_swept();
    app.keep_reported();
    app.keep_watchers_woken();
    app.keep_leases();
    let rpc = rpc::Rpc::new(app.clone());
    let cache = CacheServiceServer::new(rpc.clone())
        .max_decoding_message_size(server.limits.decoding_bytes())
        .max_encoding_message_size(server.limits.encoding_bytes());
    let service = chassis::Service::new(NAME)
        .grpc(LoadServiceServer::new(rpc.clone()))
        .grpc(rpc::WithSessions::new(app.clone(), cache))
        .grpc(AdminServiceServer::new(rpc))
        .rest(rpc::routes(app))
        .descriptors(fastjson_proto::DESCRIPTORS)
        .tasks(tasks);
    chassis::run(server, listener, admin, service, shutdown).await?;
    Ok(())
}
