//! The life of a process: serve, drain, end.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;

use crate::accept::Acceptor;
use crate::config::{Config, Limits};
use crate::service::Service;
use crate::stack::Stack;
use crate::tasks::Tasks;
use crate::{admin, infrastructure, telemetry};

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

/// Connections to the admin listener: a prober, a collector, a person.
const ADMIN_CONNECTIONS: usize = 64;

/// Histograms collect samples until somebody folds them; without this a process that nobody scrapes would grow.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves `service` on `listener` until `shutdown` resolves, then drains: no new connection, health NOT_SERVING,
/// `/readyz` 503, GOAWAY on each connection, and calls in flight and tasks finish within `drain_timeout`.
/// `config.listen`, `config.admin` and `config.log` are not read here: what they say is done by [`crate::listen`] and
/// [`crate::telemetry::init`].
pub async fn run(
    config: Config,
    listener: TcpListener,
    admin: Option<TcpListener>,
    service: Service,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let recorder = telemetry::recorder();
    let limits = config.limits;
    let (name, tasks) = (service.name, service.tasks.clone());
    let draining = tasks.token().clone();
    let (service, health) = infrastructure::add_health(service).await;
    let service = infrastructure::add_reflection(service).map_err(|e| Error::Descriptors(e.to_string()))?;
    let stack =
        Stack::new(service, &limits, draining.clone()).map_err(|e| Error::Descriptors(e.to_string()))?;

    let aside = Aside::start(name, &limits, admin, draining.clone(), recorder);
    let acceptor = Acceptor::new(name, &limits, draining.clone());
    let answer = service_fn(move |request| {
        let stack = stack.clone();
        async move { Ok::<_, Infallible>(stack.answer(request).await) }
    });
    tracing::info!(service = name, addr = ?listener.local_addr().ok(), "serving");
    tokio::select! {
        () = acceptor.accept(listener, answer) => {}
        () = shutdown => {}
    }

    tracing::info!(service = name, connections = acceptor.open(), "draining");
    health.set(ServingStatus::NotServing).await;
    draining.cancel();
    let drained = drain(&acceptor, &tasks, limits.drain_timeout).await;
    aside.stop();
    tracing::info!(service = name, "stopped");
    drained
}

async fn drain(acceptor: &Acceptor, tasks: &Tasks, limit: Duration) -> Result<(), Error> {
    let all = async {
        acceptor.join().await;
        tasks.join().await;
    };
    if timeout(limit, all).await.is_ok() {
        return Ok(());
    }
    let (connections, tasks) = (acceptor.open(), tasks.count());
    acceptor.cut();
    Err(Error::DrainTimeout { connections, tasks })
}

/// What runs beside the service and outlives its drain: the admin listener and the upkeep of histograms.
struct Aside {
    ended: CancellationToken,
    admin: Arc<Acceptor>,
}

impl Aside {
    fn start(
        name: &'static str,
        limits: &Limits,
        listener: Option<TcpListener>,
        draining: CancellationToken,
        recorder: &'static metrics_exporter_prometheus::PrometheusHandle,
    ) -> Self {
        let ended = CancellationToken::new();
        let limits = Limits { max_connections: ADMIN_CONNECTIONS, ..limits.clone() };
        let admin = Arc::new(Acceptor::new("admin", &limits, ended.clone()));
        let tasks = Tasks::new();
        if let Some(listener) = listener {
            tracing::info!(service = name, addr = ?listener.local_addr().ok(), "admin listener");
            let (acceptor, ended) = (Arc::clone(&admin), ended.clone());
            let routes = TowerToHyperService::new(admin::routes(draining));
            tasks.spawn("admin", async move {
                ended.run_until_cancelled(acceptor.accept(listener, routes)).await;
            });
        }
        let until = ended.clone();
        tasks.spawn("upkeep", async move {
            let mut tick = interval(UPKEEP);
            while until.run_until_cancelled(tick.tick()).await.is_some() {
                recorder.run_upkeep();
            }
        });
        Self { ended, admin }
    }

    fn stop(self) {
        self.ended.cancel();
        self.admin.cut();
    }
}
