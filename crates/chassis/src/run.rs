//! The life of a process: serve, drain, end.
//!
//! Promise: at a drain the health turns first, no connection is taken any more, calls in flight and named tasks end in good order,
//! and what has not ended by `drain_timeout` is cut off and counted. Cost: one task a connection, and two beside the service.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;

use crate::accept::Acceptor;
use crate::admin::Phase;
use crate::config::{Config, Limits};
use crate::lingering::Lingering;
use crate::memory::Returning;
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
    let opening = Opening { name: service.name, doing: "starting", service: ready(Ok(service)) };
    open_and_run(config, listener, admin, opening, shutdown).await
}

/// A service that takes its time to be there.
#[derive(Debug)]
pub struct Opening<F> {
    /// Its name, as in [`Service::new`].
    pub name: &'static str,
    /// What it does until it is there, as `/readyz` says it: a word such as `restoring`.
    pub doing: &'static str,
    /// Makes it.
    pub service: F,
}

/// As [`run`], for a service that takes its time: until it is there, callers wait in the backlog of the listener, and the
/// admin listener answers already; `/readyz` is 503 and says what it does. A shutdown meanwhile ends both.
///
/// # Errors
/// Those of the opening and of [`run`].
pub async fn open_and_run<F, E>(
    config: Config,
    listener: TcpListener,
    admin: Option<TcpListener>,
    opening: Opening<F>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), E>
where
    F: Future<Output = Result<Service, E>>,
    E: From<Error>,
{
    let (phase, phases) = watch::channel(Phase::Opening(opening.doing));
    let aside = Aside::start(opening.name, &config.limits, admin, phases);
    let mut shutdown = pin!(shutdown);
    // In this order, since a shutdown that came first must not skip the drain of a service that is there.
    let opened = tokio::select! {
        biased;
        service = opening.service => Some(service),
        () = &mut shutdown => None,
    };
    let outcome = match opened {
        Some(Ok(service)) => serve(config, listener, service, &phase, shutdown).await.map_err(E::from),
        Some(Err(error)) => Err(error),
        None => Ok(()),
    };
    aside.stop();
    outcome
}

/// Serves what is there.
async fn serve(
    config: Config,
    listener: TcpListener,
    service: Service,
    phase: &watch::Sender<Phase>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    let (name, tasks) = (service.name, service.tasks.clone());
    let draining = tasks.token().clone();
    let (service, health) = infrastructure::add_health(service).await;
    let service = infrastructure::add_reflection(service).map_err(|e| Error::Descriptors(e.to_string()))?;
    let stack =
        Stack::new(service, &config, draining.clone()).map_err(|e| Error::Descriptors(e.to_string()))?;
    let acceptor = Acceptor::new(name, &config.limits, draining.clone());
    let lingering = tasks.clone();
    let answer = move |connection| {
        let (stack, lingering) = (stack.clone(), lingering.clone());
        service_fn(move |request| {
            let (stack, request) = (stack.clone(), Lingering::of(request, &lingering));
            async move { Ok::<_, Infallible>(stack.answer(request, connection).await) }
        })
    };
    tracing::info!(service = name, addr = %address(&listener), "serving");
    phase.send_replace(Phase::Ready);
    tokio::select! {
        () = acceptor.accept(listener, answer) => {}
        () = shutdown => {}
    }

    tracing::info!(service = name, connections = acceptor.open(), "draining");
    health.set(ServingStatus::NotServing).await;
    phase.send_replace(Phase::Draining);
    draining.cancel();
    let drained = drain(&acceptor, &tasks, config.limits.drain_timeout).await;
    tracing::info!(service = name, "stopped");
    drained
}

/// Where a listener listens, for the log.
fn address(listener: &TcpListener) -> String {
    listener.local_addr().map_or_else(|error| error.to_string(), |address| address.to_string())
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

/// What runs beside the service and outlives its drain: the admin listener, the upkeep of histograms and that of memory.
struct Aside {
    ended: CancellationToken,
    admin: Arc<Acceptor>,
    _memory: Arc<Returning>,
}

impl Aside {
    fn start(
        name: &'static str,
        limits: &Limits,
        listener: Option<TcpListener>,
        phases: watch::Receiver<Phase>,
    ) -> Self {
        let recorder = telemetry::recorder();
        let ended = CancellationToken::new();
        let limits = Limits { max_connections: ADMIN_CONNECTIONS, ..limits.clone() };
        let admin = Arc::new(Acceptor::new("admin", &limits, ended.clone()));
        let tasks = Tasks::new();
        if let Some(listener) = listener {
            tracing::info!(service = name, addr = %address(&listener), "admin listener");
            let (acceptor, ended) = (Arc::clone(&admin), ended.clone());
            let routes = TowerToHyperService::new(admin::routes(phases));
            tasks.spawn("admin", async move {
                ended.run_until_cancelled(acceptor.accept(listener, |_connection| routes.clone())).await;
            });
        }
        let until = ended.clone();
        tasks.spawn("upkeep", async move {
            let mut tick = interval(UPKEEP);
            while until.run_until_cancelled(tick.tick()).await.is_some() {
                recorder.run_upkeep();
            }
        });
        Self { ended, admin, _memory: Returning::start() }
    }

    fn stop(self) {
        self.ended.cancel();
        self.admin.cut();
    }
}
