//! A concurrent in-memory cache that knows JSON: gRPC package `rustcache.v1` and its REST routes.
//!
//! A request goes `chassis` -> `rpc/<verb>` -> `cache-engine`, and back through `wire`; a miss that can be computed goes
//! `rpc/get_or_compute` -> `loader` -> fastjson-api.
//!
//! Promise: every outcome is typed, every failure names its reason and its limit, and what needs no peer works without
//! one.

pub mod app;
pub mod budget;
pub mod config;
mod documents;
mod latency;
mod limits;
mod loader;
mod refresh;
mod report;
mod rpc;
mod schemas;
mod slow;
mod snapshot;
mod watch;
mod wire;

pub use app::App;
pub use config::Config;

use std::future::Future;
use std::sync::{Arc, OnceLock};

use cache_engine::SystemClock;
use chassis::{Opening, Tasks};
use fastjson_proto::rustcache::v1::admin_service_server::AdminServiceServer;
use fastjson_proto::rustcache::v1::cache_service_server::CacheServiceServer;
use fastjson_proto::rustcache::v1::document_service_server::DocumentServiceServer;
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
    /// The last snapshot was not written; the one before it is still there.
    #[error("the last snapshot: {0}")]
    Snapshot(#[from] cache_engine::SnapshotError),
    /// The process did not serve or drain as it should.
    #[error(transparent)]
    Serve(#[from] chassis::Error),
}

/// Restores the snapshot, if one is kept, serves on `listener` until `shutdown` resolves, drains, and writes the last
/// snapshot. Needs no peer to start.
pub async fn run(
    config: Config,
    listener: TcpListener,
    admin: Option<TcpListener>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let server = config.server.clone();
    let opened = OnceLock::new();
    let service = async {
        let app = open(config).await?;
        Ok::<_, Error>(service(opened.get_or_init(|| app)))
    };
    let opening = Opening { name: NAME, doing: "restoring", service };
    let served = chassis::open_and_run(server, listener, admin, opening, shutdown).await;
    if let Some(App { snapshots, store, .. }) = opened.get() {
        snapshots.finish(store).await?;
    }
    served
}

/// Puts the service together on the blocking pool, because that reads the snapshot.
async fn open(config: Config) -> Result<App, Error> {
    let opening =
        tokio::task::spawn_blocking(|| App::new(config, Tasks::new(), Arc::new(SystemClock::new())));
    opening.await.unwrap_or_else(|error| Err(Error::Config(format!("the start ended early: {error}"))))
}

fn service(app: &App) -> chassis::Service {
    app.keep_swept();
    app.keep_reported();
    app.keep_watchers_woken();
    app.keep_leases();
    app.snapshots.keep_taken(&app.store, &app.tasks);
    let limits = &app.config.server.limits;
    let rpc = rpc::Rpc::new(app.clone());
    let cache = CacheServiceServer::new(rpc.clone())
        .max_decoding_message_size(limits.decoding_bytes())
        .max_encoding_message_size(limits.encoding_bytes());
    let documents = DocumentServiceServer::new(rpc.clone())
        .max_decoding_message_size(limits.decoding_bytes())
        .max_encoding_message_size(limits.encoding_bytes());
    chassis::Service::new(NAME)
        .grpc(documents)
        .grpc(LoadServiceServer::new(rpc.clone()))
        .grpc(rpc::Ahead::new(app.clone(), cache))
        .grpc(AdminServiceServer::new(rpc))
        .rest(rpc::routes(app.clone()))
        .descriptors(fastjson_proto::DESCRIPTORS)
        .tasks(app.tasks.clone())
}
