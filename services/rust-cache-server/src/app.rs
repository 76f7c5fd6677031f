//! What every rpc needs, put together once.

use std::sync::Arc;
use std::time::Duration;

use cache_engine::{
    Absences, Claims, Clock, Computation, LeaseConfig, Leases, LocalStore, NamespaceConfig, NamespaceName,
    Setbacks, SingleFlight, Spawner, StoreLimits, Tokens,
};
use chassis::{Failure, Tasks};
use client::JsonClient;
use tokio::sync::Semaphore;

use crate::Error;
use crate::budget;
use crate::config::Config;
use crate::documents::Documents;
use crate::latency::Latencies;
use crate::loader::{Computed, Flight, Outcome};
use crate::rpc::Sessions;
use crate::schemas::Schemas;
use crate::slow::Slow;
use crate::snapshot::Snapshots;
use crate::watch::{Watches, behind_what_is_ready};

/// How often leases whose time is over are handed to those who wait.
const HAND_OVER_EVERY: Duration = Duration::from_millis(10);

/// How often expired entries are collected.
const SWEEP_EVERY: Duration = Duration::from_millis(100);
/// How many at a time, so that no worker is held for long, and how many times in a row.
const SWEEP_ENTRIES: usize = 32;
const SWEEP_TURNS: usize = 300;

/// How many watchers are woken at a time, so that other calls come in between.
const WOKEN_AT_ONCE: usize = 64;
/// The pause behind a round of waking is as long as the round, within these: what happens meanwhile is told together.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// The state of the service; clones share it.
#[derive(Clone)]
pub struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) store: Arc<LocalStore>,
    pub(crate) snapshots: Snapshots,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) flights: Arc<SingleFlight<Flight, Result<Outcome, Failure>>>,
    /// Computations that failed and are not tried again yet.
    pub(crate) setbacks: Arc<Setbacks<Flight, Failure>>,
    /// Places of refreshes.
    pub(crate) refreshes: Arc<Semaphore>,
    pub(crate) limits: Arc<Tokens>,
    pub(crate) leases: Arc<Leases>,
    pub(crate) claims: Arc<Claims<Flight, Computed>>,
    pub(crate) absences: Arc<Absences<Flight>>,
    pub(crate) json: JsonClient,
    /// What the registry in this store holds, compiled.
    pub(crate) schemas: Arc<Schemas>,
    pub(crate) documents: Arc<Documents>,
    pub(crate) latencies: Arc<Latencies>,
    pub(crate) slow: Arc<Slow>,
    pub(crate) tasks: Tasks,
    pub(crate) watches: Watches,
    pub(crate) sessions: Sessions,
}

impl App {
    /// Puts the service together with what its snapshot holds; connects to nothing, and blocks while it reads that. Fails
    /// on settings that contradict each other.
    pub fn new(config: Config, tasks: Tasks, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let problem = |error: &dyn std::fmt::Display| Error::Config(error.to_string());
        let namespaces = namespaces(&config).map_err(|error| problem(&error))?;
        let limits = store_limits(&config)?;
        let make = || LocalStore::with_limits(namespaces.clone(), limits, Arc::clone(&clock));
        let snapshots = Snapshots::open(&config.snapshot)?;
        let store = Arc::new(snapshots.restore(make)?);
        let schemas = Schemas::new(Arc::clone(&store), &config.schemas).map_err(|error| problem(&error))?;
        let json = JsonClient::new(config.json.clone()).map_err(|error| problem(&error))?;
        let flights = SingleFlight::new(config.compute.max_flights, spawner(tasks.clone()));
        Ok(Self {
            setbacks: Arc::new(Setbacks::new(config.compute.max_failures, Arc::clone(&clock))),
            refreshes: Arc::new(Semaphore::new(config.compute.max_refreshes.min(Semaphore::MAX_PERMITS))),
            limits: Arc::new(Tokens::new(config.load.max_limit_keys, Arc::clone(&clock))),
            claims: Arc::new(claims(&config, Arc::clone(&clock)).fenced_by(store.fencing_tokens())),
            absences: Arc::new(Absences::new(config.compute.max_absences, Arc::clone(&clock))),
            leases: Arc::new(
                Leases::new(leases(&config), Arc::clone(&clock)).fenced_by(store.fencing_tokens()),
            ),
            store,
            schemas: Arc::new(schemas),
            snapshots,
            clock,
            flights: Arc::new(flights),
            json,
            documents: Arc::new(Documents::new(&config.documents)),
            latencies: Arc::default(),
            slow: Arc::new(Slow::new(&config.slow)),
            tasks,
            watches: Watches::new(config.watch.clone()),
            sessions: Sessions::of(&config.session),
            config: Arc::new(config),
        })
    }

    /// Collects expired entries until drain.
    pub(crate) fn keep_swept(&self) {
        let (store, tasks) = (Arc::clone(&self.store), self.tasks.clone());
        let _joined_at_drain = self.tasks.spawn("sweep", async move {
            let mut ticks = tokio::time::interval(SWEEP_EVERY);
            let draining = tasks.draining();
            tokio::pin!(draining);
            loop {
                tokio::select! {
                    () = &mut draining => return,
                    _ = ticks.tick() => sweep(&store).await,
                }
            }
        });
    }

    /// Wakes watchers when there are many, until drain.
    pub(crate) fn keep_watchers_woken(&self) {
        let (store, draining) = (Arc::clone(&self.store), self.tasks.draining());
        let wake = async move {
            loop {
                store.watchers_due().await;
                let begun = tokio::time::Instant::now();
                while store.wake_watchers(WOKEN_AT_ONCE) > 0 {
                    behind_what_is_ready().await;
                }
                tokio::time::sleep(begun.elapsed().clamp(SHORTEST_PAUSE, LONGEST_PAUSE)).await;
            }
        };
        let _joined_at_drain = self.tasks.spawn("wake", async move {
            tokio::select! {
                () = draining => {}
                () = wake => {}
            }
        });
        let (aside, draining) = (self.watches.step_aside(), self.tasks.draining());
        let _joined_at_drain = self.tasks.spawn("aside", async move {
            tokio::select! {
                () = draining => {}
                () = aside => {}
            }
        });
    }

    /// Serves those who wait for a lease whose holder died, until drain.
    pub(crate) fn keep_leases(&self) {
        let (leases, claims) = (Arc::clone(&self.leases), Arc::clone(&self.claims));
        let (tasks, store) = (self.tasks.clone(), Arc::clone(&self.store));
        let (held, depending) = (metrics::gauge!("leases"), metrics::gauge!("dependencies"));
        let _joined_at_drain = self.tasks.spawn("leases", async move {
            let mut ticks = tokio::time::interval(HAND_OVER_EVERY);
            let draining = tasks.draining();
            tokio::pin!(draining);
            loop {
                tokio::select! {
                    () = &mut draining => return,
                    _ = ticks.tick() => {}
                }
                leases.sweep();
                claims.sweep();
                #[allow(clippy::cast_precision_loss, reason = "a gauge is a double")]
                held.set(leases.places() as f64);
                #[allow(clippy::cast_precision_loss, reason = "a gauge is a double")]
                depending.set(store.dependencies() as f64);
            }
        });
    }
}

/// Collects until nothing is due or the turns are used up; lets other tasks run in between.
async fn sweep(store: &LocalStore) {
    store.balance(SWEEP_ENTRIES);
    for _ in 0..SWEEP_TURNS {
        if store.sweep(SWEEP_ENTRIES) == 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Computations are tasks of the service: named, and joined at drain.
fn spawner(tasks: Tasks) -> Spawner {
    Arc::new(move |computation: Computation| {
        // The handle is not needed: the flight tells its callers, and drain waits for the task.
        let _handle = tasks.spawn("compute", computation);
    })
}

fn claims(config: &Config, clock: Arc<dyn Clock>) -> Claims<Flight, Computed> {
    Claims::new(config.compute.max_flights, config.compute.max_lease, clock)
}

fn leases(config: &Config) -> LeaseConfig {
    let load = &config.load;
    LeaseConfig {
        max_leases: load.max_leases,
        max_waiters: load.max_lease_waiters,
        max_ttl: load.max_lease_ttl,
    }
}

fn store_limits(config: &Config) -> Result<StoreLimits, Error> {
    Ok(StoreLimits {
        memory_limit_bytes: budget::of_namespaces(config)?,
        max_namespaces: config.store.max_namespaces,
        map: config.store.map.into(),
        max_dependencies: config.compute.max_dependencies,
        max_watch_log_bytes: config.watch.room_for_logs()?,
    })
}

fn namespaces(config: &Config) -> Result<Vec<NamespaceConfig>, cache_engine::Error> {
    let store = &config.store;
    let events = (&config.watch).into();
    let seconds = |ttl: Option<u64>| ttl.map(Duration::from_secs);
    let mut all = vec![NamespaceConfig {
        name: NamespaceName::default(),
        capacity_bytes: store.capacity_bytes,
        max_bytes: store.max_bytes,
        max_entries: store.max_entries,
        policy: store.policy.into(),
        default_ttl: seconds(store.default_ttl_seconds),
        max_value_bytes: store.max_value_bytes,
        events,
        schema: store.schema.as_deref().map(Into::into),
    }];
    for (name, namespace) in &config.namespaces {
        all.push(NamespaceConfig {
            name: NamespaceName::parse(name)?,
            capacity_bytes: namespace.capacity_bytes,
            max_bytes: namespace.max_bytes,
            max_entries: namespace.max_entries,
            policy: namespace.policy.into(),
            default_ttl: seconds(namespace.default_ttl_seconds),
            max_value_bytes: namespace.max_value_bytes.unwrap_or(store.max_value_bytes),
            events,
            schema: namespace.schema.as_deref().map(Into::into),
        });
    }
    Ok(all)
}
